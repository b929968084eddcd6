"""How sure a mean is, and how far a confidence can be trusted: the measures of an evaluation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

RESAMPLES = 1000
"""Bootstrap resamples; the interval's ends are then good to about half a point."""

COVERAGES = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)
BINS = 10


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


@dataclass(frozen=True, slots=True)
class RiskPoint:
    """What answering a share of the questions, the most confident first, would cost.

    Attributes:
        coverage: Share of the questions answered.
        risk: Share of wrong answers among them.
        confidence: The least confidence among them.
    """

    coverage: float
    risk: float
    confidence: float


@dataclass(frozen=True, slots=True)
class RiskCoverage:
    """The risk–coverage curve: points of it, and the mean risk over all coverages."""

    area: float
    points: tuple[RiskPoint, ...]


@dataclass(frozen=True, slots=True)
class Bin:
    """Questions whose confidence lies from ``low`` to ``high``.

    Attributes:
        low: Least confidence, included.
        high: Most confidence, excluded but in the last bin.
        cases: How many questions.
        confidence: Their mean confidence; 0 where there are none.
        correct: The share of right ones among them; 0 where there are none.
    """

    low: float
    high: float
    cases: int
    confidence: float
    correct: float


@dataclass(frozen=True, slots=True)
class Calibration:
    """Expected calibration error, and the bins it is the mean of."""

    error: float
    bins: tuple[Bin, ...]


def bootstrap(values: Sequence[float] | Floats, seed: int = 0) -> Interval:
    """Return the mean of values with its percentile bootstrap interval (Efron 1979).

    Args:
        values: ``(cases,)``, at least one.
        seed: Seeds the resampling.
    """
    known = np.asarray(values, dtype=np.float64)
    rng = np.random.default_rng(seed)
    means = known[rng.integers(len(known), size=(RESAMPLES, len(known)))].mean(axis=1)
    return _interval(float(known.mean()), means)


def measure_auroc(positive: Sequence[float], negative: Sequence[float]) -> float:
    """Return the probability that a positive scores above a negative; a tie counts half.

    This is the area under the ROC curve (Hanley & McNeil 1982).

    Args:
        positive: Scores of at least one positive.
        negative: Scores of at least one negative.
    """
    return _auroc(np.asarray(positive, np.float64), np.asarray(negative, np.float64))


def bootstrap_auroc(
    positive: Sequence[float], negative: Sequence[float], seed: int = 0
) -> Interval:
    """Return the AUROC with its interval, positives and negatives resampled apart."""
    up, down = np.asarray(positive, np.float64), np.asarray(negative, np.float64)
    rng = np.random.default_rng(seed)
    areas = [
        _auroc(
            up[rng.integers(len(up), size=len(up))], down[rng.integers(len(down), size=len(down))]
        )
        for _ in range(RESAMPLES)
    ]
    return _interval(_auroc(up, down), np.array(areas))


def _auroc(positive: Floats, negative: Floats) -> float:
    ordered = np.sort(negative)
    below = np.searchsorted(ordered, positive, "left")
    not_above = np.searchsorted(ordered, positive, "right")
    return float((below + not_above).mean() / 2 / len(negative))


def _interval(mean: float, resampled: Floats) -> Interval:
    low, high = np.quantile(resampled, [0.025, 0.975])
    return Interval(mean, float(low), float(high))


def measure_risk(confidence: Sequence[float], correct: Sequence[bool]) -> RiskCoverage:
    """Return the risk–coverage curve (El-Yaniv & Wiener, JMLR 2010).

    Questions of the same confidence cannot be told apart, so each counts as wrong by the share
    of wrong ones among them: the curve does not depend on their order.

    Args:
        confidence: Of each question, at least one.
        correct: Whether its answer is right.
    """
    order = np.argsort(-np.asarray(confidence, np.float64), kind="stable")
    sure = np.asarray(confidence, np.float64)[order]
    wrong = 1.0 - np.asarray(correct, np.float64)[order]
    _, group = np.unique(-sure, return_inverse=True)
    wrong = (np.bincount(group, weights=wrong) / np.bincount(group))[group]
    risks = np.cumsum(wrong) / np.arange(1, len(wrong) + 1)
    last = [max(1, round(share * len(risks))) - 1 for share in COVERAGES]
    points = [RiskPoint((i + 1) / len(risks), float(risks[i]), float(sure[i])) for i in last]
    return RiskCoverage(float(risks.mean()), tuple(dict.fromkeys(points)))


def measure_calibration(confidence: Sequence[float], correct: Sequence[bool]) -> Calibration:
    """Return the expected calibration error over ten bins of equal width (Naeini et al. 2015).

    It is the mean distance of a bin's confidence from its share of right answers, each bin
    weighted by its questions.

    Args:
        confidence: Of each question, 0 to 1, at least one.
        correct: Whether its answer is right.
    """
    sure, right = np.asarray(confidence, np.float64), np.asarray(correct, np.float64)
    place = np.minimum((sure * BINS).astype(int), BINS - 1)
    bins = []
    for i in range(BINS):
        inside = place == i
        cases = int(inside.sum())
        means = (float(sure[inside].mean()), float(right[inside].mean())) if cases else (0.0, 0.0)
        bins.append(Bin(i / BINS, (i + 1) / BINS, cases, *means))
    error = sum(each.cases * abs(each.confidence - each.correct) for each in bins) / len(sure)
    return Calibration(error, tuple(bins))
