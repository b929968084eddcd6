"""Which words of a question a text holds, where they stand, and which names it lacks."""

import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.datamodels import Match
from rag.evidence import coverage
from rag.question_analysis.matches import asked_words, locate, match_words, unknown_words
from rag.question_analysis.names import missing_from, missing_names, names
from rag.words import analyse, question_words, tokenize

# What typing makes hard: elisions, ligatures, accents composed or not, numbers, acronyms, Korean.
PIECES = st.sampled_from(
    [
        *"l' d’ qu' 's l'accord cœur ŒUVRE Straße É e\u0301 I\u0307 İ ΟΔΟΣ ﬁn".split(),
        *"U.S.A. u.n 4,5 1,200 1.000,5 10 000 200 x y_z 5'd s's Hugo traité\u0323 한국".split(),
        *" \u00a0\u202f\u2009\n.,'’-«»",
        "\u1112\u1161\u11ab",
        "\u0301",
        "10 000",
        "1\u202f200\u202f000",
    ]
)
TEXTS = st.one_of(st.text(max_size=60), st.lists(PIECES, max_size=12).map("".join))


def places(text: str) -> list[str]:
    return [text[start:end] for _, start, end in locate(text)]


@given(TEXTS)
def test_tokens_located_are_those_of_tokenize(text: str) -> None:
    assert [token for token, _, _ in locate(text)] == tokenize(text)


@given(TEXTS)
def test_places_are_in_order_and_hold_their_token(text: str) -> None:
    last = 0
    for token, start, end in locate(text):
        assert last <= start < end <= len(text)
        # Read alone, the place says the same word, but for a sigma and the dots of a number,
        # which know their neighbours.
        alone = "".join(tokenize(text[start:end])).casefold()
        assert token.casefold().replace(".", "") in alone.replace(".", "")
        last = start


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("L’accord d'Évian", ["accord", "Évian"]),
        ("L’accord d'E\u0301vian", ["accord", "E\u0301vian"]),
        ("10\u202f000 œufs, 4,5 €", ["10\u202f000", "œufs", "4,5"]),
        ("1,200 dogs", ["1,200", "dogs"]),
        ("Le cœur\u00a0: aujourd'hui", ["Le", "cœur", "aujourd", "hui"]),
        ("John's U.S.A. trip", ["John", "U.S.A.", "trip"]),
        ("İ l'été", ["İ", "été"]),
        ("", []),
    ],
)
def test_places(text: str, found: list[str]) -> None:
    assert places(text) == found


def test_a_translation_is_found_with_its_probability() -> None:
    text = "Le traité engage chaque pays."
    matches = match_words("What does the treaty commit each country to?", text, "fr", offset=100)
    assert [(m.asked, m.found) for m in matches] == [
        ("treaty", "traité"),
        ("commit", "engage"),
        ("country", "pays"),
    ]
    assert (matches[0].start, matches[0].end) == (103, 109)
    assert all(0.05 <= match.weight < 1 for match in matches)


def test_the_same_word_weighs_one_whatever_its_form() -> None:
    text = "L’ACCORD cou\u0302te 10\u202f000 euros, l'accord."
    assert match_words("Combien coûte les accords de 10000 € ?", text, "fr") == [
        Match("accords", "ACCORD", 2, 8, 1.0),
        Match("coûte", "cou\u0302te", 9, 15, 1.0),
        Match("10000", "10\u202f000", 16, 22, 1.0),
        Match("accords", "accord", 32, 38, 1.0),
    ]


def test_words_that_say_nothing_do_not_match() -> None:
    assert match_words("Qui est le roi ?", "Qui est là, dans le pays ?", "fr") == []
    assert match_words("Which is the car of the king?", "Il ferme, car il pleut.", "fr") == []
    assert match_words("", "Le roi.", "fr") == []
    assert match_words("Qui est le roi ?", "", "fr") == []


def test_the_nearest_word_of_the_question_is_told() -> None:
    # "pays" answers to "country" as a translation, and to "pays" as itself.
    (match,) = match_words("country called pays", "le pays", "fr")
    assert (match.asked, match.weight) == ("pays", 1.0)


