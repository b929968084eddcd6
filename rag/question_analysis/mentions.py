"""Whether a sentence holds a thing of the type that a question asks for.

Surface marks only: names by their capitals, numbers by their digits or words,
reasons and definitions by the words that announce them. What the question says
itself is no answer to it: "in 1984" does not tell when, if 1984 was asked about.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from rag.question_analysis.answer_type import KINDS, LONGEST_QUESTION, asked_for
from rag.question_analysis.mention_patterns import (
    CALENDAR,
    DATE,
    DEFINITION,
    DURATION,
    ELIDED,
    FRACTION,
    MANNER,
    MONEY,
    NAME,
    NO_PERSON,
    NUMBER,
    PERCENT,
    PLACE_BEFORE,
    RANGE,
    REASON,
    ROLE,
    SEVERAL,
    STRICT_BEFORE,
    WHEN,
    WHERE,
)
from rag.words import STOP_WORDS, fold, tokenize, translate

STRONG, WEAK, NONE = 1.0, 0.5, 0.0

LONGEST_SENTENCE = 4000  # characters read: what is longer is a table, and seldom an answer

_FOLDED_STOP_WORDS = {key: frozenset(map(fold, words)) for key, words in STOP_WORDS.items()}
_PIECE = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Asked:
    """What a question asks for, and the words it already says; made once a question.

    Attributes:
        kind: One of `rag.question_analysis.answer_type.KINDS`, or empty.
        said: The question's words, folded.
    """

    kind: str
    said: frozenset[str]

    def held_in(self, sentence: str, language: str) -> float:
        """Return how clearly a sentence holds a thing of the type asked for.

        Args:
            sentence: Any text; its first `LONGEST_SENTENCE` characters are read.
            language: Of the sentence: ``fr`` or ``en``; any other reads as both.

        Returns:
            1 where it plainly does, 0.5 where something may pass for one, else 0;
            0 too where any thing would do, or a yes or a no.
        """
        find = _FINDERS.get(self.kind)
        return find(_plain(sentence), self.said, language) if find and sentence else NONE


def asked(question: str) -> Asked:
    """Return what a question asks for, ready to be looked for in many sentences."""
    return Asked(asked_for(question), _said(question))


def holds(kind: str, sentence: str, question: str, language: str) -> float:
    """Return how clearly a sentence holds a thing of a type; see `Asked.held_in`.

    Raises:
        ValueError: If the type is not one of `rag.question_analysis.answer_type.KINDS`, nor empty.
    """
    if kind and kind not in KINDS:
        raise ValueError(f"no such type of answer: {kind!r}; use one of {', '.join(KINDS)}")
    return Asked(kind, _said(question)).held_in(sentence, language)


def _plain(sentence: str) -> str:
    text = unicodedata.normalize("NFC", sentence[:LONGEST_SENTENCE]).replace("’", "'")
    return " ".join(text.split())


def _is_new(mention: str, said: frozenset[str]) -> bool:
    """Whether a mention says a number or a word that the question does not."""
    return not said.issuperset(_pieces(mention))


def _said(question: str) -> frozenset[str]:
    """Return the question's words, its numbers both whole and in pieces ("10 000")."""
    text = _plain(question[:LONGEST_QUESTION])
    return frozenset(map(fold, tokenize(text))).union(_pieces(text))


def _pieces(text: str) -> list[str]:
    return _PIECE.findall(fold(text.lower()))


def _new(pattern: re.Pattern[str], text: str, said: frozenset[str]) -> Iterator[str]:
    return (found[0] for found in pattern.finditer(text) if _is_new(found[0], said))


def _date(text: str, said: frozenset[str], _language: str) -> float:
    if any(True for _ in _new(DATE, text, said)):
        return STRONG
    return WEAK if any(True for _ in _new(WHEN, text, said)) else NONE


def _number(text: str, said: frozenset[str], _language: str) -> float:
    dates = [found.span() for found in DATE.finditer(text)]
    weak = False
    for found in NUMBER.finditer(text):
        if not _is_new(found[0], said):
            continue
        if not any(start <= found.start() < end for start, end in dates):
            return STRONG
        weak = True
    return WEAK if weak or SEVERAL.search(text) else NONE


def _amount(text: str, said: frozenset[str], language: str) -> float:
    number = _number(text, said, language)
    if number == STRONG:
        return STRONG if MONEY.search(text) else WEAK
    return WEAK if MONEY.search(text) else NONE


