"""Whether a full question leans on the one before it: "Qui l'a signé ?" does.

A pronoun counts only where the question itself offers nothing that it could stand for: "Where
was Hugo when he wrote this?" leans on nothing, "Where did he write it?" does. In doubt a
question stands on its own: a wrong topic carried over costs more than a vague question.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from itertools import pairwise

from rag.followups.ellipsis import EXPLETIVE, opening
from rag.followups.question_parts import Part, Word, read_parts, read_words
from rag.words import detect_language

_SPEAKER = frozenset("je j tu te toi moi me i my me".split())
_FRONTED = frozenset("do does did are is was were can will should".split())
_CLAUSES = frozenset(
    "when that if as because after before while since though until once quand que qu si lorsqu"
    " lorsque puisque comme".split()
)
_PLURAL = frozenset("they them their theirs leur leurs ils eux".split())
_ANYONE = frozenset("people anyone someone everyone anybody somebody everybody those".split())
_ORDERS = frozenset(
    "explain describe tell give list show say name summarise summarize compare define explique"
    " expliquez decris decrivez donne donnez cite citez parle parlez raconte racontez dis dites"
    " resume resumez montre montrez liste listez nomme nommez precise precisez".split()
)
_SUBJECTS = frozenset("il elle ils elles he she they".split())
_OBJECTS = frozenset(
    "lui eux him them celui celle ceux celles celui-ci celle-ci ceux-ci celui-la celle-la ceci cela"
    " ca it hers theirs".split()
)
_POSSESSIVES = frozenset("son sa ses leur leurs his her its their".split())
_DEMONSTRATIVES = frozenset("ce cet cette ces this that these those".split())
# "This year" points at the calendar, "ce qui" and "est-ce" at nothing.
_NOT_POINTED_AT = frozenset(
    "annee mois semaine matin soir jour week month year morning evening qui que qu dont a en"
    " soir-la est sont n c".split()
)
_POINTS_AFTER = frozenset(
    "was is were are did does do after before about of from with by for at in to on had has would"
    " will can could how why and so than like during since".split()
)
# Pronouns that only their place gives away: "l'a signé", "combien en reste", "qui le dirige".
_PLACED = re.compile(
    r"\bl['’](?:a|ai|ont|avait|avaient|aurait|est|était|eut)\b"
    r"|\bles\s(?:a|ont|avait|avaient|aurait|aura)\b"
    r"|\b(?:y\sen|combien\sen|qu['’]en|s['’]en|s['’]y|n['’]y|qu['’]y|peut-on\sy|ils?\sy"
    r"|elles?\sy)\b|\bpays\sy\b"
    r"|\b(?:qui|pourquoi|comment|quand|où)\s(?:ne\s)?(?:le|la|les|y)\s[^\W\dA-Z]+\s*\??$"
    r"|\b\w+\sy\s(?:ont|ai|étai(?:t|ent)|sont|fut|participe|vit|vivent|habite|trouve)\b"
    r"|\bavec\s*\?*$|\bthere\s*\?*$|\b(?:of|from|by|after|with)\sit\b"
    r"|\b(?:the|which|what|this|that|other|first|last|second)\sones?\b(?!\sof)"
    r"|\b(?:ce\sdernier|cette\sdernière|ces\sdernier|the\slatter|the\sformer)\b"
    r"|\b(?:l['’]autre|les\sautres|the\sothers?)\s*\??$"
    r"|\bc['’](?:est|était|était-ce)\s(?:où|quand|qui|dans|à|en|pour|combien|pourquoi|comment)\b",
    re.IGNORECASE,
)
# What is thought or said "of it" is what was spoken of, whoever says it.
_OF_IT = re.compile(
    r"\bqu['’]en\s(?:pens|di[ts]|disent)|\b(?:think|thinks|thought|say|says|said|make|made)\s(?:of|about)"
    r"\s(?:it|that|this)\b",
    re.IGNORECASE,
)
# Where no name is said, these lean on what came before.
_CONTINUES = re.compile(
    r"\b(?:d['’]avant|d['’]après|ensuite|alors|la\sveille|le\slendemain|au\smême\smoment"
    r"|à\sl['’]époque|(?:year|day|month|week)\s(?:before|after)|afterwards?|next|at\sthe\ssame\stime"
    r"|at\sthat|then|else|aussi|too|as\swell|juste\s(?:derrière|avant|après)|before\sthat"
    r"|after\sthat|previously|auparavant)\b",
    re.IGNORECASE,
)
# Things that are always of something; with "the" and nothing more, of what was spoken of.
_ROLES = re.compile(
    r"\b(?:l['’]|le\s|la\s|les\s|the\s)(?:auteure?s?|équipe|groupe|pays|ville|région|entreprise"
    r"|société|organisation|parti|navire|bateau|film|livre|roman|œuvre|oeuvre|texte|album|projet"
    r"|résultats?|conséquences?|causes?|victimes?|vainqueur|titre|prix|authors?|team|group|country"
    r"|city|town|region|company|organi[sz]ation|party|ship|movie|book|novel|work|text|project"
    r"|results?|outcome|consequences|causes?|reasons?|victims|winner|title|price)"
    r"(?!\w|\s(?:d[eu]s?|of|behind|for|l[ea]\splus|qui|que|dont|où|that|which|who|in|en|à|au)\b"
    r"|\sd['’]|['’]s)",
    re.IGNORECASE,
)


def leans(question: str, known: Collection[str]) -> bool:
    """Tell whether a full question needs the topic of the one before.

    Args:
        question: As asked.
        known: Keys of the words of earlier questions and quotes.
    """
    words, parts = read_words(question), read_parts(question)
    if any(word.key in _SPEAKER for word in words) and not opening(question):
        return False
    names = [part for part in parts if part.kind != "noun"]
    new = [part for part in names if not _known(part, known)]
    if _OF_IT.search(question) or _points_back(question, words, parts, new):
        return True
    if names:
        return False
    said = sum(word.content for word in words)
    if _CONTINUES.search(question) or _has_role(question, parts):
        return said <= 5
    return opening(question) > 0 and said <= 3


def _has_role(question: str, parts: Sequence[Part]) -> bool:
    """Tell whether a thing that is always of something is of nothing here: "l'équipe"."""
    french = detect_language(question) == "fr"
    for found in _ROLES.finditer(question):
        within = [part for part in parts if part.start < found.end() and found.start() < part.end]
        if not french or all(part.end <= found.end() for part in within):
            return True
    return False


def _known(part: Part, known: Collection[str]) -> bool:
    return all(not word.content or word.key in known for word in read_words(part.text))


def _points_back(
    question: str, words: Sequence[Word], parts: Sequence[Part], new: Sequence[Part]
) -> bool:
    expletive = [found.span() for found in EXPLETIVE.finditer(question)]
    for at, word in enumerate(words):
        if any(start <= word.start < end for start, end in expletive):
            continue
        if _is_pointer(words, at) and not _said_within(question, words, at, parts, new):
            return True
    for found in _PLACED.finditer(question):
        if any(start <= found.start() < end for start, end in expletive):
            continue
        if not any(p.end <= found.start() and not p.focus for p in parts):
            return True
    return False


def _is_pointer(words: Sequence[Word], at: int) -> bool:
    word = words[at]
    after = words[at + 1] if at + 1 < len(words) else None
    if word.key in ("celui", "celle", "ceux", "celles"):  # "celui de Paris" says which
        return after is None or after.key not in (
            "de",
            "d",
            "du",
            "des",
            "qui",
            "que",
            "qu",
            "dont",
        )
    if word.key in _POSSESSIVES:
        return after is not None and not after.capital
    if word.key in _DEMONSTRATIVES and not word.inverted:
        return _points(words, at)
    return word.key in _SUBJECTS or word.key in _OBJECTS


def _points(words: Sequence[Word], at: int) -> bool:
    """Tell whether "ce", "this" or "that" points at something, as it does in "after that"."""
    after = words[at + 1] if at + 1 < len(words) else None
    if after is not None and after.key in _NOT_POINTED_AT:
        return False
    if words[at].key in ("that", "this", "those", "these"):
        defined = after is not None and after.key in ("of", "in", "who", "which", "that", "with")
        return at > 0 and words[at - 1].key in _POINTS_AFTER and not defined
    return after is not None and after.content


def _said_within(
    question: str,
    words: Sequence[Word],
    at: int,
    parts: Sequence[Part],
    new: Sequence[Part],
) -> bool:
    """Tell whether the question itself offers what a pronoun can stand for."""
    word = words[at]
    meant = any(_can_be_meant(words, at, part) for part in parts if part.end <= word.start)
    bare = any(w.end <= word.start for w in _subjects(words))
    if meant or bare or _is_subject(words, at, parts):
        return True
    # "When he was a child, where did Hugo live?" and "Quand est-il né, Victor Hugo ?"
    if any(p.start > word.end and "," in question[word.end : p.start] for p in parts):
        return True
    if word.key in _PLURAL and any(w.key in _ANYONE for w in words[:at]):
        return True
    if word.key in _DEMONSTRATIVES or word.key in _POSSESSIVES:
        return any(part.start > word.end for part in new)
    return False


def _can_be_meant(words: Sequence[Word], at: int, part: Part) -> bool:
    """Tell whether a pronoun can stand for a thing before it.

    The thing asked for can be meant by a possessive ("which city lost its walls") and in another
    clause ("which pump stops when it is dry"), never by a subject of its own ("which city did
    it take").
    """
    capital = part.text != part.text.lower()
    if not part.focus:
        return capital or part.lead < part.start
    if capital or (words[at].key in ("ils", "elles") and words[at - 1].key in ("sont", "etaient")):
        return True
    if words[at].key in _POSSESSIVES:
        return not any(word.inverted or word.key in _SUBJECTS for word in words)
    return words[at - 1].key in _CLAUSES


def _is_subject(words: Sequence[Word], at: int, parts: Sequence[Part]) -> bool:
    """Tell whether a verb's own subject stands before it: "pourquoi kuro est-il"."""
    if words[at].key not in ("il", "elle", "ils", "elles"):
        return False
    verb = at - 2 if words[at - 1].key == "t" else at - 1  # "a t il"
    if verb < 1 or words[at - 1].key in _CLAUSES:
        return False
    word = words[verb - 1]
    asked = any(part.focus and part.start <= word.start < part.end for part in parts)
    return word.content and not asked


def _subjects(words: Sequence[Word]) -> list[Word]:
    """Return what is said bare: "cats" of "do cats", "Policies" of "Policies which"."""
    bare = [
        word
        for before, word in pairwise(words)
        if before.key in _FRONTED and word.content and word.key not in _ANYONE
    ]
    first = words[0]
    if first.content and first.capital and first.key not in _ORDERS and not words[1].inverted:
        bare.append(first)
    return bare
