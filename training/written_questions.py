"""Questions written for this project on articles of PIAF and of SQuAD, none of them a test article.

PIAF's and SQuAD's questions repeat the words of their answers; people's do not. These say it in
other words, in French and in English; many ask for several things, or for what the passage does not
tell. `written_questions.jsonl` beside this file has no text of theirs: it points into the articles
by characters, as `benchmarks.corpus.join_articles` joins them.
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.corpus import join_articles
from benchmarks.datasets import QuestionSet
from rag.library import Library
from rag.settings import Settings
from training.code_switching import reword, switch
from training.reading_cases import Cases, Page
from training.reading_questions import without
from training.reading_tasks import Example, ReadingTask

log = logging.getLogger(__name__)

FILE = Path(__file__).with_name("written_questions.jsonl")

WRONG = 6  # passages found for a question, one of which is read beside its own
CHANGED, TAKEN_OUT = 0.2, 0.1  # shares: with changed words, and without what answers


@dataclass(frozen=True, slots=True)
class Written:
    """A question on a passage.

    Attributes:
        title: The article's title in its set.
        passage: Where the passage starts in its article, in characters.
        english: The question.
        french: The same question.
        gold: Places of the sentences that answer, in the article; empty where none does.
    """

    title: str
    passage: int
    english: str
    french: str
    gold: tuple[tuple[int, int], ...]

    def asked(self) -> tuple[tuple[str, str], ...]:
        """Return both questions, each with its language."""
        return (self.french, "fr"), (self.english, "en")


def written_questions(articles: QuestionSet, file: Path = FILE) -> Iterator[Written]:
    """Read the questions on the articles of a set, "piaf-train" or "squad-train" say."""
    name = articles.name.split("-")[0]
    titles = {context.title for context in articles.contexts}
    rows: list[dict[str, Any]] = [
        json.loads(line) for line in file.read_text(encoding="utf-8").split("\n") if line
    ]
    for row in rows:
        if row["set"] == name and row["title"] in titles:
            gold = tuple((start, end) for start, end in row["gold"])
            yield Written(row["title"], row["passage"], row["en"], row["fr"], gold)


@dataclass(frozen=True, slots=True)
class _Ready:
    question: str
    language: str
    page: int
    labels: tuple[int, ...]
    wrong: tuple[int, ...]


def written_task(
    articles: QuestionSet, cases: Cases, folder: Path, size: int, seed: int, file: Path = FILE
) -> ReadingTask:
    """Build written questions with their passage and another that was found for them.

    Args:
        articles: The training articles.
        cases: Their passages.
        folder: Where `training.reading_cases.collect` indexed them.
        size: Questions in a batch.
        seed: Seeds order and draws.
        file: Where the questions are.
    """
    ready, pages = _kept(articles, cases, folder, file), cases.pages

    def draw(index: int, rng: np.random.Generator) -> list[Example]:
        each = ready[index]
        asked = each.question
        if rng.random() < CHANGED:
            change = (switch, reword)[int(rng.integers(2))]
            asked = change(asked, each.language, float(rng.uniform(0.2, 0.8)), rng)
        page, labels = pages[each.page], each.labels
        if any(labels) and rng.random() < TAKEN_OUT and (rest := _rest(page, labels)):
            page, labels = rest, (0,) * len(rest.sentences)
        examples = [Example(asked, page, labels, (0, 0))]
        if each.wrong:
            other = pages[each.wrong[int(rng.integers(len(each.wrong)))]]
            examples.append(Example(asked, other, (0,) * len(other.sentences), (0, 0)))
        return examples

    return ReadingTask(len(ready), draw, size, seed)


def _kept(articles: QuestionSet, cases: Cases, folder: Path, file: Path) -> list[_Ready]:
    """Ask the questions of their library, unless that was done before."""
    version = hashlib.sha256(file.read_bytes()).hexdigest()[:12]
    kept = folder / f"written-{version}.json"
    if not kept.exists():
        ready = [asdict(each) for each in _prepare(file, articles, cases, folder)]
        partial = kept.with_suffix(".partial")
        partial.write_text(json.dumps(ready), encoding="utf-8")
        partial.replace(kept)
    rows = json.loads(kept.read_text(encoding="utf-8"))
    return [
        _Ready(**{**row, "labels": tuple(row["labels"]), "wrong": tuple(row["wrong"])})
        for row in rows
    ]


def _prepare(file: Path, articles: QuestionSet, cases: Cases, folder: Path) -> Iterator[_Ready]:
    library = Library.open(folder / "index", settings=Settings(reader=False))
    by_text = {document.text: document.id for document in library.documents()}
    ids = {title: by_text[text] for title, text in join_articles(articles)[0].items()}
    numbers = {(page.document_id, page.start): i for i, page in enumerate(cases.pages)}
    for done, each in enumerate(written_questions(articles, file)):
        if done % 500 == 0:
            log.info("%d written questions read", done)
        own = numbers.get((ids[each.title], each.passage))
        if own is None:
            continue  # the passages are cut otherwise by now
        labels = _labels(cases.pages[own], each.gold)
        for question, language in each.asked():
            hits = library.retrieve(question, WRONG + 1)
            found = [(hit.passage.document_id, hit.passage.start) for hit in hits]
            # What nothing here answers may be answered elsewhere in the article.
            wrong = [numbers[place] for place in found if each.gold or place[0] != ids[each.title]]
            yield _Ready(question, language, own, labels, tuple(i for i in wrong if i != own))


def _labels(page: Page, gold: Sequence[tuple[int, int]]) -> tuple[int, ...]:
    places = {(start - page.start, end - page.start) for start, end in gold}
    return tuple(int(place in places) for place in page.sentences)


def _rest(page: Page, labels: Sequence[int]) -> Page | None:
    """Return a passage without the sentences that answer; None if none is left."""
    rest: Page | None = page
    for (start, end), label in zip(page.sentences, labels, strict=True):
        if label and rest is not None:
            rest = without(rest, page.text[start:end])
    return rest
