"""What a reader takes away and leaves: exports that open offline, suggestions, feedback."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from rag.catalogue import say
from rag.feedback import to_cases
from tests.page import CannedLibrary, Open, ask, axe, quotes_of

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser


def export(page: Page, key: str, folder: Path) -> Path:
    page.locator(".exporting summary").click()
    with page.expect_download() as download:
        page.get_by_role("button", name=say(key, "fr"), exact=True).click()
    path = folder / download.value.suggested_filename
    download.value.save_as(path)
    return path


def test_a_conversation_is_exported_three_ways(
    visit: Open, browser: Browser, canned: CannedLibrary, canned_url: str, tmp_path: Path
) -> None:
    page = visit(canned_url)
    assert not page.locator(".exporting").is_visible()
    quotes = quotes_of(ask(page, "story"))
    ask(page, "nothing")
    markdown = export(page, "export_markdown", tmp_path)
    assert markdown.name == "guillemets.md"
    assert "32 kilomètres" in markdown.read_text(encoding="utf-8")
    values = json.loads(export(page, "export_json", tmp_path).read_text(encoding="utf-8"))
    expected = json.loads(json.dumps(canned.answers["story"]("story").to_dict()))
    assert values["answers"][0] == expected
    proof = export(page, "export_proof", tmp_path)
    assert proof.name == "guillemets.html"
    context = browser.new_context(offline=True)
    offline = context.new_page()
    asked: list[str] = []
    offline.on("request", lambda each: asked.append(each.url))
    offline.goto(proof.as_uri())
    marks = offline.locator("mark").all_text_contents()
    assert all(any(quote in mark for mark in marks) for quote in quotes)
    assert asked == [proof.as_uri()]
    context.close()


@pytest.mark.parametrize(
    ("key", "words"),
    [("copy_markdown", "> « Elle porte"), ("copy_bibtex", "@misc{"), ("copy_plain", "Le phare")],
)
def test_a_quote_is_copied_in_three_styles(
    visit: Open, canned_url: str, key: str, words: str
) -> None:
    page = visit(canned_url)
    figure = ask(page, "story").locator(".quote").first
    figure.locator(".copying summary").click()
    figure.get_by_role("button", name=say(key, "fr"), exact=True).click()
    figure.get_by_text(say("copied", "fr")).wait_for()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert words in copied
    assert "Elle porte à 32 kilomètres" in copied


def test_what_a_reader_says_is_kept(visit: Open, canned_url: str, feedback_file: Path) -> None:
    page = visit(canned_url)
    feedback_file.unlink(missing_ok=True)
    answer = ask(page, "story")
    answer.get_by_role("button", name=say("helpful", "fr"), exact=True).click()
    answer.get_by_text(say("thanks", "fr")).wait_for()
    other = ask(page, "nothing <b>ici</b>")
    other.locator(".unhelpful summary").click()
    other.get_by_label(say("why_not", "fr")).select_option("other")
    other.get_by_label(say("comment", "fr")).fill("Et l’île ?")
    assert axe(page) == []
    other.get_by_role("button", name=say("send_feedback", "fr")).click()
    other.get_by_text(say("thanks", "fr")).wait_for()
    lines = feedback_file.read_text(encoding="utf-8").splitlines()
    first, second = map(json.loads, lines)
    assert (first["question"], first["helpful"], first["reason"]) == ("story", True, "")
    assert second["question"] == "nothing <b>ici</b>"
    assert (second["helpful"], second["reason"], second["comment"]) == (
        False,
        "other",
        "Et l’île ?",
    )
    assert next(iter(to_cases(lines)))["question"] == "story"


def test_what_to_ask_next_is_suggested_and_answered(visit: Open, canned_url: str) -> None:
    page = visit(canned_url)
    ask(page, "story")
    page.wait_for_selector(".suggestions .example")
    suggestions = page.locator(".suggestions .example").all_inner_texts()
    assert 1 <= len(suggestions) <= 3
    assert any(words in each for each in suggestions for words in ("La lampe", "Le Goff", "Douze"))
    page.locator(".suggestions .example").first.click()
    page.wait_for_selector(".turn:nth-child(2) .quote")
    assert page.locator(".turn h2").nth(1).inner_text() == suggestions[0]


def test_a_library_without_examples_offers_what_it_answers(visit: Open, shelf_url: str) -> None:
    page = visit(shelf_url)
    page.wait_for_selector(".welcome .example")
    page.locator(".welcome .example").first.click()
    page.wait_for_selector(".answer .quote")
