"""A quick look at a checkpoint on the development split: does it learn, does it forget?

The full table, with peers and intervals, is `benchmarks.retrieval`; this one is small enough to
run between checkpoints, and is what choices are made on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.datasets import Pair, QuestionSet, bitext, in_english, piaf, squad
from training.encoder import Encoder
from training.sentences import sentenced

DISTRACTORS = 300
"""Passages of the training split added to the pool of PIAF dev, which is small."""


@dataclass(frozen=True)
class Development:
    """The development sets, loaded once."""

    flores: Sequence[Pair]
    newsdiscuss: Sequence[Pair]
    piaf: QuestionSet
    squad: QuestionSet

    @classmethod
    def load(cls, data: Path) -> Development:
        """Read the sets from the data folder."""
        dev, train = piaf(data, "dev"), piaf(data, "train")
        pool = QuestionSet(dev.name, dev.contexts + train.contexts[:DISTRACTORS], dev.questions)
        news = bitext(data, "newsdiscuss")[:500]
        return cls(bitext(data, "flores"), news, pool, squad(data, "dev"))

    def measure(self, model: Encoder) -> dict[str, float]:
        """Return recalls, as shares of 1; `+s` adds the best sentence's cosine."""
        out: dict[str, float] = {}
        for name, pairs in (("flores", self.flores), ("news", self.newsdiscuss)):
            english = model.encode_all([p.english for p in pairs])
            french = model.encode_all([p.french for p in pairs])
            gold = np.arange(len(pairs))
            out[f"{name} en-fr"] = recall(english @ french.T, gold, 1)
            out[f"{name} fr-en"] = recall(french @ english.T, gold, 1)
        out |= retrieval(model, "piaf", self.piaf, in_english(self.piaf))
        return out | retrieval(model, "squad", self.squad)


def retrieval(model: Encoder, name: str, *sets: QuestionSet) -> dict[str, float]:
    """Measure question → passage by passage vector, and by passage plus best sentence.

    Args:
        model: The model.
        name: Begins each key.
        sets: Question sets over the same passages.
    """
    texts = [sentenced(c.text) for c in sets[0].contexts]
    passages = model.encode_all([t.text for t in texts], 256)
    vectors = model.encode_all([t.sentence(i) for t in texts for i in range(len(t))])
    starts = np.cumsum([0, *map(len, texts)])[:-1]
    out: dict[str, float] = {}
    for part in sets:
        label = "-en" if part.name.endswith("-en") else ""
        asked = model.encode_all([q.text for q in part.questions])
        gold = np.array([q.context for q in part.questions])
        whole = asked @ passages.T
        both = whole + np.maximum.reduceat(asked @ vectors.T, starts, axis=1)
        for k in (1, 5):
            out[f"{name}{label}@{k}"] = recall(whole, gold, k)
            out[f"{name}{label}+s@{k}"] = recall(both, gold, k)
    return out


def recall(scores: NDArray[np.float32], gold: NDArray[np.int64], k: int) -> float:
    """Return the share of rows whose gold column is among the k best.

    Args:
        scores: `(questions, texts) float32`.
        gold: `(questions,) int64`.
        k: How many count; ties count against.
    """
    own = scores[np.arange(len(gold)), gold]
    return float(((scores >= own[:, None]).sum(axis=1) <= k).mean())
