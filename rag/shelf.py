"""Shelf: a visitor's own articles, asked together with the library's and gone with the visit."""

from __future__ import annotations

import shutil
import tempfile
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeVar

from rag.answerer import Answerer
from rag.catalogue import say
from rag.datamodels import Answer, Document, Entry, Hit
from rag.errors import (
    LibraryIndexError,
    SourceError,
    UnknownDocumentError,
    UnsupportedFormatError,
)
from rag.library import Library
from rag.loader import READERS, make_document
from rag.reporting_embedder import Report, ReportingEmbedder
from rag.store import Change, Snapshot
from rag.stores.local_store import LocalStore
from rag.words import detect_language

_MEGABYTE = 1_000_000
_T = TypeVar("_T")
_Known = TypeVar("_Known", Document, Entry)


@dataclass(frozen=True, slots=True)
class Limits:
    """How much a visitor may add.

    Attributes:
        files: Articles.
        file_bytes: Bytes of a file.
        total_bytes: Bytes of all files together.
        characters: Characters of the text of a file: what takes time is to embed it.
    """

    files: int = 20
    file_bytes: int = 5_000_000
    total_bytes: int = 20_000_000
    characters: int = 400_000


class LimitError(SourceError):
    """A visitor may not add this much.

    Attributes:
        key: Of the message in the catalogue.
        values: Of its placeholders.
    """

    def __init__(self, key: str, **values: object) -> None:
        self.key = key
        self.values = values
        super().__init__(say(key, "en", **values))


@dataclass(frozen=True, slots=True)
class Added:
    """What became of a file.

    Attributes:
        document: The article.
        duplicate: Where the same bytes were already, ``shelf`` or ``library``; else empty. A
            duplicate is not stored again.
    """

    document: Document
    duplicate: Literal["", "shelf", "library"] = ""


