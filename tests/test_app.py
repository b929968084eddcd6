"""The page, in a real browser, on a real server: what a visitor sees, and what cannot happen."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
import warnings
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from conftest import HashingEmbedder

import app
from rag.catalogue import EXAMPLES, LANGUAGES, say
from rag.datamodels import Answer, Document, Hit, Passage, Quote
from rag.errors import ModelError, ServerError
from rag.settings import Settings
from tests.browser import FLAGS, find_chromium, free_port

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

pytestmark = pytest.mark.browser

ROOT = Path(__file__).parent.parent
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]

HOSTILE = [
    "<script>window.owned = 1</script><style>body{display:none}</style>",
    '"><img src="http://elsewhere.example/a.png" onerror="window.owned = 2">',
    "![x](http://elsewhere.example/b.png) [y](javascript:window.owned=3) http://elsewhere.example",
    "# Titre\n\n* un\n* **deux** _trois_ ~~quatre~~\n\n1. `code`\n\n---\n\n```\nbloc\n```\n\n    x",
    r"$$x^2$$ $a_b$ \(y\) \[z\] \\ \* &eacute; &amp; &#233; &lt;b&gt;",
    "\u202eevil\u202c \u2066iso\u2069 \u061c\u200bzero\u200d\ufeff\u2060 so\u00adft \u200e\u200f",
    "  a  b   c\td\n\n\n  e \r\nf\rg\u00a0h\u202fi\u2028j\u2029k\u0085l  ",
    "\x1b[31mred\x1b]0;title\x07\x9b31m\x7f\x08\x0b\x0c",
    "e\u0301 é 👩‍🔬 🇫🇷 ﷽ שלום مرحبا \U000e0041 \ufdd0 \ue000",
    "</bdi></blockquote></figure></section><p class=out>out",
    "__i18n__" + '{"__type__": "translation_metadata", "key": "send"}' + " <thinking>x</thinking>",
    "x" * 400 + "/" + "ä" * 400,
]
LONG = "La lampe du phare porte à 32 kilomètres, et la mer bat les rochers la nuit. " * 4


class CannedLibrary:
    """A library whose answers depend on the question alone, and which warms up on demand."""

    def __init__(self) -> None:
        self.documents_by_id: dict[str, Document] = {}
        self.answers: dict[str, Callable[[str], Answer]] = {}
        self.go = threading.Event()
        self.go.set()

    @property
    def is_warm(self) -> bool:
        return self.go.is_set()

    def warm(self) -> None:
        assert self.go.wait(timeout=30)

    def document(self, document_id: str) -> Document:
        return self.documents_by_id[document_id]

    def ask(self, question: str, k: int | None = None) -> Answer:
        self.warm()
        make = next(make for start, make in self.answers.items() if question.startswith(start))
        answer = make(question)
        return replace(answer, hits=answer.hits[:k])

    def retrieve(self, question: str, k: int | None = None) -> list[Hit]:
        return self.ask(question, k).hits

    def add(self, title: str, pieces: list[str]) -> list[tuple[Document, int, int]]:
        """Add an article made of pieces; return where each stands."""
        text, spans = "", []
        for piece in pieces:
            spans.append((len(text), len(text) + len(piece)))
            text += piece + " … "
        document = Document(
            f"{len(self.documents_by_id):016x}", title, text, title, "2024-11-01", "fr",
            "0" * 64, "a.txt", 0, len(text),
        )  # fmt: skip
        self.documents_by_id[document.id] = document
        return [(document, start, end) for start, end in spans]


def to_quote(document: Document, start: int, end: int) -> Quote:
    return Quote(
        document.id, start, end, document.text[start:end], 0.9, document.title, document.source,
        document.published, document.language, document.sha256,
    )  # fmt: skip


def to_hit(document: Document, start: int, end: int) -> Hit:
    return Hit(Passage(start, document.id, start, end, document.text[start:end]), 0.1, 0.1, 0.1)


def fail(_: str) -> Answer:
    raise ZeroDivisionError("a defect of ours")


def refuse(_: str) -> Answer:
    raise ModelError("the model is <b>gone</b>; type: make model")


@pytest.fixture(scope="module")
def canned() -> CannedLibrary:
    library = CannedLibrary()
    places = [library.add(text, [text])[0] for text in HOSTILE]
    quotes, hits = [to_quote(*each) for each in places], [to_hit(*each) for each in places]
    library.answers = {
        "hostile": lambda q: Answer(q, True, 0.9, quotes, hits),
        "nearest": lambda q: Answer(q, False, 0.1, [], hits),
        "nothing": lambda q: Answer(q, False, 0.0, [], []),
        "echo": lambda q: Answer(q, True, 0.9, [to_quote(*library.add("écho", [q])[0])], hits),
        "long": lambda q: Answer(q, True, 0.9, [to_quote(*library.add("long", [LONG])[0])] * 3, []),
        "fail": fail,
        "refuse": refuse,
    }
    return library


def serve(library: Any) -> Iterator[str]:
    page = app.start(library, Settings(port=free_port(), k=len(HOSTILE)))
    yield str(page.local_url)
    page.close(verbose=False)


@pytest.fixture(scope="module")
def canned_url(canned: CannedLibrary) -> Iterator[str]:
    yield from serve(canned)


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("index")


@pytest.fixture(scope="module")
def library(index: Path) -> Any:
    """The real library, on the seed articles."""
    from rag.library import Library

    return Library.build([ROOT / "seeds"], index=index)


@pytest.fixture(scope="module")
def url(library: Any) -> Iterator[str]:
    yield from serve(library)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium, else Playwright's own; without either, fail where it must not lack."""
    try:
        import axe_playwright_python.sync_playwright  # noqa: F401  its absence is told here too
        from playwright.sync_api import sync_playwright

        playwright = sync_playwright().start()
        chromium = playwright.chromium.launch(executable_path=find_chromium(), args=FLAGS)
    except Exception as error:
        message = f"NO BROWSER TEST WAS RUN: {type(error).__name__}: {error}"
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        warnings.warn(message, stacklevel=1)
        pytest.skip(message)
    yield chromium
    chromium.close()
    playwright.stop()


