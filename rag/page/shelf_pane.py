"""Documents → the HTML of the list of articles: to read, to limit a question to, to remove."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rag.catalogue import LANGUAGE_NAMES, Language, say, say_date
from rag.datamodels import Document
from rag.filters import Filter
from rag.presenter import encode, encode_html, safe_tag

MOST = 200  # articles listed at once; the search box finds the others


def render_articles(
    documents: Sequence[Document],
    passages: Mapping[str, int],
    within: Filter,
    language: Language,
    search: str = "",
) -> str:
    """Return the articles whose title or source holds the words searched.

    Args:
        documents: All of them, the visitor's own first.
        passages: Id of each of the visitor's own articles → how many passages it has.
        within: Which are asked: those of a filter by article are ticked.
        language: Language of the interface.
        search: What to look for in titles and sources; empty lists all.
    """
    wanted = search.casefold().strip()
    found = [
        document
        for document in documents
        if wanted in f"{document.title} {document.source}".casefold()
    ]
    rows = "".join(_row(each, passages, within, language) for each in found[:MOST])
    count = say("articles_one" if len(found) == 1 else "articles_many", language, count=len(found))
    more = say("articles_more", language, count=MOST) if len(found) > MOST else ""
    return f'<p class="count">{encode(f"{count} {more}".strip())}</p><ul class="list">{rows}</ul>'


def _row(
    document: Document, passages: Mapping[str, int], within: Filter, language: Language
) -> str:
    own = document.id in passages
    tag = safe_tag(document.language)
    title = document.title or say("untitled", language)
    identity = encode(document.id)
    details = [document.source, say_date(document.published, language)]
    details.append(LANGUAGE_NAMES[language].get(document.language, ""))
    if own:
        details.append(count_passages(passages[document.id], language))
    shown = "".join(f'<span class="detail">{encode_html(each)}</span>' for each in details if each)
    ticked = " checked" if document.id in within.documents else ""
    only = encode(say("ask_only", language, title=title))
    mark = f'<span class="own">{encode(say("own", language))}</span>' if own else ""
    return (
        f'<li data-document="{identity}"><input type="checkbox" class="only"'
        f' aria-label="{only}" title="{only}"{ticked}><div>'
        f'<button type="button" class="open" lang="{tag}">{encode_html(title)}</button>'
        f'<p class="details">{mark}{shown}</p></div>{_removal(language) if own else ""}</li>'
    )


def _removal(language: Language) -> str:
    """Return a button that asks once more before it removes."""
    remove, sure = encode(say("remove", language)), encode(say("remove_sure", language))
    return (
        f'<details class="menu removal"><summary>{remove}</summary><div class="options">'
        f'<button type="button" class="remove">{sure}</button></div></details>'
    )


def count_passages(count: int, language: Language) -> str:
    """Return how many passages an article has, in words."""
    return say("passages_one" if count == 1 else "passages_many", language, count=count)
