"""What the reader is shown: questions with passages that answer, and that do not.

Besides the sets' own questions on what the product retrieves for them, some are made so that
nothing answers: the sentence that answers is taken out of its passage, a name or number of the
question becomes another, or another thing is asked for. Some are put into other words, through the
other language and back (Bannard & Callison-Burch 2005, "Paraphrasing with bilingual parallel
corpora"), or half into the other language.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from benchmarks.datasets import Pair
from training.code_switching import reword, switch
from training.reading_cases import Case, Cases, Page
from training.reading_tasks import Example, ReadingTask
from training.sentences import sentenced

WRONG = 1
"""Wrong passages read beside the one that answers."""

TAKEN_OUT, ALTERED, RETYPED = 0.16, 0.14, 0.04
"""Shares of the questions that are made unanswerable: without the sentence that answers, with
another name or number, with another thing asked for."""

SWITCHED, REWORDED = 0.3, 0.3
"""Shares of the questions with words of the other language, and in other words."""

_NAME = re.compile(r"(?<=[\s'’])(?:[A-ZÀ-Ý][\w-]{2,}|\d{2,})")
_WHEN_OR_WHERE = re.compile(
    r"^(?:quand|où|en quelle année|dans quelle ville|when|where|in (?:what|which) year)\b", re.I
)
_REASON = re.compile(r"\b(?:car|parce|afin|pour|because|due|so that|grâce|cause|since)\b", re.I)


def question_task(cases: Cases, size: int, seed: int) -> ReadingTask:
    """Build questions with the passages the product found for them."""
    pages = cases.pages

    def unanswered(asked: str, read: Sequence[Page]) -> list[Example]:
        return [Example(asked, page, (0,) * len(page.sentences), (0, 0)) for page in read]

    def draw(index: int, rng: np.random.Generator) -> list[Example]:
        case = cases.cases[index]
        wrong = [pages[i] for i in _tempting(case.wrong, WRONG, rng)]
        asked = _worded(case, rng)
        if case.gold is None:
            # The first wrong passage is the one the question was written on.
            first = pages[case.wrong[0]]
            return unanswered(asked, [first, *(page for page in wrong if page is not first)])
        page = pages[case.gold]
        if rng.random() < TAKEN_OUT and (rest := without(page, case.answer)):
            return unanswered(asked, [rest, *wrong])
        if (spoilt := _spoil(case, page, rng)) is not None:
            return unanswered(spoilt, [page])
        return [_positive(case, page, asked), *unanswered(asked, wrong)]

    return ReadingTask(len(cases.cases), draw, size, seed)


def without(page: Page, words: str) -> Page | None:
    """Return a passage without the sentences that hold some words; None if none is left."""
    kept = [
        page.text[first:end]
        for first, end in page.sentences
        if words.lower() not in page.text[first:end].lower()
    ]
    spans, text = [], ""
    for sentence in kept:
        text += " " if text else ""
        spans.append((len(text), len(text) + len(sentence)))
        text += sentence
    return Page(page.document_id, page.start, page.title, text, tuple(spans)) if spans else None


def keyword_task(passages: Sequence[Pair], size: int, seed: int) -> ReadingTask:
    """Build some words of a sentence → that sentence, in a passage of the other language.

    There are few questions in one language on passages of the other; these are in the data by the
    thousand. It is matching, not answering, so it is a small share of the steps.
    """
    cut = [(sentenced(p.english), sentenced(p.french)) for p in passages]
    cut = [(en, fr) for en, fr in cut if len(en) == len(fr) > 2]

    def draw(index: int, rng: np.random.Generator) -> list[Example]:
        source, target = cut[index] if rng.integers(2) else cut[index][::-1]
        chosen = int(rng.integers((len(source) + 1) // 2))  # well before the cut
        words = source.sentence(chosen).split()
        kept = [word for word in words if rng.random() < 0.5] or words
        asked = " ".join(kept[:24])
        labels = tuple(int(i == chosen) for i in range(len(target)))
        page = Page("", 0, "", target.text, target.spans)
        other = cut[int(rng.integers(len(cut)))][int(rng.integers(2))]
        wrong = Page("", 0, "", other.text, other.spans)
        none = (0,) * len(other)
        return [Example(asked, page, labels, (0, 0)), Example(asked, wrong, none, (0, 0))]

    return ReadingTask(len(cut), draw, size, seed)


def _positive(case: Case, page: Page, asked: str) -> Example:
    said = case.answer.lower()
    texts = [page.text[first:end].lower() for first, end in page.sentences]
    labels = tuple(
        1 if i == case.sentence else -1 if said in text else 0 for i, text in enumerate(texts)
    )
    place = page.text.find(case.answer, page.sentences[case.sentence][0])
    return Example(asked, page, labels, (place, place + len(case.answer)))


def _tempting(wrong: Sequence[int], count: int, rng: np.random.Generator) -> list[int]:
    """Draw wrong passages, the nearer the likelier."""
    if not wrong:
        return []
    weights = 1.0 / (1.0 + np.arange(len(wrong)))
    size = min(count, len(wrong))
    return [
        wrong[i] for i in rng.choice(len(wrong), size, replace=False, p=weights / weights.sum())
    ]


def _worded(case: Case, rng: np.random.Generator) -> str:
    if case.english and rng.random() < 0.6:
        return case.english
    share, draw = float(rng.uniform(0.3, 1.0)), rng.random()
    if draw < SWITCHED:
        return switch(case.question, case.language, share, rng)
    if draw < SWITCHED + REWORDED:
        return reword(case.question, case.language, share, rng)
    return case.question


def _spoil(case: Case, page: Page, rng: np.random.Generator) -> str | None:
    """Make the question one that its passage does not answer, now and then."""
    draw = rng.random()
    if draw < RETYPED:
        sentence = page.text[slice(*page.sentences[case.sentence])]
        if _WHEN_OR_WHERE.match(case.question) and not _REASON.search(sentence):
            why = "Pourquoi" if case.language == "fr" else "Why"
            return _WHEN_OR_WHERE.sub(why, case.question)
        return None
    if draw > RETYPED + ALTERED:
        return None
    there = [m for m in _NAME.finditer(case.question) if m[0] in page.text]
    if not there:
        return None
    chosen = there[int(rng.integers(len(there)))]
    number = chosen[0][0].isdigit()
    others = {
        name
        for name in _NAME.findall(page.text)
        if name[0].isdigit() == number and name not in case.question and name not in case.answer
    }
    if not others:
        return None
    other = str(sorted(others)[int(rng.integers(len(others)))])
    return case.question[: chosen.start()] + other + case.question[chosen.end() :]
