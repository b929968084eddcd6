"""Tokens of a sentence → the people it speaks of, in order: whom a pronoun may stand for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from rag.speech.first_names import is_first_name
from rag.speech.noun_phrases import DETERMINERS, Token, is_mark, is_name, name_end, phrase_after
from rag.speech.reported_clause import BE
from rag.speech.speaking_nouns import is_person

_TITLES = frozenset("m. mr mr. mrs mrs. ms ms. mme mlle dr dr. me pr prof. sir lord lady".split())
_OPENINGS = frozenset(
    "hier lundi mardi mercredi jeudi vendredi samedi dimanche , yesterday".split()
)
_BECOMES = frozenset("as comme devient devenu became becomes become".split())
_PLACED = frozenset("in at en dans the a an le la les un une du des au aux de d' of".split())
# Listed as those who can say something, but bodies, or adjectives more often.
_NO_PERSON = frozenset(
    """dernier dernière derniers premier première premiers public jeune politique ancien critique
    certain certains service services forces groupe groupes centre cour source sources parti partis
    conseil justice police direction banque société compagnie entreprise organisation armée
    force group party service council court bank company army board body school union press
    people""".split()
)


class Person(NamedTuple):
    """Somebody a sentence speaks of: tokens ``first`` to ``end``, excluded.

    ``subject`` tells whether the sentence begins with them.
    """

    first: int
    end: int
    subject: bool


def find_people(tokens: Sequence[Token]) -> list[Person]:
    """Find the people a sentence speaks of.

    A name is told by two capitals, or by a title before one; a noun by its determiner and the
    list of those who can say something (« le maire », "her deputy").
    """
    people: list[Person] = []
    begin = _beginning(tokens)
    at = begin
    while at < len(tokens):
        end = _name_end(tokens, at)
        if end:
            people.append(Person(at, end, at == begin))
        elif _may_begin_noun(tokens, at, people) and (end := _noun_end(tokens, at)):
            first = next((place for place in range(at + 1, end) if _names(tokens[place])), at)
            people.append(Person(first, end, at == begin))
        elif is_name(tokens[at]):  # of a place: no part of it is a person's
            end = name_end(tokens, at)
        at = max(at + 1, end)
    return people


def _may_begin_noun(tokens: Sequence[Token], at: int, people: Sequence[Person]) -> bool:
    """Tell « le maire » from what is said of somebody: « est un maire », « Luc, un marin »."""
    if tokens[at].low not in DETERMINERS:
        return False
    before = tokens[at - 1].low if at else ""
    apposed = before == "," and bool(people) and people[-1].end == at - 1
    return not apposed and before not in BE | _BECOMES


def _beginning(tokens: Sequence[Token]) -> int:
    """Return the index after « Hier, »."""
    at = 0
    while at < len(tokens) and at < 3 and tokens[at].low in _OPENINGS:
        at += 1
    return at


def _name_end(tokens: Sequence[Token], at: int) -> int:
    """Return the index after a person's name; 0 where none begins."""
    titled = tokens[at].low in _TITLES and tokens[at].capital and at + 1 < len(tokens)
    first = at + 1 if titled else at
    if not is_name(tokens[first]):
        return 0
    end = name_end(tokens, first)
    if at and tokens[at - 1].low in _PLACED and not (titled or is_first_name(tokens[first].low)):
        return 0  # "in New York", "the Supreme Court", « l'armée de Corée du Nord »
    return end if titled or sum(token.capital for token in tokens[first:end]) > 1 else 0


def _noun_end(tokens: Sequence[Token], at: int) -> int:
    """Return the index after « le maire », « son collègue Jean Petit »; 0 where nobody is meant."""
    end = phrase_after(tokens, at)
    for place, token in enumerate(tokens[at + 1 : end], start=at + 1):
        if is_mark(token) or token.low in DETERMINERS or token.low in ("de", "d'", "of"):
            return 0
        if is_person(token.low) and token.low not in _NO_PERSON:
            return name_end(tokens, place + 1) if _begins_name(tokens, place + 1) else place + 1
    return 0


def _names(token: Token) -> bool:
    return is_name(token) and not is_person(token.low)


def _begins_name(tokens: Sequence[Token], at: int) -> bool:
    return at < len(tokens) and is_name(tokens[at])
