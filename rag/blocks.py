"""Text → blocks: paragraphs, and the titles that are never quoted.

A title is what a page says of an article without being a sentence of it: a
headline, a heading, a byline, a date of publication, the credit of a picture.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

TITLE_LENGTH = 120  # characters: longer lines are paragraphs
STACKED = 3  # short lines over one another that may be a headline and what goes with it

BULLET = re.compile(r"(?:[-*•‣▪–—]|\d{1,3}[.)]|[a-z]\))\s")
MARKDOWN_TITLE = re.compile(r"#{1,6}\s")

_SPACE = re.compile(r"\s*")
_LONE_RETURN = re.compile(r"\r(?!\n)")
_LIST_LIKE = re.compile(r"[a-zà-ÿœ\d|>]|[-*•‣▪–—]\s")
_SENTENCE_END = re.compile(r"[.!?…:;,—](?:\s*[»”\"’)\]])*\Z|[»”]\Z")

_NAME = r"(?:[A-ZÀ-ÝŒ][\w.'’\-]*)"
_MONTH = (
    r"(?:jan|feb|fév|mar|apr|avr|may|mai|june?|juin|jul|juil|aug|août|sep|oct|nov|dec|déc)\w*\.?"
)
_DAY = (
    r"(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day|(?:lun|mar|mercre|jeu|vendre|same)di|dimanche)"
)
_AGENCY = r"(?:AFP|AP|EPA|Reuters|Getty(?:[ \u00a0]Images)?)"
_BYLINE = re.compile(rf"(?:By|Par|BY|PAR)\s+{_NAME}")
_FULL_BYLINE = re.compile(rf"(?:By|Par|BY|PAR)\s+(?:{_NAME}\s+{_NAME}|{_AGENCY})")
_DATELINE = re.compile(
    r"(?:Published|Updated|Publié|Mis à jour|Modifié)\b"
    r"|(?:\d+|an?)\s(?:minutes?|hours?|days?)\sago\Z|il y a \d+\s(?:minutes?|heures?|jours?)\Z"
    rf"|(?:le\s|on\s)?(?:{_DAY},?\s)?(?:\d{{1,2}}(?:er|st|nd|rd|th)?\s{_MONTH}|{_MONTH}\s\d{{1,2}}),?"
    r"\s\d{4}\b.{0,30}\Z|\d{1,4}[/.-]\d{1,2}[/.-]\d{1,4}\b.{0,30}\Z",
    re.IGNORECASE,
)
_CREDIT = re.compile(
    rf"(?:Crédits?|Photos?|Copyright|©|\([Cc]\)|{_AGENCY})(?![\w'’\-])"
    rf"|.*(?:©|Getty Images|\bCrédits?\s?:|\bPhoto\s?:|[/(|]\s?{_AGENCY}\)?\Z)"
)
_RUBRIC_WORDS = 2  # "Économie", "World news": no headline where there is a longer one


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph or a title: ``text[start:end]`` without surrounding white space."""

    start: int
    end: int
    is_title: bool


def find_blocks(text: str, start: int = 0, end: int | None = None) -> list[Block]:
    """Cut a region of a text into paragraphs and titles.

    Blocks are set off by empty lines. A title is

    - a Markdown heading;
    - a byline, a date of publication, the credit of a picture;
    - one or two short lines (at the head of the region three) without a final
      full stop that head a paragraph.

    Three and more short lines are a list, and stay text, as does a last line
    that lacks its full stop.
    """
    end = len(text) if end is None else end
    text = _LONE_RETURN.sub("\n", text)  # old line ends; nothing moves
    blocks: list[Block] = []
    for block_start, block_end in _paragraphs(text, start, end):
        blocks += _title_and_rest(text, block_start, block_end, first=not blocks)
    return _demote_stray_titles(text, blocks)


def find_headline(text: str) -> str:
    """Return the first title that is no rubric, byline, date or credit; empty where there is none.

    Args:
        text: The head of an article, some paragraphs long.
    """
    titles = []
    for block in find_blocks(text):
        words = text[block.start : block.end]
        rubric = len(words.split()) <= _RUBRIC_WORDS and not _SENTENCE_END.search(words)
        if not (block.is_title or rubric):
            break
        if block.is_title and "\n" not in words and not _is_credit(words):
            titles.append(words.strip("#*_ \t\u00a0\u202f"))
    longer = [title for title in titles if len(title.split()) > _RUBRIC_WORDS]
    return (longer or titles or [""])[0]


def find_opening(text: str) -> str:
    """Return the first paragraph that is no title, byline, date or credit; else all of the text.

    Args:
        text: The head of an article, some paragraphs long.
    """
    texts = (text[block.start : block.end] for block in find_blocks(text) if not block.is_title)
    return next(texts, text)


