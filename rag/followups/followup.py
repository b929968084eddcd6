"""Follow-up questions → questions that can be searched, by rules, without a language model.

"Et la Russie ?" takes a thing's place in the question before; "Pourquoi ?" takes over what it
was about; "Qui l'a signé ?" gets that added in brackets. Every word is the asker's, now or
earlier. A question that stands on its own comes back as it is, and the old topic is dropped.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from rag.datamodels import Answer, Turn
from rag.errors import QuestionError
from rag.followups.anaphora import leans
from rag.followups.courtesies import is_small_talk, without_courtesy
from rag.followups.ellipsis import fragment, is_bare, opening
from rag.followups.question_parts import QUESTION_WORDS, read_parts, read_words, split_frame
from rag.followups.substitution import substitute
from rag.words import detect_language

LONGEST_FOLLOW_UP = 300  # characters; what is longer says what it is about
TURNS = 6  # the last ones; what was said before is another conversation
LONGEST_TURN = 2_000  # characters kept of an earlier question, and of a quote
LONGEST = 2_000  # characters of what is searched

_QUE = ("que", "qu")  # "est-ce que" asks no more than a verb does
_QUOTES = 3  # kept of a turn
_MOST_WORDS = 12  # of a question that may lean on another without showing it
_LONGEST_TOPIC = 240  # characters added to a follow-up
_ADDED = re.compile(r"(?P<asked>[^()]*)\((?P<topic>[^()]+)\)\s*")
_AUXILIARY = re.compile(
    r"\A(?:do|does|did|is|are|was|were|has|have|had|can|could|will|would|should|est|sont|était|étaient"
    r"|fut|furent|a|ont|avait|avaient|peut|peuvent|doit|doivent|va|vont)\s+",
    re.IGNORECASE,
)
_CIRCUMSTANCE = re.compile(
    r"(?:pourquoi|quand|où|comment|why|when|where|how)[\s?!.]*", re.IGNORECASE
)
# Openings that another one can replace, the rest of the question as it stands.
_CIRCUMSTANCE_FRAME = re.compile(
    r"(?:pourquoi|quand|où|comment|why|when|where|how)(?:\sest-ce\s(?:que|qu['’]))?\s*",
    re.IGNORECASE,
)
_COUNT = re.compile(
    r"\b(?:combien|quel\sâge|how\s(?:many|much|long|far|often|old|fast|big|tall|high|deep|wide|well)"
    r"|(?:quelle|what|which)\s(?:part|proportion|percentage|share))\b",
    re.IGNORECASE,
)
_OF_COUNTED = re.compile(r"\Aof\s(?=\w)")  # "How much | of Greece is covered"
# "a-t-il" after its subject, "le pacte a-t-il": a statement has none.
_INVERTED = re.compile(r"(?<=\w)-(?:t-)?(?:il|elle|ils|elles)(?!\w)", re.IGNORECASE)
_OF_CIRCUMSTANCE = re.compile(
    r"(?:pourquoi|quand|où|comment|why|when|where|how|(?:à|de|en|contre|avec|pour|sur)\s(?:quoi|qui))"
    r"(?:\sest-ce\s(?:que|qu['’]))?\s*",
    re.IGNORECASE,
)


def resolve(question: str, history: Sequence[Turn]) -> str:
    """Return the question to search for a question asked after others.

    Args:
        question: As asked.
        history: Earlier turns, the oldest first; only the last one with words counts, for a
            follow-up's turn holds what was searched for it.

    Returns:
        The question itself, character for character, where it stands on its own; else a
        question in its words and those of the turn, no longer than the longer of ``LONGEST``
        and the question.
    """
    before = _last_asked(history)
    if before is None or len(question) > LONGEST_FOLLOW_UP or not _has_words(question):
        return question
    if is_small_talk(question):
        return question
    if _ADDED.fullmatch(question):
        return question  # resolved before
    earlier = " ".join(before.question[:LONGEST_TURN].split())
    asked = without_courtesy(question)
    resolved = _resolve(asked, earlier, [quote[:LONGEST_TURN] for quote in before.quotes])
    if resolved == asked:
        return question
    return resolved[: max(LONGEST, len(question))]


def _last_asked(history: Sequence[Turn]) -> Turn | None:
    """Return the last turn that asked something."""
    asked = (
        t for t in reversed(history) if _has_words(t.question) and not is_small_talk(t.question)
    )
    return next(asked, None)


def _resolve(question: str, earlier: str, quotes: Sequence[str]) -> str:
    if is_bare(question):
        return _ask_again(question, earlier, quotes)
    if thing := fragment(question):
        return _replace(question, thing, earlier)
    known = {word.key for text in (earlier, *quotes) for word in read_words(text)}
    if leans(question, known):
        return _add(question, topic(earlier, quotes, asked_anew=_asks_other(question)))
    return question


def take_up(question: str, history: Sequence[Turn]) -> str:
    """Return a question with the topic of the turn before it, whatever its words say.

    For a short question that ``resolve`` leaves as it is and that finds no answer by itself: it
    may lean on what came before without a word that shows it.

    Returns:
        The question itself where it is long, names something, or nothing was asked before.
    """
    before = _last_asked(history)
    words = read_words(question[:LONGEST_FOLLOW_UP])
    named = any(part.kind == "name" for part in read_parts(question[:LONGEST_FOLLOW_UP]))
    if before is None or named or len(words) > _MOST_WORDS or _ADDED.fullmatch(question):
        return question
    if is_small_talk(question):
        return question
    earlier = " ".join(before.question[:LONGEST_TURN].split())
    return _add(question, topic(earlier, before.quotes, asked_anew=_asks_other(question)))


def topic(question: str, quotes: Sequence[str] = (), *, asked_anew: bool = False) -> str:
    """Return what a question is about, in its own words.

    That is the question: cut, it would be no sentence, and its names alone, or its names and
    nouns, find less on development questions. Of one about a thing, the thing is enough. A
    "why" or a "when" goes, and leaves a statement where it can; so does "how many", which would
    ask for a number again, unless ``asked_anew`` says that the follow-up asks something else.
    A resolved follow-up hands on the topic that it was given, then what it names itself. A
    question without a topic leaves that to the names of its quotes.
    """
    if found := _ADDED.fullmatch(question):
        parts = [part.text for part in read_parts(found["asked"]) if not part.focus]
        return ", ".join(dict.fromkeys([found["topic"], *parts]))
    frame, content = split_frame(question)
    if any(word.content for word in read_words(content)):
        if _CIRCUMSTANCE_FRAME.fullmatch(frame):
            return _as_statement(content)
        cut = _OF_COUNTED.sub("", _AUXILIARY.sub("", content))
        if _is_thing(cut):  # "Qui est Victor Hugo ?"
            return cut
        counted = _COUNT.search(question[: len(frame) + 12]) and not asked_anew
        return _as_statement(cut) if counted else f"{frame}{content}"
    content = _AUXILIARY.sub("", content)
    names = [
        p.text for quote in quotes[:1] for p in read_parts(quote) if p.kind == "name" and p.start
    ]
    return ", ".join([content, *names[:2]]).strip(", ")


def _is_thing(content: str) -> bool:
    """Tell whether words are one thing and what leads to it, and no more."""
    parts = read_parts(f"– {content}")  # a first word is a name only where it is not the first
    whole = len(parts) == 1 and parts[0].lead <= 2 and parts[0].end == len(content) + 2
    return whole and (parts[0].kind == "name" or parts[0].lead < parts[0].start)


def _as_statement(content: str) -> str:
    """Take the pronoun away that repeats a subject: "le pacte a-t-il été signé"."""
    found = _INVERTED.search(content)
    if not found:
        return content
    subject = content[: found.start()].rpartition(" ")[0]
    spoken = any(word.content for word in read_words(subject))
    return content[: found.start()] + content[found.end() :] if spoken else content


def _asks(question: str) -> bool:
    first, *rest = [word.key for word in read_words(question[opening(question) :])] or [""]
    return first in QUESTION_WORDS or not QUESTION_WORDS.difference(_QUE).isdisjoint(rest)


def _asks_other(question: str) -> bool:
    """Tell whether a follow-up asks something, which is no count."""
    return _asks(question) and not _COUNT.search(question)


def _add(question: str, words: str, *, opened: bool = False) -> str:
    """Add words in brackets; unless ``opened``, the "And" has done its work and goes."""
    asked = question.strip()
    if not opened and _has_words(asked[opening(asked) :]):
        asked = asked[opening(asked) :]
    words = re.sub(r"\s*[()]\s*", " ", words).strip(" ,;:?!.\u00a0\u202f")
    if len(words) > _LONGEST_TOPIC:
        words = words[:_LONGEST_TOPIC].rsplit(" ", 1)[0]
    return f"{asked[:1].upper()}{asked[1:]} ({words})" if words else question


def _ask_again(question: str, earlier: str, quotes: Sequence[str]) -> str:
    """Ask a bare question ("Pourquoi ?") of what the earlier question was about."""
    if not _asks(question):
        return _add(question, earlier, opened=True)  # "Et lui ?": what was asked matters too
    asked = question[opening(question) :].strip()
    frame, content = split_frame(earlier)
    if (
        _CIRCUMSTANCE.fullmatch(asked)
        and (not frame or _OF_CIRCUMSTANCE.fullmatch(frame))
        and not _ADDED.fullmatch(earlier)
        and _same_language(question, earlier)
    ):
        word = asked.rstrip("?!. \u00a0\u202f")
        content = content if frame else content[:1].lower() + content[1:]
        return f"{word[:1].upper()}{word[1:]} {content}{_end(earlier)}"
    return _add(question, topic(earlier, quotes, asked_anew=_asks_other(question)))


def _replace(question: str, thing: str, earlier: str) -> str:
    """Put a thing in the place of one of its kind; where there is none, add the question."""
    replaced = substitute(thing, earlier) if _same_language(question, earlier) else ""
    if not replaced or len(replaced) > LONGEST:
        return _add(question, earlier, opened=True)
    return replaced


def _end(question: str) -> str:
    found = re.search(r"\s?[?!.]+\s*$", question)
    return found[0].rstrip() if found else " ?" if detect_language(question) == "fr" else "?"


def _same_language(one: str, other: str) -> bool:
    spoken = {detect_language(one), detect_language(other)} - {"und"}
    return len(spoken) < 2


def _has_words(text: str) -> bool:
    return any(char.isalnum() for char in text)


def to_turns(history: Iterable[object]) -> list[Turn]:
    """Read the turns of a conversation, in whatever form a caller keeps them.

    Args:
        history: The oldest first: questions, ``Turn`` or ``Answer`` objects, or mappings with
            "question" and perhaps "searched_as" and "quotes" (texts, or mappings with "text").
            Where what was searched is not told, the question is resolved by those before it.

    Returns:
        The last ``TURNS`` turns, questions and quotes cut to ``LONGEST_TURN`` characters.

    Raises:
        QuestionError: If the history, or one of these turns, is something else.
    """
    if isinstance(history, str | bytes | Mapping) or not isinstance(history, Iterable):
        raise QuestionError("the history is no list; give a list of earlier questions or answers")
    turns: list[Turn] = []
    for item in list(history)[-TURNS:]:
        question, searched_as, quotes = _read_turn(item)
        question = searched_as or resolve(question, turns)
        if _has_words(question) and not is_small_talk(question):
            turns.append(Turn(question[:LONGEST_TURN], quotes))
    return turns


def _read_turn(item: object) -> tuple[str, str, tuple[str, ...]]:
    """Return a turn's question, what was searched for it (perhaps empty), and its quotes."""
    if isinstance(item, str):
        return _text(item), "", ()
    if isinstance(item, Turn):
        return "", _text(item.question), _quotes(item.quotes)
    if isinstance(item, Answer):
        quotes = _quotes([quote.text for quote in item.quotes])
        return _text(item.question), _text(item.searched_as), quotes
    if isinstance(item, Mapping):
        searched_as = item.get("searched_as")
        return (
            _text(item.get("question")),
            _text("" if searched_as is None else searched_as),
            _quotes(item.get("quotes")),
        )
    raise QuestionError(
        f"a turn of the history is {type(item).__name__}; give questions as text, answers, "
        'or mappings with "question"'
    )


def quoted_documents(history: Sequence[object]) -> tuple[str, ...]:
    """Return the ids of the articles that the last turn quotes, where the turn tells them."""
    last = history[-1] if history else None
    if isinstance(last, Answer):
        return tuple(dict.fromkeys(quote.document_id for quote in last.quotes))
    quotes = last.get("quotes") if isinstance(last, Mapping) else None
    ids = [q.get("document_id") for q in quotes or () if isinstance(q, Mapping)]
    return tuple(dict.fromkeys(each for each in ids if isinstance(each, str)))


def _quotes(quotes: object) -> tuple[str, ...]:
    if quotes is None:
        return ()
    if isinstance(quotes, str | bytes | Mapping) or not isinstance(quotes, Iterable):
        raise QuestionError('the "quotes" of a turn are no list; give a list of texts')
    first = [quote for quote, _ in zip(quotes, range(_QUOTES), strict=False)]
    return tuple(_text(q.get("text") if isinstance(q, Mapping) else q) for q in first)


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise QuestionError(
            f"a question or quote of the history is {type(value).__name__}; give it as text"
        )
    return "".join(char for char in value[:LONGEST_TURN] if not "\ud800" <= char <= "\udfff")
