"""Questions written for this project on articles of PIAF, of SQuAD and of `training.press`.

PIAF's and SQuAD's questions repeat the words of their answers; people's do not. These say it in
other words, in French and in English; many ask for several things, or for what the passage does not
tell. None is on a test article. `written_questions.jsonl` beside this file has no text of theirs:
it points into the articles by characters, as `benchmarks.corpus.join_articles` joins them.
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.corpus import join_articles
from benchmarks.datasets import Question, QuestionSet
from rag.library import Library
from rag.settings import Settings
from training.code_switching import reword, switch
from training.press import stories
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
        passage: Where the passage starts in its article, in characters. None where the whole
            article was read: no other sentence of it answers, and where none does, none of the
            other article of its story.
        english: The question.
        french: The same question.
        gold: Places of the sentences that answer, in the article; empty where none does.
    """

    title: str
    passage: int | None
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


def as_question_set(articles: QuestionSet, language: str, file: Path = FILE) -> QuestionSet:
    """Make a question set of the questions that a sentence answers, asked in one language.

    A question that several sentences answer comes once with each, always with the same id.

    Args:
        articles: The set they were written on.
        language: "fr" or "en".
        file: Where the questions are.
    """
    texts, offsets = join_articles(articles)
    by_title: dict[str, list[int]] = {}
    for i, context in enumerate(articles.contexts):
        by_title.setdefault(context.title, []).append(i)
    made = []
    for number, each in enumerate(written_questions(articles, file)):
        text = each.french if language == "fr" else each.english
        for start, end in each.gold:
            own = max(i for i in by_title[each.title] if offsets[i] <= start)
            answer = texts[each.title][start:end]
            made.append(Question(f"written-{number}", text, own, answer, start - offsets[own]))
    return QuestionSet(f"{articles.name}-written-{language}", articles.contexts, tuple(made))


@dataclass(frozen=True, slots=True)
class _Ready:
    """A question with the passages that it is asked of, by number, and their sentences' labels."""

    question: str
    language: str
    pages: tuple[int, ...]
    labels: tuple[tuple[int, ...], ...]
    wrong: tuple[int, ...]


def written_task(
    articles: QuestionSet, cases: Cases, folder: Path, size: int, seed: int, file: Path = FILE
) -> ReadingTask:
    """Build written questions with up to two of their passages and another that was found.

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
        own = [(pages[page], labels) for page, labels in zip(each.pages, each.labels, strict=True)]
        if len(own) == 1 and any(own[0][1]) and rng.random() < TAKEN_OUT:
            rest = _rest(*own[0])
            own = [(rest, (0,) * len(rest.sentences))] if rest else own
        own = [own[int(i)] for i in rng.permutation(len(own))[:2]]
        for number in rng.permutation(len(each.wrong))[: 1 if own else 2]:
            other = pages[each.wrong[int(number)]]
            own.append((other, (0,) * len(other.sentences)))
        return [Example(asked, page, labels, (0, 0)) for page, labels in own]

    return ReadingTask(len(ready), draw, size, seed)


def _kept(articles: QuestionSet, cases: Cases, folder: Path, file: Path) -> list[_Ready]:
    """Ask the questions of their library, unless these very ones were asked before."""
    asked = repr(list(written_questions(articles, file)))
    version = hashlib.sha256(asked.encode("utf-8")).hexdigest()[:12]
    kept = folder / f"written-{version}.json"
    if not kept.exists():
        ready = [asdict(each) for each in _prepare(file, articles, cases, folder)]
        partial = kept.with_suffix(".partial")
        partial.write_text(json.dumps(ready), encoding="utf-8")
        partial.replace(kept)
    rows = json.loads(kept.read_text(encoding="utf-8"))
    return [
        _Ready(
            row["question"],
            row["language"],
            tuple(row["pages"]),
            tuple(map(tuple, row["labels"])),
            tuple(row["wrong"]),
        )
        for row in rows
    ]


def _prepare(file: Path, articles: QuestionSet, cases: Cases, folder: Path) -> Iterator[_Ready]:
    library = Library.open(folder / "index", settings=Settings(reader=False))
    by_text = {document.text: document.id for document in library.documents()}
    ids = {title: by_text[text] for title, text in join_articles(articles)[0].items()}
    numbers = {(page.document_id, page.start): i for i, page in enumerate(cases.pages)}
    kin = _kin(ids)
    for done, each in enumerate(written_questions(articles, file)):
        if done % 500 == 0:
            log.info("%d written questions read", done)
        own = _own(cases, ids[each.title], each, numbers)
        if own is None:
            continue  # the passages are cut otherwise by now
        labels = tuple(_labels(cases.pages[i], each.gold) for i in own)
        unsure = _unsure(each, ids[each.title], kin)
        for question, language in each.asked():
            hits = library.retrieve(question, WRONG + 1)
            found = [(hit.passage.document_id, hit.passage.start) for hit in hits]
            wrong = [numbers[place] for place in found if place[0] not in unsure]
            yield _Ready(question, language, own, labels, tuple(i for i in wrong if i not in own))


def _own(
    cases: Cases, document: str, each: Written, numbers: Mapping[tuple[str, int], int]
) -> tuple[int, ...] | None:
    """Return the passages asked about; None where they are not found."""
    if each.passage is not None:
        own = numbers.get((document, each.passage))
        return None if own is None else (own,)
    holding = (
        i
        for i, page in enumerate(cases.pages)
        if page.document_id == document and any(_labels(page, each.gold))
    )
    return tuple(holding)


def _kin(ids: Mapping[str, str]) -> dict[str, set[str]]:
    """Return for each article of the press the other articles of its story, by id."""
    told = stories()
    return {
        ids[title]: {ids[other] for other in ids if told.get(other) == told[title]} - {ids[title]}
        for title in ids
        if title in told
    }


def _unsure(each: Written, document: str, kin: Mapping[str, set[str]]) -> set[str]:
    """Return the articles that may answer a question beside the sentences that are known to."""
    if each.passage is None:
        return kin[document] if each.gold else set()
    return set() if each.gold else {document}


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
