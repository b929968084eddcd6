"""The data folder as typed Python values, and the one split that everyone keeps.

Every loader takes the folder (`data: Path`); no path of any machine is written here. `training`
reads these loaders too, so that what is trained on and what is reported can never drift apart.

The split is by article, so that no passage of a measured article was ever seen in training
(the same idea as the development split of SQuAD, Rajpurkar et al. 2016): see `split_of`.
"""

from __future__ import annotations

import csv
import hashlib
import json
import lzma
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

Split = Literal["train", "dev", "test"]

PIAF_FILE = "piaf-v1.1.json.xz"
PIAF_ENGLISH_FILE = "piaf_questions_en.jsonl"
SQUAD_FILE = "dev-v2.0.json.xz"
SQUAD_FRENCH_FILE = Path(__file__).with_name("squad_questions_fr.jsonl")  # ours, so kept here
LAW_FILE = "law_sections.jsonl.xz"
ANSWERS_FILE = "answers_dev.jsonl"
SENTENCES_FILE = "parallel_sentences.tsv.xz"
PASSAGES_FILE = "parallel_passages.tsv.xz"
BITEXT_FILES = {"flores": "flores_sib200.tsv.xz", "newsdiscuss": "newsdiscusstest2015.tsv.xz"}

PIAF_PERCENTS = (10, 20)
"""PIAF (480 articles): hashes below the first are test, below the second dev, the rest train."""

SQUAD_PERCENTS = (20, 30)
"""SQuAD 2.0 dev has 35 articles only, so its test share is doubled."""


@dataclass(frozen=True, slots=True)
class Pair:
    """One text in both languages."""

    english: str
    french: str
    source: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """A section of law: its marginal note and its text, in both languages."""

    title: Pair
    text: Pair


@dataclass(frozen=True, slots=True)
class Context:
    """A passage as the question set gives it, with the title of its article."""

    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Question:
    """A question whose answer is `answer`, at `start` characters into passage `context`."""

    id: str
    text: str
    context: int
    answer: str
    start: int
    english: str | None = None


@dataclass(frozen=True, slots=True)
class QuestionSet:
    """Passages, and questions that point into them by position."""

    name: str
    contexts: tuple[Context, ...]
    questions: tuple[Question, ...]

    def first(self, most: int | None) -> QuestionSet:
        """Return the first questions and the passages up to the last they ask about.

        Args:
            most: How many questions; the set itself when absent.
        """
        if most is None or most >= len(self.questions):
            return self
        questions = self.questions[:most]
        last = max((q.context for q in questions), default=-1)
        return QuestionSet(self.name, self.contexts[: last + 1], questions)


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


def split_of(
    title: str,
    reserved: frozenset[str] = frozenset(),
    percents: tuple[int, int] = PIAF_PERCENTS,
) -> Split:
    """Return the split of an article, from nothing but its title.

    Args:
        title: Title of the article.
        reserved: Titles that are always "test", whatever their hash.
        percents: Upper bounds (out of 100, exclusive) of the hashes of "test" and of "dev".
    """
    bucket = int(hashlib.sha256(title.encode("utf-8")).hexdigest(), 16) % 100
    if title in reserved or bucket < percents[0]:
        return "test"
    return "dev" if bucket < percents[1] else "train"


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
        for row in _optional_lines(data / ANSWERS_FILE)
    )


def reserved_titles(data: Path) -> frozenset[str]:
    """Titles of the PIAF articles that the answer cases use."""
    return frozenset(case.title for case in answers_dev(data))


def piaf(data: Path, split: Split | None = None) -> QuestionSet:
    """Load PIAF v1.1: French questions on French Wikipedia, English versions where they exist.

    Args:
        data: The data folder.
        split: Articles of this split only; every article when absent.
    """
    english = {row["id"]: row["en"] for row in _optional_lines(data / PIAF_ENGLISH_FILE)}
    reserved = reserved_titles(data)
    articles = [
        article
        for article in _json(data / PIAF_FILE)["data"]
        if split is None or split_of(article["title"], reserved) == split
    ]
    return _question_set(f"piaf-{split or 'all'}", articles, english)


