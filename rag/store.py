"""PassageStore: the one seam that a bigger engine replaces.

An index is written whole or not at all, and read through a snapshot: whatever
is written meanwhile, one question sees one state.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple, Protocol

from rag.datamodels import Document, Entry, Passage, Sentence, Slice, Span
from rag.filters import Filter

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Recipe:
    """What made an index; another recipe needs other vectors or words.

    Attributes:
        model: Name or folder of the embedding model.
        fingerprint: Digest of the model.
        max_tokens: Longest passage, in tokens of the model.
        analysis: Version of the word analysis and of the splitter.
    """

    model: str
    fingerprint: str
    max_tokens: int
    analysis: int


@dataclass(frozen=True, slots=True)
class IndexState:
    """What an index holds.

    Attributes:
        generation: Counts the writes; a write names the one it was prepared on.
        recipe: What made it.
        sources: Files and folders it was built from.
        documents: Number of documents.
        passages: Number of passages.
        sentences: Number of sentences, titles included.
        dimension: Length of a vector; 0 for an empty index.
    """

    generation: int
    recipe: Recipe
    sources: tuple[str, ...]
    documents: int
    passages: int
    sentences: int
    dimension: int


@dataclass(frozen=True, slots=True)
class NewDocument:
    """A document with all that is stored of it.

    Attributes:
        document: The article.
        slices: Its passages, in order.
        stems: For each passage, its analysed words.
        passage_vectors: ``(len(slices), dim) float32``, unit rows.
        sentence_vectors: ``(sentences of all slices, dim) float32``, unit rows, in order.
    """

    document: Document
    slices: Sequence[Slice]
    stems: Sequence[Sequence[str]]
    passage_vectors: NDArray[np.float32]
    sentence_vectors: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Change:
    """One atomic write.

    Attributes:
        recipe: What made the new vectors and words.
        sources: Files and folders the index now stands for.
        added: Documents to store; one of the same id is replaced.
        removed: Ids of documents to forget.
        paths: Document id → new path, for files that moved.
        reset: Forget everything first.
    """

    recipe: Recipe
    sources: tuple[str, ...]
    added: Sequence[NewDocument] = ()
    removed: Sequence[str] = ()
    paths: Mapping[str, str] = field(default_factory=dict)
    reset: bool = False


@dataclass(frozen=True, slots=True)
class VectorMatch:
    """A passage near a vector.

    Attributes:
        passage_id: The passage.
        passage_cosine: Cosine with the passage's own vector.
        sentence_cosine: Cosine with its best sentence's vector.
    """

    passage_id: int
    passage_cosine: float
    sentence_cosine: float


class Place(NamedTuple):
    """Where a passage stands: the ``number``-th of its document, from 0."""

    document_id: str
    number: int


class Snapshot(Protocol):
    """One state of the index, for the time of one question."""

    @property
    def state(self) -> IndexState:
        """Return what the index holds."""

    def documents(self) -> list[Document]:
        """Return every document, in order of path."""

    def entries(self) -> list[Entry]:
        """Return what a list says of every document, in order of path; no text is read."""

    def document(self, document_id: str) -> Document:
        """Return one document.

        Raises:
            UnknownDocumentError: If there is none of that id.
        """

    def select(self, within: Filter) -> frozenset[str]:
        """Return the ids of the documents that a filter admits."""

    def passages(self, passage_ids: Sequence[int]) -> list[Passage]:
        """Return passages in the order asked."""

    def places(self, passage_ids: Sequence[int]) -> list[Place]:
        """Return where each passage stands, in the order asked; no text is read."""

    def sentences(self, passage_ids: Sequence[int]) -> list[Sentence]:
        """Return the sentences of passages, in the order asked, then of the text."""

    def sentences_around(self, document_id: str, start: int, end: int, reach: int) -> list[Span]:
        """Return the sentences of a document near a place, in order; titles are sentences too.

        They are those that touch it or lie, in whole or in part, within ``reach``
        characters before ``start`` or after ``end``.
        """

    def search_vectors(
        self, vector: NDArray[np.float32], k: int, documents: Collection[str] | None = None
    ) -> list[VectorMatch]:
        """Return the passages that own the ``k`` nearest passage or sentence vectors.

        Best first by the sum of the two cosines, both exact.

        Args:
            vector: ``(dim,) float32``, unit.
            k: How many vectors are looked at.
            documents: Ids of the documents searched, those unknown ignored; None for all.
                The vectors of the others are not looked at, however near.
        """

    def score_passages(
        self, vector: NDArray[np.float32], passage_ids: Sequence[int]
    ) -> list[VectorMatch]:
        """Return both exact cosines of given passages, in the order asked."""

    def score_sentences(
        self, vector: NDArray[np.float32], sentence_ids: Sequence[int]
    ) -> NDArray[np.float32]:
        """Return ``(n,) float32``, the exact cosines of sentences."""

    @property
    def mean_length(self) -> float:
        """Return how many words a passage has on average; 0 where there is none."""

    def search_words(
        self,
        words: Sequence[Mapping[str, float]],
        documents: Collection[str] | None = None,
        mean_length: float | None = None,
    ) -> dict[int, float]:
        """Return the BM25 of every passage that holds a word, by passage id.

        Among given documents, a passage scores what it scores among all: how rare a
        word is and how long a passage is are told of the whole library.

        The score is a share, 0 to 1, of what a passage that holds every word
        endlessly would reach. Each word is a mapping of the stems that match it to their weights; a
        passage counts a word ``sum(weight × occurrences)`` times.

        Args:
            words: The words.
            documents: Ids of the documents searched, those unknown ignored; None for all.
            mean_length: What a passage's length is compared to, in words; default ``mean_length``.
        """

    def words_near(
        self, words: Sequence[Mapping[str, float]], passage_ids: Sequence[int], reach: int
    ) -> NDArray[np.float64]:
        """Return how well each passage and those around it in its document hold each word.

        Args:
            words: The words.
            passage_ids: Passages.
            reach: How many passages before it, and how many after it, count as around it.

        Returns:
            ``(passages, words) float64``, 0 to 1: the weight of the best stem that is there.
        """

    def rarity(self, words: Sequence[Mapping[str, float]]) -> list[float]:
        """Return each word's inverse document frequency, highest for words nowhere found.

        It is ln((N + 1) / (f + 0.5)) of N passages; f of them hold the word, one that holds
        it by half counted half.
        """


class Readable(Protocol):
    """What a question needs of a store."""

    def snapshot(self) -> AbstractContextManager[Snapshot]:
        """Open one state for reading.

        Raises:
            LibraryIndexError: If the index is missing, damaged or foreign.
        """


class PassageStore(Readable, Protocol):
    """Documents, passages and vectors on disk or beyond."""

    def write(self, change: Change, expected_generation: int) -> IndexState:
        """Apply a change whole or not at all.

        Raises:
            BusyIndexError: If the index is no longer at ``expected_generation``.
            IndexWriteError: If it cannot be written; what was there is intact.
        """
