"""Question sets as a reader meets them: whole articles in a library, gold spans in the articles."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.datasets import QuestionSet
from rag.embedder import Embedder
from rag.library import Library


@dataclass(frozen=True, slots=True)
class Gold:
    """A question and where its answer stands.

    Attributes:
        question: What is asked.
        document_id: The article that answers.
        start: First character of the answer, in the article.
        end: After its last character.
    """

    question: str
    document_id: str
    start: int
    end: int


def join_articles(questions: QuestionSet) -> tuple[dict[str, str], list[int]]:
    """Join the passages of each article, as paragraphs.

    Returns:
        Title → text, and for each passage where it starts in its article.
    """
    texts: dict[str, str] = {}
    offsets = []
    for context in questions.contexts:
        before = texts[context.title] + "\n\n" if context.title in texts else ""
        offsets.append(len(before))
        texts[context.title] = before + context.text
    return texts, offsets


def write_articles(questions: QuestionSet, folder: Path) -> None:
    """Write each article of a set to a file of a folder, its passages as paragraphs."""
    folder.mkdir(parents=True, exist_ok=True)
    for number, text in enumerate(join_articles(questions)[0].values()):
        (folder / f"{number:05}.txt").write_text(text, encoding="utf-8", newline="")


@contextmanager
def as_library(
    questions: QuestionSet, embedder: Embedder | None = None
) -> Iterator[tuple[Library, list[Gold]]]:
    """Write each article of a set to a file, its passages as paragraphs, and index them.

    Args:
        questions: Passages with the titles of their articles, and questions on them.
        embedder: The model; the bundled one by default.

    Yields:
        The library, and the questions with the places of their answers.
    """
    with tempfile.TemporaryDirectory() as folder:
        articles = Path(folder) / "articles"
        write_articles(questions, articles)
        library = Library.build(
            [articles], Path(folder) / "index", embedder=embedder, progress=True
        )
        yield library, locate(library, questions)


def locate(library: Library, questions: QuestionSet) -> list[Gold]:
    """Find where the answers of a set stand in a library made of its passages."""
    texts, offsets = join_articles(questions)
    ids = {document.text: document.id for document in library.documents()}
    gold = []
    for question in questions.questions:
        start = offsets[question.context] + question.start
        document_id = ids[texts[questions.contexts[question.context].title]]
        gold.append(Gold(question.text, document_id, start, start + len(question.answer)))
    return gold
