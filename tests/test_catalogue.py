"""The catalogue is complete: what one language can say, the other can."""

import re
from pathlib import Path
from string import Formatter

import pytest

from rag import catalogue
from rag.catalogue import EXAMPLES, LANGUAGES, MONTHS, STRINGS, choose_language, say, say_date

ROOT = Path(__file__).parent.parent
MADE = ("kind_", "stage_", "reason_", "export_", "copy_", "duplicate_")  # of a name of the code
NAMES = ["presenter", "catalogue", "shelf", "suggester"]
USERS = [
    *(ROOT / f"rag/{name}.py" for name in NAMES),
    *sorted((ROOT / "rag/page").glob("*.py")),
    *sorted((ROOT / "rag/exports").glob("*.py")),
    *sorted((ROOT / "rag/page/assets").glob("*.js")),
]


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


@pytest.mark.parametrize("key", sorted({key for each in STRINGS.values() for key in each}))
def test_every_string_exists_in_every_language_with_the_same_placeholders(key: str) -> None:
    texts = [STRINGS[language][key] for language in LANGUAGES]
    assert all(text.strip() == text and text for text in texts)
    assert len({frozenset(placeholders(text)) for text in texts}) == 1


def test_every_string_is_used_and_every_used_string_exists() -> None:
    source = "".join(path.read_text(encoding="utf-8") for path in USERS)
    used = set(re.findall(r"""['"]([a-z_]+)['"]""", source))
    made = {key for key in STRINGS["en"] if key.startswith(MADE)}
    assert set(STRINGS["en"]) - made <= used
    asked = re.findall(r"""\b(?:_?say)\(\s*['"]([a-z_]+)['"]""", source)
    assert set(asked) <= set(STRINGS["en"])


def test_french_typography() -> None:
    for text in [*STRINGS["fr"].values(), *EXAMPLES["fr"]]:
        assert "'" not in text, "a French apostrophe is ’"
        assert not re.search(r"\w[?!;:]", text), f"a space is missing before a mark in {text!r}"


def test_languages_offer_the_same_examples_and_months() -> None:
    assert set(EXAMPLES) == set(MONTHS) == set(STRINGS) == set(LANGUAGES)
    assert all(len(set(EXAMPLES[language])) == 3 for language in LANGUAGES)
    assert all(len(set(MONTHS[language])) == 12 for language in LANGUAGES)


def test_say_fills_the_placeholders() -> None:
    assert say("place", "fr", start=1, end=12) == "caractères 1 à 12"
    assert say("place", "en", start=1, end=12) == "characters 1–12"
    with pytest.raises(KeyError):
        say("place", "en")
    with pytest.raises(KeyError):
        say("no such key", "en")


@pytest.mark.parametrize(
    ("published", "english", "french"),
    [
        ("", "", ""),
        ("2024", "2024", "2024"),
        ("2024-11", "November 2024", "novembre 2024"),
        ("2024-08-01", "1 August 2024", "1er août 2024"),
        ("2024-08-21", "21 August 2024", "21 août 2024"),
        ("2024-13", "2024-13", "2024-13"),
        ("November 2024", "November 2024", "November 2024"),
        ("in-2024", "in-2024", "in-2024"),
    ],
)
def test_dates_read_as_a_reader_would(published: str, english: str, french: str) -> None:
    assert say_date(published, "en") == english
    assert say_date(published, "fr") == french


def test_numbers_follow_the_language() -> None:
    assert catalogue.say_number(0.934, "en") == "0.93"
    assert catalogue.say_number(0.934, "fr") == "0,93"


@pytest.mark.parametrize(
    ("tag", "language"),
    [("fr", "fr"), ("fr-CA", "fr"), ("FR", "fr"), ("en-GB", "en"), ("de", "en"), ("frr", "en"),
     ("", "en"), (None, "en")],
)  # fmt: skip
def test_the_language_of_the_browser_is_followed(tag: str | None, language: str) -> None:
    assert choose_language(tag) == language
