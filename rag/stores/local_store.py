"""PassageStore on SQLite and FAISS, in one folder.

``library.sqlite3`` is the truth: documents, passages, sentences, and their stems
in FTS5. ``vectors-N.faiss`` holds a vector for each passage (id ``2 p``) and each
sentence (id ``2 s + 1``). A new vectors file is written beside the old one and
becomes current in the SQLite commit that records its SHA-256: at every moment,
also after a power cut, the folder holds one whole index.
"""

from __future__ import annotations

import json
import os
import sqlite3
import tempfile
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from rag.errors import DamagedIndexError, MissingIndexError, OutdatedIndexError
from rag.store import Change, IndexState
from rag.stores.local_database import DATABASE, LocalDatabase
from rag.stores.local_rows import APPLICATION_ID, add_document, read_state, remove_document
from rag.stores.local_snapshot import LocalSnapshot, contents_digest
from rag.stores.vector_file import VectorIndex, sync_folder


@dataclass(frozen=True, slots=True)
class Inventory:
    """What a build finds in a folder.

    Attributes:
        generation: Of the last write; 0 where there is none.
        state: What is stored, or None where nothing of it can be kept.
        paths: Document id → path, of what can be kept.
        unreadable: The database itself must be set aside first.
    """

    generation: int
    state: IndexState | None = None
    paths: dict[str, str] = field(default_factory=dict)
    unreadable: bool = False


