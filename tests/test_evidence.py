"""What is read of the passages found for a question."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from conftest import HashingEmbedder

from rag.evidence import DOUBTFUL, READ_FIRST, READ_MOST
from rag.library import Library
from rag.reader import Page


class Judge:
    """Gives every sentence the same log-odds, and counts; the real reader cannot be told to."""

    def __init__(self, log_odds: float) -> None:
        self.log_odds = log_odds
        self.pages: list[int] = []

    def read(self, question: str, pages: Sequence[Page]) -> list[list[float]]:
        del question
        self.pages.append(len(pages))
        return [[self.log_odds] * len(page.sentences) for page in pages]

    def warm(self) -> None:
        pass


@pytest.mark.parametrize(
    ("log_odds", "read"),
    [(DOUBTFUL + 1, [READ_FIRST]), (DOUBTFUL - 1, [READ_FIRST, READ_MOST - READ_FIRST])],
)
def test_more_is_read_where_nothing_answers(
    tmp_path: Path, log_odds: float, read: list[int]
) -> None:
    folder = tmp_path / "articles"
    folder.mkdir()
    for number in range(12):
        text = f"Le chat numéro {number} dort au phare. Il ronfle {number} fois."
        (folder / f"{number}.txt").write_text(text, encoding="utf-8")
    judge = Judge(log_odds)
    library = Library.build([folder], tmp_path / "index", embedder=HashingEmbedder(), reader=judge)
    library.ask("Quel chat dort au phare ?")
    assert judge.pages == read
    judge.pages.clear()
    hits = library.retrieve("Quel chat dort au phare ?", 3)
    assert judge.pages == read
    assert len(hits) == 3
    assert all(hit.reading is not None for hit in hits)
