"""Hits → the same hits, the best of them in the order that the reader prefers.

Re-ranking a few passages with a cross-encoder is the usual last step of retrieval (Nogueira & Cho
2019, "Passage Re-ranking with BERT"). Here its say is small: it breaks near-ties of the fusion.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import replace

from rag.datamodels import Hit
from rag.evidence import Evidence, to_probability

SHARE = 0.1
"""What the best sentence's probability adds to a passage's score, chosen on development articles:
0, 0.05, 0.1, 0.2 and 0.3 put the right passage first for .83, .84, .85, .83 and .81 of 150
questions of PIAF, and for .91, .91, .93, .93 and .93 of 150 of SQuAD."""


def rerank(hits: Sequence[Hit], evidence: Iterable[Evidence]) -> list[Hit]:
    """Order hits anew by what was read of them.

    Args:
        hits: Best first.
        evidence: Sentences of the first of them, read; what was not read changes nothing.

    Returns:
        The same hits, each that was read with its ``reading`` and a score that counts it.
    """
    best: dict[int, float] = {}
    for each in evidence:
        if each.reading is not None:
            passage = each.sentence.passage_id
            best[passage] = max(best.get(passage, -math.inf), each.reading)
    read = [_read(hit, best[hit.passage.id]) if hit.passage.id in best else hit for hit in hits]
    return sorted(read, key=lambda hit: -round(hit.score, 6))


def _read(hit: Hit, log_odds: float) -> Hit:
    reading = to_probability(log_odds)
    return replace(hit, score=hit.score + SHARE * reading, reading=reading)
