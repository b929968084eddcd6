"""The SQLite file of a local index: how it is opened, how we know it is ours, what can go wrong.

Whatever SQLite raises leaves here as one of our errors, with what to type.
"""

from __future__ import annotations

import os
import shlex
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rag.errors import (
    BusyIndexError,
    DamagedIndexError,
    ForeignIndexError,
    IndexWriteError,
    LibraryIndexError,
    MissingIndexError,
    OutdatedIndexError,
)
from rag.stores.local_rows import APPLICATION_ID, FORMAT_VERSION, create_schema

DATABASE = "library.sqlite3"
BUSY_SECONDS = 10.0  # that a writer waits for another one


class LocalDatabase:
    """The SQLite file in an index's folder.

    Args:
        folder: Where the index is.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.path = folder / DATABASE
        self.repair = f"python -m rag build --index {shlex.quote(str(folder))}"

    @contextmanager
    def connect(self, create: bool = False) -> Iterator[sqlite3.Connection]:
        """Open the database, and turn SQLite's errors into ours.

        Raises:
            LibraryIndexError: If it is missing, damaged, foreign, busy or out of reach.
        """
        db: sqlite3.Connection | None = None
        try:
            if not create and not self.path.is_file():
                raise MissingIndexError(f"there is no index in {self.folder}; type: {self.repair}")
            db = self._open(create)
            yield db
        except sqlite3.Error as error:
            raise self._translate(error) from error
        except UnicodeDecodeError as error:  # from SQLite's own words about a damaged schema
            raise self.damaged(error) from error
        except OSError as error:
            raise self.cannot_write(error) if create else self._cannot_read(error) from error
        finally:
            if db is not None:
                db.close()

    def _open(self, create: bool) -> sqlite3.Connection:
        db = sqlite3.connect(
            self.uri("rwc" if create else "rw"),
            uri=True,
            timeout=BUSY_SECONDS,
            isolation_level=None,
            check_same_thread=False,
        )
        try:
            db.execute("PRAGMA foreign_keys = ON")
            db.execute("PRAGMA synchronous = FULL")
            new = create and not db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
            if new:
                create_schema(db)
            self._check_header(db)
        except BaseException:
            db.close()
            raise
        return db

    def uri(self, mode: str) -> str:
        """Return the URI to open the file by; ``mode`` is SQLite's."""
        if not os.access(self.folder, os.W_OK):
            # SQLite wants to write its lock file, unless told that nobody writes; a log beside
            # the database says that somebody does, or did and was killed.
            log = self.path.with_name(DATABASE + "-wal")
            mode = "ro" if log.exists() and log.stat().st_size else "ro&immutable=1"
        return f"{self.path.absolute().as_uri()}?mode={mode}"

    def _check_header(self, db: sqlite3.Connection) -> None:
        if not db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
            raise MissingIndexError(f"the index in {self.folder} is empty; type: {self.repair}")
        if db.execute("PRAGMA application_id").fetchone()[0] != APPLICATION_ID:
            raise ForeignIndexError(
                f"{self.path} was not made by this program; choose another folder with --index"
            )
        if db.execute("PRAGMA user_version").fetchone()[0] != FORMAT_VERSION:
            raise OutdatedIndexError(
                f"the index in {self.folder} was made by another version; type: {self.repair}"
            )

    def meta(self, db: sqlite3.Connection, empty: bool = False) -> dict[str, str]:
        """Return what a write recorded of the index.

        Raises:
            MissingIndexError: If nothing was, unless ``empty`` is welcome.
        """
        meta = dict(db.execute("SELECT key, value FROM meta").fetchall())
        if not meta and not empty:
            raise MissingIndexError(
                f"the index in {self.folder} was never finished; type: {self.repair}"
            )
        return meta

    def _translate(self, error: sqlite3.Error) -> LibraryIndexError:
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            return BusyIndexError(
                f"another program is writing to the index in {self.folder}; try again when it ends"
            )
        if code in (
            sqlite3.SQLITE_FULL,
            sqlite3.SQLITE_IOERR,
            sqlite3.SQLITE_READONLY,
            sqlite3.SQLITE_CANTOPEN,
        ):
            return self.cannot_write(error)
        return self.damaged(error)

    def damaged(self, why: object) -> DamagedIndexError:
        """Make the error of a database that cannot be believed."""
        return DamagedIndexError(f"{self.path} is damaged ({why}); type: {self.repair}")

    def missing_vectors(self, meta: dict[str, str]) -> DamagedIndexError:
        """Make the error of a vectors file that is not there."""
        return DamagedIndexError(
            f"{self.folder / meta['vectors_file']} is missing; type: {self.repair}"
        )

    def changed(self) -> BusyIndexError:
        """Make the error of a write prepared on another state."""
        return BusyIndexError(
            f"another program changed the index in {self.folder}; run the command again"
        )

    def _cannot_read(self, error: Exception) -> LibraryIndexError:
        return LibraryIndexError(
            f"cannot read the index in {self.folder} ({error}); check its permissions, or choose "
            "another folder with --index"
        )

    def cannot_write(self, error: Exception) -> IndexWriteError:
        """Make the error of a disk that is full or a folder that is closed."""
        return IndexWriteError(
            f"cannot write the index in {self.folder} ({error}); what was there is intact: free "
            "some space, check its permissions, or choose another folder with --index"
        )
