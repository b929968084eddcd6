"""Figures → the lines a person reads."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from rag.evaluation.figures import Figures, Miss

MOST_MISSES = 20
WIDTH = 100  # characters

_QUOTING = (
    ("a gold sentence is quoted", "right"),
    ("the first quote holds one", "first"),
    ("the most probable quote holds one", "likeliest"),
    ("precision of the sentences quoted", "precision"),
    ("recall of the gold sentences", "recall"),
    ("F1", "f1"),
    ("recall, several gold sentences", "several"),
)


def render(figures: Figures, most: int = MOST_MISSES) -> str:
    """Write the figures as plain text, ending in a line break.

    Args:
        figures: What was measured.
        most: How many misses are listed; the JSON form has all.
    """
    lines = [
        f"{_count(figures.answerable + figures.unanswerable, 'question')}: "
        f"{figures.answerable} with an answer, {figures.unanswerable} without",
        "Means over questions; in brackets, 95 % of bootstrap resamples.",
        *_retrieval(figures),
        *_quoting(figures),
        *_answered(figures),
        *_confidence(figures),
    ]
    return "\n".join(lines) + "\n" + render_misses(figures, most)


def render_misses(figures: Figures, most: int = MOST_MISSES) -> str:
    """Write the worst misses as plain text, with what was quoted instead."""
    return "\n".join(_misses(figures.misses, most)) + "\n"


def _retrieval(figures: Figures) -> Iterator[str]:
    if figures.retrieval:
        yield "\nGold sentences among the first passages"
        for name, share in figures.retrieval.items():
            yield f"  {name:<36}{share}"


def _quoting(figures: Figures) -> Iterator[str]:
    shown, unfiltered = figures.shown, figures.unfiltered
    if not shown or not unfiltered:
        return
    yield f"\n{'Quotes, where there is an answer':<38}{'as shown':<18}if nothing were refused"
    for label, name in _QUOTING:
        cells = [getattr(quoting, name) for quoting in (shown, unfiltered)]
        if None not in cells:
            yield f"  {label:<36}{cells[0]!s:<18}{cells[1]!s}"
    yield _number("quotes, where there are any", shown.quotes, unfiltered.quotes)
    yield _number("sentences in them", shown.sentences, unfiltered.sentences)


def _number(label: str, shown: float, unfiltered: float) -> str:
    return f"  {label:<36}{shown:<18.1f}{unfiltered:.1f}"


def _answered(figures: Figures) -> Iterator[str]:
    yield f"\nAnswered at confidence {figures.threshold:.2f} or more"
    for kind in figures.kinds:
        wanted = "" if kind.answerable else ", to be refused"
        label = f"{kind.kind} ({kind.cases}{wanted})"
        yield f"  {label:<36}{kind.answered}"


def _confidence(figures: Figures) -> Iterator[str]:
    if figures.auroc:
        yield "\nConfidence tells answerable from unanswerable (AUROC)"
        for kind, area in figures.auroc.items():
            yield f"  {kind:<36}{area}"
    yield f"\nAnswering the most confident first: mean risk {figures.risk.area:.3f}"
    yield "  answered   wrong among them   least confidence"
    for point in figures.risk.points:
        yield f"  {point.coverage:<11.2f}{point.risk:<19.2f}{point.confidence:.2f}"
    yield f"\nConfidence against right answers: calibration error {figures.calibration.error:.3f}"
    yield "  confidence   questions   mean   right"
    for each in figures.calibration.bins:
        if each.cases:
            bounds = f"{each.low:.1f} to {each.high:.1f}"
            yield f"  {bounds:<13}{each.cases:<12}{each.confidence:<7.2f}{each.correct:.2f}"


def _misses(misses: tuple[Miss, ...], most: int) -> Iterator[str]:
    listed = f", the {most} worst" if len(misses) > most else ""
    yield f"\n{_count(len(misses), 'miss', 'misses')}{listed}"
    for miss in misses[:most]:
        fate = "answered" if miss.answered else "refused"
        yield f"\n  {_one_line(miss.id)}, {_one_line(miss.kind)}: {fate} at {miss.confidence:.2f}"
        yield _paragraph("asked     ", miss.question)
        yield from (_paragraph("expected  ", words) for words in miss.expected or ("no answer",))
        label = "quoted    " if miss.answered else "held back "
        yield from (_paragraph(label, words) for words in miss.quoted or ("nothing",))


def _paragraph(label: str, words: str) -> str:
    first = "  " + label
    return textwrap.fill(
        _one_line(words),
        WIDTH,
        initial_indent=first,
        subsequent_indent=" " * len(first),
        break_long_words=False,
        break_on_hyphens=False,
    )


def _one_line(words: str) -> str:
    return " ".join(words.split())


def _count(number: int, one: str, many: str = "") -> str:
    return f"{number} {one if number == 1 else many or one + 's'}"
