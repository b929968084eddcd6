"""The rows of a local index: its tables, and a document's way in and out of them."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence

from rag.store import IndexState, NewDocument, Recipe
from rag.stores.local_snapshot import text_digest
from rag.stores.local_words import stem_key
from rag.stores.vector_file import VectorIndex

APPLICATION_ID = 0x47554C4D  # "GULM", written in the header: is this file ours?
FORMAT_VERSION = 1

_SCHEMA = """
CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS documents (
    id TEXT PRIMARY KEY, title TEXT NOT NULL, text TEXT NOT NULL, source TEXT NOT NULL,
    published TEXT NOT NULL, language TEXT NOT NULL, sha256 TEXT NOT NULL, path TEXT NOT NULL,
    body_start INTEGER NOT NULL, body_end INTEGER NOT NULL, text_sha256 TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS passages (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    document_id TEXT NOT NULL REFERENCES documents(id) ON DELETE CASCADE,
    start INTEGER NOT NULL, "end" INTEGER NOT NULL, words INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS passages_of_document ON passages(document_id);
CREATE TABLE IF NOT EXISTS sentences (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    passage_id INTEGER NOT NULL REFERENCES passages(id) ON DELETE CASCADE,
    start INTEGER NOT NULL, "end" INTEGER NOT NULL, is_title INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS sentences_of_passage ON sentences(passage_id);
CREATE VIRTUAL TABLE IF NOT EXISTS stems USING fts5(words, columnsize=0, tokenize='ascii');
CREATE VIRTUAL TABLE IF NOT EXISTS postings USING fts5vocab(stems, instance);
"""


def create_schema(db: sqlite3.Connection) -> None:
    """Make an empty database ours; two programs may do so at once."""
    db.execute("PRAGMA journal_mode = WAL")
    db.executescript(
        f"BEGIN IMMEDIATE; PRAGMA application_id = {APPLICATION_ID};"
        f"PRAGMA user_version = {FORMAT_VERSION}; {_SCHEMA} COMMIT;"
    )


def read_state(meta: Mapping[str, str]) -> IndexState:
    """Read what an index holds from its metadata.

    Raises:
        KeyError: If something is not there.
        ValueError: If something is not what it should be.
    """
    return IndexState(
        generation=int(meta["generation"]),
        recipe=Recipe(
            meta["model"], meta["fingerprint"], int(meta["max_tokens"]), int(meta["analysis"])
        ),
        sources=tuple(json.loads(meta["sources"])),
        documents=int(meta["documents"]),
        passages=int(meta["passages"]),
        sentences=int(meta["sentences"]),
        dimension=int(meta["dimension"]),
    )


def remove_document(db: sqlite3.Connection, vectors: VectorIndex, document_id: str) -> None:
    """Delete all that is stored of a document, if anything is."""
    of_document = "SELECT id FROM passages WHERE document_id = ?"
    passages = [row[0] for row in db.execute(of_document, (document_id,))]
    sentences = [
        row[0]
        for row in db.execute(
            f"SELECT id FROM sentences WHERE passage_id IN ({of_document})",  # noqa: S608  constant
            (document_id,),
        )
    ]
    vectors.remove([2 * i for i in passages] + [2 * i + 1 for i in sentences])
    db.executemany("DELETE FROM stems WHERE rowid = ?", [(i,) for i in passages])
    db.execute("DELETE FROM documents WHERE id = ?", (document_id,))


def add_document(db: sqlite3.Connection, vectors: VectorIndex, new: NewDocument) -> None:
    """Store a document with its passages, sentences, stems and vectors."""
    document = new.document
    db.execute(
        "INSERT INTO documents VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            *(document.id, document.title, document.text, document.source, document.published),
            *(document.language, document.sha256, document.path),
            *(document.body_start, document.body_end, text_digest(document.text)),
        ),
    )
    passage_ids: list[int] = []
    sentence_ids: list[int] = []
    for piece, stems in zip(new.slices, new.stems, strict=True):
        passage_id = _insert(
            db,
            'INSERT INTO passages (document_id, start, "end", words) VALUES (?, ?, ?, ?)',
            (document.id, piece.start, piece.end, len(stems)),
        )
        db.execute(
            "INSERT INTO stems (rowid, words) VALUES (?, ?)",
            (passage_id, " ".join(map(stem_key, stems))),
        )
        passage_ids.append(passage_id)
        sentence_ids += [
            _insert(
                db,
                'INSERT INTO sentences (passage_id, start, "end", is_title) VALUES (?, ?, ?, ?)',
                (passage_id, span.start, span.end, span.is_title),
            )
            for span in piece.sentences
        ]
    vectors.add([2 * i for i in passage_ids], new.passage_vectors)
    vectors.add([2 * i + 1 for i in sentence_ids], new.sentence_vectors)


def _insert(db: sqlite3.Connection, statement: str, values: Sequence[object]) -> int:
    row_id = db.execute(statement, tuple(values)).lastrowid
    if row_id is None:
        raise sqlite3.InternalError("no row id")
    return row_id
