"""A person's own questions with the words that must be quoted: read, checked, found.

One JSON object a line::

    {"question": "When did it open?", "quotes": ["It opened in 1932."]}

``quotes`` are an article's own words, of one sentence or of several; an empty list says that no
article answers, so that the question must be refused. Optional: ``history``, the questions asked
before it; ``document``, the id, title, path or file name of the article the words are in; ``id``
and ``kind``, for the report. What is measured is sentences: see ``Gold``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rag.blocks import find_blocks
from rag.datamodels import Document
from rag.errors import QuestionError, RagError
from rag.question import check_question
from rag.segmenter import find_sentences

ANSWERABLE, UNANSWERABLE = "answerable", "unanswerable"

_EXAMPLE = '{"question": "…", "quotes": ["words of an article"]}'
_KEYS = frozenset("question quotes history id document kind".split())
_SHOWN = 60  # characters of a person's words, in a message


@dataclass(frozen=True, slots=True)
class Case:
    """A question with the words that must be quoted.

    Attributes:
        question: What is asked.
        quotes: Words of the articles, verbatim; none where the question must be refused.
        history: Questions asked before it, oldest first.
        id: Names it in the report.
        document: Id, title, path or file name of the article; empty for any.
        kind: Groups it in the report.
        line: Where it was read, from 1; 0 where it was not read from a file.
    """

    question: str
    quotes: tuple[str, ...]
    history: tuple[str, ...] = ()
    id: str = ""
    document: str = ""
    kind: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class Place:
    """Where a sentence stands in an article."""

    document_id: str
    start: int
    end: int

    def overlaps(self, other: Place) -> bool:
        """Tell whether the two share half or more of the shorter one's characters."""
        shorter = min(self.end - self.start, other.end - other.start)
        return self.document_id == other.document_id and 2 * self.shared(other) >= shorter > 0

    def shared(self, other: Place) -> int:
        """Return how many characters of one article both hold."""
        if self.document_id != other.document_id:
            return 0
        return max(0, min(self.end, other.end) - max(self.start, other.start))


Gold = tuple[Place, ...]
"""A sentence that must be quoted: every place where those words stand, any of which will do."""


@dataclass(frozen=True, slots=True)
class LocatedCase:
    """A case and its gold sentences; none where it must be refused."""

    case: Case
    gold: tuple[Gold, ...]


class Sentences:
    """The sentences of articles that may be quoted: those of paragraphs, not titles.

    They do not depend on the embedding model: one too long for a passage is still one.

    Args:
        documents: The articles.
    """

    def __init__(self, documents: Iterable[Document]) -> None:
        self._documents = {document.id: document for document in documents}
        self._known: dict[str, list[Place]] = {}

    def of(self, document_id: str) -> list[Place]:
        """Return an article's sentences, in order."""
        if document_id not in self._known:
            document = self._documents[document_id]
            text = document.text
            self._known[document_id] = [
                Place(document_id, start, end)
                for block in find_blocks(text, document.body_start, document.body_end)
                if not block.is_title
                for start, end in find_sentences(text, block.start, block.end)
            ]
        return self._known[document_id]

    def held_by(self, place: Place) -> list[Place]:
        """Return the sentences a place is made of or lies in, in order.

        They are those that share half or more of the shorter one's characters; the one that
        shares the most, where none does.
        """
        sentences = self.of(place.document_id)
        held = [sentence for sentence in sentences if sentence.overlaps(place)]
        if not held:
            best = max(sentences, key=place.shared, default=place)
            held = [best] if sentences and place.shared(best) else []
        return held


