"""The conversation: what a person asks and sees, in a real browser on a real server."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from rag.catalogue import EXAMPLES, LANGUAGES, say
from tests.page import HOSTILE, CannedLibrary, Open, ask, check_inert, quotes_of

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser


# --- the seed article, through the real library ---------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize(
    ("question", "locale"),
    [
        ("À quoi le traité engage-t-il chaque pays ?", "fr-CA"),
        ("What does the treaty commit each country to?", "en-GB"),
    ],
)
def test_both_commitments_are_quoted(
    visit: Open, seed_url: str, seed_library: Any, question: str, locale: str
) -> None:
    page = visit(seed_url, locale=locale)
    answer = ask(page, question)
    quotes = quotes_of(answer)
    text = seed_library.documents()[0].text
    assert all(quote in text for quote in quotes)
    assert any("une aide militaire immédiate" in quote for quote in quotes)
    assert any("L'accord engage également" in quote for quote in quotes)
    language = locale[:2]
    caption = answer.locator(".quote figcaption").first
    assert caption.locator(".details").inner_text().startswith("Rfi")
    assert ("novembre 2024" if language == "fr" else "November 2024") in caption.inner_text()
    assert re.search(r"score 0[.,]\d\d", caption.inner_text())
    assert answer.locator("blockquote").first.get_attribute("lang") == "fr"
    assert answer.get_attribute("lang") == language


@pytest.mark.slow
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_example_is_answered_at_a_click(visit: Open, seed_url: str, language: str) -> None:
    page = visit(seed_url, locale=language)
    for example in EXAMPLES[language]:
        page.get_by_role("button", name=example, exact=True).click()
        page.wait_for_selector("#chat .answer")
        assert page.locator("#chat .answer .quote").count() >= 1, example
        assert page.locator("#chat .answer.none").count() == 0
        assert page.locator(".turn h2").inner_text() == example
        assert not page.locator(".welcome").is_visible()
        page.click(".clear")
        page.wait_for_selector(".welcome", state="visible")


@pytest.mark.slow
def test_what_the_article_does_not_say_is_not_answered(visit: Open, seed_url: str) -> None:
    page = visit(seed_url, locale="en-US")
    answer = ask(page, "What is the capital of Australia?")
    assert quotes_of(answer) == []
    assert say("no_answer", "en") in answer.inner_text()
    marks = answer.locator(".near .verdict").all_inner_texts()
    assert set(marks) == {say("not_answering", "en")}
    assert answer.locator(".near cite").first.inner_text() != say("untitled", "en")


# --- exact characters -------------------------------------------------------------------------


def test_hostile_articles_are_shown_exactly(visit: Open, canned_url: str) -> None:
    page = visit(canned_url)
    question = "hostile <b>question</b> ![x](http://elsewhere.example/q.png) $$x$$ *"
    answer = ask(page, question)
    assert quotes_of(answer) == HOSTILE
    assert answer.locator(".quote cite").all_text_contents() == HOSTILE
    assert page.locator(".turn h2 .exact").text_content() == question
    isolation = "each => getComputedStyle(each).unicodeBidi + getComputedStyle(each).whiteSpace"
    for shown in answer.locator(".words .exact").all():
        assert shown.evaluate(isolation) == "isolatepre-wrap"
    numbers = answer.locator(".head .number")
    for index, text in enumerate(HOSTILE):
        numbers.nth(index).hover()
        assert page.locator("#card .words").text_content() == text
    check_inert(page)
    page.reload()  # what comes back from the server is the same
    page.wait_for_selector("#chat .answer")
    assert quotes_of(page.locator("#chat .answer")) == HOSTILE
    assert page.locator(".turn h2 .exact").text_content() == question
    check_inert(page)


def test_hostile_passages_are_shown_exactly(visit: Open, canned_url: str) -> None:
    page = visit(canned_url)
    answer = ask(page, "nearest")
    assert answer.locator(".near .words").all_text_contents() == HOSTILE
    assert answer.locator(".near cite").all_text_contents() == HOSTILE
    check_inert(page)


# --- what surrounds a quote ---------------------------------------------------------------------


def test_a_quote_comes_with_what_it_leans_on_who_says_it_and_why(
    visit: Open, canned_url: str
) -> None:
    page = visit(canned_url, locale="en-GB")
    answer = ask(page, "story")
    assert quotes_of(answer)[0] == "« Elle porte à 32 kilomètres »"
    figure = answer.locator(".quote").first
    context = figure.locator(".context")
    assert context.text_content() == "Le gardien, M. Le Goff, vit sur l’île depuis 1987."
    size = "each => parseFloat(getComputedStyle(each).fontSize)"
    assert context.evaluate(size) < figure.locator(".words").evaluate(size)
    assert figure.locator(".speaker").inner_text() == f"{say('speaker', 'en')} M. Le Goff"
    assert answer.locator(".quote").nth(2).locator(".speaker").count() == 0
    assert not figure.locator(".why dl").is_visible()
    figure.locator(".why summary").click()
    rows = figure.locator(".why dl > div").all_inner_texts()
    told = dict(row.split("\n", 1) for row in rows)
    assert "lamp → lampe translation, 0.61" in told[say("why_matches", "en")].replace("\n", " ")
    assert "32 → 32 same word" in told[say("why_matches", "en")].replace("\n", " ")
    assert told[say("why_probability", "en")] == "0.91"
    assert told[say("why_reading", "en")] == "0.84"
    assert told[say("why_asked_for", "en")] == "a number: the sentence holds one"
    assert told[say("why_lexical_rank", "en")] == "2"
    other = answer.locator(".quote").nth(1)
    other.locator(".why summary").click()
    assert say("why_reading", "en") not in other.locator(".why").inner_text()


def test_the_bar_of_a_score_is_as_long_as_the_score(visit: Open, canned_url: str) -> None:
    page = visit(canned_url)
    verdict = ask(page, "story").locator(".quote .verdict").first
    assert verdict.inner_text().strip() == "score 0,90"
    size = verdict.evaluate("each => getComputedStyle(each, '::before').backgroundSize")
    assert size == "90% 100%"


def test_no_answer_tells_what_was_searched_and_what_is_nowhere(
    visit: Open, canned_url: str
) -> None:
    page = visit(canned_url, locale="en-GB")
    answer = ask(page, "lost in Zanzibar")
    assert say("no_answer", "en") in answer.locator(".head").inner_text()
    terms = answer.locator(".unknown-words .term").all_text_contents()
    assert terms == ["Zanzibar", HOSTILE[0]]
    assert answer.locator(".near").count() == 2
    answer.locator(".near .show").first.click()
    page.wait_for_selector(".sheet mark.quoted")
    assert "".join(page.locator(".sheet mark").all_text_contents()) == HOSTILE[2]
    check_inert(page)


# --- asking, and asking again --------------------------------------------------------------------


def test_nothing_happens_on_an_empty_question(visit: Open, canned_url: str) -> None:
    page = visit(canned_url, locale="en-US")
    for question in ("", "   ", "?!"):
        page.fill("#question", question)
        page.press("#question", "Enter")
        page.get_by_text(say("empty", "en")).wait_for()
    assert page.locator(".turn").count() == 0
    assert page.locator("#question").input_value() == "?!"
    assert quotes_of(ask(page, "echo")) == ["echo"]
    assert page.locator("#status").inner_text().strip() == ""


def test_a_long_question_is_kept_and_refused_with_its_length(visit: Open, canned_url: str) -> None:
    page = visit(canned_url)
    page.fill("#question", "a" * 10_000)
    page.press("#question", "Enter")
    page.get_by_text(say("too_long", "fr", length=10_000, limit=2_000)).wait_for()
    assert page.locator(".turn").count() == 0
    assert len(page.locator("#question").input_value()) == 10_000


def test_errors_are_sentences_and_the_page_goes_on(visit: Open, canned_url: str) -> None:
    page = visit(canned_url, locale="en-US")
    refused = ask(page, "refuse").locator("p")
    assert refused.inner_text() == "the model is <b>gone</b>; type: make model"
    failed = ask(page, "fail")
    assert failed.locator("p").inner_text() == say("failed", "en")
    failed.get_by_role("button", name=say("retry", "en")).click()
    page.wait_for_function("document.querySelectorAll('.turn').length === 2")
    page.wait_for_selector(".turn:last-child .answer")
    assert say("no_passage", "en") in ask(page, "nothing").inner_text()
    assert quotes_of(ask(page, "echo")) == ["echo"]
    assert "Traceback" not in page.content()


def test_a_question_asked_before_the_model_is_warm_waits(
    visit: Open, canned: CannedLibrary, canned_url: str
) -> None:
    page = visit(canned_url)
    canned.go.clear()
    try:
        start(page, "echo tôt")
        page.get_by_text(say("loading", "fr")).wait_for()
        assert page.locator(".turn h2").inner_text() == "echo tôt"
        assert page.locator("#chat .answer").count() == 0
    finally:
        canned.go.set()
    page.wait_for_selector("#chat .answer")
    assert quotes_of(page.locator("#chat .answer")) == ["echo tôt"]
    assert "confiance" in page.locator("#announcement").inner_text()


def start(page: Page, question: str) -> None:
    """Ask without waiting for the answer."""
    page.fill("#question", question)
    page.press("#question", "Enter")
    page.wait_for_selector(".answer-awaited")


def test_stop_gives_the_question_back_to_be_asked_again(
    visit: Open, canned: CannedLibrary, canned_url: str
) -> None:
    page = visit(canned_url)
    canned.go.clear()
    try:
        start(page, "echo lent")
        page.get_by_role("button", name=say("stop", "fr"), exact=True).click()
        page.get_by_text(say("stopped", "fr")).wait_for()
        assert not page.locator(".stop").is_visible()
    finally:
        canned.go.set()
    page.wait_for_timeout(300)  # the answer that comes after all is not shown
    assert quotes_of(page.locator("#chat")) == []
    page.get_by_role("button", name=say("retry", "fr")).click()
    page.wait_for_selector(".quote")
    assert quotes_of(page.locator("#chat")) == ["echo lent"]
    assert page.locator(".turn").count() == 1


def test_a_question_is_edited_and_asked_again_in_its_place(
    visit: Open, canned: CannedLibrary, canned_url: str
) -> None:
    page = visit(canned_url)
    for question in ("echo un", "echo deux", "echo trois"):
        ask(page, question)
    page.locator(".turn .edit").nth(1).click()
    assert page.locator("#question").input_value() == "echo deux"
    page.get_by_text(say("editing", "fr")).wait_for()
    page.get_by_role("button", name=say("cancel", "fr")).click()
    assert page.locator(".turn").count() == 3
    page.locator(".turn .edit").nth(1).click()
    page.fill("#question", "echo 2")
    page.press("#question", "Enter")
    page.wait_for_function("document.querySelectorAll('.turn').length === 2")
    page.wait_for_selector(".turn:last-child .answer")
    assert quotes_of(page.locator("#chat")) == ["echo un", "echo 2"]
    assert canned.history_of("echo 2") == ["echo un"]


def test_a_follow_up_is_asked_with_what_went_before(
    visit: Open, canned: CannedLibrary, canned_url: str
) -> None:
    page = visit(canned_url)
    ask(page, "story d’abord")
    answer = ask(page, "et combien ?")
    assert canned.history_of("et combien ?") == ["story d’abord"]
    searched = answer.locator(".searched-as")
    assert searched.locator(".term").text_content() == "story d’abord et combien ?"
    assert say("searched_as", "fr") in searched.inner_text()
    assert page.locator(".answer").first.locator(".searched-as").count() == 0
    page.click(".clear")
    ask(page, "et combien ?")
    assert canned.history_of("et combien ?") == []


def test_a_question_asked_while_another_waits_comes_next(
    visit: Open, canned: CannedLibrary, canned_url: str
) -> None:
    page = visit(canned_url)
    canned.go.clear()
    try:
        start(page, "echo un")
        start(page, "echo deux")
        assert not page.locator(".clear").is_visible()
    finally:
        canned.go.set()
    page.wait_for_selector("#chat .answer >> nth=1")
    assert quotes_of(page.locator("#chat")) == ["echo un", "echo deux"]
    assert page.locator("#question").input_value() == ""


def test_clear_begins_anew(visit: Open, canned_url: str) -> None:
    page = visit(canned_url)
    assert not page.locator(".clear").is_visible()
    ask(page, "story")
    page.click(".clear")
    page.wait_for_selector(".welcome", state="visible")
    assert page.locator(".turn").count() == 0
    assert page.evaluate("document.activeElement.id") == "question"
    assert not page.url.endswith("story")
    assert quotes_of(ask(page, "echo encore")) == ["echo encore"]
    page.reload()
    page.wait_for_selector(".answer")
    assert quotes_of(page.locator("#chat")) == ["echo encore"]


def test_the_conversation_is_there_again_when_the_page_is_reloaded(
    visit: Open, canned: CannedLibrary, canned_url: str
) -> None:
    page = visit(canned_url)
    for question in ("echo un", "echo deux"):
        ask(page, question)
    asked = sum(question == "echo un" for question, *_ in canned.asked)
    page.reload()
    page.wait_for_selector("#chat .answer >> nth=1")
    assert quotes_of(page.locator("#chat")) == ["echo un", "echo deux"]
    page.wait_for_timeout(200)
    assert sum(question == "echo un" for question, *_ in canned.asked) == asked  # not again


def test_a_server_that_is_gone_is_told(visit: Open, canned_url: str) -> None:
    page = visit(canned_url, may_complain=True)
    page.route("**/component_server/**", lambda route: route.abort())
    answer = ask(page, "echo")
    assert answer.locator("p").inner_text() == say("unreachable", "fr")
    page.unroute("**/component_server/**")
    answer.get_by_role("button", name=say("retry", "fr")).click()
    page.wait_for_selector(".quote")


# --- copying ------------------------------------------------------------------------------------


def test_a_link_to_the_words_is_copied(visit: Open, canned_url: str) -> None:
    page = visit(canned_url)
    answer = ask(page, "story : où ?")
    figure = answer.locator(".quote").nth(1)
    figure.locator(".copying summary").click()
    figure.get_by_role("button", name=say("copy_link", "fr")).click()
    figure.get_by_text(say("copied", "fr")).wait_for()
    link = page.evaluate("navigator.clipboard.readText()")
    assert link.startswith(canned_url)
    other = visit(link)
    other.wait_for_selector(".sheet mark.quoted.current")
    current = other.locator(".sheet mark.current").text_content()
    assert current == "Les travaux ont coûté 4,5 millions d’euros."


def test_a_quote_is_copied_exactly_with_its_reference(visit: Open, canned_url: str) -> None:
    page = visit(canned_url)
    answer = ask(page, "hostile")
    for index in (3, 6):
        figure = answer.locator(".quote").nth(index)
        figure.locator(".copying summary").click()
        figure.get_by_role("button", name=say("copy_plain", "fr")).click()
        figure.get_by_text(say("copied", "fr")).wait_for()
        copied = page.evaluate("navigator.clipboard.readText()")
        words, reference = copied.replace("\r\n", "\n").rsplit("\n— ", 1)
        assert words == say("quoted", "fr", text=HOSTILE[index]).replace("\r\n", "\n")
        place = f"caractères 0 à {len(HOSTILE[index])}"
        assert f"1er novembre 2024, {place}" in reference


def test_an_answer_that_was_stopped_is_not_kept(
    visit: Open, canned: CannedLibrary, canned_url: str
) -> None:
    """It comes all the same, after Stop; a reload and an export must not show it."""
    page = visit(canned_url)
    ask(page, "echo un")
    canned.go.clear()
    try:
        start(page, "echo lent")
        page.get_by_role("button", name=say("stop", "fr"), exact=True).click()
    finally:
        with page.expect_response(lambda each: '"fn_name":"forget"' in sent(each)):
            canned.go.set()
    page.goto(canned_url)
    page.wait_for_selector("#chat .answer")
    assert page.locator(".turn h2 .exact").all_text_contents() == ["echo un"]


def sent(response: Any) -> str:
    return str(response.request.post_data or "").replace(" ", "")
