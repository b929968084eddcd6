"""A library of ten thousand articles: listed by pages, searched, and read, on a real server."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from conftest import HashingEmbedder

import app
from rag.catalogue import say, say_count
from rag.library import Library
from rag.page.directory import Directory
from rag.page.shelf_pane import LISTED_AT_ONCE
from rag.settings import Settings
from tests.browser import free_port
from tests.page import Open, ask, axe, quotes_of

if TYPE_CHECKING:
    from playwright.sync_api import Page

MANY = 10_000
SHOWN = "document.querySelectorAll('.listed li').length"


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Library:
    """Tiny articles, each a real file, in a real index; the embedder is the tests'."""
    folder = tmp_path_factory.mktemp("many")
    (folder / "articles").mkdir()
    for number in range(MANY):
        text = (
            f"---\ntitle: Le pont nº {number} de Vézère\nsource: Écho {number % 7}\n"
            f"date: {1950 + number % 70}\nlanguage: fr\n---\n"
            f"Le pont nº {number} a {number + 3} arches. Il date de {1200 + number % 700}.\n"
        )
        (folder / "articles" / f"{number:05}.md").write_text(text, encoding="utf-8")
    settings = Settings(min_confidence=0.01, index=folder / "index")
    return Library.build(
        [folder / "articles"], settings.index, embedder=HashingEmbedder(), settings=settings
    )


@pytest.fixture(scope="module")
def many_url(many: Library, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    settings = Settings(port=free_port(), index=tmp_path_factory.mktemp("beside") / "index")
    page = app.start(many, settings)
    yield str(page.local_url)
    page.close(verbose=False)


def test_a_directory_is_read_once_and_anew_when_the_index_changes(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = []
    entries = library.entries
    monkeypatch.setattr(library, "entries", lambda: (read.append(1), entries())[1])
    directory = Directory(library)
    before = directory.search("")
    assert [each.id for each in before] == [each.id for each in library.documents()]
    assert directory.search("ECHO DE NULLE PART") == []
    assert len(read) == 1
    library.remove(before[0].id)
    assert directory.search("") == before[1:]
    assert len(read) == 2


def test_words_are_looked_for_whatever_their_case_and_accents(library: Library) -> None:
    directory = Directory(library)
    own = directory.search("verger") + directory.search("ORCHARD")
    assert [each.title for each in own] == ["The orchard that feeds a school"]
    assert directory.search("válley POST") == own
    assert directory.search("orchard", own) == own  # the visitor's own is not listed twice
    assert directory.search("", own)[0] == own[0]


@pytest.mark.browser
def test_ten_thousand_articles_are_paged_through_and_searched(
    visit: Open, many_url: str, many: Library
) -> None:
    many.entries()
    page = visit(many_url)
    began = time.perf_counter()
    page.wait_for_function(f"{SHOWN} > 0")
    opened = time.perf_counter() - began
    assert page.evaluate(SHOWN) == LISTED_AT_ONCE
    assert page.locator(".count").inner_text() == f"{say_count(MANY, 'fr')} articles"
    page.get_by_role("button", name=say("articles_next", "fr", count=LISTED_AT_ONCE)).click()
    page.wait_for_function(f"{SHOWN} === {2 * LISTED_AT_ONCE}")
    names = page.locator(".listed .open").all_text_contents()
    assert len(set(names)) == 2 * LISTED_AT_ONCE
    assert page.evaluate("document.activeElement.textContent") == names[LISTED_AT_ONCE]
    began = time.perf_counter()
    page.get_by_label(say("find_articles", "fr")).fill("PONT Nº 9999")
    page.wait_for_function(f"{SHOWN} === 1")
    found = time.perf_counter() - began
    count = say("articles_found", "fr", found="1", whole=f"{say_count(MANY, 'fr')} articles")
    assert page.locator(".count").inner_text() == count
    assert not page.locator(".more").is_visible()
    page.locator(".listed .open").click()
    page.wait_for_selector(".article-text")
    assert "Le pont nº 9999 a 10002 arches." in text_of(page)
    page.get_by_role("button", name=say("back", "fr")).click()
    page.get_by_label(say("find_articles", "fr")).fill("girafe")
    page.get_by_text(say("no_article_found", "fr")).wait_for()
    assert axe(page) == []
    sys.stdout.write(
        f"{MANY} articles: the list is there {1000 * opened:.0f} ms after the page,"
        f" one is found in {1000 * found:.0f} ms\n"
    )
    assert opened <= 2
    assert found <= 1


@pytest.mark.browser
def test_one_of_ten_thousand_is_asked_alone(visit: Open, many_url: str) -> None:
    page = visit(many_url)
    page.get_by_label(say("find_articles", "fr")).fill("nº 7 de")
    page.wait_for_function(f"{SHOWN} === 1")
    page.locator(".listed .only").check()
    page.locator(".chip").wait_for()
    page.get_by_label(say("find_articles", "fr")).fill("")
    page.wait_for_function(f"{SHOWN} === {LISTED_AT_ONCE}")
    assert page.locator(".left-out").count() == LISTED_AT_ONCE - 1  # what is not asked says so
    answer = ask(page, "Combien d’arches a le pont ?")
    assert quotes_of(answer)[0].startswith("Le pont nº 7 a 10 arches.")


def text_of(page: Page) -> str:
    return str(page.locator(".article-text").text_content())