Open = Callable[..., "Page"]


@pytest.fixture
def visit(browser: Browser) -> Iterator[Open]:
    """Open pages, each of a new visitor; at the end, nothing may have gone wrong in any."""
    problems: list[str] = []
    contexts: list[BrowserContext] = []

    def visit(url: str, *, width: int = 1280, height: int = 800, locale: str = "fr-FR",
              scheme: Any = "light", **options: Any) -> Page:  # fmt: skip
        context = browser.new_context(
            viewport={"width": width, "height": height}, locale=locale, color_scheme=scheme,
            permissions=["clipboard-read", "clipboard-write"], **options,
        )  # fmt: skip
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(20_000)
        page.on("request", lambda each: note_request(each.url, url))
        page.on("pageerror", lambda error: problems.append(f"error: {error}"))
        page.on("console", lambda each: note_console(each.type, each.text))
        page.goto(url)
        page.wait_for_selector("#question textarea")
        page.wait_for_function("document.querySelector('#chat [role=log]')")
        return page

    def note_request(address: str, url: str) -> None:
        if not address.startswith((url, "data:", "blob:")):
            problems.append(f"request: {address}")

    def note_console(kind: str, text: str) -> None:
        if kind in {"error", "warning"}:
            problems.append(f"console: {text}")

    yield visit
    for context in contexts:
        context.close()
    assert problems == []


def ask(page: Page, question: str) -> Any:
    """Type a question, press Enter, and return the answer once it is there."""
    before = page.locator("#chat .answer").count()
    page.fill("#question textarea", question)
    page.press("#question textarea", "Enter")
    page.wait_for_function(
        "before => document.querySelectorAll('#chat .answer').length > before", arg=before
    )
    return page.locator("#chat .answer").nth(before)


def quotes_of(answer: Any) -> list[str]:
    return [str(each) for each in answer.locator(".quote .words").all_text_contents()]


