"""A quote with its reference, to be copied; and a link that opens on its words.

Sources: the directive ``#:~:text=`` is that of https://wicg.github.io/scroll-to-text-fragment/.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final, Literal

from rag.catalogue import Language, say, say_date
from rag.datamodels import Document, Quote
from rag.exports.markdown import escape_markdown, quote_markdown

Style = Literal["markdown", "plain", "bibtex"]
STYLES: Final[tuple[Style, ...]] = ("markdown", "plain", "bibtex")

_URL = re.compile(
    r"""^(?:url|link|canonical)[ \t]*:[ \t]*["']?(https?://[^\s"'<>]+)""", re.M | re.IGNORECASE
)
_BIBTEX = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "%": r"\%", "&": r"\&", "$": r"\$",
    "#": r"\#", "_": r"\_", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}",
}  # fmt: skip

_LONGEST_FRAGMENT = 300  # characters; beyond, or across lines, the first and last words do
_EDGE_WORDS = 6  # words at each end of a long quote
_MOST_CONTEXT = 12  # words before and after, where the quote's own words stand elsewhere too


def cite(quote: Quote, style: Style, language: Language, url: str = "") -> str:
    """Return a quote with its reference.

    Args:
        quote: The quote; its words are given exactly, protected from the style's markup.
        style: One of ``STYLES``.
        language: Language of the interface, for the date and the place.
        url: Where the article is read on the web; empty when it is not.

    Raises:
        ValueError: If the style is unknown.
    """
    if style == "markdown":
        reference = ", ".join(map(escape_markdown, list_reference(quote, language)))
        link = f", <{_protect_url(url)}>" if url else ""
        return f"{quote_markdown(quote.text)}\n\n— {reference}{link}\n"
    if style == "plain":
        reference = ", ".join([*list_reference(quote, language), *([url] if url else [])])
        return f"{say('quoted', language, text=quote.text)}\n— {reference}\n"
    if style == "bibtex":
        return _cite_bibtex(quote, language, url)
    raise ValueError(f"{style!r} is no style; use one of {', '.join(STYLES)}")


def list_reference(quote: Quote, language: Language) -> list[str]:
    """Return what identifies a quote's words: title, source, date, place and digest."""
    parts = (
        quote.title or say("untitled", language),
        quote.source,
        say_date(quote.published, language),
        say("place", language, start=quote.start, end=quote.end),
        say("digest", language, value=quote.sha256) if quote.sha256 else "",
    )
    return [part for part in parts if part]


def _cite_bibtex(quote: Quote, language: Language, url: str) -> str:
    fields = {
        "title": _escape_bibtex(quote.title or say("untitled", language)),
        "author": "{" + _escape_bibtex(quote.source) + "}" if quote.source else "",
        "date": _escape_bibtex(quote.published),
        "langid": {"fr": "french", "en": "english"}.get(quote.language, ""),
        "pages": say("place", language, start=quote.start, end=quote.end),
        "url": _protect_url(url),
        "note": say("digest", language, value=quote.sha256) if quote.sha256 else "",
        "abstract": _escape_bibtex(quote.text),
    }
    lines = "".join(f"  {name} = {{{value}}},\n" for name, value in fields.items() if value)
    return f"@misc{{{quote.document_id}:{quote.start}-{quote.end},\n{lines}}}\n"


def _escape_bibtex(text: str) -> str:
    return "".join(_BIBTEX.get(character, character) for character in text)


def _protect_url(url: str) -> str:
    r"""Encode what could end a URL early in Markdown or BibTeX: ``< > { } \`` and white space."""
    return re.sub(r"[\s<>{}\\]", lambda found: _encode(found[0]), url)


def article_url(document: Document) -> str:
    """Return where an article says it is read on the web, in its front matter; else nothing."""
    found = _URL.search(document.text[: document.body_start])
    return found[1] if found else ""


def link_to_words(document: Document, start: int, end: int) -> str:
    """Return the URL of an article that opens on its words; empty where it names none."""
    url = article_url(document)
    return url.split("#", 1)[0] + text_fragment(document.text, start, end) if url else ""


