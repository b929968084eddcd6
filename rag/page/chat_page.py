"""ChatPage: what the page asks of its server, each request and reply a JSON object.

A reply is HTML ready to be shown, made by the panes; what goes wrong is told in it.
"""

from __future__ import annotations

import logging
import tempfile
import threading
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any, get_args

from rag.catalogue import EXAMPLES, EXAMPLES_ARTICLE, say
from rag.datamodels import Document
from rag.errors import QuestionError, RagError, UnknownDocumentError
from rag.exports.citation import article_url, link_to_words
from rag.exports.exporter import render_conversation_json, render_conversation_markdown
from rag.exports.proof import render_proof
from rag.feedback import Feedback, Reason, append
from rag.filters import Filter
from rag.page.conversation_pane import render_notice
from rag.page.desk import Desk
from rag.page.directory import Directory
from rag.page.reading_pane import Highlight, highlights_of, render_article
from rag.page.request import Request
from rag.page.shelf_pane import LISTED_AT_ONCE, count_found, count_passages, render_articles
from rag.page.turns import articles_of, show_turn
from rag.page.visits import Visit, Visits
from rag.shelf import LimitError, Limits
from rag.suggester import suggest

AT_ONCE = 8  # questions answered at the same time; the others wait their turn
ADDED_AT_ONCE = 2  # files: to embed one takes a processor

log = logging.getLogger("guillemets")

Reply = dict[str, Any]
Handler = Callable[["ChatPage", Request], Reply]

_REASONS: dict[str, Reason] = {each: each for each in get_args(Reason)}
_EXPORTS = {
    "markdown": ("md", "text/markdown", render_conversation_markdown),
    "json": ("json", "application/json", render_conversation_json),
    "proof": ("html", "text/html", render_proof),
}


def _answering(handle: Handler) -> Callable[[ChatPage, object], Reply]:
    """Read the request, and turn whatever goes wrong into a sentence for the visitor."""

    @wraps(handle)
    def answering(page: ChatPage, values: object) -> Reply:
        request = Request(values)
        try:
            return handle(page, request)
        except QuestionError as error:
            return {"refused": str(error)}
        except LimitError as error:
            message = say(error.key, request.language, **error.values)
        except RagError as error:
            message = str(error)
        except Exception:  # the outermost edge: the visitor gets a sentence, the log the rest
            log.exception("a request of the page failed")
            message = say("failed", request.language)
        notice = render_notice(message, request.language, "answer problem")
        return {"problem": notice, "message": message}

    return answering


