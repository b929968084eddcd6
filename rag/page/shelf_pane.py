"""Entries → the HTML of the list of articles: to read, to limit a question to, to remove."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rag.catalogue import LANGUAGE_NAMES, Language, say, say_count, say_date
from rag.datamodels import Entry
from rag.filters import Filter
from rag.presenter import encode, encode_html, safe_tag

LISTED_AT_ONCE = 50  # articles listed at once; a button lists more, and a search finds any


def render_articles(
    entries: Sequence[Entry], passages: Mapping[str, int], within: Filter, language: Language
) -> str:
    """Return articles as the items of a list.

    Args:
        entries: Those to list.
        passages: Id of each of the visitor's own articles → how many passages it has.
        within: Which are asked: those of a filter by article are ticked, and those that
            it leaves out are marked.
        language: Language of the interface.
    """
    return "".join(_row(each, passages, within, language) for each in entries)


def count_found(found: int, every: int, language: Language) -> str:
    """Say how many articles are found: ``12 of 10,000 articles``, or how many there are."""
    key = "articles_one" if every == 1 else "articles_many"
    whole = say(key, language, count=say_count(every, language))
    if found == every:
        return whole
    return say("articles_found", language, found=say_count(found, language), whole=whole)


def _row(entry: Entry, passages: Mapping[str, int], within: Filter, language: Language) -> str:
    own = entry.id in passages
    tag = safe_tag(entry.language)
    title = entry.title or say("untitled", language)
    identity = encode(entry.id)
    details = [entry.source, say_date(entry.published, language)]
    details.append(LANGUAGE_NAMES[language].get(entry.language, ""))
    if own:
        details.append(count_passages(passages[entry.id], language))
    shown = "".join(f'<span class="detail">{encode_html(each)}</span>' for each in details if each)
    ticked = " checked" if entry.id in within.documents else ""
    only = encode(say("ask_only", language, title=title))
    mark = f'<span class="own">{encode(say("own", language))}</span>' if own else ""
    if not within.admits(entry):
        mark += f'<span class="left-out">{encode(say("left_out", language))}</span>'
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
