"""The articles: listed, read, asked alone, added by a visitor for that visitor, and removed."""

from __future__ import annotations

import pkgutil
import time
from typing import TYPE_CHECKING, Any

import pytest
from conftest import ARTICLES

from rag.catalogue import say
from rag.shelf import Limits
from tests.page import (
    HOSTILE,
    ROOT,
    STORY,
    CannedLibrary,
    Open,
    ask,
    axe,
    check_inert,
    quotes_of,
)

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser

MILL = "La meunière Odile Carpentier a rebâti le moulin de Sainte-Croix en 1911.\n"


def titles(page: Page) -> list[str]:
    return [str(each) for each in page.locator(".listed .open").all_text_contents()]


def test_articles_are_listed_found_and_read(visit: Open, canned_url: str) -> None:
    page = visit(canned_url)
    page.wait_for_selector(".listed li")
    assert set(HOSTILE) <= set(titles(page))
    check_inert(page)
    page.get_by_label(say("find_articles", "fr")).fill("PHARE")
    page.wait_for_function("document.querySelectorAll('.listed li').length === 1")
    assert titles(page) == ["Le phare"]
    details = page.locator(".listed .details").inner_text()
    assert "1er novembre 2024" in details
    assert "français" in details
    page.locator(".listed .open").click()
    page.wait_for_selector(".article-text")
    assert page.locator(".article-text").text_content() == STORY
    page.get_by_role("button", name=say("back", "fr")).click()
    assert page.locator(".listed").is_visible()


# --- asking only some -----------------------------------------------------------------------------


def test_what_limits_a_question_is_in_sight_and_can_be_taken_away(
    visit: Open, canned: CannedLibrary, canned_url: str
) -> None:
    page = visit(canned_url)
    page.wait_for_selector(".listed li")
    assert not page.locator(".within").is_visible()
    page.locator(".limits summary").click()
    page.locator("[name=languages]").select_option("en")
    page.get_by_label(say("from", "fr"), exact=True).fill("2023")
    page.get_by_label(say("to", "fr"), exact=True).fill("2023-12-31")
    page.get_by_label(say("to", "fr"), exact=True).press("Tab")
    page.locator(".chip >> nth=2").wait_for()
    chips = page.locator(".chip").all_inner_texts()
    assert chips == ["anglais", "Du 2023", "Au 2023-12-31"]
    ask(page, "story")
    within = canned.filter_of("story")
    assert within is not None
    assert (within.languages, within.published_from) == (("en",), "2023")
    page.locator(".chip").nth(1).click()
    page.wait_for_function("document.querySelectorAll('.chip').length === 2")
    assert page.get_by_label(say("from", "fr"), exact=True).input_value() == ""
    page.locator(".within-clear").click()
    page.wait_for_selector(".within", state="hidden")
    ask(page, "story encore")
    assert canned.filter_of("story encore") is None


def test_one_article_is_asked_alone(visit: Open, canned: CannedLibrary, canned_url: str) -> None:
    page = visit(canned_url)
    page.get_by_label(say("find_articles", "fr")).fill("lighthouse")
    page.wait_for_function("document.querySelectorAll('.listed li').length === 1")
    page.get_by_label(say("ask_only", "fr", title="The lighthouse")).check()
    page.locator(".chip").wait_for()
    assert page.locator(".chip").inner_text() == "The lighthouse"
    ask(page, "story")
    within = canned.filter_of("story")
    assert within is not None
    assert within.documents == (canned.answers["story"]("").quotes[2].document_id,)


def test_what_is_answered_elsewhere_is_offered(visit: Open, canned_url: str) -> None:
    page = visit(canned_url)
    page.locator(".limits summary").click()
    page.get_by_label(say("from", "fr"), exact=True).fill("1999")
    page.get_by_label(say("to", "fr"), exact=True).fill("2001")
    page.get_by_label(say("to", "fr"), exact=True).press("Tab")
    page.locator(".chip >> nth=1").wait_for()
    answer = ask(page, "story")
    assert say("elsewhere_many", "fr", count=3) in answer.locator(".elsewhere").inner_text()
    answer.get_by_role("button", name=say("search_everywhere", "fr")).click()
    page.wait_for_selector(".quote")
    assert len(quotes_of(page.locator("#chat"))) == 3
    assert page.locator(".turn").count() == 1
    assert not page.locator(".within").is_visible()


@pytest.mark.parametrize(("first", "last"), [("hier", ""), ("2024-13", ""), ("2024", "2023")])
def test_dates_that_are_none_are_told(visit: Open, canned_url: str, first: str, last: str) -> None:
    page = visit(canned_url)
    page.locator(".limits summary").click()
    page.get_by_label(say("from", "fr"), exact=True).fill(first)
    page.get_by_label(say("to", "fr"), exact=True).fill(last)
    page.get_by_label(say("to", "fr"), exact=True).press("Tab")
    page.get_by_text(say("bad_dates", "fr")).wait_for()
    limits = page.locator(".chip").all_inner_texts()
    assert limits == ([f"Du {first}"] if first == "2024" else [])  # the last that could be meant


