"""Question → Hits: dense at two grains and lexical, fused.

The dense score of a passage is the mean of two cosines: with the passage, and
with its best sentence. The lexical score is its BM25 on stems, as a share of the
most that any passage could reach. Both are absolute: they do not depend on what
other articles say, and a question whose words the library does not hold (asked in
another language, say) leans on the dense side by itself. Half of a passage's score
is that of the article around it, which names people and things once and calls them
"he" and "it" afterwards.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from rag.datamodels import Hit
from rag.store import Snapshot

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Share of the lexical score, chosen on questions of development articles, most of them in other
# words than the articles'; benchmarks/README.md has the table.
LEXICAL_WEIGHT = 0.4

# Share of the article's score. For questions in other words on press articles it puts a right
# passage first for .37 (French) and .39 (English) in place of .35 and .37, and among the first five
# for .80 and .87 in place of .64 and .72; on PIAF and SQuAD it changes a point or two either way.
ARTICLE_WEIGHT = 0.5

# How many passages before and after one count as its article: a whole book holds every word.
REACH = 5

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
        documents: Ids of the documents that may be found, however few; None for all.

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
    article = _score_surroundings(snapshot, words, ids, dense, lexical_weight)
    scores = (1 - ARTICLE_WEIGHT) * fused + ARTICLE_WEIGHT * article
    best = np.argsort(-scores, kind="stable")[: k + _TIES]
    dense_ranks, lexical_ranks = _ranks(dense), np.where(bm25 > 0, _ranks(bm25), 0)
    hits = [
        Hit(
            passage,
            score=float(scores[i]),
            dense=float(dense[i]),
            lexical=float(bm25[i]),
            dense_rank=int(dense_ranks[i]),
            lexical_rank=int(lexical_ranks[i]),
        )
        for i, passage in zip(best, snapshot.passages([ids[i] for i in best]), strict=True)
    ]
    hits.sort(key=lambda h: (-round(h.score, 6), h.passage.document_id, h.passage.start))
    return hits[:k]


def _score_surroundings(
    snapshot: Snapshot,
    words: Sequence[Mapping[str, float]],
    ids: Sequence[int],
    dense: NDArray[np.float64],
    lexical_weight: float,
) -> NDArray[np.float64]:
    """Return ``(n,) float64``: for each passage the score of its article around it.

    It is the best dense score of a passage there, and the share of the question's words, weighted
    by rarity, that are held anywhere there.

    Args:
        snapshot: Where the passages are.
        words: The question's words.
        ids: The passages.
        dense: ``(n,) float64``, their dense scores.
        lexical_weight: As for `retrieve`.
    """
    places = snapshot.places(ids)
    _, article = np.unique([place.document_id for place in places], return_inverse=True)
    number = np.array([place.number for place in places])
    around = (article[:, None] == article) & (abs(number[:, None] - number) <= REACH)
    nearest: NDArray[np.float64] = np.where(around, dense, -1.0).max(axis=1)
    rarity = np.array(snapshot.rarity(words))
    held = snapshot.words_near(words, ids, REACH)
    coverage: NDArray[np.float64] = held @ rarity / max(float(rarity.sum()), 1e-9)
    return (1 - lexical_weight) * nearest + lexical_weight * coverage


def _ranks(scores: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return the place of each score, from 1 for the largest; equal scores share one."""
    rounded = -np.round(scores, 6)
    return np.searchsorted(np.sort(rounded), rounded).astype(np.int64) + 1
