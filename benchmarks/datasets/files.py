"""Files of the data folder → rows: JSON, JSON lines and tab-separated text, packed or not."""

from __future__ import annotations

import csv
import json
import lzma
from collections.abc import Iterator
from pathlib import Path
from typing import Any


def tab_rows(path: Path) -> Iterator[list[str]]:
    """Yield the rows of a tab-separated file packed with xz."""
    with lzma.open(path, "rt", encoding="utf-8", newline="\n") as lines:
        yield from csv.reader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)


def optional_lines(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the objects of a file of JSON lines; none where there is no such file."""
    return json_lines(path) if path.exists() else iter(())


def whole_json(path: Path) -> Any:
    """Return what a JSON file packed with xz holds.

    Raises:
        FileNotFoundError: If it is not there.
    """
    if not path.exists():
        raise FileNotFoundError(f"{path} is missing; benchmarks/README.md says where to find it")
    with lzma.open(path, "rt", encoding="utf-8") as file:
        return json.load(file)


def json_lines(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the objects of a file of JSON lines, packed with xz or not."""
    # Split on "\n" alone: U+2028 and U+0085 may stand inside a JSON string.
    opener = lzma.open if path.suffix == ".xz" else open
    with opener(path, "rt", encoding="utf-8", newline="\n") as lines:
        for line in lines:
            if line.strip():
                yield json.loads(line)
