"""The library: build, change and ask, and always the same answer to the same question."""

import json
import os
import random
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import cast

import pytest
from conftest import ARTICLES, ROOT, HashingEmbedder

import rag
from rag import default_library
from rag.datamodels import Answer
from rag.default_library import open_default
from rag.errors import EmptyArticleError, NoArticlesError, QuestionError, UnknownDocumentError
from rag.filters import Filter
from rag.library import Library
from rag.reader import Reader
from rag.settings import Settings
from rag.stores.local_store import LocalStore

QUESTIONS = [
    "À combien de kilomètres porte la lampe du phare ?",
    "Combien de voitures franchissent le pont chaque jour ?",
    "Who keeps the bees at Ashdown school?",
    "When does the ferry to Skerry island stop?",
    "Quelle est la capitale de l'Australie ?",
]
SEED_QUESTION = "À quoi le traité engage-t-il chaque pays ?"


def build(articles: Path, index: Path, embedder: HashingEmbedder | None = None) -> Library:
    settings = Settings()
    embedder = embedder or HashingEmbedder()
    return Library.build([articles], index, embedder=embedder, settings=settings)


def said(answer: Answer) -> str:
    """An answer as JSON, but for the row numbers of passages, which tell of history."""
    told = answer.to_dict()
    for hit in told["hits"]:
        del hit["passage"]["id"]
    return json.dumps(told)


def everything(library: Library) -> list[str]:
    return [said(library.ask(question)) for question in QUESTIONS]


