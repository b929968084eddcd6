"""A conversation → one HTML file that proves its quotes, offline.

It holds each article quoted, whole, with the quotes highlighted where they stand.
It needs no script, and fetches nothing: its content security policy forbids both.
"""

from __future__ import annotations

import hashlib
import re
from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from itertools import pairwise

from rag.catalogue import Language, say, say_date
from rag.datamodels import Answer, Document, Quote
from rag.errors import VerbatimError
from rag.exports.citation import link_to_words, list_reference
from rag.page.frame import read_asset
from rag.presenter import encode_html
from rag.words import detect_language


def render_proof(
    answers: Sequence[Answer], documents: Mapping[str, Document], language: Language
) -> str:
    """Return a conversation as one HTML file with the articles it quotes.

    Args:
        answers: What was asked and answered, in order.
        documents: Articles by id. A quote of one that is not there stands without it.
        language: Language of the interface; articles are tagged with their own.

    Raises:
        VerbatimError: If a quote or its context is not its article's words.
    """
    cited: dict[str, list[Quote]] = {}
    for answer in answers:
        for quote in answer.quotes:
            _check(quote, documents)
            cited.setdefault(quote.document_id, []).append(quote)
    conversation = "".join(_render_answer(answer, documents, language) for answer in answers)
    articles = "".join(
        _render_article(documents[document_id], quotes, language)
        for document_id, quotes in cited.items()
        if document_id in documents
    )
    if articles:
        articles = (
            f"<section><h2>{escape(say('proof_articles', language))}</h2>{articles}</section>"
        )
    return _render_page(conversation + articles, language)


def _check(quote: Quote, documents: Mapping[str, Document]) -> None:
    if quote.document_id not in documents:
        return
    text = documents[quote.document_id].text
    spans = [(quote.start, quote.end, quote.text)]
    spans += [(each.start, each.end, each.text) for each in quote.context]
    for start, end, words in spans:
        if text[start:end] != words:
            raise VerbatimError(
                f"words at {start}–{end} are not those of the article {quote.document_id};"
                " ask again"
            )


def _render_page(body: str, language: Language) -> str:
    style = read_asset("proof.css")
    digest = b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    title, about = escape(say("proof_title", language)), escape(say("proof_about", language))
    return (
        f'<!DOCTYPE html>\n<html lang="{language}"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="referrer" content="no-referrer">'
        f"<title>{title}</title><style>{style}</style></head>\n"
        f'<body><header><h1>{title}</h1><p class="about">{about}</p></header>'
        f"<main>{body}</main></body></html>\n"
    )


def _render_answer(answer: Answer, documents: Mapping[str, Document], language: Language) -> str:
    quotes = "".join(
        f"<li>{_render_quote(quote, documents, language)}</li>" for quote in answer.quotes
    )
    searched = answer.searched_as
    lines = [say("proof_searched_as", language, question=searched)] if searched else []
    if searched == answer.question:
        lines = []
    if not answer.quotes:
        lines.append(say("no_answer", language))
    verdict = "".join(f'<p class="verdict">{encode_html(line)}</p>' for line in lines)
    tag = _tag(detect_language(answer.question))
    heading = f'<h2 class="question" lang="{tag}">{encode_html(answer.question)}</h2>'
    return f"<section>{heading}{verdict}{f'<ol>{quotes}</ol>' if quotes else ''}</section>"


def _render_quote(quote: Quote, documents: Mapping[str, Document], language: Language) -> str:
    reference = encode_html(", ".join(list_reference(quote, language)))
    words = (
        f'<blockquote lang="{_tag(quote.language)}" class="quote">{encode_html(quote.text)}'
        f'</blockquote><p class="reference">{reference}'
    )
    document = documents.get(quote.document_id)
    if document is None:
        return f"{words} · {escape(say('proof_missing', language))}</p>"
    there = _link(f"#{_place(quote)}", say("proof_there", language))
    url = link_to_words(document, quote.start, quote.end)
    web = f" · {_link(url, say('proof_web', language))}" if url else ""
    return f"{words} · {there}{web}</p>"


def _link(url: str, label: str) -> str:
    return f'<a href="{escape(url)}" rel="noreferrer">{escape(label)}</a>'


def _place(quote: Quote) -> str:
    """Return the anchor of a quote's place; an id from elsewhere may hold anything."""
    name = re.sub(r"[^0-9A-Za-z]", lambda found: f"_{ord(found[0]):x}_", quote.document_id)
    return f"p-{name}-{quote.start}-{quote.end}"


def _render_article(document: Document, quotes: Sequence[Quote], language: Language) -> str:
    facts = [document.source, say_date(document.published, language)]
    facts.append(say("digest", language, value=document.sha256))
    shown = " · ".join(encode_html(fact) for fact in facts if fact)
    tag = _tag(document.language)
    title = encode_html(document.title or say("untitled", language))
    return (
        f'<article><h3 lang="{tag}">{title}</h3><p class="facts">{shown}</p>'
        f'<div class="words exact" lang="{tag}" data-document="{escape(document.id)}">'
        f"{''.join(_highlight(document.text, quotes))}</div></article>"
    )


def _highlight(text: str, quotes: Sequence[Quote]) -> Iterator[str]:
    """Yield a text in pieces, quotes marked and what they lean on marked lighter.

    Spans may overlap: the text is cut at every end of one, and each piece shown once.
    """
    strong = [(quote.start, quote.end) for quote in quotes]
    light = [(each.start, each.end) for quote in quotes for each in quote.context]
    cuts = sorted({0, len(text), *(end for span in strong + light for end in span)})
    anchors: dict[int, dict[str, None]] = {}
    for quote in quotes:
        anchors.setdefault(quote.start, {})[_place(quote)] = None
    for start, end in pairwise(cuts):
        yield from (f'<span class="place" id="{name}"></span>' for name in anchors.get(start, ()))
        words = encode_html(text[start:end])
        if _covers(strong, start):
            words = f"<mark>{words}</mark>"
        elif _covers(light, start):
            words = f'<span class="context">{words}</span>'
        yield words


def _covers(spans: Sequence[tuple[int, int]], place: int) -> bool:
    return any(start <= place < end for start, end in spans)


def _tag(language: str) -> str:
    """Return a language tag that is safe in an attribute; ``und`` when it is not one."""
    return language if re.fullmatch(r"[A-Za-z0-9]+(-[A-Za-z0-9]+)*", language) else "und"