class Shelf:
    """A visitor's articles beside a library. Safe for many threads; nothing is left when closed.

    The library is not touched. Until an article is added, nothing is on disk. A question
    is asked of one snapshot of each, as if they were one library (``rag.stores.joint_store``).

    Args:
        library: The operator's.
        limits: How much may be added.
    """

    def __init__(self, library: Library, limits: Limits | None = None) -> None:
        self._library = library
        self._limits = limits or Limits()
        self._lock = threading.RLock()  # one change at a time; questions do not wait
        self._folder: Path | None = None
        self._store: LocalStore | None = None
        self._generation = 0
        self._sizes: dict[str, int] = {}  # document id → bytes
        self._passages: dict[str, int] = {}
        self._joint: Answerer = library
        self._closed = False

    def __enter__(self) -> Shelf:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Forget every article and delete what was stored; the library alone answers then."""
        with self._lock:
            self._closed = True
            self._joint, self._store = self._library, None
            self._sizes, self._passages = {}, {}
            if self._folder is not None:
                shutil.rmtree(self._folder, ignore_errors=True)

    # --- what is there ------------------------------------------------------------------

    def documents(self) -> list[Document]:
        """Return the visitor's articles, in the order they were added."""
        return self._list(lambda snapshot: snapshot.documents())

    def entries(self) -> list[Entry]:
        """Return what a list says of the visitor's articles, in the order they were added."""
        return self._list(lambda snapshot: snapshot.entries())

    def _list(self, read: Callable[[Snapshot], list[_Known]]) -> list[_Known]:
        store, sizes = self._store, list(self._sizes)
        if store is None or not sizes:
            return []
        try:
            with store.snapshot() as snapshot:
                found = {each.id: each for each in read(snapshot)}
        except LibraryIndexError:
            if not self._closed:
                raise
            return []  # closed meanwhile
        return [found[document_id] for document_id in sizes if document_id in found]

    def document(self, document_id: str) -> Document:
        """Return one article of the visitor's or of the library's.

        Raises:
            UnknownDocumentError: If there is none of that id.
        """
        return self._ask(lambda library: library.document(document_id))

    def find(self, document_ids: Iterable[str]) -> list[Document]:
        """Return articles of both, in the order asked, without those that are gone."""
        found = (_find(self, document_id) for document_id in document_ids)
        return [document for document in found if document is not None]

    def holds(self, document_id: str) -> bool:
        """Tell whether an article is one of the visitor's."""
        return document_id in self._sizes

    def count_passages(self, document_id: str) -> int:
        """Return how many passages one of the visitor's articles has; 0 for any other."""
        return self._passages.get(document_id, 0)

    # --- asking -------------------------------------------------------------------------

    def ask(self, question: str, k: int | None = None, **options: Any) -> Answer:
        """Answer from the library's and the visitor's articles; see ``Library.ask``."""
        return self._ask(lambda library: library.ask(question, k, **options))

    def retrieve(self, question: str, k: int | None = None, **options: Any) -> list[Hit]:
        """Return the nearest passages of both; see ``Library.retrieve``."""
        return self._ask(lambda library: library.retrieve(question, k, **options))

    def _ask(self, ask: Callable[[Answerer], _T]) -> _T:
        try:
            return ask(self._joint)
        except LibraryIndexError:
            if not self._closed:
                raise
            return ask(self._library)  # closed while it was asked

    # --- changing -----------------------------------------------------------------------

    def add(self, path: Path, name: str = "", progress: Report | None = None) -> Added:
        """Read, split, embed and store an article; it answers as soon as this returns.

        Args:
            path: The file.
            name: What the visitor calls it; its suffix chooses the reader.
            progress: Told of each stage.

        Raises:
            LimitError: If it is too large, or there are too many.
            SourceError: If it cannot be read.
            IndexWriteError: If the disk is full.
        """
        report = progress or (lambda _stage, _done, _total: None)
        name = Path(name or path).name
        with self._lock:
            if self._closed:
                raise SourceError("this visit has ended; open the page again")
            report("read", 0, 1)
            data = self._read(path, name)
            document = self._load(data, name)
            report("read", 1, 1)
            if self.holds(document.id):
                return Added(self.document(document.id), "shelf")
            known = _find(self._library, document.id)
            if known is not None:
                return Added(known, "library")
            self._check_room(len(data), name)
            self._write(document, report)
            self._sizes[document.id] = len(data)
            report("store", 1, 1)
        return Added(document)

    def remove(self, document_id: str) -> None:
        """Forget one of the visitor's articles.

        Raises:
            UnknownDocumentError: If none of them has that id; the library's are not touched.
        """
        with self._lock:
            if self._store is None or not self.holds(document_id):
                raise UnknownDocumentError(f"you added no article {document_id!r}; reload the page")
            recipe = self._library.state().recipe
            change = Change(recipe, (), removed=[document_id])
            self._generation = self._store.write(change, self._generation).generation
            del self._sizes[document_id], self._passages[document_id]

    def _read(self, path: Path, name: str) -> bytes:
        limit = self._limits.file_bytes
        try:
            with path.open("rb") as file:
                data = file.read(limit + 1)
                size = len(data) if len(data) <= limit else path.stat().st_size
        except OSError as error:
            raise SourceError(f"{name} cannot be read ({error.strerror}); add it again") from error
        if size > limit:
            raise LimitError("shelf_file_too_large", name=name, **_in_megabytes(size, limit))
        return data

    def _load(self, data: bytes, name: str) -> Document:
        reader = READERS.get(Path(name).suffix.lower())
        if reader is None:
            kinds = ", ".join(sorted(READERS))
            raise UnsupportedFormatError(f"{name} is of an unknown kind; use one of {kinds}")
        text = reader(data, name)
        if len(text) > self._limits.characters:
            limit = self._limits.characters
            raise LimitError("shelf_text_too_long", name=name, length=len(text), limit=limit)
        return make_document(text, data, name, detect_language)

    def _check_room(self, size: int, name: str) -> None:
        if len(self._sizes) >= self._limits.files:
            raise LimitError("shelf_too_many", limit=self._limits.files)
        if sum(self._sizes.values()) + size > self._limits.total_bytes:
            whole = _in_megabytes(size, self._limits.total_bytes)
            raise LimitError("shelf_full", name=name, limit=whole["limit"])

    def _write(self, document: Document, report: Report) -> None:
        from rag.indexer import index_documents  # langchain takes a second to import

        recipe = self._library.state().recipe
        embedder = ReportingEmbedder(self._library.embedder, report)
        report("split", 0, 1)
        added = index_documents([document], embedder, recipe.max_tokens, progress=False)
        report("store", 0, 1)
        if self._folder is None:
            self._folder = Path(tempfile.mkdtemp(prefix="guillemets-"))  # its owner's alone
        store = self._store or LocalStore(self._folder / "index")
        self._generation = store.write(Change(recipe, (), added), self._generation).generation
        self._passages[document.id] = len(added[0].slices)
        if self._store is None:
            self._store, self._joint = store, self._library.beside(store)


def _find(library: Library | Shelf, document_id: str) -> Document | None:
    try:
        return library.document(document_id)
    except UnknownDocumentError:
        return None


def _in_megabytes(size: int, limit: int) -> dict[str, str]:
    """Write two sizes so that they differ where they do."""
    digits = 1 if size - limit >= _MEGABYTE // 10 or size <= limit else 6
    return {"size": f"{size / _MEGABYTE:.{digits}f}", "limit": f"{limit / _MEGABYTE:g}"}
