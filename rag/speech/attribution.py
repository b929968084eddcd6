"""A sentence's tokens → who is said to say something in it: a phrase, or a pronoun.

Three patterns: a source (« selon X », "according to X"), a subject and its verb
("X said that"), and what stands beside a quotation (« … », dit X).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from rag.speech.noun_phrases import (
    DETERMINERS,
    Token,
    is_mark,
    names_somebody,
    phrase_after,
    phrase_before,
)
from rag.speech.reported_clause import BE, QUOTATION, QUOTED_WORD, RELATIVES, is_adverb, reports
from rag.speech.reporting_verbs import (
    PARTICIPLES,
    SAY,
    TELL,
    english_verbs,
    french_verbs,
    is_person,
    verbs_of_things,
)


class Said(NamedTuple):
    """Somebody says something: tokens ``first`` to ``end``, excluded; the pronoun if it is one."""

    first: int
    end: int
    pronoun: str = ""


_PRONOUNS = frozenset("il elle ils elles he she they".split())
_OBJECTS = frozenset("lui elle eux elles him her them".split())
_NOBODY = frozenset(
    """on je j' nous vous tu i we you it there cela ça ceci c' ce this personne nul nulle rien aucun
    aucune nobody none nothing""".split()
)
_AUXILIARIES = frozenset("a ont avait avaient aurait auraient eut ait has have had".split())
_ITSELF = frozenset("s' se".split())
_BETWEEN = _AUXILIARIES | frozenset(  # between a subject and its verb
    """ne n' s' se y lui leur également aussi déjà récemment ainsi toutefois cependant même
    pourtant encore souvent bien ensuite enfin also later once then recently subsequently famously
    previously further first now still even often explicitly both again reportedly
    publicly""".split()
)
_NOT_A_SUBJECT = frozenset("to de d' à pour sans not peut doit can might".split())
_ARTICLES = frozenset(
    """le la les l' un une du des ce cet cette ces son sa ses leur leurs notre nos the a an his her
    its their our my""".split()
)
_SUBORDINATORS = frozenset(
    """que qu' that because although though while when if lorsque lorsqu' comme si quand whether
    which puisque puisqu' dont où as since unless""".split()
)
_SOURCES = {
    "selon": [["selon"]],
    "d'": [["d'", "après"]],
    "à": [["à", "en", "croire"]],
    "de": [["de", "l'", "avis", "de"], ["de", "l'", "aveu", "de"]],
    "aux": [["aux", "dires", "de"], ["aux", "dires", "du"], ["aux", "dires", "des"]],
    "according": [["according", "to"]],
    "in": [["in", "the", noun, "of"] for noun in ("words", "view", "opinion")],
}
_VARYING = tuple("varie vary évolu diff chang class répart adapt évangile gospel".split())
_INVERTED = re.compile(r"(\w+?)(?:-t)?-(il|elle|ils|elles)\Z")


def find_said(tokens: Sequence[Token], language: str) -> Iterator[Said]:
    """Find who is said to say something, in order of the words that tell it.

    Args:
        tokens: Of one sentence; each quotation is one token, ``QUOTATION``.
        language: ``fr`` or ``en``; anything else reads both.
    """
    verbs: frozenset[str] = frozenset()
    if language != "en":
        verbs |= french_verbs()
    if language != "fr":
        verbs |= english_verbs() | SAY | TELL
    for at in range(len(tokens)):
        found = _by_source(tokens, at) or _inverted(tokens, at, verbs)
        if found is None and tokens[at].low in verbs and not tokens[at].capital:
            found = _after_quotation(tokens, at) or _by_subject(tokens, at)
            found = found or _second_verb(tokens, at, verbs)
        if found is not None:
            yield found


def _by_source(tokens: Sequence[Token], at: int) -> Said | None:
    """Read « selon X », "according to X", « Pour X, … »."""
    for words in _SOURCES.get(tokens[at].low, ()):
        ahead = tokens[at : at + len(words)]
        if [token.low for token in ahead] == words and not _varies(tokens, at):
            return _somebody(tokens, at + len(words), strict=True)
    if tokens[at].low != "pour" or not tokens[at].capital:
        return None
    found = _somebody(tokens, at + 1, strict=True)
    return found if found and _is_viewpoint(tokens, found) else None


