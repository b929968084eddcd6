"""Many at once, and quickly: no error, no mixing of visitors, and how long it takes."""

from __future__ import annotations

import json
import secrets
import sys
import time
import urllib.request
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from statistics import median, quantiles
from typing import Any

import pytest

from rag.catalogue import EXAMPLES
from tests.page import Open, ask, quotes_of

VISITORS, QUESTIONS = 20, 10


def connect(url: str) -> Callable[..., Any]:
    """Return what calls the server as the page's script does."""
    with urllib.request.urlopen(f"{url}config") as reply:  # noqa: S310  our own server
        components = json.load(reply)["components"]
    (component,) = [each["id"] for each in components if each["type"] == "html"]

    def call(name: str, **data: object) -> Any:
        body = {"component_id": component, "fn_name": name, "session_hash": "x", "data": data}
        request = urllib.request.Request(  # noqa: S310  our own server
            f"{url}gradio_api/component_server/", json.dumps(body).encode(),
            {"Content-Type": "application/json"},
        )  # fmt: skip
        with urllib.request.urlopen(request, timeout=120) as reply:  # noqa: S310
            return json.load(reply)

    return call


def crowd(url: str, question: Callable[[int, int], str]) -> list[float]:
    """Have each visitor ask its questions, find them all again and no other; return seconds."""
    call, seconds = connect(url), list[float]()

    def converse(number: int) -> list[str]:
        visitor = secrets.token_hex(16)
        turns: list[str] = []
        for turn in range(QUESTIONS):
            began = time.perf_counter()
            asked = question(number, turn)
            reply = call("ask", visitor=visitor, question=asked, turns=turns)
            seconds.append(time.perf_counter() - began)
            assert reply["question"] == asked
            turns.append(reply["turn"])
        return [each["question"] for each in call("enter", visitor=visitor)["turns"]]

    with ThreadPoolExecutor(VISITORS) as pool:
        conversations = list(pool.map(converse, range(VISITORS)))
    for number, questions in enumerate(conversations):
        assert questions == [question(number, turn) for turn in range(QUESTIONS)]
    return seconds


def tell(what: str, seconds: list[float], whole: float) -> None:
    p95 = quantiles(seconds, n=20)[-1]
    sys.stdout.write(
        f"{VISITORS} visitors at once, {QUESTIONS} questions each, {what}: median"
        f" {1000 * median(seconds):.0f} ms, p95 {1000 * p95:.0f} ms,"
        f" {len(seconds) / whole:.1f} answers a second\n"
    )


@pytest.mark.slow
def test_twenty_visitors_of_the_product_do_not_mix(seed_url: str) -> None:
    """The model, the reader and the index of the product: each question is really answered."""
    examples = [*EXAMPLES["fr"], *EXAMPLES["en"], "Qui a ratifié le traité ?"]
    connect(seed_url)("ask", visitor="", question=examples[0])  # the model is loaded
    began = time.perf_counter()
    seconds = crowd(
        seed_url, lambda visitor, turn: f"{examples[(visitor + turn) % 7]} ({visitor}.{turn})"
    )
    tell("with the reader", seconds, time.perf_counter() - began)
    assert len(seconds) == VISITORS * QUESTIONS


def test_twenty_visitors_at_once_do_not_mix(canned_url: str) -> None:
    """The page and Gradio alone: what is asked is canned, no model runs."""
    began = time.perf_counter()
    seconds = crowd(canned_url, lambda visitor, turn: f"echo {visitor} {turn}")
    tell("of the page alone", seconds, time.perf_counter() - began)


@pytest.mark.browser
def test_visitors_of_one_server_do_not_mix(visit: Open, canned_url: str) -> None:
    pages = [visit(canned_url) for _ in range(3)]
    for turn in range(2):
        for name, page in enumerate(pages):
            page.fill("#question", f"echo {name} {turn}")
            page.press("#question", "Enter")
        for page in pages:
            page.wait_for_selector(f"#chat .answer >> nth={turn}")
    for name, page in enumerate(pages):
        expected = [f"echo {name} {turn}" for turn in range(2)]
        assert page.locator(".turn h2 .exact").all_text_contents() == expected
        assert quotes_of(page.locator("#chat")) == expected


@pytest.mark.browser
@pytest.mark.slow
def test_an_answer_is_shown_soon_after_it_is_had(
    visit: Open, seed_library: Any, seed_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From the moment ``ask`` returns, with the reader, to the frame that shows the quotes."""
    page = visit(seed_url)
    ask(page, EXAMPLES["fr"][1])
    had: list[float] = []
    answer = seed_library.ask

    def timed(*values: Any, **named: Any) -> Any:
        found = answer(*values, **named)
        had.append(time.time())
        return found

    delays = []
    for example in (EXAMPLES["fr"][0], EXAMPLES["fr"][2], EXAMPLES["en"][0]):
        page.wait_for_selector(".turn:last-child .suggestions")  # nothing else is asked meanwhile
        page.evaluate("""() => {
          const before = document.querySelectorAll(".answer").length;
          window.shown = 0;
          const watch = new MutationObserver(() => {
            if (document.querySelectorAll(".answer").length === before) return;
            watch.disconnect();
            requestAnimationFrame(() => setTimeout(() => { window.shown = Date.now(); }));
          });
          watch.observe(document.body, { subtree: true, childList: true });
        }""")
        had.clear()
        with monkeypatch.context() as patch:
            patch.setattr(seed_library, "ask", timed)
            ask(page, example)
            page.wait_for_function("window.shown")
        delays.append(page.evaluate("window.shown") - 1000 * had[0])
    told = ", ".join(f"{delay:.0f}" for delay in delays)
    sys.stdout.write(f"an answer is shown {told} ms after it is had\n")
    assert sorted(delays)[1] <= 300
