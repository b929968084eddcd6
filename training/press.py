"""Press articles invented for this project, in French, that questions are asked of.

PIAF and SQuAD are encyclopedias. News says "he" and "this text" for what a sentence before has
named, reports what people said, and comes back to a story from day to day: `press_articles.jsonl`
beside this file has two articles for every story. People and events in them are invented, and no
sentence is from anywhere. The questions on them are in `written_questions.jsonl`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from benchmarks.datasets import Context, QuestionSet, Split

FILE = Path(__file__).with_name("press_articles.jsonl")


def press(split: Split | None = None, most: int | None = None) -> QuestionSet:
    """Load the articles, headlines first; the set has no questions of its own.

    Args:
        split: "train" or "dev"; both when absent.
        most: How many articles; all when absent.
    """
    own = (row for row in _rows() if split in (None, row["split"]))
    contexts = [
        Context(row["title"], paragraph)
        for row in islice(own, most)
        for paragraph in (row["title"], *row["paragraphs"])
    ]
    return QuestionSet(f"press-{split or 'all'}", tuple(contexts), ())


def stories() -> dict[str, str]:
    """Return the story of each article, by title: articles of one story may answer alike."""
    return {row["title"]: row["story"] for row in _rows()}


def _rows() -> Iterator[dict[str, Any]]:
    for line in FILE.read_text(encoding="utf-8").split("\n"):
        if line:
            yield json.loads(line)
