"""The shelf: a visitor's articles answer beside the library's, and leave nothing."""

import stat
import tempfile
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from conftest import ARTICLES, HashingEmbedder

from rag.catalogue import LANGUAGES, say
from rag.errors import (
    EmptyArticleError,
    SourceError,
    UnknownDocumentError,
    UnsupportedFormatError,
)
from rag.filters import Filter
from rag.library import Library
from rag.settings import Settings
from rag.shelf import LimitError, Limits, Shelf

LAMP = "Jusqu'où porte la lampe du phare ?"
BEES = "Who keeps the bees of Marlow abbey?"
MINE = (
    "---\ntitle: Bees of the abbey\ndate: 2021\nlanguage: en\n---\n"
    "Brother Anselm keeps the bees of Marlow abbey. He sells the honey at the gate.\n"
)


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where shelves are made."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    path = tmp_path / "mine.txt"
    path.write_text(MINE, encoding="utf-8")
    return path


@pytest.fixture
def shelf(library: Library) -> Iterator[Shelf]:
    with Shelf(library) as shelf:
        yield shelf


def test_an_article_answers_as_soon_as_it_is_added(
    shelf: Shelf, library: Library, mine: Path
) -> None:
    before = library.retrieve(LAMP, k=50)
    assert shelf.retrieve(LAMP, k=50) == before
    added = shelf.add(mine)
    assert (added.duplicate, added.document.title) == ("", "Bees of the abbey")
    hit = shelf.retrieve(BEES)[0]
    assert hit.passage.document_id == added.document.id
    assert MINE[hit.passage.start : hit.passage.end] == hit.passage.text
    answer = shelf.ask(BEES)
    assert answer.quotes[0].text == "Brother Anselm keeps the bees of Marlow abbey."
    assert answer.quotes[0].document_id == added.document.id
    assert shelf.documents() == [added.document]
    assert shelf.count_passages(added.document.id) == 1
    assert shelf.count_passages(library.documents()[0].id) == 0
    assert [each.id for each in shelf.entries()] == [added.document.id]
    assert shelf.entries()[0].title == "Bees of the abbey"
    assert added.document.id not in [each.id for each in library.entries()]
    assert shelf.document(added.document.id) == added.document
    # The library has not changed, and another visitor does not see the article.
    assert library.retrieve(LAMP, k=50) == before
    assert len(library.documents()) == len(ARTICLES)
    assert added.document.id not in {h.passage.document_id for h in Shelf(library).retrieve(BEES)}


def test_both_answer_as_one_library_would(
    library: Library, articles: Path, mine: Path, tmp_path: Path, eager: Settings
) -> None:
    own = Library.open(library._store.folder, embedder=HashingEmbedder(), settings=eager)
    whole = Library.build(
        [articles, mine], tmp_path / "whole", embedder=HashingEmbedder(), settings=eager
    )
    with Shelf(own) as shelf:
        shelf.add(mine)
        for question in (LAMP, BEES, "How old is the engine of the ferry?"):
            expected = {
                (h.passage.document_id, h.passage.start): h for h in whole.retrieve(question)
            }
            found = shelf.retrieve(question)
            assert (found[0].passage.document_id, found[0].passage.start) == next(iter(expected))
            for hit in found:
                other = expected[hit.passage.document_id, hit.passage.start]
                assert hit.dense == pytest.approx(other.dense, abs=1e-6)
                assert hit.lexical == pytest.approx(other.lexical, abs=1e-9)
            one, other_answer = shelf.ask(question), whole.ask(question)
            assert [q.text for q in one.quotes] == [q.text for q in other_answer.quotes] != []


def test_a_filter_chooses_among_both(shelf: Shelf, mine: Path) -> None:
    added = shelf.add(mine).document
    for within in (Filter((added.id,)), Filter(published_from="2021", published_to="2021")):
        found = shelf.retrieve(LAMP, k=50, within=within)
        assert {hit.passage.document_id for hit in found} == {added.id}
    french = shelf.retrieve(BEES, k=50, within=Filter(languages=("fr",)))
    assert french
    assert added.id not in {hit.passage.document_id for hit in french}


def test_progress_is_told_stage_by_stage(shelf: Shelf, mine: Path) -> None:
    told: list[tuple[str, int, int]] = []
    shelf.add(mine, "abbey.md", lambda *each: told.append(each))
    stages = list(dict.fromkeys(stage for stage, _, _ in told))
    assert stages == ["read", "split", "embed", "store"]
    for stage in stages:
        done = [(d, t) for s, d, t in told if s == stage]
        assert done[0][0] == 0
        assert done[-1][0] == done[-1][1] > 0
        assert [d for d, _ in done] == sorted(d for d, _ in done)
        assert len({t for _, t in done}) == 1


def test_the_name_is_the_visitors(shelf: Shelf, mine: Path) -> None:
    assert shelf.add(mine, "../../Mon article.MD").document.path == "Mon article.MD"


def test_duplicates_are_known_by_their_bytes(
    shelf: Shelf, mine: Path, articles: Path, tmp_path: Path
) -> None:
    first = shelf.add(mine).document
    again = tmp_path / "other name.md"
    again.write_bytes(mine.read_bytes())
    assert shelf.add(again).duplicate == "shelf"
    assert shelf.add(again).document == first
    added = shelf.add(articles / "phare.txt")
    assert (added.duplicate, added.document.path) == ("library", str(articles / "phare.txt"))
    assert shelf.documents() == [first]


