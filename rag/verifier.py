"""Claimed words → whether an article holds them, character for character, and where."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from rag.datamodels import Document

_ALIKE = (("«»“”„‟〝〞＂", '"'), ("’‘‚‛ʼ′＇‹›`´", "'"))
_DIFFERENCES = ("spaces", "quotation marks", "normalization", "case")
_CLUSTER = re.compile(r"(?s).[\u0300-\u036f]*")  # a character with the accents set on it


@dataclass(frozen=True, slots=True)
class Place:
    """Where words stand: ``document.text[start:end]``."""

    document_id: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether words are verbatim.

    Attributes:
        verbatim: Whether they stand, code point for code point, where they are claimed to, or
            anywhere where no place is claimed.
        places: Where they stand code point for code point, the first ones, overlaps included.
        nearest: Where words stand that are nearly these; None where they are verbatim, or
            nothing is near.
        difference: What ``nearest`` differs in, separated by ", ": ``place`` (verbatim, but not
            where claimed), ``spaces``, ``quotation marks``, ``normalization``, ``case``.
    """

    verbatim: bool
    places: tuple[Place, ...] = ()
    nearest: Place | None = None
    difference: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Return the verdict as JSON-ready values, by the names of the attributes."""
        return asdict(self) | {"places": [asdict(place) for place in self.places]}


@dataclass(frozen=True, slots=True)
class Check:
    """One claim of an answer, checked.

    Attributes:
        kind: ``quote``, ``context`` or ``article`` (its digest).
        document_id: The article named.
        start: Where the words are claimed to begin; 0 for an article.
        end: Where they are claimed to end; 0 for an article.
        passed: Whether it is so.
        reason: Why not: ``unknown article``, ``other words``, ``other digest``,
            ``outside`` (no such place) or ``malformed``; empty where it is so.
    """

    kind: str
    document_id: str
    start: int
    end: int
    passed: bool
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Verification:
    """An answer, checked against the articles.

    Attributes:
        verbatim: Whether every check passed.
        checks: One for each article digest, quote and context.
    """

    verbatim: bool
    checks: tuple[Check, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return the verification as JSON-ready values, by the names of the attributes."""
        return {"verbatim": self.verbatim, "checks": [asdict(check) for check in self.checks]}


def verify(
    documents: Iterable[Document],
    words: str,
    document_id: str | None = None,
    start: int | None = None,
    end: int | None = None,
    limit: int = 100,
) -> Verdict:
    """Tell whether words are an article's, and where they stand.

    Args:
        documents: The articles to look in.
        words: The words claimed.
        document_id: The article they are claimed to be of; None for any.
        start: Where they are claimed to begin, in code points; needs an article.
        end: Where they are claimed to end; needs an article.
        limit: How many places are listed at most.

    Raises:
        ValueError: If there are no words, or a place is claimed in no article.
    """
    if not isinstance(words, str) or not words.strip():
        raise ValueError("there are no words to verify; give some")
    if document_id is None and (start is not None or end is not None):
        raise ValueError("a place needs its article; give document_id too")
    known = [each for each in documents if document_id in (None, each.id)]
    places = tuple(_take(_find(known, words), limit))
    if start is None and end is None:
        claimed = bool(places)
    else:
        claimed = any(_stands(each, words, start, end) for each in known)
    if claimed:
        return Verdict(True, places)
    if places:
        nearest = min(places, key=lambda place: abs(place.start - _or(start, place.start)))
        return Verdict(False, places, nearest, "place")
    near = _find_nearly(known, words, start)
    if near is None:
        return Verdict(False)
    place, text = near
    return Verdict(False, (), place, ", ".join(_differences(words, text)))


def _or(value: int | None, other: int) -> int:
    return other if value is None else value


def _stands(document: Document, words: str, start: int | None, end: int | None) -> bool:
    """Tell whether words stand at a place, of which one side may be left open."""
    begin = _or(start, _or(end, 0) - len(words))
    return (
        begin >= 0
        and _or(end, begin + len(words)) == begin + len(words)
        and document.text.startswith(words, begin)
    )


def _take(places: Iterator[Place], limit: int) -> Iterator[Place]:
    return (place for _, place in zip(range(limit), places, strict=False))


def _find(documents: Iterable[Document], words: str) -> Iterator[Place]:
    for document in documents:
        start = document.text.find(words)
        while start >= 0:
            yield Place(document.id, start, start + len(words))
            start = document.text.find(words, start + 1)


