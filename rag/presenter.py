r"""Answer → Markdown, JSON and terminal text, and text → HTML, by pure functions.

Whatever a reader sees of an article is the article's own characters. Each output
protects them from its own medium:

* HTML and Markdown: nothing in an article can act as markup;
* JSON: nothing in it can act on a terminal it is printed to;
* terminal: control characters, escape sequences and invisible direction marks are
  shown as ``\x1b`` or ``\u202e``, never sent. Only there may a character look
  different from the source; the JSON form is exact and reversible.
"""

from __future__ import annotations

import json
import re
import textwrap
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from rag.catalogue import Language, say, say_date, say_number
from rag.datamodels import Answer, Document, Hit, Quote

_NONE_KNOWN: Mapping[str, Document] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class _Block:
    """What every output shows of one quote, or of one passage that does not answer."""

    text: str
    title: str
    language: str
    details: tuple[str, ...]
    verdict: str
    level: int | None  # the score in tenths; None when the passage does not answer


def _to_block(quote: Quote, language: Language) -> _Block:
    place = say("place", language, start=quote.start, end=quote.end)
    details = (quote.source, say_date(quote.published, language), place)
    return _Block(
        text=quote.text,
        title=quote.title or say("untitled", language),
        language=safe_tag(quote.language),
        details=tuple(detail for detail in details if detail),
        verdict=say("score", language, value=say_number(quote.score, language)),
        level=round(10 * min(max(quote.score, 0.0), 1.0)),
    )


def _to_near_block(hit: Hit, language: Language, documents: Mapping[str, Document]) -> _Block:
    passage = hit.passage
    document = documents.get(passage.document_id)
    place = say("place", language, start=passage.start, end=passage.end)
    details = (document.source, say_date(document.published, language)) if document else ()
    return _Block(
        text=passage.text,
        title=(document.title if document else "") or say("untitled", language),
        language=safe_tag(document.language) if document else "und",
        details=tuple(detail for detail in (*details, place) if detail),
        verdict=say("not_answering", language),
        level=None,
    )


def _blocks(answer: Answer, language: Language, documents: Mapping[str, Document]) -> list[_Block]:
    if answer.answered:
        return [_to_block(quote, language) for quote in answer.quotes]
    return [_to_near_block(hit, language, documents) for hit in answer.hits]


def headline(answer: Answer, language: Language) -> str:
    """Return what heads an answer: how many quotes, how sure, or that there is none."""
    if not answer.answered:
        return say("no_answer", language)
    key = "quotes_one" if len(answer.quotes) == 1 else "quotes_many"
    confidence = say_number(answer.confidence, language)
    count = say(key, language, count=len(answer.quotes))
    return f"{count} · {say('confidence', language, value=confidence)}"


def introduce_nearest(answer: Answer, language: Language) -> str:
    """Return what introduces the passages that do not answer."""
    if not answer.hits:
        return say("no_passage", language)
    key = "nearest_one" if len(answer.hits) == 1 else "nearest_many"
    return say(key, language, count=len(answer.hits))


def safe_tag(language: str) -> str:
    """Return a language tag that is safe in an attribute; ``und`` when it is not one."""
    return language if re.fullmatch(r"[A-Za-z0-9]+(-[A-Za-z0-9]+)*", language) else "und"


# --- the page ---------------------------------------------------------------------------


def encode_html(text: str) -> str:
    """Encode text so that a page shows exactly its characters, breaks and spaces included.

    Every character but letters and digits becomes a numeric reference, so that
    nothing finds anything to act on; the element isolates its writing direction.
    Controls other than tabs and line breaks, and code points without a character, are
    left as they are: HTML gives their references another meaning. NUL, which no page
    can hold, becomes U+FFFD.
    """
    return f'<bdi class="exact">{encode(text)}</bdi>'


def encode(text: str) -> str:
    """Encode text as ``encode_html`` does, for an attribute or an element of one's own."""
    return text.translate(_REFERENCES)


class _References(dict[int, str]):
    """Code point → what stands for it in HTML, found once each."""

    def __missing__(self, code: int) -> str:
        character = chr(code)
        bare = unicodedata.category(character) in {"Cc", "Cn"} and character not in "\t\n\f\r"
        plain = bare or character.isalnum()
        self[code] = character if plain else f"&#{code};"
        return self[code]


_REFERENCES = _References({0: "&#65533;"})


# --- Markdown and JSON ------------------------------------------------------------------

# Characters that mean something to CommonMark, or to GitHub's extensions, anywhere in a line ...
_MARKUP = re.compile(r"[\\`*_\[\]<>&~|$@#{}]|(?<=www)\.|:(?=//)", re.IGNORECASE)
# ... and those that mean something only where a line begins.
_MARKUP_AT_START = re.compile(r"^(\d*)([-+=.)])")


def render_markdown(
    answer: Answer, language: Language = "en", documents: Mapping[str, Document] = _NONE_KNOWN
) -> str:
    """Return the answer as CommonMark: a block quotation for each quote, its reference under it.

    Rendered, the text of a block quotation is the quote; a line break of the article
    is a hard break.
    """
    paragraphs = [_escape_line(headline(answer, language))]
    if not answer.answered:
        paragraphs.append(_escape_line(introduce_nearest(answer, language)))
    for block in _blocks(answer, language, documents):
        lines = (_escape_line(line) for line in block.text.split("\n"))
        paragraphs.append("> " + "\\\n> ".join(lines))
        paragraphs.append("— " + _escape_line(_reference(block)))
    return "\n\n".join(paragraphs) + "\n"