class TestBuild:
    def test_it_holds_the_articles(self, library: Library, articles: Path) -> None:
        documents = library.documents()
        assert [Path(d.path).name for d in documents] == sorted(ARTICLES)
        assert [library.document(d.id) for d in documents] == documents
        for document in documents:
            assert document.text == Path(document.path).read_bytes().decode()
        assert library.state().documents == 4
        assert library.state().sources == (str(articles),)

    def test_nothing_is_embedded_twice(
        self, library: Library, articles: Path, index: Path, embedder: HashingEmbedder
    ) -> None:
        state = library.state()
        assert len(embedder.embedded) == state.passages + state.sentences
        embedder.embedded.clear()
        assert build(articles, index, embedder).state() == state
        assert embedder.embedded == []
        (articles / "moulin.txt").write_text("Le moulin tourne de nouveau.")
        build(articles, index, embedder)
        assert set(embedder.embedded) == {"Le moulin tourne de nouveau."}

    def test_a_changed_article_replaces_the_old(
        self, library: Library, articles: Path, index: Path
    ) -> None:
        (articles / "ferry.txt").write_text("The ferry sails on. Nobody voted.")
        changed = build(articles, index)
        texts = [d.text for d in changed.documents()]
        assert len(texts) == 4
        assert "The ferry sails on. Nobody voted." in texts
        assert ARTICLES["ferry.txt"] not in texts
        assert len(library.documents()) == 4

    @pytest.mark.usefixtures("library")
    def test_a_removed_file_is_forgotten(self, articles: Path, index: Path) -> None:
        (articles / "ferry.txt").unlink()
        names = [Path(d.path).name for d in build(articles, index).documents()]
        assert names == ["orchard.txt", "phare.txt", "pont.md"]

    @pytest.mark.usefixtures("library")
    def test_a_renamed_file_keeps_its_vectors(
        self, articles: Path, index: Path, embedder: HashingEmbedder
    ) -> None:
        embedder.embedded.clear()
        (articles / "ferry.txt").rename(articles / "zzz.txt")
        documents = build(articles, index, embedder).documents()
        assert Path(documents[-1].path).name == "zzz.txt"
        assert embedder.embedded == []

    def test_small_talk_is_not_answered(self, library: Library) -> None:
        asked = library.ask("Où porte la lampe du phare ?")
        for said in ("merci", "Ok !", "bonjour", "Thanks a lot."):
            answer = library.ask(said, history=[asked])
            assert (answer.answered, answer.quotes, answer.confidence) == (False, [], 0.0)
            assert answer.question == answer.searched_as == said

    def test_a_filter_may_be_a_mapping(self, library: Library) -> None:
        for within in ({"languages": ["en"]}, Filter(languages=("en",))):
            hits = library.retrieve("lampe phare ferry", 9, within=within)
            spoken = {library.document(hit.passage.document_id).language for hit in hits}
            assert spoken == {"en"}
            answer = library.ask("Who voted on the ferry?", within=within)
            assert {quote.language for quote in answer.quotes} <= {"en"}
        with pytest.raises(QuestionError, match="a filter has no language; use documents, langu"):
            library.ask("lampe", within={"language": "fr"})
        with pytest.raises(QuestionError, match="within is str; give a Filter"):
            library.retrieve("lampe", within="fr")  # type: ignore[arg-type]

    @pytest.mark.usefixtures("library")
    def test_the_sources_are_those_of_the_last_build(self, articles: Path, index: Path) -> None:
        files = sorted(articles.iterdir())
        Library.build(files, index, embedder=HashingEmbedder(), settings=Settings())
        assert LocalStore(index).sources() == tuple(map(str, files))

    @pytest.mark.parametrize("text", ["", " \n\n ", "--- … »"])
    def test_an_empty_article_leaves_the_index_as_it_was(
        self, library: Library, articles: Path, index: Path, text: str
    ) -> None:
        before = everything(library)
        (articles / "empty.txt").write_text(text)
        with pytest.raises(EmptyArticleError, match=r"empty\.txt"):
            build(articles, index)
        assert everything(library) == before

    def test_no_articles(self, library: Library, index: Path, tmp_path: Path) -> None:
        (tmp_path / "none").mkdir()
        with pytest.raises(NoArticlesError):
            build(tmp_path / "none", index)
        assert len(library.documents()) == 4

    def test_a_file_name_that_is_not_text(self, articles: Path, index: Path) -> None:
        (articles / os.fsdecode(b"caf\xe9.txt")).write_text("Un café ferme.")
        documents = build(articles, index).documents()
        assert documents[0].path.endswith("caf\\xe9.txt")

    def test_nasty_articles_keep_the_law(self, articles: Path, index: Path) -> None:
        nasty = {
            "long.txt": "x" * 30_000,
            "same.txt": "Oui. " * 2_000,
            "nfd.txt": "L'e\u0301te\u0301 a\u0300 l'i\u0302le.\r\n\r\nFin\u00a0!\u202f",
            "emoji.txt": "👩‍🔬🇫🇷\u200b \u202eabc\u202c. " * 50 + "\u200b\n\n" * 50,
            "lines.txt": "un\u2028deux\u0085trois\x0bquatre\x0ccinq.",
            "huge.txt": "mot" + "(" * 50_000,
        }
        for name, text in nasty.items():
            (articles / name).write_bytes(text.encode())
        library = build(articles, index)
        texts = {document.id: document.text for document in library.documents()}
        for hit in library.retrieve("Oui, l'été sur l'île ?", k=1_000):
            passage = hit.passage
            assert texts[passage.document_id][passage.start : passage.end] == passage.text


class TestAddAndRemove:
    def test_articles_come_and_go(self, library: Library, tmp_path: Path) -> None:
        before = everything(library)
        (tmp_path / "moulin.txt").write_text("Le moulin moud deux tonnes de blé.")
        (added,) = library.add([tmp_path / "moulin.txt"])
        assert library.document(added.id).text == "Le moulin moud deux tonnes de blé."
        assert library.retrieve("moulin blé")[0].passage.document_id == added.id
        library.remove(added.id)
        assert everything(library) == before
        with pytest.raises(UnknownDocumentError, match=r"rag info$"):
            library.remove(added.id)

    def test_an_article_there_already_is_not_embedded_again(
        self, library: Library, articles: Path, embedder: HashingEmbedder
    ) -> None:
        embedder.embedded.clear()
        (document,) = library.add([articles / "pont.md"])
        assert document in library.documents()
        assert embedder.embedded == []
        assert library.state().documents == 4

    def test_an_emptied_library_answers_nothing(self, library: Library, articles: Path) -> None:
        for document in library.documents():
            library.remove(document.id)
        answer = library.ask(QUESTIONS[0])
        assert (answer.answered, answer.quotes, answer.hits) == (False, [], [])
        library.add([articles])
        assert library.ask(QUESTIONS[0]).hits


