"""What a question is made of: its words in order, the things it names, its opening.

No parser: a thing is a run of content words, told from a verb by what leads it (an article, a
preposition) or by its capital. It need only be right often: what is read here chooses which
words of an earlier question go along with a follow-up.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from rag.words import STOP_WORDS, detect_language, fold

_WORD = re.compile(
    r"(?:(?<![^\W_])(?:[cdjlmnst]|qu|jusqu|lorsqu|puisqu|quoiqu)['’](?=\w))"
    r"|[^\W_]+(?:[-‐‑.'’][^\W_]+)*",
    re.IGNORECASE,
)
_CLITIC = re.compile(
    r"(?:[-‐‑]t)?[-‐‑'’](ils?|elles?|on|je|tu|nous|vous|ce|lui|leur|y|en)$", re.IGNORECASE
)
_POSSESSIVE = re.compile(r"['’]s?$")

ARTICLES = frozenset("le la les l un une des du au aux the a an".split())
_DETERMINERS = ARTICLES | frozenset(
    "ce cet cette ces son sa ses leur leurs mon ma mes notre nos votre vos chaque"
    " his her its their this that these those my our your each".split()
)
PREPOSITIONS = frozenset(
    "de d du des a au aux en dans sur par pour avec sans sous entre vers chez depuis avant apres"
    " pendant lors of in on at by from with for between since before after during under against"
    " about into through".split()
)
_LINKS = frozenset("de d du des of".split())
_STOP_WORDS = {language: frozenset(map(fold, words)) for language, words in STOP_WORDS.items()} | {
    "und": frozenset(fold(word) for words in STOP_WORDS.values() for word in words)
}
_COUNTERS = frozenset("quel quelle quels quelles which what whose".split())
_AUXILIARIES = frozenset(
    "est sont etait etaient fut furent a ont avait avaient sera is are was were has have"
    " had".split()
)
_MONTHS = frozenset(
    "janvier fevrier mars avril mai juin juillet aout septembre octobre novembre decembre january"
    " february march april june july august september october november december".split()
)
QUESTION_WORDS = frozenset(
    "qui que qu quoi quand où ou combien comment pourquoi quel quelle quels quelles lequel laquelle"
    " lesquels lesquelles who whom whose what when where why how which".split()
)
_DAY_OR_YEAR = re.compile(r"\d{1,2}(?:er|st|nd|rd|th)?|\d{4}s?")
# What a question opens with before it says what it is about.
_FRAME = re.compile(
    r"(?:(?:à|a|de|d['’]|en|dans|par|pour|avec|sur|depuis|pendant|jusqu['’]|contre|vers|chez|in|at"
    r"|for|since|by|to|from|with|on)\s*)?"
    r"(?:qu['’]est-ce\s(?:que|qui|qu['’])|est-ce\s(?:que|qu['’])|combien\sde\stemps"
    r"|combien\sd(?:e\s|['’])(?=\w)|quel\sâge"
    r"|(?:combien|quand|comment|pourquoi|où|qui|quoi)(?:\sest-ce\s(?:que|qu['’]|qui))?"
    r"|que\b|qu['’]|quel(?:le)?s?|how\s(?:many|much|long|far|often|old|fast|big|well|come)(?:\sdo(?:es)?\sit)?"
    r"|how|why|when|where|who|whom|whose|what|which)\b\s*",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a question: ``question[start:end] == text``.

    Attributes:
        text: As typed, without an elided article or an inverted pronoun.
        start: Its first character.
        end: After its last one.
        key: Lower-cased, without apostrophe, hyphen or accents: what lists are searched for.
        content: Whether it is no stop word of the question's language.
        leads: Whether it is an article or a preposition, which a thing follows.
        inverted: Whether it is a pronoun behind its verb: the "il" of "a-t-il".
    """

    text: str
    start: int
    end: int
    key: str
    content: bool
    leads: bool
    inverted: bool = False

    @property
    def capital(self) -> bool:
        """Tell whether it starts with a capital."""
        return self.text[0].isupper()


@dataclass(frozen=True, slots=True)
class Part:
    """A thing a question speaks of: ``question[start:end] == text``.

    Attributes:
        text: Its words, without what leads to it.
        start: Its first character.
        end: After its last one.
        lead: First character of the prepositions and articles before it.
        kind: ``date``, ``name`` (it has a capital) or ``noun``.
        focus: Whether it is the thing asked for: "N" of "which N", "combien de N".
    """

    text: str
    start: int
    end: int
    lead: int
    kind: str
    focus: bool = False


@lru_cache(maxsize=256)
def read_words(text: str) -> tuple[Word, ...]:
    """Return the words of a question in order, elided articles and inverted pronouns apart."""
    spoken = detect_language(text)
    words: list[Word] = []
    for found in _WORD.finditer(text):
        start, end = found.span()
        clitic = _CLITIC.search(found[0])
        if clitic and clitic.start() > 0:
            words.append(_word(text, start, start + clitic.start(), spoken))
            words.append(_word(text, start + clitic.start(1), end, spoken, inverted=True))
        else:
            words.append(_word(text, start, end, spoken))
    return tuple(words)