def overflow(page: Page) -> int:
    """Return by how many pixels the page is wider than its window."""
    return int(page.evaluate("document.documentElement.scrollWidth - window.innerWidth"))


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
    visit: Open, url: str, library: Any, question: str, locale: str
) -> None:
    page = visit(url, locale=locale)
    quotes = quotes_of(ask(page, question))
    text = library.documents()[0].text
    assert all(quote in text for quote in quotes)
    assert any("une aide militaire immédiate" in quote for quote in quotes)
    assert any("L'accord engage également" in quote for quote in quotes)
    language = locale[:2]
    caption = page.locator("#chat .quote figcaption").first
    assert caption.locator(".details").inner_text().startswith("Rfi")
    assert ("novembre 2024" if language == "fr" else "November 2024") in caption.inner_text()
    assert re.search(r"score 0[.,]\d\d", caption.inner_text())
    assert page.locator("#chat .words").first.get_attribute("lang") == "fr"
    assert page.locator("#chat .answer").get_attribute("lang") == language


@pytest.mark.slow
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_example_is_answered_at_a_click(visit: Open, url: str, language: str) -> None:
    page = visit(url)
    for example in EXAMPLES[language]:
        page.get_by_role("button", name=example, exact=True).click()
        page.wait_for_selector("#chat .answer")
        assert page.locator("#chat .answer .quote").count() >= 1, example
        assert page.locator("#chat .answer.none").count() == 0
        assert page.locator("#chat .user-row .exact").inner_text() == example
        assert not page.locator("#examples").is_visible()
        page.get_by_role("button", name=say("clear", "fr"), exact=True).click()
        page.wait_for_selector("#examples", state="visible")


@pytest.mark.slow
def test_what_the_article_does_not_say_is_not_answered(visit: Open, url: str) -> None:
    page = visit(url, locale="en-US")
    answer = ask(page, "What is the capital of Australia?")
    assert quotes_of(answer) == []
    assert say("no_answer", "en") in answer.inner_text()
    assert not answer.locator(".near").first.is_visible()
    answer.locator("summary").click()
    assert answer.locator(".near").first.is_visible()
    marks = answer.locator(".near .verdict").all_inner_texts()
    assert set(marks) == {say("not_answering", "en")}
    assert answer.locator(".near cite").first.inner_text() != say("untitled", "en")


@pytest.mark.slow
def test_api_gives_programs_the_same_answer(url: str, library: Any) -> None:
    from gradio_client import Client

    question = EXAMPLES["fr"][0]
    expected = json.loads(json.dumps(library.ask(question, k=3).to_dict()))
    client = Client(url, verbose=False)
    assert client.predict(question, 3, api_name="/ask") == expected
    assert client.predict(question, 3, api_name="/retrieve") == expected["hits"]
    assert call(url, "ask", question, 3) == ("complete", [expected])
    assert call(url, "retrieve", question, 3) == ("complete", [expected["hits"]])
    endpoints = client.view_api(return_format="dict")["named_endpoints"]
    assert set(endpoints) == {"/ask", "/retrieve"}