def _escape_line(line: str) -> str:
    """Escape markup; spaces at the edges and invisible characters become references."""
    core = line.strip(" \t")
    start = line.index(core) if core else len(line)
    escaped = _MARKUP_AT_START.sub(r"\1\\\2", _MARKUP.sub(r"\\\g<0>", core))
    edges = (_as_references(line[:start]), _as_references(line[start + len(core) :]))
    return edges[0] + _replace_invisible(escaped, _as_references) + edges[1]


def _as_references(text: str) -> str:
    return "".join(f"&#{ord(character)};" for character in text)


def render_json(answer: Answer) -> str:
    """Return ``answer.to_dict()`` as indented JSON, readable and safe to print.

    Letters stay letters. Controls and invisible characters are JSON escapes, so that
    reading the JSON back gives the exact text.
    """
    text = json.dumps(answer.to_dict(), ensure_ascii=False, indent=2)
    lines = text.split("\n")  # the only breaks are the indentation's: JSON escapes the others
    return "\n".join(_replace_invisible(line, lambda c: json.dumps(c)[1:-1]) for line in lines)


# --- the terminal -----------------------------------------------------------------------

_BOLD, _DIM, _PLAIN = "\x1b[1m", "\x1b[2m", "\x1b[0m"
_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
_JOINERS = "\u200c\u200d"  # they shape emoji and several scripts, and harm nothing


def render_text(
    answer: Answer,
    language: Language = "en",
    documents: Mapping[str, Document] = _NONE_KNOWN,
    *,
    width: int | None = None,
    colour: bool = False,
) -> str:
    r"""Return the answer for a terminal, or for a pipe.

    Lines are broken only at spaces, never inside a word or at a no-break space.
    Control characters and invisible direction marks of the article are written as
    escapes (``\x1b``, ``\u202e``), so that no article can drive the terminal.

    Args:
        answer: What to show.
        language: Language of the interface.
        documents: Articles by id, to name those of the passages that do not answer.
        width: Columns to wrap at; ``None``, for a pipe, keeps the article's own lines.
        colour: Whether to highlight the quotes with ANSI sequences.
    """
    head = [headline(answer, language)]
    if not answer.answered:
        head.append(introduce_nearest(answer, language))
    top = "\n".join(_wrap(line, width, "") for line in head)
    blocks = _blocks(answer, language, documents)
    return "\n\n".join([top, *_paragraphs(blocks, width, colour)]) + "\n"


def render_hits(
    hits: Sequence[Hit],
    language: Language = "en",
    documents: Mapping[str, Document] = _NONE_KNOWN,
    *,
    width: int | None = None,
    colour: bool = False,
) -> str:
    """Return passages, best first, for a terminal; arguments as for ``render_text``."""
    blocks = []
    for hit in hits:
        verdict = say("score", language, value=say_number(hit.score, language))
        blocks.append(replace(_to_near_block(hit, language, documents), verdict=verdict))
    shown = _paragraphs(blocks, width, colour) or [_wrap(say("no_passage", language), width, "")]
    return "\n\n".join(shown) + "\n"


def _paragraphs(blocks: Sequence[_Block], width: int | None, colour: bool) -> list[str]:
    paragraphs = []
    for number, block in enumerate(blocks, start=1):
        words = _wrap(f"[{number}] {block.text}", width, "    ")
        reference = _wrap("    — " + _reference(block), width, "      ")
        strong = _BOLD if block.level is not None else ""
        paragraphs.append(f"{_paint(words, strong, colour)}\n{_paint(reference, _DIM, colour)}")
    return paragraphs


def _reference(block: _Block) -> str:
    return ", ".join((block.title, *block.details, block.verdict))


def _wrap(text: str, width: int | None, indent: str) -> str:
    """Wrap at spaces, keeping every line break; without a width, keep everything."""
    lines: list[str] = []
    for line in text.replace("\r\n", "\n").split("\n"):
        shown = (indent if lines else "") + escape_invisible(line)
        if width is None:
            lines.append(shown)
            continue
        wrapped = textwrap.wrap(
            shown, max(width, len(indent) + 1), subsequent_indent=indent, expand_tabs=False,
            replace_whitespace=False, break_long_words=False, break_on_hyphens=False,
        )  # fmt: skip
        lines += wrapped or [""]
    return "\n".join(lines)


def _paint(text: str, style: str, colour: bool) -> str:
    """Style each line on its own, so that a pager or a cut screen never leaks the style."""
    if not (colour and style):
        return text
    return "\n".join(f"{style}{line}{_PLAIN}" if line else line for line in text.split("\n"))


def _replace_invisible(text: str, replace: Callable[[str], str]) -> str:
    return "".join(
        replace(character)
        if unicodedata.category(character) in _INVISIBLE and character not in _JOINERS
        else character
        for character in text
    )


def escape_invisible(text: str) -> str:
    r"""Return text that can be printed: controls and direction marks as ``\x1b``, ``\u202e``."""
    return _replace_invisible(text, lambda each: each.encode("unicode_escape").decode("ascii"))
