"""Parallel text, balanced: no one source, and no parliament, may drown the others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from benchmarks.datasets import Pair

QUOTAS: dict[str, int] = {
    "europarl": 60_000,
    "hansard": 50_000,
    "tatoeba": 20_000,
    "canada_laws": 8_000,
}
"""Statements at most of the large sources."""

OTHER_QUOTA = 4_000
"""Statements at most of any other source; most are smaller, and used whole."""


def choose(pairs: Iterable[Pair]) -> tuple[list[Pair], list[Pair]]:
    """Return statements, balanced by source, and every question pair, each in the given order."""
    taken: Counter[str] = Counter()
    statements: list[Pair] = []
    questions: list[Pair] = []
    for pair in pairs:
        if pair.english.endswith("?"):
            questions.append(pair)
        elif taken[pair.source] < QUOTAS.get(pair.source, OTHER_QUOTA):
            taken[pair.source] += 1
            statements.append(pair)
    return statements, questions
