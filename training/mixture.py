"""Which task each step is drawn from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

import numpy as np

from benchmarks.datasets import (
    QuestionSet,
    law_sections,
    parallel_passages,
    parallel_sentences,
    piaf,
    squad,
)
from training.encoder import Encoder
from training.parallel import choose
from training.press import press
from training.questions import prepare
from training.tasks import Distil, Task, cloze_task, law_task
from training.written_questions import as_question_set

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

REFINEMENT_SHARES: dict[str, float] = {
    "press_passage": 0.20,
    "press_sentence": 0.16,
    "written_passage": 0.14,
    "written_sentence": 0.12,
    "written_squad_passage": 0.05,
    "written_squad_sentence": 0.05,
    "crossed_squad_passage": 0.05,
    "crossed_squad_sentence": 0.05,
    "piaf_passage": 0.07,
    "piaf_sentence": 0.06,
    "squad_passage": 0.03,
    "squad_sentence": 0.03,
    "sentences": 0.02,
    "questions": 0.01,
}
"""Shares while it learns from questions in other words; "crossed" are French ones on English."""

REFINEMENT_PAIRS = 60_000
"""Pairs still distilled meanwhile, against forgetting."""


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


def refinement_mixture(data: Path, model: Encoder, seed: int, most: int | None = None) -> Mixture:
    """Build the tasks of questions in other words, beside some of those learnt before.

    Args:
        data: The data folder.
        model: The model that training starts from; it mines the hard negatives.
        seed: Seeds every draw.
        most: Items read of each file; all when absent.
    """
    on_french, on_english = (load(data, "train").first(most) for load in (piaf, squad))
    sets = {
        "press": (_both(press("train", most)), "french"),
        "written": (_both(on_french), "french"),
        "written_squad": (as_question_set(on_english, "en"), "english"),
        "crossed_squad": (as_question_set(on_english, "fr"), "english"),
        "piaf": (on_french, "french"),
        "squad": (on_english, "english"),
    }
    distilled = distillation_mixture(data, seed, most or REFINEMENT_PAIRS).tasks
    tasks: dict[str, Task] = {name: distilled[name] for name in ("sentences", "questions")}
    for number, (name, (questions, language)) in enumerate(sets.items()):
        if questions.questions:
            asked = prepare(questions, language, model, crossed=name.startswith("crossed"))
            tasks[f"{name}_passage"] = asked.passage_task(24, seed + 10 + number)
            tasks[f"{name}_sentence"] = asked.sentence_task(48, seed + 20 + number)
    return Mixture(tasks, {name: REFINEMENT_SHARES[name] for name in tasks}, seed)


def _both(articles: QuestionSet) -> QuestionSet:
    """Return the written questions on articles in French, with their English versions."""
    french, english = (as_question_set(articles, language) for language in ("fr", "en"))
    pairs = zip(french.questions, english.questions, strict=True)
    return replace(french, questions=tuple(replace(q, english=other.text) for q, other in pairs))
