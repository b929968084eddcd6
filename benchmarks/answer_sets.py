"""Questions with the sentences that must be quoted, over libraries of whole held-out articles."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from benchmarks.corpus import join_articles, write_articles
from benchmarks.datasets import (
    QuestionSet,
    Split,
    answers_dev,
    in_english,
    piaf,
    squad,
    squad_unanswerable,
)
from benchmarks.off_topic import EVERYDAY
from rag.embedder import Embedder
from rag.evaluation.cases import Case, LocatedCase, Place, Sentences, locate
from rag.evaluation.evaluator import Outcome, evaluate
from rag.filters import Filter
from rag.library import Library
from rag.settings import Settings

Half = Literal["dev", "test"]
Language = Literal["en", "fr"]

SAME_SUBJECT = "same subject"
ADVERSARIAL = "adversarial"
MISSING = "article missing"
OFF_TOPIC = "off-topic"

K = 5
SEED = 20240611
MOST_OFF_TOPIC = 200


@dataclass(frozen=True, slots=True)
class AnswerSet:
    """Questions over one library.

    Attributes:
        name: In the table.
        corpus: The articles searched.
        cases: Asked of the whole library, their gold sentences located.
        without: Asked again of the library without their article: must be refused.
    """

    name: str
    corpus: Corpus
    cases: tuple[LocatedCase, ...]
    without: tuple[LocatedCase, ...] = ()


class Corpus:
    """Whole articles of a question set, as a library with no least confidence.

    Args:
        questions: Its passages make the articles.
        folder: Where the articles and the index are written; an index there is used again.
        embedder: The model; the bundled one by default.
    """

    def __init__(
        self, questions: QuestionSet, folder: Path, embedder: Embedder | None = None
    ) -> None:
        self.texts, self.offsets = join_articles(questions)
        articles = folder / "articles"
        write_articles(questions, articles)
        self.index = folder / "index"
        # No least confidence: the threshold is applied to the outcomes.
        settings = replace(Settings.from_environ(), min_confidence=0.0)
        self.library = Library.build(
            [articles], self.index, embedder=embedder, progress=True, settings=settings
        )
        self.documents = self.library.documents()
        by_text = {document.text: document.id for document in self.documents}
        self.ids = {title: by_text[text] for title, text in self.texts.items()}
        self.sentences = Sentences(self.documents)

    def locate(self, questions: QuestionSet) -> list[LocatedCase]:
        """Make cases of questions on this corpus' passages: the sentence of the answer is gold."""
        located = []
        for question in questions.questions:
            title = questions.contexts[question.context].title
            document_id = self.ids[title]
            start = self.offsets[question.context] + question.start
            place = Place(document_id, start, start + len(question.answer))
            sentence = self.sentences.held_by(place)[:1] or [place]
            words = self.texts[title][sentence[0].start : sentence[0].end]
            case = Case(question.text, (words,), id=question.id, document=title, kind="held-out")
            located.append(LocatedCase(case, (tuple(sentence),)))
        return located

    def ask(self, cases: Sequence[LocatedCase], threshold: float, progress: bool) -> list[Outcome]:
        """Ask cases of the whole library."""
        return evaluate(self.library, cases, k=K, threshold=threshold, progress=progress)

    def ask_without(
        self, cases: Sequence[LocatedCase], threshold: float, progress: bool
    ) -> list[Outcome]:
        """Ask each case of the other articles, which then must refuse it."""
        by_title: dict[str, list[LocatedCase]] = {}
        for each in cases:
            case = replace(each.case, quotes=(), kind=MISSING)
            by_title.setdefault(each.case.document, []).append(LocatedCase(case, ()))
        outcomes: list[Outcome] = []
        for title, own in by_title.items():
            others = tuple(d.id for d in self.documents if d.id != self.ids[title])
            if others:
                outcomes += evaluate(
                    self.library,
                    own,
                    k=K,
                    threshold=threshold,
                    within=Filter(documents=others),
                    progress=progress,
                )
        return outcomes


