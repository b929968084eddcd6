"""The retriever: both scores, fused as documented, in an order that never changes."""

from pathlib import Path

import numpy as np
import pytest
from conftest import HashingEmbedder
from hypothesis import given
from hypothesis import strategies as st
from test_store_contract import make, unit_rows, write

from rag.library import Library
from rag.retriever import LEXICAL_WEIGHT, REACH, retrieve
from rag.settings import Settings
from rag.stores.local_store import LocalStore

WORDS = [{"chat": 1.0, "chien": 0.4}, {"pont": 1.0}]
QUESTION = unit_rows(1000, 1)[0]


@pytest.fixture
def store(tmp_path: Path) -> LocalStore:
    store = LocalStore(tmp_path / "index")
    write(store, *[make(number) for number in range(8)])
    return store


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> LocalStore:
    store = LocalStore(tmp_path_factory.mktemp("filled") / "index")
    write(store, *[make(number) for number in range(8)])
    return store


@pytest.mark.parametrize("weight", [0.0, 0.3, LEXICAL_WEIGHT, 1.0])
def test_the_score_is_the_weighted_mean_of_both_and_of_the_article_s_best(
    store: LocalStore, weight: float
) -> None:
    with store.snapshot() as snapshot:
        hits = retrieve(snapshot, QUESTION, WORDS, 24, weight)
        lexical = snapshot.search_words(WORDS)
        matches = snapshot.score_passages(QUESTION, [hit.passage.id for hit in hits])
        rarity = snapshot.rarity(WORDS)
        held = snapshot.words_near(WORDS, [hit.passage.id for hit in hits], REACH)
    assert len(hits) == 24
    for hit, match in zip(hits, matches, strict=True):
        assert hit.dense == (match.passage_cosine + match.sentence_cosine) / 2
        assert hit.lexical == lexical.get(hit.passage.id, 0.0)
    for hit, words in zip(hits, held, strict=True):
        document_id = hit.passage.document_id
        nearest = max(each.dense for each in hits if each.passage.document_id == document_id)
        coverage = np.dot(rarity, words) / sum(rarity)
        own = (1 - weight) * hit.dense + weight * hit.lexical
        article = (1 - weight) * nearest + weight * coverage
        assert hit.score == pytest.approx((own + article) / 2)


def test_a_book_that_holds_every_word_somewhere_does_not_outdo_an_article(tmp_path: Path) -> None:
    store = LocalStore(tmp_path / "index")
    book, article = make(0, passages=200), make(1, passages=3)
    for number, stems in enumerate(book.stems):
        stems[:] = ["pont" if number % 40 == 0 else "chat" if number % 40 == 20 else "rien"] * 5  # type: ignore[index]
    for stems, said in zip(article.stems, ("pont", "rien", "chat"), strict=True):
        stems[:] = [said] * 5  # type: ignore[index]
    write(store, book, article)
    with store.snapshot() as snapshot:
        hits = retrieve(snapshot, QUESTION, [{"chat": 1.0}, {"pont": 1.0}], 2, lexical_weight=1.0)
    assert {hit.passage.document_id for hit in hits} == {article.document.id}


def test_fewer_hits_are_the_first_of_more(store: LocalStore) -> None:
    with store.snapshot() as snapshot:
        every = retrieve(snapshot, QUESTION, WORDS, 1_000)
        for k in (1, 5, 23, 24):
            assert retrieve(snapshot, QUESTION, WORDS, k) == every[:k]
    assert len(every) == 24


def test_an_empty_library_has_no_hits(store: LocalStore) -> None:
    write(store, generation=1, removed=[make(number).document.id for number in range(8)])
    with store.snapshot() as snapshot:
        assert retrieve(snapshot, QUESTION, WORDS, 5) == []


def test_words_alone_find_a_passage_beyond_the_nearest_vectors(tmp_path: Path) -> None:
    store = LocalStore(tmp_path / "index")
    far = make(500, passages=1)
    far.stems[0][:] = ["seul"]  # type: ignore[index]
    far.passage_vectors[:] = far.sentence_vectors[:] = -QUESTION
    write(store, far, *[make(number, passages=4) for number in range(40)])
    with store.snapshot() as snapshot:
        near = [match.passage_id for match in snapshot.search_vectors(QUESTION, 300)]
        assert far.document.id not in {p.document_id for p in snapshot.passages(near)}
        best = retrieve(snapshot, QUESTION, [{"seul": 1.0}], 1, 1.0)[0]
    assert best.passage.document_id == far.document.id
    assert best.dense == pytest.approx(-1)


