"""Text in both languages: bitexts, parallel sentences and passages, sections of law."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.datasets.files import json_lines, tab_rows

LAW_FILE = "law_sections.jsonl.xz"
SENTENCES_FILE = "parallel_sentences.tsv.xz"
PASSAGES_FILE = "parallel_passages.tsv.xz"
BITEXT_FILES = {"flores": "flores_sib200.tsv.xz", "newsdiscuss": "newsdiscusstest2015.tsv.xz"}


@dataclass(frozen=True, slots=True)
class Pair:
    """One text in both languages."""

    english: str
    french: str
    source: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """A section of law: its marginal note and its text, in both languages."""

    title: Pair
    text: Pair


def bitext(data: Path, name: str) -> tuple[Pair, ...]:
    """Load a bitext for development: "flores" (1,004 pairs) or "newsdiscuss" (1,501)."""
    return tuple(
        Pair(row[0], row[1], name) for row in tab_rows(data / BITEXT_FILES[name]) if len(row) > 1
    )


def law_sections(data: Path) -> tuple[Section, ...]:
    """Load the 25,890 sections of Canadian law (never a measured set: all may be trained on)."""
    return tuple(
        Section(
            Pair(row["title_en"], row["title_fr"], "canada_laws"),
            Pair(row["text_en"], row["text_fr"], "canada_laws"),
        )
        for row in json_lines(data / LAW_FILE)
    )


def parallel_sentences(data: Path) -> Iterator[Pair]:
    """Yield the 1.26 million sentence pairs, in the order of the file (already shuffled)."""
    return _pairs(data / SENTENCES_FILE)


def parallel_passages(data: Path) -> Iterator[Pair]:
    """Yield the 60,000 passage pairs: runs of 3 to 5 lines, 40 to 110 French words."""
    return _pairs(data / PASSAGES_FILE)


def _pairs(path: Path) -> Iterator[Pair]:
    rows = tab_rows(path)
    next(rows)  # the header
    for row in rows:
        yield Pair(row[0], row[1], row[2])