def _varies(tokens: Sequence[Token], at: int) -> bool:
    """Tell « change selon les auteurs », which cites nobody."""
    return any(token.low.startswith(_VARYING) for token in tokens[max(0, at - 4) : at])


def _is_viewpoint(tokens: Sequence[Token], found: Said) -> bool:
    """Tell « Pour Marie Durand, » from « Pour Noël, » and « Pour un médecin, »."""
    if found.end >= len(tokens) or tokens[found.end].low != ",":
        return False
    phrase = tokens[found.first : found.end]
    if found.pronoun or sum(token.capital for token in phrase) > 1:
        return True
    definite = phrase[0].low in ("le", "la", "l'", "les")
    return definite and any(is_person(token.low) for token in phrase)


def _somebody(tokens: Sequence[Token], first: int, *, strict: bool) -> Said | None:
    if first >= len(tokens):
        return None
    if tokens[first].low in _OBJECTS:
        return Said(first, first + 1, tokens[first].low)
    end = phrase_after(tokens, first)
    if end < len(tokens) and tokens[end].low in "'’":  # "the courts' interpretation"
        return None
    if end > first and names_somebody(tokens, first, end, strict=strict):
        return Said(first, end)
    return None


def _inverted(tokens: Sequence[Token], at: int, verbs: frozenset[str]) -> Said | None:
    """Read « pense-t-il », « a-t-elle ajouté », « s'est-il étonné » beside what is said."""
    found = _INVERTED.match(tokens[at].low) if "-" in tokens[at].low else None
    before = at - 2 if at and tokens[at - 1].low in _ITSELF else at - 1
    if found is None or before < 0 or tokens[before].low not in (QUOTATION, QUOTED_WORD, ","):
        return None
    verb, pronoun = found.groups()
    after = next((t.low for t in tokens[at + 1 : at + 4] if t.low not in _BETWEEN), "")
    if verb in verbs or (verb in _AUXILIARIES | BE and after in verbs):
        return Said(at, at + 1, pronoun)
    return None


def _after_quotation(tokens: Sequence[Token], at: int) -> Said | None:
    """Read « … », explique X and ", estime le ministre,"."""
    start = at
    while start and tokens[start - 1].low in _BETWEEN:
        start -= 1
    if _lacks_auxiliary(tokens, start, at):
        return None
    quoted = _follows_quotation(tokens, start)
    if not quoted and not (start and tokens[start - 1].low == ","):
        return None
    found = _somebody(tokens, at + 1, strict=not quoted)
    if found is None or found.pronoun:
        return None
    if quoted:
        return found
    closed = found.end == len(tokens) or is_mark(tokens[found.end])
    alias = tokens[at].low == "dit" and tokens[start - 2].capital  # « Louis, dit le Gros, »
    return found if closed and not alias else None


def _lacks_auxiliary(tokens: Sequence[Token], start: int, at: int) -> bool:
    """Tell « garanti par » from « a garanti »."""
    if not (tokens[at].low.endswith("é") or tokens[at].low in PARTICIPLES):
        return False
    helped = any(token.low in _AUXILIARIES for token in tokens[start:at])
    return not helped and not any(token.low in _ITSELF for token in tokens[start:at])


def _follows_quotation(tokens: Sequence[Token], at: int) -> bool:
    """Tell whether a quotation ends right before a token, but for a mark between them."""
    marked = at > 0 and tokens[at - 1].low in (",", "-", "–", "—")
    at -= marked
    if at > 0 and tokens[at - 1].low == QUOTED_WORD:  # “No,” she said; not the “old” sailor
        return marked or at == 1
    return at > 0 and tokens[at - 1].low == QUOTATION


