"""What readers say of answers → lines of a local file → cases to measure answers with."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, Literal, get_args

from rag.datamodels import Answer

Reason = Literal["", "wrong", "incomplete", "not_in_articles", "should_answer", "other"]
REASONS: Final[tuple[Reason, ...]] = get_args(Reason)[1:]

LONGEST = 2_000  # characters of a field
MOST_QUOTES = 20
MOST_BYTES = 50_000_000  # of a file: a visitor cannot fill the disk


@dataclass(frozen=True, slots=True)
class Feedback:
    """What a reader says of one answer.

    Attributes:
        question: As asked.
        searched_as: What was searched for it.
        helpful: Whether the answer helped.
        reason: Why not, one of ``REASONS``; empty when it did, or nothing was said.
            ``not_in_articles``: the articles do not answer, and it should have said so.
            ``should_answer``: they do, and it said that they do not.
        comment: In the reader's words.
        quotes: The words that were quoted; none where there was no answer.
        documents: Ids of the articles quoted, one for each quote.
        confidence: Of the answer.
        time: When it was said, ISO 8601, UTC, to the second.
    """

    question: str
    searched_as: str
    helpful: bool
    reason: Reason
    comment: str
    quotes: tuple[str, ...]
    documents: tuple[str, ...]
    confidence: float
    time: str

    @classmethod
    def about(
        cls, answer: Answer, helpful: bool, reason: Reason = "", comment: str = ""
    ) -> Feedback:
        """Return what is said of an answer now, long fields cut.

        A quote that is too long is left out: cut, it would be other words.

        Raises:
            ValueError: If the reason is unknown.
        """
        if reason not in get_args(Reason):
            raise ValueError(f"{reason!r} is no reason; use one of {', '.join(REASONS)}")
        quotes = [quote for quote in answer.quotes if len(quote.text) <= LONGEST][:MOST_QUOTES]
        return cls(
            question=answer.question[:LONGEST],
            searched_as=answer.searched_as[:LONGEST],
            helpful=helpful,
            reason=reason,
            comment=comment[:LONGEST],
            quotes=tuple(quote.text for quote in quotes),
            documents=tuple(quote.document_id for quote in quotes),
            confidence=answer.confidence,
            time=datetime.now(UTC).isoformat(timespec="seconds"),
        )


def append(path: Path, feedback: Feedback) -> None:
    """Add a line to a file, whole, whoever else writes to it; only its owner may read the file.

    Raises:
        OSError: If it cannot be written, or the file is full.
    """
    line = (json.dumps(asdict(feedback)) + "\n").encode("ascii")  # every break in it is escaped
    flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, flags, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)  # until it is closed
        size = os.fstat(descriptor).st_size
        if size + len(line) > MOST_BYTES:
            raise OSError(f"{path} is full ({size} bytes); move it away to go on")
        try:
            if os.write(descriptor, line) != len(line):
                raise OSError(f"{path} was not written; make room on the disk")
        except OSError:
            os.ftruncate(descriptor, size)  # no half of a line stays
            raise
    finally:
        os.close(descriptor)


def to_cases(lines: Iterable[str]) -> Iterator[dict[str, Any]]:
    """Turn feedback into cases that ``python -m rag eval`` reads.

    The quotes of a helpful answer are the words to quote. Where a reader says that the
    articles do not answer, or found an honest none helpful, nothing must be quoted.
    What else did not help names no right words, and is no case. The question is the one
    that was searched, so that a follow-up stands on its own. Of what was said twice of a
    question, the last counts.

    Args:
        lines: Of a file that ``append`` wrote; those that are not feedback are ignored.
    """
    found: dict[str, dict[str, Any]] = {}
    for line in lines:
        said = _read(line)
        if said is None:
            continue
        question = said.searched_as or said.question
        found.pop(question, None)
        if said.helpful:
            found[question] = {"question": question, "quotes": list(said.quotes)}
        elif said.reason == "not_in_articles":
            found[question] = {"question": question, "quotes": []}
    yield from found.values()


def is_feedback(line: str) -> bool:
    """Tell whether a line is one that ``append`` wrote."""
    return _read(line) is not None


def _read(line: str) -> Feedback | None:
    try:
        values = json.loads(line)
        said = Feedback(**{each.name: values[each.name] for each in fields(Feedback)})
    except (ValueError, TypeError, KeyError, RecursionError):  # the last: "[[[[…"
        return None
    texts = [said.question, said.searched_as, *said.quotes] if _is_list(said.quotes) else [None]
    return said if all(isinstance(text, str) for text in texts) and said.question else None


def _is_list(value: object) -> bool:
    return isinstance(value, list | tuple)
