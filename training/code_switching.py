"""Questions with words of the other language in them, and questions in other words.

There are few French articles with English questions. Replacing words by their translations in the
questions of one language lets the network align the two (Qin et al. 2020, "CoSDA-ML"). A word
translated and back is often another one that says the same (Bannard & Callison-Burch 2005).
"""

from __future__ import annotations

import re
from collections.abc import Callable

import numpy as np

from rag.words import STOP_WORDS, translate

_WORD = re.compile(r"[^\W\d_]+(?:['’](?=[^\W\d_]))?")
_ASKING = {
    "fr": {
        "qui": "who", "quand": "when", "où": "where", "pourquoi": "why", "comment": "how",
        "combien": "how many", "quel": "what", "quelle": "which", "quels": "which",
        "quelles": "what", "que": "what", "quoi": "what", "qu'": "what ", "l'": "the ", "d'": "of ",
        "de": "of", "du": "of the", "des": "of the", "le": "the", "la": "the", "les": "the",
        "est": "is", "sont": "are", "a": "has", "ont": "have", "dans": "in", "en": "in", "à": "at",
        "et": "and", "un": "a", "une": "a", "par": "by", "au": "to the", "s'": "",
    },
    "en": {
        "who": "qui", "when": "quand", "where": "où", "why": "pourquoi", "how": "comment",
        "what": "quel", "which": "quelle", "whom": "qui", "the": "le", "of": "de", "is": "est",
        "are": "sont", "was": "était", "were": "étaient", "did": "", "does": "", "do": "",
        "in": "dans", "to": "à", "by": "par", "and": "et", "a": "un", "an": "un", "many": "combien",
        "has": "a", "have": "ont", "for": "pour", "on": "sur", "with": "avec", "from": "de",
    },
}  # fmt: skip


def switch(question: str, language: str, share: float, rng: np.random.Generator) -> str:
    """Put words of a question into the other language, each with a probability.

    Args:
        question: In ``language``.
        language: ``fr`` or ``en``.
        share: Probability of replacing a word that has a translation, 0 to 1.
        rng: Draws which words, and which of their translations.
    """

    def replace(word: str) -> str:
        known = _ASKING[language].get(word.lower().replace("’", "'"))
        return known if known is not None else _translation(word, language, rng)

    return _replace_words(question, share, replace, rng)


def reword(question: str, language: str, share: float, rng: np.random.Generator) -> str:
    """Put words of a question into other words of its language, each with a probability.

    Words that ask or join, and words with a capital, stay.

    Args:
        question: In ``language``.
        language: ``fr`` or ``en``.
        share: Probability of replacing a word that has a translation, 0 to 1.
        rng: Draws which words, and which words stand for them.
    """
    other = "en" if language == "fr" else "fr"
    kept = _ASKING[language].keys() | STOP_WORDS[language]

    def replace(word: str) -> str:
        if word[0].isupper() or word.lower().replace("’", "'") in kept:
            return word
        return _translation(_translation(word, language, rng), other, rng)

    return _replace_words(question, share, replace, rng)


def _replace_words(
    question: str, share: float, replace: Callable[[str], str], rng: np.random.Generator
) -> str:
    changed = _WORD.sub(lambda m: replace(m[0]) if rng.random() < share else m[0], question)
    return " ".join(changed.split())


def _translation(word: str, language: str, rng: np.random.Generator) -> str:
    """Draw a translation of a word by its probability; the word itself where none is known."""
    translations = translate(word.lower(), language)
    if not translations:
        return word
    weights = np.array([probability for _, probability in translations])
    return translations[int(rng.choice(len(translations), p=weights / weights.sum()))][0]
