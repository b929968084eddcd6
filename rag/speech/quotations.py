"""Text → where words stand between quotation marks, and which sentences share a paragraph."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence

from rag.datamodels import Span

LONGEST = 6_000  # characters read for one quote: far above any paragraph of an article

_MARK = re.compile(r"[«»“”\"„]")
_OPENS = {"«": "»", "“": "”", "„": "“"}


def paragraph(text: str, sentences: Sequence[Span], index: int) -> tuple[int, int]:
    """Return the first and last index of the sentences in one paragraph with this one.

    A title, or more than one line end between two sentences, parts paragraphs.
    """
    low = high = index
    while low > 0 and _adjoin(text, sentences[low - 1], sentences[low]):
        low -= 1
    while high + 1 < len(sentences) and _adjoin(text, sentences[high], sentences[high + 1]):
        high += 1
    return low, high


def _adjoin(text: str, left: Span, right: Span) -> bool:
    if left.is_title or right.is_title:
        return False
    return text.count("\n", left.end, right.start) <= 1


def find_quotations(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Find the outermost quotations of a region, marks included.

    A quotation never closed goes to the end of the region. A mark that opens a
    paragraph of a quotation still open says only that it goes on.

    Returns:
        Ordered ``(start, end)`` that do not overlap; the last may be open.
    """
    spans: list[tuple[int, int]] = []
    closers: list[str] = []
    opened = start
    for found in _MARK.finditer(text, start, end):
        mark, at = found[0], found.start()
        if closers and mark == closers[-1] and not _reopens(text, start, at, mark):
            closers.pop()
            if not closers:
                spans.append((opened, at + 1))
        elif _can_open(text, start, at, mark) and not (closers and _heads_line(text, start, at)):
            opened = opened if closers else at
            closers.append(_OPENS.get(mark, mark))
    if closers:
        spans.append((opened, end))
    return spans


def _can_open(text: str, start: int, at: int, mark: str) -> bool:
    """Tell an opening mark; a straight one stands after a space, never after a word."""
    if mark != '"':
        return mark in _OPENS
    return at == start or not (text[at - 1].isalnum() or text[at - 1] in ".,;!?%)")


def _reopens(text: str, start: int, at: int, mark: str) -> bool:
    return mark == '"' and _heads_line(text, start, at) and not text[at + 1 : at + 2].isspace()


def _heads_line(text: str, start: int, at: int) -> bool:
    return at > start and text[max(start, at - 60) : at].rstrip(" \t\u00a0\u202f")[-1:] in "\r\n"


def around(spans: Sequence[tuple[int, int]], position: int) -> tuple[int, int] | None:
    """Return the one of ordered spans a position stands strictly inside, if any."""
    place = bisect_right(spans, (position, -1)) - 1
    if place >= 0 and spans[place][0] < position < spans[place][1]:
        return spans[place]
    return None
