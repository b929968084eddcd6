"""How well questions are answered on articles never trained on, beside the bars of the project.

    python -m benchmarks.answers --data DIR [--split test|dev] [--half dev|test] [--sets NAME …]

A table for each set and language; `rag.evaluation.evaluator` says what is counted. "As shown" is
what a person sees at the shipped threshold, a refusal counting as nothing quoted; "unfiltered" is
what would be quoted if nothing were refused. Each held-out question is also asked of the library
without its article, which must then refuse it.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

from benchmarks.answer_sets import (
    ADVERSARIAL,
    OFF_TOPIC,
    SAME_SUBJECT,
    AnswerSet,
    Half,
    K,
    piaf_sets,
    squad_sets,
)
from benchmarks.datasets import Split
from rag.evaluation.evaluator import Outcome
from rag.evaluation.figures import Figures, Quoting, measure, measure_quoting
from rag.evaluation.metrics import Interval, bootstrap, measure_calibration
from rag.evaluation.report import render_misses
from rag.settings import Settings

MOST = 600
"""Questions of each set and kind: an interval of about ±4 points, in minutes."""

QUOTING_BARS = {"right": 0.72, "first": 0.52, "f1": 0.50, "several": 0.55}
MOST_QUOTES = 2.5
AUROC_BARS = {SAME_SUBJECT: 0.75, OFF_TOPIC: 0.97}
ANSWERED_BAR = 0.88
REFUSED_BARS = {SAME_SUBJECT: 0.45, OFF_TOPIC: 0.97}
CALIBRATION_BAR = 0.05
HARD = (SAME_SUBJECT, ADVERSARIAL)  # unanswerable, yet on the articles' subject

_NAMES = {
    "right": "a gold sentence is quoted",
    "first": "the first quote holds one",
    "likeliest": "the most probable quote holds one",
    "precision": "precision of the sentences quoted",
    "recall": "recall of the gold sentences",
    "f1": "F1 of sentences",
    "several": "recall, several gold sentences",
}


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table.

    Attributes:
        name: What is measured.
        shown: At the threshold.
        unfiltered: If nothing were refused; empty where that is no question.
        bar: What the project asks for; empty where it asks for nothing.
        met: Whether ``shown`` reaches it.
    """

    name: str
    shown: str
    unfiltered: str = ""
    bar: str = ""
    met: bool = True

    def __str__(self) -> str:
        """Write it in Markdown."""
        verdict = ("yes" if self.met else "**no**") if self.bar else ""
        return f"| {self.name} | {self.shown} | {self.unfiltered} | {self.bar} | {verdict} |"


def rows_of(outcomes: Sequence[Outcome], figures: Figures) -> Iterator[Row]:
    """Yield the rows of one table.

    Args:
        outcomes: Of every question of the set.
        figures: Of the same.
    """
    for name, share in figures.retrieval.items():
        yield Row(name, str(share))
    if figures.shown and figures.unfiltered:
        yield from _quoting_rows(figures.shown, figures.unfiltered)
    yield from _kind_rows(outcomes)
    for kind, area in figures.auroc.items():
        if kind != "all":
            yield _row(f"AUROC, {kind}", area, AUROC_BARS.get(kind))
    yield from _refusal_rows(outcomes, figures)
    yield Row("area under risk–coverage", f"{figures.risk.area:.3f}")
    near = [outcome for outcome in outcomes if not outcome.kind.startswith(OFF_TOPIC)]
    error = measure_calibration(
        [outcome.confidence for outcome in near], [outcome.quoted.right for outcome in near]
    ).error
    yield Row(
        "calibration error", f"{error:.3f}", "", f"≤ {CALIBRATION_BAR}", error <= CALIBRATION_BAR
    )
    yield Row("calibration error, off-topic too", f"{figures.calibration.error:.3f}")


def _quoting_rows(shown: Quoting, unfiltered: Quoting) -> Iterator[Row]:
    for key, name in _NAMES.items():
        cells = getattr(shown, key), getattr(unfiltered, key)
        if None not in cells:
            yield _row(name, cells[0], QUOTING_BARS.get(key), str(cells[1]))
    seen, all_ = (f"{q.quotes:.2f} ({q.sentences:.2f} sentences)" for q in (shown, unfiltered))
    yield Row("mean quotes", seen, all_, f"≤ {MOST_QUOTES}", shown.quotes <= MOST_QUOTES)


