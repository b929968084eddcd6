"""What every PassageStore must do; a new backend inherits the class and gives a ``store``."""

import json
import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from rag.datamodels import Document, Entry, Slice, Span
from rag.errors import BusyIndexError, LibraryIndexError, UnknownDocumentError
from rag.filters import Filter
from rag.store import Change, NewDocument, PassageStore, Recipe, Snapshot
from rag.stores.local_store import LocalStore

DIMENSION = 16
RECIPE = Recipe("hashing", "hashing-16", 128, 1)
K1, B = 1.2, 0.75
VOCABULARY = ["chat", "chien", "pont", "phare", "traite", "été", "京", "10000"]

Words = Sequence[Mapping[str, float]]


def unit_rows(seed: int, count: int) -> NDArray[np.float32]:
    rows = np.random.default_rng(seed).normal(size=(count, DIMENSION))
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), dtype=np.float32)


def make(number: int, passages: int = 3, sentences: int = 2) -> NewDocument:
    """A document of passages of sentences "pN sN", with random vectors and stems."""
    parts = [[f"d{number}p{p}s{s}é." for s in range(sentences)] for p in range(passages)]
    text = "\n\n".join(" ".join(part) for part in parts)
    slices, position = [], 0
    for part in parts:
        spans = []
        for index, words in enumerate(part):
            start = text.index(words, position)
            position = start + len(words)
            spans.append(Span(start, position, is_title=index == 0 and sentences > 1))
        slices.append(Slice(spans[0].start, spans[-1].end, tuple(spans)))
    choose = np.random.default_rng(number)
    stems = [list(choose.choice(VOCABULARY, size=3 + 4 * p)) for p in range(passages)]
    document = Document(
        f"{number:016x}", f"T{number}", text, "", "", "fr", "0" * 64, f"{number}.txt", 0, len(text)
    )
    return NewDocument(
        document,
        slices,
        stems,
        unit_rows(2 * number + 1, passages),
        unit_rows(2 * number, passages * sentences),
    )


def write(store: PassageStore, *new: NewDocument, generation: int = 0, **change: object) -> int:
    made = Change(RECIPE, ("here",), added=new, **change)  # type: ignore[arg-type]
    return store.write(made, generation).generation


def all_passages(snapshot: Snapshot, new: Sequence[NewDocument]) -> dict[tuple[str, int], int]:
    """(document, number of the passage in it) → its id, found by text and place."""
    near = snapshot.search_vectors(unit_rows(99, 1)[0], 10_000)
    passages = snapshot.passages([match.passage_id for match in near])
    found = {(p.document_id, p.start): p.id for p in passages}
    return {
        (each.document.id, number): found[each.document.id, piece.start]
        for each in new
        for number, piece in enumerate(each.slices)
    }


def bm25(new: Sequence[NewDocument], words: Words) -> dict[tuple[str, int], float]:
    """The formula of ``rag.store.Snapshot.search_words``, in plain Python."""
    stems = {(d.document.id, i): Counter(s) for d in new for i, s in enumerate(d.stems)}
    mean = sum(sum(c.values()) for c in stems.values()) / len(stems)
    scores: dict[tuple[str, int], float] = {}
    rarities = plain_rarity(new, words)
    for word, rarity in zip(words, rarities, strict=True):
        for key, counts in stems.items():
            n = sum(weight * counts[stem] for stem, weight in word.items())
            if n:
                length = 1 - B + B * sum(counts.values()) / mean
                share = rarity * n / (n + K1 * length) / sum(rarities)
                scores[key] = scores.get(key, 0.0) + share
    return scores


def plain_rarity(new: Sequence[NewDocument], words: Words) -> list[float]:
    stems = [Counter(s) for d in new for s in d.stems]
    frequencies = [
        sum(min(1.0, sum(w * counts[stem] for stem, w in word.items())) for counts in stems)
        for word in words
    ]
    return [math.log(1 + (len(stems) - f + 0.5) / (f + 0.5)) for f in frequencies]


def entry_of(document: Document) -> Entry:
    return Entry(*(getattr(document, each.name) for each in fields(Entry)))


