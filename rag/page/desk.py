"""Desk: what programs may ask of a library over a wire, checked, and ready for JSON."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from rag.catalogue import Language, say
from rag.errors import QuestionError
from rag.filters import read_filter
from rag.verifier import verify

if TYPE_CHECKING:
    from rag.library import Library

MAX_K = 50
MAX_HISTORY = 50  # turns
MAX_WORDS = 100_000  # characters of words to verify


class Desk:
    """The library's questions with their limits.

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
        if question is None:
            raise QuestionError(say("empty", language))
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

    def ask(
        self,
        question: str | None = None,
        k: int | None = None,
        history: list[str] | None = None,
        within: dict[str, Any] | None = None,
    ) -> dict[str, Any]:
        """Answer a question in the articles' own words: ``Answer.to_dict()``.

        ``k`` is how many of the nearest passages come with it; the server's choice if absent.
        ``history`` is the questions asked before, for a follow-up. ``within`` says which
        articles to ask: ``documents``, ``published_from``, ``published_to``, ``sources``,
        ``languages``; absent, all.
        """
        asked = self.check(question, k=k)
        options = _options(within)
        if earlier := self._check_history(history):
            options["history"] = earlier
        return self.library.ask(asked, k=k or self.k, **options).to_dict()

    def retrieve(
        self,
        question: str | None = None,
        k: int | None = None,
        within: dict[str, Any] | None = None,
    ) -> list[dict[str, Any]]:
        """Return the ``k`` passages nearest to a question, best first; arguments as for ``ask``."""
        asked = self.check(question, k=k)
        hits = self.library.retrieve(asked, k=k or self.k, **_options(within))
        return [asdict(hit) for hit in hits]

    def documents(self) -> list[dict[str, Any]]:
        """Return what is known of every article, without its text.

        Each is ``{"id", "title", "source", "published", "language", "sha256", "characters"}``.
        """
        names = ("id", "title", "source", "published", "language", "sha256")
        return [
            {name: getattr(document, name) for name in names} | {"characters": len(document.text)}
            for document in self.library.documents()
        ]

    def verify(
        self,
        words: str | None = None,
        document_id: str | None = None,
        start: int | None = None,
        end: int | None = None,
    ) -> dict[str, Any]:
        """Tell whether words are an article's, character for character: ``Verdict.to_dict()``.

        ``document_id``, ``start`` and ``end`` are where they are said to be; absent, anywhere.
        """
        if not isinstance(words, str) or len(words) > MAX_WORDS:
            raise QuestionError(f"words must be a text of at most {MAX_WORDS} characters")
        if any(each is not None and type(each) is not int for each in (start, end)):
            raise QuestionError("start and end must be whole numbers")
        if document_id is not None and not isinstance(document_id, str):
            raise QuestionError("document_id must be a text, as `documents` tells it")
        try:
            return verify(self.library.documents(), words, document_id, start, end).to_dict()
        except ValueError as error:
            raise QuestionError(str(error)) from error

    def _check_history(self, history: object) -> list[str]:
        if history is None:
            return []
        wanted = f"give a list of at most {MAX_HISTORY} questions, each a text"
        if not isinstance(history, list):
            raise QuestionError(f"history is no list but {_kind(history)}; {wanted}")
        if len(history) > MAX_HISTORY:
            raise QuestionError(f"history has {len(history)} questions; {wanted}")
        for place, each in enumerate(history, start=1):
            if not isinstance(each, str):
                raise QuestionError(f"question {place} of history is {_kind(each)}; {wanted}")
        return [self.check(each) for each in history]


def _options(within: object) -> dict[str, Any]:
    """Return the keyword arguments of a library that limit what is asked."""
    chosen = read_filter(within)
    return {"within": chosen} if chosen.is_active else {}


def _kind(value: object) -> str:
    """Return what a value is called in JSON."""
    names = {str: "a text", dict: "an object", list: "a list", bool: "true or false"}
    return names.get(type(value), "null" if value is None else "a number")


def _is_text(question: Iterable[str]) -> bool:
    """Whether every character can be sent and shown: no NUL, no half of a surrogate pair."""
    return not any(each == "\0" or "\ud800" <= each <= "\udfff" for each in question)
