"""Which document each vector and each passage of a local index is of."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_VECTORS = (
    "SELECT 2 * id, document_id FROM passages UNION ALL"
    " SELECT 2 * s.id + 1, p.document_id FROM sentences s JOIN passages p ON p.id = s.passage_id"
)


class Owners:
    """The document of each vector, read once for one state of an index.

    Args:
        db: Connection to read it from.
        documents: Ids of every document there.
    """

    def __init__(self, db: sqlite3.Connection, documents: tuple[str, ...]) -> None:
        self.documents = documents
        self._numbers = {document_id: number for number, document_id in enumerate(documents)}
        rows = db.execute(_VECTORS).fetchall()
        self._owner = np.full(max((row[0] for row in rows), default=-1) + 1, -1, dtype=np.int32)
        for vector_id, document_id in rows:
            self._owner[vector_id] = self._numbers[document_id]

    def admit(self, documents: Collection[str]) -> NDArray[np.bool_]:
        """Return ``(n,) bool``: whether the vector of each id below n is of given documents.

        Passage ``p`` has the vector ``2 p``, sentence ``s`` the vector ``2 s + 1``.
        """
        wanted = np.zeros(len(self._numbers) + 1, dtype=bool)  # the last one: of no document
        wanted[[self._numbers[each] for each in documents if each in self._numbers]] = True
        return wanted[self._owner]
