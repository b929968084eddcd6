"""What a question leaves out: "Et la Russie ?" is a thing alone, "Pourquoi ?" asks of nothing."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.followups.question_parts import (
    ARTICLES,
    PREPOSITIONS,
    QUESTION_WORDS,
    Word,
    read_parts,
    read_words,
)

_OPENING = re.compile(
    r"\s*(?:(?:et|and|mais|but|so|donc|alors|then|puis|ok|okay|oui|yes|non|no|ah|merci|thanks)"
    r"(?:[\s,]+(?:alors|donc|puis|ensuite|then|so|also|aussi))?(?=[\s,])[\s,]*)",
    re.IGNORECASE,
)
_ABOUT = re.compile(
    r"\s*(?:(?:what|how)\sabout|qu['’]en\s(?:est|[ée]tait)[-\s]il|quid|que\sdire)\s+", re.IGNORECASE
)
# "Et pour la Russie ?" asks of Russia what was asked before, of nothing "for" it.
_CONCERNING = re.compile(
    r"(?:pour|concernant|quant\s(?=aux?\s|à)|au\ssujet\s(?=d)|du\scôté\s(?=d)|for|regarding|as\sfor)\s*",
    re.IGNORECASE,
)
_OF = re.compile(r"(?:(du|au)\s|(des|aux)\s|(?:de|à)\s|d['’])", re.IGNORECASE)
_EDGES = " \t\n?!.,…\u00a0\u202f"

# Words that ask or point but name nothing: with these alone, a question is a bare question word.
_EMPTY = frozenset(
    "exactement exactly precisement precisely happen happened happening passe passer arrive arriva"
    " date annee year jour day temps time long cela ca c lieu place occur occurred else autre"
    " raison reason people personnes right really vraiment did est-ce qu'est-ce many much"
    " one ones il elle ils elles".split()
)
_ADDRESSED = frozenset("je j tu te toi moi me i my vous nous you your we us".split())
_VERBS = frozenset(
    "est sont etait etaient fut furent a ont avait avaient sera seront peut peuvent doit doivent"
    " va vont fait is are was were has have had did does do will would can could may must".split()
)

# "Il" and "it" that stand for nothing.
EXPLETIVE = re.compile(
    r"\by[-\s]+(?:a|avait|aura|aurait|eut|ait)\b(?:[-\s]t)?(?:[-\s'’]il\b)?"
    r"|\b(?:faut|faudra|s['’]agit|existe|reste|suffit|passe|arrive|heure\sest|semble|pleut|neige|vaut"
    r"|(?:temps|jour|nuit|chaud|froid)\sfait)[-\s](?:t[-\s'’])?il\b"
    r"|\bil\s(?:n['’])?(?:y\s(?:en\s)?a|y\seu|a\sfallu|faut|faudra|s['’]agit|existe|reste|semble"
    r"|suffit|pleut|neige|vaut|fait\s(?:beau|froid|chaud|jour|nuit))|a-t-il\sfallu\b"
    r"|\b(?:est|était)[-\s]il\s(?:passé|mis\sfin)\b|\bpasse?[-\s]t[-\s]il\b"
    r"|\best-il\s(?:\w+\s){0,2}\w+\s(?:de|d['’]|que|qu['’])|\bil\sest\s(?:\w+\s){0,2}(?:de|d['’]|que)"
    r"|\bit\s(?:\w+\s){0,3}(?:to|that|if|whether)\b|\bit\s(?:rain|snow)|\b(?:time|day|date)\s(?:is|was)\sit\b"
    r"|\bit\smeans?\s(?:for|when|if|that|to)\b|\bit\s(?:takes?|took|costs?|cost)\b.*\bto\b|\bit\scalled\s(?:when|if|that)\b"
    r"|\b(?:is|was|are|were|has|have|had|will)\sthere\b"
    r"|\bthere\s(?:is|was|are|were|be|been|has|have|will|exists?)\b",
    re.IGNORECASE,
)


def opening(question: str) -> int:
    """Return how many characters of a question only tie it to what came before: "And "."""
    found = _OPENING.match(question)
    return found.end() if found else 0


def fragment(question: str) -> str:
    """Return the thing that replaces another: "la Russie" of "Et la Russie ?"; else nothing."""
    start = opening(question)
    about = _ABOUT.match(question, start)
    rest = question[about.end() if about else start :].strip(_EDGES)
    words = read_words(rest)
    if not words or any(word.inverted or word.key in QUESTION_WORDS for word in words):
        return ""
    if about or _CONCERNING.match(rest):
        rest = _concerned(rest)
        words = read_words(rest)
    if not start and not about:
        # Without an opening, only a date or place with its preposition: "In 2022?"
        parts = read_parts(rest)
        led = words[0].key in PREPOSITIONS and len(parts) == 1 and parts[0].end == len(rest)
        return rest if led and len(words) <= 4 and question.rstrip().endswith("?") else ""
    return "" if _is_clause(words, loose=about is not None) else rest


def _concerned(rest: str) -> str:
    """Take off what only says that a thing is spoken of: "du Japon" is "le Japon"."""
    concerning = _CONCERNING.match(rest)
    thing = rest[concerning.end() :] if concerning else rest
    if concerning and concerning[0].lower().split()[0] in ("pour", "for", "regarding", "as"):
        return thing
    found = _OF.match(thing)
    if not found:
        return thing
    return ("le " if found[1] else "les " if found[2] else "") + thing[found.end() :]


def _is_clause(words: Sequence[Word], loose: bool) -> bool:
    """Tell whether words hold a verb, as far as their number and the usual verbs show."""
    if any(word.key in _VERBS and at > 0 for at, word in enumerate(words)):
        return True
    if words[0].key in _VERBS and words[0].key != "a":
        return True
    led = sum(word.key in ARTICLES for word in words)
    return not loose and (sum(word.content for word in words) > 5 or led > 2)


def is_bare(question: str) -> bool:
    """Tell whether a question asks ("Pourquoi ?", "When was that?") and names nothing at all."""
    words = read_words(question[opening(question) :])
    if (
        not words
        or len(words) > 8
        or EXPLETIVE.search(question)
        or any(word.key in _ADDRESSED for word in words)
    ):
        return False
    return all(not w.content or w.key in _EMPTY or w.key in QUESTION_WORDS for w in words)