class TestSameAnswer:
    def test_after_a_rebuild(self, library: Library, articles: Path, tmp_path: Path) -> None:
        expected = [json.dumps(library.ask(question).to_dict()) for question in QUESTIONS]
        again = build(articles, tmp_path / "other")
        assert [json.dumps(again.ask(question).to_dict()) for question in QUESTIONS] == expected

    def test_whatever_the_history(self, library: Library, articles: Path, tmp_path: Path) -> None:
        expected = everything(library)
        for seed in range(4):
            files = sorted(articles.iterdir())
            random.Random(seed).shuffle(files)  # noqa: S311  no secret
            index = tmp_path / f"other-{seed}"
            other = Library.build(files[:1], index, embedder=HashingEmbedder(), settings=Settings())
            for file in files[1:]:
                other.add([file])
            document = other.documents()[seed]
            other.remove(document.id)
            other.add([document.path])
            assert everything(other) == expected

    def test_from_many_threads(self, library: Library) -> None:
        expected = [json.dumps(library.ask(question).to_dict()) for question in QUESTIONS]

        def run(number: int) -> str:
            return json.dumps(library.ask(QUESTIONS[number % len(QUESTIONS)]).to_dict())

        with ThreadPoolExecutor(32) as pool:
            answers = list(pool.map(run, range(160)))
        assert answers == expected * 32


class TestQuestions:
    @pytest.mark.parametrize("question", ["", "   ", "\n\t", "?!…", "\u200b", "«»", "👩‍🔬"])
    def test_an_empty_question(self, library: Library, question: str) -> None:
        for ask in (library.ask, library.retrieve):
            with pytest.raises(QuestionError, match=r"write one in French or English$"):
                ask(question)

    def test_a_question_of_ten_thousand_characters(self, library: Library) -> None:
        for ask in (library.ask, library.retrieve):
            with pytest.raises(QuestionError, match=r"10000 characters; shorten it to 2000 or"):
                ask("x" * 10_000)
        assert library.ask("x " * 1_000).question == "x " * 1_000

    def test_a_question_that_is_not_text(self, library: Library) -> None:
        for ask in (library.ask, library.retrieve):
            with pytest.raises(QuestionError, match=r"remove them$"):
                ask("Où est le phare \udcff ?")

    @pytest.mark.parametrize("question", [None, 3, b"Le phare", ["Le phare"]])
    def test_a_question_of_another_type(self, library: Library, question: object) -> None:
        for ask in (library.ask, library.retrieve):
            with pytest.raises(QuestionError, match=r"write one in French or English$"):
                ask(question)  # type: ignore[operator]

    @pytest.mark.parametrize("k", ["3", 2.0, True, [1]])
    def test_k_is_a_whole_number(self, library: Library, k: object) -> None:
        for ask in (library.ask, library.retrieve):
            with pytest.raises(ValueError, match="must be a whole number, 1 or more"):
                ask(QUESTIONS[0], k=k)  # type: ignore[operator]

    @pytest.mark.parametrize("question", ["0", "' OR 1 --", '"pont" NEAR(a)', "été\0", "東京"])
    def test_any_other_text_is_a_question(self, library: Library, question: str) -> None:
        assert library.ask(question).question == question

    @pytest.mark.parametrize("k", [1, 2, 3, 1_000, 10**9])
    def test_k_is_how_many_hits(self, library: Library, k: int) -> None:
        every = library.retrieve(QUESTIONS[0], k=1_000)
        assert library.retrieve(QUESTIONS[0], k=k) == every[:k]
        assert library.ask(QUESTIONS[0], k=k).hits == every[:k][:10]

    @pytest.mark.parametrize("k", [0, -1])
    def test_k_is_at_least_one(self, library: Library, k: int) -> None:
        for ask in (library.ask, library.retrieve):
            with pytest.raises(ValueError, match="must be 1 or more"):
                ask(QUESTIONS[0], k=k)

    def test_the_best_passage_holds_the_words(self, library: Library) -> None:
        names = {d.id: Path(d.path).name for d in library.documents()}
        best = [names[library.retrieve(q)[0].passage.document_id] for q in QUESTIONS[:4]]
        assert best == ["phare.txt", "pont.md", "orchard.txt", "ferry.txt"]


