"""PassageStore: the one seam that a bigger engine replaces.

An index is written whole or not at all, and read through a snapshot: whatever
is written meanwhile, one question sees one state.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from rag.datamodels import Document, Passage, Sentence, Slice

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


class Snapshot(Protocol):
    """One state of the index, for the time of one question."""

    @property
    def state(self) -> IndexState:
        """Return what the index holds."""

    def documents(self) -> list[Document]:
        """Return every document, in order of path."""

    def document(self, document_id: str) -> Document:
        """Return one document.

        Raises:
            UnknownDocumentError: If there is none of that id.
        """

    def passages(self, passage_ids: Sequence[int]) -> list[Passage]:
        """Return passages in the order asked."""

    def sentences(self, passage_ids: Sequence[int]) -> list[Sentence]:
        """Return the sentences of passages, in the order asked, then of the text."""

    def search_vectors(self, vector: NDArray[np.float32], k: int) -> list[VectorMatch]:
        """Return the passages that own the ``k`` nearest passage or sentence vectors.

        Best first by the sum of the two cosines, both exact.
        """

    def score_passages(
        self, vector: NDArray[np.float32], passage_ids: Sequence[int]
    ) -> list[VectorMatch]:
        """Return both exact cosines of given passages, in the order asked."""

    def score_sentences(
        self, vector: NDArray[np.float32], sentence_ids: Sequence[int]
    ) -> NDArray[np.float32]:
        """Return ``(n,) float32``, the exact cosines of sentences."""

    def search_words(self, words: Sequence[Mapping[str, float]]) -> dict[int, float]:
        """Return the BM25 of every passage that holds a word, by passage id.

        The score is a share, 0 to 1, of what a passage that holds every word
        endlessly would reach. Each word is a mapping of the stems that match it to their weights; a
        passage counts a word ``sum(weight × occurrences)`` times.
        """

    def rarity(self, words: Sequence[Mapping[str, float]]) -> list[float]:
        """Return each word's inverse document frequency, highest for words nowhere found."""


class PassageStore(Protocol):
    """Documents, passages and vectors on disk or beyond."""

    def snapshot(self) -> AbstractContextManager[Snapshot]:
        """Open one state for reading.

        Raises:
            LibraryIndexError: If the index is missing, damaged or foreign.
        """

    def write(self, change: Change, expected_generation: int) -> IndexState:
        """Apply a change whole or not at all.

        Raises:
            BusyIndexError: If the index is no longer at ``expected_generation``.
            IndexWriteError: If it cannot be written; what was there is intact.
        """