def _by_subject(tokens: Sequence[Token], at: int) -> Said | None:
    """Read "X said that …", « X, chercheur, estime que … », "… , X added."."""
    end = _verb_start(tokens, at)
    if not end or tokens[end - 1].low in BE | _NOT_A_SUBJECT | _ARTICLES:
        return None
    if _lacks_auxiliary(tokens, end, at):
        return None
    found = _subject(tokens, end)
    if found is None or (found.first and tokens[found.first - 1].low in _SUBORDINATORS):
        return None
    if tokens[at].low in verbs_of_things() and found.end - found.first == 1 and not found.first:
        return None  # "Lightning suggests": a capital that may be any word
    beside = _follows_quotation(tokens, found.first) or _is_insertion(tokens, found, at)
    return found if beside or reports(tokens, at) else None


def _verb_start(tokens: Sequence[Token], at: int) -> int:
    """Return the index where a verb begins, with its auxiliaries, pronouns and adverbs."""
    english = tokens[at].low not in french_verbs()
    end = at
    while end:
        low = tokens[end - 1].low
        itself = low in BE and end > 1 and tokens[end - 2].low in _ITSELF  # « s'est dit »
        if (english and low == "a") or not (
            low in _BETWEEN or itself or is_adverb(tokens[end - 1])
        ):
            break
        end -= 1
    return end


def _is_insertion(tokens: Sequence[Token], found: Said, at: int) -> bool:
    """Tell ", Dr. Moll thinks," from the beginning of a clause."""
    if not found.first or tokens[found.first - 1].low != ",":
        return False
    return at + 1 == len(tokens) or tokens[at + 1].low in (",", ".")


def _second_verb(tokens: Sequence[Token], at: int, verbs: frozenset[str]) -> Said | None:
    """Read "X wrote about it and suggested that …"."""
    if at < 2 or tokens[at - 1].low not in ("et", "and") or not reports(tokens, at):
        return None
    for first in range(at - 2, max(0, at - 25), -1):
        if tokens[first].low in verbs and tokens[first - 1].low not in _ARTICLES | BE:
            return _subject(tokens, first)
    return None


def _subject(tokens: Sequence[Token], end: int) -> Said | None:
    low = tokens[end - 1].low
    if low in _PRONOUNS:
        return Said(end - 1, end, low)
    if low in RELATIVES:  # « X, qui dit que », not « ceux qui disent que »
        end = end - 2 if end > 1 and tokens[end - 2].low == "," else 0
        low = ""
    if low in _NOBODY or not end:
        return None
    if low == "," and end > 1 and tokens[end - 2].low == ")":
        end, low = end - 1, ")"
    ends = _before_insertion(tokens, end) if low in (",", ")") else [end]
    for stop in ends:
        first = phrase_before(tokens, stop)
        apposed = len(ends) > 1 and not (tokens[first].capital or tokens[first].low in DETERMINERS)
        if first < stop and not apposed and names_somebody(tokens, first, stop):
            return Said(_with_enumeration(tokens, first, stop), stop)
    return None


def _before_insertion(tokens: Sequence[Token], end: int) -> list[int]:
    """Return where a subject may end that words in commas or brackets part from its verb."""
    brackets = tokens[end - 1].low == ")"
    opened = [at for at in range(max(0, end - 30), end - 1) if tokens[at].low == "("]
    stop = opened[-1] if brackets and opened else end - 1
    commas = [at for at in range(max(0, stop - 30), stop) if tokens[at].low == ","]
    return [stop, *commas[:-4:-1]] if brackets else [*commas[:-4:-1], stop]


def _with_enumeration(tokens: Sequence[Token], first: int, end: int) -> int:
    """Take « la Corée du Sud, » too before « l'Ukraine et l'Occident »."""
    if not any(token.low in ("et", "and") for token in tokens[first:end]):
        return first
    while first > 1 and tokens[first - 1].low == ",":
        before = phrase_before(tokens, first - 1)
        short = 0 < first - 1 - before <= 5 and not tokens[before].low.endswith(("ant", "ing"))
        if not short or not names_somebody(tokens, before, first - 1, strict=True):
            break
        first = before
    return first
