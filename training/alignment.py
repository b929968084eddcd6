"""Which word translates which: IBM Model 1 in numpy.

Brown et al. 1993, "The mathematics of statistical machine translation", section 4.1. Expectation
maximisation over every pair of words that stand in one pair of sentences; word order plays no
part, which is why it is fast, and why the likelihood has no local maxima.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

NULL = ""
"""The empty source word, which explains target words that translate nothing."""

ITERATIONS = 6
"""Rounds of expectation maximisation; the table hardly moves after five."""


@dataclass(frozen=True)
class Translations:
    """A sparse table of p(target | source).

    Attributes:
        sources: Source words, by number; the first is `NULL`.
        targets: Target words, by number.
        source: `(n,) int32`, the source word of each entry, in ascending order.
        target: `(n,) int32`, the target word of each entry.
        probability: `(n,) float64`; the entries of one source word sum to 1.
    """

    sources: tuple[str, ...]
    targets: tuple[str, ...]
    source: NDArray[np.int32]
    target: NDArray[np.int32]
    probability: NDArray[np.float64]

    def best(self, least: float, most: int) -> dict[str, list[tuple[str, float]]]:
        """Return for each source word its likeliest targets, likeliest first.

        Args:
            least: Probability below which an entry is left out.
            most: Entries kept for one word.
        """
        kept = np.flatnonzero(self.probability >= least)
        order = kept[np.lexsort((-self.probability[kept], self.source[kept]))]
        out: dict[str, list[tuple[str, float]]] = {}
        for i in order:
            entries = out.setdefault(self.sources[self.source[i]], [])
            if len(entries) < most:
                entries.append((self.targets[self.target[i]], float(self.probability[i])))
        out.pop(NULL, None)
        return out


def align(
    pairs: Iterable[tuple[Sequence[str], Sequence[str]]],
    *,
    at_least: int = 1,
    iterations: int = ITERATIONS,
) -> Translations:
    """Estimate p(target word | source word) from pairs of sentences.

    Args:
        pairs: Source words and target words of each pair.
        at_least: Rarer words, on either side, are left out.
        iterations: Rounds of expectation maximisation.
    """
    listed = [pair for pair in pairs if pair[0] and pair[1]]
    sources, source_rows = _numbered([pair[0] for pair in listed], at_least, (NULL,))
    targets, target_rows = _numbered([pair[1] for pair in listed], at_least, ())
    source_rows = [[0, *row] for row in source_rows]
    cell_source, cell_target, starts = _cells(source_rows, target_rows)
    keys = cell_source.astype(np.int64) * len(targets) + cell_target
    entries, cell = np.unique(keys, return_inverse=True)
    del keys, cell_target, cell_source
    source = (entries // len(targets)).astype(np.int32)
    target = (entries % len(targets)).astype(np.int32)
    widths = np.diff(np.append(starts, len(cell)))
    probability = np.ones(len(entries)) / np.bincount(source)[source]
    for _ in range(iterations):
        weight = probability[cell]
        weight /= np.repeat(np.add.reduceat(weight, starts), widths)
        counts = np.bincount(cell, weights=weight, minlength=len(entries))
        probability = counts / np.bincount(source, weights=counts)[source]
    return Translations(sources, targets, source, target, probability)


def _numbered(
    rows: Sequence[Sequence[str]], at_least: int, first: tuple[str, ...]
) -> tuple[tuple[str, ...], list[list[int]]]:
    """Number the words that are frequent enough, most frequent first, after those in `first`."""
    counts = Counter(word for row in rows for word in row)
    ranked = sorted((-n, word) for word, n in counts.items() if n >= at_least)
    names = first + tuple(word for _, word in ranked)
    ids = {word: i for i, word in enumerate(names)}
    return names, [[ids[word] for word in row if word in ids] for row in rows]


def _cells(
    sources: list[list[int]], targets: list[list[int]]
) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.int64]]:
    """Lay out every (source, target) word pair of every sentence pair.

    Returns:
        The source word and the target word of each cell, and where the cells of each target token
        start; each `(n,)`.
    """
    lengths = np.array([len(row) for row in sources])
    first = np.concatenate(([0], np.cumsum(lengths)[:-1]))
    flat = np.fromiter((w for row in sources for w in row), np.int32)
    tokens = np.fromiter((w for row in targets for w in row), np.int32)
    owner = np.repeat(np.arange(len(targets)), [len(row) for row in targets])
    widths = lengths[owner]
    starts = np.concatenate(([0], np.cumsum(widths)[:-1]))
    within = np.arange(int(widths.sum())) - np.repeat(starts, widths)
    return flat[np.repeat(first[owner], widths) + within], np.repeat(tokens, widths), starts
