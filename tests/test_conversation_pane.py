"""The turn of an answer: the articles' words exact, and everything about them in its place."""

import html
from dataclasses import replace

import pytest
from test_presenter import HOSTILE, Reader, answered, unanswered

from rag.datamodels import Document, Excerpt, Match, Why
from rag.page.conversation_pane import link_to, render_answer, render_notice

WHY = Why(0.9, None, 0.8, 0.5, "", False, 3, 0, (Match("treaty", "traité", 0, 6, 0.61),))


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_shown_exactly_wherever_it_stands(text: str) -> None:
    def page(text: str) -> Reader:
        quote = replace(
            answered(text, title=text, source=text).quotes[0], speaker=text,
            context=(Excerpt(0, 3, text),),
            why=replace(WHY, matches=(Match(text, text, 0, 1, 1.0),)),
        )  # fmt: skip
        answer = replace(answered("x"), quotes=[quote], searched_as=text)
        return Reader(render_answer(answer, "fr", copies=[{text: text}]))

    shown = page(text)
    assert shown.words == [text]
    assert shown.tags == page("x").tags
    assert ("data-copy", text) in shown.attributes


def test_a_quote_carries_its_place_and_a_link_to_it() -> None:
    page = Reader(render_answer(answered("Oui."), "fr"))
    link = "?q=Quoi%20%3F&doc=" + "d" * 16 + "&start=14&end=18"
    for pair in (("data-start", "14"), ("data-end", "18"), ("data-document", "d" * 16),
                 ("href", link), ("class", "quote score-9")):  # fmt: skip
        assert pair in page.attributes
    shown = html.unescape(render_answer(answered("Oui."), "fr"))
    for text in ("1 citation · confiance 0,91", "Un titre", "Rfi", "novembre 2024", "score 0,93"):
        assert text in shown


def test_a_link_is_percent_encoded_utf_8() -> None:
    assert link_to("été & +", "ab", 1, 2) == "?q=%C3%A9t%C3%A9%20%26%20%2B&doc=ab&start=1&end=2"
    assert link_to("", "ab", 1, 2) == "?doc=ab&start=1&end=2"


def test_no_answer_marks_every_passage_as_not_answering() -> None:
    document = Document("d" * 16, "Titre", "…", "Rfi", "2024", "fr", "0" * 64, "a.txt", 0, 1)
    page = render_answer(unanswered("Un.", "Deux."), "en", {document.id: document})
    assert page.startswith('<section class="answer none" lang="en">')
    assert Reader(page).words == ["Un.", "Deux."]
    assert page.count("does&#32;not&#32;answer") == 2
    assert "Titre" in page
    assert ("lang", "fr") in Reader(page).attributes


def test_no_answer_without_any_passage() -> None:
    page = html.unescape(render_answer(unanswered(), "fr"))
    assert "Aucun passage des articles ne répond" in page
    assert "<figure" not in page


def test_what_was_searched_is_told_where_it_is_not_what_was_asked() -> None:
    asked = answered("x")
    assert "searched-as" not in render_answer(replace(asked, searched_as=asked.question), "fr")
    page = html.unescape(render_answer(replace(asked, searched_as="Le traité, quoi ?"), "fr"))
    assert "Le traité, quoi ?" in page


@pytest.mark.parametrize("count", [0, 1, 2])
def test_what_is_answered_elsewhere_is_told(count: int) -> None:
    page = html.unescape(render_answer(unanswered("x"), "en", elsewhere=count))
    assert ("elsewhere" in page) == (count > 0)
    assert "2 quotations elsewhere" in page or count != 2


@pytest.mark.parametrize("language", ["", '"><script>', "fr en", "-", "x\n"])
def test_a_language_that_is_not_a_tag_is_undetermined(language: str) -> None:
    page = Reader(render_answer(answered("x", language=language), "fr"))
    assert ("lang", "und") in page.attributes


def test_a_quote_without_title_source_and_date_still_has_a_place() -> None:
    page = html.unescape(render_answer(answered("x", title="", source="", published=""), "en"))
    assert "Untitled article" in page
    assert page.count('class="detail"') == 1


def test_a_notice_is_encoded() -> None:
    assert "<b>" not in render_notice("<b>no</b>", "en", "notice")


def test_words_found_nowhere_are_told_where_there_is_no_answer() -> None:
    lost = replace(unanswered("x"), unknown_words=("Zanzibar", "<b>"))
    page = html.unescape(render_answer(lost, "fr"))
    assert "Dans aucun article" in page
    assert "Zanzibar" in page
    assert "<b>" not in render_answer(lost, "fr")
    assert "Zanzibar" not in render_answer(
        replace(answered("x"), unknown_words=("Zanzibar",)), "fr"
    )
