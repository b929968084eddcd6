"""Which words of a question a text holds, and where each stands.

Words match as ``rag.words`` says: by their stems, or by those of a translation.
The words found here are those that count in ``rag.evidence.coverage``; here they
keep their places, so that they can be shown in the article as it stands.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache

from rag.datamodels import Match
from rag.words import (
    ENGLISH_THOUSANDS,
    LIGATURES,
    STOP_WORDS,
    THOUSANDS,
    TOKEN,
    detect_language,
    fold,
    question_words,
    stem,
    without_elision,
)

_STOP = {language: frozenset(map(fold, words)) for language, words in STOP_WORDS.items()}
_EVERY_STOP = frozenset().union(*_STOP.values())
# Words that help to ask; that no article holds them tells nothing of what is asked.
_HELPERS = frozenset(
    """chaque chacun chacune plusieurs quelque quelques depuis lorsque selon exactement précisément
    aller allé donner donné dire since each every several exactly precisely ever actually happen
    happened give gave given say said tell told many much""".split()
)


def match_words(question: str, text: str, language: str, offset: int = 0) -> list[Match]:
    """Find the words of a question in a text.

    Args:
        question: In French or in English.
        text: A sentence or more, as it stands in the article.
        language: Of the text: ``fr`` or ``en``; the words of others are not stemmed.
        offset: Where the text begins in the article; added to every place.

    Returns:
        One match for each word found, with the word of the question nearest to it, in order;
        ``text[match.start - offset : match.end - offset] == match.found``.
    """
    wanted = _by_stem(question)
    stop = _STOP.get(language, frozenset())
    matches = []
    for word, start, end in locate(text):
        folded = fold(word)
        if folded in stop:
            continue
        if (best := wanted.get(stem(folded, language))) is not None:
            asked, weight = best
            matches.append(Match(asked, text[start:end], offset + start, offset + end, weight))
    return matches


def unknown_words(question: str, known: Callable[[Mapping[str, float]], bool]) -> tuple[str, ...]:
    """Return the words of a question that no article holds, as typed, in order; no mere helpers.

    Args:
        question: In French or in English.
        known: Whether the library holds a word, of which it is given the stems that match
            with their weights, as `rag.words.question_words` makes them.
    """
    return tuple(
        typed
        for typed, weights in asked_words(question)
        if typed.casefold() not in _HELPERS and not known(weights)
    )


@lru_cache(maxsize=256)
def asked_words(question: str) -> Sequence[tuple[str, Mapping[str, float]]]:
    """Return a question's words as typed, each with the stems that match it.

    The mappings are those of `rag.words.question_words`, in the same order.
    """
    stop = _STOP.get(detect_language(question), _EVERY_STOP)
    typed: dict[str, str] = {}
    for word, start, end in locate(question):
        if (folded := fold(word)) not in stop:
            typed.setdefault(folded, question[start:end])
    return tuple(zip(typed.values(), question_words(question), strict=True))


@lru_cache(maxsize=256)
def _by_stem(question: str) -> Mapping[str, tuple[str, float]]:
    """Return, for each stem, the question's word that it answers to best, and how well."""
    best: dict[str, tuple[str, float]] = {}
    for typed, weights in asked_words(question):
        for stemmed, weight in weights.items():
            if stemmed not in best or weight > best[stemmed][1]:
                best[stemmed] = (typed, weight)
    return best


def locate(text: str) -> Iterator[tuple[str, int, int]]:
    """Yield the tokens of ``rag.words.tokenize(text)``, each with its place in the text.

    An elided article is left out of the place ("l'accord" gives that of "accord"); a number or
    an acronym keeps its separators ("10 000", "U.S.A").
    """
    plain, starts, ends = _aligned(text)
    for pattern in (THOUSANDS, ENGLISH_THOUSANDS):
        plain, starts, ends = _without_separators(plain, starts, ends, pattern)
    for found in TOKEN.finditer(plain):
        raw, end = found[0], len(found[0])
        if raw.isalpha():  # most words: nothing is elided, nothing dropped
            yield raw, starts[found.start()], ends[found.end() - 1]
            continue
        located = []
        for token in reversed(without_elision(raw)):
            # From the right: what is dropped on the left is an article, never a whole word.
            start = max(0, raw.rfind(token, 0, end))
            stop = start + len(token) if raw.startswith(token, start) else end
            first, last = found.start() + start, found.start() + stop - 1
            located.append((token, starts[first], ends[last]))
            end = start
        yield from reversed(located)


def _aligned(text: str) -> tuple[str, Sequence[int], Sequence[int]]:
    """Return what ``tokenize`` reads, and where each of its characters begins and ends in text."""
    composed = unicodedata.normalize("NFC", text)
    plain = composed.lower().translate(LIGATURES)
    if composed == text and len(plain) == len(text):
        return plain, range(len(text)), range(1, len(text) + 1)
    starts: list[int] = []
    ends: list[int] = []
    for start, end in _clusters(text):
        size = len(unicodedata.normalize("NFC", text[start:end]).lower().translate(LIGATURES))
        starts += [start] * size
        ends += [end] * size
    return plain, starts, ends


def _clusters(text: str) -> Iterator[tuple[int, int]]:
    """Yield the slices that composition never reaches across: a character and its marks."""
    start = 0
    for i in range(1, len(text)):
        if not _may_compose(text[i]):
            yield start, i
            start = i
    if text:
        yield start, len(text)


def _may_compose(char: str) -> bool:
    """Whether a character may become one with what stands before it: a mark, a Korean vowel."""
    if char <= "\u02ff":
        return False
    return unicodedata.category(char)[0] == "M" or "\u1160" <= char <= "\u11ff"


def _without_separators(
    plain: str, starts: Sequence[int], ends: Sequence[int], pattern: re.Pattern[str]
) -> tuple[str, Sequence[int], Sequence[int]]:
    """Join the digits of large numbers ("10 000"), as ``tokenize`` does."""
    spans = [found.span() for found in pattern.finditer(plain)]
    dropped = {i for span in spans for i in range(*span) if not plain[i].isdecimal()}
    if not dropped:
        return plain, starts, ends
    kept = [i for i in range(len(plain)) if i not in dropped]
    return "".join(plain[i] for i in kept), [starts[i] for i in kept], [ends[i] for i in kept]
