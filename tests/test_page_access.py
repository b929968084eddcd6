"""The page for everyone: small windows, high zoom, the keyboard, calm, both languages, axe-core."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from rag.catalogue import LANGUAGES, say
from tests.page import CannedLibrary, Open, ask, axe, overflow

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("width", [390, 320])
def test_narrow_screens_have_no_sideways_scroll(visit: Open, canned_url: str, width: int) -> None:
    page = visit(canned_url, width=width, height=844)
    assert overflow(page) <= 0
    answer = ask(page, "hostile")
    assert overflow(page) <= 0
    assert sideways(page) == []
    answer.locator(".number").nth(11).click()
    page.wait_for_selector(".sheet mark")
    assert overflow(page) <= 0
    assert sideways(page) == []
    page.get_by_role("tab").first.click()
    ask(page, "nearest")
    assert sideways(page) == []


def sideways(page: Page) -> list[str]:
    """Return which of the panes that scroll down would scroll sideways too."""
    return list(
        page.evaluate("""() => [...document.querySelectorAll("#chat, .sheet, .page")]
          .filter((each) => each.scrollWidth > each.clientWidth + 1).map((each) => each.className)
        """)
    )


@pytest.mark.parametrize(("width", "height"), [(640, 400), (320, 256)])
def test_at_200_and_400_percent_all_can_be_read_and_asked(
    visit: Open, canned_url: str, width: int, height: int
) -> None:
    """A window of 1280 × 800 at 200 % and of 1280 × 1024 at 400 % is this many pixels."""
    page = visit(canned_url, width=width, height=height)
    ask(page, "story")
    assert overflow(page) <= 0
    page.locator(".quote .words").last.scroll_into_view_if_needed()
    box = page.locator(".quote .words").last.bounding_box()
    assert box
    assert box["y"] < height
    page.locator(".head .number").first.click()
    page.wait_for_selector(".sheet mark.current")
    assert page.locator(".sheet mark.current").is_visible()
    assert overflow(page) <= 0


@pytest.mark.parametrize("locale", ["fr-FR", "en-GB"])
def test_the_question_box_fits_the_narrowest_phone(
    visit: Open, canned_url: str, locale: str
) -> None:
    page = visit(canned_url, width=320, height=640, locale=locale)
    box = page.locator("#question").bounding_box()
    assert box
    assert box["width"] >= 170
    assert box["height"] <= 48  # one line: the hint does not wrap


@pytest.mark.parametrize("mark", ["?", "»"])
def test_a_french_mark_never_stands_alone_on_the_last_line(
    visit: Open, canned_url: str, mark: str
) -> None:
    page = visit(canned_url, width=390, height=844)
    ask(page, f"echo : à quoi le traité engage-t-il chaque pays en cas de guerre {mark}")
    alone = page.locator(".turn h2").evaluate("""(title) => {
      const text = title.querySelector(".exact").firstChild;
      const top = (at) => {
        const range = document.createRange();
        range.setStart(text, at);
        range.setEnd(text, at + 1);
        return range.getBoundingClientRect().top;
      };
      const widths = Array.from({ length: 160 }, (_, more) => 130 + more);
      return widths.filter((width) => {
        title.style.flex = `0 0 ${width}px`;
        return top(text.length - 1) !== top(text.length - 3);
      });
    }""")
    assert alone == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(visit: Open, canned_url: str, scheme: str) -> None:
    page = visit(canned_url, scheme=scheme, reduced_motion="reduce")
    assert axe(page) == []
    ask(page, "lost")
    answer = ask(page, "story")
    for summary in answer.locator(".why summary").all():
        summary.click()
    answer.locator(".copying summary").first.click()
    answer.locator(".head .number").nth(1).focus()
    page.press("#question", "Enter")
    page.get_by_text(say("empty", "fr")).wait_for()
    page.get_by_label(say("find", "fr")).fill("les")
    assert axe(page) == []
    page.set_viewport_size({"width": 320, "height": 640})
    assert axe(page) == []
    page.get_by_role("tab").last.click()
    assert axe(page) == []


def test_the_keyboard_is_enough(visit: Open, canned_url: str) -> None:
    page = visit(canned_url)
    page.wait_for_selector(".example")
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    page.keyboard.type("story")
    page.keyboard.press("Enter")
    page.wait_for_selector("#chat .answer")
    assert page.evaluate("document.activeElement.id") == "question"
    page.wait_for_selector(".sheet mark.current")
    reach(page, ".head .number[data-quote='2']", "Shift+Tab")
    assert page.locator("#card").is_visible()
    page.keyboard.press("Enter")
    page.wait_for_selector(".sheet mark.current[data-quote='2']")
    assert page.evaluate("document.activeElement.tagName") == "MARK"
    check_focus_is_visible(page)
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.matches('.head .number[data-quote=\"2\"]')")
    reach(page, ".copying summary", "Tab")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.locator(".copying.done").wait_for()
    assert page.evaluate("document.activeElement.tagName") == "SUMMARY"
    reach(page, ".clear", "Shift+Tab")
    page.keyboard.press("Enter")
    page.wait_for_selector(".welcome", state="visible")
    assert page.evaluate("document.activeElement.id") == "question"


def reach(page: Page, selector: str, key: str, seen: str = "") -> None:
    """Press a key until the element has the focus, which must be seen, on it or around it."""
    for _ in range(40):
        page.keyboard.press(key)
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            check_focus_is_visible(page, seen)
            return
    pytest.fail(f"{selector} is out of reach of {key}")


def check_focus_is_visible(page: Page, around: str = "") -> None:
    outline = page.evaluate(
        """around => {
          const focused = document.activeElement;
          const style = getComputedStyle(around ? focused.closest(around) : focused);
          return [style.outlineStyle, parseFloat(style.outlineWidth)];
        }""",
        around,
    )
    assert outline[0] == "solid"
    assert outline[1] >= 2


@pytest.mark.parametrize(("locale", "language"), [("fr-CA", "fr"), ("en-US", "en"), ("de", "en")])
def test_the_interface_speaks_the_language_of_the_browser(
    visit: Open, canned_url: str, locale: str, language: Any
) -> None:
    page = visit(canned_url, locale=locale)
    assert page.locator("html").get_attribute("lang") == language
    page.get_by_role("button", name=say("send", language), exact=True).wait_for()
    page.get_by_label(say("question_label", language)).wait_for()
    assert page.get_by_text(say("about", language)).is_visible()
    ask(page, "nearest")
    landmarks = [("region", "conversation"), ("region", "article")]
    for role, key in landmarks:
        name = say(key, language)
        assert page.get_by_role(role, name=name, exact=True).count() == 1  # type: ignore[arg-type]
    assert page.get_by_role("main").count() == 1
    assert page.get_by_role("heading", level=1).inner_text() == "Guillemets"


def test_the_language_of_the_interface_is_switched(visit: Open, canned_url: str) -> None:
    page = visit(canned_url, locale="fr-FR")
    ask(page, "story")
    page.wait_for_selector(".sheet mark.current")
    page.fill("#question", "à demi écrite")
    page.get_by_role("button", name="English").click()
    page.get_by_role("button", name=say("send", "en"), exact=True).wait_for()
    page.wait_for_selector("#chat .answer")
    assert page.locator("html").get_attribute("lang") == "en"
    assert say("confidence", "en", value="0.90") in page.locator(".head").inner_text()
    assert page.locator("#question").input_value() == "à demi écrite"
    page.wait_for_selector(".sheet mark.quoted")
    assert page.locator(".quote blockquote").first.get_attribute("lang") == "fr"
    assert page.evaluate("document.activeElement.dataset.language") == "en"
    page.reload()  # the choice is kept
    page.wait_for_selector("#chat .answer")
    assert page.locator("html").get_attribute("lang") == "en"


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_string_of_the_other_language_is_shown(
    visit: Open, canned_url: str, language: Any
) -> None:
    page = visit(canned_url, locale=language)
    ask(page, "story")
    page.locator(".why summary").first.click()
    page.wait_for_selector(".sheet mark.current")
    shown = page.locator(".page").inner_text()
    other: Any = "en" if language == "fr" else "fr"
    for key in ("send", "why", "why_matches", "tagline", "copy", "question_label", "clear"):
        assert say(key, language) in shown
        assert say(key, other) not in shown


def test_people_who_asked_for_calm_get_it(
    visit: Open, canned: CannedLibrary, canned_url: str
) -> None:
    page = visit(canned_url, reduced_motion="reduce")
    canned.go.clear()
    try:
        page.fill("#question", "echo")
        page.press("#question", "Enter")
        page.wait_for_selector(".answer-awaited")
        moving = "document.getAnimations().filter(each => each.playState === 'running').length"
        assert page.evaluate(moving) == 0
    finally:
        canned.go.set()
    page.wait_for_selector("#chat .answer")


# --- the look ---------------------------------------------------------------------------------


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_hint_does_not_look_like_what_is_typed(visit: Open, canned_url: str, scheme: str) -> None:
    page = visit(canned_url, scheme=scheme)
    for selector in ("#question", ".find-articles"):
        typed, hint = page.locator(selector).evaluate(
            "each => [getComputedStyle(each).color, getComputedStyle(each, '::placeholder').color]"
        )
        assert typed != hint


@pytest.mark.parametrize("width", [390, 320])
def test_menus_open_inside_a_narrow_window(visit: Open, canned_url: str, width: int) -> None:
    page = visit(canned_url, width=width, height=700)
    answer = ask(page, "story")
    page.wait_for_selector(".suggestions")
    for summary in (".copying summary", ".unhelpful summary"):
        answer.locator(summary).first.click()
        box = answer.locator("details[open] .options").bounding_box()
        assert box
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= width
        page.keyboard.press("Escape")


def test_the_bar_of_an_article_is_one_line_on_the_narrowest_phone(
    visit: Open, canned_url: str
) -> None:
    page = visit(canned_url, width=320, height=640)
    ask(page, "story").locator(".head .number").first.click()
    page.wait_for_selector(".sheet mark.current")
    for words in ("", "les"):
        page.get_by_label(say("find", "fr")).fill(words)
        box = page.locator(".reading-bar").bounding_box()
        assert box
        assert box["height"] <= 56


def test_articles_are_limited_added_and_removed_by_keyboard_alone(
    visit: Open, shelf_url: str
) -> None:
    page = visit(shelf_url)
    page.set_input_files(
        ".adding input",
        [{"name": "a.txt", "mimeType": "text/plain", "buffer": b"The mill of Ashdown turns.\n"}],
    )
    page.wait_for_selector(".removal")
    page.get_by_label(say("find_articles", "fr")).focus()
    reach(page, ".limits summary", "Tab")
    page.keyboard.press("Enter")
    reach(page, "[name=languages]", "Tab")
    page.keyboard.type("anglais")
    page.locator(".chip").wait_for()
    reach(page, ".adding input", "Tab", seen=".drop")
    reach(page, ".listed .only", "Tab")
    page.keyboard.press("Space")
    page.locator(".chip >> nth=1").wait_for()
    page.get_by_label(say("find_articles", "fr")).focus()
    reach(page, ".removal summary", "Tab")
    page.keyboard.press("Enter")
    reach(page, ".remove", "Tab")
    page.keyboard.press("Enter")
    page.wait_for_selector(".removal", state="detached")
    assert page.evaluate("document.activeElement.className") == "find-articles"
    assert page.locator(".chip").count() == 1  # the article's own limit went with it
