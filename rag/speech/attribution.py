"""A sentence's tokens → who is said to say something in it: a phrase, or a pronoun.

Three patterns: a source (« selon X », "according to X"), a subject and its verb
("X said that"), and what stands beside a quotation (« … », dit X).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from rag.speech.noun_phrases import (
    DETERMINERS,
    Token,
    is_mark,
    is_name,
    names_somebody,
    phrase_before,
)
from rag.speech.reported_clause import BE, QUOTATION, QUOTED_WORD, RELATIVES, is_adverb, reports
from rag.speech.reporting_verbs import (
    PARTICIPLES,
    SAY,
    SEVERAL_WORDS,
    TELL,
    english_verbs,
    french_verbs,
    is_of_somebody,
    verbs_of_things,
)
from rag.speech.sources import Said, by_source, somebody
from rag.speech.speaking_nouns import is_mute, is_person

_PRONOUNS = frozenset("il elle ils elles he she they".split())
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
_DEFINITE = ("the", "le", "la", "l'", "les")
_INVERTED = re.compile(r"(\w+?)(?:-t)?-(il|elle|ils|elles)\Z")


def join_verbs(tokens: Sequence[Token]) -> list[Token]:
    """Make one token of a verb of several words: « fait savoir », "pointed out"."""
    joined: list[Token] = []
    at = 0
    while at < len(tokens):
        token, end = tokens[at], at + 1
        for more in SEVERAL_WORDS.get(token.low, ()):
            words = more.split()
            if [each.low for each in tokens[at + 1 : at + 1 + len(words)]] == words:
                end = at + 1 + len(words)
                token = Token(f"{token.low} {more}", token.start, tokens[end - 1].end, False)
        joined.append(token)
        at = end
    return joined


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
        found = by_source(tokens, at) or _inverted(tokens, at, verbs)
        if found is None and tokens[at].low in verbs and not tokens[at].capital:
            found = _after_quotation(tokens, at) or _by_subject(tokens, at)
            found = found or _second_verb(tokens, at, verbs)
        if found is not None:
            yield found


def _inverted(tokens: Sequence[Token], at: int, verbs: frozenset[str]) -> Said | None:
    """Read « pense-t-il », « a-t-elle ajouté », « s'est-il étonné » beside what is said."""
    found = _INVERTED.match(tokens[at].low) if "-" in tokens[at].low else None
    before = at - 2 if at and tokens[at - 1].low in _ITSELF else at - 1
    if found is None or before < 0 or tokens[before].low not in (QUOTATION, QUOTED_WORD, ","):
        return None
    verb, pronoun = found.groups()
    after = next((t.low for t in tokens[at + 1 : at + 4] if t.low not in _BETWEEN), "")
    whole = " ".join(
        [verb, *(token.low for token in tokens[at + 1 : at + 3])]
    )  # « fait-il valoir »
    if verb in verbs or whole in verbs or whole.rpartition(" ")[0] in verbs:
        return Said(at, at + 1, pronoun)
    if verb in _AUXILIARIES | BE and after in verbs:
        return Said(at, at + 1, pronoun)
    return None


def _after_quotation(tokens: Sequence[Token], at: int) -> Said | None:
    """Read « … », explique X and ", estime le ministre,"."""
    start = at
    while start and tokens[start - 1].low in _BETWEEN:
        start -= 1
    if _lacks_auxiliary(tokens, start, at) or tokens[at].low == "called":  # "a town called Oban"
        return None
    if _is_reminded(tokens, start):
        return somebody(tokens, at + 1, strict=True)
    quoted = _follows_quotation(tokens, start)
    if not quoted and not (start and tokens[start - 1].low == ","):
        return None
    unlisted = _is_unlisted(tokens[at + 1 : at + 3], tokens[at].low)
    found = somebody(tokens, at + 1, strict=not (quoted or unlisted))
    if found is None or found.pronoun:
        return None
    if quoted:
        return found
    closed = found.end == len(tokens) or is_mark(tokens[found.end])
    alias = tokens[at].low == "dit" and tokens[start - 2].capital  # « Louis, dit le Gros, »
    return found if closed and not alias else None


