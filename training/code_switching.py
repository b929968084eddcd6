"""Questions with words of the other language in them, so that the reader meets both at once.

There are few French articles with English questions. Replacing words by their translations in the
questions of one language lets the network align the two (Qin et al. 2020, "CoSDA-ML").
"""

from __future__ import annotations

import re

import numpy as np

from rag.words import translate

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

    def replace(found: re.Match[str]) -> str:
        word = found[0]
        if rng.random() >= share:
            return word
        known = _ASKING[language].get(word.lower().replace("’", "'"))
        if known is not None:
            return known
        translations = translate(word.lower(), language)
        if not translations:
            return word
        weights = np.array([probability for _, probability in translations])
        return translations[int(rng.choice(len(translations), p=weights / weights.sum()))][0]

    return " ".join(_WORD.sub(replace, question).split())