# --- adding and removing ------------------------------------------------------------------


def add(page: Page, *files: Any) -> Any:
    """Choose files, and return their rows once each is done."""
    before = page.locator(".files li").count()
    page.set_input_files(".adding input", list(files))
    page.wait_for_function(
        "count => document.querySelectorAll('.files li:is(.done, .refused)').length >= count",
        arg=before + len(files),
    )
    return page.locator(".files li")


def file(name: str, text: str) -> dict[str, Any]:
    return {"name": name, "mimeType": "text/plain", "buffer": text.encode()}


def test_an_article_is_added_asked_and_removed(visit: Open, shelf_url: str) -> None:
    page = visit(shelf_url)
    page.wait_for_selector(".listed li")
    before = titles(page)
    rows = add(page, file("moulin été.txt", MILL))
    assert rows.locator(".name").inner_text() == "moulin été.txt"
    assert say("added", "fr") in rows.locator(".stage").inner_text()
    page.wait_for_function(
        "count => document.querySelectorAll('.listed li').length > count", arg=len(before)
    )
    row = page.locator(".listed li").first
    assert say("own", "fr") in row.inner_text()
    assert say("passages_one", "fr") in row.inner_text()
    assert "français" in row.inner_text()
    answer = ask(page, "Qui a rebâti le moulin de Sainte-Croix ?")
    assert any("Odile Carpentier" in quote for quote in quotes_of(answer))
    page.wait_for_selector(".sheet mark.quoted")
    assert page.locator(".article-text").text_content() == MILL
    other = visit(shelf_url)  # another visitor has nothing of it
    other.wait_for_selector(".listed li")
    assert titles(other) == before
    elsewhere = ask(other, "Qui a rebâti le moulin de Sainte-Croix ?")
    assert not any("Odile Carpentier" in quote for quote in quotes_of(elsewhere))
    page.reload()  # it is still there for this one
    page.wait_for_selector(".own >> nth=0", state="attached")
    page.get_by_role("button", name=say("back", "fr")).click() if page.locator(
        ".reader"
    ).is_visible() else None
    page.locator(".removal summary").click()
    page.get_by_role("button", name=say("remove_sure", "fr")).click()
    page.wait_for_function(
        "count => document.querySelectorAll('.listed li').length === count", arg=len(before)
    )
    assert titles(page) == before
    page.click(".clear")
    gone = ask(page, "Qui a rebâti le moulin de Sainte-Croix ?")
    assert not any("Odile Carpentier" in quote for quote in quotes_of(gone))


def test_duplicates_are_known_by_their_content(visit: Open, shelf_url: str) -> None:
    page = visit(shelf_url)
    add(page, file("a.txt", MILL))
    rows = add(page, file("b.md", MILL), file("c.txt", ARTICLES["ferry.txt"]))
    assert rows.nth(1).locator(".stage").inner_text() == say("duplicate_shelf", "fr")
    assert rows.nth(2).locator(".stage").inner_text() == say("duplicate_library", "fr")


def test_limits_are_said_before_and_after(visit: Open, shelf_url: str) -> None:
    page = visit(shelf_url)
    limits = Limits()
    hint = page.locator(".drop").inner_text()
    assert ".txt" in hint
    assert f"{limits.file_bytes / 1e6:g} Mo" in hint
    assert f"{limits.files} en tout" in hint
    large = "a" * (limits.file_bytes + 100_000)
    rows = add(page, file("photo.xyz", "x"), file("large.txt", large), file("vide.txt", " "))
    stages = rows.locator(".stage").all_inner_texts()
    assert "photo.xyz" in stages[0]
    assert "5 Mo" in stages[1]
    assert "vide.txt" in stages[2]
    assert page.locator(".files .refused").count() == 3
    assert page.locator(".own").count() == 0


def test_hostile_files_are_added_and_shown_exactly(visit: Open, shelf_url: str) -> None:
    page = visit(shelf_url)
    text = "<script>window.owned = 1</script> Le hibou garde la tour. ![x](http://e.example/a.png)"
    rows = add(page, file('<img src=x onerror="window.owned=1">.txt', text))
    assert page.locator(".files .done").count() == 1
    assert "<img src=x onerror=" in rows.locator(".name").inner_text()
    page.locator(".listed .open").first.click()
    page.wait_for_selector(".article-text")
    assert page.locator(".article-text").text_content() == text
    check_inert(page)


