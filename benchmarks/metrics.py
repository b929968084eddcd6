"""Recall@k, MRR@10 and nDCG@10 from ranks, with bootstrap intervals.

Every question has one right passage, so one number, its rank, says everything (BEIR, Thakur et
al. 2021, uses the same measures): nDCG@10 is 1 / log2(1 + rank) within the first ten, else 0.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Ranks = NDArray[np.int64]

RESAMPLES = 1000
"""Bootstrap resamples; the interval's ends are then good to about half a point."""

MEASURES: dict[str, Callable[[Ranks], NDArray[np.float64]]] = {
    "R@1": lambda ranks: (ranks <= 1).astype(float),
    "R@5": lambda ranks: (ranks <= 5).astype(float),
    "MRR@10": lambda ranks: np.where(ranks <= 10, 1.0 / ranks, 0.0),
    "nDCG@10": lambda ranks: np.where(ranks <= 10, 1.0 / np.log2(1.0 + ranks), 0.0),
}


@dataclass(frozen=True, slots=True)
class Interval:
    """A mean and the 95 % bootstrap interval around it, as shares of 1."""

    mean: float
    low: float
    high: float

    def __str__(self) -> str:
        """Write it as in the tables: `.74 (.71–.77)`."""
        mean, low, high = (f"{x:.2f}".removeprefix("0") for x in (self.mean, self.low, self.high))
        return f"{mean} ({low}–{high})"


def summarise(ranks: Ranks, seed: int = 0) -> dict[str, Interval]:
    """Return each measure with its interval.

    Args:
        ranks: `(questions,) int64`, from 1.
        seed: Seeds the resampling.
    """
    rng = np.random.default_rng(seed)
    picks = rng.integers(len(ranks), size=(RESAMPLES, len(ranks)))
    out = {}
    for name, measure in MEASURES.items():
        values = measure(ranks)
        means = values[picks].mean(axis=1)
        low, high = np.quantile(means, [0.025, 0.975])
        out[name] = Interval(float(values.mean()), float(low), float(high))
    return out


def ranks_of(scores: NDArray[np.float32], gold: NDArray[np.int64]) -> Ranks:
    """Return the rank of each question's own text, `(questions,) int64`, from 1.

    Args:
        scores: `(questions, texts) float32`, larger is nearer. Ties count against.
        gold: `(questions,) int64`, the column that answers.
    """
    own = scores[np.arange(len(gold)), gold]
    ranks: Ranks = (scores >= own[:, None]).sum(axis=1)
    return ranks
