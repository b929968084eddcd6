"""Suggestions: an article's own words around a template, and only what is answered."""

import pytest
from conftest import ARTICLES, ROOT
from hypothesis import given
from hypothesis import strategies as st

from rag.catalogue import say
from rag.datamodels import Document
from rag.library import Library
from rag.loader import load, make_document
from rag.suggester import find_names, find_titles, suggest
from rag.words import detect_language


def article(text: str) -> Document:
    return make_document(text, text.encode("utf-8", "replace"), "a.txt", detect_language)


TEXT = (
    "Le sommet de Lyon\n\nLe sommet s’est ouvert lundi. Le président Émile Loubet y était, avec "
    "Marie de La Tour et Émile Loubet fils. La France l’a voulu. Jean a ri.\n\n"
    "Un accord de principe\n\nLes deux pays ont signé. Selon Émile Loubet, c’est un début. "
    "Des Nations Unies, rien n’est venu.\n\nEt après ?\n\nPersonne ne le sait encore, a-t-il dit."
)


def test_titles_are_those_of_sections() -> None:
    assert find_titles(article(TEXT)) == ["Un accord de principe"]
    assert "Une restauration de douze ans" in find_titles(article(ARTICLES["phare.txt"]))


def test_names_are_the_articles_most_frequent_first() -> None:
    assert find_names(article(TEXT)) == ["Émile Loubet", "Marie de La Tour", "Nations Unies"]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Hier, Jean-Luc L’Hermite a parlé au maire de Saint-Malo.", ["Jean-Luc L’Hermite"]),
        ("The mayor met Anna van Dyck. The Hague was calm.", ["Anna van Dyck"]),
        ("Il a plu sur Paris. Elle a ri.", []),
        ("On va au Mont\nBlanc demain, dit-on.", []),
    ],
)
def test_names(text: str, names: list[str]) -> None:
    assert find_names(article(text)) == names


def test_only_what_is_answered_is_offered_and_few_are_asked() -> None:
    asked: list[str] = []

    def answers(question: str) -> bool:
        asked.append(question)
        return "Loubet" in question or "Unies" in question

    found = suggest([article(TEXT)], "fr", answers)
    assert found == [
        "Que disent les articles sur «\u00a0Émile Loubet\u00a0»\u00a0?",
        "Que disent les articles sur «\u00a0Nations Unies\u00a0»\u00a0?",
    ]
    assert asked[0] == "Que dit l’article sur «\u00a0Un accord de principe\u00a0»\u00a0?"
    assert len(asked) == len(set(asked)) == 4
    asked.clear()
    assert suggest([article(TEXT)], "fr", answers, count=1, avoid=[found[0].upper()]) == found[1:]
    assert found[0] not in asked
    asked.clear()
    assert suggest([article(TEXT)], "fr", answers, tries=1) == []
    assert len(asked) == 1
    assert suggest([], "fr", answers) == []


def test_articles_take_turns() -> None:
    documents = [article(TEXT), article(ARTICLES["phare.txt"])]
    found = suggest(documents, "en", lambda _: True, count=2)
    assert found == [
        "What does the article say about “Un accord de principe”?",
        "What does the article say about “Une restauration de douze ans”?",
    ]


@given(st.text(max_size=300), st.sampled_from(["en", "fr"]))
def test_nothing_is_invented(text: str, language: str) -> None:
    if not any(character.isalpha() for character in text):
        return
    try:
        document = article(text)
    except Exception:  # no article
        return
    words = [*find_titles(document), *find_names(document)]
    assert all(each in document.text for each in words)
    made = {say(k, language, words=w) for k in ("suggest_section", "suggest_entity") for w in words}  # type: ignore[arg-type]
    assert set(suggest([document], language, lambda _: True, count=100, tries=100)) <= made  # type: ignore[arg-type]


def test_a_library_answers_what_is_suggested(library: Library) -> None:
    documents = library.documents()
    found = suggest(documents, "fr", lambda question: library.ask(question).answered, tries=30)
    assert all(library.ask(question).answered for question in found)


def test_the_seed_article_has_titles_and_names() -> None:
    (path,) = (ROOT / "seeds").glob("*.txt")
    document = load(path, detect_language)
    assert "Vladimir Poutine" in find_names(document)
    for each in [*find_names(document), *find_titles(document)]:
        assert each in document.text