def text_fragment(text: str, start: int, end: int) -> str:
    """Return the fragment ``#:~:text=…`` that finds ``text[start:end]`` on a web page.

    A browser matches whole words, whatever their case, accents and spaces, and not
    across paragraphs. So words cut in two are made whole, a long quote or one of several
    lines is given by its first and last words, and one whose words stand earlier in the
    text as well is given with what surrounds it.

    Raises:
        ValueError: If there are no words there.
    """
    start, end = _widen(text, start, end)
    if start >= end:
        raise ValueError(f"there are no words at {start}–{end}; give a place that holds some")
    first, last = _edges(text[start:end])
    fragment = ""
    for count in range(_MOST_CONTEXT + 1):
        prefix, suffix = _words_before(text, start, count), _words_after(text, end, count)
        parts = [f"{_encode(prefix)}-" if prefix else "", _encode(first)]
        parts += [_encode(last), f"-{_encode(suffix)}" if suffix else ""]
        fragment = "#:~:text=" + ",".join(part for part in parts if part)
        if _is_found(text, start, end, (prefix, first, last, suffix)):
            break
    return fragment


def _widen(text: str, start: int, end: int) -> tuple[int, int]:
    """Leave out white space at the ends, and make the words there whole."""
    start, end = max(start, 0), min(end, len(text))
    words = text[start:end]
    start, end = start + len(words) - len(words.lstrip()), start + len(words.rstrip())
    while 0 < start < end and _in_word(text, start):
        start -= 1
    while start < end < len(text) and _in_word(text, end):
        end += 1
    return start, end


def _in_word(text: str, place: int) -> bool:
    return all(c.isalnum() or unicodedata.combining(c) for c in text[place - 1 : place + 1])


def _edges(words: str) -> tuple[str, str]:
    """Return all the words, or the first and the last of a long quote."""
    lines = [line for line in words.splitlines() if line.strip()]
    if len(lines) == 1 and len(words) <= _LONGEST_FRAGMENT:
        return words, ""
    first, last = lines[0].split(" "), lines[-1].split(" ")
    if len(lines) == 1:  # they must not share a word
        middle = len(first) // 2
        first, last = first[:middle], last[middle:]
    if not first:
        return words, ""
    return " ".join(first[:_EDGE_WORDS]), " ".join(last[-_EDGE_WORDS:])


def _words_before(text: str, start: int, count: int) -> str:
    """Return the last words before a place, of one line."""
    lines = text[max(0, start - 100 * count) : start].rstrip().splitlines()
    return " ".join(lines[-1].split()[-count:]) if lines and count else ""


def _words_after(text: str, end: int, count: int) -> str:
    """Return the first words after a place, of one line."""
    lines = text[end : end + 100 * count].lstrip().splitlines()
    return " ".join(lines[0].split()[:count]) if lines and count else ""


def _is_found(text: str, start: int, end: int, parts: tuple[str, str, str, str]) -> bool:
    """Tell whether the first match of a directive is the place that is meant."""
    prefix, first, last, suffix = map(_fold, parts)
    whole, at = _fold(text), len(_fold(text[:start]))
    until = at + len(_fold(text[start:end]))
    if not last:
        return whole.find(prefix + first + suffix) == at - len(prefix)
    found = whole.find(last + suffix, at + len(first))
    return whole.find(prefix + first) == at - len(prefix) and found == until - len(last)


def _fold(text: str) -> str:
    """Return text without case, accents and spaces, which a browser's search may ignore."""
    plain = unicodedata.normalize("NFD", text).casefold()
    return "".join(c for c in plain if not unicodedata.combining(c) and not c.isspace())


def _encode(text: str) -> str:
    """Percent-encode all but letters and digits; runs of line breaks and tabs are one space."""
    words = re.sub(r"[\t\r\n\f\v ]+", " ", text)
    return "".join(
        chr(byte) if chr(byte).isalnum() and byte < 128 else f"%{byte:02X}"
        for byte in words.encode("utf-8", "replace")
    )
