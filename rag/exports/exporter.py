"""A conversation → Markdown and JSON, to be kept. ``rag.exports.proof`` makes the HTML file."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict

from rag.catalogue import Language, say
from rag.datamodels import Answer, Document
from rag.exports.citation import article_url, cite, link_to_words
from rag.exports.markdown import escape_markdown

FORMAT = 1  # of the JSON; raise it when a key changes its meaning


def render_conversation_markdown(
    answers: Sequence[Answer], documents: Mapping[str, Document], language: Language
) -> str:
    """Return a conversation as CommonMark: questions as headings, quotes with their references.

    Args:
        answers: What was asked and answered, in order.
        documents: Articles by id, for their addresses on the web; those not there have none.
        language: Language of the interface.
    """
    parts = [f"# {escape_markdown(say('proof_title', language))}\n"]
    for answer in answers:
        parts.append(f"## {escape_markdown(' '.join(answer.question.split()))}\n")
        if answer.searched_as not in ("", answer.question):
            line = " ".join(say("proof_searched_as", language, question=answer.searched_as).split())
            parts.append(f"{escape_markdown(line)}\n")
        if not answer.quotes:
            parts.append(f"{escape_markdown(say('no_answer', language))}\n")
        for quote in answer.quotes:
            document = documents.get(quote.document_id)
            url = link_to_words(document, quote.start, quote.end) if document else ""
            parts.append(cite(quote, "markdown", language, url))
    return "\n".join(parts)


def render_conversation_json(
    answers: Sequence[Answer], documents: Mapping[str, Document], language: Language
) -> str:
    """Return a conversation as JSON, with the articles it quotes, whole.

    Letters stay letters; controls and invisible characters are JSON escapes, so that
    nothing acts on a terminal, and reading the JSON back gives the exact text::

        {"format": int, "language": str, "answers": [Answer.to_dict()],
         "documents": [{each attribute of Document, "url": str}]}
    """
    cited = dict.fromkeys(quote.document_id for answer in answers for quote in answer.quotes)
    values = {
        "format": FORMAT,
        "language": language,
        "answers": [answer.to_dict() for answer in answers],
        "documents": [
            asdict(documents[each]) | {"url": article_url(documents[each])}
            for each in cited
            if each in documents
        ],
    }
    text = json.dumps(values, ensure_ascii=False, indent=2)
    return "".join(c if c.isprintable() or c == "\n" else json.dumps(c)[1:-1] for c in text)