def _find_nearly(
    documents: Iterable[Document], words: str, start: int | None
) -> tuple[Place, str] | None:
    """Return the first place of words that differ in nothing but form, and what stands there.

    Of the first article that has one, the place nearest to ``start``.
    """
    wanted = _fold(words)
    if not wanted:
        return None
    for document in documents:
        if wanted not in _fold(document.text):
            continue
        if spans := list(_take_spans(document.text, wanted)):
            begin, end = min(spans, key=lambda span: abs(span[0] - _or(start, span[0])))
            return Place(document.id, begin, end), document.text[begin:end]
    return None


def _fold(text: str, keep: str = "") -> str:
    """Return text without what words may differ in, but for the one difference to keep."""
    if keep != "normalization":
        text = unicodedata.normalize("NFD", text)
    if keep != "case":
        text = text.casefold()
        if keep != "normalization":
            text = unicodedata.normalize("NFD", text)  # a folded letter may be composed
    if keep != "quotation marks":
        for marks, plain in _ALIKE:
            for mark in marks:
                text = text.replace(mark, plain)
    return text if keep == "spaces" else "".join(text.split())


def _take_spans(text: str, wanted: str) -> Iterator[tuple[int, int]]:
    """Yield where a text holds folded words, as offsets of the text before folding."""
    folded: list[str] = []
    starts: dict[int, int] = {}  # place in the folded text → in the text, where both can be cut
    ends: dict[int, int] = {}
    length = 0
    for cluster in _CLUSTER.finditer(text):
        if piece := _fold(cluster[0]):
            folded.append(piece)
            starts[length] = cluster.start()
            length += len(piece)
            ends[length] = cluster.end()
    whole = "".join(folded)
    at = whole.find(wanted)
    while at >= 0:
        if at in starts and at + len(wanted) in ends:
            yield starts[at], ends[at + len(wanted)]
        at = whole.find(wanted, at + 1)


def _differences(words: str, text: str) -> list[str]:
    """Name what two texts that fold to the same differ in."""
    found = [name for name in _DIFFERENCES if _fold(words, name) != _fold(text, name)]
    return found or ["normalization"]  # a sign for a letter: case would bridge it as well


def verify_answer(documents: Iterable[Document], answer: Mapping[str, Any]) -> Verification:
    """Check every quote, every context and every digest of an answer against the articles.

    Args:
        documents: The articles, or at least those quoted.
        answer: ``Answer.to_dict()``, perhaps from elsewhere: whatever is malformed in it is a
            check that did not pass.
    """
    known = {document.id: document for document in documents}
    quotes = answer.get("quotes") if isinstance(answer, Mapping) else None
    if not isinstance(quotes, list):
        return Verification(False, (Check("quote", "", 0, 0, False, "malformed"),))
    checks: list[Check] = []
    for quote in quotes:
        checks += _check_quote(known, quote)
    return Verification(all(check.passed for check in checks), tuple(dict.fromkeys(checks)))


def _check_quote(known: Mapping[str, Document], quote: object) -> Iterator[Check]:
    if not isinstance(quote, Mapping):
        yield Check("quote", "", 0, 0, False, "malformed")
        return
    document_id = quote.get("document_id")
    document = known.get(document_id) if isinstance(document_id, str) else None
    digest = document is not None and document.sha256 == quote.get("sha256")
    reason = "unknown article" if document is None else "" if digest else "other digest"
    yield Check("article", str(document_id), 0, 0, digest, reason)
    yield _check_words("quote", document, quote)
    context = quote.get("context", [])
    for excerpt in context if isinstance(context, list | tuple) else [context]:
        yield _check_words("context", document, excerpt)


def _check_words(kind: str, document: Document | None, claim: object) -> Check:
    """Check that the words of a claim stand where it says."""
    name = document.id if document else ""
    values = claim if isinstance(claim, Mapping) else {}
    start, end, text = values.get("start"), values.get("end"), values.get("text")
    if type(start) is not int or type(end) is not int or not isinstance(text, str):
        return Check(kind, name, 0, 0, False, "malformed")
    check = Check(kind, name, start, end, passed=False)
    if document is None:
        return replace(check, reason="unknown article")
    if not 0 <= start < end <= len(document.text):
        return replace(check, reason="outside")
    if document.text[start:end] != text:
        return replace(check, reason="other words")
    return replace(check, passed=True)