def _word(text: str, start: int, end: int, spoken: str, inverted: bool = False) -> Word:
    typed = text[start:end]
    raw = (_POSSESSIVE.sub("", typed) or typed) if len(typed) > 2 else typed
    key = fold(raw.lower().rstrip("'’"))
    stop = _STOP_WORDS.get(spoken, _STOP_WORDS["und"])
    # "les USA" and "in May" are no stop words, though "as" and "may" are.
    named = typed == "May" or (len(typed) > 1 and typed.isupper() and typed.isalpha())
    content = (key not in stop or (named and start > 0)) and not inverted
    # "a" is an article in English and a verb in French, where "À" may open as "A"; "on" is "one".
    verb = spoken == "fr" and (key == "on" or (typed.lower() == "a" and start > 0))
    leads = key in _DETERMINERS | PREPOSITIONS and not inverted and not verb
    return Word(typed, start, end, key, content, leads, inverted)


@lru_cache(maxsize=256)
def read_parts(text: str) -> tuple[Part, ...]:
    """Return the things a question speaks of, in order."""
    words = read_words(text)
    parts: list[Part] = []
    at = 0
    while at < len(words):
        if not _can_start(words, at):
            at += 1
            continue
        after = _extent(text, words, at, _is_counted(words, at))
        part = _part(text, words, at, after)
        if part is not None:
            parts.append(part)
        at = after
    return tuple(parts)


def _can_start(words: tuple[Word, ...], at: int) -> bool:
    word = words[at]
    if not word.content or word.key in QUESTION_WORDS:
        return False
    following = words[at + 1] if at + 1 < len(words) else None
    return not (following and following.inverted)  # the verb of "engage-t-il"


def _is_counted(words: tuple[Word, ...], at: int) -> bool:
    """Tell whether a word is what is asked for: "N" of "which N", "combien de N"."""
    before = [word.key for word in words[max(0, at - 2) : at]]
    if before[-1:] and (before[-1] in _COUNTERS or before[-1] in ("many", "much")):
        return True
    return before[:1] == ["combien"] and before[-1] in ("de", "d")


def _extent(text: str, words: tuple[Word, ...], at: int, counted: bool) -> int:
    """Return the index after the last word of the thing that starts at a word."""
    led = at > 0 and words[at - 1].leads and words[at - 1].key in _DETERMINERS
    last, ahead = at, at + 1
    while ahead < len(words):
        gap = text[words[ahead - 1].end : words[ahead].start]
        word = words[ahead]
        if gap.strip(" \u00a0\u202f'’\"«»“”"):
            break  # punctuation
        linked = ahead - last > 1
        if word.content and _can_start(words, ahead):
            small = not word.capital and not word.text[0].isdigit()
            owner = words[last].text.endswith(("'s", "’s"))  # "Hugo's mother"
            if words[last].capital and small and not owner and not led and not linked:
                break  # "Prince Menshikov | called away"
            if counted and word.capital and not words[last].capital and not linked:
                break  # "Quelle course | Hans Herrmann"
            last = ahead
        elif not (word.key in _LINKS or (linked and word.key in ARTICLES)):
            break
        ahead += 1
    return last + 1


def _part(text: str, words: tuple[Word, ...], at: int, after: int) -> Part | None:
    own = words[at:after]
    start, end = own[0].start, own[-1].end
    lead = at
    while lead > 0 and words[lead - 1].leads and at - lead < 3:
        lead -= 1
    counted = _is_counted(words, at)
    if all(_is_date(word) for word in own):
        kind = "date"
    elif _is_name(text, words, own):
        kind = "name"
    else:
        kind = "noun"
    if kind == "noun" and lead == at and len(own) == 1 and not counted:
        return None  # led by nothing: most often a verb
    return Part(text[start:end], start, end, words[lead].start, kind, counted)


def _is_name(text: str, words: tuple[Word, ...], own: tuple[Word, ...]) -> bool:
    if any(word.capital and (word.start > 0 or len(own) > 1) for word in own):
        return True
    return own[0] is words[0] and own[0].capital and _opens_as_name(text, words)


def _opens_as_name(text: str, words: tuple[Word, ...]) -> bool:
    """Tell whether a capital first word is a name: "Descartes est-il", "Krauss, que fit-elle"."""
    if len(words) == 1 or text[words[0].end : words[1].start].strip() == ",":
        return True
    return not words[1].content and (words[1].key in _AUXILIARIES)


def _is_date(word: Word) -> bool:
    return word.key in _MONTHS or word.text == "May" or bool(_DAY_OR_YEAR.fullmatch(word.key))


def split_frame(question: str) -> tuple[str, str]:
    """Cut a question after what asks: "When | was the treaty signed"; end marks are left out."""
    body = question.strip().rstrip("?!. \u00a0\u202f")
    found = _FRAME.match(body)
    return (body[: found.end()], body[found.end() :]) if found else ("", body)