def call(url: str, name: str, *data: object, **named: object) -> tuple[str, Any]:
    """Call an endpoint over plain HTTP; return the last event and its data."""
    address = f"{url}gradio_api/call/{name}"
    request = urllib.request.Request(  # noqa: S310  our own server
        address, json.dumps(named or {"data": data}).encode(), {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=20) as reply:  # noqa: S310
        event = json.load(reply)["event_id"]
    with urllib.request.urlopen(f"{address}/{event}", timeout=20) as reply:  # noqa: S310
        kind, value = reply.read().decode().strip().split("\n\n")[-1].split("\n")[:2]
    return kind.removeprefix("event: "), json.loads(value.removeprefix("data: "))


@pytest.mark.parametrize("name", ["ask", "retrieve"])
@pytest.mark.parametrize(
    ("data", "message"),
    [
        (["", 5], "Type a question"),
        (["x" * 10_000, 5], "10000 characters"),
        (["a\0b", 5], "not text"),
        (["\ud800", 5], "not text"),
        ([["a"], 5], "not text"),
        ([None, 5], "not text"),
        (["echo", 0], "whole number"),
        (["echo", 10_000], "whole number"),
        (["echo", "5"], "whole number"),
        (["echo", True], "whole number"),
    ],
)
def test_api_refuses_with_a_sentence(
    canned_url: str, name: str, data: list[object], message: str
) -> None:
    kind, value = call(canned_url, name, *data)
    assert kind == "error"
    assert message in json.dumps(value)
    assert "Traceback" not in json.dumps(value)


def test_api_takes_names_and_may_be_left_the_choice_of_k(
    canned: CannedLibrary, canned_url: str
) -> None:
    kind, value = call(canned_url, "v2/ask", question="hostile")
    assert kind == "complete"
    assert value == [json.loads(json.dumps(canned.ask("hostile").to_dict()))]
    kind, value = call(canned_url, "v2/retrieve", question="hostile", k=2)
    assert kind == "complete"
    assert len(value[0]) == 2


def test_api_has_a_default_k_and_hides_defects(canned_url: str) -> None:
    from gradio_client import Client
    from gradio_client.exceptions import AppError

    client = Client(canned_url, verbose=False)
    assert len(client.predict("hostile", api_name="/retrieve")) == len(HOSTILE)
    with pytest.raises(AppError) as caught:
        client.predict("fail", api_name="/ask")
    assert "a defect of ours" not in str(caught.value)


# --- exact characters -------------------------------------------------------------------------


def test_hostile_articles_are_shown_exactly(visit: Open, canned_url: str) -> None:
    page = visit(canned_url)
    answer = ask(page, "hostile <b>question</b> ![x](http://elsewhere.example/q.png) $$x$$ *")
    assert quotes_of(answer) == HOSTILE
    assert answer.locator(".quote cite").all_text_contents() == HOSTILE
    check_inert(page)
    isolation = "each => getComputedStyle(each).unicodeBidi + getComputedStyle(each).whiteSpace"
    for shown in answer.locator(".words .exact").all():
        assert shown.evaluate(isolation) == "isolatepre-wrap"
    ask(page, "echo")  # the conversation goes to the server and comes back
    assert quotes_of(answer) == HOSTILE
    question = page.locator("#chat .user-row .exact").first.text_content()
    assert question == "hostile <b>question</b> ![x](http://elsewhere.example/q.png) $$x$$ *"


def test_hostile_passages_are_shown_exactly(visit: Open, canned_url: str) -> None:
    page = visit(canned_url)
    answer = ask(page, "nearest")
    answer.locator("summary").click()
    assert answer.locator(".near .words").all_text_contents() == HOSTILE
    assert answer.locator(".near cite").all_text_contents() == HOSTILE
    check_inert(page)


def check_inert(page: Page) -> None:
    page.wait_for_timeout(300)
    assert page.evaluate("window.owned") is None
    assert (
        page.locator(
            "#chat .message-row :is(a, img, script, style, iframe, b, em, strong, code)"
        ).count()
        == 0
    )
    assert page.locator("#chat .message-row :is(h1, h2, li, hr, math, .katex, .out)").count() == 0


def test_a_quote_is_copied_exactly_with_its_reference(visit: Open, canned_url: str) -> None:
    page = visit(canned_url)
    ask(page, "hostile")
    for index in (3, 6):
        figure = page.locator("#chat .quote").nth(index)
        figure.locator(".copy").click()
        figure.get_by_text(say("copied", "fr")).wait_for()
        copied = page.evaluate("navigator.clipboard.readText()")
        words, reference = copied.replace("\r\n", "\n").rsplit("\n\n— ", 1)
        assert words == HOSTILE[index].replace("\r\n", "\n")
        assert reference.endswith(f"1er novembre 2024, caractères 0 à {len(HOSTILE[index])}\n")


# --- what a visitor can do wrong, and what can go wrong -------------------------------------------


def test_nothing_happens_on_an_empty_question(visit: Open, canned_url: str) -> None:
    page = visit(canned_url, locale="en-US")
    for question in ("", "   ", "?!"):
        page.fill("#question textarea", question)
        page.press("#question textarea", "Enter")
        page.get_by_text(say("empty", "en")).wait_for()
    assert page.locator("#chat .message-row").count() == 0
    assert page.locator("#question textarea").input_value() == "?!"
    assert quotes_of(ask(page, "echo")) == ["echo"]
    assert page.locator("#status").inner_text().strip() == ""


def test_a_long_question_is_kept_and_refused_with_its_length(visit: Open, canned_url: str) -> None:
    page = visit(canned_url)
    page.fill("#question textarea", "a" * 10_000)
    page.press("#question textarea", "Enter")
    page.get_by_text(say("too_long", "fr", length=10_000, limit=2_000)).wait_for()
    assert page.locator("#chat .message-row").count() == 0
    assert len(page.locator("#question textarea").input_value()) == 10_000


def test_errors_are_sentences_and_the_page_goes_on(visit: Open, canned_url: str) -> None:
    page = visit(canned_url, locale="en-US")
    assert ask(page, "refuse").inner_text() == "the model is <b>gone</b>; type: make model"
    assert ask(page, "fail").inner_text() == say("failed", "en")
    assert say("no_passage", "en") in ask(page, "nothing").inner_text()
    assert quotes_of(ask(page, "echo")) == ["echo"]
    assert "Traceback" not in page.content()


def test_a_question_asked_before_the_model_is_warm_waits(
    visit: Open, canned: CannedLibrary, canned_url: str
) -> None:
    page = visit(canned_url)
    canned.go.clear()
    try:
        page.fill("#question textarea", "echo tôt")
        page.press("#question textarea", "Enter")
        page.get_by_text(say("loading", "fr")).wait_for()
        assert page.locator("#status").get_attribute("role") == "status"
        assert page.locator("#chat .user-row").inner_text().strip() == "echo tôt"
        assert page.locator("#chat .answer").count() == 0
    finally:
        canned.go.set()
    page.wait_for_selector("#chat .answer")
    assert quotes_of(page.locator("#chat .answer")) == ["echo tôt"]
    assert page.locator("#status").inner_text().strip() == ""


def test_visitors_do_not_mix(visit: Open, canned_url: str) -> None:
    pages = [visit(canned_url), visit(canned_url)]
    for turn in range(3):
        for name, page in enumerate(pages):
            page.fill("#question textarea", f"echo {name} {turn}")
            page.press("#question textarea", "Enter")
        for page in pages:
            page.wait_for_selector(f"#chat .answer >> nth={turn}")
    for name, page in enumerate(pages):
        expected = [f"echo {name} {turn}" for turn in range(3)]
        assert page.locator("#chat .user-row .exact").all_text_contents() == expected
        assert quotes_of(page.locator("#chat")) == expected


def test_a_question_asked_while_another_waits_comes_next(
    visit: Open, canned: CannedLibrary, canned_url: str
) -> None:
    page = visit(canned_url)
    canned.go.clear()
    try:
        page.fill("#question textarea", "echo un")
        page.press("#question textarea", "Enter")
        page.wait_for_selector("#status .working")
        page.fill("#question textarea", "echo deux")
        page.press("#question textarea", "Enter")
    finally:
        canned.go.set()
    page.wait_for_selector("#chat .answer >> nth=1")
    assert quotes_of(page.locator("#chat")) == ["echo un", "echo deux"]
    assert page.locator("#question textarea").input_value() == ""


def test_clear_is_offered_when_there_is_something_to_clear(
    visit: Open, canned: CannedLibrary, canned_url: str
) -> None:
    page = visit(canned_url)
    assert not page.locator("#clear").is_visible()
    canned.go.clear()
    try:
        page.fill("#question textarea", "echo")
        page.press("#question textarea", "Enter")
        page.wait_for_selector("#status .working")
        assert not page.locator("#clear").is_visible()
    finally:
        canned.go.set()
    page.wait_for_selector("#chat .answer")
    page.click("#clear")
    page.wait_for_selector("#examples", state="visible")
    assert quotes_of(ask(page, "echo encore")) == ["echo encore"]
    assert page.locator("#chat .message-row").count() == 2


# --- looks and access ------------------------------------------------------------------------


@pytest.mark.parametrize("width", [390, 320])
def test_narrow_screens_have_no_sideways_scroll(visit: Open, canned_url: str, width: int) -> None:
    page = visit(canned_url, width=width, height=844)
    assert overflow(page) <= 0
    ask(page, "hostile")
    assert overflow(page) <= 0
    ask(page, "nearest").locator("summary").click()
    assert overflow(page) <= 0
    assert page.locator("#question textarea").is_visible()


@pytest.mark.parametrize(("width", "height"), [(1280, 900), (390, 844), (320, 640)])
@pytest.mark.parametrize("length", ["long", "echo"])
def test_every_later_answer_opens_in_view(
    visit: Open, canned_url: str, width: int, height: int, length: str
) -> None:
    page = visit(canned_url, width=width, height=height, reduced_motion="reduce")
    ask(page, f"{length} un")
    for later in ("deux", "trois"):
        answer = ask(page, f"{length} {later}")
        page.wait_for_timeout(300)
        assert -2 <= top(page.locator("#chat .user-row").last) <= 32
        assert top(answer) < 160
        assert top(answer) < top(page.locator("#composer")) - 200


def top(shown: Any) -> float:
    """Return where an element begins, in pixels from the top of the window."""
    return float(shown.evaluate("each => each.getBoundingClientRect().top"))


@pytest.mark.parametrize("locale", ["fr-FR", "en-GB"])
def test_the_question_box_fits_the_narrowest_phone(
    visit: Open, canned_url: str, locale: str
) -> None:
    page = visit(canned_url, width=320, height=640, locale=locale)
    box = page.locator("#question textarea").bounding_box()
    assert box
    assert box["width"] >= 180
    assert box["height"] <= 48  # one line: the hint does not wrap


@pytest.mark.parametrize("mark", ["?", "!", ":", ";", "»"])
def test_a_french_mark_never_stands_alone_on_the_last_line(
    visit: Open, canned_url: str, mark: str
) -> None:
    page = visit(canned_url, width=390, height=844)
    ask(page, f"echo : à quoi le traité engage-t-il chaque pays en cas de guerre {mark}")
    alone = page.locator("#chat .user-row p").evaluate("""(paragraph) => {
      const text = paragraph.querySelector(".exact").firstChild;
      const top = (at) => {
        const range = document.createRange();
        range.setStart(text, at);
        range.setEnd(text, at + 1);
        return range.getBoundingClientRect().top;
      };
      const widths = Array.from({ length: 260 }, (_, more) => 130 + more);
      return widths.filter((width) => {
        paragraph.style.width = `${width}px`;
        return top(text.length - 1) !== top(text.length - 3);
      });
    }""")
    assert alone == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(visit: Open, canned_url: str, scheme: str) -> None:
    page = visit(canned_url, scheme=scheme, reduced_motion="reduce")
    assert axe(page) == []
    ask(page, "hostile")
    ask(page, "nearest").locator("summary").click()
    page.locator("#chat .copy").first.click()
    page.press("#question textarea", "Enter")
    page.get_by_text(say("empty", "fr")).wait_for()
    assert axe(page) == []
    page.set_viewport_size({"width": 320, "height": 640})
    assert axe(page) == []


def axe(page: Page) -> list[str]:
    """Return what axe-core finds against WCAG 2.2 AA, Gradio's own widgets included."""
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page, options={"runOnly": {"type": "tag", "values": WCAG}}).response
    assert len(found["passes"]) > 10
    nodes = [(each["id"], node["html"]) for each in found["violations"] for node in each["nodes"]]
    return [f"{rule}: {html[:200]}" for rule, html in nodes]


