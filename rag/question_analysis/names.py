"""The proper names and numbers of a question, and which of them a text does not hold.

A question about Poland is not answered by a passage without Poland.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache

from rag.question_analysis.matches import asked_words, locate
from rag.words import LANGUAGES, STOP_WORDS, fold, stem, tokenize, translate

LEAST_LIKELY_NAME = 0.2  # a translation less likely than this is another name

_STOP = frozenset(fold(word) for words in STOP_WORDS.values() for word in words)


@lru_cache(maxsize=256)
def names(question: str) -> Sequence[tuple[str, Mapping[str, float]]]:
    """Return the proper names and the numbers of a question, with the stems that match each.

    A name is a word with a capital that no sentence begins with, or that begins one and
    has no translation; in a question all in capitals, none is.
    """
    if question.isupper():
        return ()
    named = {
        question[start:end]
        for word, start, end in locate(question)
        if word[0].isdigit() or _is_name(question, word, start)
    }
    return tuple(
        (typed, {s: w for s, w in weights.items() if w >= LEAST_LIKELY_NAME})
        for typed, weights in asked_words(question)
        if typed in named
    )


def _is_name(question: str, word: str, start: int) -> bool:
    if not question[start].isupper():
        return False
    opens = not any(map(str.isalnum, question[:start])) or question[:start].rstrip()[-1] in ".!?"
    return not opens or _is_never_common(word)


def _is_never_common(word: str) -> bool:
    """Whether a word that begins a question would have a capital anywhere: "Paris", "Leavitt".

    Common words have a translation, mostly not themselves.
    """
    if fold(word) in _STOP:
        return False
    found = [translations[0][0] for each in LANGUAGES if (translations := translate(word, each))]
    return all(fold(translation) == fold(word) for translation in found)


def missing_names(question: str, text: str, language: str, title: str = "") -> tuple[str, ...]:
    """Return the proper names and numbers of a question that a text does not hold.

    Their share is ``len(missing_names(…)) / len(names(question))``.

    Args:
        question: In French or in English.
        text: A sentence or a passage.
        language: Of the text: ``fr`` or ``en``.
        title: Of its article: what it says counts as said in the text.
    """
    if not names(question):
        return ()
    said = {stem(fold(word), language) for word in tokenize(f"{text}\n{title}")}
    return missing_from(question, said)


def missing_from(question: str, stems: Collection[str]) -> tuple[str, ...]:
    """Return the proper names and numbers of a question that are not among stems."""
    return tuple(typed for typed, weights in names(question) if weights.keys().isdisjoint(stems))
