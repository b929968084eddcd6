"""Language, tokens, stop words, stems and translations, for French and English.

A token is lower-cased, freed of its elided article ("l'accord", "d’un" →
"accord", "un"), its ligatures opened (œ → oe), freed of its accents and then
stemmed by Snowball. Stemming before the accents go finds no more on PIAF, and
would keep a question typed without accents from what it asks about.
"""

from __future__ import annotations

import lzma
import re
import threading
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from importlib.resources import files

import Stemmer

LANGUAGES = ("fr", "en")
LEAST_PROBABLE = 0.05  # a translation less likely than this is no match

_SNOWBALL = {"fr": "french", "en": "english"}
TOKEN = re.compile(r"\d+(?:[.,]\d+)+|(?:[^\W_]\.){2,}[^\W_]?|[^\W_]+(?:['’][^\W_]+)*")
# Thousands in French type: "10 000" with a narrow, plain or no-break space is one number.
THOUSANDS = re.compile(r"(?<![\d.,])(\d{1,3})((?:[ \u00a0\u202f\u2009]\d{3})+)(?!\d)")
ENGLISH_THOUSANDS = re.compile(r"(?<![\d.,])\d{1,3}(?:,\d{3})+(?!\d)")
_ELISION = re.compile(r"^(?:[cdjlmnst]|qu|jusqu|lorsqu|puisqu|quoiqu)['’](?=\w)")
_POSSESSIVE = re.compile(r"['’]s?$")
LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "ß": "ss", "’": "'"})

STOP_WORDS: Mapping[str, frozenset[str]] = {
    "fr": frozenset(
        """a à ai aie ainsi alors as au aucun aucune auquel aussi autre autres aux auxquels avaient
        avait avant avec avez avoir avons ayant beaucoup bien c ça car ce ceci cela celle celles
        celui ces cet cette ceux chez ci combien comme comment d dans de depuis des dès donc dont du
        durant elle elles en encore entre es est est-ce et étaient était étant été être eu eux fait
        faire faut fois font fut furent il ils j je jusqu l la là laquelle le lequel les lesquelles
        lesquels leur leurs lors lorsqu lorsque lui m ma mais me même mêmes mes moi moins mon n ne
        ni non nos notre nous on ont ou où par parce pas pendant peu peut peuvent plus plusieurs
        pour pourquoi pourrait pouvait près puis puisque qu quand que quel quelle quelles quels qui
        quoi s sa sans se selon sera seront ses si soi soit son sont sous soyez suis sur t ta te tes
        toi ton tous tout toute toutes très tu un une va vers voici voilà vos votre vous y
        """.split()
    ),
    "en": frozenset(
        """a about after again against all also am an and any are as at be because been before being
        between both but by can cannot could d did do does doing done down during each every few for
        from further had has have having he her here hers him his how i if in into is it its itself
        just ll m many may me might more most much must my no nor not now of off on once only or
        other our out over own re s same shall she should so some such t than that the their theirs
        them then there these they this those through to too under until up us ve very was we were
        what when where which while who whom whose why will with would you your yours""".split()
    ),
}


def fold(word: str) -> str:
    """Strip the accents of a lower-case word."""
    if word.isascii():
        return word
    decomposed = unicodedata.normalize("NFKD", word)
    return "".join(char for char in decomposed if not unicodedata.combining(char))


_FOLDED_STOP_WORDS = {
    language: frozenset(map(fold, words)) for language, words in STOP_WORDS.items()
}


