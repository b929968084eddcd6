"""What a training step learns from: batches drawn from a seed and a number, nothing else.

The n-th batch of a task depends only on the seed and on n, so a run that was killed goes on
exactly where it stopped without any saved random state.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
import torch

from benchmarks.datasets import Pair, Section
from training.encoder import Encoder
from training.losses import anchor_loss, distillation_loss, retrieval_loss
from training.sentences import Sentenced, sentenced

ENGLISH_SHARE = 8
"""One English text in eight goes through the student too, so that English is not forgotten."""

BATCH_CHARACTERS = 20_000
"""French characters in a batch of pairs: batches of long sentences hold fewer."""

LAW_CHARACTERS = 420
"""A section is shown up to here; sections run to several pages."""


class Task(Protocol):
    """Something a step can be drawn from."""

    def loss(self, student: Any, teacher: Any, number: int) -> torch.Tensor:
        """Return the scalar loss of the task's batch of that number.

        Student and teacher are what the task was written for: an `Encoder`, a reader's `Student`.
        """


@dataclass(frozen=True)
class Distil:
    """The student's French (and some English) vectors go where the teacher's English ones are."""

    pairs: Sequence[Pair]
    size: int
    seed: int
    order: list[list[int]] = field(init=False)

    def __post_init__(self) -> None:
        """Cut the pairs into batches of like length, so that little of a batch is padding."""
        lengths = [len(pair.french) for pair in self.pairs]
        batches: list[list[int]] = [[]]
        for i in sorted(range(len(lengths)), key=lengths.__getitem__):
            most = min(self.size, max(1, BATCH_CHARACTERS // lengths[i]))
            if len(batches[-1]) >= most:
                batches.append([])
            batches[-1].append(i)
        object.__setattr__(self, "order", batches)

    def loss(self, student: Encoder, teacher: Encoder, number: int) -> torch.Tensor:
        """Return the distillation loss of one batch."""
        rng = np.random.default_rng([self.seed, number // len(self.order)])
        batch = self.order[int(rng.permutation(len(self.order))[number % len(self.order)])]
        with torch.no_grad():
            target = teacher.encode([self.pairs[i].english for i in batch])
        loss = distillation_loss(student.encode([self.pairs[i].french for i in batch]), target)
        kept = list(range(number % ENGLISH_SHARE, len(batch), ENGLISH_SHARE))
        if not kept:
            return loss
        english = student.encode([self.pairs[batch[i]].english for i in kept])
        return loss + 10.0 * anchor_loss(english, target[kept]) / ENGLISH_SHARE


@dataclass(frozen=True, slots=True)
class Example:
    """A question, the text that answers it, and texts that do not, each with its group."""

    question: str
    positive: str
    group: int
    negatives: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True)
class Retrieve:
    """A question goes nearer to its text than to all others of the batch.

    Attributes:
        count: How many examples there are to draw from.
        draw: From a number below `count` and a generator to an example.
        size: Examples in a batch.
        seed: Seeds the order of the examples and the draws.
    """

    count: int
    draw: Callable[[int, np.random.Generator], Example]
    size: int
    seed: int

    def loss(self, student: Encoder, teacher: Encoder, number: int) -> torch.Tensor:
        """Return the retrieval loss of one batch; the teacher takes no part."""
        del teacher
        examples = self.batch(number)
        negatives = [pair for example in examples for pair in example.negatives]
        questions = student.encode([e.question for e in examples])
        texts = [e.positive for e in examples] + [text for text, _ in negatives]
        groups = torch.tensor([e.group for e in examples] + [group for _, group in negatives])
        groups = groups.to(questions.device)
        return retrieval_loss(questions, student.encode(texts), groups[: len(examples)], groups)

    def batch(self, number: int) -> list[Example]:
        """Return the examples of a batch, all distinct but where an epoch ends."""
        rng = np.random.default_rng([self.seed, 1, number])
        size = min(self.size, self.count)
        first = number * size
        return [self.draw(self._at(first + i), rng) for i in range(size)]

    def _at(self, position: int) -> int:
        epoch, index = divmod(position, self.count)
        permuted = np.random.default_rng([self.seed, 0, epoch]).permutation(self.count)
        return int(permuted[index])


def law_task(sections: Sequence[Section], size: int, seed: int) -> Retrieve:
    """Build marginal note → section, each side in either language."""
    named = [s for s in sections if len(s.title.english) > 12 and not s.title.english[0].isdigit()]

    def draw(i: int, rng: np.random.Generator) -> Example:
        title, text = named[i].title, named[i].text
        question = (title.english, title.french)[int(rng.integers(2))]
        answer = (text.english, text.french)[int(rng.integers(2))]
        return Example(question, answer[:LAW_CHARACTERS], i)

    return Retrieve(len(named), draw, size, seed)


def cloze_task(passages: Sequence[Pair], size: int, seed: int) -> Retrieve:
    """Build sentence → the passage it was taken from, within and across languages.

    The inverse cloze task (Lee et al. 2019): the sentence is removed from the passage where that
    can be told, so that meaning and not words must lead back.
    """
    cut = [(sentenced(p.english), sentenced(p.french)) for p in passages]
    cut = [both for both in cut if min(map(len, both)) > 2]

    def draw(i: int, rng: np.random.Generator) -> Example:
        source, target = cut[i] if rng.integers(2) else cut[i][::-1]
        if not rng.integers(4):
            target = source
        index = int(rng.integers(len(source)))
        # Sentences match one to one where both sides have as many.
        dropped = index if len(source) == len(target) else -1
        return Example(source.sentence(index), _without(target, dropped), i)

    return Retrieve(len(cut), draw, size, seed)


def _without(text: Sentenced, dropped: int) -> str:
    return " ".join(text.sentence(i) for i in range(len(text)) if i != dropped)