class TestAnswer:
    def test_it_survives_json(self, library: Library) -> None:
        told = library.ask(QUESTIONS[0]).to_dict()
        assert json.loads(json.dumps(told)) == told
        assert list(told) == [
            "question", "answered", "confidence", "quotes", "hits", "searched_as", "unknown_words",
        ]  # fmt: skip
        assert list(told["hits"][0]) == [
            "passage", "score", "dense", "lexical", "dense_rank", "lexical_rank",
            "reading",
        ]  # fmt: skip
        assert list(told["hits"][0]["passage"]) == ["id", "document_id", "start", "end", "text"]

    def test_its_quotes_have_the_documented_keys(self, library: Library) -> None:
        sure = Settings(min_confidence=0.0)
        asked = Library.open(library._store.folder, embedder=HashingEmbedder(), settings=sure)
        (first, *_) = asked.ask(QUESTIONS[0]).to_dict()["quotes"]
        assert list(first) == [
            "document_id", "start", "end", "text", "score", "title", "source", "published",
            "language", "sha256", "speaker", "context", "why",
        ]  # fmt: skip
        assert list(first["why"]) == [
            "probability", "reading", "cosine", "coverage", "asked_for", "holds_it", "dense_rank",
            "lexical_rank", "matches",
        ]  # fmt: skip
        assert list(first["why"]["matches"][0]) == ["asked", "found", "start", "end", "weight"]


class TestPublicNames:
    def test_the_package_exports_its_contract(self) -> None:
        assert rag.__all__ == [
            "Answer", "Document", "Excerpt", "Filter", "Hit", "Library", "Match", "Passage",
            "Quote", "RagError", "Turn", "Why", "ask", "retrieve",
        ]  # fmt: skip
        assert all(getattr(rag, name) for name in rag.__all__)
        with pytest.raises(AttributeError):
            rag.nothing  # noqa: B018

    def test_import_is_instant_and_light(self) -> None:
        script = (
            "import sys, time; before = time.process_time(); import rag;"
            "used = time.process_time() - before;"
            "heavy = {'torch', 'numpy', 'faiss', 'gradio', 'sentence_transformers', 'Stemmer',"
            " 'langchain_text_splitters', 'sqlite3'} & set(sys.modules);"
            "print(used < 0.2, sorted(heavy))"
        )
        assert run_python(script, ROOT) == "True []\n"

    def test_opening_a_library_loads_no_model(self, library: Library) -> None:
        script = (
            "import sys; from rag import Library\n"
            "from rag.errors import ModelMismatchError\n"
            f"try: Library.open({str(library._store.folder)!r})\n"
            "except ModelMismatchError: pass\n"
            "print(sorted({'torch', 'gradio', 'langchain_text_splitters'} & set(sys.modules)))"
        )
        assert run_python(script, ROOT) == "[]\n"


def run_python(script: str, cwd: Path, **variables: str) -> str:
    environ = {k: v for k, v in os.environ.items() if not k.startswith("RAG_")}
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=cwd,
        env={**environ, "PYTHONPATH": str(ROOT), **variables},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


