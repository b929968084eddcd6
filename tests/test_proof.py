"""The proof: its words are the articles' own, each where it stands; it fetches nothing."""

import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from conftest import ARTICLES
from hypothesis import given
from hypothesis import strategies as st

from rag.datamodels import Answer, Document, Excerpt, Quote
from rag.errors import VerbatimError
from rag.exports.proof import render_proof
from rag.library import Library

HOSTILE = (
    "<script>alert(1)</script> & &eacute; &amp;lt; <img src=x onerror=alert(2)> *gras* _x_ `c`\n"
    "\r\n$$\\frac{1}{2}$$ [lien](http://evil.example/) </div></mark> \u202erelbisivni\u202c \u200b|"
    "\t\u0301 e\u0301 \x1b[31m https://evil.example ]]> <!-- --> fin\u2028."
)


def article(text: str, name: str = "a", **facts: str) -> Document:
    made = Document(name, f"Title {name}", text, "", "2024-11", "fr", "0" * 64, "a", 0, len(text))
    return replace(made, **facts)  # type: ignore[arg-type]


def quote(document: Document, start: int, end: int, *context: tuple[int, int]) -> Quote:
    return Quote(
        document.id, start, end, document.text[start:end], 0.5, document.title,
        sha256=document.sha256, language=document.language,
        context=tuple(Excerpt(s, e, document.text[s:e]) for s, e in context),
    )  # fmt: skip


