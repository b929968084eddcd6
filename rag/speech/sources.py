"""A sentence's tokens → the source it names: « selon X », "according to X", « … » (X)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from rag.speech.noun_phrases import Token, is_mark, is_name, names_somebody, phrase_after
from rag.speech.reported_clause import QUOTATION
from rag.speech.speaking_nouns import is_person

_OBJECTS = frozenset("lui elle eux elles him her them".split())
_OF = ("de", "du", "des", "d'")
_SOURCES: dict[str, list[list[str]]] = {
    "selon": [["selon"]],
    "d'": [["d'", "après"]],
    "à": [["à", "en", "croire"]],
    "de": [["de", "l'", noun, of] for noun in ("avis", "aveu") for of in _OF],
    "aux": [["aux", noun, of] for noun in ("dires", "yeux") for of in _OF],
    "au": [["au", "dire", of] for of in _OF],
    "according": [["according", "to"]],
    "in": [["in", "the", noun, "of"] for noun in ("words", "view", "opinion", "eyes")],
}
_VARYING = tuple("varie vary évolu diff chang class répart adapt évangile gospel".split())
_DASHES = ("-", "–", "—")


class Said(NamedTuple):
    """Somebody says something: tokens ``first`` to ``end``, excluded; the pronoun if it is one."""

    first: int
    end: int
    pronoun: str = ""


def somebody(tokens: Sequence[Token], first: int, *, strict: bool) -> Said | None:
    """Read who is named by the phrase, or the pronoun, that begins at a token.

    Args:
        tokens: Of one sentence.
        first: Index of the token.
        strict: Whether a phrase of unknown words names nobody.
    """
    if first >= len(tokens):
        return None
    if tokens[first].low in _OBJECTS:
        return Said(first, first + 1, tokens[first].low)
    end = phrase_after(tokens, first)
    if end < len(tokens) and tokens[end].low in "'’":  # "the courts' interpretation"
        return None
    if end == first + 1 and len(tokens[first].low) == 1:  # the initial of a name cut off
        return None
    if end > first and names_somebody(tokens, first, end, strict=strict):
        return Said(first, end)
    return None


def by_source(tokens: Sequence[Token], at: int) -> Said | None:
    """Read « selon X », "according to X", « Pour X, … », « … » (X) from its first token."""
    for words in _SOURCES.get(tokens[at].low, ()):
        ahead = tokens[at : at + len(words)]
        parted = "yeux" not in words or not at or _parted(tokens[at - 1])  # « briller aux yeux de »
        if [token.low for token in ahead] == words and parted and not _varies(tokens, at):
            return somebody(tokens, at + len(words), strict=True)
    if tokens[at].low in ("pour", "for"):
        found = somebody(tokens, at + 1, strict=True)
        return found if found and _is_viewpoint(tokens, at, found) else None
    return by_signature(tokens, at) if at and tokens[at - 1].low == QUOTATION else None


def _varies(tokens: Sequence[Token], at: int) -> bool:
    """Tell « change selon les auteurs », which cites nobody."""
    return any(token.low.startswith(_VARYING) for token in tokens[max(0, at - 4) : at])


def _is_viewpoint(tokens: Sequence[Token], at: int, found: Said) -> bool:
    """Tell « Pour Marie Durand, » from « Pour Noël, » and « Pour un médecin, »."""
    if found.end + 1 >= len(tokens) or tokens[found.end].low != ",":
        return False
    quoted = tokens[found.end + 1].low == QUOTATION
    if quoted and (not at or _parted(tokens[at - 1])):
        return True
    if tokens[at].low != "pour" or not tokens[at].capital:  # "For Ann Reed, it was a bad year"
        return False
    phrase = tokens[found.first : found.end]
    if found.pronoun or sum(token.capital for token in phrase) > 1:
        return True
    definite = phrase[0].low in ("le", "la", "l'", "les")
    return definite and any(is_person(token.low) for token in phrase)


def _parted(before: Token) -> bool:
    return is_mark(before) or before.low in ("mais", "et", "but", "and")


def by_signature(tokens: Sequence[Token], at: int) -> Said | None:
    """Read who signs a quotation, from the mark after it: "(X, sailor)", "– X, sailor".

    A year or a place tells the title of a work: « … » (Paris, 1950).
    """
    bracket = tokens[at].low == "("
    if not (bracket or tokens[at].low in _DASHES):
        return None
    found = somebody(tokens, at + 1, strict=True)
    if found is None or found.pronoun:
        return None
    phrase = tokens[found.first : found.end]
    named = sum(is_name(token) for token in phrase) > 1
    if not (named or any(is_person(token.low) for token in phrase)):
        return None
    close = ")" if bracket else "."
    rest = [token.low for token in tokens[found.end :]]
    stop = rest.index(close) if close in rest else len(rest)
    dated = any(word.isdigit() and len(word) == 4 for word in rest[:stop])
    ends = stop == 0 or (rest[0] == "," and stop <= 8)
    return found if ends and not dated and (bracket or stop >= len(rest) - 1) else None