def read_cases(path: Path, longest: int) -> list[Case]:
    """Read a file of cases, one JSON object a line.

    Args:
        path: The file.
        longest: Longest question, in characters.

    Raises:
        RagError: If it cannot be read, or a line of it is no case; the message names the line.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise RagError(
            f"cannot read {path} ({error.strerror}); give a file with a line {_EXAMPLE} a question"
        ) from error
    except UnicodeDecodeError as error:
        raise RagError(f"{path} is not UTF-8 text; save it again as UTF-8") from error
    # Only "\n" ends a line: U+2028 and U+0085 may stand inside a JSON string.
    lines = [(n, line) for n, line in enumerate(text.split("\n"), start=1) if line.strip()]
    if not lines:
        raise RagError(f"{path} holds no question; write a line {_EXAMPLE} for each")
    return [_read(path, number, line, longest) for number, line in lines]


def _read(path: Path, number: int, line: str, longest: int) -> Case:
    try:
        return _check(json.loads(line), number, longest)
    except json.JSONDecodeError as error:
        told = f"is not JSON ({error.msg}, character {error.pos + 1}); write it as {_EXAMPLE}"
    except RecursionError:  # "[[[[…"
        told = f"is not JSON that can be read (too deep); write it as {_EXAMPLE}"
    except ValueError:  # a number of thousands of digits
        told = f"is not JSON that can be read; write it as {_EXAMPLE}"
    except (QuestionError, _WrongLineError) as error:
        told = str(error)
    raise RagError(f"{path}, line {number}: {told}")


class _WrongLineError(Exception):
    """What is wrong with a line, before its number is known."""


def _check(row: Any, number: int, longest: int) -> Case:
    if not isinstance(row, dict):
        raise _WrongLineError(f"it is no object; write it as {_EXAMPLE}")
    if unknown := sorted(row.keys() - _KEYS):
        raise _WrongLineError(f"unknown key {unknown[0]!r}; use only {', '.join(sorted(_KEYS))}")
    for key in ("question", "quotes"):
        if key not in row:
            raise _WrongLineError(
                f"{key!r} is missing; write it as {_EXAMPLE}, with [] where no article answers"
            )
    history = _texts(row, "history")
    for question in (row["question"], *history):
        check_question(question, longest)
    named = {key: row.get(key, "") for key in ("id", "document", "kind")}
    for key, value in named.items():
        if not isinstance(value, str):
            raise _WrongLineError(f"{key!r} is no text; put it between double quotes")
    quotes = _texts(row, "quotes")
    return Case(row["question"], quotes, history, line=number, **_defaults(named, quotes, number))


def _defaults(named: Mapping[str, str], quotes: Sequence[str], number: int) -> dict[str, str]:
    kind = named["kind"] or (ANSWERABLE if quotes else UNANSWERABLE)
    return {**named, "kind": kind, "id": named["id"] or f"line {number}"}


def _texts(row: Mapping[str, Any], key: str) -> tuple[str, ...]:
    value = row.get(key, [])
    if not isinstance(value, list) or not all(isinstance(v, str) and v.strip() for v in value):
        raise _WrongLineError(f'{key!r} is no list of texts; write it as "{key}": ["…"], or []')
    return tuple(value)


def locate(cases: Sequence[Case], documents: Sequence[Document]) -> list[LocatedCase]:
    """Find the gold sentences of cases.

    Words match whatever white space and whichever apostrophe stands in them; nothing else of
    them may differ.

    Raises:
        RagError: If words are in no article, or in none of its sentences, or an article is not
            there: a slip of the pen in what is expected must not count as a miss.
    """
    sentences = Sentences(documents)
    return [LocatedCase(case, _locate(case, documents, sentences)) for case in cases]


def _locate(case: Case, documents: Sequence[Document], sentences: Sentences) -> tuple[Gold, ...]:
    where = [d for d in documents if not case.document or _is_named(d, case.document)]
    if not where:
        raise RagError(
            f"line {case.line}: no article is called {case.document!r}; "
            "list them with: python -m rag info"
        )
    gold: dict[Gold, None] = {}
    for quote in case.quotes:
        gold.update(dict.fromkeys(_find(quote, where, sentences, case.line)))
    return tuple(gold)


def _is_named(document: Document, name: str) -> bool:
    return name in (document.id, document.title, document.path, Path(document.path).name)


def _find(quote: str, documents: Sequence[Document], sentences: Sentences, line: int) -> list[Gold]:
    """Return a gold sentence for each sentence that the words are made of."""
    shown = quote if len(quote) <= _SHOWN else quote[:_SHOWN] + "…"
    words = re.compile(r"\s+".join(map(_loosely, quote.split())))
    places = [Place(d.id, *found.span()) for d in documents for found in words.finditer(d.text)]
    if not places:
        raise RagError(
            f"line {line}: no article holds the words {shown!r}; copy them from it to the letter"
        )
    held = [found for place in places if (found := sentences.held_by(place))]
    if not held:
        raise RagError(
            f"line {line}: the words {shown!r} stand in a title or beside the article, where "
            "nothing is quoted; give words of a sentence"
        )
    most = max(map(len, held))
    columns = [[found[i] for found in held if i < len(found)] for i in range(most)]
    return [tuple(dict.fromkeys(column)) for column in columns]


def _loosely(word: str) -> str:
    return re.sub("['’]", "['’]", re.escape(word))
