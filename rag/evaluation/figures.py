"""Outcomes → figures: what an evaluation says, as numbers that can be printed or compared."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from rag.evaluation.evaluator import DEEPEST, Outcome, Quoted
from rag.evaluation.metrics import (
    Calibration,
    Interval,
    RiskCoverage,
    bootstrap,
    bootstrap_auroc,
    measure_calibration,
    measure_risk,
)


@dataclass(frozen=True, slots=True)
class Quoting:
    """What the quotes are worth, over the answerable questions.

    Attributes:
        right: Share with a gold sentence among the quotes.
        first: Share with one in the first quote, as displayed.
        likeliest: Share with one in the most probable quote.
        precision: Of the sentences quoted, a mean over questions; nothing quoted counts as 0.
        recall: Of the gold sentences, likewise.
        f1: Of each question, likewise.
        several: Recall of the questions with several gold sentences; None where there are none.
        quotes: Mean number of quotes, where there are any.
        sentences: Mean number of sentences quoted, likewise.
    """

    right: Interval
    first: Interval
    likeliest: Interval
    precision: Interval
    recall: Interval
    f1: Interval
    several: Interval | None
    quotes: float
    sentences: float


@dataclass(frozen=True, slots=True)
class Kind:
    """How many questions of one kind were answered, rightly or not."""

    kind: str
    answerable: bool
    cases: int
    answered: Interval


@dataclass(frozen=True, slots=True)
class Miss:
    """A question that misled or disappointed.

    Attributes:
        id: As the file names it.
        question: As asked.
        kind: Of the question.
        answered: Whether anything was shown.
        confidence: That the quotes answer.
        expected: The words that should have been quoted.
        quoted: What was quoted instead, or would have been.
    """

    id: str
    question: str
    kind: str
    answered: bool
    confidence: float
    expected: tuple[str, ...]
    quoted: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Figures:
    """What an evaluation found.

    Attributes:
        answerable: How many questions an article answers.
        unanswerable: How many none does.
        threshold: Confidence from which quotes are shown.
        retrieval: ``recall@k`` → share of the gold sentences that the first k passages hold, a
            mean over questions; empty where nothing is answerable, as all below then are.
        shown: What a person sees is worth: a refusal counts as nothing quoted.
        unfiltered: What would be quoted if nothing were refused is worth.
        kinds: Questions answered, by kind.
        auroc: Kind of unanswerable question → probability that an answerable one has the higher
            confidence; ``all`` → of any such kind.
        risk: The risk–coverage curve over all questions.
        calibration: Of the confidence, over all questions.
        misses: Worst first: what was wrongly shown, the most confident first; then what was
            wrongly refused, the least confident first.
    """

    answerable: int
    unanswerable: int
    threshold: float
    retrieval: dict[str, Interval]
    shown: Quoting | None
    unfiltered: Quoting | None
    kinds: tuple[Kind, ...]
    auroc: dict[str, Interval]
    risk: RiskCoverage
    calibration: Calibration
    misses: tuple[Miss, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return the figures as JSON-ready values: the keys are those of the dataclasses."""
        return asdict(self)


def measure(outcomes: Sequence[Outcome], k: int, threshold: float) -> Figures:
    """Sum up the outcomes of at least one question.

    Args:
        outcomes: Of ``rag.evaluation.evaluator.evaluate``.
        k: Passages retrieved.
        threshold: Confidence from which quotes are shown.
    """
    able = [outcome for outcome in outcomes if outcome.answerable]
    unable = [outcome for outcome in outcomes if not outcome.answerable]
    confidence = [outcome.confidence for outcome in outcomes]
    right = [outcome.quoted.right for outcome in outcomes]
    return Figures(
        answerable=len(able),
        unanswerable=len(unable),
        threshold=threshold,
        retrieval=_retrieval(able, k),
        shown=measure_quoting(able, lambda outcome: outcome.shown),
        unfiltered=measure_quoting(able, lambda outcome: outcome.quoted),
        kinds=_kinds(outcomes),
        auroc=_auroc(able, unable),
        risk=measure_risk(confidence, right),
        calibration=measure_calibration(confidence, right),
        misses=_misses(outcomes),
    )


def measure_quoting(
    outcomes: Sequence[Outcome], quoted: Callable[[Outcome], Quoted]
) -> Quoting | None:
    """Sum up what the quotes of answerable questions are worth; None where there are none.

    Args:
        outcomes: Of answerable questions.
        quoted: Which quotes count: those shown, or all.
    """
    if not outcomes:
        return None
    each = [quoted(outcome) for outcome in outcomes]
    several = [q.recall for q, o in zip(each, outcomes, strict=True) if len(o.located.gold) > 1]
    some = [q for q in each if q.quotes]
    return Quoting(
        right=bootstrap([q.right for q in each]),
        first=bootstrap([q.first for q in each]),
        likeliest=bootstrap([q.likeliest for q in each]),
        precision=bootstrap([q.precision for q in each]),
        recall=bootstrap([q.recall for q in each]),
        f1=bootstrap([q.f1 for q in each]),
        several=bootstrap(several) if several else None,
        quotes=sum(q.quotes for q in some) / max(1, len(some)),
        sentences=sum(q.sentences for q in some) / max(1, len(some)),
    )


def _retrieval(able: Sequence[Outcome], k: int) -> dict[str, Interval]:
    depths = sorted({1, DEEPEST, k}) if able else []
    return {f"recall@{depth}": bootstrap([_recall(o, depth) for o in able]) for depth in depths}


def _recall(outcome: Outcome, k: int) -> float:
    found = [rank is not None and rank <= k for rank in outcome.ranks]
    return sum(found) / len(found)


def _kinds(outcomes: Sequence[Outcome]) -> tuple[Kind, ...]:
    """Group by kind; a kind with and without answers makes two."""
    groups: dict[tuple[bool, str], list[bool]] = {}
    for outcome in outcomes:
        groups.setdefault((not outcome.answerable, outcome.kind), []).append(outcome.answered)
    return tuple(
        Kind(kind, not refused, len(answered), bootstrap(answered))
        for (refused, kind), answered in sorted(groups.items())
    )


def _auroc(able: Sequence[Outcome], unable: Sequence[Outcome]) -> dict[str, Interval]:
    if not able or not unable:
        return {}
    kinds: dict[str, list[float]] = {}
    for outcome in unable:
        kinds.setdefault(outcome.kind, []).append(outcome.confidence)
    positive = [outcome.confidence for outcome in able]
    found = {kind: bootstrap_auroc(positive, kinds[kind]) for kind in sorted(kinds)}
    return {"all": bootstrap_auroc(positive, [o.confidence for o in unable]), **found}


def _misses(outcomes: Sequence[Outcome]) -> tuple[Miss, ...]:
    missed = sorted(
        (outcome for outcome in outcomes if outcome.missed),
        key=lambda o: (not o.answered, -o.confidence if o.answered else o.confidence),
    )
    return tuple(
        Miss(
            id=outcome.located.case.id,
            question=outcome.located.case.question,
            kind=outcome.kind,
            answered=outcome.answered,
            confidence=outcome.confidence,
            expected=outcome.located.case.quotes,
            quoted=outcome.quotes,
        )
        for outcome in missed
    )