def detect_language(text: str) -> str:
    """Tell French from English by a vote of stop words.

    Returns:
        ``fr``, ``en``, or ``und`` where fewer than one word in twenty votes, or none wins.
    """
    words = re.findall(r"[^\W\d_]+", text[:20_000].lower())
    votes = Counter(
        language
        for word in map(fold, words)
        for language in LANGUAGES
        if word in _FOLDED_STOP_WORDS[language]
    )
    # Letters that English does not use decide short questions: "Où est né Hugo ?"
    accents = len(re.findall(r"[àâçèéêëîïôùûœ]", text[:20_000].lower()))
    votes["fr"] += min(accents, 1 + len(words) // 10)
    (first, most), (_, second) = [*votes.most_common(2), ("und", 0), ("und", 0)][:2]
    return first if most > second and most * 20 >= len(words) else "und"


def tokenize(text: str) -> list[str]:
    """Cut a text into lower-case words without elided articles; accents are kept."""
    text = unicodedata.normalize("NFC", text).lower().translate(LIGATURES)
    for thousands in (THOUSANDS, ENGLISH_THOUSANDS):
        text = thousands.sub(lambda found: re.sub(r"\D", "", found[0]), text)
    return [token for raw in TOKEN.findall(text) for token in without_elision(raw)]


def without_elision(token: str) -> list[str]:
    """Return what a token says without its elided article, its possessive and its points."""
    if elided := _ELISION.match(token):
        token = token[elided.end() :]
    if token[0].isdigit():
        token = token.replace(",", ".")  # "4,5" in French is "4.5" in English
    else:
        token = _POSSESSIVE.sub("", token).replace(".", "")
    return [part for part in token.split("'") if part]


def analyse(text: str, language: str) -> list[str]:
    """Return the stems of a text's words, in order, stop words left out.

    Args:
        text: Any text.
        language: ``fr`` or ``en``; others are folded but not stemmed.
    """
    stop = _FOLDED_STOP_WORDS.get(language, frozenset())
    return [stem(word, language) for word in map(fold, tokenize(text)) if word not in stop]


def question_words(question: str) -> list[dict[str, float]]:
    """Return a question's words, each with the stems that count as a match and their weights.

    A word matches itself in articles of either language (names, numbers), and its
    translations as far as they are probable: probabilistic structured queries
    (Darwish & Oard, SIGIR 2003).
    """
    language = detect_language(question)
    stop = _FOLDED_STOP_WORDS.get(language) or frozenset().union(*_FOLDED_STOP_WORDS.values())
    words = dict.fromkeys(word for word in map(fold, tokenize(question)) if word not in stop)
    spoken = (language,) if language in LANGUAGES else LANGUAGES
    return [_matches(word, spoken) for word in words]


def _matches(word: str, spoken: Sequence[str]) -> dict[str, float]:
    weights: dict[str, float] = {}
    for language in spoken:
        other = "en" if language == "fr" else "fr"
        for translation, probability in translate(word, language):
            match = stem(translation, other)
            weights[match] = min(1.0, weights.get(match, 0.0) + probability)
    return weights | {stem(word, language): 1.0 for language in LANGUAGES}


def translate(word: str, language: str) -> list[tuple[str, float]]:
    """Return a lower-case word's translations with their probabilities.

    Args:
        word: With or without its accents.
        language: Of the word: ``fr`` or ``en``; the translations are of the other one.
    """
    return _lexicon()[language].get(fold(word), [])


@cache
def _lexicon() -> dict[str, dict[str, list[tuple[str, float]]]]:
    """Read the translation table that ``python -m training.lexicon`` made."""
    tables: dict[str, dict[str, list[tuple[str, float]]]] = {"en": {}, "fr": {}}
    packed = files("rag").joinpath("lexicon.tsv.xz").read_bytes()
    for line in lzma.decompress(packed).decode("utf-8").split("\n"):
        if line:
            english, french, of_french, of_english = line.split("\t")
            _admit(tables["en"], english, french, float(of_french))
            _admit(tables["fr"], french, english, float(of_english))
    return tables


def _admit(
    table: dict[str, list[tuple[str, float]]], word: str, translation: str, probability: float
) -> None:
    if probability >= LEAST_PROBABLE:
        table.setdefault(fold(word), []).append((translation, probability))


_local = threading.local()


@lru_cache(maxsize=200_000)
def stem(word: str, language: str) -> str:
    """Return the Snowball stem of a lower-case word, its accents stripped first."""
    word = fold(word)
    if language not in _SNOWBALL:
        return word
    stemmers = _local.__dict__  # a Snowball stemmer is not safe between threads
    if language not in stemmers:
        stemmers[language] = Stemmer.Stemmer(_SNOWBALL[language])
    return str(stemmers[language].stemWord(word))
