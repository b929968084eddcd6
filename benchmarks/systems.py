"""What is compared: words alone, vectors alone, and the product as it ships."""

from __future__ import annotations

import re
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.metrics import Ranks
from rag.library import Library
from rag.segmenter import find_sentences
from rag.words import analyse, detect_language, question_words

Scores = NDArray[np.float32]
Weighted = Mapping[str, float]

K1, B = 1.2, 0.75
"""BM25's usual constants (Robertson & Zaragoza 2009)."""

DEPTH = 100
"""Passages asked of the product; a text not among them gets the rank after the last."""

_RAW = re.compile(r"\w+")


def raw_tokens(text: str) -> list[str]:
    """Cut a text as tutorials do: lower case, runs of word characters."""
    return _RAW.findall(text.lower())


def raw_bm25(texts: Sequence[str], questions: Sequence[str]) -> Scores:
    """Score by BM25 on raw tokens, `(questions, texts) float32`."""
    asked = [[{word: 1.0} for word in set(raw_tokens(question))] for question in questions]
    return bm25([raw_tokens(text) for text in texts], asked)


def our_bm25(texts: Sequence[str], questions: Sequence[str]) -> Scores:
    """Score by BM25 on the product's stems and its words of a question."""
    stems = [analyse(text, detect_language(text)) for text in texts]
    return bm25(stems, [question_words(question) for question in questions])


def bm25(texts: Sequence[Sequence[str]], questions: Iterable[Sequence[Weighted]]) -> Scores:
    """Score by BM25, as a share of the most that any text could reach: the product's formula.

    Args:
        texts: The tokens of each text.
        questions: For each question its words, each a mapping of tokens to weights: the word's
            count in a text is the weighted sum of theirs (Darwish & Oard 2003).
    """
    lengths = np.array([len(text) for text in texts], np.float32)
    norms = K1 * (1 - B + B * lengths / lengths.mean())
    counts: dict[str, dict[int, int]] = {}
    for i, text in enumerate(texts):
        for token, n in Counter(text).items():
            counts.setdefault(token, {})[i] = n
    rows = []
    for question in questions:
        row, most = np.zeros(len(texts), np.float32), 1e-9
        for word in question:
            scores, idf = _word_scores(word, counts, norms)
            row += scores
            most += idf
        rows.append(row / most)
    return np.stack(rows)


def _word_scores(
    word: Weighted, counts: Mapping[str, Mapping[int, int]], norms: NDArray[np.float32]
) -> tuple[NDArray[np.float32], float]:
    """Return one word's share of every text's score, and its rarity."""
    frequency = np.zeros(len(norms), np.float32)
    for token, weight in word.items():
        for i, n in counts.get(token, {}).items():
            frequency[i] += weight * n
    within = float(np.minimum(frequency, 1.0).sum())
    idf = float(np.log1p((len(norms) - within + 0.5) / (within + 0.5)))
    scores: NDArray[np.float32] = idf * frequency / (frequency + norms)
    return scores, idf


@dataclass(frozen=True)
class Dense:
    """A sentence-transformers model: passage vectors, and vectors of their sentences."""

    name: str
    encode: Callable[[Sequence[str]], NDArray[np.float32]]
    encode_questions: Callable[[Sequence[str]], NDArray[np.float32]]
    pools: dict[tuple[str, ...], tuple[NDArray[np.float32], ...]] = field(default_factory=dict)

    @classmethod
    def load(cls, name: str, folder: str) -> Dense:
        """Load a model from a folder or from the local cache; prompts are honoured."""
        from sentence_transformers import SentenceTransformer

        model = SentenceTransformer(folder, device="cpu", local_files_only=True)
        options: dict[str, Any] = {
            "normalize_embeddings": True,
            "batch_size": 64,
            "show_progress_bar": False,
        }
        return cls(
            name,
            lambda texts: model.encode_document(list(texts), **options),
            lambda texts: model.encode_query(list(texts), **options),
        )

    def grains(self, texts: Sequence[str], questions: Sequence[str]) -> dict[str, Scores]:
        """Score by the passage, by its best sentence, and by the mean of both."""
        asked = self.encode_questions(questions)
        passages, sentences, starts = self._pool(tuple(texts))
        passage = asked @ passages.T
        sentence = np.maximum.reduceat(asked @ sentences.T, starts, axis=1)
        return {"passage": passage, "sentence": sentence, "both": (passage + sentence) / 2}

    def _pool(self, texts: tuple[str, ...]) -> tuple[NDArray[Any], ...]:
        """Return the vectors of passages and of sentences, and where each passage's start."""
        if texts not in self.pools:  # several question sets are asked of one pool
            pieces = [[text[a:b] for a, b in find_sentences(text)] or [text] for text in texts]
            starts = np.cumsum([0, *map(len, pieces)])[:-1]
            flat = [piece for row in pieces for piece in row]
            self.pools[texts] = (self.encode(texts), self.encode(flat), starts)
        return self.pools[texts]

    def speed(self, texts: Sequence[str]) -> float:
        """Return texts encoded a second of processor time, which other programs do not disturb."""
        self.encode(texts[:8])
        started = time.process_time()
        self.encode(texts)
        return len(texts) / (time.process_time() - started)


def fuse(dense: Scores, lexical: Scores, weight: float) -> Scores:
    """Fuse as the product does; `weight` is the share of the lexical side, from 0 to 1."""
    out: Scores = (1 - weight) * dense + weight * lexical
    return out


class Product:
    """The library itself, each text of the pool an article.

    Args:
        model: Name or folder of the embedding model.
        texts: The pool.
    """

    def __init__(self, model: str, texts: Sequence[str]) -> None:
        self.texts = tuple(texts)
        self._folder = tempfile.TemporaryDirectory()
        articles = Path(self._folder.name) / "articles"
        articles.mkdir()
        for i, text in enumerate(texts):
            (articles / f"{i:06d}.txt").write_text(text, "utf-8", newline="")
        self.library = Library.build([articles], Path(self._folder.name) / "index", model=model)
        # The same text twice is one document: both stand for it.
        self._first = {text: i for i, text in reversed(list(enumerate(texts)))}
        documents = self.library.documents()
        self._number = {d.id: self._first[texts[int(Path(d.path).stem)]] for d in documents}

    def ranks(self, questions: Sequence[str], gold: NDArray[np.int64]) -> Ranks:
        """Rank the texts by the best of their passages; what is not found comes last.

        Args:
            questions: What is asked.
            gold: `(questions,) int64`, the text that answers.
        """
        ranks = []
        for question, i in zip(questions, gold, strict=True):
            hits = self.library.retrieve(question, DEPTH)
            found = list(dict.fromkeys(self._number[hit.passage.document_id] for hit in hits))
            right = self._first[self.texts[i]]
            ranks.append(found.index(right) + 1 if right in found else len(self.texts))
        return np.array(ranks, np.int64)

    def close(self) -> None:
        """Delete the index."""
        self._folder.cleanup()
