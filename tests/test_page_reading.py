"""The article's pane: opened at the words, exact, searchable, and linked to."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import pytest

from rag.catalogue import say
from rag.exports.citation import text_fragment
from tests.page import (
    AWAY,
    HOSTILE,
    STORY,
    CannedLibrary,
    Open,
    ask,
    check_inert,
    is_in_view,
    marked,
)

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser

# The text from the first highlight to the last, with what stands between paragraphs.
HIGHLIGHTED = """() => {
  const marks = document.querySelectorAll(".sheet mark.quoted");
  const range = document.createRange();
  range.setStartBefore(marks[0]);
  range.setEndAfter(marks[marks.length - 1]);
  return range.toString();
}"""
QUOTED = ["« Elle porte à 32 kilomètres »", "Les travaux ont coûté 4,5 millions d’euros."]


def open_story(visit: Open, url: str, **options: object) -> Page:
    page = visit(url, **options)
    ask(page, "story")
    page.wait_for_selector(".sheet mark.quoted.current")
    return page


def text_of(page: Page) -> str:
    return str(page.locator(".article-text").text_content())


def test_an_answer_opens_the_article_at_its_words(visit: Open, canned_url: str) -> None:
    page = open_story(visit, canned_url)
    assert text_of(page) == STORY
    assert marked(page) == QUOTED
    assert marked(page, "context") == ["Le gardien, M. Le Goff, vit sur l’île depuis 1987."]
    paint = "each => getComputedStyle(each).backgroundColor"
    colours = {page.locator(f".sheet mark.{name}").last.evaluate(paint) for name in
               ("quoted", "context")}  # fmt: skip
    assert len(colours) == 2
    titles = page.locator(".sheet .title").all_inner_texts()
    assert titles == ["La lampe du phare de Kervignac", "Douze ans de travaux"]
    assert page.locator(".sheet .paragraph").count() == 2
    assert page.locator(".sheet h2").inner_text() == "Le phare"
    assert "1er novembre 2024" in page.locator(".sheet .known").inner_text()


def test_a_number_shows_its_quote_and_opens_its_article(visit: Open, canned_url: str) -> None:
    page = open_story(visit, canned_url)
    card = page.locator("#card")
    number = page.locator(".head .number").nth(2)
    number.hover()
    card.wait_for()
    assert card.locator(".words").text_content() == "The lamp was lit again on 6 May."
    assert "The lighthouse" in card.inner_text()
    assert number.get_attribute("aria-describedby") == "card"
    card.hover()  # it can be reached without its going away
    page.wait_for_timeout(300)
    assert card.is_visible()
    page.keyboard.press("Escape")
    assert not card.is_visible()
    page.mouse.move(5, 400)
    number.focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Shift+Tab")
    card.wait_for()
    number.click()
    page.wait_for_function("document.querySelector('.sheet h2').innerText === 'The lighthouse'")
    assert text_of(page) == AWAY
    assert marked(page) == ["The lamp was lit again on 6 May."]
    assert not card.is_visible()
    assert page.evaluate("document.activeElement.tagName") == "MARK"
    assert page.locator(".article-text").get_attribute("lang") == "en"
    page.keyboard.press("Escape")  # back to the number it was opened from
    assert page.evaluate("document.activeElement.matches('.number.current')")


def test_quotes_are_gone_through_by_button_and_by_key(visit: Open, canned_url: str) -> None:
    page = open_story(visit, canned_url, height=420, reduced_motion="reduce")
    current = page.locator(".sheet mark.current")
    assert current.all_text_contents() == QUOTED[:1]
    assert page.locator(".steps output").inner_text() == say("quote_of", "fr", number=1, count=2)
    page.get_by_role("button", name=say("next_quote", "fr")).click()
    assert current.all_text_contents() == QUOTED[1:]
    assert is_in_view(page, ".sheet mark.current")
    assert page.locator("figure.quote.current").get_attribute("data-quote") == "2"
    page.keyboard.press("Alt+ArrowDown")
    assert current.all_text_contents() == QUOTED[:1]
    assert is_in_view(page, ".sheet mark.current")
    page.keyboard.press("Alt+ArrowUp")
    assert current.all_text_contents() == QUOTED[1:]
    assert page.evaluate("document.activeElement.classList.contains('current')")


def test_words_are_found_whatever_their_case_and_accents(visit: Open, canned_url: str) -> None:
    page = open_story(visit, canned_url)
    box = page.get_by_label(say("find", "fr"))
    output = page.locator(".find output")
    box.fill("KERVIGNAC")
    assert output.inner_text() == say("quote_of", "fr", number=1, count=1)
    box.fill("ile")
    assert output.inner_text() == say("quote_of", "fr", number=1, count=1)
    box.fill("les")
    assert output.inner_text() == say("quote_of", "fr", number=1, count=2)
    box.press("Enter")
    assert output.inner_text() == say("quote_of", "fr", number=2, count=2)
    page.get_by_role("button", name=say("find_previous", "fr")).click()
    assert output.inner_text() == say("quote_of", "fr", number=1, count=2)
    found = "[...CSS.highlights.get('found-current')].map(String)"
    assert page.evaluate(found) == ["Les"]
    box.fill("girafe")
    assert output.inner_text() == say("found_none", "fr")
    assert page.evaluate("CSS.highlights.get('found').size") == 0
    assert text_of(page) == STORY  # finding changes nothing


def test_hostile_articles_are_read_exactly(
    visit: Open, canned: CannedLibrary, canned_url: str
) -> None:
    page = visit(canned_url)
    answer = ask(page, "hostile")
    for index, text in enumerate(HOSTILE):
        answer.locator(".head .number").nth(index).click()
        page.wait_for_function(
            "title => document.querySelector('.sheet h2')?.textContent === title", arg=text
        )
        document = canned.answers["hostile"]("").quotes[index].document_id
        assert text_of(page) == canned.document(document).text
        gaps = page.locator(".sheet .gap").all_text_contents()
        assert not "".join(gaps).strip()
        shown = page.evaluate(HIGHLIGHTED)
        assert shown in text
        assert shown.strip() == text.strip()
    check_inert(page)


# --- links -----------------------------------------------------------------------------------


def test_a_link_to_a_question_asks_it(visit: Open, canned_url: str) -> None:
    page = visit(f"{canned_url}?q=echo%20%C3%A9t%C3%A9%20%26%20hiver")
    page.wait_for_selector("#chat .answer")
    assert page.locator(".turn h2").inner_text() == "echo été & hiver"
    assert page.locator(".quote .words").text_content() == "echo été & hiver"


@pytest.mark.parametrize("width", [1280, 390])
def test_a_link_to_words_opens_on_them(
    visit: Open, canned: CannedLibrary, canned_url: str, width: int
) -> None:
    quote = canned.answers["story"]("").quotes[1]
    link = f"{canned_url}?doc={quote.document_id}&start={quote.start}&end={quote.end}"
    page = visit(link, width=width, height=500)
    page.wait_for_selector(".sheet mark.quoted")
    assert marked(page) == [quote.text]
    assert page.locator(".sheet").is_visible()
    assert is_in_view(page, ".sheet mark.quoted")
    assert page.locator(".turn").count() == 0


def test_the_address_is_a_link_to_what_is_shown(visit: Open, canned_url: str) -> None:
    page = open_story(visit, canned_url)
    assert page.url == f"{canned_url}?q=story"
    page.locator(".head .number").nth(1).click()
    page.wait_for_selector(".sheet mark.current[data-quote='2']")
    address = page.url
    assert "q=story" in address
    assert "start=" in address
    other = visit(address)  # another visitor, who has no conversation
    other.wait_for_selector(".sheet mark.quoted")
    other.wait_for_selector("#chat .answer")
    other.wait_for_selector(".sheet mark.current")
    assert other.locator(".sheet mark.current").text_content() == QUOTED[1]


@pytest.mark.parametrize(
    ("query", "key"),
    [
        ("doc=ffffffffffffffff&start=0&end=3", "gone"),
        ("doc=../../etc&start=0&end=3", "gone"),
        ("doc={story}&start=5&end=100000", "bad_place"),
        ("doc={story}&start=9&end=9", "bad_place"),
    ],
)
def test_a_link_to_what_is_not_there_says_so(
    visit: Open, canned: CannedLibrary, canned_url: str, query: str, key: str
) -> None:
    story = canned.answers["story"]("").quotes[0].document_id
    page = visit(f"{canned_url}?{query.format(story=story)}")
    page.get_by_text(say(key, "fr")).wait_for()
    assert marked(page) == []


# --- a phone ------------------------------------------------------------------------------------


def test_a_phone_has_tabs(visit: Open, canned_url: str) -> None:
    page = visit(canned_url, width=390, height=844)
    ask(page, "story")
    tabs = page.get_by_role("tab")
    assert tabs.all_inner_texts() == [say("conversation", "fr"), say("article", "fr")]
    assert not page.locator("#reading").is_visible()
    page.locator(".head .number").first.click()
    page.wait_for_selector(".sheet mark.current")
    assert page.locator("#reading").is_visible()
    assert not page.locator("#conversation").is_visible()
    assert tabs.nth(1).get_attribute("aria-selected") == "true"
    tabs.nth(1).focus()
    page.keyboard.press("ArrowLeft")
    assert page.locator("#conversation").is_visible()
    assert page.get_by_role("tabpanel").count() == 1
    tabs.nth(1).click()
    assert marked(page) == QUOTED


# --- nothing jumps --------------------------------------------------------------------------------

WATCH = """() => {
  window.shifts = [];
  new PerformanceObserver((list) => {
    for (const each of list.getEntries()) {
      const moved = each.sources.map(({ node }) => node?.outerHTML?.slice(0, 80) ?? String(node));
      window.shifts.push(...moved);
    }
  }).observe({ type: "layout-shift", buffered: false });
}"""


@pytest.mark.parametrize(("width", "height"), [(1280, 800), (390, 844)])
def test_nothing_jumps_when_an_answer_comes(
    visit: Open, canned_url: str, width: int, height: int
) -> None:
    page = visit(canned_url, width=width, height=height)
    page.wait_for_timeout(300)
    page.evaluate(WATCH)
    for question in ("story", "nearest", "long", "nothing", "story"):
        answer = ask(page, question)
        page.wait_for_timeout(250)
        turn = page.locator(".turn").last
        pane = page.locator("#chat").bounding_box()
        assert pane
        box = turn.bounding_box()
        assert box
        assert abs(box["y"] - pane["y"]) < 4  # the question is at the top, its answer under it
        assert answer.is_visible()
    assert page.evaluate("window.shifts") == []


# --- an article alone ---------------------------------------------------------------------------


def test_an_article_has_a_link_of_its_own(visit: Open, canned_url: str) -> None:
    page = visit(canned_url)
    page.get_by_label(say("find_articles", "fr")).fill("le phare")
    page.wait_for_function("document.querySelectorAll('.listed li').length === 1")
    page.locator(".listed .open").click()
    page.wait_for_selector(".article-text")
    assert "?doc=" in page.url
    other = visit(page.url)
    other.wait_for_selector(".article-text")
    assert text_of(other) == STORY
    assert other.locator(".reading-notice").inner_text() == ""
    assert marked(other) == []


def test_what_was_found_is_marked_no_longer_once_the_search_is_empty(
    visit: Open, canned_url: str
) -> None:
    page = open_story(visit, canned_url)
    box = page.get_by_label(say("find", "fr"))
    for words in ("", "girafe"):
        box.fill("les")
        assert page.evaluate("CSS.highlights.get('found-current').size") == 1
        box.fill(words)
        assert page.evaluate("CSS.highlights.get('found-current')?.size ?? 0") == 0


@pytest.mark.parametrize("words", ["L’œuvre du « château » a coûté 50 %", "déjà-vu, à Noël"])
def test_a_link_into_the_web_stops_at_the_words(browser: Browser, words: str) -> None:
    """Chromium itself reads the fragment: the page it opens is scrolled to the words."""
    text = f"{'Un autre paragraphe. ' * 20}\n\n" * 30 + f"Ici, {words}, dit-il. Fin.\n"
    start = text.index(words)
    paragraphs = "".join(f"<p>{each}</p>" for each in text.split("\n\n"))
    with http_server(f"<meta charset=utf-8><body>{paragraphs}<div style=height:3000px>") as url:
        page = browser.new_page()
        page.goto(url)
        page.wait_for_timeout(200)
        assert page.evaluate("scrollY") == 0
        page.goto("about:blank")
        page.goto(url + text_fragment(text, start, start + len(words)))
        page.wait_for_function("scrollY > 1000")
        page.close()


@contextmanager
def http_server(html: str) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(html.encode())

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
