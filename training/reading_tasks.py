"""One step of the reader: a few questions, each with passages that answer it and that do not."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import numpy as np
import torch
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer

from rag.reading_network import FIXED, LAYERS, Reading, collate, count_layers, encode, load_network
from training.reading_cases import Page

UNREAD = -1000.0

_LAYER = "encoder.layer."


class Student:
    """The network with its tokenizer, as the trainer wants it.

    Attributes:
        bert: The network; its word and position embeddings stay as they are.
        tokenizer: Without truncation or padding.
        device: Where it runs.
    """

    def __init__(
        self,
        embedding_model: Path,
        start: Path | None = None,
        *,
        dtype: torch.dtype = torch.bfloat16,
    ) -> None:
        """Start from the lowest layers of the embedding model, or from a reader's weights."""
        self.device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        self.bert = load_network(embedding_model, grow(load_file(start)) if start else {})
        self.bert.encoder.config._attn_implementation = "eager"  # its backward pass is faster
        self.bert.embeddings.word_embeddings.requires_grad_(False)
        self.bert.embeddings.position_embeddings.requires_grad_(False)
        if not start:
            torch.nn.init.zeros_(self.bert.token.weight)
            torch.nn.init.zeros_(self.bert.sentence.weight)
            torch.nn.init.constant_(self.bert.token.bias, -3.0)
        self.bert.to(self.device)
        self.bert.compute_layers_in(dtype)
        for name, module in self.bert.named_modules():
            if name.endswith("attention.self.dropout"):
                cast(torch.nn.Dropout, module).p = 0.0  # costs a sixth of a step
        self.tokenizer = Tokenizer.from_file(str(embedding_model / "tokenizer.json"))
        self.tokenizer.no_padding()
        self.tokenizer.no_truncation()

    def export(self, weights: Path, out: Path) -> None:
        """Write a snapshot of all but the fixed embeddings, in half precision."""
        kept = {k: w for k, w in load_file(weights).items() if not k.startswith(FIXED)}
        save_file(kept, out, {"format": "pt"})


def grow(weights: Mapping[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """Put layers above those of a shallower reader, until it has ``LAYERS``.

    A new layer attends as the last one does but adds nothing yet, so that what was learnt below
    stays in use (after Gong et al. 2019, "Efficient Training of BERT by Progressively Stacking").
    """
    have = count_layers(weights)
    of_last = f"{_LAYER}{have - 1}."
    grown = dict(weights)
    for number in range(have, LAYERS):
        for name in (name for name in weights if name.startswith(of_last)):
            part = name.removeprefix(of_last)
            if "LayerNorm" in part:  # the states are on the scale that the last one gave them
                value = weights[f"{of_last}output.LayerNorm.{part.rpartition('.')[2]}"].clone()
            elif part.startswith(("attention.output.", "output.")):
                value = torch.zeros_like(weights[name])
            else:
                value = weights[name].clone()
            grown[f"{_LAYER}{number}.{part}"] = value
    return grown


@dataclass(frozen=True, slots=True)
class Example:
    """A question and a passage: which sentences answer, and where in the passage.

    ``labels`` has 1 for a sentence that answers, 0 for one that does not, and -1 for one that holds
    the same words elsewhere, of which nothing is learnt.
    """

    question: str
    page: Page
    labels: tuple[int, ...]
    answer: tuple[int, int]


@dataclass(frozen=True)
class ReadingTask:
    """Batches of questions, each with its passages.

    Attributes:
        count: How many questions there are to draw from.
        draw: From a number below ``count`` and a generator to the examples of one question.
        size: Questions in a batch.
        seed: Seeds the order and the draws.
    """

    count: int
    draw: Callable[[int, np.random.Generator], list[Example]]
    size: int
    seed: int

    def loss(self, student: Student, teacher: object, number: int) -> torch.Tensor:
        """Return the loss of one batch; there is no teacher.

        Each sentence is judged by itself, and against the others read for its question, with "none
        of them" as one more: the two views agree on what a score of 0 means. Tokens learn where
        the answer stands.
        """
        del teacher
        torch.manual_seed(self.seed * 1_000_003 + number)  # of the dropout
        student.bert.train()
        groups = self.batch(number)
        examples = [example for group in groups for example in group]
        readings = [_encode(student.tokenizer, each) for each in examples]
        batch = collate(readings, [len(each.labels) for each in examples]).to(student.device)
        scores, claims = student.bert(batch)
        labels = torch.tensor([x for e in examples for x in e.labels], device=scores.device)
        owner = torch.tensor(
            [i for i, group in enumerate(groups) for e in group for _ in e.labels],
            device=scores.device,
        )
        known = (labels >= 0) & (scores > UNREAD)  # a sentence beyond the cut has no score
        alone = torch.nn.functional.binary_cross_entropy_with_logits(
            scores[known], labels[known].float(), reduction="sum"
        )
        together = _against_the_others(scores[known], labels[known], owner[known], len(groups))
        where = _token_loss(claims, examples, readings)
        return alone / len(groups) + together + where

    def batch(self, number: int) -> list[list[Example]]:
        """Return the examples of a batch, by question."""
        rng = np.random.default_rng([self.seed, 1, number])
        first = number * self.size
        return [self.draw(self._at(first + i), rng) for i in range(self.size)]

    def _at(self, position: int) -> int:
        epoch, index = divmod(position, self.count)
        return int(np.random.default_rng([self.seed, 0, epoch]).permutation(self.count)[index])


def _encode(tokenizer: Tokenizer, example: Example) -> Reading:
    page = example.page
    return encode(tokenizer, example.question, page.title, page.text, page.sentences)


def _against_the_others(
    scores: torch.Tensor, labels: torch.Tensor, owner: torch.Tensor, groups: int
) -> torch.Tensor:
    """Return the mean cross-entropy of each question's sentences and "none", which scores 0.

    Several sentences that answer share the target.
    """
    none = torch.zeros(groups, device=scores.device)
    every = torch.cat([scores, none])
    owners = torch.cat([owner, torch.arange(groups, device=scores.device)])
    top = torch.full((groups,), -1e4, device=scores.device).scatter_reduce(
        0, owners, every.detach(), "amax"
    )
    summed = torch.zeros(groups, device=scores.device).index_add(
        0, owners, (every - top[owners]).exp()
    )
    log_total = summed.log() + top
    right = torch.zeros(groups, device=scores.device).index_add(0, owner, scores * labels)
    answers = torch.zeros(groups, device=scores.device).index_add(0, owner, labels.float())
    return (log_total - right / answers.clamp_min(1.0)).mean()


def _token_loss(
    claims: torch.Tensor, examples: Sequence[Example], readings: Sequence[Reading]
) -> torch.Tensor:
    """Return how badly the tokens tell where the answers stand; 0 for a batch without one."""
    losses = []
    for row, (example, reading) in enumerate(zip(examples, readings, strict=True)):
        start, end = example.answer
        within = [
            1.0 if first < end and last > start and last > first else 0.0
            for first, last in reading.places
        ]
        if 1.0 in within:
            target = torch.tensor(within, device=claims.device)
            log_odds = claims[row, : len(within)].log_softmax(0)
            losses.append(-(log_odds * target).sum() / target.sum())
    return 0.3 * torch.stack(losses).mean() if losses else claims.sum() * 0.0
