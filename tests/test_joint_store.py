"""Stores read as one: what one store of all their articles would find."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from test_store_contract import VOCABULARY, make, unit_rows, write

from rag.datamodels import Passage
from rag.errors import UnknownDocumentError
from rag.filters import Filter
from rag.retriever import retrieve
from rag.store import NewDocument
from rag.stores.joint_store import JointStore
from rag.stores.local_store import LocalStore

QUESTION = unit_rows(1000, 1)[0]
WORDS = [{"chat": 1.0, "chien": 0.4}, {"pont": 1.0}, {"nowhere": 1.0}, {"été": 0.7}]
# Of one to four passages, the later ones longer: each store has its own mean length.
NEW = [make(number, passages=1 + number % 4) for number in range(8)]

Key = tuple[str, int]
Fill = Callable[..., LocalStore]


@pytest.fixture
def fill(tmp_path: Path) -> Fill:
    def fill(name: str, new: Sequence[NewDocument]) -> LocalStore:
        store = LocalStore(tmp_path / name)
        write(store, *new)
        return store

    return fill


@pytest.fixture
def one(fill: Fill) -> LocalStore:
    return fill("one", NEW)


@pytest.fixture(params=[[5], [1, 7], [3, 3]])
def joint(fill: Fill, request: pytest.FixtureRequest) -> JointStore:
    cuts = [0, *request.param, len(NEW)]
    parts = [NEW[a:b] for a, b in pairwise(cuts)]
    stores = [fill(f"part{number}", part) for number, part in enumerate(parts)]
    for store, part in zip(stores, parts, strict=True):
        if not part:  # a store that was emptied
            write(store, make(99), generation=1)
            write(store, generation=2, removed=[make(99).document.id])
    return JointStore(stores)


def key(passage: Passage) -> Key:
    return passage.document_id, passage.start


@pytest.mark.parametrize("ids", [None, [NEW[2].document.id, NEW[6].document.id, "none"], []])
def test_hits_are_those_of_one_store(
    one: LocalStore, joint: JointStore, ids: list[str] | None
) -> None:
    for k in (1, 5, 100):
        with one.snapshot() as snapshot, joint.snapshot() as both:
            expected = retrieve(snapshot, QUESTION, WORDS, k, documents=ids)
            found = retrieve(both, QUESTION, WORDS, k, documents=ids)
        assert [key(hit.passage) for hit in found] == [key(hit.passage) for hit in expected]
        assert [hit.passage.text for hit in found] == [hit.passage.text for hit in expected]
        for hit, other in zip(found, expected, strict=True):
            assert hit.score == pytest.approx(other.score, abs=1e-6)
            assert hit.lexical == pytest.approx(other.lexical, abs=1e-9)
            assert hit.dense == pytest.approx(other.dense, abs=1e-6)
        assert bool(found) == (ids != [])


def test_rarity_is_that_of_one_store(one: LocalStore, joint: JointStore) -> None:
    words = [*WORDS, {}, *({word: 0.05} for word in VOCABULARY)]
    with one.snapshot() as snapshot, joint.snapshot() as both:
        assert both.rarity(words) == pytest.approx(snapshot.rarity(words), abs=1e-9)
        absent, empty, rare = both.rarity([{"nowhere": 1.0}, {}, {"chat": 0.001}])
        assert absent == empty > rare, "a word that no article holds must be told from others"
        assert both.rarity([]) == []
        assert both.mean_length == pytest.approx(snapshot.mean_length)


def test_passages_sentences_and_scores_are_those_of_one_store(
    one: LocalStore, joint: JointStore
) -> None:
    with one.snapshot() as snapshot, joint.snapshot() as both:
        ids = [m.passage_id for m in both.search_vectors(QUESTION, 1_000)]
        assert len(set(ids)) == len(ids) == both.state.passages == snapshot.state.passages
        theirs = {key(p): p.id for p in snapshot.passages([m.passage_id for m in
                  snapshot.search_vectors(QUESTION, 1_000)])}  # fmt: skip
        passages = both.passages(ids)
        assert [p.id for p in passages] == ids
        other_ids = [theirs[key(p)] for p in passages]
        found, expected = both.sentences(ids), snapshot.sentences(other_ids)
        places = [(s.document_id, s.start, s.end, s.text, s.is_title) for s in found]
        assert places == [(s.document_id, s.start, s.end, s.text, s.is_title) for s in expected]
        assert [s.passage_id for s in found] == [i for i in ids for _ in range(2)]
        scores = both.score_sentences(QUESTION, [s.id for s in found])
        assert scores == pytest.approx(
            snapshot.score_sentences(QUESTION, [s.id for s in expected]), abs=1e-6
        )
        assert scores.dtype == np.float32
        matches = both.score_passages(QUESTION, ids[::-1])
        assert [m.passage_id for m in matches] == ids[::-1]
        cosines = [m.passage_cosine for m in matches]
        others = snapshot.score_passages(QUESTION, other_ids[::-1])
        assert cosines == pytest.approx([m.passage_cosine for m in others], abs=1e-6)


def test_documents_are_found_in_each(one: LocalStore, joint: JointStore) -> None:
    with one.snapshot() as snapshot, joint.snapshot() as both:
        assert sorted(d.id for d in both.documents()) == [each.document.id for each in NEW]
        assert [e.id for e in both.entries()] == [d.id for d in both.documents()]
        for each in NEW:
            assert both.document(each.document.id) == each.document
            place = (each.document.id, 5, 10, 12)
            assert both.sentences_around(*place) == snapshot.sentences_around(*place) != []
        with pytest.raises(UnknownDocumentError):
            both.document("none")
        assert both.sentences_around("none", 0, 9, 9) == []
        assert both.select(Filter()) == snapshot.select(Filter())
        assert both.select(Filter((NEW[1].document.id,))) == {NEW[1].document.id}
        state, other = both.state, snapshot.state
        assert (state.documents, state.passages, state.sentences) == (
            other.documents, other.passages, other.sentences,
        )  # fmt: skip
        assert (state.recipe, state.dimension) == (other.recipe, other.dimension)


def test_an_article_of_both_is_the_first_ones(fill: Fill) -> None:
    twin = replace(NEW[1], document=replace(NEW[1].document, title="Twin"))
    joint = JointStore([fill("first", NEW[:2]), fill("second", [twin, NEW[2]])])
    with joint.snapshot() as both:
        assert [d.title for d in both.documents()] == ["T0", "T1", "T2"]
        assert both.document(twin.document.id).title == "T1"
        hits = retrieve(both, QUESTION, WORDS, 100)
        assert len({key(hit.passage) for hit in hits}) == len(hits) == 6
        alone = retrieve(both, QUESTION, WORDS, 100, documents=[twin.document.id])
        assert len(alone) == 2
        assert both.state.documents == 3


def test_one_question_sees_one_state(fill: Fill) -> None:
    second = fill("second", NEW[4:5])
    joint = JointStore([fill("first", NEW[:2]), second])
    with joint.snapshot() as both:
        before = retrieve(both, QUESTION, WORDS, 100)
        write(second, NEW[5], generation=1, removed=[NEW[4].document.id])
        assert retrieve(both, QUESTION, WORDS, 100) == before
    with joint.snapshot() as both:
        assert NEW[5].document.id in {
            h.passage.document_id for h in retrieve(both, QUESTION, WORDS, 9)
        }