class ChatPage:
    """The server's side of the page.

    Args:
        desk: The library, with the limits of what may be asked.
        limits: How much a visitor may add.
        feedback: File that what readers say of answers is kept in.
    """

    def __init__(self, desk: Desk, limits: Limits, feedback: Path) -> None:
        self.desk = desk
        self._directory = Directory(desk.library)
        self._visits = Visits(desk.library, limits)
        self._feedback = feedback
        self._answering = threading.BoundedSemaphore(AT_ONCE)
        self._adding = threading.BoundedSemaphore(ADDED_AT_ONCE)

    def functions(self) -> list[Callable[..., Reply]]:
        """Return what the page may call, by the names it calls them."""
        return [
            self.enter, self.ask, self.read, self.forget, self.clear, self.is_warm, self.suggest,
            self.articles, self.add, self.progress, self.remove, self.export, self.judge,
        ]  # fmt: skip

    def close(self) -> None:
        """Forget the visitors, and delete the articles they added."""
        self._visits.close()

    # --- the conversation ------------------------------------------------------------------

    @_answering
    def enter(self, request: Request) -> Reply:
        """Return the conversation so far, for a page that was just opened or said anew."""
        visit = self._visit(request)
        turns = [show_turn(turn, answer, visit.shelf, request.language) for turn, answer in
                 visit.conversation()]  # fmt: skip
        try:
            visit.shelf.document(EXAMPLES_ARTICLE)
        except UnknownDocumentError:
            return {"turns": turns, "examples": []}
        return {"turns": turns, "examples": list(EXAMPLES[request.language])}

    @_answering
    def ask(self, request: Request) -> Reply:
        """Answer a question after the turns that are shown, of the articles chosen."""
        question = self.desk.check(request.raw("question"), request.language).strip()
        visit, within = self._visit(request), request.filter()
        shown = request.texts("turns")
        options: Reply = {"within": within} if within.is_active else {}
        if history := visit.history(shown):
            options["history"] = history
        elsewhere = 0
        with self._answering:
            answer = visit.shelf.ask(question, self.desk.k, **options)
            if within.is_active and not answer.answered:
                del options["within"]
                elsewhere = len(visit.shelf.ask(question, self.desk.k, **options).quotes)
        turn = visit.record(shown, answer)
        return show_turn(turn, answer, visit.shelf, request.language, elsewhere)

    @_answering
    def suggest(self, request: Request) -> Reply:
        """Return questions to ask next: of the articles' words, and known to be answered."""
        visit, language = self._visit(request), request.language
        asked = visit.conversation()
        quoted = [quote.document_id for _, answer in asked[-1:] for quote in answer.quotes]
        others = [each.id for each in (*visit.shelf.entries(), *self._directory.entries()[:20])]
        documents = visit.shelf.find(list(dict.fromkeys((*quoted, *others)))[:20])

        def is_answered(question: str) -> bool:
            with self._answering:
                return visit.shelf.ask(question).answered

        avoid = [answer.question for _, answer in asked]
        found = suggest(documents, language, is_answered, avoid=avoid, tries=8)
        return {"suggestions": found}

    @_answering
    def forget(self, request: Request) -> Reply:
        """Forget a turn whose answer was not waited for."""
        self._visit(request).forget(request.text("turn"))
        return {}

    @_answering
    def clear(self, request: Request) -> Reply:
        """Forget the visitor's conversation."""
        self._visit(request).clear()
        return {}

    @_answering
    def is_warm(self, _: Request) -> Reply:
        """Tell whether the model is in memory, so that a question need not wait for it."""
        return {"warm": self.desk.library.is_warm}

    # --- the articles ------------------------------------------------------------------------

    @_answering
    def read(self, request: Request) -> Reply:
        """Return an article with the words of an answer, or of a link, highlighted."""
        language, visit = request.language, self._visit(request)
        try:
            document = visit.shelf.document(request.text("document"))
        except UnknownDocumentError:
            return {"gone": say("gone", language)}
        start, end = request.number("start"), request.number("end")
        answers = visit.history([request.text("turn")])
        highlights = [each for one in answers for each in highlights_of(one, document.id)]
        if not any(each.start == start and each.end == end for each in highlights):
            highlights = _linked(start, end, document)
        url = article_url(document)
        if highlights:
            url = link_to_words(document, highlights[0].start, highlights[0].end)
        return {
            "html": render_article(document, highlights, language, url=url),
            "notice": say("bad_place", language) if start is not None and not highlights else "",
        }

    @_answering
    def articles(self, request: Request) -> Reply:
        """Return some articles of the list, how many there are, and what to choose among."""
        visit, language = self._visit(request), request.language
        own = visit.shelf.entries()
        within, start = _lenient(request), request.number("start") or 0
        every = self._directory.search("", own)
        words = request.text("search").strip()
        found = self._directory.search(words, own) if words else every
        shown = found[start : start + LISTED_AT_ONCE]
        more = min(LISTED_AT_ONCE, len(found) - start - len(shown))
        passages = {each.id: visit.shelf.count_passages(each.id) for each in own}
        return {
            "html": render_articles(shown, passages, within, language),
            "count": count_found(len(found), len(every), language),
            "more": say("articles_next", language, count=more) if more > 0 else "",
            "sources": self._directory.sources(own),
            "titles": {each.id: each.title for each in every if each.id in within.documents},
        }

    @_answering
    def add(self, request: Request) -> Reply:
        """Read, split, embed and store a file of the visitor's."""
        visit, language = self._visit(request), request.language
        name, ticket = request.text("name")[:200], request.text("ticket")

        def report(stage: str, done: int, total: int) -> None:
            visit.adding[ticket] = (stage, done, total)

        try:
            with self._adding, tempfile.NamedTemporaryFile() as file:
                file.write(request.data("content"))
                file.flush()
                added = visit.shelf.add(Path(file.name), name, report)
        finally:
            visit.adding.pop(ticket, None)
        if added.duplicate:
            return {"duplicate": say(f"duplicate_{added.duplicate}", language)}
        count = visit.shelf.count_passages(added.document.id)
        return {"added": added.document.id, "passages": count_passages(count, language)}

    @_answering
    def progress(self, request: Request) -> Reply:
        """Tell how far a file is that is being added."""
        visit = self._visit(request)
        stage, done, total = visit.adding.get(request.text("ticket"), ("", 0, 0))
        return {"stage": stage, "done": done, "total": total}

    @_answering
    def remove(self, request: Request) -> Reply:
        """Forget one of the visitor's own articles."""
        self._visit(request).shelf.remove(request.text("document"))
        return {}

    # --- what is taken away, and what is left ------------------------------------------------

    @_answering
    def export(self, request: Request) -> Reply:
        """Return the turns that are shown as a file: its name, its type and its text."""
        suffix, kind, render = _EXPORTS[request.text("format")]
        visit = self._visit(request)
        answers = visit.history(request.texts("turns"))
        documents = articles_of(answers, visit.shelf)
        text = render(answers, documents, request.language)
        return {"name": f"guillemets.{suffix}", "type": kind, "text": text}

    @_answering
    def judge(self, request: Request) -> Reply:
        """Keep what the visitor says of an answer."""
        answers = self._visit(request).history([request.text("turn")])
        reason = _REASONS.get(request.text("reason"))
        if not answers or reason is None:
            return {"refused": say("failed", request.language)}
        if any(not self._is_public(quote.document_id) for quote in answers[0].quotes):
            return {"thanks": say("thanks_unkept", request.language)}  # a visitor's own are private
        said = Feedback.about(answers[0], request.flag("helpful"), reason, request.text("comment"))
        append(self._feedback, said)
        return {"thanks": say("thanks", request.language)}

    def _is_public(self, document_id: str) -> bool:
        """Tell whether an article is the library's: no visitor's own, and not gone."""
        try:
            self.desk.library.document(document_id)
        except UnknownDocumentError:
            return False
        return True

    def _visit(self, request: Request) -> Visit:
        return self._visits.of(request.raw("visitor"))


def _lenient(request: Request) -> Filter:
    """Return the filter, or none while a date is being typed."""
    try:
        return request.filter()
    except QuestionError:
        return Filter()


def _linked(start: int | None, end: int | None, document: Document) -> list[Highlight]:
    """Return what a link names, where the article has such a place."""
    if start is None or end is None or not start < end <= len(document.text):
        return []
    return [Highlight(start, end)]