class StoreContract:
    """Laws of a store. Subclasses give an empty one by the fixture ``store``."""

    def test_documents_come_back_as_they_were(self, store: PassageStore) -> None:
        new = [make(2), make(1)]
        write(store, *new)
        with store.snapshot() as snapshot:
            assert snapshot.documents() == [new[1].document, new[0].document]
            assert snapshot.document(new[0].document.id) == new[0].document
            assert snapshot.entries() == [entry_of(new[1].document), entry_of(new[0].document)]
            state = snapshot.state
        assert (state.documents, state.passages, state.sentences) == (2, 6, 12)
        assert (state.dimension, state.generation, state.recipe) == (DIMENSION, 1, RECIPE)
        assert state.sources == ("here",)

    def test_an_unknown_document(self, store: PassageStore) -> None:
        write(store, make(1))
        with store.snapshot() as snapshot, pytest.raises(UnknownDocumentError, match=r"rag info$"):
            snapshot.document("nothing")

    def test_an_empty_store_is_no_index(self, store: PassageStore) -> None:
        with pytest.raises(LibraryIndexError, match="type: python -m rag build"):
            store.snapshot().__enter__()

    def test_passages_and_sentences_are_slices_of_their_document(self, store: PassageStore) -> None:
        new = [make(1), make(2)]
        write(store, *new)
        with store.snapshot() as snapshot:
            ids = list(all_passages(snapshot, new).values())[::-1]
            passages, sentences = snapshot.passages(ids), snapshot.sentences(ids)
            texts = {d.id: d.text for d in snapshot.documents()}
        assert [p.id for p in passages] == ids
        for each in [*passages, *sentences]:
            assert texts[each.document_id][each.start : each.end] == each.text != ""
        expected = [span for d in new[::-1] for piece in d.slices[::-1] for span in piece.sentences]
        assert [Span(s.start, s.end, s.is_title) for s in sentences] == expected

    def test_sentences_near_a_place_are_in_order(self, store: PassageStore) -> None:
        new = [make(1), make(2)]
        write(store, *new)
        spans = [span for piece in new[1].slices for span in piece.sentences]
        place = spans[3]
        with store.snapshot() as snapshot:
            for reach in (0, 1, 2, 12, 1_000):
                near = snapshot.sentences_around(new[1].document.id, place.start, place.end, reach)
                first, last = place.start - reach, place.end + reach
                assert near == [s for s in spans if s.end > first and s.start < last]
                assert place in near
            assert len(near) == len(spans) == 6
            assert snapshot.sentences_around("of no document", 0, 9, 9) == []

    def test_nearest_vectors_are_those_of_brute_force(self, store: PassageStore) -> None:
        new = [make(number) for number in range(20)]
        write(store, *new)
        question = unit_rows(1000, 1)[0]
        with store.snapshot() as snapshot:
            keys = {i: key for key, i in all_passages(snapshot, new).items()}
            for k in (1, 7, 50, 1_000):
                matches = snapshot.search_vectors(question, k)
                found = {keys[m.passage_id]: (m.passage_cosine, m.sentence_cosine) for m in matches}
                expected = self.nearest(new, question, k)
                assert found.keys() == expected.keys()
                for key, cosines in found.items():
                    assert cosines == pytest.approx(expected[key], abs=1e-6)
                sums = [m.passage_cosine + m.sentence_cosine for m in matches]
                assert sums == sorted(sums, reverse=True)

    @pytest.mark.parametrize("chosen", [[3], [0, 19], [*range(0, 20, 2)], [*range(20)], []])
    def test_nearest_vectors_of_some_documents_are_those_of_brute_force(
        self, store: PassageStore, chosen: list[int]
    ) -> None:
        new = [make(number) for number in range(20)]
        write(store, *new)
        admitted = [new[number] for number in chosen]
        ids = [each.document.id for each in admitted] + ["of no document"]
        question = unit_rows(1000, 1)[0]
        with store.snapshot() as snapshot:
            keys = {i: key for key, i in all_passages(snapshot, new).items()}
            for k in (1, 7, 1_000):
                matches = snapshot.search_vectors(question, k, ids)
                found = {keys[m.passage_id]: (m.passage_cosine, m.sentence_cosine) for m in matches}
                expected = self.nearest(admitted, question, k)
                assert found.keys() == expected.keys()
                for key, cosines in found.items():
                    assert cosines == pytest.approx(expected[key], abs=1e-6)
            words = [{"chat": 1.0, "chien": 0.4}, {"pont": 1.0}]
            among_all = snapshot.search_words(words)
            lexical = snapshot.search_words(words, ids)
        assert lexical == {i: s for i, s in among_all.items() if keys[i][0] in ids}
        assert bool(lexical) == bool(chosen)

    def test_documents_searched_are_those_of_the_state(self, store: PassageStore) -> None:
        """What is known of whose vectors they are must not outlive them."""
        question, words = unit_rows(1000, 1)[0], [{word: 1.0} for word in VOCABULARY]
        new = make(1)
        write(store, new, make(2))
        with store.snapshot() as old:
            assert len(old.search_vectors(question, 50, [new.document.id])) == 3
            write(store, make(3), generation=1, removed=[new.document.id])
            assert len(old.search_vectors(question, 50, [new.document.id])) == 3
        with store.snapshot() as now:
            assert now.search_vectors(question, 50, [new.document.id]) == []
            assert now.search_words(words, [new.document.id]) == {}
            assert len(now.search_vectors(question, 50, [make(3).document.id])) == 3

    def test_the_same_vectors_under_another_document(self, store: PassageStore) -> None:
        """Articles that differ in their metadata alone have the same vectors."""
        one = make(1)
        other = replace(one, document=replace(one.document, id="f" * 16))
        question = unit_rows(1000, 1)[0]
        for generation, each in enumerate([one, other]):
            write(store, each, generation=generation, reset=True)
            with store.snapshot() as snapshot:
                assert len(snapshot.search_vectors(question, 50, [each.document.id])) == 3

    def test_a_filter_selects_documents(self, store: PassageStore) -> None:
        new = [make(number) for number in range(4)]
        facts = [
            ("A", "2023", "fr"),
            ("B", "2024-02", "en"),
            ("A", "2024-03-01", "en"),
            ("", "", "fr"),
        ]
        articles = [
            replace(
                each,
                document=replace(each.document, source=source, published=date, language=language),
            )
            for each, (source, date, language) in zip(new, facts, strict=True)
        ]
        write(store, *articles)
        documents = [each.document for each in articles]
        filters = [
            Filter(), Filter(sources=("A",)), Filter(languages=("en",), sources=("A", "B")),
            Filter(published_from="2024"), Filter(published_to="2024-02"),
            Filter((documents[3].id,)),
        ]  # fmt: skip
        with store.snapshot() as snapshot:
            for within in filters:
                expected = {each.id for each in documents if within.admits(each)}
                assert snapshot.select(within) == expected != set()

    @staticmethod
    def nearest(
        new: Sequence[NewDocument], question: NDArray[np.float32], k: int
    ) -> dict[tuple[str, int], tuple[float, float]]:
        """Passages that own the k nearest of all vectors → (own cosine, best sentence's)."""
        ranked: list[tuple[float, tuple[str, int]]] = []
        cosines = {}
        for each in new:
            own = each.passage_vectors.astype(float) @ question.astype(float)
            inner = each.sentence_vectors.astype(float) @ question.astype(float)
            for number in range(len(each.slices)):
                key = (each.document.id, number)
                mine = inner[2 * number : 2 * number + 2]
                cosines[key] = (float(own[number]), float(mine.max()))
                ranked += [(float(value), key) for value in (own[number], *mine)]
        ranked.sort(reverse=True)
        return {key: cosines[key] for _, key in ranked[:k]}

    def test_given_passages_and_sentences_are_scored_exactly(self, store: PassageStore) -> None:
        new = [make(number) for number in range(4)]
        write(store, *new)
        question = unit_rows(1000, 1)[0]
        expected = self.nearest(new, question, 10_000)
        with store.snapshot() as snapshot:
            ids = all_passages(snapshot, new)
            keys = list(ids)[::-1]
            matches = snapshot.score_passages(question, [ids[key] for key in keys])
            sentences = snapshot.sentences([ids[new[1].document.id, 1]])
            scores = snapshot.score_sentences(question, [s.id for s in sentences])
        for key, match in zip(keys, matches, strict=True):
            pair = (match.passage_cosine, match.sentence_cosine)
            assert match.passage_id == ids[key]
            assert pair == pytest.approx(expected[key], abs=1e-6)
        assert scores == pytest.approx(new[1].sentence_vectors[2:4] @ question, abs=1e-6)
        assert scores.dtype == np.float32

    @pytest.mark.parametrize(
        "words",
        [
            [{"chat": 1.0}],
            [{"chat": 1.0}, {"pont": 1.0}, {"nowhere": 1.0}],
            [{"été": 1.0}, {"京": 1.0}, {"10000": 1.0}],
            [{"chat": 1.0, "chien": 0.4, "pont": 0.25}, {"phare": 0.7}],
            [{"nowhere": 1.0}],
            [],
        ],
    )
    def test_words_score_as_documented(self, store: PassageStore, words: Words) -> None:
        new = [make(number) for number in range(6)]
        write(store, *new)
        with store.snapshot() as snapshot:
            keys = {i: key for key, i in all_passages(snapshot, new).items()}
            found = {keys[i]: score for i, score in snapshot.search_words(words).items()}
            rarity = snapshot.rarity(words)
            assert snapshot.search_words(words, mean_length=snapshot.mean_length) == {
                i: found[key] for i, key in keys.items() if key in found
            }
            mean = sum(len(stems) for d in new for stems in d.stems) / 18
            assert snapshot.mean_length == pytest.approx(mean)
            longer = snapshot.search_words(words, mean_length=2 * mean)
            assert all(longer[i] > found[keys[i]] for i in longer)
        assert found == pytest.approx(bm25(new, words), abs=1e-12)
        assert rarity == pytest.approx(plain_rarity(new, words), abs=1e-12)
        assert all(0 < score <= 1 for score in found.values())

    @pytest.mark.parametrize("reach", [0, 1, 2, 50])
    def test_a_passage_and_those_around_it_hold_words(
        self, store: PassageStore, reach: int
    ) -> None:
        new = [make(number, passages=5) for number in range(6)]
        write(store, *new)
        words = [{"chat": 1.0, "chien": 0.4, "pont": 0.25}, {"phare": 0.7}, {"nowhere": 1.0}, {}]
        with store.snapshot() as snapshot:
            keys = {i: key for key, i in all_passages(snapshot, new).items()}
            ids = sorted(keys, key=lambda i: (i * 7) % 31)
            places = snapshot.places(ids)
            held = snapshot.words_near(words, ids, reach)
            assert snapshot.words_near([], ids, reach).shape == (30, 0)
            assert snapshot.places([]) == []
            assert snapshot.words_near(words, [], reach).shape == (0, 4)
        stems = {each.document.id: each.stems for each in new}
        assert places == [keys[i] for i in ids]
        for row, (document_id, number) in zip(held, places, strict=True):
            around = stems[document_id][max(0, number - reach) : number + reach + 1]
            assert row.tolist() == [
                max((w for stem, w in word.items() if any(stem in s for s in around)), default=0)
                for word in words
            ]

    def test_words_that_are_syntax_elsewhere_are_words(self, store: PassageStore) -> None:
        write(store, make(1))
        words = [{word: 1.0} for word in ['"', "chat*", "NEAR(", "' OR 1", "-", "chat OR pont", ""]]
        with store.snapshot() as snapshot:
            assert snapshot.search_words(words) == {}

    def test_scores_do_not_depend_on_history(self, store: PassageStore) -> None:
        new = [make(number) for number in range(12)]
        words = [{"chat": 1.0, "chien": 0.1, "pont": 0.3}, {"phare": 0.7, "traite": 0.2}]
        write(store, *new)
        results = [self.all_scores(store, new, words)]
        generation = 1
        for each in new[::-1]:
            gone = [each.document.id]
            generation = write(store, generation=generation, removed=gone)
            generation = write(store, each, generation=generation)
        results.append(self.all_scores(store, new, words))
        assert results[0] == results[1]

    @staticmethod
    def all_scores(store: PassageStore, new: Sequence[NewDocument], words: Words) -> str:
        question = unit_rows(1000, 1)[0]
        with store.snapshot() as snapshot:
            ids = all_passages(snapshot, new)
            lexical = snapshot.search_words(words)
            matches = snapshot.score_passages(question, list(ids.values()))
            return json.dumps(
                [snapshot.rarity(words), [lexical.get(i) for i in ids.values()]]
                + [[m.passage_cosine, m.sentence_cosine] for m in matches]
            )

    def test_removed_documents_are_gone_from_every_search(self, store: PassageStore) -> None:
        new = [make(1), make(2)]
        write(store, *new)
        write(store, generation=1, removed=[new[0].document.id])
        with store.snapshot() as snapshot:
            assert snapshot.documents() == [new[1].document]
            near = snapshot.search_vectors(unit_rows(3, 1)[0], 100)
            assert len(near) == snapshot.state.passages == 3
            assert snapshot.state.sentences == 6
            words = [{word: 1.0} for word in VOCABULARY]
            known = {match.passage_id for match in near}
            assert known.issuperset(snapshot.search_words(words))

    def test_a_document_stored_again_is_replaced(self, store: PassageStore) -> None:
        write(store, make(1), make(2))
        write(store, make(1, passages=1), generation=1)
        with store.snapshot() as snapshot:
            assert (snapshot.state.documents, snapshot.state.passages) == (2, 4)
            assert len(snapshot.search_vectors(unit_rows(3, 1)[0], 100)) == 4

    def test_paths_change_without_new_vectors(self, store: PassageStore) -> None:
        new = make(1)
        write(store, new)
        write(store, generation=1, paths={new.document.id: "moved.txt"})
        with store.snapshot() as snapshot:
            assert snapshot.document(new.document.id).path == "moved.txt"

    def test_reset_forgets_everything_and_may_change_dimension(self, store: PassageStore) -> None:
        write(store, make(1))
        new = make(2)
        small = NewDocument(
            new.document, new.slices, new.stems, new.passage_vectors[:, :4],
            new.sentence_vectors[:, :4],
        )  # fmt: skip
        write(store, small, generation=1, reset=True)
        with store.snapshot() as snapshot:
            assert [d.id for d in snapshot.documents()] == [new.document.id]
            assert snapshot.state.dimension == 4
            assert snapshot.search_words([{word: 1.0} for word in VOCABULARY]).keys() <= {
                m.passage_id for m in snapshot.search_vectors(np.ones(4, np.float32), 100)
            }

    def test_an_emptied_store_answers_nothing_and_can_be_filled_again(
        self, store: PassageStore
    ) -> None:
        new = make(1)
        write(store, new)
        write(store, generation=1, removed=[new.document.id])
        with store.snapshot() as snapshot:
            assert snapshot.documents() == []
            assert snapshot.search_vectors(unit_rows(3, 1)[0], 5) == []
            assert snapshot.search_words([{"chat": 1.0}]) == {}
            assert snapshot.rarity([{"chat": 1.0}])[0] > 0
        write(store, new, generation=2)
        with store.snapshot() as snapshot:
            assert len(snapshot.search_vectors(unit_rows(3, 1)[0], 5)) > 0

    def test_a_write_prepared_on_another_state_is_refused(self, store: PassageStore) -> None:
        write(store, make(1))
        with pytest.raises(BusyIndexError, match=r"run the command again$"):
            write(store, make(2))
        with store.snapshot() as snapshot:
            assert len(snapshot.documents()) == 1

    def test_a_write_that_fails_changes_nothing(self, store: PassageStore) -> None:
        write(store, make(1))
        bad = make(2)
        short = NewDocument(
            bad.document, bad.slices, bad.stems, bad.passage_vectors[:1], bad.sentence_vectors
        )
        with pytest.raises(ValueError, match="is not"):
            write(store, short, generation=1)
        with store.snapshot() as snapshot:
            assert [d.id for d in snapshot.documents()] == [make(1).document.id]
        assert write(store, make(2), generation=1) == 2

    def test_a_reader_sees_one_state_to_its_end(self, store: PassageStore) -> None:
        new = make(1)
        write(store, new)
        question = unit_rows(1000, 1)[0]
        words = [{word: 1.0} for word in VOCABULARY]
        with store.snapshot() as old:
            before = (old.search_vectors(question, 50), old.search_words(words))
            write(store, make(2), generation=1, removed=[new.document.id])
            write(store, make(3), generation=2, removed=[make(2).document.id])
            assert old.state.generation == 1
            assert old.documents() == [new.document]
            assert (old.search_vectors(question, 50), old.search_words(words)) == before
            assert len(old.passages([m.passage_id for m in before[0]])) == 3
        with store.snapshot() as now:
            assert [d.id for d in now.documents()] == [make(3).document.id]


class TestLocalStore(StoreContract):
    @pytest.fixture
    def store(self, tmp_path: Path) -> LocalStore:
        return LocalStore(tmp_path / "index")
