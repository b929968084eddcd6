"""Document → the HTML of the article's pane, by pure functions.

The text of the element ``article-text`` is the article, character for character: white
space between paragraphs is there too, hidden. Highlights are elements of the offsets
asked for, cut where a paragraph ends.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from rag.blocks import find_blocks
from rag.catalogue import Language, say, say_date
from rag.datamodels import Answer, Document
from rag.presenter import encode, encode_html, safe_tag


@dataclass(frozen=True, slots=True)
class Highlight:
    """Words to highlight: ``document.text[start:end]``.

    Attributes:
        start: First character.
        end: After the last one.
        number: Of the quote, from 1; 0 for words that are no quote of an answer.
        is_context: Whether they only stand beside the quote: shown lighter.
    """

    start: int
    end: int
    number: int = 0
    is_context: bool = False


def highlights_of(answer: Answer, document_id: str) -> list[Highlight]:
    """Return what an answer quotes of an article, and what those quotes lean on."""
    found = []
    for number, quote in enumerate(answer.quotes if answer.answered else (), start=1):
        if quote.document_id == document_id:
            found.append(Highlight(quote.start, quote.end, number))
            found += [Highlight(each.start, each.end, number, True) for each in quote.context]
    return found


def render_article(
    document: Document, highlights: Sequence[Highlight], language: Language, *, url: str = ""
) -> str:
    """Return an article with its title, what is known of it and its highlighted words.

    Args:
        document: The article.
        highlights: What to highlight; quotes are above context where both would be.
        language: Language of the interface.
        url: Where the article lives on the web; empty where it does not.
    """
    tag = safe_tag(document.language)
    title = document.title or say("untitled", language)
    details = (document.source, say_date(document.published, language))
    known = "".join(f"<span>{encode_html(each)}</span>" for each in details if each)
    web = (
        f'<a href="{encode(url)}" target="_blank" rel="noopener noreferrer">'
        f"{encode(say('original', language))}</a>"
        if url
        else ""
    )
    return (
        f'<header class="article-head"><h2 lang="{tag}">{encode_html(title)}</h2>'
        f'<p class="known">{known}{web}</p></header>'
        f'<div class="article-text" lang="{tag}" data-document="{encode(document.id)}">'
        f"{''.join(_render_text(document, highlights))}</div>"
    )


def _render_text(document: Document, highlights: Sequence[Highlight]) -> Iterator[str]:
    text, position = document.text, 0
    pieces = [(0, document.body_start, "meta"), (document.body_end, len(text), "meta")]
    pieces += [
        (block.start, block.end, "title" if block.is_title else "paragraph")
        for block in find_blocks(text, document.body_start, document.body_end)
    ]
    for start, end, name in sorted(piece for piece in pieces if piece[0] < piece[1]):
        yield _gap(text[position:start])
        words = "".join(_render_words(text, start, end, highlights))
        yield f'<p class="{name}"><bdi class="exact">{words}</bdi></p>'
        position = end
    yield _gap(text[position:])


def _gap(text: str) -> str:
    """Return what stands between two paragraphs: white space, kept but not shown."""
    return f'<span class="gap">{encode(text)}</span>' if text else ""


def _render_words(
    text: str, start: int, end: int, highlights: Sequence[Highlight]
) -> Iterator[str]:
    """Cut a paragraph where a highlight begins or ends, and encode each piece."""
    inside = [each for each in highlights if each.start < end and each.end > start]
    edges = {start, end, *(each.start for each in inside), *(each.end for each in inside)}
    cuts = sorted(edge for edge in edges if start <= edge <= end)
    for first, last in pairwise(cuts):
        over = [each for each in inside if each.start <= first and each.end >= last]
        words = encode(text[first:last])
        yield _mark(min(over, key=_precedence), words) if over else words


def _precedence(highlight: Highlight) -> tuple[bool, int, int]:
    return highlight.is_context, highlight.start, highlight.number


def _mark(highlight: Highlight, words: str) -> str:
    name = "context" if highlight.is_context else "quoted"
    return f'<mark class="{name}" data-quote="{highlight.number}">{words}</mark>'
