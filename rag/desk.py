"""Desk: what anyone may ask of a library over a wire, checked and told in their language."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from rag.catalogue import Language, say
from rag.errors import QuestionError

if TYPE_CHECKING:
    from rag.library import Library

MAX_K = 50


class Desk:
    """The library's questions with their limits; what it returns is ready for JSON.

    Args:
        library: What is asked.
        max_question: Longest question, in characters.
        k: Passages listed with an answer where the asker does not say.
    """

    def __init__(self, library: Library, max_question: int, k: int) -> None:
        self.library = library
        self.max_question = max_question
        self.k = k

    def check(self, question: object, language: Language = "en", k: object = None) -> str:
        """Return the question, or refuse what cannot be asked in the reader's language.

        Raises:
            QuestionError: If the question is empty, too long or not text, or ``k`` is no count.
        """
        if not isinstance(question, str) or not _is_text(question):
            raise QuestionError(say("not_text", language))
        if not any(character.isalnum() for character in question):
            raise QuestionError(say("empty", language))
        if len(question) > self.max_question:
            limit = self.max_question
            raise QuestionError(say("too_long", language, length=len(question), limit=limit))
        if k is not None and (type(k) is not int or not 1 <= k <= MAX_K):
            raise QuestionError(say("bad_k", language, limit=MAX_K))
        return question

    def ask(self, question: str, k: int | None = None) -> dict[str, Any]:
        """Answer a question in the articles' own words: ``Answer.to_dict()``.

        ``k`` is how many of the nearest passages come with it; the server's choice if absent.
        """
        self.check(question, k=k)
        return self.library.ask(question, k=k or self.k).to_dict()

    def retrieve(self, question: str, k: int | None = None) -> list[dict[str, Any]]:
        """Return the ``k`` passages nearest to a question, best first; ``k`` as for ``ask``."""
        self.check(question, k=k)
        return [asdict(hit) for hit in self.library.retrieve(question, k=k or self.k)]


def _is_text(question: str) -> bool:
    """Whether every character can be sent and shown: no NUL, no half of a surrogate pair."""
    return not any(each == "\0" or "\ud800" <= each <= "\udfff" for each in question)
