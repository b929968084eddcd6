"""The words of one state of a local index: which passages hold them, and how rare they are."""

from __future__ import annotations

import math
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from rag.stores.local_query import select_in

if TYPE_CHECKING:
    from numpy.typing import NDArray

# BM25 as in Robertson & Zaragoza, "The Probabilistic Relevance Framework" (2009), with the
# usual constants and an idf that stays positive (Lucene's).
K1, B = 1.2, 0.75

_HOLDERS = "SELECT doc, count(*) FROM postings WHERE term = ? GROUP BY doc"


def stem_key(stem: str) -> str:
    """Write a stem so that FTS5's ASCII tokenizer keeps it whole, whatever its script."""
    if stem.isascii() and stem.isalnum():
        return stem
    return "x" + stem.encode().hex()


class LocalWords:
    """Looks words up in an open read transaction, each stem once.

    Args:
        db: Connection with the transaction.
        passages: How many passages there are.
        mean_length: How many words a passage has on average.
    """

    def __init__(self, db: sqlite3.Connection, passages: int, mean_length: float) -> None:
        self._db = db
        self._passages = passages
        self._mean_length = mean_length
        self._looked_up: dict[str, dict[int, int]] = {}

    def score(
        self,
        words: Sequence[Mapping[str, float]],
        admitted: NDArray[np.bool_] | None,
        mean_length: float | None,
    ) -> dict[int, float]:
        """Return the BM25 of passages that hold a word, as a share of the most possible.

        Args:
            words: The words.
            admitted: ``(n,) bool``, whether the passage ``i`` may be found, under ``2 i``; None
                for all.
            mean_length: What a passage's length is compared to; the index's own when absent.
        """
        counts: list[dict[int, float]] = [self._occurrences(word) for word in words]
        rarity = [self._idf(count) for count in counts]
        if admitted is not None:
            counts = [{i: n for i, n in count.items() if admitted[2 * i]} for count in counts]
        lengths = self._lengths({passage for count in counts for passage in count})
        mean = self._mean_length if mean_length is None else mean_length
        scores: dict[int, float] = defaultdict(float)
        for count, idf in zip(counts, rarity, strict=True):
            for passage, n in count.items():
                length = 1 - B + B * lengths[passage] / mean
                scores[passage] += idf * n / (n + K1 * length) / sum(rarity)
        return dict(scores)

    def held_between(
        self,
        words: Sequence[Mapping[str, float]],
        first: NDArray[np.int64],
        last: NDArray[np.int64],
    ) -> NDArray[np.float64]:
        """Return ``(n, words) float64``: how well passages of ids ``first`` to ``last`` hold each.

        Args:
            words: The words.
            first: ``(n,) int64``.
            last: ``(n,) int64``, included.
        """
        held = np.zeros((len(first), len(words)))
        for number, word in enumerate(words):
            for stem, weight in word.items():
                holders = np.array(sorted(self._holders(stem)), dtype=np.int64)
                some = np.searchsorted(holders, last, "right") > np.searchsorted(holders, first)
                held[some, number] = np.maximum(held[some, number], weight)
        return held

    def rarity(self, words: Sequence[Mapping[str, float]]) -> list[float]:
        """Return each word's inverse document frequency, highest for words nowhere found."""
        return [self._idf(self._occurrences(word)) for word in words]

    def _occurrences(self, word: Mapping[str, float]) -> dict[int, float]:
        counts: dict[int, float] = defaultdict(float)
        for stem, weight in word.items():
            for passage, n in self._holders(stem).items():
                counts[passage] += weight * n
        return counts

    def _holders(self, stem: str) -> dict[int, int]:
        """Return how often each passage that holds a stem does; looked up once a snapshot."""
        if stem not in self._looked_up:
            self._looked_up[stem] = dict(self._db.execute(_HOLDERS, (stem_key(stem),)).fetchall())
        return self._looked_up[stem]

    def _idf(self, counts: Mapping[int, float]) -> float:
        """Weigh a word by its rarity; a passage that holds it by half counts half."""
        frequency = math.fsum(min(1.0, n) for n in counts.values())  # in any order, the same
        return math.log(1 + (self._passages - frequency + 0.5) / (frequency + 0.5))

    def _lengths(self, passage_ids: Iterable[int]) -> dict[int, int]:
        return dict(
            select_in(self._db, "SELECT id, words FROM passages", "id", sorted(passage_ids))
        )
