"""Every word of the interface, in French and in English, in one place.

What a reader sees is either a slice of an article or one of these strings;
nothing is composed from anything else. A test checks that both languages have
the same keys and the same placeholders.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import Final, Literal

from rag.catalogue_en import ENGLISH
from rag.catalogue_fr import FRENCH

Language = Literal["en", "fr"]
LANGUAGES: Final[tuple[Language, ...]] = ("en", "fr")

STRINGS: Final = MappingProxyType({"en": MappingProxyType(ENGLISH), "fr": MappingProxyType(FRENCH)})

LANGUAGE_NAMES: Final = MappingProxyType(
    {
        "en": {"en": "English", "fr": "French"},
        "fr": {"en": "anglais", "fr": "français"},
    }
)

EXAMPLES_ARTICLE: Final = "8463b736b0396ba0"  # the id of the article that answers them
EXAMPLES: Final = MappingProxyType(
    {
        "en": (
            "What does the treaty commit each country to?",
            "How many North Korean soldiers have been deployed in Russia?",
            "Who is Jérôme Pellistrandi?",
        ),
        "fr": (
            "À quoi le traité engage-t-il chaque pays ?",
            "Combien de soldats russes ont été tués et blessés depuis février 2022 ?",
            "Pourquoi la guerre de Corée compte-t-elle pour les Américains ?",
        ),
    }
)

MONTHS: Final = MappingProxyType(
    {
        "en": (
            "January", "February", "March", "April", "May", "June", "July",
            "August", "September", "October", "November", "December",
        ),
        "fr": (
            "janvier", "février", "mars", "avril", "mai", "juin", "juillet",
            "août", "septembre", "octobre", "novembre", "décembre",
        ),
    }
)  # fmt: skip


def say(key: str, language: Language, **values: object) -> str:
    """Return one string of the interface, with its placeholders filled.

    Raises:
        KeyError: If the catalogue has no such key, or a placeholder has no value.
    """
    return STRINGS[language][key].format(**values)


def say_number(value: float, language: Language) -> str:
    """Write a score with two decimals: ``0.93`` in English, ``0,93`` in French."""
    text = f"{value:.2f}"
    return text.replace(".", ",") if language == "fr" else text


def say_count(count: int, language: Language) -> str:
    """Write a whole number in groups of three: ``10,000`` in English, ``10 000`` in French."""
    return f"{count:,}".replace(",", "\u202f") if language == "fr" else f"{count:,}"


def say_date(published: str, language: Language) -> str:
    """Write ``YYYY``, ``YYYY-MM`` or ``YYYY-MM-DD`` as a reader would; else as it is."""
    parts = published.split("-")
    if len(parts) not in (2, 3) or not all(part.isdecimal() for part in parts):
        return published
    month = int(parts[1])
    if not 1 <= month <= 12:
        return published
    words = [MONTHS[language][month - 1], parts[0]]
    if len(parts) == 3:
        day = int(parts[2])
        words.insert(0, "1er" if language == "fr" and day == 1 else str(day))
    return " ".join(words)


def choose_language(tag: str | None) -> Language:
    """Return the catalogue's language for a browser's tag (``fr-CA`` is French), else English."""
    return "fr" if (tag or "").strip().lower().split("-")[0] == "fr" else "en"
