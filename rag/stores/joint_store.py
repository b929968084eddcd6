"""Several stores read as one: a visitor's own articles beside the library's.

What a search finds is what one store of all the articles would find, scores
included: cosines are absolute, and how rare a word is and how long a passage is on
average are told of all stores together.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from rag.datamodels import Document, Entry, Passage, Sentence, Span
from rag.errors import UnknownDocumentError
from rag.filters import Filter
from rag.store import IndexState, Place, Readable, Snapshot, VectorMatch

if TYPE_CHECKING:
    from numpy.typing import NDArray


class JointStore:
    """Stores made by one recipe, read as one. They are written to on their own.

    Args:
        stores: The stores; an article that several hold is the first one's.
    """

    def __init__(self, stores: Sequence[Readable]) -> None:
        self._stores = tuple(stores)

    @contextmanager
    def snapshot(self) -> Iterator[JointSnapshot]:
        """Open one state of each store for reading.

        Raises:
            LibraryIndexError: If one of them is missing, damaged or foreign.
        """
        with ExitStack() as stack:
            yield JointSnapshot([stack.enter_context(store.snapshot()) for store in self._stores])


class JointSnapshot:
    """See ``rag.store.Snapshot``. Id ``i`` of part ``p`` is ``i × parts + p`` here.

    Args:
        parts: A snapshot of each store.
    """

    def __init__(self, parts: Sequence[Snapshot]) -> None:
        self._parts = tuple(parts)
        self._hidden = [_known_before(self._parts[:i], part) for i, part in enumerate(self._parts)]

    @property
    def state(self) -> IndexState:
        """Return what the stores hold together; recipe and sources are the first one's."""
        states = [part.state for part in self._parts]
        return replace(
            states[0],
            generation=sum(state.generation for state in states),
            documents=sum(state.documents for state in states) - sum(map(len, self._hidden)),
            passages=sum(state.passages for state in states),
            sentences=sum(state.sentences for state in states),
            dimension=max(state.dimension for state in states),
        )

    def documents(self) -> list[Document]:
        """Return every document, the first store's first, each in order of path."""
        return [
            document
            for part, hidden in zip(self._parts, self._hidden, strict=True)
            for document in part.documents()
            if document.id not in hidden
        ]

    def entries(self) -> list[Entry]:
        """Return what a list says of every document, in the order of ``documents``."""
        return [
            entry
            for part, hidden in zip(self._parts, self._hidden, strict=True)
            for entry in part.entries()
            if entry.id not in hidden
        ]

    def document(self, document_id: str) -> Document:
        """Return one document.

        Raises:
            UnknownDocumentError: If there is none of that id.
        """
        for part in self._parts[:-1]:
            try:
                return part.document(document_id)
            except UnknownDocumentError:
                continue
        return self._parts[-1].document(document_id)

    def select(self, within: Filter) -> frozenset[str]:
        """Return the ids of the documents that a filter admits."""
        return frozenset[str]().union(
            *(
                part.select(within) - hide
                for part, hide in zip(self._parts, self._hidden, strict=True)
            )
        )

    def passages(self, passage_ids: Sequence[int]) -> list[Passage]:
        """Return passages in the order asked."""
        found = {
            self._outer(number, passage.id): passage
            for number, ids in self._by_part(passage_ids).items()
            for passage in self._parts[number].passages(ids)
        }
        return [replace(found[i], id=i) for i in passage_ids]

    def places(self, passage_ids: Sequence[int]) -> list[Place]:
        """Return where each passage stands, in the order asked; no text is read."""
        found = {
            self._outer(number, inner): place
            for number, ids in self._by_part(passage_ids).items()
            for inner, place in zip(ids, self._parts[number].places(ids), strict=True)
        }
        return [found[i] for i in passage_ids]

    def sentences(self, passage_ids: Sequence[int]) -> list[Sentence]:
        """Return the sentences of passages, in the order asked, then of the text."""
        found: dict[int, list[Sentence]] = {i: [] for i in passage_ids}
        for number, ids in self._by_part(passage_ids).items():
            for each in self._parts[number].sentences(ids):
                passage = self._outer(number, each.passage_id)
                sentence = replace(each, id=self._outer(number, each.id), passage_id=passage)
                found[passage].append(sentence)
        return [sentence for i in passage_ids for sentence in found[i]]

    def sentences_around(self, document_id: str, start: int, end: int, reach: int) -> list[Span]:
        """Return the sentences of a document near a place, in order."""
        for part, hidden in zip(self._parts, self._hidden, strict=True):
            near = part.sentences_around(document_id, start, end, reach)
            if near and document_id not in hidden:
                return near
        return []

    def search_vectors(
        self, vector: NDArray[np.float32], k: int, documents: Collection[str] | None = None
    ) -> list[VectorMatch]:
        """Return the passages that own the ``k`` nearest vectors of each store, best first."""
        matches = [
            replace(match, passage_id=self._outer(number, match.passage_id))
            for number, part in enumerate(self._parts)
            for match in part.search_vectors(vector, k, self._admitted(number, documents))
        ]
        return sorted(matches, key=lambda m: -(m.passage_cosine + m.sentence_cosine))

    def score_passages(
        self, vector: NDArray[np.float32], passage_ids: Sequence[int]
    ) -> list[VectorMatch]:
        """Return both exact cosines of given passages, in the order asked."""
        found = {
            self._outer(number, match.passage_id): match
            for number, ids in self._by_part(passage_ids).items()
            for match in self._parts[number].score_passages(vector, ids)
        }
        return [replace(found[i], passage_id=i) for i in passage_ids]

    def score_sentences(
        self, vector: NDArray[np.float32], sentence_ids: Sequence[int]
    ) -> NDArray[np.float32]:
        """Return ``(n,) float32``, the exact cosines of sentences."""
        found: dict[int, float] = {}
        for number, ids in self._by_part(sentence_ids).items():
            scores = self._parts[number].score_sentences(vector, ids)
            found |= {self._outer(number, i): s for i, s in zip(ids, scores, strict=True)}
        return np.array([found[i] for i in sentence_ids], dtype=np.float32)

    @property
    def mean_length(self) -> float:
        """Return how many words a passage has on average; 0 where there is none."""
        counts = [part.state.passages for part in self._parts]
        words = (part.mean_length * n for part, n in zip(self._parts, counts, strict=True))
        return sum(words) / max(1, sum(counts))

    def search_words(
        self,
        words: Sequence[Mapping[str, float]],
        documents: Collection[str] | None = None,
        mean_length: float | None = None,
    ) -> dict[int, float]:
        """Return the BM25 of passages that hold a word, as a share of the most possible."""
        mean = self.mean_length if mean_length is None else mean_length
        rarity = self.rarity(words)
        scores: dict[int, float] = {}
        for number, part in enumerate(self._parts):
            admitted = self._admitted(number, documents)
            for word, weight in zip(words, rarity, strict=True):
                # Of one word, the share does not depend on how rare it is.
                for passage, share in part.search_words([word], admitted, mean).items():
                    key = self._outer(number, passage)
                    scores[key] = scores.get(key, 0.0) + share * weight / sum(rarity)
        return scores

    def words_near(
        self, words: Sequence[Mapping[str, float]], passage_ids: Sequence[int], reach: int
    ) -> NDArray[np.float64]:
        """Return how well each passage and those around it in its document hold each word."""
        row = {passage: number for number, passage in enumerate(passage_ids)}
        held = np.zeros((len(passage_ids), len(words)))
        for number, ids in self._by_part(passage_ids).items():
            rows = [row[self._outer(number, i)] for i in ids]
            held[rows] = self._parts[number].words_near(words, ids, reach)
        return held

    def rarity(self, words: Sequence[Mapping[str, float]]) -> list[float]:
        """Return each word's inverse document frequency, highest for words nowhere found.

        It is ln((N + 1) / (f + 0.5)) of N passages, f of which hold the word: each store's
        tells its f.
        """
        frequencies = np.zeros(len(words))
        passages = 0
        for part in self._parts:
            count = part.state.passages
            passages += count
            frequencies += (count + 1) / np.exp(part.rarity(words)) - 0.5
        return [math.log((passages + 1) / (max(f, 0.0) + 0.5)) for f in np.round(frequencies, 9)]

    def _outer(self, number: int, inner: int) -> int:
        return inner * len(self._parts) + number

    def _by_part(self, ids: Sequence[int]) -> dict[int, list[int]]:
        """Return the number of each part concerned → its own ids, in the order asked."""
        found: dict[int, list[int]] = {}
        for i in ids:
            inner, number = divmod(i, len(self._parts))
            found.setdefault(number, []).append(inner)
        return found

    def _admitted(self, number: int, documents: Collection[str] | None) -> Collection[str] | None:
        """Return the documents of a part that may be found; None for all of them."""
        hidden = self._hidden[number]
        if not hidden:
            return documents
        return (
            self._parts[number].select(Filter()) if documents is None else set(documents)
        ) - hidden


def _known_before(parts: Sequence[Snapshot], part: Snapshot) -> frozenset[str]:
    """Return the ids of a part's documents that parts before it hold."""
    if not parts:
        return frozenset()
    holds: list[Callable[[str], Document]] = [each.document for each in parts]
    return frozenset(i for i in part.select(Filter()) if any(_has(each, i) for each in holds))


def _has(find: Callable[[str], Document], document_id: str) -> bool:
    try:
        find(document_id)
    except UnknownDocumentError:
        return False
    return True
