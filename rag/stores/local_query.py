"""One statement for however many values."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import Any

_AT_ONCE = 500  # SQLite bounds the parameters of a statement


def select_in(
    db: sqlite3.Connection, select: str, column: str, values: Sequence[int | str]
) -> list[Any]:
    """Run ``SELECT … WHERE column IN (values)``, however many values there are."""
    rows: list[Any] = []
    for first in range(0, len(values), _AT_ONCE):
        part = values[first : first + _AT_ONCE]
        marks = ", ".join("?" * len(part))
        rows += db.execute(f"{select} WHERE {column} IN ({marks})", part).fetchall()
    return rows
