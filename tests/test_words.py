"""Words: what makes two words the same, and which language a text is in."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.words import (
    LEAST_PROBABLE,
    analyse,
    detect_language,
    fold,
    question_words,
    stem,
    tokenize,
    translate,
)

FRENCH_QUESTIONS = """
Qui est Jérôme Pellistrandi ?
Où est né Victor Hugo ?
À quoi le traité engage-t-il chaque pays ?
Combien de soldats ont été tués ?
Quand la loi a-t-elle été publiée ?
Pourquoi le pont ferme-t-il ?
Que prévoit l'accord ?
Quel est le prix du billet ?
Qu'est-ce que la chambre haute ?
Qui a signé ?
Comment va le gardien ?
Quelle ville ?
Est-ce que les pommes sont bonnes ?
Combien coûtent les travaux ?
Où vivent-ils ?
"""
ENGLISH_QUESTIONS = """
Who is Jérôme Pellistrandi?
Where was Victor Hugo born?
What does the treaty commit each country to?
How many soldiers were killed?
When was the law published?
Why is the bridge closing?
What does the agreement provide for?
What is the price of a ticket?
What is the upper house?
Who signed it?
How is the keeper?
Which city?
Are the apples good?
How much did the works cost?
Where do they live?
"""


@pytest.mark.parametrize("question", FRENCH_QUESTIONS.strip().split("\n"))
def test_french_questions(question: str) -> None:
    assert detect_language(question) == "fr"


@pytest.mark.parametrize("question", ENGLISH_QUESTIONS.strip().split("\n"))
def test_english_questions(question: str) -> None:
    assert detect_language(question) == "en"


@pytest.mark.parametrize("text", ["", "123", "Pyongyang", "東京は日本の首都です", "xyzzy plugh"])
def test_other_texts_have_no_language(text: str) -> None:
    assert detect_language(text) == "und"


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("l'accord d'un", ["accord", "un"]),
        ("l’accord d’un", ["accord", "un"]),
        ("L'ACCORD", ["accord"]),
        ("qu'il jusqu’ici", ["il", "ici"]),
        ("aujourd'hui", ["aujourd", "hui"]),
        ("the keeper's dogs'", ["the", "keeper", "dogs"]),
        ("un œuvre, un Œdipe", ["un", "oeuvre", "un", "oedipe"]),
        ("cæcum Straße", ["caecum", "strasse"]),
        ("É.-U. et U.S.A.", ["é", "u", "et", "usa"]),
        ("va-t-elle", ["va", "t", "elle"]),
        ("e\u0301te\u0301", ["été"]),
        ("10 000 soldats", ["10000", "soldats"]),
        ("10\u00a0000\u202f000", ["10000000"]),
        ("10\u202f000", ["10000"]),
        ("10\u2009000", ["10000"]),
        ("10,000 soldiers", ["10000", "soldiers"]),
        ("1,200,300 m", ["1200300", "m"]),
        ("4,5 millions", ["4.5", "millions"]),
        ("4.5 million", ["4.5", "million"]),
        ("le 8 novembre 2024", ["le", "8", "novembre", "2024"]),
        ("en 2024 100 chats", ["en", "2024", "100", "chats"]),
        ("… « » !?", []),
        ("", []),
    ],
)
def test_tokens(text: str, tokens: list[str]) -> None:
    assert tokenize(text) == tokens


@pytest.mark.parametrize(
    ("one", "other", "language"),
    [
        ("L'accord", "des accords", "fr"),
        ("Corée", "CORÉE", "fr"),
        ("coopération", "coopérations", "fr"),
        ("soldat", "soldats", "fr"),
        ("The treaties", "treaty", "en"),
        ("planted", "planting", "en"),
        ("cœur", "coeur", "fr"),
    ],
)
def test_forms_of_one_word_have_one_stem(one: str, other: str, language: str) -> None:
    assert analyse(one, language) == analyse(other, language) != []


def test_stop_words_are_left_out() -> None:
    assert analyse("À quoi est-ce que cela a servi ?", "fr") == [stem("servi", "fr")]
    assert analyse("What was it that they did with the ropes?", "en") == ["rope"]


def test_other_languages_are_folded_only() -> None:
    assert analyse("Él cantó", "es") == ["el", "canto"]


def test_accents_are_folded_after_stemming() -> None:
    assert fold("éàçñ") == "eacn"
    assert fold("plain") == "plain"


def test_a_word_finds_its_translation() -> None:
    assert translate("treaty", "en")[0][0] == "traité"
    assert max(translate("traité", "fr"), key=lambda pair: pair[1])[0] == "treaty"
    assert translate("xyzzy", "en") == []
    assert all(0 < p <= 1 for word in ("treaty", "aid", "law") for _, p in translate(word, "en"))
    assert min(p for _, p in translate("aid", "en")) >= LEAST_PROBABLE


def test_a_question_matches_in_both_languages() -> None:
    (treaty,) = question_words("What is the treaty?")
    assert treaty[stem("treaty", "en")] == 1
    assert 0.3 < treaty[stem("traité", "fr")] <= 1
    assert all(0 < weight <= 1 for weight in treaty.values())


def test_a_repeated_word_counts_once() -> None:
    assert len(question_words("treaty treaty TREATY")) == 1


@given(st.text(max_size=60))
def test_any_text_has_words(text: str) -> None:
    assert detect_language(text) in ("fr", "en", "und")
    assert all(token and token == token.strip() for token in tokenize(text))
    assert all(question_words(text))
    for language in ("fr", "en", "und"):
        assert len(analyse(text, language)) <= len(tokenize(text))


def test_many_threads_stem_alike() -> None:
    words = [f"{head}{tail}" for head in "abcdefghij" for tail in ("ations", "eront", "ingly")] * 40
    stem.cache_clear()
    expected = [stem(word, language) for word in words for language in ("fr", "en")]

    def run(_: int) -> list[str]:
        stem.cache_clear()
        return [stem(word, language) for word in words for language in ("fr", "en")]

    with ThreadPoolExecutor(16) as pool:
        assert all(stems == expected for stems in pool.map(run, range(32)))
