"""Which articles are trained on, chosen on and reported: one split, kept by everyone.

The split is by article, so that no passage of a measured article was ever seen in training
(the same idea as the development split of SQuAD, Rajpurkar et al. 2016): see `split_of`.
"""

from __future__ import annotations

import hashlib
from typing import Literal

Split = Literal["train", "dev", "test"]
PIAF_PERCENTS = (10, 20)
"""PIAF (480 articles): hashes below the first are test, below the second dev, the rest train."""
SQUAD_PERCENTS = (20, 30)
"""SQuAD 2.0 dev has 35 articles only, so its test share is doubled."""


def split_of(
    title: str,
    reserved: frozenset[str] = frozenset(),
    percents: tuple[int, int] = PIAF_PERCENTS,
) -> Split:
    """Return the split of an article, from nothing but its title.

    Args:
        title: Title of the article.
        reserved: Titles that are always "test", whatever their hash.
        percents: Upper bounds (out of 100, exclusive) of the hashes of "test" and of "dev".
    """
    bucket = int(hashlib.sha256(title.encode("utf-8")).hexdigest(), 16) % 100
    if title in reserved or bucket < percents[0]:
        return "test"
    return "dev" if bucket < percents[1] else "train"