@given(TEXTS, TEXTS, st.sampled_from(["fr", "en", "und"]), st.integers(0, 50))
def test_the_law_of_the_house(question: str, text: str, language: str, offset: int) -> None:
    article = "x" * offset + text
    for match in match_words(f"{question} {text}", text, language, offset):
        assert article[match.start : match.end] == match.found
        assert match.asked in f"{question} {text}"
        assert 0 < match.weight <= 1


@given(TEXTS, TEXTS, st.sampled_from(["fr", "en", "und"]))
def test_what_is_shown_is_what_counts(question: str, text: str, language: str) -> None:
    words = question_words(question)
    best: dict[str, float] = {}
    for match in match_words(question, text, language):
        best[match.found] = max(best.get(match.found, 0), match.weight)
    counted = coverage(words, [1.0] * len(words), analyse(text, language))
    assert bool(best) == (counted > 0)


@given(TEXTS)
def test_asked_words_are_those_of_question_words(question: str) -> None:
    words = asked_words(question)
    assert [weights for _, weights in words] == question_words(question)
    assert all(typed in question for typed, _ in words)


def test_unknown_words_are_as_typed_and_in_order() -> None:
    library = {"phare", "lighthous"}
    question = "Quelle Zorglub éclaire le Phare de Kervignac ?"
    known = unknown_words(question, lambda stems: not library.isdisjoint(stems))
    assert known == ("Zorglub", "éclaire", "Kervignac")
    assert unknown_words("Where is the lighthouse?", lambda s: not library.isdisjoint(s)) == ()
    assert unknown_words("Que donne chaque Zorglub depuis 1999 ?", lambda _: False) == (
        "donne", "Zorglub", "1999",
    )  # fmt: skip


def test_names_are_capitals_and_numbers() -> None:
    def typed(question: str) -> list[str]:
        return [name for name, _ in names(question)]

    assert typed("Où est la Pologne en 1939 ?") == ["Pologne", "1939"]
    assert typed("Leavitt a-t-elle vu l’Europe ?") == ["Leavitt", "Europe"]
    assert typed("Paris est-il grand ?") == ["Paris"]
    assert typed("Besides combustion, what did Mayow find?") == ["Mayow"]
    assert typed("Combien coûte le phare ?") == []
    assert typed("QUI EST LE ROI DE POLOGNE ?") == []
    assert typed("« Qui a fui la Pologne ? »") == ["Pologne"]


def test_a_name_is_held_in_either_language_and_in_the_title() -> None:
    question = "Où est la Pologne en 1939 ?"
    assert missing_names(question, "Poland fell.", "en") == ("1939",)
    assert missing_names(question, "Le pays tombe en 1939.", "fr") == ("Pologne",)
    assert missing_names(question, "Le pays tombe en 1939.", "fr", title="La Pologne") == ()
    assert missing_names("Où est le phare ?", "Rien.", "fr") == ()


@given(TEXTS, TEXTS, st.sampled_from(["fr", "en"]))
def test_a_text_lacks_none_of_its_own_names(before: str, text: str, language: str) -> None:
    question = f"{before} {text}"
    asked = [name for name, _ in names(question)]
    missing = missing_names(question, text, language)
    assert set(missing) <= set(asked)
    assert missing_names(question, question, language) == ()
    assert list(missing_from(question, ())) == asked


@pytest.mark.parametrize(
    "text", ["l'" * 20_000, "10 000 " * 6_000, "e\u0301" * 20_000, "a" * 50_000]
)
def test_hostile_text_takes_no_longer(text: str) -> None:
    started = time.perf_counter()
    match_words("Quand le phare de 10000 a-t-il été bâti ?", text, "fr")
    missing_names("Quand Hugo est-il né ?", text, "fr")
    assert time.perf_counter() - started < 5


def test_composed_or_not_the_same_words_match() -> None:
    question, text = "Où est né l'évêque ?", "L'évêque naît à Évreux."
    plain = [m.asked for m in match_words(question, text, "fr")]
    for form in ("NFC", "NFD", "NFKD"):
        other = match_words(question, unicodedata.normalize(form, text), "fr")
        assert [m.asked for m in other] == plain == ["évêque"]