def half_of(title: str) -> Half:
    """Return the half of the answer cases an article belongs to, from nothing but its title.

    Choices are made on "dev" and reported on "test". Another part of the hash than
    `benchmarks.datasets.split_of` reads decides.
    """
    number = int(hashlib.sha256(title.encode("utf-8")).hexdigest(), 16)
    return "dev" if number // 100 % 2 else "test"


def answer_cases(
    data: Path, corpus: Corpus, language: Language, half: Half | None
) -> list[LocatedCase]:
    """Load the cases written for this project; follow-ups are asked after their question.

    Args:
        data: The data folder.
        corpus: PIAF "test", which has all their articles.
        language: Of the questions.
        half: Articles of this half only; every article when absent.
    """
    rows = answers_dev(data)
    asked = {row.id: row.french if language == "fr" else row.english for row in rows}
    cases = [
        Case(
            question=asked[row.id],
            quotes=row.gold,
            history=(asked[row.after],) if row.after else (),
            id=row.id,
            document=corpus.ids[row.title],
            kind=row.kind if row.gold else SAME_SUBJECT,
        )
        for row in rows
        if half is None or half_of(row.title) == half
    ]
    return locate(cases, corpus.documents)


def refusals(questions: Sequence[str], kind: str) -> list[LocatedCase]:
    """Make cases that must be refused."""
    return [
        LocatedCase(Case(text, (), id=f"{kind} {number}", kind=kind), ())
        for number, text in enumerate(questions, start=1)
    ]


def off_topic(language: Language, others: QuestionSet | None = None) -> list[LocatedCase]:
    """Make cases of everyday questions, and of questions on other articles."""
    texts = [english if language == "en" else french for english, french in EVERYDAY]
    if others is not None:
        texts += [question.text for question in sample(others, MOST_OFF_TOPIC).questions]
    return refusals(texts, OFF_TOPIC)


def sample(questions: QuestionSet, most: int) -> QuestionSet:
    """Return at most so many questions of a set, always the same ones; all its passages."""
    asked = questions.questions
    if len(asked) > most:
        asked = tuple(random.Random(SEED).sample(asked, most))  # noqa: S311  no secrecy
    return replace(questions, questions=asked)


def piaf_sets(
    data: Path, split: Split, half: Half | None, most: int, folder: Path
) -> list[AnswerSet]:
    """Return the sets over PIAF's articles: the answer cases ("test" only) and PIAF's own."""
    french = piaf(data, split)
    corpus = Corpus(french, folder / f"piaf-{split}")
    strangers = {"fr": off_topic("fr"), "en": off_topic("en", squad(data, split))}
    sets: list[AnswerSet] = []
    own: dict[Language, QuestionSet] = {"fr": french, "en": in_english(french)}
    for language, questions in own.items():
        name = "French" if language == "fr" else "English"
        away = strangers[language][:most]
        if split == "test" and (cases := answer_cases(data, corpus, language, half)):
            together = (*cases[:most], *away)
            sets.append(AnswerSet(f"answers, {name} questions", corpus, together))
        cases = corpus.locate(sample(questions, most))
        together = (*cases, *away)
        sets.append(AnswerSet(f"PIAF, {name} questions", corpus, together, tuple(cases)))
    return sets


def squad_sets(data: Path, split: Split, most: int, folder: Path) -> list[AnswerSet]:
    """Return the set over SQuAD 2.0's articles, with its adversarial questions."""
    english = squad(data, split)
    corpus = Corpus(english, folder / f"squad-{split}")
    cases = corpus.locate(sample(english, most))
    traps = [question.text for question in sample(squad_unanswerable(data, split), most).questions]
    away = off_topic("en", in_english(piaf(data, split)))
    away += refusals(
        [question.text for question in sample(piaf(data, split), MOST_OFF_TOPIC).questions],
        f"{OFF_TOPIC}, in French",
    )
    together = (*cases, *refusals(traps, ADVERSARIAL), *away[:most])
    return [AnswerSet("SQuAD 2.0, English questions", corpus, together, tuple(cases))]
