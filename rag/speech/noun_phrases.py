"""Tokens → the noun phrase that names somebody, before or after a verb or a preposition.

No parser: the little grammar of "le général Dupont", "Prime Minister X", "les
services de renseignement sud-coréens", read outwards from where the phrase must stand.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from rag.speech.speaking_nouns import is_person, is_speaker, never_speaks

LONGEST_PHRASE = 14  # tokens


class Token(NamedTuple):
    """A word or a mark: ``text[start:end]``; ``low`` in lower case with straight apostrophes."""

    low: str
    start: int
    end: int
    capital: bool


_TOKEN = re.compile(
    r"(?:M|Mr|Mrs|Ms|Dr|Mme|Mlle|Me|Pr|Prof|Gen|Sen|Gov|Rep|Lt|Col|St|Sgt|Capt|[A-Z])\."
    r"(?=\s|[A-Z])"
    r"|(?:[ldjnscmt]|qu|lorsqu|puisqu|quoiqu|jusqu)['’](?=\w)"
    r"|[^\W_]+(?:[-‑'’.&][^\W_]+)*|[^\w\s]",
    re.IGNORECASE,
)

DETERMINERS = frozenset(
    """le la les l' un une ce cet cette ces son sa ses leur leurs notre nos mon ma mes plusieurs
    certains certaines quelques chaque aucun deux trois quatre cinq six tous toutes
    the a an this these that those his her its their our my some many several most two three four
    five six all both another other every each""".split()
)
_CONTRACTED = frozenset("du des au aux".split())
_OF = frozenset("de d' of".split())
_PREPOSITIONS = _OF | frozenset(
    """à pour en dans sur par avec chez contre vers sous sans entre depuis pendant
    for in at from to with by on against between among near about into under over""".split()
)
_GOES_ON = _OF | {"for", "pour"}
_AND = frozenset("et ou and or &".split())
_PARTICLES = frozenset("de du des d' la le van von der den bin ben al el ibn di da of".split())
# No noun phrase goes on across these.
_STOPS = frozenset(
    """que qu' qui dont où mais car si lorsque lorsqu' comme donc quand puis ne n' se s' c' j' ni
    est sont était a ont avait fut sera y on il elle ils elles je nous vous mardi mercredi jeudi
    vendredi samedi dimanche lundi hier aujourd'hui lors auprès devant après avant selon
    interrogé interrogée cité citée citant publié publiée publiés publiées paru parue rendu rendue
    réalisé réalisée mené menée diffusé diffusée relayé consulté consultée joint contacté
    that which who whom whose but when while where because if as although though than so yet
    is are was were be been has have had will would can could may might he she they it we you i
    not published released based seen obtained led quoted cited interviewed conducted monday
    tuesday wednesday thursday friday saturday sunday yesterday today after before during since
    however also only until till including involving made issued celui-ci celle-ci ceux-ci celles-ci
    celui celle ceux celles certes ainsi alors enfin ensuite cependant toutefois pourtant""".split()
)
_QUANTITIES = frozenset("number majority group nombre majorité plupart partie ensemble".split())
_LAST_MENTIONED = frozenset("dernier dernière derniers dernières latter former".split())
# Adjectives of nations and bodies: « la Banque mondiale ».
_NATIONAL = (
    "ale ales al aux ienne ien iennes iens aise ais aises ain aine ique iques éenne ois oise"
).split()
_NEVER_A_NAME = DETERMINERS | _STOPS - {"will"} | _CONTRACTED | _PREPOSITIONS - {"de", "d'"}
_ROLE_WORDS = frozenset(
    """former prime vice deputy chief senior late then ex acting first foreign defence defense
    french british us american""".split()
)


def tokenise(text: str, start: int, end: int) -> list[Token]:
    """Cut a region into words and marks; an elision (« l' », « qu' ») is a word."""
    tokens = []
    for found in _TOKEN.finditer(text, start, end):
        word = found[0]
        tokens.append(
            Token(word.lower().replace("’", "'"), found.start(), found.end(), word[0].isupper())
        )
    return tokens


def is_mark(token: Token) -> bool:
    """Tell a punctuation mark from a word."""
    return not token.low[0].isalnum()


def _is_determiner(token: Token) -> bool:
    return token.low in DETERMINERS or token.low.isdigit()


def is_name(token: Token) -> bool:
    """Tell a capital that can belong to a name."""
    return token.capital and not token.low.endswith("'") and token.low not in _NEVER_A_NAME


def name_end(tokens: Sequence[Token], first: int) -> int:
    """Return the index after a run of capitals, and of the particles inside it."""
    last = first
    at = first + 1
    while at < len(tokens) and at - first < LONGEST_PHRASE:
        if is_name(tokens[at]):
            last = at
        elif tokens[at].low not in _PARTICLES or tokens[at].low in ("des", "of"):
            break
        at += 1
    return last + 1


def name_start(tokens: Sequence[Token], last: int, floor: int = 0) -> int:
    """Return the index where the run of capitals that ends here begins."""
    first = at = last
    while at > floor and last - at < LONGEST_PHRASE:
        at -= 1
        if is_name(tokens[at]):
            first = at
        elif not (at > floor and is_name(tokens[at - 1]) and _is_particle(tokens[at])):
            break
    return first


def _is_particle(token: Token) -> bool:
    return token.low in _PARTICLES and (token.capital or token.low not in ("le", "of"))


def phrase_after(tokens: Sequence[Token], first: int) -> int:
    """Read a noun phrase that begins at a token.

    Returns:
        The index after its last token; ``first`` where none begins.
    """
    at = first
    limit = min(len(tokens), first + LONGEST_PHRASE)
    while at < limit and not _ends_before(tokens, first, at):
        if is_name(tokens[at]):
            at = name_end(tokens, at)
            if not _more_of_it(tokens, at):
                break
        else:
            at += 1
    at = min(at, limit)
    while at > first and (tokens[at - 1].low in _PREPOSITIONS | _CONTRACTED | DETERMINERS | _AND):
        at -= 1
    return at


def _more_of_it(tokens: Sequence[Token], at: int) -> bool:
    """Tell whether a name goes on: "Los Angeles Times analysis", « la Banque mondiale »."""
    if at + 1 < len(tokens) and tokens[at].low in _GOES_ON and tokens[at + 1].capital:
        return True
    if at < len(tokens) and tokens[at].low.endswith(tuple(_NATIONAL)):
        return True
    for ahead in tokens[at : at + 3]:
        if is_mark(ahead) or ahead.low in _PREPOSITIONS | _STOPS | _AND or _is_determiner(ahead):
            return False
        if is_speaker(ahead.low) or never_speaks(ahead.low):
            return True
    return False


def _ends_before(tokens: Sequence[Token], first: int, at: int) -> bool:
    token = tokens[at]
    if is_mark(token) or (token.low in _STOPS and not (at == first and token.low == "a")):
        return True
    if at == first:
        return token.low in _PREPOSITIONS and not token.capital
    before = tokens[at - 1].low
    if token.low in _PREPOSITIONS - _OF:  # but "the Institute for Policy Studies"
        inside = token.low in _GOES_ON and tokens[at - 1].capital
        return not (inside and at + 1 < len(tokens) and tokens[at + 1].capital)
    if token.low in _AND:
        return not (at + 1 < len(tokens) and _begins(tokens[at + 1]))
    if _is_determiner(token):
        return before not in _OF | _AND and not (token.capital and not tokens[at - 1].capital)
    return token.low in ("au", "aux")


def _begins(token: Token) -> bool:
    return _is_determiner(token) or token.capital


def phrase_before(tokens: Sequence[Token], end: int, floor: int = 0) -> int:
    """Read leftwards the noun phrase that ends before a token.

    Returns:
        The index of its first token; ``end`` where there is none.
    """
    last = end - 1
    if last < floor or is_mark(tokens[last]) or tokens[last].low in _STOPS:
        return end
    if is_name(tokens[last]):
        first = name_start(tokens, last, floor)
        before = tokens[first - 1] if first > floor else None
        if before is None or before.low not in _PREPOSITIONS | _CONTRACTED | DETERMINERS:
            return _with_role(tokens, first, floor)
    return _whole_before(tokens, last, floor)


def _with_role(tokens: Sequence[Token], first: int, floor: int) -> int:
    """Take the title in front of a name with it: « le général », "former prime minister"."""
    at = first
    while at > floor and first - at < 5:
        at -= 1
        token = tokens[at]
        if is_mark(token) or token.low in _STOPS | _AND:
            break
        if _is_determiner(token) and not token.low.isdigit():
            return _whole_before(tokens, at, floor) if first - at > 1 else at
    at = first
    while at > floor and (tokens[at - 1].low in _ROLE_WORDS or is_person(tokens[at - 1].low)):
        at -= 1
    if at < first and at > floor and is_name(tokens[at - 1]):  # "Harvard historian Jane Roe"
        at = name_start(tokens, at - 1, floor)
    return at


def _whole_before(tokens: Sequence[Token], last: int, floor: int) -> int:
    at = last
    lowest = max(floor, last - LONGEST_PHRASE)
    while at >= lowest:
        token = tokens[at]
        before = tokens[at - 1] if at > floor else None
        if is_mark(token) or (token.low in _STOPS and token.low != "a"):
            return _opening(tokens, at + 1, last, floor)
        dated = len(token.low) == 4 and token.low.isdigit() and before and before.capital
        inside = before and before.low in _PREPOSITIONS | _AND | DETERMINERS
        if _is_determiner(token) and not dated and not inside:
            return at
        at -= 1
    return _opening(tokens, at + 1, last, floor)


def _opening(tokens: Sequence[Token], first: int, last: int, floor: int) -> int:
    """Begin a phrase that has no determiner, where it is one."""
    while first <= last and tokens[first].low in _AND:
        first += 1
    if first > last or tokens[first].low in _PREPOSITIONS | _CONTRACTED - {"des"}:
        name = name_start(tokens, last, floor) if is_name(tokens[last]) else last + 1
        # « En 2001 Durand », not « À Paris »
        return name if name > first and tokens[name - 1].low.isdigit() else last + 1
    if tokens[first].low.endswith(("ant", "ing")) and not is_person(tokens[first].low):
        return last + 1
    near = any(is_person(token.low) for token in tokens[first : min(first + 2, last + 1)])
    near = near or (
        first == last and tokens[first].low[-1] == "s" and is_speaker(tokens[first].low)
    )
    return first if tokens[first].capital or near else last + 1


def names_somebody(tokens: Sequence[Token], first: int, end: int, *, strict: bool = True) -> bool:
    """Tell whether a phrase names somebody, or a source, that can say something.

    Args:
        tokens: Of the sentence.
        first: Index of the first token of the phrase.
        end: Index after its last one.
        strict: Whether a phrase of unknown words does not.
    """
    core = _core(tokens[first:end])
    if not core or not all(token.low[0].isalpha() for token in core):
        return False
    if core[-1].low in _LAST_MENTIONED or any(map(_is_thing, core, range(len(core)))):
        return False
    names = [token for token in core if is_name(token)]
    if first == 0 and names == [core[0]] and len(core) > 1:
        names = []  # the capital that begins the sentence
    return bool(names) or not strict or any(is_speaker(token.low) for token in core)


def _core(phrase: Sequence[Token]) -> list[Token]:
    """Return a phrase without its determiner, up to its first complement."""
    core: list[Token] = []
    if len(phrase) > 3 and phrase[1].low in _QUANTITIES and phrase[2].low in _OF:
        phrase = phrase[3:]
    for token in phrase:
        if token.low in _PREPOSITIONS | _CONTRACTED | _AND and core:
            break
        if not (_is_determiner(token) and (not core or not token.capital)) or len(phrase) == 1:
            core.append(token)
    return core


def _is_thing(token: Token, place: int) -> bool:
    if token.capital and place and token.low.endswith("s"):  # the New York Times
        return False
    return never_speaks(token.low) and not is_person(token.low)