def test_ties_are_in_order_of_document_and_position(tmp_path: Path) -> None:
    folder = tmp_path / "same"
    folder.mkdir()
    for number in range(6):
        (folder / f"{number}.txt").write_text("Un chat dort.\n\n" * 1 + " " * number)
    library = Library.build([folder], tmp_path / "index", embedder=HashingEmbedder())
    hits = library.retrieve("chat dort ?", k=10)
    places = [(hit.passage.document_id, hit.passage.start) for hit in hits]
    assert len({hit.score for hit in hits}) == 1
    assert places == sorted(places)
    for k in range(1, 7):
        assert library.retrieve("chat dort ?", k=k) == hits[:k]


def test_scores_are_plain_numbers(store: LocalStore) -> None:
    with store.snapshot() as snapshot:
        (hit,) = retrieve(snapshot, QUESTION, WORDS, 1)
    assert all(type(value) is float for value in (hit.score, hit.dense, hit.lexical))
    assert np.isfinite([hit.score, hit.dense, hit.lexical]).all()


@given(st.sets(st.integers(0, 8)), st.integers(1, 30), st.sampled_from([0.0, LEXICAL_WEIGHT, 1.0]))
def test_hits_of_some_documents_are_those_of_brute_force(
    filled: LocalStore, chosen: set[int], k: int, weight: float
) -> None:
    """Every passage of eight documents is scored; those of a filter keep score and order."""
    ids = {f"{number:016x}" for number in chosen}  # there is no ninth document
    with filled.snapshot() as snapshot:
        every = retrieve(snapshot, QUESTION, WORDS, 1_000, weight)
        hits = retrieve(snapshot, QUESTION, WORDS, k, weight, ids)
    admitted = [hit for hit in every if hit.passage.document_id in ids]
    assert len(every) == 24
    expected = admitted[:k]
    assert [hit.passage for hit in hits] == [hit.passage for hit in expected]
    for hit, other in zip(hits, expected, strict=True):
        # The sums are the same, added in another order: float32.
        assert (hit.dense, hit.score) == pytest.approx((other.dense, other.score), abs=1e-6)
        assert hit.lexical == other.lexical


def test_a_document_far_from_the_question_is_found_when_asked_alone(tmp_path: Path) -> None:
    store = LocalStore(tmp_path / "index")
    far = make(500, passages=2)
    far.passage_vectors[:] = far.sentence_vectors[:] = -QUESTION
    write(store, far, *[make(number, passages=4) for number in range(40)])
    with store.snapshot() as snapshot:
        every = retrieve(snapshot, QUESTION, [], 300)
        assert far.document.id not in {hit.passage.document_id for hit in every}
        hits = retrieve(snapshot, QUESTION, [], 300, documents=[far.document.id])
    assert [hit.passage.document_id for hit in hits] == [far.document.id] * 2
    assert [hit.dense for hit in hits] == pytest.approx([-1, -1])
    assert [hit.dense_rank for hit in hits] == [1, 1]  # equal scores share a place


def test_an_article_named_in_one_passage_is_found_for_another(tmp_path: Path) -> None:
    """The passage that answers says "he"; the question's name stands in the one before."""
    folder = tmp_path / "articles"
    folder.mkdir()
    filler = " ".join(["Le reste de la journée s'est passé sans incident dans la région."] * 12)
    for name in ("Aubertot", "Courtin", "Valombre", "Delorge", "Pasquet"):
        text = (
            f"{name} est connu de tous dans la ville. {filler}\n\n"
            f"Il a reçu une peine de {len(name)} ans de prison et une lourde amende. {filler}"
        )
        (folder / f"{name}.txt").write_text(text, encoding="utf-8")
    library = Library.build([folder], tmp_path / "index", settings=Settings(reader=False))
    for name in ("Aubertot", "Courtin", "Valombre", "Delorge", "Pasquet"):
        [hit] = library.retrieve(f"Quelle peine de prison {name} a-t-il reçue ?", 1)
        assert library.document(hit.passage.document_id).title.startswith(name)
        assert f"peine de {len(name)} ans" in hit.passage.text