def test_the_keyboard_is_enough(visit: Open, canned_url: str) -> None:
    page = visit(canned_url)
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    page.keyboard.type("nearest")
    page.keyboard.press("Enter")
    page.wait_for_selector("#chat .answer")
    assert page.evaluate("document.activeElement.tagName") == "TEXTAREA"
    page.keyboard.press("Shift+Tab")
    assert page.evaluate("document.activeElement.tagName") == "SUMMARY"
    page.keyboard.press("Enter")
    page.locator("#chat .near").first.wait_for(state="visible")
    page.keyboard.press("Tab")
    check_focus_is_visible(page)
    page.keyboard.press("Enter")
    page.locator("#chat .copy.done").wait_for()
    page.focus("#question textarea")
    for name in ("send", "clear"):
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.id") == name
        check_focus_is_visible(page)
    page.keyboard.press("Enter")
    page.wait_for_selector("#examples", state="visible")
    assert page.locator("#chat .message-row").count() == 0
    page.wait_for_function("document.activeElement.tagName === 'TEXTAREA'")


def check_focus_is_visible(page: Page) -> None:
    outline = page.evaluate(
        "(({outlineStyle, outlineWidth}) => [outlineStyle, parseFloat(outlineWidth)])"
        "(getComputedStyle(document.activeElement))"
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
    assert page.get_by_text(say("tagline", language)).is_visible()
    for each in LANGUAGES:  # what answers are made of is said in both
        about = page.get_by_text(say("about", each))
        assert about.is_visible()
        assert about.evaluate("each => each.closest('[lang]').lang") == each
    ask(page, "nearest")
    log = page.get_by_role("log", name=say("conversation", language))
    assert log.get_attribute("aria-live") == "polite"
    assert log.get_by_role("group", name=say("the_answer", language)).count() == 1


def test_people_who_asked_for_calm_get_it(
    visit: Open, canned: CannedLibrary, canned_url: str
) -> None:
    page = visit(canned_url, reduced_motion="reduce")
    canned.go.clear()
    try:
        page.fill("#question textarea", "echo")
        page.press("#question textarea", "Enter")
        page.wait_for_selector("#status .working")
        moving = "document.getAnimations().filter(each => each.playState === 'running').length"
        assert page.evaluate(moving) == 0
    finally:
        canned.go.set()
    page.wait_for_selector("#chat .answer")


# --- the process ------------------------------------------------------------------------------


def test_a_busy_port_is_told_in_one_line_and_at_once() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(ServerError, match=f"PORT={port + 1} make run"):
            app.check_address(Settings(port=port))
        began = time.monotonic()
        done = subprocess.run(
            [sys.executable, "app.py"], cwd=ROOT, env={**os.environ, "PORT": str(port)},
            capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1
    assert f"PORT={port + 1} make run" in done.stderr
    assert time.monotonic() - began < 5


def test_a_defect_at_the_start_is_told_in_one_line(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setenv("PORT", str(free_port()))
    monkeypatch.delenv("RAG_DEBUG", raising=False)
    monkeypatch.setattr("rag.default_library.open_default", lambda *_, **__: fail(""))
    assert app.main() == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.startswith("error: the page could not start (ZeroDivisionError: a defect")
    assert told.err.endswith("type: RAG_DEBUG=1 make run\n")
    assert told.err.count("\n") == 1
    assert caplog.text == ""
    monkeypatch.setenv("RAG_DEBUG", "1")
    assert app.main() == 2
    assert "Traceback" in caplog.text


@pytest.mark.parametrize("name", ["library.sqlite3", "vectors-1.faiss"])
def test_a_damaged_index_is_no_traceback(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    """It would be built again; its articles being gone, the page says so and stops."""
    from rag.library import Library

    monkeypatch.setattr("rag.library.SentenceTransformerEmbedder", lambda _: HashingEmbedder())
    index, article = tmp_path / "index", tmp_path / "phare.txt"
    article.write_text("La lampe du phare porte à 32 kilomètres.")
    Library.build([article], index)
    article.unlink()
    data = (index / name).read_bytes()
    (index / name).write_bytes(data[:20] + b"\xa5" * (len(data) - 20))
    for variable, value in {"PORT": free_port(), "RAG_INDEX": index, "RAG_SEEDS": article}.items():
        monkeypatch.setenv(variable, str(value))
    assert app.main() == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.startswith("error: ")
    assert told.err.count("\n") == 1


def test_importing_the_page_imports_no_gradio() -> None:
    code = "import app, os, sys; assert 'gradio' not in sys.modules, 'gradio'; " + (
        "assert 'GRADIO_ANALYTICS_ENABLED' not in os.environ"
    )
    environ = {name: value for name, value in os.environ.items() if "GRADIO" not in name}
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=environ, timeout=60, check=True)


@pytest.mark.slow
@pytest.mark.usefixtures("library")
@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
def test_the_process_says_where_it_is_and_ends_when_told(index: Path, stop: signal.Signals) -> None:
    port = free_port()
    environ = {
        **os.environ, "PORT": str(port), "RAG_INDEX": str(index),
        # A proxy is no obstacle to a page on this machine.
        "HTTP_PROXY": "http://127.0.0.1:9", "http_proxy": "http://127.0.0.1:9", "NO_PROXY": "",
        "no_proxy": "",
    }  # fmt: skip
    with subprocess.Popen(
        [sys.executable, "app.py"], cwd=ROOT, env=environ, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    ) as process:  # fmt: skip
        try:
            assert process.stdout
            assert process.stderr
            assert process.stdout.readline().endswith("up to date\n")
            address = f"http://127.0.0.1:{port}/"
            assert address in process.stdout.readline()
            with urllib.request.urlopen(address, timeout=10) as reply:
                assert reply.status == 200
            process.send_signal(stop)
            assert process.wait(timeout=20) == 0
            assert "Traceback" not in process.stderr.read()
        finally:
            process.kill()