class TestDefaultLibrary:
    @pytest.fixture
    def seeds(self, articles: Path, index: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        monkeypatch.setattr("rag.default_library._default", None)
        monkeypatch.setattr("rag.library.SentenceTransformerEmbedder", lambda _: HashingEmbedder())
        monkeypatch.setenv("RAG_SEEDS", str(articles))
        monkeypatch.setenv("RAG_INDEX", str(index))
        return articles

    def test_articles_that_come_change_and_go_are_noticed(self, seeds: Path) -> None:
        assert len(rag.retrieve("moulin", k=100)) == 5
        (seeds / "moulin.txt").write_text("Le moulin tourne.")
        assert rag.retrieve("moulin")[0].passage.text == "Le moulin tourne."
        (seeds / "moulin.txt").write_text("Le moulin brûle !")
        assert rag.retrieve("moulin")[0].passage.text == "Le moulin brûle !"
        (seeds / "moulin.txt").unlink()
        assert len(rag.retrieve("moulin", k=100)) == 5
        shutil.rmtree(seeds)
        assert rag.ask("moulin").hits

    def test_a_refresh_keeps_the_reader(self, seeds: Path) -> None:
        reader = object()
        library = open_default(Settings.from_environ(), reader=cast(Reader, reader))
        assert library.reader is reader
        rag.retrieve("moulin")
        before = default_library._default
        assert before is not None
        read_by = before.library.reader
        assert read_by is not None
        (seeds / "moulin.txt").write_text("Le moulin tourne.")
        rag.retrieve("moulin")
        assert before.library.reader is read_by

    def test_nothing_is_done_where_nothing_changed(
        self, seeds: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        assert rag.retrieve("phare")
        monkeypatch.setattr("rag.default_library.open_default", None)
        assert rag.retrieve("phare")
        assert seeds.is_dir()

    def test_a_file_half_written_is_told_once_and_the_library_kept(self, seeds: Path) -> None:
        before = rag.retrieve("moulin", k=100)
        (seeds / "moulin.txt").write_bytes(b"")
        with pytest.raises(EmptyArticleError, match=r"moulin\.txt"):
            rag.retrieve("moulin")
        assert rag.retrieve("moulin", k=100) == before
        (seeds / "moulin.txt").write_text("Le moulin tourne.")
        assert rag.retrieve("moulin")[0].passage.text == "Le moulin tourne."

    def test_a_failed_first_use_is_tried_again(self, seeds: Path) -> None:
        (seeds / "moulin.txt").write_bytes(b"")
        for _ in range(2):
            with pytest.raises(EmptyArticleError):
                rag.ask("moulin")


@pytest.mark.slow
def test_the_default_library_is_built_on_first_use(tmp_path: Path) -> None:
    script = (
        "import json, rag\n"
        f"hits = rag.retrieve({SEED_QUESTION!r}, k=3)\n"
        f"answer = rag.ask({SEED_QUESTION!r})\n"
        "print(json.dumps([len(hits), answer.answered, [q.text for q in answer.quotes]]))"
    )
    places = {"RAG_SEEDS": str(ROOT / "seeds"), "RAG_INDEX": str(tmp_path / "index")}
    hits, answered, quotes = json.loads(run_python(script, tmp_path, **places))
    assert (hits, answered) == (3, True)
    assert "L'accord engage également" in " ".join(quotes)
    assert (tmp_path / "index" / "library.sqlite3").is_file()


def test_settings_are_those_given(library: Library) -> None:
    few = replace(Settings(), k=2, max_question=10)
    asked = Library.open(library._store.folder, embedder=HashingEmbedder(), settings=few)
    assert len(asked.retrieve("Le phare")) == 2
    with pytest.raises(QuestionError, match=r"shorten it to 10 or fewer$"):
        asked.retrieve("Le phare brille")