def test_articles_can_be_removed(shelf: Shelf, mine: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.txt"
    other.write_text("Un moulin tourne à Bray. Il moud le blé noir.", encoding="utf-8")
    first, second = shelf.add(mine).document, shelf.add(other).document
    assert shelf.documents() == [first, second]
    shelf.remove(first.id)
    assert shelf.documents() == [second]
    assert first.id not in {hit.passage.document_id for hit in shelf.retrieve(BEES, k=50)}
    with pytest.raises(UnknownDocumentError):
        shelf.document(first.id)
    shelf.remove(second.id)
    assert shelf.documents() == []
    assert shelf.retrieve(LAMP)
    assert shelf.add(mine).duplicate == ""
    assert shelf.retrieve(BEES)[0].passage.document_id == first.id


def test_the_librarys_articles_cannot_be_removed(
    shelf: Shelf, library: Library, mine: Path
) -> None:
    for _ in range(2):
        with pytest.raises(UnknownDocumentError, match=r"reload the page$"):
            shelf.remove(library.documents()[0].id)
        shelf.add(mine)
    assert len(library.documents()) == len(ARTICLES)


@pytest.mark.parametrize(
    ("limits", "key"),
    [
        (Limits(files=0), "shelf_too_many"),
        (Limits(file_bytes=10), "shelf_file_too_large"),
        (Limits(file_bytes=len(MINE) - 1), "shelf_file_too_large"),
        (Limits(total_bytes=len(MINE) - 1), "shelf_full"),
        (Limits(characters=len(MINE) - 1), "shelf_text_too_long"),
    ],
)
def test_limits_are_held_and_told(
    library: Library, mine: Path, temporary: Path, limits: Limits, key: str
) -> None:
    with Shelf(library, limits) as shelf:
        with pytest.raises(LimitError) as caught:
            shelf.add(mine)
        assert caught.value.key == key
        for language in LANGUAGES:
            say(key, language, **caught.value.values)
        assert str(caught.value) == say(key, "en", **caught.value.values)
        assert shelf.documents() == []
        assert list(temporary.iterdir()) == []


def test_the_last_byte_still_fits(library: Library, mine: Path) -> None:
    size = len(MINE)
    with Shelf(library, Limits(1, size, size, size)) as shelf:
        assert shelf.add(mine).duplicate == ""
        assert shelf.add(mine).duplicate == "shelf", "a duplicate takes no room"


@pytest.mark.parametrize(
    ("name", "data", "error"),
    [
        ("a.exe", b"MZ", UnsupportedFormatError),
        ("noext", b"Un chat.", UnsupportedFormatError),
        ("a.txt", b"  \n", EmptyArticleError),
        ("a.txt", b"\0\1\2", SourceError),
    ],
)
def test_what_is_no_article_is_refused_by_its_name(
    shelf: Shelf, tmp_path: Path, name: str, data: bytes, error: type[SourceError]
) -> None:
    path = tmp_path / "uploaded.bin"
    path.write_bytes(data)
    with pytest.raises(error, match=f"^{name} ") as caught:
        shelf.add(path, name)
    assert str(tmp_path) not in str(caught.value)
    with pytest.raises(SourceError, match=r"^gone.txt cannot be read"):
        shelf.add(tmp_path / "gone.txt")
    assert shelf.documents() == []


def test_nothing_is_left_when_it_is_closed(library: Library, mine: Path, temporary: Path) -> None:
    with Shelf(library) as shelf:
        assert list(temporary.iterdir()) == []
        shelf.add(mine)
        (folder,) = temporary.iterdir()
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert list(temporary.iterdir()) == []
    assert shelf.documents() == []
    assert shelf.retrieve(LAMP) == library.retrieve(LAMP)
    with pytest.raises(SourceError, match="open the page again"):
        shelf.add(mine)
    shelf.close()


def test_a_failure_while_storing_leaves_it_usable(
    library: Library, mine: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Shelf(library) as shelf:
        with monkeypatch.context() as patch:
            patch.setattr(HashingEmbedder, "count_tokens", lambda *_: 1 / 0)
            with pytest.raises(ZeroDivisionError):
                shelf.add(mine)
        assert shelf.documents() == []
        assert shelf.retrieve(LAMP)
        assert shelf.add(mine).duplicate == ""


def test_many_threads_at_once(library: Library, tmp_path: Path) -> None:
    paths = []
    for number in range(6):
        path = tmp_path / f"{number}.txt"
        path.write_text(f"Le moulin numéro {number} tourne à Bray. Il est vieux.", encoding="utf-8")
        paths.append(path)
    stop = threading.Event()
    with Shelf(library) as shelf, ThreadPoolExecutor(6) as threads:

        def ask() -> int:
            count = 0
            while not stop.is_set() or not count:
                hits = shelf.retrieve("Quel moulin tourne à Bray ?", k=20)
                for hit in hits:
                    text = shelf.document(hit.passage.document_id).text
                    assert text[hit.passage.start : hit.passage.end] == hit.passage.text
                count += 1
            return count

        asking = [threads.submit(ask) for _ in range(3)]
        adding = [threads.submit(shelf.add, path) for path in paths]
        documents = {job.result().document.id for job in adding}
        stop.set()
        assert all(job.result() for job in asking)
        assert {document.id for document in shelf.documents()} == documents


def test_it_can_be_closed_while_it_is_asked(library: Library, mine: Path) -> None:
    for _ in range(5):
        shelf = Shelf(library)
        shelf.add(mine)
        with ThreadPoolExecutor(3) as threads:
            asked = [threads.submit(shelf.retrieve, LAMP) for _ in range(12)]
            shelf.close()
            assert all(job.result() for job in asked)