def _is_reminded(tokens: Sequence[Token], at: int) -> bool:
    """Tell « Comme le rappelle X » by the words before the verb."""
    if at > 1 and tokens[at - 1].low in ("le", "l'"):
        at -= 1
    return at > 0 and tokens[at - 1].low == "comme" and (at < 2 or is_mark(tokens[at - 2]))


def _is_unlisted(phrase: Sequence[Token], verb: str) -> bool:
    """Tell somebody whose noun is not listed: the subject of "said" is no thing."""
    known = is_of_somebody(verb) and len(phrase) > 1 and phrase[0].low in _DEFINITE
    if verb in ("say", "tell") and not phrase[-1].low.endswith("s"):  # "has the final say"
        return False
    return known and not any(is_mute(token.low) for token in phrase)


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
    found = _subject(tokens, end, tokens[at].low)
    if found is None or (tokens[at].low == "dit" and found.end == end - 1):
        return None  # « Le village, dit « la perle du Jura », »
    if found.first and tokens[found.first - 1].low in _SUBORDINATORS:
        return found if _as_somebody_says(tokens, found, at) else None
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


def _as_somebody_says(tokens: Sequence[Token], found: Said, at: int) -> bool:
    """Tell "As X put it, …" and « comme X l'a dit, » from other clauses."""
    opening = found.first - 1
    alone = opening == 0 or tokens[opening - 1].low == ","
    closed = at + 1 == len(tokens) or tokens[at + 1].low in (",", ".", ":", QUOTATION)
    base = tokens[opening].low == "as" and not tokens[at].low.endswith(("s", "d", "wrote", "it"))
    return tokens[opening].low in ("as", "comme") and alone and closed and not base


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
            return _subject(tokens, first, tokens[at].low)
    return None


def _subject(tokens: Sequence[Token], end: int, verb: str) -> Said | None:
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
        if first >= stop or apposed:
            continue
        unlisted = _is_unlisted(tokens[first:stop], verb)
        if names_somebody(tokens, first, stop, strict=not unlisted):
            first, last = _apposed_name(tokens, first, stop, end)
            return Said(_with_enumeration(tokens, first, last), last)
    return None


def _apposed_name(tokens: Sequence[Token], first: int, stop: int, end: int) -> tuple[int, int]:
    """Return the name set between commas behind a role: "the club's chair, Ruth Okafor, said"."""
    name = tokens[stop + 1 : end - 1]
    role = tokens[first:stop]
    named = len(name) > 1 and all(map(is_name, name)) and tokens[end - 1].low == ","
    if named and any(is_person(t.low) for t in role) and not any(map(is_name, role[1:])):
        return stop + 1, end - 1
    return first, stop


def _before_insertion(tokens: Sequence[Token], end: int) -> list[int]:
    """Return where a subject may end that words in commas or brackets part from its verb."""
    brackets = tokens[end - 1].low == ")"
    opened = [at for at in range(max(0, end - 30), end - 1) if tokens[at].low == "("]
    stop = opened[-1] if brackets and opened else end - 1
    commas = [at for at in range(max(0, stop - 30), stop) if tokens[at].low == ","]
    return [stop, *commas[:-4:-1]] if brackets else [*commas[:-4:-1], stop]


def _with_enumeration(tokens: Sequence[Token], first: int, end: int) -> int:
    """Take « la Corée du Sud, » too before « l'Ukraine et l'Occident »."""
    linked = first > 1 and tokens[first - 1].low in ("et", "and") and tokens[first - 2].low == ","
    if not linked and not any(token.low in ("et", "and") for token in tokens[first:end]):
        return first
    while first > 1 and tokens[first - 1 - linked].low == ",":
        comma = first - 1 - linked
        before, linked = phrase_before(tokens, comma), False
        short = 0 < comma - before <= 5 and not tokens[before].low.endswith(("ant", "ing"))
        if not short or not names_somebody(tokens, before, comma, strict=True):
            break
        first = before
    return first
