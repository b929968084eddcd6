"""One state of a local index: an open SQLite transaction and the vectors that belong to it."""

from __future__ import annotations

import hashlib
import sqlite3
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from rag.datamodels import Document, Entry, Passage, Sentence, Span
from rag.errors import DamagedIndexError, UnknownDocumentError
from rag.filters import Filter
from rag.store import IndexState, Place, VectorMatch
from rag.stores.local_owners import Owners
from rag.stores.local_query import select_in
from rag.stores.local_words import LocalWords
from rag.stores.vector_file import VectorIndex

if TYPE_CHECKING:
    from numpy.typing import NDArray

_DOCUMENTS = (
    "SELECT id, title, text, source, published, language, sha256, path, body_start, body_end,"
    " text_sha256 FROM documents"
)
_ENTRIES = "SELECT id, title, source, published, language FROM documents ORDER BY path, id"
_FACTS = "SELECT id, source, published, language FROM documents ORDER BY id"
_TABLES = ("meta", "documents", "passages", "sentences", "stems_content", "stems_data")


def text_digest(text: str) -> str:
    """Return the SHA-256 of a text's UTF-8 bytes, hexadecimal."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def contents_digest(db: sqlite3.Connection) -> str:
    """Return the SHA-256 of all that an index holds but its vectors, which have their own."""
    db.execute("SELECT 1 FROM postings LIMIT 1").fetchone()  # has FTS5 write what it still holds
    digest = hashlib.sha256()
    for table in _TABLES:
        for row in db.execute(f"SELECT * FROM {table} ORDER BY 1"):  # noqa: S608  constant
            if row[0] != "contents_sha256":
                digest.update(repr(row).encode("utf-8", "surrogatepass"))
    return digest.hexdigest()


class _Facts(NamedTuple):
    """What a filter reads of a document."""

    id: str
    source: str
    published: str
    language: str


class LocalSnapshot:
    """See ``rag.store.Snapshot``.

    Args:
        db: Connection with an open read transaction.
        state: What the index holds.
        vectors: Passage vectors under ``2 p``, sentence vectors under ``2 s + 1``.
        words: Words of all passages, for BM25's mean length.
        repair: The command that builds this index anew.
    """

    def __init__(
        self,
        db: sqlite3.Connection,
        state: IndexState,
        vectors: VectorIndex,
        words: int,
        repair: str,
    ) -> None:
        self._db = db
        self._state = state
        self._vectors = vectors
        self._mean_length = words / max(1, state.passages)
        self._repair = repair
        self._words = LocalWords(db, state.passages, self._mean_length)

    @property
    def state(self) -> IndexState:
        """Return what the index holds."""
        return self._state

    def documents(self) -> list[Document]:
        """Return every document, in order of path."""
        rows = self._db.execute(_DOCUMENTS + " ORDER BY path, id")
        return [self._verified(row) for row in rows]

    def entries(self) -> list[Entry]:
        """Return what a list says of every document, in order of path; no text is read."""
        return [Entry(*row) for row in self._db.execute(_ENTRIES)]

    def document(self, document_id: str) -> Document:
        """Return one document.

        Raises:
            UnknownDocumentError: If there is none of that id.
        """
        row = self._db.execute(_DOCUMENTS + " WHERE id = ?", (document_id,)).fetchone()
        if row is None:
            raise UnknownDocumentError(
                f"no document has the id {document_id!r}; list them with: python -m rag info"
            )
        return self._verified(row)

    def select(self, within: Filter) -> frozenset[str]:
        """Return the ids of the documents that a filter admits."""
        facts = (_Facts(*row) for row in self._db.execute(_FACTS))
        return frozenset(each.id for each in facts if within.admits(each))

    def passages(self, passage_ids: Sequence[int]) -> list[Passage]:
        """Return passages in the order asked."""
        rows = self._rows('SELECT id, document_id, start, "end" FROM passages', "id", passage_ids)
        found = {row[0]: row for row in rows}
        texts = self._texts({row[1] for row in rows})
        return [
            Passage(i, document, start, end, texts[document][start:end])
            for i, document, start, end in (found[i] for i in passage_ids)
        ]

    def places(self, passage_ids: Sequence[int]) -> list[Place]:
        """Return where each passage stands, in the order asked; no text is read."""
        owner, bounds = self._extents(passage_ids)
        return [Place(owner[i], i - bounds[owner[i]][0]) for i in passage_ids]

    def sentences(self, passage_ids: Sequence[int]) -> list[Sentence]:
        """Return the sentences of passages, in the order asked, then of the text."""
        rows = self._rows(
            'SELECT s.id, s.passage_id, p.document_id, s.start, s."end", s.is_title'
            " FROM sentences s JOIN passages p ON p.id = s.passage_id",
            "s.passage_id",
            passage_ids,
        )
        texts = self._texts({row[2] for row in rows})
        rank = {passage_id: position for position, passage_id in enumerate(passage_ids)}
        return [
            Sentence(i, passage, document, start, end, texts[document][start:end], bool(title))
            for i, passage, document, start, end, title in sorted(
                rows, key=lambda row: (rank[row[1]], row[3])
            )
        ]

    def sentences_around(self, document_id: str, start: int, end: int, reach: int) -> list[Span]:
        """Return the sentences of a document near a place, in order."""
        rows = self._db.execute(
            'SELECT s.start, s."end", s.is_title FROM sentences s'
            " JOIN passages p ON p.id = s.passage_id"
            ' WHERE p.document_id = ? AND s."end" > ? AND s.start < ? ORDER BY s.start',
            (document_id, start - reach, end + reach),
        )
        return [Span(begin, stop, bool(title)) for begin, stop, title in rows]

    def search_vectors(
        self, vector: NDArray[np.float32], k: int, documents: Collection[str] | None = None
    ) -> list[VectorMatch]:
        """Return the passages that own the ``k`` nearest vectors, best first."""
        admitted = None if documents is None else self._owners().admit(documents)
        ids = self._vectors.search(vector, k, admitted)
        owners = self._rows(
            "SELECT id, passage_id FROM sentences", "id", [i // 2 for i in ids if i % 2]
        )
        passages = {i // 2 for i in ids if i % 2 == 0} | {row[1] for row in owners}
        matches = self.score_passages(vector, sorted(passages))
        return sorted(matches, key=lambda m: -(m.passage_cosine + m.sentence_cosine))

    def score_passages(
        self, vector: NDArray[np.float32], passage_ids: Sequence[int]
    ) -> list[VectorMatch]:
        """Return both exact cosines of given passages, in the order asked."""
        rows = self._rows("SELECT id, passage_id FROM sentences", "passage_id", passage_ids)
        own = self._vectors.score(vector, [2 * i for i in passage_ids])
        best: dict[int, float] = defaultdict(lambda: -1.0)
        cosines = self._vectors.score(vector, [2 * row[0] + 1 for row in rows])
        for (_, passage_id), cosine in zip(rows, cosines, strict=True):
            best[passage_id] = max(best[passage_id], float(cosine))
        return [VectorMatch(i, float(c), best[i]) for i, c in zip(passage_ids, own, strict=True)]

    def score_sentences(
        self, vector: NDArray[np.float32], sentence_ids: Sequence[int]
    ) -> NDArray[np.float32]:
        """Return ``(n,) float32``, the exact cosines of sentences."""
        return self._vectors.score(vector, [2 * i + 1 for i in sentence_ids])

    @property
    def mean_length(self) -> float:
        """Return how many words a passage has on average; 0 where there is none."""
        return self._mean_length

    def search_words(
        self,
        words: Sequence[Mapping[str, float]],
        documents: Collection[str] | None = None,
        mean_length: float | None = None,
    ) -> dict[int, float]:
        """Return the BM25 of passages that hold a word, as a share of the most possible."""
        admitted = None if documents is None else self._owners().admit(documents)
        return self._words.score(words, admitted, mean_length)

    def words_near(
        self, words: Sequence[Mapping[str, float]], passage_ids: Sequence[int], reach: int
    ) -> NDArray[np.float64]:
        """Return how well each passage and those around it in its document hold each word."""
        owner, bounds = self._extents(passage_ids)
        ids = np.array(passage_ids, dtype=np.int64)
        limits = np.array([bounds[owner[i]] for i in passage_ids], dtype=np.int64).reshape(-1, 2)
        first, last = np.maximum(ids - reach, limits[:, 0]), np.minimum(ids + reach, limits[:, 1])
        return self._words.held_between(words, first, last)

    def rarity(self, words: Sequence[Mapping[str, float]]) -> list[float]:
        """Return each word's inverse document frequency, highest for words nowhere found."""
        return self._words.rarity(words)

    def _extents(
        self, passage_ids: Sequence[int]
    ) -> tuple[dict[int, str], dict[str, tuple[int, int]]]:
        """Return the document of each passage, and the first and last passage of each document.

        A document is written at once, so that the ids of its passages follow one another.
        """
        owner = dict(self._rows("SELECT id, document_id FROM passages", "id", passage_ids))
        of_all = self._rows(
            "SELECT document_id, id FROM passages", "document_id", sorted(set(owner.values()))
        )
        bounds: dict[str, tuple[int, int]] = {}
        for document_id, i in of_all:
            first, last = bounds.get(document_id, (i, i))
            bounds[document_id] = min(first, i), max(last, i)
        return owner, bounds

    def _owners(self) -> Owners:
        """Return which document each vector is of; read once, then kept with the vectors."""
        documents = tuple(
            row[0] for row in self._db.execute("SELECT id FROM documents ORDER BY id")
        )
        owners = self._vectors.owners
        # The same vectors may be another's: articles that differ in their metadata alone.
        if not isinstance(owners, Owners) or owners.documents != documents:
            owners = self._vectors.owners = Owners(self._db, documents)
        return owners

    def _texts(self, document_ids: Iterable[str]) -> dict[str, str]:
        select = "SELECT id, text, text_sha256, path FROM documents"
        rows = self._rows(select, "id", sorted(document_ids))
        for _, *facts in rows:
            self._check_text(*facts)
        return {row[0]: row[1] for row in rows}

    def _verified(self, row: Sequence[Any]) -> Document:
        *fields, digest = row
        document = Document(*fields)
        self._check_text(document.text, digest, document.path)
        return document

    def _check_text(self, text: str, digest: str, path: str) -> None:
        if text_digest(text) != digest:
            raise DamagedIndexError(
                f"the text of {path} was altered in the index; type: {self._repair}"
            )

    def _rows(self, select: str, column: str, values: Sequence[int | str]) -> list[Any]:
        return select_in(self._db, select, column, values)
