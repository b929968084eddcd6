"""The measures themselves: exact values, and gold spans that hold the answers."""

import math

import numpy as np
import pytest

from benchmarks.corpus import as_library
from benchmarks.datasets import Context, Question, QuestionSet
from benchmarks.metrics import ranks_of, summarise
from rag.embedder import Embedder
from training.quoting import ask_all, fit

BRIDGE = "The bridge opened in 1932. It is painted grey.\nNo toll is paid."
TOWER = "The tower is 96 metres tall. Its clock stopped in 1950."
MILL = "The mill ground oats until 1911. It is a museum now."
SET = QuestionSet(
    "toy",
    (Context("Bridges", BRIDGE), Context("Towers", TOWER), Context("Bridges", MILL)),
    (
        Question("a", "When did the bridge open?", 0, "1932", BRIDGE.index("1932")),
        Question("b", "How tall is the tower?", 1, "96 metres", TOWER.index("96")),
        Question("c", "What did the mill grind?", 2, "oats", MILL.index("oats")),
    ),
)


def test_ranks_count_ties_against() -> None:
    scores = np.array([[0.9, 0.5, 0.1], [0.2, 0.2, 0.2], [0.1, 0.2, 0.3]], np.float32)
    assert ranks_of(scores, np.array([0, 1, 0])).tolist() == [1, 3, 3]


def test_measures_of_known_ranks() -> None:
    found = summarise(np.array([1, 2, 6, 11]))
    assert found["R@1"].mean == 0.25
    assert found["R@5"].mean == 0.5
    assert found["MRR@10"].mean == pytest.approx((1 + 1 / 2 + 1 / 6) / 4)
    assert found["nDCG@10"].mean == pytest.approx((1 + 1 / math.log2(3) + 1 / math.log2(7)) / 4)
    assert found["R@1"].low <= 0.25 <= found["R@1"].high
    assert str(summarise(np.array([1, 1]))["R@1"]) == "1.00 (1.00–1.00)"


def test_gold_spans_hold_the_answers_in_whole_articles(embedder: Embedder) -> None:
    with as_library(SET, embedder) as (library, gold):
        answers = [library.document(g.document_id).text[g.start : g.end] for g in gold]
        assert answers == ["1932", "96 metres", "oats"]
        assert len(library.documents()) == 2


def test_a_question_is_asked_with_and_without_its_article(embedder: Embedder) -> None:
    with as_library(SET, embedder) as (library, gold):
        asked = list(ask_all(library, gold[:1]))
        whole, without, alone, stranger = asked
        assert sum(whole.holds) == 1
        assert sum(alone.holds) == 1
        assert not any(without.holds)
        assert not any(stranger.holds)


def test_a_fitted_model_follows_its_examples() -> None:
    rows = [{"near": x, "noise": float(i % 2)} for i, x in enumerate(np.linspace(-1, 1, 200))]
    fitted = fit(rows, [row["near"] > 0 for row in rows])
    assert set(fitted) == {"intercept", "near", "noise"}
    assert fitted["near"] > 5 * abs(fitted["noise"])