class Reader(HTMLParser):
    """The text of a proof as a browser would show it: of articles, and of quotes."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[tuple[str, dict[str, str | None]]] = []
        self.articles: dict[str, str] = {}
        self.marked: dict[str, set[int]] = {}
        self.context: dict[str, set[int]] = {}
        self.anchors: dict[str, tuple[str, int]] = {}
        self.quotes: list[str] = []
        self.questions: list[str] = []
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.links: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        self.tags.add(tag)
        self.attributes |= values.keys()
        if tag == "meta":
            return
        self.open.append((tag, values))
        name = self.article()
        if values.get("data-document") is not None:
            self.articles[name], self.marked[name], self.context[name] = "", set(), set()
        elif values.get("class") == "place":
            self.anchors[str(values["id"])] = (name, len(self.articles[name]))
        elif values.get("class") == "quote":
            self.quotes.append("")
        elif values.get("class") == "question":
            self.questions.append("")
        elif tag == "a":
            self.links.append(str(values["href"]))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop()[0] == tag

    def handle_data(self, data: str) -> None:
        classes = [values.get("class") for _, values in self.open]
        if name := self.article():
            begin = len(self.articles[name])
            self.articles[name] += data
            places = range(begin, begin + len(data))
            if "mark" in [tag for tag, _ in self.open]:
                self.marked[name].update(places)
            if "context" in classes:
                self.context[name].update(places)
        elif "quote" in classes:
            self.quotes[-1] += data
        elif "question" in classes:
            self.questions[-1] += data

    def article(self) -> str:
        names = [values["data-document"] for _, values in self.open if "data-document" in values]
        return str(names[0]) if names else ""


characters = st.one_of(
    st.sampled_from(list("<>&\"' \n\r\t«»é*_`$[]()\u0301\u202e\u200b\u00a0\x85\ufeff😀;#")),
    st.characters(blacklist_categories=["Cs"], blacklist_characters="\0"),
)


@st.composite
def quoted(draw: Any) -> tuple[Document, list[Quote]]:
    text = draw(st.text(characters, min_size=1, max_size=60))

    def span() -> tuple[int, int]:
        start = draw(st.integers(0, len(text) - 1))
        return start, draw(st.integers(start + 1, len(text)))

    document = article(text)
    quotes = [quote(document, *span(), span()) for _ in range(draw(st.integers(1, 4)))]
    return document, quotes


@given(quoted(), st.text(characters, max_size=30), st.sampled_from(["en", "fr"]))
def test_what_is_read_back_is_the_slices(
    made: tuple[Document, list[Quote]], question: str, language: Any
) -> None:
    document, quotes = made
    page = render_proof([Answer(question, True, 0.9, quotes)], {document.id: document}, language)
    found = Reader(page)
    assert found.articles == {"a": document.text}
    assert found.quotes == [each.text for each in quotes]
    assert found.questions == [question]
    strong = {i for each in quotes for i in range(each.start, each.end)}
    light = {i for q in quotes for each in q.context for i in range(each.start, each.end)}
    assert found.marked == {"a": strong}
    assert found.context == {"a": light - strong}
    targets = [found.anchors[link[1:]] for link in found.links]
    assert targets == [("a", each.start) for each in quotes]


def hostile_page(language: Any = "en") -> str:
    document = article(HOSTILE, title="<b>T</b>", source='"><script>', language='fr" onclick="x')
    start = HOSTILE.index("*gras*")
    quotes = [quote(document, start, len(HOSTILE)), quote(document, 0, start, (start, start + 6))]
    return render_proof([Answer(HOSTILE, True, 0.9, quotes)], {"a": document}, language)


def test_nothing_in_an_article_is_markup() -> None:
    found = Reader(hostile_page())
    assert found.articles == {"a": HOSTILE}
    assert found.questions == [HOSTILE]
    assert not found.tags & {"script", "img", "b", "iframe", "link", "object"}
    assert not {name for name in found.attributes if name.startswith("on")} | (
        found.attributes & {"style", "src"}
    )


def test_overlapping_quotes_are_each_shown_once_and_each_found() -> None:
    document = article("Un. Deux. Trois. Quatre.")
    quotes = [quote(document, 4, 16), quote(document, 10, 24), quote(document, 4, 9)]
    answers = [Answer(str(i), True, 0.9, [each]) for i, each in enumerate([*quotes, quotes[0]])]
    found = Reader(render_proof(answers, {"a": document}, "fr"))
    assert found.articles == {"a": document.text}
    assert found.marked["a"] == set(range(4, 24))
    assert sorted(found.anchors.values()) == [("a", 4), ("a", 4), ("a", 10)]
    assert [found.anchors[link[1:]] for link in found.links] == [
        ("a", 4), ("a", 10), ("a", 4), ("a", 4),
    ]  # fmt: skip


def test_a_quote_that_is_not_its_articles_words_is_refused() -> None:
    document = article(ARTICLES["ferry.txt"])
    good = quote(document, 0, 9, (10, 20))
    render_proof([Answer("?", True, 0.9, [good])], {"a": document}, "en")
    bad_context = replace(good, context=(Excerpt(11, 21, document.text[10:20]),))
    for bad in (replace(good, text="The train"), replace(good, start=1, end=10), bad_context):
        with pytest.raises(VerbatimError, match=r"ask again$"):
            render_proof([Answer("?", True, 0.9, [bad])], {"a": document}, "en")


def test_an_article_that_is_gone_leaves_its_quote() -> None:
    document = article(ARTICLES["ferry.txt"])
    page = render_proof([Answer("?", True, 0.9, [quote(document, 0, 9)])], {}, "fr")
    found = Reader(page)
    assert (found.quotes, found.articles, found.links) == (["The night"], {}, [])
    assert "son article n’est plus ici" in page


def test_no_answer_is_said() -> None:
    page = render_proof([Answer("Quand ?", False, 0.1, searched_as="Quand, le pont ?")], {}, "fr")
    assert "Aucun passage des articles ne répond à cette question" in plain(page)
    assert "Recherché sous la forme : Quand, le pont ?" in plain(page)
    assert "Recherché" not in plain(
        render_proof([Answer("Q", False, 0.1, searched_as="Q")], {}, "fr")
    )


def plain(page: str) -> str:
    from html import unescape

    return unescape(re.sub(r"<[^>]+>", "", page))


def test_languages_and_references_are_given() -> None:
    document = article("---\nurl: https://example.org/a?b=1&c=2\n---\nUn chat.", source="Ouest")
    document = replace(document, body_start=43)
    page = render_proof([Answer("?", True, 0.9, [quote(document, 43, 51)])], {"a": document}, "en")
    assert page.startswith('<!DOCTYPE html>\n<html lang="en">')
    assert 'lang="fr" class="quote"' in page
    asked = render_proof([Answer("Où est le phare de Brest ?", False, 0.1)], {}, "en")
    assert '<h2 class="question" lang="fr">' in asked
    assert "novem" not in page.lower().split("</head>")[0]
    for words in ("Title a", "Ouest", "November 2024", "characters 43–51", "SHA-256 " + "0" * 64):
        assert words in plain(page)
    assert "https://example.org/a?b=1&c=2#:~:text=Un%20chat%2E" in Reader(page).links


def test_a_library_proves_its_answers(library: Library) -> None:
    questions = ["Jusqu'où porte la lampe du phare ?", "How old is the engine of the ferry?"]
    answers = [library.ask(question) for question in questions]
    documents = {document.id: document for document in library.documents()}
    found = Reader(render_proof(answers, documents, "en"))
    assert found.quotes == [each.text for answer in answers for each in answer.quotes]
    assert found.quotes
    for name, text in found.articles.items():
        assert text == documents[name].text


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_in_a_browser_it_opens_offline_with_its_highlights(
    browser: Any, tmp_path: Path, scheme: Any
) -> None:
    file = tmp_path / "proof.html"
    file.write_text(hostile_page("fr"), encoding="utf-8", newline="")
    context = browser.new_context(
        offline=True, color_scheme=scheme, viewport={"width": 320, "height": 600}
    )
    page = context.new_page()
    seen: list[str] = []
    page.on("console", lambda message: seen.append(message.text))
    page.on("pageerror", lambda error: seen.append(str(error)))
    page.on("request", lambda request: seen.append(request.url))
    page.goto(file.as_uri())
    # The DOM has "\n" wherever a file has "\r\n"; references keep "\r".
    assert page.eval_on_selector("[data-document]", "e => e.textContent") == HOSTILE
    colours = [
        page.eval_on_selector(each, "e => getComputedStyle(e).backgroundColor")
        for each in ("mark", "body")
    ]
    assert len(set(colours)) == 2, "the style is not applied, or does not highlight"
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    axe = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]})
    assert axe.violations_count == 0, axe.generate_report()
    page.click("a")
    assert page.evaluate("location.hash").startswith("#p-a-")
    assert page.evaluate("document.querySelector(':target').className") == "place"
    assert seen == [file.as_uri()]
    context.close()
