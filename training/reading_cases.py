"""What the reader learns from: questions, and passages whose sentences answer or do not.

The passages are the product's own (its splitter, its titles), and the wrong ones are those its
retriever puts first: what the reader will meet. Sentence labels come from the answer spans.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks.corpus import locate, write_articles
from benchmarks.datasets import QuestionSet
from rag.datamodels import Document, Slice
from rag.library import PASSAGE_TOKENS, Library
from rag.settings import Settings
from rag.splitter import split

log = logging.getLogger(__name__)

FOUND = 12  # passages retrieved for a question
SPECIAL_TOKENS = 2


@dataclass(frozen=True, slots=True)
class Page:
    """A passage to read: its article's title, its text and its sentences in it, titles left out."""

    document_id: str
    start: int
    title: str
    text: str
    sentences: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Case:
    """A question with the passages it is read against, by number.

    Attributes:
        question: What is asked.
        english: Its English version, where there is one and the question is French.
        language: Of the question.
        answer: The words that answer; empty for a question nothing answers.
        gold: The passage that holds the answer; None for a question nothing answers.
        sentence: Which of its sentences does; -1 without one.
        wrong: Passages that do not answer, the most tempting first.
    """

    question: str
    english: str
    language: str
    answer: str
    gold: int | None
    sentence: int
    wrong: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Cases:
    """Passages, and questions that point to them by number."""

    pages: tuple[Page, ...]
    cases: tuple[Case, ...]


def collect(
    answerable: QuestionSet, unanswerable: QuestionSet | None, language: str, folder: Path
) -> Cases:
    """Index the articles of a set, ask its questions, and keep what was found, in a folder.

    Args:
        answerable: Questions with the places of their answers.
        unanswerable: Questions on the same passages that nothing there answers; the place of
            their (wrong) answer is not used.
        language: Of the questions.
        folder: Where articles, index and cases are kept; what is there is not made again.
    """
    kept = folder / "cases.json"
    if not kept.exists():
        library = _library(answerable, folder)
        pages = list(_pages(library))
        cases = list(_ask(library, answerable, pages, language, answers=True))
        if unanswerable is not None:
            cases += _ask(library, unanswerable, pages, language, answers=False)
        partial = folder / "cases.partial"
        partial.write_text(json.dumps([[asdict(x) for x in xs] for xs in (pages, cases)]))
        partial.replace(kept)
    pages_read, cases_read = json.loads(kept.read_text())
    return Cases(
        tuple(Page(**{**p, "sentences": tuple(map(tuple, p["sentences"]))}) for p in pages_read),
        tuple(Case(**{**c, "wrong": tuple(c["wrong"])}) for c in cases_read),
    )


def _library(questions: QuestionSet, folder: Path) -> Library:
    articles = folder / "articles"
    write_articles(questions, articles)
    # Without the reader, which is what is being taught.
    settings = Settings(reader=False)
    return Library.build([articles], folder / "index", progress=True, settings=settings)


def _pages(library: Library) -> Iterator[Page]:
    embedder = library.embedder
    limit = min(PASSAGE_TOKENS - SPECIAL_TOKENS, embedder.max_tokens())
    for document in library.documents():
        for piece in split(document, embedder.count_tokens, limit):
            yield _page(document, piece)


def _page(document: Document, piece: Slice) -> Page:
    sentences = tuple(
        (span.start - piece.start, span.end - piece.start)
        for span in piece.sentences
        if not span.is_title
    )
    text = document.text[piece.start : piece.end]
    return Page(document.id, piece.start, document.title, text, sentences)


def _ask(
    library: Library, questions: QuestionSet, pages: Sequence[Page], language: str, *, answers: bool
) -> Iterator[Case]:
    numbers = {(page.document_id, page.start): i for i, page in enumerate(pages)}
    by_document: dict[str, list[int]] = {}
    for i, page in enumerate(pages):
        by_document.setdefault(page.document_id, []).append(i)
    gold = locate(library, questions)
    for done, (place, question) in enumerate(zip(gold, questions.questions, strict=True)):
        if done % 500 == 0:
            log.info("%s: %d of %d questions asked", questions.name, done, len(gold))
        hits = library.retrieve(question.text, FOUND)
        found = [numbers[hit.passage.document_id, hit.passage.start] for hit in hits]
        own, sentence = _holding(pages, by_document[place.document_id], place.start)
        if own is None:
            continue
        said = question.answer.lower()
        wrong = [i for i in found if i != own and said not in pages[i].text.lower()]
        yield Case(
            question=question.text,
            english=question.english or "",
            language=language,
            answer=question.answer if answers else "",
            gold=own if answers else None,
            sentence=sentence if answers else -1,
            wrong=tuple(wrong if answers else dict.fromkeys([own, *found])),
        )


def _holding(
    pages: Sequence[Page], candidates: Sequence[int], start: int
) -> tuple[int | None, int]:
    for i in candidates:
        page = pages[i]
        for number, (first, end) in enumerate(page.sentences):
            if first <= start - page.start < end:
                return i, number
    return None, -1
