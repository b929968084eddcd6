"""Exports of a conversation: Markdown that shows the words, JSON that holds them."""

import json
from dataclasses import asdict, replace
from typing import Any

from conftest import HashingEmbedder
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from test_citation import as_markdown_can
from test_proof import HOSTILE, article, quote, quoted

from rag.datamodels import Answer, Document, Quote
from rag.exports.exporter import render_conversation_json, render_conversation_markdown
from rag.library import Library
from rag.settings import Settings


def shown(markdown: str) -> list[tuple[str, str]]:
    """(kind of block, text it shows) of each block of a Markdown page."""
    blocks, kinds = [], []
    for token in MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(markdown):
        if token.nesting == 1:
            kinds.append(token.type.removesuffix("_open"))
        elif token.nesting == -1:
            kinds.pop()
        else:
            assert token.type == "inline", token.type
            assert {c.type for c in token.children or []} <= {
                "text", "hardbreak", "text_special", "link_open", "link_close",
            }  # fmt: skip
            text = "".join(
                "\n" if c.type == "hardbreak" else c.content for c in token.children or []
            )
            blocks.append(("/".join(kinds), as_markdown_can(text)))
    return blocks


@given(quoted(), st.sampled_from(["en", "fr"]))
def test_markdown_shows_the_quotes(made: tuple[Document, list[Quote]], language: Any) -> None:
    document, quotes = made
    kept = [each for each in quotes if each.text.strip("\n") == each.text]
    page = render_conversation_markdown([Answer("Où ?", True, 0.9, kept)], {}, language)
    blocks = shown(page)
    assert [text for kind, text in blocks if kind == "blockquote/paragraph"] == [
        as_markdown_can(each.text) for each in kept
    ]
    assert blocks[1] == ("heading", "Où ?")
    references = [text for kind, text in blocks if kind == "paragraph"]
    assert len(references) == (len(kept) or 1)
    for each, reference in zip(kept, references, strict=False):
        assert document.sha256 in reference
        assert f"{each.start}" in reference


def test_hostile_words_are_words_in_markdown() -> None:
    document = article(HOSTILE, title="# <b>T</b>\u202e")
    answer = Answer(HOSTILE, True, 0.9, [quote(document, 0, len(HOSTILE))])
    blocks = shown(render_conversation_markdown([answer], {"a": document}, "en"))
    assert [kind for kind, _ in blocks] == [
        "heading", "heading", "blockquote/paragraph", "paragraph",
    ]  # fmt: skip
    assert blocks[1][1] == as_markdown_can(" ".join(HOSTILE.split()))
    assert blocks[2][1] == as_markdown_can(HOSTILE)
    assert blocks[3][1].startswith("— # <b>T</b>\u202e, characters 0–")


def test_what_was_searched_and_no_answer_are_said() -> None:
    answers = [
        Answer("Et après ?", False, 0.1, searched_as="Après le pont ?"),
        Answer("Où ?", False, 0.1, searched_as="Où ?"),
    ]
    assert shown(render_conversation_markdown(answers, {}, "fr")) == [
        ("heading", "Conversation avec les articles"),
        ("heading", "Et après ?"),
        ("paragraph", "Recherché sous la forme : Après le pont ?"),
        ("paragraph", "Aucun passage des articles ne répond à cette question."),
        ("heading", "Où ?"),
        ("paragraph", "Aucun passage des articles ne répond à cette question."),
    ]


@given(quoted())
def test_json_gives_everything_back(made: tuple[Document, list[Quote]]) -> None:
    document, quotes = made
    answers = [Answer("Où ?", True, 0.9, quotes), Answer("Qui ?", False, 0.0)]
    other = replace(document, id="b")
    text = render_conversation_json(answers, {"a": document, "b": other}, "fr")
    assert json.loads(text) == {
        "format": 1, "language": "fr", "answers": [each.to_dict() for each in answers],
        "documents": [asdict(document) | {"url": ""}],
    }  # fmt: skip
    assert all(each.isprintable() or each == "\n" for each in text)


def test_json_is_readable_and_names_the_address() -> None:
    head = "---\nurl: https://example.org/été\n---\n"
    document = replace(article(head + "Un été."), body_start=len(head))
    answer = Answer("Où ?", True, 0.9, [quote(document, len(head), len(head) + 7)])
    text = render_conversation_json([answer], {"a": document}, "fr")
    assert '"text": "Un été."' in text
    assert json.loads(text)["documents"][0]["url"] == "https://example.org/été"
    markdown = render_conversation_markdown([answer], {"a": document}, "fr")
    assert "#:~:text=Un%20%C3%A9t%C3%A9%2E" in markdown


def test_a_quote_of_an_article_that_is_gone_is_exported(library: Library, eager: Settings) -> None:
    asked = Library.open(library._store.folder, embedder=HashingEmbedder(), settings=eager)
    answer = asked.ask("How old is the engine of the ferry?")
    assert answer.quotes
    assert answer.quotes[0].text in render_conversation_markdown([answer], {}, "en")
    assert json.loads(render_conversation_json([answer], {}, "en"))["documents"] == []
