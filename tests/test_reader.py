"""The reader: what it is shown, that it reads in context, and that it knows answers."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from conftest import ROOT
from hypothesis import given
from hypothesis import strategies as st

from rag.errors import ModelError
from rag.reader import UNREAD, CrossEncoderReader, Page, bundled_reader
from rag.segmenter import find_sentences
from rag.settings import BUNDLED_MODEL

WEIGHTS = ROOT / "rag" / "reading" / "reader.safetensors"


def page(text: str, title: str = "") -> Page:
    return Page(title, text, tuple(find_sentences(text, 0, len(text))))


FERRY = page(
    "The night ferry to Skerry island will stop in June. Its engine dates from 1974. "
    "The council voted to buy an electric boat instead. "
    "Islanders fear three months without a doctor.",
    "The night ferry stops",
)
LIGHTHOUSE = page(
    "Le phare de Kervignac a été rallumé samedi 6 mai. Sa lampe porte à 32 kilomètres. "
    "Le gardien, M. Le Goff, vit sur l'île depuis 1987. "
    "Les travaux ont coûté 4,5 millions d'euros.",
    "Le phare de Kervignac",
)


@pytest.fixture(scope="module")
def reader() -> CrossEncoderReader:
    reader = bundled_reader()
    assert reader is not None
    return reader


def resident_memory() -> float:
    """Return the memory of this process, in MB."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    kilobytes = next(line.split()[1] for line in status.splitlines() if line.startswith("VmRSS"))
    return int(kilobytes) / 1000


def best(scores: Sequence[float]) -> int:
    return max(range(len(scores)), key=scores.__getitem__)


@pytest.mark.slow
class TestReading:
    @pytest.mark.parametrize(
        ("question", "answer"),
        [
            ("When was the ferry's engine built?", 1),
            ("What will the council buy?", 2),
            ("Que va acheter le conseil ?", 2),
        ],
    )
    def test_english_sentences(
        self, reader: CrossEncoderReader, question: str, answer: int
    ) -> None:
        [scores] = reader.read(question, [FERRY])
        assert best(scores) == answer

    @pytest.mark.parametrize(
        ("question", "answer"),
        [
            ("À quelle distance la lampe éclaire-t-elle ?", 1),
            ("Qui habite sur l'île ?", 2),
            ("Who lives on the island?", 2),
            ("How much did the works cost?", 3),
            ("Combien a coûté la restauration ?", 3),
        ],
    )
    def test_french_sentences(self, reader: CrossEncoderReader, question: str, answer: int) -> None:
        [scores] = reader.read(question, [LIGHTHOUSE])
        assert best(scores) == answer

    def test_what_stands_beside_a_page_hardly_matters(self, reader: CrossEncoderReader) -> None:
        question = "What will the council buy?"
        [alone] = reader.read(question, [FERRY])
        _, beside = reader.read(question, [LIGHTHOUSE, FERRY])
        assert beside == pytest.approx(alone, abs=0.5)

    def test_the_same_again(self, reader: CrossEncoderReader) -> None:
        pages = [FERRY, LIGHTHOUSE]
        once = reader.read("Qui habite sur l'île ?", pages)
        with ThreadPoolExecutor(4) as pool:
            again = pool.map(lambda _: reader.read("Qui habite sur l'île ?", pages), range(8))
            assert all(scores == once for scores in again)

    def test_a_page_of_titles_and_no_page(self, reader: CrossEncoderReader) -> None:
        assert reader.read("Qui ?", []) == []
        assert reader.read("Qui ?", [Page("", "Un titre", ())]) == [[]]
        [nothing, scores] = reader.read("Qui ?", [Page("", "Un titre", ()), FERRY])
        assert (nothing, len(scores)) == ([], 4)

    def test_a_sentence_beyond_the_cut_is_unread(self, reader: CrossEncoderReader) -> None:
        long = page("The boat is red and blue and slow. " * 40)
        [scores] = reader.read("What colour is the boat?", [long])
        assert scores[0] > UNREAD
        assert scores[-1] == UNREAD

    def test_pages_of_every_length_take_no_more_and_more_memory(
        self, reader: CrossEncoderReader
    ) -> None:
        words = f"{LIGHTHOUSE.text} {FERRY.text}".split()

        def read(count: int) -> None:
            texts = [" ".join(words[: 6 + (count + 7 * i) % 50]) for i in range(1 + count % 4)]
            reader.read(" ".join(words[: 4 + count % 11]), [page(text) for text in texts])

        for count in range(24):
            read(count)
        before = resident_memory()
        for count in range(24, 144):
            read(count)
        assert resident_memory() - before < 80  # 184 with a shape for every length

    def test_weights_that_are_not_ours(self, tmp_path: Path) -> None:
        broken = tmp_path / "reader.safetensors"
        broken.write_bytes(WEIGHTS.read_bytes()[:1000])
        with pytest.raises(ModelError, match="install the package again"):
            CrossEncoderReader(broken, BUNDLED_MODEL).warm()
        shutil.copy(BUNDLED_MODEL / "model.safetensors", broken)
        with pytest.raises(ModelError, match="install the package again"):
            CrossEncoderReader(broken, BUNDLED_MODEL).warm()


@pytest.mark.slow
@given(question=st.text(max_size=80), text=st.text(min_size=1, max_size=400), title=st.text())
def test_each_token_belongs_to_the_sentence_it_stands_in(
    question: str, text: str, title: str
) -> None:
    from tokenizers import Tokenizer

    from rag.reading_network import PASSAGE_TOKENS, QUESTION_TOKENS, TITLE_TOKENS, encode

    tokenizer = Tokenizer.from_file(str(BUNDLED_MODEL / "tokenizer.json"))
    sentences = page(text).sentences
    reading = encode(tokenizer, question, title, text, sentences)
    assert len(reading.ids) == len(reading.types) == len(reading.owners) == len(reading.places)
    assert len(reading.ids) <= QUESTION_TOKENS + TITLE_TOKENS + PASSAGE_TOKENS + 3
    for owner, (start, end), kind in zip(
        reading.owners, reading.places, reading.types, strict=True
    ):
        if owner >= 0:
            first, last = sentences[owner]
            assert first <= start < last
            assert start <= end
            assert kind == 1
