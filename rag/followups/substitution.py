"""One thing put in another's place: "Et le Japon ?" makes "de la Russie" into "du Japon"."""

from __future__ import annotations

import re
from dataclasses import dataclass

from rag.followups.question_parts import PREPOSITIONS, Part, Word, read_parts, read_words
from rag.words import detect_language

_YEAR = re.compile(r"(?<!\d)\d{4}(?!\d)")
_OWNED = re.compile(r"['’]s\s")
_OF_OR_TO = {"du": "de", "des": "de", "d'": "de", "d’": "de", "d": "de", "au": "à", "aux": "à"}
_CONTRACTED = {
    ("de", "le"): "du",
    ("de", "les"): "des",
    ("à", "le"): "au",
    ("à", "les"): "aux",
    ("en", "le"): "au",
    ("en", "les"): "aux",
    ("en", "la"): "en",
    ("en", "l'"): "en",
}
_ARTICLES = frozenset(("le", "la", "les", "l'", "l’", "l", "the", "a", "an", "un", "une"))
_HIDDEN = frozenset(("du", "des", "au", "aux"))
_PREPOSITIONS = PREPOSITIONS | {"à", "après", "d'", "d’"}


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a name stands in a question, with the words that lead to it."""

    lead: str
    start: int
    end: int


def substitute(thing: str, question: str) -> str:
    """Return a question with a thing in the place of one of the same kind.

    A name takes a name's place, a date a date's; a date is added where there is none.

    Args:
        thing: "la Russie", "in 2022": at most articles and a preposition before it.
        question: The earlier question.

    Returns:
        The new question; empty where no place fits.
    """
    new = _read(thing)
    if new is None or _is_said(thing, question):
        return ""
    if new.kind == "date":
        return _redate(thing, new, question)
    if _OWNED.search(new.text) and sum(p.kind == "name" for p in read_parts(question)) > 1:
        return ""  # "Seoul's reaction" has the place of no name
    place = _find_place(thing, new, question) if new.kind == "name" else None
    if place is None:
        return ""
    led = _lead(place.lead, thing[: new.start], thing[new.start :], question)
    return _cased(f"{question[: place.start]}{led}{thing[new.start :]}{question[place.end :]}")


def _read(thing: str) -> Part | None:
    """Return the one part of a thing; None where there are more, or words beside it."""
    before = "– "  # a first word is read as a name only where it is not the first
    parts = read_parts(before + thing)
    if len(parts) != 1 or parts[0].end != len(before + thing):
        return None
    part, moved = parts[0], len(before)
    if part.lead > moved and read_words(thing)[0].start < part.lead - moved:
        return None
    return Part(part.text, part.start - moved, part.end - moved, part.lead - moved, part.kind)


def _is_said(thing: str, question: str) -> bool:
    said = {word.key for word in read_words(question)}
    return all(word.key in said for word in read_words(thing) if word.content)


def _redate(thing: str, new: Part, question: str) -> str:
    years = list(_YEAR.finditer(question))
    if _YEAR.fullmatch(new.text) and years:
        last = years[-1]
        return question[: last.start()] + new.text + question[last.end() :]
    dates = [part for part in read_parts(question) if part.kind == "date"]
    if dates:
        start = dates[-1].start if new.lead == new.start else dates[-1].lead
        said = thing[new.lead : new.start].lower() + thing[new.start :]
        return question[:start] + said + question[dates[-1].end :]
    body = question.rstrip("?!. \u00a0\u202f")
    if body.endswith(")"):
        return ""
    lead = "" if new.lead < new.start else "en " if detect_language(question) == "fr" else "in "
    return f"{body} {lead}{thing[:1].lower()}{thing[1:]}{question[len(body) :]}"


def _find_place(thing: str, new: Part, question: str) -> _Place | None:
    """Return the place of the name that is led to as the new one is; the last of equals."""
    led = thing[: new.start]
    own, article = _preposition(led), _has_article(led)
    places = [
        place
        for part in read_parts(question)
        if part.kind == "name"
        for place in [_place(question, part)]
        if not part.focus or place.start > part.start  # not what is asked for, but what it is of
    ]
    return max(
        reversed(places),
        key=lambda place: (
            own != "" and _preposition(place.lead) == own,
            _has_article(place.lead) == article,
        ),
        default=None,
    )


def _has_article(lead: str) -> bool:
    return any(_is_article(word) or word.key in _HIDDEN for word in read_words(lead))


def _preposition(lead: str) -> str:
    """Return the preposition of what leads to a name, as it is without an article: "du" → "de"."""
    words = (word.text.lower() for word in read_words(lead) if not _is_article(word))
    return next((_OF_OR_TO.get(word, word) for word in words if word in _PREPOSITIONS), "")


def _place(question: str, part: Part) -> _Place:
    """Return where the name itself stands in a part: "Gesualdo" of "frère de Gesualdo"."""
    words = [word for word in read_words(question) if part.start <= word.start < part.end]
    capitals = [at for at, word in enumerate(words) if word.capital]
    first, last = capitals[0], words[capitals[-1]]
    end = last.end - len("'s") if last.text.endswith(("'s", "’s")) else last.end
    start = first
    titled = start > 0 and not words[start - 1].leads and (start == 1 or words[start - 2].leads)
    if titled and question[part.lead : part.start] and detect_language(question) == "fr":
        start -= 1  # "le prince Menchikov": the title goes with him
    lead = start
    while lead > 0 and words[lead - 1].leads:
        lead -= 1
    if lead == 0 and start == 0:
        return _Place(question[part.lead : part.start], part.lead, end)
    return _Place(question[words[lead].start : words[start].start], words[lead].start, end)


def _lead(old: str, new: str, name: str, question: str) -> str:
    """Return what leads to the new name in the old one's place."""
    spoken = read_words(new)
    if any(not _is_article(word) for word in spoken):
        return new  # it has its own preposition
    preposition = _preposition(old)
    if detect_language(question) == "en" or not preposition:
        return f"{preposition} {new}".lstrip() if preposition else new
    article = new.strip().lower().replace("’", "'")
    if contracted := _CONTRACTED.get((preposition, article)):
        return contracted + " "
    if preposition == "de" and not article and re.match(r"[aeiouyéèêàâîôûh]", name, re.I):
        return "d'"
    return f"{preposition} {new}"


def _is_article(word: Word) -> bool:
    return word.text.lower() in _ARTICLES


def _cased(question: str) -> str:
    return question[:1].upper() + question[1:]
