"""Question → Hits: dense at two grains and lexical, fused.

The dense score of a passage is the mean of two cosines: with the passage, and
with its best sentence. The lexical score is its BM25 on stems, as a share of the
most that any passage could reach. Both are absolute, so that a passage scores the
same whatever stands beside it, and a question whose words the library does not
hold (asked in another language, say) leans on the dense side by itself.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from rag.datamodels import Hit
from rag.store import Snapshot

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Share of the lexical score, chosen on questions of training articles (PIAF and SQuAD);
# `python -m benchmarks.retrieval --weights` prints the table, benchmarks/README.md keeps it.
LEXICAL_WEIGHT = 0.5

_NEAREST_VECTORS = 300  # passages and sentences together
_BEST_WORDS = 100  # passages
_TIES = 20  # passages read beyond k, so that a tie at the border is broken by position


def retrieve(
    snapshot: Snapshot,
    vector: NDArray[np.float32],
    words: Sequence[Mapping[str, float]],
    k: int,
    lexical_weight: float = LEXICAL_WEIGHT,
    documents: Collection[str] | None = None,
) -> list[Hit]:
    """Find the passages nearest to a question.

    Args:
        snapshot: The state of the index to search.
        vector: ``(dim,) float32``, the question's unit vector.
        words: The question's words, each a mapping of stems to weights.
        k: How many passages.
        lexical_weight: From 0 (dense alone) to 1 (lexical alone).
        documents: Ids of the documents that may be found, however few; None for all. A
            passage scores the same as among all.

    Returns:
        Up to ``k`` hits, best first; ties in order of document and position.
    """
    near = snapshot.search_vectors(vector, _NEAREST_VECTORS, documents)
    lexical = snapshot.search_words(words, documents)
    by_words = sorted(lexical, key=lambda i: (-lexical[i], i))[:_BEST_WORDS]
    known = {match.passage_id for match in near}
    near += snapshot.score_passages(vector, [i for i in by_words if i not in known])
    if not near:
        return []
    ids = [match.passage_id for match in near]
    dense = np.array([(m.passage_cosine + m.sentence_cosine) / 2 for m in near])
    bm25 = np.array([lexical.get(i, 0.0) for i in ids])
    fused = (1 - lexical_weight) * dense + lexical_weight * bm25
    best = np.argsort(-fused, kind="stable")[: k + _TIES]
    dense_ranks, lexical_ranks = _ranks(dense), np.where(bm25 > 0, _ranks(bm25), 0)
    hits = [
        Hit(
            passage,
            score=float(fused[i]),
            dense=float(dense[i]),
            lexical=float(bm25[i]),
            dense_rank=int(dense_ranks[i]),
            lexical_rank=int(lexical_ranks[i]),
        )
        for i, passage in zip(best, snapshot.passages([ids[i] for i in best]), strict=True)
    ]
    hits.sort(key=lambda h: (-round(h.score, 6), h.passage.document_id, h.passage.start))
    return hits[:k]


def _ranks(scores: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return the place of each score, from 1 for the largest."""
    ranks = np.empty(len(scores), np.int64)
    ranks[np.argsort(-scores, kind="stable")] = np.arange(1, len(scores) + 1)
    return ranks