class LocalStore:
    """An index in a folder, safe between threads and between processes.

    Args:
        folder: Where the index is; created by the first write.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._file = LocalDatabase(folder)
        self._lock = threading.Lock()
        self._vectors: tuple[str, VectorIndex] | None = None

    @property
    def repair(self) -> str:
        """Return the command that builds this index anew."""
        return self._file.repair

    @contextmanager
    def snapshot(self) -> Iterator[LocalSnapshot]:
        """Open one state for reading; its SQLite transaction ends with the block.

        Raises:
            LibraryIndexError: If the index is missing, damaged or foreign.
        """
        with self._file.connect() as db:
            for _ in range(5):
                db.execute("BEGIN")
                meta = self._file.meta(db)
                try:
                    state, words, vectors = read_state(meta), int(meta["words"]), self._load(meta)
                    break
                except FileNotFoundError:  # replaced since this transaction began: look again
                    db.execute("ROLLBACK")
                except (KeyError, ValueError) as error:
                    raise self._file.damaged(error) from error
            else:
                raise self._file.missing_vectors(meta)
            yield LocalSnapshot(db, state, vectors, words, self.repair)

    def sources(self) -> tuple[str, ...]:
        """Return what the index was built from, also where the rest of it is damaged or old.

        Returns:
            Files and folders; none where that cannot be read.
        """
        try:
            with closing(sqlite3.connect(self._file.uri("ro"), uri=True)) as db:
                if db.execute("PRAGMA application_id").fetchone()[0] != APPLICATION_ID:
                    return ()
                (found,) = db.execute("SELECT value FROM meta WHERE key = 'sources'").fetchone()
                return tuple(json.loads(found))
        except (sqlite3.Error, TypeError, ValueError):
            return ()

    def inventory(self) -> Inventory:
        """Tell what a build finds here: all of it checked, or why it must start anew.

        Raises:
            ForeignIndexError: If the file there is not ours; it is not touched.
        """
        try:
            self.check()
            with self._file.connect() as db:
                generation = int(self._file.meta(db, empty=True).get("generation", 0))
        except MissingIndexError:
            return Inventory(0)
        except (DamagedIndexError, OutdatedIndexError):
            return Inventory(0, unreadable=True)
        try:
            with self.snapshot() as snapshot:
                paths = {document.id: document.path for document in snapshot.documents()}
                return Inventory(snapshot.state.generation, snapshot.state, paths)
        except (DamagedIndexError, MissingIndexError):
            return Inventory(generation)

    def set_aside(self) -> None:
        """Rename an unreadable database, so that nothing of it is lost and a new one can be made.

        Raises:
            BusyIndexError: If another program has repaired it meanwhile.
            IndexWriteError: If the folder cannot be written.
        """
        with suppress(DamagedIndexError, OutdatedIndexError):
            self.check()
            raise self._file.changed()
        number = 1
        while (aside := self.folder / f"{DATABASE}.damaged-{number}").exists():
            number += 1
        try:
            self._file.path.rename(aside)
            self._file.path.with_name(DATABASE + "-shm").unlink(missing_ok=True)
            with suppress(FileNotFoundError):  # the log may hold the last commits
                self._file.path.with_name(DATABASE + "-wal").rename(f"{aside}-wal")
        except OSError as error:
            raise self._file.cannot_write(error) from error

    def check(self) -> None:
        """Read the database through once: SQLite's own check, and our digest of what it holds.

        Raises:
            LibraryIndexError: If it is missing, damaged or foreign.
        """
        with self._file.connect() as db:
            db.execute("BEGIN")
            found = db.execute("PRAGMA integrity_check").fetchone()[0]
            if found != "ok":
                raise self._file.damaged(found)
            meta = self._file.meta(db, empty=True)
            if meta and meta.get("contents_sha256") != contents_digest(db):
                raise self._file.damaged("its contents were altered")

    def prepare(self) -> None:
        """Find out that the folder cannot be written before minutes are spent on vectors.

        Raises:
            IndexWriteError: If it cannot.
        """
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=self.folder):
                pass
            if self._file.path.exists() and not os.access(self._file.path, os.W_OK):
                raise PermissionError(f"{self._file.path} is read-only")
        except OSError as error:
            raise self._file.cannot_write(error) from error

    def write(self, change: Change, expected_generation: int) -> IndexState:
        """Apply a change whole or not at all (see ``PassageStore.write``)."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with self._file.connect(create=True) as db:
                db.execute("BEGIN IMMEDIATE")
                try:
                    state = self._write(db, change, expected_generation)
                    db.execute("COMMIT")
                except BaseException:
                    if db.in_transaction:
                        db.execute("ROLLBACK")
                    raise
                finally:
                    self._forget_old_vectors(db)
        except OSError as error:
            raise self._file.cannot_write(error) from error
        return state

    def _write(
        self, db: sqlite3.Connection, change: Change, expected_generation: int
    ) -> IndexState:
        meta = self._file.meta(db, empty=True)
        generation = int(meta.get("generation", 0))
        if generation != expected_generation:
            raise self._file.changed()
        if change.reset:
            db.execute("DELETE FROM documents")
            db.execute("DELETE FROM stems")
        vectors = None if change.reset or not meta else self._read_current(meta)
        if change.added and not vectors:  # none yet, or an index emptied of its documents
            vectors = VectorIndex(change.added[0].passage_vectors.shape[1])
        if vectors is None:
            vectors = VectorIndex(int(meta.get("dimension", 1)))
        for document_id in [*change.removed, *(new.document.id for new in change.added)]:
            remove_document(db, vectors, document_id)
        for new in change.added:
            add_document(db, vectors, new)
        db.executemany(
            "UPDATE documents SET path = ? WHERE id = ?",
            [(path, document_id) for document_id, path in change.paths.items()],
        )
        return self._record(db, vectors, change, generation + 1)

    def _record(
        self, db: sqlite3.Connection, vectors: VectorIndex, change: Change, generation: int
    ) -> IndexState:
        """Write the vectors file and what a reader needs to believe it."""
        name = f"vectors-{generation}.faiss"
        count = "SELECT count(*), coalesce(sum(words), 0) FROM passages"
        passages, words = db.execute(count).fetchone()
        meta = {
            "generation": generation,
            "model": change.recipe.model,
            "fingerprint": change.recipe.fingerprint,
            "max_tokens": change.recipe.max_tokens,
            "analysis": change.recipe.analysis,
            "sources": json.dumps(change.sources),
            "documents": db.execute("SELECT count(*) FROM documents").fetchone()[0],
            "passages": passages,
            "sentences": db.execute("SELECT count(*) FROM sentences").fetchone()[0],
            "words": words,
            "vectors_file": name,
            "vectors_sha256": vectors.save(self.folder / name),
            "vectors": len(vectors),
            "dimension": vectors.dimension,
        }
        db.execute("DELETE FROM meta")
        insert = "INSERT INTO meta VALUES (?, ?)"
        db.executemany(insert, [(key, str(value)) for key, value in meta.items()])
        db.execute(insert, ("contents_sha256", contents_digest(db)))
        return read_state({key: str(value) for key, value in meta.items()})

    def _load(self, meta: dict[str, str]) -> VectorIndex:
        """Return the vectors a snapshot's metadata names, read once per generation."""
        with self._lock:
            if self._vectors is None or self._vectors[0] != meta["vectors_sha256"]:
                self._vectors = (meta["vectors_sha256"], self._read_vectors(meta))
            return self._vectors[1]

    def _read_vectors(self, meta: dict[str, str]) -> VectorIndex:
        return VectorIndex.load(
            self.folder / meta["vectors_file"],
            meta["vectors_sha256"],
            int(meta["dimension"]),
            int(meta["vectors"]),
        )

    def _read_current(self, meta: dict[str, str]) -> VectorIndex:
        """Return the vectors to change; the caller holds the write lock."""
        try:
            return self._read_vectors(meta)
        except FileNotFoundError as error:
            raise self._file.missing_vectors(meta) from error

    def _forget_old_vectors(self, db: sqlite3.Connection) -> None:
        """Remove the vectors files that are not current; what is left, the next write removes."""
        with suppress(sqlite3.Error, OSError):
            db.execute("BEGIN IMMEDIATE")  # else another writer may have saved, not yet committed
            try:
                current = self._file.meta(db, empty=True).get("vectors_file")
                for path in self.folder.glob("vectors-*.faiss*"):
                    if path.name != current:
                        path.unlink(missing_ok=True)
                sync_folder(self.folder)
            finally:
                db.execute("ROLLBACK")
