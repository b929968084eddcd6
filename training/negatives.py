"""Hard negatives: texts that look like the answer to BM25 or to the model, and are not.

As in DPR (Karpukhin et al. 2020) the candidates come from BM25, and as in ANCE (Xiong et al.
2021) from the model itself. A candidate nearly as near as the true text may well answer too, so it
is left out when its cosine exceeds 95 % of the true one's ("TopK-PercPos", Moreira et al. 2024).
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence

import numpy as np
import Stemmer
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

_WORD = re.compile(r"[^\W_]+")
K1, B = 1.2, 0.75
"""BM25's usual constants (Robertson & Zaragoza 2009)."""

POSITIVE_SHARE = 0.95


def bm25_scores(queries: Sequence[str], texts: Sequence[str], language: str) -> csr_matrix:
    """Return BM25 scores, `(queries, texts) float32`, of stemmed words without accents.

    Args:
        queries: Questions.
        texts: The pool.
        language: Snowball's name of the language of both, "french" or "english".
    """
    stem = Stemmer.Stemmer(language)
    pool = [Counter(stem.stemWords(_words(text))) for text in texts]
    ids = {word: i for i, word in enumerate(sorted({w for counts in pool for w in counts}))}
    lengths = np.array([sum(counts.values()) for counts in pool], np.float32)
    norms = K1 * (1 - B + B * lengths / lengths.mean())
    found = Counter(word for counts in pool for word in counts)
    rows, cols, values = [], [], []
    for i, counts in enumerate(pool):
        for word, n in counts.items():
            idf = np.log(1 + (len(pool) - found[word] + 0.5) / (found[word] + 0.5))
            rows.append(i)
            cols.append(ids[word])
            values.append(idf * n * (K1 + 1) / (n + norms[i]))
    weights = csr_matrix((values, (rows, cols)), (len(pool), len(ids)), dtype=np.float32)
    asked = [{ids[w] for w in stem.stemWords(_words(q)) if w in ids} for q in queries]
    pointers = np.cumsum([0, *map(len, asked)])
    columns = np.array([w for words in asked for w in sorted(words)], np.int64)
    ones = np.ones(len(columns), np.float32)
    return csr_matrix((ones, columns, pointers), (len(queries), len(ids))) @ weights.T


def mine(
    dense: NDArray[np.float32],
    lexical: NDArray[np.float32],
    positives: NDArray[np.int64],
    banned: Sequence[frozenset[int]],
    k: int = 8,
) -> list[list[int]]:
    """Return up to 2k hard negatives for each question, nearest first in each half.

    Args:
        dense: `(questions, texts) float32`, the model's cosines.
        lexical: `(questions, texts) float32`, BM25 scores.
        positives: `(questions,) int64`, the text that answers each question.
        banned: For each question, texts that may answer it too.
        k: How many from each of the two rankings.
    """
    out: list[list[int]] = []
    for i, positive in enumerate(positives):
        limit = POSITIVE_SHARE * float(dense[i, positive])
        chosen: list[int] = []
        for scores in (dense[i], lexical[i]):
            top = np.argsort(-scores, kind="stable")[: 6 * k]
            good = [
                int(j) for j in top if j != positive and j not in banned[i] and dense[i, j] <= limit
            ]
            chosen += [j for j in good[:k] if j not in chosen]
        out.append(chosen)
    return out


def _words(text: str) -> list[str]:
    plain = unicodedata.normalize("NFD", text.lower())
    return _WORD.findall("".join(c for c in plain if not unicodedata.combining(c)))
