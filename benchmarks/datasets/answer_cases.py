"""The answer cases written for this project, whose articles are "test" in every set."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from benchmarks.datasets.files import optional_lines
from benchmarks.datasets.questions import Question, QuestionSet

ANSWERS_FILE = "answers_dev.jsonl"


@dataclass(frozen=True, slots=True)
class AnswerCase:
    """A question in both languages with the sentences that must be quoted (none: unanswerable)."""

    id: str
    title: str
    kind: str
    english: str
    french: str
    gold: tuple[str, ...]
    after: str | None = None


def answers_dev(data: Path) -> tuple[AnswerCase, ...]:
    """Load the 240 answer cases; each article they touch is "test" in every other set.

    They were written for this project; without them, PIAF is split by hash alone.
    """
    return tuple(
        AnswerCase(
            id=row["id"],
            title=row["title"],
            kind=row["kind"],
            english=row["en"],
            french=row["fr"],
            gold=tuple(row["gold"]),
            after=row.get("after"),
        )
        for row in optional_lines(data / ANSWERS_FILE)
    )


def reserved_titles(data: Path) -> frozenset[str]:
    """Titles of the PIAF articles that the answer cases use."""
    return frozenset(case.title for case in answers_dev(data))


def answer_questions(data: Path, questions: QuestionSet, language: str) -> QuestionSet:
    """Make a question set of the answer cases with one gold sentence, over another set's passages.

    These questions were written to paraphrase: they share few words with their answers.

    Args:
        data: The data folder.
        questions: The set whose passages are searched (PIAF "test").
        language: "fr" or "en".
    """
    made = []
    for case in answers_dev(data):
        if case.kind != "single" or len(case.gold) != 1:
            continue
        found = [i for i, c in enumerate(questions.contexts) if case.gold[0] in c.text]
        if len(found) == 1:
            text = case.french if language == "fr" else case.english
            start = questions.contexts[found[0]].text.index(case.gold[0])
            made.append(Question(case.id, text, found[0], case.gold[0], start))
    return QuestionSet(f"answers-{language}", questions.contexts, tuple(made))