def squad(data: Path, split: Split | None = None) -> QuestionSet:
    """Load the answerable questions of SQuAD 2.0's development set (English)."""
    articles = [
        article
        for article in _json(data / SQUAD_FILE)["data"]
        if split is None or split_of(article["title"], percents=SQUAD_PERCENTS) == split
    ]
    return _question_set(f"squad-{split or 'all'}", articles, {})


def squad_unanswerable(data: Path, split: Split | None = None) -> QuestionSet:
    """Load the questions of SQuAD 2.0's development set that their passage does not answer.

    People wrote them to look answerable (Rajpurkar et al. 2018). The passages are those of
    `squad`, in the same order; `answer` is empty, and `context` is the passage asked about.
    """
    contexts: list[Context] = []
    questions: list[Question] = []
    for article in _json(data / SQUAD_FILE)["data"]:
        if split is not None and split_of(article["title"], percents=SQUAD_PERCENTS) != split:
            continue
        for paragraph in article["paragraphs"]:
            questions += [
                Question(qa["id"], qa["question"], len(contexts), "", 0)
                for qa in paragraph["qas"]
                if qa.get("is_impossible")
            ]
            contexts.append(Context(article["title"], paragraph["context"]))
    return QuestionSet(f"squad-unanswerable-{split or 'all'}", tuple(contexts), tuple(questions))


def in_english(questions: QuestionSet) -> QuestionSet:
    """Keep the questions that have an English version, and ask that; the passages all stay."""
    kept = tuple(replace(q, text=q.english) for q in questions.questions if q.english)
    return QuestionSet(f"{questions.name}-en", questions.contexts, kept)


def in_french(questions: QuestionSet) -> QuestionSet:
    """Keep the SQuAD questions that have a French version, and ask that; `in_english` undoes it."""
    french = {row["id"]: row["fr"] for row in _json_lines(SQUAD_FRENCH_FILE)}
    both = ((q, french[q.id]) for q in questions.questions if q.id in french)
    kept = tuple(replace(q, text=text, english=q.text) for q, text in both)
    return QuestionSet(f"{questions.name}-fr", questions.contexts, kept)


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


def bitext(data: Path, name: str) -> tuple[Pair, ...]:
    """Load a bitext for development: "flores" (1,004 pairs) or "newsdiscuss" (1,501)."""
    return tuple(
        Pair(row[0], row[1], name) for row in _tab_rows(data / BITEXT_FILES[name]) if len(row) > 1
    )


def law_sections(data: Path) -> tuple[Section, ...]:
    """Load the 25,890 sections of Canadian law (never a measured set: all may be trained on)."""
    return tuple(
        Section(
            Pair(row["title_en"], row["title_fr"], "canada_laws"),
            Pair(row["text_en"], row["text_fr"], "canada_laws"),
        )
        for row in _json_lines(data / LAW_FILE)
    )


def parallel_sentences(data: Path) -> Iterator[Pair]:
    """Yield the 1.26 million sentence pairs, in the order of the file (already shuffled)."""
    return _pairs(data / SENTENCES_FILE)


def parallel_passages(data: Path) -> Iterator[Pair]:
    """Yield the 60,000 passage pairs: runs of 3 to 5 lines, 40 to 110 French words."""
    return _pairs(data / PASSAGES_FILE)


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


def _pairs(path: Path) -> Iterator[Pair]:
    rows = _tab_rows(path)
    next(rows)  # the header
    for row in rows:
        yield Pair(row[0], row[1], row[2])


def _tab_rows(path: Path) -> Iterator[list[str]]:
    with lzma.open(path, "rt", encoding="utf-8", newline="\n") as lines:
        yield from csv.reader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)


def _optional_lines(path: Path) -> Iterator[dict[str, Any]]:
    return _json_lines(path) if path.exists() else iter(())


def _json(path: Path) -> Any:
    if not path.exists():
        raise FileNotFoundError(f"{path} is missing; benchmarks/README.md says where to find it")
    with lzma.open(path, "rt", encoding="utf-8") as file:
        return json.load(file)


def _json_lines(path: Path) -> Iterator[dict[str, Any]]:
    # Split on "\n" alone: U+2028 and U+0085 may stand inside a JSON string.
    opener = lzma.open if path.suffix == ".xz" else open
    with opener(path, "rt", encoding="utf-8", newline="\n") as lines:
        for line in lines:
            if line.strip():
                yield json.loads(line)
