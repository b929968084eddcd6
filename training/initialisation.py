"""A new French word starts where its English translations are.

The idea of WECHSEL (Minixhofer et al. 2022), with the translation table of IBM Model 1 in place of
aligned word vectors: no gradient step yet, and bitext retrieval already works.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

TRANSLATIONS = 6
"""Translations averaged for one word."""


def initial_rows(
    words: list[str],
    translations: dict[str, list[tuple[str, float]]],
    tokenizer: Tokenizer,
    embeddings: NDArray[np.float32],
) -> NDArray[np.float32]:
    """Return the embeddings of new words, `(len(words), dim) float32`.

    Args:
        words: The new words.
        translations: English words of each French word, with p(English | French).
        tokenizer: The teacher's tokenizer.
        embeddings: `(vocabulary, dim) float32`, the teacher's word embeddings.
    """
    tokenizer.no_padding()
    tokenizer.no_truncation()

    def of(word: str) -> NDArray[np.float32]:
        ids = tokenizer.encode(word, add_special_tokens=False).ids
        return np.asarray(embeddings[ids].mean(axis=0), np.float32)

    rows = np.zeros((len(words), embeddings.shape[1]), np.float32)
    for i, word in enumerate(words):
        best = translations.get(word, [])[:TRANSLATIONS]
        if not best:  # nothing known: the mean of the pieces it was cut into until now
            rows[i] = of(word)
            continue
        weights = np.array([p for _, p in best], np.float32)
        rows[i] = (weights / weights.sum()) @ np.stack([of(english) for english, _ in best])
    return rows