def _paragraphs(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield runs of lines that are not blank, without the white space around them."""
    position, first, last = start, -1, -1
    for line in text[start:end].splitlines(keepends=True):
        words = line.strip()
        if words:
            indent = len(line) - len(line.lstrip())
            first = position + indent if first < 0 else first
            last = position + indent + len(words)
        elif first >= 0:
            yield first, last
            first = -1
        position += len(line)
    if first >= 0:
        yield first, last


def _title_and_rest(text: str, start: int, end: int, *, first: bool) -> Iterator[Block]:
    """Split first lines that head the lines below them from these."""
    lines_below = text.count("\n", start, end)
    if _is_stack(text[start:end], lines_below + 1, first=first):
        yield Block(start, end, True)
        return
    heads = _heads_above_credit(text, start, end)
    while (line_end := text.find("\n", start, end)) != -1:
        line = text[start:line_end]
        # Hard-wrapped text has short first lines too: its other lines are short as well.
        long_lines = end - line_end > 1.5 * TITLE_LENGTH * lines_below
        headed = heads > 0 or (long_lines and _looks_like_title(line))
        if not (MARKDOWN_TITLE.match(line) or headed):
            yield Block(start, end, False)
            return
        yield Block(start, start + len(line.rstrip()), True)
        found = _SPACE.match(text, line_end, end)
        start = found.end() if found else line_end
        lines_below -= 1
        heads -= 1
    yield Block(start, end, _looks_like_title(text[start:end]))


def _is_stack(block: str, lines: int, *, first: bool) -> bool:
    """Tell a headline of lines over one another, or a caption and its credit."""
    if not 1 < lines <= 2 * STACKED:
        return False
    each = [line.strip() for line in block.split("\n")]
    if not all(line and _is_short(line) and not _SENTENCE_END.search(line) for line in each):
        return False
    if any(map(_is_credit, each)):
        return first or lines <= STACKED
    return lines <= (STACKED if first else STACKED - 1) and not any(map(_LIST_LIKE.match, each))


def _heads_above_credit(text: str, start: int, end: int) -> int:
    """Count the lines down to a byline or date that stands right over a paragraph."""
    lines = [line.strip() for line in text[start : min(end, start + 800)].split("\n", 6)]
    heads = 0
    for number, line in enumerate(lines[:-1], start=1):
        if not _looks_like_title(line) and not _is_credit(line):
            break
        below = lines[number].lstrip("«“\"'‘( \u00a0\u202f")
        if _stands_alone(line) and below[:1].isupper():
            heads = number
    return heads


def _is_short(line: str) -> bool:
    return len(line) <= TITLE_LENGTH and "\n" not in line


def _is_credit(line: str) -> bool:
    """Tell a byline, a date of publication or a credit from a sentence."""
    line = line.strip()
    if not line or not _is_short(line) or _SENTENCE_END.search(line):
        return False
    return any(kind.match(line) for kind in (_BYLINE, _DATELINE, _CREDIT))


def _stands_alone(line: str) -> bool:
    """Tell a byline or date also from the first line of a hard-wrapped sentence."""
    if not _is_credit(line):
        return False
    if _BYLINE.match(line):
        return _FULL_BYLINE.match(line) is not None
    if _DATELINE.match(line):
        return bool(re.search(r"\d|\bago\b", line))
    return not re.match(r"(?!Crédit)\w+\s[a-zà-ÿ]", line)  # "Photos of", "Reuters said"


def _looks_like_title(line: str) -> bool:
    line = line.strip()
    if MARKDOWN_TITLE.match(line):
        return "\n" not in line
    if _is_credit(line):
        return True
    if not _is_short(line) or BULLET.match(line):
        return False
    return line[-1:] not in ".…:;,!" and line[:1] not in "|>" and len(line.split()) > 1


def _demote_stray_titles(text: str, blocks: list[Block]) -> list[Block]:
    """Keep as titles those that head a paragraph; three in a row are a list of lines.

    At the head of an article they are its headline, standfirst, byline and date.
    """
    kept: list[Block] = []
    run: list[Block] = []
    for block in [*blocks, None]:
        if block is not None and block.is_title:
            run.append(block)
            continue
        listed = bool(kept) and not kept[-1].is_title and text[kept[-1].end - 1] in ":,"
        heads = block is not None and (
            (len(run) <= 2 and not listed) or (not kept and _is_head(text, run))
        )
        kept += [Block(b.start, b.end, heads or _is_always(text, b)) for b in run]
        run = []
        if block is not None:
            kept.append(block)
    return kept


def _is_head(text: str, run: Sequence[Block]) -> bool:
    """Tell an article's head from a list at its top."""
    words = [text[block.start : block.end] for block in run]
    return len(run) <= 2 * STACKED and all(
        _is_credit(each) or not _LIST_LIKE.match(each) for each in words
    )


def _is_always(text: str, block: Block) -> bool:
    """Tell what is a title wherever it stands."""
    if MARKDOWN_TITLE.match(text, block.start):
        return True
    return any(map(_is_credit, text[block.start : block.end].split("\n")))
