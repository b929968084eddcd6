"""What follows a verb that reports → whether it is what somebody says.

« Il note que … », "she warned the ice would melt", « il rappelle le passé : « … » » tell
what is said; « il note la date » does not.
"""

from __future__ import annotations

from collections.abc import Sequence

from rag.speech.noun_phrases import DETERMINERS, Token, is_mark
from rag.speech.reporting_verbs import CLAUSE_WITHOUT_THAT, SAY, TELL, takes_words
from rag.speech.speaking_nouns import is_speaker

QUOTATION = "«"  # the token that stands for a whole quotation
QUOTED_WORD = "‹"  # … and for one of a few words, which may be a title or an expression
RELATIVES = frozenset("qui who".split())
BE = frozenset("est sont était étaient fut furent sera été être is are was were be been".split())

_REACH = 12  # tokens between a verb and its « que » or its quotation
_BEFORE_THAT = frozenset(  # what may begin the words between a verb and its « que »
    """, dans en à au aux lors durant pendant sur devant mardi mercredi jeudi vendredi samedi
    dimanche lundi hier publiquement alors ensuite ainsi aussi également par
    in on at to during yesterday monday tuesday wednesday thursday friday saturday sunday last
    earlier later reporters journalists publicly today""".split()
)
_NOT_BEFORE_THAT = frozenset(
    """tant plus moins ainsi alors tandis après avant dès bien même autre parce pour sans afin
    aussi so such""".split()
)
_THAT = frozenset("que qu' that".split())
_INFINITIVES = frozenset("avoir être vouloir pouvoir devoir n'".split())
_FIGURES = frozenset("chiffre nombre bilan hypothèse idée".split())
_FINITE = frozenset(
    """is are was were will would had has have can could may might should must did does
    do""".split()
)
_CLAUSE_STARTS = DETERMINERS | frozenset("he she they it there we i".split())


def is_adverb(token: Token) -> bool:
    """Tell an adverb in -ment or -ly, which may stand beside any verb."""
    ending = token.low.endswith(("ment", "ly")) and len(token.low) > 5
    return ending and not token.capital and not is_speaker(token.low)


def reports(tokens: Sequence[Token], at: int) -> bool:
    """Tell whether what follows a verb is what somebody says.

    Args:
        tokens: Of one sentence.
        at: Index of the verb, of those that report.
    """
    verb, ahead = tokens[at].low, tokens[at + 1 : at + 2 + _REACH]
    while ahead and is_adverb(ahead[0]):
        ahead = ahead[1:]
    if not ahead:
        return False
    if ahead[0].low in _THAT or verb in SAY:
        return ahead[0].low != "to"
    if _is_object(tokens, at, ahead):
        return True
    if verb in CLAUSE_WITHOUT_THAT and _is_clause(ahead):
        return True
    return _reaches(ahead, told=verb in TELL)


def _is_object(tokens: Sequence[Token], at: int, ahead: Sequence[Token]) -> bool:
    """Tell what is said without a clause: « affirme avoir », « annonce la fin »."""
    verb = tokens[at].low
    if ahead[0].low in _INFINITIVES or (len(ahead) > 1 and ahead[1].low in _FIGURES):
        return True
    if verb.startswith(("annonc", "announce")):
        return ahead[0].low in DETERMINERS
    if verb.startswith(("dément", "deny", "denie")):
        return ahead[0].low in ("toute", "tout", "any")
    if takes_words(verb):
        quoted = [place for place, t in enumerate(ahead[:4]) if t.low in (QUOTATION, QUOTED_WORD)]
        led = ahead[quoted[0] - 1].low if quoted and quoted[0] else ""
        return led in DETERMINERS or led in ("d'", "de", "as")
    return verb in ("dit", "dite", "dits") and at > 0 and tokens[at - 1].low in BE


def _is_clause(ahead: Sequence[Token]) -> bool:
    """Tell "(warned) the ice would melt" from "(warned) the town"."""
    if ahead[0].low in ("he", "she", "they", "it", "there"):
        return True
    if ahead[0].low not in _CLAUSE_STARTS and not ahead[0].capital:
        return False
    for place, token in enumerate(ahead[1:], start=1):
        if is_mark(token):
            return False
        if token.low in _FINITE or (place > 1 and token.low.endswith("ed")):
            return True
    return False


def _reaches(ahead: Sequence[Token], *, told: bool) -> bool:
    """Tell whether a « que » or a quotation follows, past a date, a place or those told."""
    may_be_that = told or ahead[0].low in _BEFORE_THAT
    for place, token in enumerate(ahead):
        before = ahead[place - 1].low if place else ""
        if token.low == QUOTATION or (token.low == QUOTED_WORD and before in (":", ",")):
            return True
        if token.low in _THAT and before not in _NOT_BEFORE_THAT:
            return may_be_that
        if token.low in (";", ".", "?", "!", *RELATIVES):
            return False
    return False
