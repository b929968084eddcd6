"""What is asked, checked before anything is spent on it."""

from __future__ import annotations

from numbers import Integral

from rag.errors import QuestionError


def check_question(question: object, longest: int) -> str:
    """Return a question that can be asked.

    Args:
        question: Whatever was given as one.
        longest: Longest question, in characters.

    Raises:
        QuestionError: If it is no text, empty or too long.
    """
    if not isinstance(question, str):
        kind = type(question).__name__
        raise QuestionError(f"the question is no text but {kind}; write one in French or English")
    if any("\ud800" <= char <= "\udfff" for char in question):
        raise QuestionError("the question holds characters that are not text; remove them")
    if not any(char.isalnum() for char in question):
        raise QuestionError("the question is empty; write one in French or English")
    if len(question) > longest:
        raise QuestionError(
            f"the question has {len(question)} characters; shorten it to {longest} or fewer"
        )
    return question


def check_k(k: object) -> int:
    """Return a number of passages that can be asked for.

    Raises:
        ValueError: If it is no whole number, or below 1.
    """
    if isinstance(k, bool) or not isinstance(k, Integral):
        raise ValueError(f"k is {k!r}; it must be a whole number, 1 or more")
    if int(k) < 1:
        raise ValueError(f"k is {k}; it must be 1 or more")
    return int(k)
