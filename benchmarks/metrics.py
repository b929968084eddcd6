"""Recall@k, MRR@10 and nDCG@10 from ranks, with bootstrap intervals.

Every question has one right passage, so one number, its rank, says everything (BEIR, Thakur et
al. 2021, uses the same measures): nDCG@10 is 1 / log2(1 + rank) within the first ten, else 0.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from rag.evaluation.metrics import Interval, bootstrap

Ranks = NDArray[np.int64]

MEASURES: dict[str, Callable[[Ranks], NDArray[np.float64]]] = {
    "R@1": lambda ranks: (ranks <= 1).astype(float),
    "R@5": lambda ranks: (ranks <= 5).astype(float),
    "MRR@10": lambda ranks: np.where(ranks <= 10, 1.0 / ranks, 0.0),
    "nDCG@10": lambda ranks: np.where(ranks <= 10, 1.0 / np.log2(1.0 + ranks), 0.0),
}


def summarise(ranks: Ranks, seed: int = 0) -> dict[str, Interval]:
    """Return each measure with its interval.

    Args:
        ranks: `(questions,) int64`, from 1.
        seed: Seeds the resampling.
    """
    return {name: bootstrap(measure(ranks), seed) for name, measure in MEASURES.items()}


def ranks_of(scores: NDArray[np.float32], gold: NDArray[np.int64]) -> Ranks:
    """Return the rank of each question's own text, `(questions,) int64`, from 1.

    Args:
        scores: `(questions, texts) float32`, larger is nearer. Ties count against.
        gold: `(questions,) int64`, the column that answers.
    """
    own = scores[np.arange(len(gold)), gold]
    ranks: Ranks = (scores >= own[:, None]).sum(axis=1)
    return ranks