def _percentage(text: str, said: frozenset[str], language: str) -> float:
    number = _number(text, said, language)
    if number and PERCENT.search(text):
        return STRONG
    return WEAK if number == STRONG or FRACTION.search(text) else NONE


def _duration(text: str, said: frozenset[str], _language: str) -> float:
    if any(True for _ in _new(DURATION, text, said)):
        return STRONG
    return WEAK if RANGE.search(text) else NONE


def _names(text: str, said: frozenset[str], language: str) -> Iterator[tuple[int, list[str]]]:
    """Yield where each new name stands and its words, those of the question left out."""
    for found in NAME.finditer(text):
        words = [ELIDED.sub("", word) for word in found[0].split()]
        start = found.start()
        opens = not text[:start].strip(" «“\"'([-–—") or text[:start].rstrip()[-1:] in ".!?:"
        if opens and _is_common(words[0], language, alone=len(words) == 1):
            words = words[1:]
        fresh = [
            word
            for word in words
            if word[:1].isupper() and not CALENDAR.match(word) and _is_new(word, said)
        ]
        if fresh:
            yield start, fresh


def _is_common(word: str, language: str, *, alone: bool) -> bool:
    """Whether a word that begins a sentence owes its capital to that alone."""
    lower = word.lower()
    languages = [language] if language in STOP_WORDS else list(STOP_WORDS)
    if any(lower in STOP_WORDS[each] for each in languages):
        return True
    known = [found[0][0] for each in languages if (found := translate(lower, each))]
    return alone and any(fold(translation) != fold(lower) for translation in known)


def _person(text: str, said: frozenset[str], language: str) -> float:
    best = NONE
    for start, words in _names(text, said, language):
        likely = [w for w in words if fold(w.lower()) not in NO_PERSON and not w.isupper()]
        if len(likely) > 1 or (likely and ROLE.search(text, max(0, start - 20), start)):
            return STRONG
        best = WEAK if likely or best else best
    return best


def _place(text: str, said: frozenset[str], language: str) -> float:
    best = WEAK if _marks(WHERE, language).search(text) else NONE
    before = _before_place(language)
    for start, _ in _names(text, said, language):
        elided = ELIDED.match(text, start)
        placed = before.search(text, max(0, start - 40), elided.end() if elided else start)
        if placed and not STRICT_BEFORE.match(placed[0].strip()):
            return STRONG
        best = WEAK
    return best


@lru_cache(maxsize=4)
def _before_place(language: str) -> re.Pattern[str]:
    either = "|".join(_of(PLACE_BEFORE, language))
    return re.compile(rf"(?<!\w)(?:{either})\Z", re.IGNORECASE)


def _of(table: Mapping[str, str], language: str) -> list[str]:
    return [table[language]] if language in table else list(table.values())


def _marks(table: Mapping[str, str], language: str) -> re.Pattern[str]:
    return _compiled("|".join(_of(table, language)))


@lru_cache(maxsize=32)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


def _definition(text: str, said: frozenset[str], language: str) -> float:
    """Look for the question's term, then for what announces a definition after it."""
    terms = said.difference(*_FOLDED_STOP_WORDS.values())
    strong, weak = ({key: marks[i] for key, marks in DEFINITION.items()} for i in (0, 1))
    for level, marks in ((STRONG, strong), (WEAK, weak)):
        found = _marks(marks, language).search(text)
        if found and not terms.isdisjoint(_pieces(text[: found.start()])):
            return level
    return NONE


def _announced(table: Mapping[str, tuple[str, str]]) -> Callable[..., float]:
    """Return a finder of what words announce: strong marks first, then weak ones."""
    strong = {language: marks[0] for language, marks in table.items()}
    weak = {language: marks[1] for language, marks in table.items()}

    def find(text: str, _said: frozenset[str], language: str) -> float:
        if _marks(strong, language).search(text):
            return STRONG
        return WEAK if _marks(weak, language).search(text) else NONE

    return find


_FINDERS: Mapping[str, Callable[[str, frozenset[str], str], float]] = {
    "person": _person,
    "place": _place,
    "date": _date,
    "duration": _duration,
    "number": _number,
    "amount": _amount,
    "percentage": _percentage,
    "reason": _announced(REASON),
    "manner": _announced(MANNER),
    "definition": _definition,
}
