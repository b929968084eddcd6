"""The embedder: the bundled model for real, and the errors of one that is not there."""

import os
import shutil
import socket
import threading
from pathlib import Path

import numpy as np
import pytest

from rag.embedder import SentenceTransformerEmbedder
from rag.errors import ModelError
from rag.settings import BUNDLED_MODEL


@pytest.fixture(scope="module")
def embedder() -> SentenceTransformerEmbedder:
    return SentenceTransformerEmbedder(str(BUNDLED_MODEL))


class TestAbsent:
    def test_a_name_nobody_downloaded_is_refused_at_once_with_what_to_type(self) -> None:
        with pytest.raises(ModelError, match=r"hf download intfloat/nowhere`, or give"):
            SentenceTransformerEmbedder("intfloat/nowhere")

    def test_a_folder_without_weights_is_refused(self, tmp_path: Path) -> None:
        with pytest.raises(ModelError, match=r"RAG_MODEL or --model$"):
            SentenceTransformerEmbedder(str(tmp_path))

    @pytest.mark.slow
    def test_damaged_weights_are_refused_on_first_use(self, tmp_path: Path) -> None:
        for path in BUNDLED_MODEL.rglob("*"):
            if path.is_file():
                copy = tmp_path / path.relative_to(BUNDLED_MODEL)
                copy.parent.mkdir(exist_ok=True)
                copy.write_bytes(path.read_bytes()[:100_000])
        with pytest.raises(ModelError, match=r"RAG_MODEL or --model$"):
            SentenceTransformerEmbedder(str(tmp_path)).encode_question("bonjour")

    @pytest.mark.slow
    def test_weights_that_end_early_are_refused_on_first_use(self, tmp_path: Path) -> None:
        shutil.copytree(BUNDLED_MODEL, tmp_path / "model")
        os.truncate(tmp_path / "model" / "model.safetensors", 30_000_000)
        with pytest.raises(ModelError, match=r"RAG_MODEL or --model$"):
            SentenceTransformerEmbedder(str(tmp_path / "model")).encode_question("bonjour")


def test_the_fingerprint_follows_every_file_that_decides_a_vector(tmp_path: Path) -> None:
    def make(prompt: str) -> str:
        (tmp_path / "model.safetensors").write_bytes(b"weights")
        (tmp_path / "config_sentence_transformers.json").write_text(prompt, encoding="utf-8")
        return SentenceTransformerEmbedder(str(tmp_path)).fingerprint

    assert make("{}") == make("{}")
    assert make("{}") != make('{"prompts": {"query": "query: "}}')


@pytest.mark.slow
class TestBundled:
    def test_vectors_are_unit_float32_rows(self, embedder: SentenceTransformerEmbedder) -> None:
        vectors = embedder.encode_documents(["Le traité.", "The weather is fine.", "Un chat dort."])
        assert vectors.shape == (3, 384)
        assert vectors.dtype == np.float32
        assert np.linalg.norm(vectors, axis=1) == pytest.approx(np.ones(3), abs=1e-5)

    def test_a_text_has_the_same_vector_in_any_company(
        self, embedder: SentenceTransformerEmbedder
    ) -> None:
        alone = embedder.encode_documents(["Le traité est signé."])[0]
        among = embedder.encode_documents(["Un mot " * 60, "Le traité est signé.", "Oui."])[1]
        assert float(alone @ among) == pytest.approx(1.0, abs=1e-5)

    def test_a_translation_is_nearer_than_anything_else(
        self, embedder: SentenceTransformerEmbedder
    ) -> None:
        question = embedder.encode_question("Who signed the treaty?")
        right, wrong = embedder.encode_documents(["Qui a signé le traité ?", "Il fait très beau."])
        assert question @ right > 0.7
        assert question @ wrong < 0.3

    def test_tokens_are_counted_without_the_special_ones(
        self, embedder: SentenceTransformerEmbedder
    ) -> None:
        assert embedder.count_tokens(["le traité", "le", ""]) == [2, 1, 0]
        assert embedder.count_tokens([]) == []
        assert embedder.count_tokens(["mot " * 1000]) == [1000]

    def test_an_empty_text_has_no_vector(self, embedder: SentenceTransformerEmbedder) -> None:
        with pytest.raises(ValueError, match="empty"):
            embedder.encode_documents(["un", " "])

    def test_many_threads_get_the_vectors_one_gets(
        self, embedder: SentenceTransformerEmbedder
    ) -> None:
        questions = [f"Combien de soldats en {year} ?" for year in range(2000, 2012)]
        expected = [embedder.encode_question(question) for question in questions]
        found: dict[int, np.ndarray] = {}
        threads = [
            threading.Thread(target=lambda i=i, q=q: found.update({i: embedder.encode_question(q)}))
            for i, q in enumerate(questions)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        for i, vector in enumerate(expected):
            assert float(found[i] @ vector) == pytest.approx(1.0, abs=1e-5)

    def test_nothing_is_asked_of_the_network(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def refuse(*_: object) -> None:
            raise AssertionError("a connection was attempted")

        monkeypatch.setattr(socket.socket, "connect", refuse)
        fresh = SentenceTransformerEmbedder(str(BUNDLED_MODEL))
        assert fresh.encode_question("bonjour").shape == (384,)
        assert fresh.is_warm


@pytest.mark.slow
def test_the_prompts_of_another_model_are_honoured(tmp_path: Path) -> None:
    for path in BUNDLED_MODEL.rglob("*"):
        if path.is_file():
            copy = tmp_path / path.relative_to(BUNDLED_MODEL)
            copy.parent.mkdir(exist_ok=True)
            copy.write_bytes(path.read_bytes())
    (tmp_path / "config_sentence_transformers.json").write_text(
        '{"prompts": {"query": "question: ", "document": "passage: "}}', encoding="utf-8"
    )
    plain = SentenceTransformerEmbedder(str(BUNDLED_MODEL))
    prompted = SentenceTransformerEmbedder(str(tmp_path))
    assert prompted.encode_question("le traité") == pytest.approx(
        plain.encode_question("question: le traité"), abs=1e-5
    )
    assert prompted.encode_documents(["le traité"]) == pytest.approx(
        plain.encode_documents(["passage: le traité"]), abs=1e-5
    )
