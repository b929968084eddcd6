"""ChatPage: what the page asks of its server, each request and reply a JSON object.

Nothing of a request is trusted: what is not of the type expected counts as absent.
A reply is HTML ready to be shown, made by the panes; what goes wrong is told in it.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from functools import wraps
from inspect import signature
from typing import Any

from rag.catalogue import (
    EXAMPLES,
    EXAMPLES_ARTICLE,
    Language,
    choose_language,
    say,
    say_date,
)
from rag.conversation_pane import link_to, render_answer, render_notice
from rag.datamodels import Answer, Document
from rag.desk import Desk
from rag.errors import QuestionError, RagError, UnknownDocumentError
from rag.presenter import headline
from rag.reading_pane import Highlight, highlights_of, render_article
from rag.visits import Visit, Visits

AT_ONCE = 8  # questions answered at the same time; the others wait their turn

log = logging.getLogger("guillemets")

Reply = dict[str, Any]
Handler = Callable[["ChatPage", "Request"], Reply]


class Request:
    """What the browser sent, read with care."""

    def __init__(self, values: object) -> None:
        self._values = values if isinstance(values, dict) else {}
        self.language: Language = choose_language(self.text("language"))

    def text(self, name: str) -> str:
        """Return a text, empty where there is none."""
        value = self._values.get(name)
        return value if isinstance(value, str) else ""

    def texts(self, name: str) -> list[str]:
        """Return a list of texts; what is no text is left out."""
        value = self._values.get(name)
        return [each for each in value if isinstance(each, str)] if isinstance(value, list) else []

    def number(self, name: str) -> int | None:
        """Return a whole number that is not negative, or None."""
        value = self._values.get(name)
        return value if type(value) is int and value >= 0 else None

    def raw(self, name: str) -> object:
        """Return a value as it came."""
        return self._values.get(name)


def _answering(handle: Handler) -> Callable[[ChatPage, object], Reply]:
    """Read the request, and turn whatever goes wrong into a sentence for the visitor."""

    @wraps(handle)
    def answering(page: ChatPage, values: object) -> Reply:
        request = Request(values)
        try:
            return handle(page, request)
        except QuestionError as error:
            return {"refused": str(error)}
        except RagError as error:
            return {"problem": render_notice(str(error), request.language, "answer problem")}
        except Exception:  # the outermost edge: the visitor gets a sentence, the log the rest
            log.exception("a request of the page failed")
            message = say("failed", request.language)
            return {"problem": render_notice(message, request.language, "answer problem")}

    return answering


class ChatPage:
    """The server's side of the page."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._visits = Visits()
        self._turns_to_answer = threading.BoundedSemaphore(AT_ONCE)

    def functions(self) -> list[Callable[..., Reply]]:
        """Return what the page may call, by the names it calls them."""
        return [self.enter, self.ask, self.read, self.clear, self.is_warm]

    @_answering
    def enter(self, request: Request) -> Reply:
        """Return the conversation so far, for a page that was just opened or said anew."""
        visit = self._visit(request)
        turns = [
            self._turn(turn, answer, request.language) for turn, answer in visit.conversation()
        ]
        return {"turns": turns, "examples": self._examples(request.language)}

    @_answering
    def ask(self, request: Request) -> Reply:
        """Answer a question after the turns that are shown."""
        question = self._desk.check(request.raw("question"), request.language).strip()
        visit = self._visit(request)
        shown = request.texts("turns")
        options: dict[str, Any] = {}
        follows = "history" in signature(self._desk.library.ask).parameters
        if follows and (history := visit.history(shown)):
            options["history"] = history
        with self._turns_to_answer:
            answer = self._desk.library.ask(question, k=self._desk.k, **options)
        return self._turn(visit.record(shown, answer), answer, request.language)

    @_answering
    def read(self, request: Request) -> Reply:
        """Return an article with the words of an answer, or of a link, highlighted."""
        language = request.language
        try:
            document = self._desk.library.document(request.text("document"))
        except UnknownDocumentError:
            return {"gone": say("gone", language)}
        start, end = request.number("start"), request.number("end")
        answers = self._visit(request).history([request.text("turn")])
        highlights = [each for one in answers for each in highlights_of(one, document.id)]
        if not any(each.start == start and each.end == end for each in highlights):
            highlights = _linked(start, end, document)
        misplaced = start is not None and not highlights
        return {
            "html": render_article(document, highlights, language),
            "title": document.title or say("untitled", language),
            "problem": say("bad_place", language) if misplaced else "",
        }

    @_answering
    def clear(self, request: Request) -> Reply:
        """Forget the visitor's conversation."""
        self._visit(request).clear()
        return {}

    @_answering
    def is_warm(self, _: Request) -> Reply:
        """Tell whether the model is in memory, so that a question need not wait for it."""
        return {"warm": self._desk.library.is_warm}

    def _visit(self, request: Request) -> Visit:
        return self._visits.of(request.raw("visitor"))

    def _turn(self, turn: str, answer: Answer, language: Language) -> Reply:
        near = {hit.passage.document_id for hit in ([] if answer.answered else answer.hits)}
        documents = {each: self._desk.library.document(each) for each in near}
        first = answer.quotes[0] if answer.answered else None
        return {
            "turn": turn,
            "question": answer.question,
            "html": render_answer(answer, language, documents, copies=_copies(answer, language)),
            "announcement": headline(answer, language),
            "link": link_to(answer.question, first.document_id, first.start, first.end)
            if first
            else "",
        }

    def _examples(self, language: Language) -> list[str]:
        """Return questions that are known to be answered."""
        try:
            self._desk.library.document(EXAMPLES_ARTICLE)
        except UnknownDocumentError:
            return []
        return list(EXAMPLES[language])


def _linked(start: int | None, end: int | None, document: Document) -> list[Highlight]:
    """Return what a link names, where the article has such a place."""
    if start is None or end is None or not start < end <= len(document.text):
        return []
    return [Highlight(start, end)]


def _copies(answer: Answer, language: Language) -> list[dict[str, str]]:
    """Return each quote with its reference, as it is copied."""
    texts = []
    for quote in answer.quotes if answer.answered else ():
        place = say("place", language, start=quote.start, end=quote.end)
        reference = (quote.title, quote.source, say_date(quote.published, language), place)
        named = ", ".join(each for each in reference if each)
        texts.append({say("copy_plain", language): f"{quote.text}\n\n— {named}\n"})
    return texts
