"""Sentences chosen → a Quote: the words, who says them, what they lean on, why they were chosen.

Every piece is checked against the article before it is shown: what is not the
article's own characters is refused.
"""

from __future__ import annotations

from collections.abc import Sequence

from rag.datamodels import Document, Excerpt, Quote, Span, Why
from rag.errors import VerbatimError
from rag.evidence import Evidence, to_probability
from rag.question_analysis.matches import match_words
from rag.speech.context import lean_on
from rag.speech.speaker import find_speaker
from rag.store import Snapshot

REACH = 3000  # characters before and after a quote in which its context and speaker are looked for


def make_quote(
    snapshot: Snapshot, document: Document, question: str, group: Sequence[Evidence]
) -> Quote:
    """Make a quote of sentences that follow one another.

    Args:
        snapshot: The state of the index the sentences come from.
        document: Their article.
        question: As searched.
        group: The sentences, in order.

    Raises:
        VerbatimError: If a sentence is not its source's words.
    """
    start, end = group[0].sentence.start, group[-1].sentence.end
    if any(document.text[e.sentence.start : e.sentence.end] != e.sentence.text for e in group):
        raise VerbatimError(f"a quote of {document.path} is not its words; build the index again")
    around = snapshot.sentences_around(document.id, start, end, REACH)
    inside = [i for i, span in enumerate(around) if start <= span.start and span.end <= end]
    place = (around, inside[0], inside[-1], document.language)
    speaker = find_speaker(document.text, *place)
    return Quote(
        document_id=document.id,
        start=start,
        end=end,
        text=document.text[start:end],
        score=max(e.nearness for e in group),
        title=document.title,
        source=document.source,
        published=document.published,
        language=document.language,
        sha256=document.sha256,
        speaker=document.text[speaker.start : speaker.end] if speaker else "",
        context=tuple(_excerpt(document, span) for span in lean_on(document.text, *place)),
        why=_why(document, question, group),
    )


def name_speaker(snapshot: Snapshot, document: Document, evidence: Evidence) -> str:
    """Return who says one sentence, in the article's words; empty for the article itself."""
    start, end = evidence.sentence.start, evidence.sentence.end
    around = snapshot.sentences_around(document.id, start, end, REACH)
    place = next(i for i, span in enumerate(around) if span.start == start)
    speaker = find_speaker(document.text, around, place, place, document.language)
    return document.text[speaker.start : speaker.end] if speaker else ""


def _excerpt(document: Document, span: Span) -> Excerpt:
    return Excerpt(span.start, span.end, document.text[span.start : span.end])


def _why(document: Document, question: str, group: Sequence[Evidence]) -> Why:
    best = max(group, key=lambda e: e.probability)
    matches = [
        match
        for e in group
        for match in match_words(
            question, e.sentence.text, document.language, offset=e.sentence.start
        )
    ]
    return Why(
        probability=best.probability,
        reading=None if best.reading is None else to_probability(best.reading),
        cosine=best.cosine,
        coverage=best.coverage,
        asked_for=best.asked_for,
        holds_it=best.held == 1.0,
        dense_rank=best.hit.dense_rank,
        lexical_rank=best.hit.lexical_rank,
        matches=tuple(matches),
    )
