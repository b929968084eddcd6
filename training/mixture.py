"""Which task each step is drawn from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np

from benchmarks.datasets import law_sections, parallel_passages, parallel_sentences, piaf, squad
from training.encoder import Encoder
from training.parallel import choose
from training.questions import prepare
from training.tasks import Distil, Task, cloze_task, law_task

DISTILLATION_SHARES: dict[str, float] = {"sentences": 0.65, "questions": 0.25, "passages": 0.10}
"""Shares of the steps while a model made from the teacher learns French."""

SHARES: dict[str, float] = {
    "sentences": 0.27,
    "questions": 0.15,
    "passages": 0.10,
    "piaf_passage": 0.13,
    "piaf_sentence": 0.12,
    "squad_passage": 0.06,
    "squad_sentence": 0.05,
    "law": 0.05,
    "cloze": 0.07,
}
"""Shares while it learns to retrieve; distillation keeps half of all, against forgetting."""


@dataclass(frozen=True)
class Mixture:
    """Tasks with their shares, and the seeded order in which steps draw from them."""

    tasks: Mapping[str, Task]
    shares: Mapping[str, float]
    seed: int

    def draws(self, steps: int) -> list[tuple[str, int]]:
        """Return, for each step, the task's name and the number of its batch.

        A longer list starts with the shorter one, so more steps can be added later.
        """
        names = list(self.shares)
        weights = np.array([self.shares[name] for name in names])
        bounds = np.cumsum(weights / weights.sum())
        uniform = np.random.default_rng(self.seed).random(steps)
        picks = np.minimum(np.searchsorted(bounds, uniform, side="right"), len(names) - 1)
        numbers: Counter[str] = Counter()
        out = []
        for pick in picks:
            out.append((names[pick], numbers[names[pick]]))
            numbers[names[pick]] += 1
        return out


def distillation_mixture(data: Path, seed: int, most: int | None = None) -> Mixture:
    """Build the three distillation tasks.

    Args:
        data: The data folder.
        seed: Seeds every draw.
        most: Pairs read of each file; all when absent.
    """
    statements, questions = choose(islice(parallel_sentences(data), most))
    passages = list(islice(parallel_passages(data), most))
    tasks: dict[str, Task] = {
        "sentences": Distil(statements, 128, seed + 1),
        "questions": Distil(questions, 192, seed + 2),
        "passages": Distil(passages, 32, seed + 3),
    }
    return Mixture(tasks, DISTILLATION_SHARES, seed)


def retrieval_mixture(data: Path, model: Encoder, seed: int, most: int | None = None) -> Mixture:
    """Build every task; hard negatives are mined with the starting model.

    Args:
        data: The data folder.
        model: The model that training starts from.
        seed: Seeds every draw.
        most: Items read of each file; all when absent.
    """
    french = prepare(piaf(data, "train").first(most), "french", model)
    english = prepare(squad(data, "train").first(most), "english", model)
    tasks: dict[str, Task] = {
        **distillation_mixture(data, seed, most).tasks,
        "piaf_passage": french.passage_task(24, seed + 4),
        "piaf_sentence": french.sentence_task(48, seed + 5),
        "squad_passage": english.passage_task(24, seed + 6),
        "squad_sentence": english.sentence_task(48, seed + 7),
        "law": law_task(law_sections(data)[:most], 32, seed + 8),
        "cloze": cloze_task(list(islice(parallel_passages(data), most or 20_000)), 24, seed + 9),
    }
    return Mixture(tasks, SHARES, seed)