def test_files_can_be_dropped(visit: Open, shelf_url: str) -> None:
    page = visit(shelf_url)
    page.wait_for_selector(".listed li")
    page.evaluate(
        """text => {
      const data = new DataTransfer();
      data.items.add(new File([text], "tombé.txt", { type: "text/plain" }));
      const event = (name) => new DragEvent(name, { dataTransfer: data, bubbles: true, cancelable: true });
      const pane = document.querySelector("#reading");
      pane.dispatchEvent(event("dragover"));
      pane.dispatchEvent(event("drop"));
    }""",  # noqa: E501
        MILL,
    )
    page.wait_for_selector(".files .done")
    assert page.locator(".own").count() == 1


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_in_the_list(visit: Open, shelf_url: str, scheme: str) -> None:
    page = visit(shelf_url, scheme=scheme, reduced_motion="reduce")
    add(page, file("a.txt", MILL), file("b.xyz", "x"))
    page.locator(".limits summary").click()
    page.locator("[name=languages]").select_option("fr")
    page.locator(".chip").wait_for()
    page.locator(".removal summary").click()
    assert axe(page) == []


# --- what is seen while a file is added ---------------------------------------------------------

# What a person sees at each frame: the stage, those that are over, and how full the bar is.
FRAMES = """() => {
  window.frames_ = [];
  const look = () => {
    const row = document.querySelector(".files li");
    if (row) window.frames_.push([
      row.querySelector(".stage").textContent,
      row.querySelectorAll(".stages [data-done]").length,
      row.querySelector("progress").value,
    ]);
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}"""


def test_every_stage_of_a_file_is_seen_in_order(
    visit: Open, shelf_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a machine made slow: each stage does its real work, 0.6 s later."""
    slow_down(monkeypatch, "rag.shelf.make_document")
    slow_down(monkeypatch, "rag.indexer.split")
    slow_down(monkeypatch, "conftest.HashingEmbedder.encode_documents")
    slow_down(monkeypatch, "rag.shelf.LocalStore.write")
    page = visit(shelf_url)
    page.wait_for_selector(".listed li")
    page.evaluate(FRAMES)
    add(page, file("moulin.txt", MILL))
    page.wait_for_timeout(100)
    frames = page.evaluate("window.frames_")
    told = [stage for stage, *_ in frames]
    stages = [say(f"stage_{each}", "fr") for each in ("wait", "read", "split", "embed", "store")]
    last = f"{say('added', 'fr')} · {say('passages_one', 'fr')}"
    assert list(dict.fromkeys(told)) == [*stages, last]
    over = [count for _, count, _ in frames]
    assert over == sorted(over)
    assert set(over) == {0, 1, 2, 3, 4}
    shares = [share for *_, share in frames]
    assert shares == sorted(shares)  # the bar never goes back
    assert shares[-1] == 1
    assert page.locator("#announcement").text_content() == f"moulin.txt, {last}"


def slow_down(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    work = pkgutil.resolve_name(name)

    def later(*values: Any, **named: Any) -> Any:
        time.sleep(0.6)
        return work(*values, **named)

    monkeypatch.setattr(name, later)


@pytest.mark.slow
def test_the_bar_follows_a_long_article_through_the_model(visit: Open, seed_url: str) -> None:
    page = visit(seed_url)
    page.wait_for_selector(".listed li")
    page.evaluate(FRAMES)
    story = (ROOT / "seeds/000_1a9ad79b3ab2e28c.txt").read_text(encoding="utf-8")
    page.set_input_files(".adding input", [file("long.txt", f"{story}\n\n" * 16)])
    page.wait_for_selector(".files .done", timeout=120_000)
    embed = say("stage_embed", "fr")
    shares = {share for stage, _, share in page.evaluate("window.frames_") if stage == embed}
    assert len(shares) >= 4  # it moves while the model works
    assert max(shares) > 0.6


def test_one_article_too_many_is_refused_and_told(visit: Open, shelf_url: str) -> None:
    page = visit(shelf_url)
    page.wait_for_selector(".listed li")
    limit = Limits().files
    files = [file(f"{each}.txt", f"Le moulin {each} tourne.\n") for each in range(limit + 1)]
    rows = add(page, *files)
    assert page.locator(".files .done").count() == limit
    told = say("shelf_too_many", "fr", limit=limit)
    assert rows.last.locator(".stage").inner_text() == told


def test_articles_of_one_source_are_asked(visit: Open, shelf_url: str) -> None:
    page = visit(shelf_url)
    page.wait_for_selector(".listed li")
    page.locator(".limits summary").click()
    page.locator("[name=sources]").select_option("Valley Post")
    page.locator(".chip").wait_for()
    assert page.locator(".chip").inner_text() == "Valley Post"
    assert page.locator(".left-out").count() == len(ARTICLES) - 1
    for question in ("When were the apple trees planted?", "Quand le phare a-t-il été rallumé ?"):
        sources = ask(page, question).locator(".quote .details .detail:first-child")
        assert set(sources.all_inner_texts()) == {"Valley Post"}
