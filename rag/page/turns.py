"""Answer → a turn of the conversation, with what can be copied of it and where it leads."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rag.catalogue import Language, say
from rag.datamodels import Answer, Document, Quote
from rag.exports.citation import STYLES, cite, link_to_words
from rag.page.conversation_pane import link_to, render_answer
from rag.presenter import headline
from rag.shelf import Shelf


def show_turn(
    turn: str, answer: Answer, shelf: Shelf, language: Language, elsewhere: int = 0
) -> dict[str, Any]:
    """Return a turn as the page's script takes it: its id, its HTML and what is said of it.

    Args:
        turn: Id of the turn.
        answer: What was answered.
        shelf: The articles there are.
        language: Language of the interface.
        elsewhere: Quotes found where the reader's filter was left aside.
    """
    documents = articles_of([answer], shelf)
    copies = [
        {
            say(f"copy_{style}", language): cite(quote, style, language, _web(quote, documents))
            for style in STYLES
        }
        for quote in answer.quotes
    ]
    quote = answer.quotes[0] if answer.answered else None
    link = link_to(answer.question, quote.document_id, quote.start, quote.end) if quote else ""
    return {
        "turn": turn,
        "question": answer.question,
        "html": render_answer(answer, language, documents, copies=copies, elsewhere=elsewhere),
        "announcement": headline(answer, language),
        "link": link,
    }


def _web(quote: Quote, documents: dict[str, Document]) -> str:
    document = documents.get(quote.document_id)
    return link_to_words(document, quote.start, quote.end) if document else ""


def articles_of(answers: Sequence[Answer], shelf: Shelf) -> dict[str, Document]:
    """Return the articles that answers quote or came near to, those that are still there."""
    ids = {quote.document_id for answer in answers for quote in answer.quotes}
    ids |= {h.passage.document_id for each in answers if not each.answered for h in each.hits}
    return {document.id: document for document in shelf.find(ids)}
