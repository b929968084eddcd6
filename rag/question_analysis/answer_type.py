"""The type of thing a question asks for, from its question word and the noun beside it.

Rules over both languages at once, in the manner of the first question
classifiers (expected answer types: Li & Roth, COLING 2002): the question word
is found first, then what stands beside it decides. ``rag.question_analysis.mentions`` tells
whether a sentence holds a thing of that type.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from functools import lru_cache

from rag.question_analysis.answer_nouns import noun_kind
from rag.question_analysis.question_patterns import (
    AUXILIARY,
    BE,
    DETERMINER,
    ENDS_SUBORDINATE,
    INVERSION,
    LENGTH,
    MEANS,
    MEASURED,
    MONEY_ASKED,
    NAMED,
    NO_TERM,
    OF_NAME,
    QU_EST_CE_QUE,
    QUESTION_WORD,
    SUBJECT,
    TIME_UNIT,
    VERB_END,
)
from rag.words import detect_language, fold

KINDS = (
    "person",
    "place",
    "date",
    "duration",
    "number",
    "amount",
    "percentage",
    "reason",
    "manner",
    "yes_no",
    "definition",
)

_JOINS = frozenset({"que", "who", "when", "where"})  # they open a clause as often as a question

LONGEST_QUESTION = 2000  # characters read; the question word of a longer text is a guess anyway


@lru_cache(maxsize=1024)
def asked_for(question: str) -> str:
    """Return the type of thing a question asks for.

    Args:
        question: In French or in English.

    Returns:
        One of `KINDS`; empty where any thing would do, or where no rule tells.
    """
    typed = " ".join(unicodedata.normalize("NFC", question[:LONGEST_QUESTION]).split())
    typed = typed.replace("’", "'")
    lower = typed.lower()
    found = _question_word(lower)
    if MEANS.search(fold(lower)):
        return "definition"
    if found is None:
        return _without_question_word(lower)
    # Cut at the question word first: folding keeps no offsets.
    before, after = fold(lower[: found.start()]).rstrip(), fold(lower[found.end() :]).lstrip()
    rule = _RULES[found.lastgroup or ""]
    return rule(before, after, typed[found.end() :].strip())


def _question_word(lower: str) -> re.Match[str] | None:
    """Find the word that asks: not one that only opens or joins a clause."""
    found = QUESTION_WORD.search(lower)
    if found is None:
        return re.match(r"(?:d')?(?P<where>ou)\b", lower)
    later = ENDS_SUBORDINATE.search(lower)
    if found.lastgroup == "when" and _is_subordinate(lower, found):
        return QUESTION_WORD.search(lower, later.end() if later else found.end())
    if found.lastgroup not in _JOINS or _opens_clause(lower[: found.start()]):
        return found
    for plainer in QUESTION_WORD.finditer(lower, found.end()):
        if plainer.lastgroup not in _JOINS:
            return plainer
    if later and later.end() > found.end():
        return QUESTION_WORD.search(lower, later.end())
    return found if found.lastgroup == "where" or not AUXILIARY.match(lower) else None


def _opens_clause(before: str) -> bool:
    """Whether a word that may join clauses asks here: at most a preposition stands before it."""
    return len(re.split(r"[,:]", before)[-1].split()) <= 1


def _is_subordinate(lower: str, found: re.Match[str]) -> bool:
    """Whether "when" only says when: "When it rains, …" and not "When did it rain?"."""
    if found.start():
        return False
    after = lower[found.end() :].lstrip()
    if found[0] == "when":
        return not AUXILIARY.match(after)
    later = ENDS_SUBORDINATE.search(after)
    clause = fold(after[: later.start()]) if later else ""
    return bool(clause) and not (BE.match(clause) or INVERSION.search(clause))


def _without_question_word(lower: str) -> str:
    if lower.startswith("when "):
        return ""
    asks = (
        AUXILIARY.match(lower)
        or lower.startswith(("est-ce qu", "est ce qu"))
        or INVERSION.search(fold(lower))
        or ("?" in lower and detect_language(lower) == "fr")
    )
    return "yes_no" if asks else ""


def _who(before: str, after: str, typed: str) -> str:
    if _is_relative_yes_no(before):
        return "yes_no"
    being = BE.match(after)
    if being is None or len(being[0].split()) > 1:
        return "person"
    named = typed.partition(" ")[2]  # a name alone is to be explained; of a role, the name is asked
    role = re.search(r"'s?\s[a-z]", named) or DETERMINER.match(fold(named.lower()))
    return "definition" if named[:1].isupper() and not role else "person"


def _is_relative_yes_no(before: str) -> bool:
    return before.startswith(("est-ce qu", "est ce qu")) or (
        bool(INVERSION.search(before)) and not before.endswith((",", ":"))
    )


def _how_many(before: str, after: str, _typed: str) -> str:
    if re.match(rf"(?:de\s|d')\s*{TIME_UNIT}", after) and not re.match(r"d'heures? sup", after):
        return "duration"
    if re.match(r"(?:de\s|d')?\s*(?:pour\s?cent|%)", after):
        return "percentage"
    if counted := re.match(r"(?:de\s|d')\s*", after):  # "combien de fois a-t-il gagné"
        return "amount" if MONEY_ASKED.match(after, counted.end()) else "number"
    return "amount" if MONEY_ASKED.search(after) or MONEY_ASKED.search(before) else "number"


def _how(_before: str, after: str, _typed: str) -> str:
    if after.startswith("come "):
        return "reason"
    if after.startswith("long"):
        return "number" if LENGTH.search(after) else "duration"
    if after.startswith("many"):
        return _how_many_things(after[4:].lstrip())
    if after.startswith("much"):
        return _how_much(after[4:].lstrip())
    if MEASURED.match(after):
        return "number"
    return "" if NAMED.search(after) else "manner"


def _how_many_things(after: str) -> str:
    if re.match(r"(?:dollars|euros|pounds|cents)\b", after):
        return "amount"
    return "duration" if re.match(TIME_UNIT, after) else "number"


def _how_much(after: str) -> str:
    if after.startswith("time"):
        return "duration"
    if after.startswith("of "):
        return "percentage"
    return "amount" if MONEY_ASKED.search(after) else "number"


def _comment(_before: str, after: str, _typed: str) -> str:
    if NAMED.search(after):
        if re.search(r"\b(?:les|appeles|nommes|surnommes)\b", after):
            return ""
        noun = re.split(r"\b(?:le|la|l'|les|son|sa|ses|un|une)\b\s?", after, maxsplit=1)[-1]
        kind = noun_kind(noun)
        return kind if kind in {"person", "place"} else ""
    return "manner"


def _noun_beside(after: str, *, english: bool) -> str:
    """Decide by the noun beside "what": "what year", "what is the name of the general"."""
    being = BE.match(after)
    noun = after[being.end() :] if being else after
    if being and (determiner := DETERMINER.match(noun)):
        noun = noun[determiner.end() :]
    if re.match(r"(?:articles?|laws?|rules?)\sstate\b", noun):
        return ""
    if naming := OF_NAME.match(noun):
        kind = noun_kind(noun[naming.end() :], head_last=english)
        return kind if kind in {"person", "place"} else ""
    if re.match(r"(?:sur)?noms?\s", noun):
        return ""  # "le nom scientifique du cochon": no person is meant
    return _checked(noun_kind(noun, head_last=english and bool(being)), noun, being=bool(being))


def _what(_before: str, after: str, _typed: str) -> str:
    kind = _noun_beside(after, english=True)
    being = BE.match(after)
    return "definition" if not kind and being and _is_term(after[being.end() :]) else kind


def _checked(kind: str, noun: str, *, being: bool) -> str:
    """Undo what a noun says where the words around it say otherwise."""
    if noun.startswith("temps "):
        return "duration"
    if being and (kind == "manner" or re.match(r"(?:areas?|place)\b", noun)):
        return ""  # "What is the means of …": the thing itself, not how
    return kind


def _is_term(rest: str) -> bool:
    """Whether what follows "what is" is a bare term, to be defined."""
    rest = rest.rstrip(" ?!.\"'»")
    if re.search(r"\b(?:of|(?:an)?other|most|[a-z]{3,}est|necessary)\b|'s\b|s'\s", rest):
        return False
    determiner = DETERMINER.match(rest)
    words = rest.split()
    if determiner is None:
        most = 3
    else:
        words = words[1:]
        most = 4 if determiner[0].strip() in {"a", "an"} else 2
    return 0 < len(words) <= most and not NO_TERM.search(words[-1])


def _quel(before: str, after: str, _typed: str) -> str:
    being = BE.match(after)
    noun = after[being.end() :] if being else after
    if re.match(r"(?:l'|le\s|la\s|les\s)?(?:raison|cause|motif)", noun):
        return "reason"
    if re.match(r"buts?\b", noun) and before.endswith(("dans", "pour")):
        return "reason"
    if re.match(r"(?:la\s)?part\b", noun):
        return "percentage"
    if re.match(r"places?\b", noun):  # a rank, in French
        return ""
    return _noun_beside(after, english=False)


def _que(before: str, after: str, _typed: str) -> str:
    asked = QU_EST_CE_QUE.match(f"qu{after}")
    if asked:
        return "definition" if _is_french_term(asked["rest"].strip()) else ""
    if re.match(r"'\s?est[-\s]ce qui expliqu", after):
        return "reason"
    if before.startswith(("est-ce", "est ce")):
        return "yes_no"
    return "reason" if re.search(r"\b(?:pour|a cause de)$", before) else ""


def _is_french_term(rest: str) -> bool:
    if re.match(r"c'est\b", rest):
        return True
    determiner = DETERMINER.match(rest)
    words = rest[determiner.end() if determiner else 0 :].split()
    if not words or SUBJECT.match(rest) or len(words) > 6:
        return False
    linked = any(word in {"de", "du", "des"} or word.startswith("d'") for word in words[1:3])
    return len(words) == 1 or linked or (len(words) < 4 and not VERB_END.search(words[-1]))


def _always(kind: str) -> Callable[[str, str, str], str]:
    return lambda _before, _after, _typed: kind


def _when(before: str, _after: str, _typed: str) -> str:
    return "yes_no" if _is_relative_yes_no(before) else "date"


def _where(before: str, _after: str, _typed: str) -> str:
    return "yes_no" if _is_relative_yes_no(before) else "place"


_RULES: Mapping[str, Callable[[str, str, str], str]] = {
    "quel": _quel,
    "combien": _how_many,
    "why": _always("reason"),
    "comment": _comment,
    "when": _when,
    "where": _where,
    "what": _what,
    "who": _who,
    "how": _how,
    "que": _que,
}
