"""Paragraph → sentence spans, for French and English press text.

Rules, not a model: libraries for French cut at "M.", "c.-à-d." or inside « … ».
A sentence ends at ``. ! ? …`` (closing quotes and brackets included) before
white space and something a sentence can start with, unless the full stop
belongs to an abbreviation or an initial, or stands inside an open quotation or
bracket.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator

GUARDED_LENGTH = 700  # characters: a quotation longer than this is cut into its sentences

_LOOK_AHEAD = 60  # characters read past a full stop: enough for a word and its opening marks
_LIST_BREAK = re.compile(r"[\r\n][^\S\r\n]*(?=(?:[-*•‣▪–—]|\d{1,3}[.)]|[a-z]\))\s)")
# What marks an item of a list or a block quotation, before its words; a dash also opens speech.
_MARK_OF_LINE = re.compile(r"(?:>\s?)*+(?:(?:[-*•‣▪]|\d{1,3}[.)])\s+)?(?=[^\s>])")
# Possessive, and never from inside a run: a megabyte of dots takes one pass.
_END = re.compile(r"(?<![.!?…])[.!?…]++(?:\s*+[»”)\]]|[\"'’](?=\s|\Z)|\[\d{1,3}\])*+(?=\s)")
_SPACE = re.compile(r"\s*")
_OPENERS = "«“\"'‘([—–-¿¡"
_WORD_BEFORE = re.compile(r"[\w.°ºªᵉ'’\-]+\Z")
_INITIAL = re.compile(r"(?:\w\.)?(?:[A-ZÀ-ÝŒ]\w?\.-?)*[A-ZÀ-ÝŒ]\Z")

# Before a full stop, followed by a capital, these words never end a sentence …
_NEVER_LAST = frozenset(
    """m mm mme mlle mgr dr pr prof st ste sts n nº n° vol chap av apr cf c.-à-d c-à-d p.ex p pp §
    éd ed rev mr mrs ms messrs gen gén sen gov lt col sgt capt maj cmdr adm hon vs v jan feb sept
    oct nov dec janv févr juil déc tél tel env resp approx e.g i.e ca bd blvd rte
    hab r.-v""".split()
)
# … save in small letters, where they are words and units too: "le col.", « 90 m. », « pour vol. »
_WORDS_TOO = frozenset("m mm vol col st sept jan gen sen maj adm hon p n ca".split())
# These and those end one only before a word that commonly begins a sentence.
_SOMETIMES_LAST = frozenset(
    """me no nos fig art al ex rep min max etc jr sr inc ltd co corp cie bros p.-d.g u.s u.k
    u.n u.s.a e.u é.-u é.u j.-c ph.d d.c n.d.l.r ndlr s.a s.a.r.l st""".split()
)
_MOUNT_OR_FORT = frozenset({"Mt", "Ft"})
# An hour goes on with a time zone, a weekday or a month; before anything else it ends a sentence.
_HALF_DAY = frozenset({"a.m", "p.m"})
_OF_AN_HOUR = re.compile(
    r"\W*(?:\d{1,2}\s+)?(?:(?:[ECMPW]|A?[CE]S|[CEMP]D|[CE]ES|GM|BS|IS|JS|MS|PS|E[EDS])T|UTC|Eastern"
    r"|Central|Mountain|Pacific|Greenwich|(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*"
    r"|(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*|May)\b"
)
_STARTERS = frozenset(
    """le la les l un une des il elle ils elles on ce cela ces cette ceci c j je nous vous tu mais
    or et si en dans pour par selon après avant depuis pendant alors aussi ainsi cependant
    toutefois pourtant enfin puis quand lorsque comme son sa ses leur leurs notre nos qui que
    quel quelle où pourquoi au aux à d s y certes
    the a an he she it they we you i this that these those but and so in on at for by after
    before since while when as if there then however his her its their our what who where why
    how yet still""".split()
)
_PAIRS = {"«": "»", "“": "”", "(": ")", "[": "]"}
_MARK = re.compile(r"[«»“”()\[\]]")
# ’ is an apostrophe too: it closes only before something that is no letter.
_SINGLE_QUOTES = re.compile(rf"(?<!\S)‘[^‘]{{1,{GUARDED_LENGTH}}}?’(?!\w)")


def find_sentences(text: str, start: int = 0, end: int | None = None) -> list[tuple[int, int]]:
    """Cut a paragraph into sentence spans.

    Returns:
        Ordered ``(start, end)`` spans that do not overlap, start and end on
        characters that are not white space, and together cover every such character
        but the marks that begin a line of a list or of a block quotation
        (``- ``, ``* ``, ``1. ``, ``> ``), which are no words.
    """
    end = len(text) if end is None else end
    cuts = sorted({*_sentence_cuts(text, start, end), *_list_cuts(text, start, end)})
    spans = []
    for left, right in zip([start, *cuts], [*cuts, end], strict=True):
        piece = text[left:right]
        if piece.strip():
            begin = _skip_mark(text, start, left + len(piece) - len(piece.lstrip()), right)
            spans.append((begin, left + len(piece.rstrip())))
    return spans


def _skip_mark(text: str, start: int, begin: int, end: int) -> int:
    """Return where the words of a sentence begin, after the mark of a line if it begins one."""
    before = text[max(start, begin - _LOOK_AHEAD) : begin].rstrip(" \t\u00a0\u202f")
    if before[-1:] not in "\r\n":  # nothing too is in it: the paragraph begins here
        return begin
    mark = _MARK_OF_LINE.match(text, begin, end)
    return mark.end() if mark else begin


def _list_cuts(text: str, start: int, end: int) -> Iterator[int]:
    return (found.end() for found in _LIST_BREAK.finditer(text, start, end))


def _sentence_cuts(text: str, start: int, end: int) -> Iterator[int]:
    guarded = _guarded_spans(text, start, end)
    for found in _END.finditer(text, start, end):
        cut = found.end()
        around = bisect_right(guarded, (cut - 1, end)) - 1
        if around >= 0 and cut < guarded[around][1]:
            continue
        begin = _skip_space(text, cut, end)
        ahead = text[begin : min(end, begin + _LOOK_AHEAD)]
        if _can_start(ahead) and not _is_abbreviation(text, start, found, ahead):
            yield cut


def _skip_space(text: str, start: int, end: int) -> int:
    found = _SPACE.match(text, start, end)
    return found.end() if found else start


def _can_start(rest: str) -> bool:
    """Tell whether a sentence can begin here: a capital or a digit, after any opening marks."""
    rest = rest.lstrip()
    while rest and rest[0] in _OPENERS:
        rest = rest[1:].lstrip()
    if not rest:
        return False
    brand = rest[1:2].isupper()  # eBay, iPhone
    return brand or rest[0].isupper() or rest[0].isdigit() or not rest[0].isalpha()


def _is_abbreviation(text: str, start: int, found: re.Match[str], ahead: str) -> bool:
    if found[0] != "." or text[max(start, found.start() - 1)].isspace():
        return False
    before = _WORD_BEFORE.search(text, max(start, found.start() - 30), found.start())
    if not before:
        return False
    word = before[0].lstrip("'’-")
    # "l'art. 5": what counts is the part after the elision.
    word = word.replace("’", "'").rpartition("'")[2]
    if word.isdigit():  # "1. First point" at the head of a line
        head = text[max(start, found.start() - len(word) - 8) : found.start() - len(word)]
        return not head.rpartition("\n")[2].strip() and len(word) <= 3
    if word.lower() in _HALF_DAY:
        return _OF_AN_HOUR.match(ahead) is not None
    return _is_short_form(word, ahead)


def _is_short_form(word: str, ahead: str) -> bool:
    if (word.lower() in _NEVER_LAST and word not in _WORDS_TOO) or word in _MOUNT_OR_FORT:
        return True
    following = re.match(r"\W*(\w+)", ahead)
    starter = following is not None and following[1].lower() in _STARTERS
    if word in _WORDS_TOO or word.lower() in _SOMETIMES_LAST or _INITIAL.match(word):
        return not starter
    return False


def _guarded_spans(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Find quotations and brackets inside which no sentence is cut, ends excluded."""
    spans: list[tuple[int, int]] = []
    open_marks: dict[str, list[int]] = {closer: [] for closer in _PAIRS.values()}
    for found in _MARK.finditer(text, start, end):
        mark = found[0]
        if mark in _PAIRS:
            open_marks[_PAIRS[mark]].append(found.start())
        elif open_marks[mark]:
            opened = open_marks[mark].pop()
            if found.start() - opened <= GUARDED_LENGTH:
                spans.append((opened, found.start()))
    single = [
        (found.start(), found.end() - 1) for found in _SINGLE_QUOTES.finditer(text, start, end)
    ]
    return _outermost(spans + single + _straight_quotes(text, start, end))


def _outermost(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Join spans that overlap, in order, so that one look-up tells whether a cut is inside."""
    joined: list[tuple[int, int]] = []
    for left, right in sorted(spans):
        if joined and left < joined[-1][1]:
            joined[-1] = (joined[-1][0], max(right, joined[-1][1]))
        else:
            joined.append((left, right))
    return joined


def _straight_quotes(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Pair ASCII quotation marks, in order, when their number is even."""
    marks = [i for i in range(start, end) if text[i] == '"']
    if len(marks) % 2:
        return []
    pairs = zip(marks[::2], marks[1::2], strict=True)
    return [(left, right) for left, right in pairs if right - left <= GUARDED_LENGTH]
