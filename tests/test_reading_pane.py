"""The article's pane: every character of the article, in order, and the highlights in place."""

from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_presenter import HOSTILE

from rag.datamodels import Answer, Document, Excerpt, Quote
from rag.page.reading_pane import Highlight, highlights_of, render_article

TEXT = "date 2024\nUn titre\n\nIl part. Elle reste.\n\nIls reviennent.\n\nRfi"


def article(text: str, start: int = 0, end: int | None = None) -> Document:
    end = len(text) if end is None else end
    return Document("d" * 16, "Titre", text, "Rfi", "2024-11", "fr", "0" * 64, "a.txt", start, end)


class Sheet(HTMLParser):
    """The text of the article's element, and of each mark by class and quote."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.text = ""
        self.marks: list[tuple[str, str, str]] = []
        self.names: list[str] = []
        self._inside = False
        self._mark: tuple[str, str] | None = None
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = {name: value or "" for name, value in attrs}
        self._inside = self._inside or named.get("class") == "article-text"
        if tag == "mark":
            self._mark = (named["class"], named["data-quote"])
        if tag == "p" and self._inside:
            self.names.append(named["class"])

    def handle_endtag(self, tag: str) -> None:
        self._mark = None if tag == "mark" else self._mark

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.text += data
        if self._mark:
            self.marks.append((*self._mark, data))


words = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1)


@given(words, st.lists(st.tuples(st.integers(0, 80), st.integers(1, 30), st.booleans())))
def test_the_text_is_the_article_and_a_highlight_is_its_slice(
    text: str, spans: list[tuple[int, int, bool]]
) -> None:
    highlights = [
        Highlight(start, min(start + length, len(text)), number, lighter)
        for number, (start, length, lighter) in enumerate(spans, start=1)
        if start < len(text)
    ]
    sheet = Sheet(render_article(article(text), highlights, "en"))
    assert sheet.text == text
    for number, highlight in enumerate(highlights, start=1):
        alone = Sheet(render_article(article(text), [highlight], "en"))
        shown = "".join(mark[2] for mark in alone.marks)
        wanted = text[highlight.start : highlight.end]
        assert "".join(shown.split()) == "".join(wanted.split()), number


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_articles_are_inert(text: str) -> None:
    sheet = Sheet(render_article(article(f"Avant. {text} Après."), [], "fr"))
    assert sheet.text == f"Avant. {text} Après."
    assert sheet.marks == []


def test_quotes_are_above_what_they_lean_on() -> None:
    start = TEXT.index("Elle")
    quote = Quote(
        "d" * 16, start, start + 12, "Elle reste.", 0.9,
        context=(Excerpt(start - 9, start + 4, "Il part. Elle"),),
    )  # fmt: skip
    found = highlights_of(Answer("Qui ?", True, 0.9, [quote]), "d" * 16)
    sheet = Sheet(render_article(article(TEXT, 10, len(TEXT) - 3), found, "fr"))
    assert sheet.marks[0] == ("context", "1", "Il part. ")
    assert {mark[:2] for mark in sheet.marks[1:]} == {("quoted", "1")}
    assert "".join(mark[2] for mark in sheet.marks[1:]) == "Elle reste."
    assert highlights_of(Answer("Qui ?", True, 0.9, [quote]), "other") == []
    assert sheet.names == ["meta", "title", "paragraph", "paragraph", "meta"]


def test_a_quote_over_two_paragraphs_is_marked_in_both() -> None:
    start, end = TEXT.index("Elle"), TEXT.index("Ils") + 3
    sheet = Sheet(
        render_article(article(TEXT, 10, len(TEXT) - 3), [Highlight(start, end, 2)], "fr")
    )
    assert [mark[1:] for mark in sheet.marks] == [("2", "Elle reste."), ("2", "Ils")]


def test_what_is_known_of_an_article_is_told() -> None:
    page = render_article(article(TEXT), [], "fr", url='https://example.org/a?b=1&c="')
    assert "novembre&#32;2024" in page
    assert 'target="_blank" rel="noopener noreferrer"' in page
    assert "c&#61;&#34;" in page
    assert "href" not in render_article(article(TEXT), [], "fr")