def _kind_rows(outcomes: Sequence[Outcome]) -> Iterator[Row]:
    """Yield what each kind of answerable question gets, where there are several."""
    kinds = list(dict.fromkeys(outcome.kind for outcome in outcomes if outcome.answerable))
    for kind in kinds if len(kinds) > 1 else ():
        own = [outcome for outcome in outcomes if outcome.kind == kind]
        shown = measure_quoting(own, lambda outcome: outcome.shown)
        unfiltered = measure_quoting(own, lambda outcome: outcome.quoted)
        if shown and unfiltered:
            yield Row(f"{_NAMES['right']}, {kind}", str(shown.right), str(unfiltered.right))
            yield Row(f"{_NAMES['first']}, {kind}", str(shown.first), str(unfiltered.first))
            yield Row(f"{_NAMES['f1']}, {kind}", str(shown.f1), str(unfiltered.f1))


def _refusal_rows(outcomes: Sequence[Outcome], figures: Figures) -> Iterator[Row]:
    if able := [outcome.answered for outcome in outcomes if outcome.answerable]:
        yield _row(f"answered at {figures.threshold:.2f}", bootstrap(able), ANSWERED_BAR)
    for kind in figures.kinds:
        if not kind.answerable:
            answered = kind.answered
            refused = Interval(1 - answered.mean, 1 - answered.high, 1 - answered.low)
            name = f"refused, {kind.kind} ({kind.cases})"
            yield _row(name, refused, REFUSED_BARS.get(kind.kind))


def _row(name: str, share: Interval, bar: float | None, unfiltered: str = "") -> Row:
    if bar is None:
        return Row(name, str(share), unfiltered)
    return Row(name, str(share), unfiltered, f"≥ {_share(bar)}", share.mean >= bar)


def _share(value: float) -> str:
    return f"{value:.2f}".removeprefix("0")


def ask_set(each: AnswerSet, threshold: float, progress: bool) -> list[Outcome]:
    """Ask every question of a set, those of its library without their article too."""
    outcomes = each.corpus.ask(each.cases, threshold, progress)
    return outcomes + each.corpus.ask_without(each.without, threshold, progress)


def table(name: str, outcomes: Sequence[Outcome], figures: Figures) -> str:
    """Write the table of a set in Markdown."""
    head = (
        f"### {name}: {figures.answerable} answerable, {figures.unanswerable} to be refused\n\n"
        "| | as shown | unfiltered | bar | met |\n| --- | --- | --- | --- | --- |"
    )
    return "\n".join([head, *map(str, rows_of(outcomes, figures))]) + "\n"


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the command line, measure, print each table as soon as it is known."""
    options = _parser().parse_args(arguments)
    threshold = Settings.from_environ().min_confidence
    with tempfile.TemporaryDirectory() as temporary:
        for each in _sets(options, options.work or Path(temporary)):
            outcomes = ask_set(each, threshold, sys.stderr.isatty())
            figures = measure(outcomes, K, threshold)
            if options.json:
                print(json.dumps({"set": each.name, **figures.to_dict()}), flush=True)
                continue
            print(table(each.name, outcomes, figures), flush=True)
            if options.misses:
                print(render_misses(figures, options.misses), flush=True)


def _sets(options: argparse.Namespace, folder: Path) -> Iterator[AnswerSet]:
    names = options.sets
    if "answers" in names or "piaf" in names:
        found = piaf_sets(options.data, options.split, options.half, options.first, folder)
        yield from (each for each in found if each.name.split()[0].strip(",").lower() in names)
    if "squad" in names:
        yield from squad_sets(options.data, options.split, options.first, folder)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.answers",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--data",
        type=Path,
        required=True,
        help="folder of the public data sets; benchmarks/README.md says where they come from",
    )
    parser.add_argument("--split", choices=get_args(Split)[1:], default="test")
    parser.add_argument(
        "--half",
        choices=get_args(Half),
        help="half of the answer cases, by article: choose on dev, report on test (both)",
    )
    parser.add_argument(
        "--sets",
        nargs="+",
        choices=("answers", "piaf", "squad"),
        default=("answers", "piaf", "squad"),
    )
    parser.add_argument(
        "--first",
        type=int,
        default=MOST,
        metavar="N",
        help=f"questions of each kind, at most ({MOST})",
    )
    parser.add_argument("--work", type=Path, metavar="DIR", help="where built indexes are kept")
    parser.add_argument("--misses", type=int, default=0, metavar="N", help="list the N worst (0)")
    parser.add_argument("--json", action="store_true", help="a line of JSON a set, misses too")
    return parser


if __name__ == "__main__":
    main()
