"""The public question sets, PIAF and SQuAD 2.0, in French and in English."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from benchmarks.datasets.answer_cases import reserved_titles
from benchmarks.datasets.files import json_lines, optional_lines, whole_json
from benchmarks.datasets.questions import Context, Question, QuestionSet
from benchmarks.datasets.splits import SQUAD_PERCENTS, Split, split_of

PIAF_FILE = "piaf-v1.1.json.xz"
PIAF_ENGLISH_FILE = "piaf_questions_en.jsonl"
SQUAD_FILE = "dev-v2.0.json.xz"
SQUAD_FRENCH_FILE = Path(__file__).parents[1] / "squad_questions_fr.jsonl"  # ours, so kept here


def piaf(data: Path, split: Split | None = None) -> QuestionSet:
    """Load PIAF v1.1: French questions on French Wikipedia, English versions where they exist.

    Args:
        data: The data folder.
        split: Articles of this split only; every article when absent.
    """
    english = {row["id"]: row["en"] for row in optional_lines(data / PIAF_ENGLISH_FILE)}
    reserved = reserved_titles(data)
    articles = [
        article
        for article in whole_json(data / PIAF_FILE)["data"]
        if split is None or split_of(article["title"], reserved) == split
    ]
    return _question_set(f"piaf-{split or 'all'}", articles, english)


def squad(data: Path, split: Split | None = None) -> QuestionSet:
    """Load the answerable questions of SQuAD 2.0's development set (English)."""
    articles = [
        article
        for article in whole_json(data / SQUAD_FILE)["data"]
        if split is None or split_of(article["title"], percents=SQUAD_PERCENTS) == split
    ]
    return _question_set(f"squad-{split or 'all'}", articles, {})


def squad_unanswerable(data: Path, split: Split | None = None) -> QuestionSet:
    """Load the questions of SQuAD 2.0's development set that their passage does not answer.

    People wrote them to look answerable (Rajpurkar et al. 2018). The passages are those of
    `squad`, in the same order; `answer` is empty, `context` is the passage asked about, and
    `start` where the words stand that look most like an answer.
    """
    contexts: list[Context] = []
    questions: list[Question] = []
    for article in whole_json(data / SQUAD_FILE)["data"]:
        if split is not None and split_of(article["title"], percents=SQUAD_PERCENTS) != split:
            continue
        for paragraph in article["paragraphs"]:
            questions += [
                Question(qa["id"], qa["question"], len(contexts), "", _tempting(qa))
                for qa in paragraph["qas"]
                if qa.get("is_impossible")
            ]
            contexts.append(Context(article["title"], paragraph["context"]))
    return QuestionSet(f"squad-unanswerable-{split or 'all'}", tuple(contexts), tuple(questions))


def _tempting(qa: dict[str, Any]) -> int:
    return next((int(each["answer_start"]) for each in qa.get("plausible_answers", [])), 0)


def in_english(questions: QuestionSet) -> QuestionSet:
    """Keep the questions that have an English version, and ask that; the passages all stay."""
    kept = tuple(replace(q, text=q.english) for q in questions.questions if q.english)
    return QuestionSet(f"{questions.name}-en", questions.contexts, kept)


def in_french(questions: QuestionSet) -> QuestionSet:
    """Keep the SQuAD questions that have a French version, and ask that; `in_english` undoes it."""
    french = {row["id"]: row["fr"] for row in json_lines(SQUAD_FRENCH_FILE)}
    both = ((q, french[q.id]) for q in questions.questions if q.id in french)
    kept = tuple(replace(q, text=text, english=q.text) for q, text in both)
    return QuestionSet(f"{questions.name}-fr", questions.contexts, kept)


def _question_set(
    name: str, articles: list[dict[str, Any]], english: dict[str, str]
) -> QuestionSet:
    contexts: list[Context] = []
    questions: list[Question] = []
    for article in articles:
        for paragraph in article["paragraphs"]:
            for qa in paragraph["qas"]:
                if qa.get("is_impossible") or not qa["answers"]:
                    continue
                answer = qa["answers"][0]
                questions.append(
                    Question(
                        id=qa["id"],
                        text=qa["question"],
                        context=len(contexts),
                        answer=answer["text"],
                        start=answer["answer_start"],
                        english=english.get(qa["id"]),
                    )
                )
            contexts.append(Context(article["title"], paragraph["context"]))
    return QuestionSet(name, tuple(contexts), tuple(questions))
