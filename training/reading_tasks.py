"""One step of the reader: a few questions, each with passages that answer it and that do not."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import numpy as np
import torch
from safetensors.torch import save_file
from tokenizers import Tokenizer

from benchmarks.datasets import Pair
from rag.reading_network import FIXED, Reading, collate, encode, load_network
from training.code_switching import switch
from training.reading_cases import Case, Cases, Page
from training.sentences import sentenced

WRONG = 2
"""Wrong passages read beside the one that answers."""

SWITCHED, ALTERED, RETYPED = 0.3, 0.15, 0.04
"""Shares of the questions with words of the other language, with another name or number (which
nothing answers then), and with another thing asked for (likewise)."""

UNREAD = -1000.0

_NAME = re.compile(r"(?<=[\s'’])(?:[A-ZÀ-Ý][\w-]{2,}|\d{2,})")
_WHEN_OR_WHERE = re.compile(
    r"^(?:quand|où|en quelle année|dans quelle ville|when|where|in (?:what|which) year)\b", re.I
)
_REASON = re.compile(r"\b(?:car|parce|afin|pour|because|due|so that|grâce|cause|since)\b", re.I)


class Student:
    """The network with its tokenizer, as the trainer wants it.

    Attributes:
        bert: The network; its word and position embeddings stay as they are.
        tokenizer: Without truncation or padding.
        device: Where it runs.
    """

    def __init__(self, embedding_model: Path, *, dtype: torch.dtype = torch.bfloat16) -> None:
        """Start from the lowest layers of the embedding model."""
        self.device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        self.bert = load_network(embedding_model, {})
        self.bert.embeddings.word_embeddings.requires_grad_(False)
        self.bert.embeddings.position_embeddings.requires_grad_(False)
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
        from safetensors.torch import load_file

        kept = {k: w for k, w in load_file(weights).items() if not k.startswith(FIXED)}
        save_file(kept, out, {"format": "pt"})


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


def question_task(cases: Cases, size: int, seed: int) -> ReadingTask:
    """Build questions with the passages the product found for them."""
    pages = cases.pages

    def draw(index: int, rng: np.random.Generator) -> list[Example]:
        case = cases.cases[index]
        wrong = [pages[i] for i in _tempting(case.wrong, WRONG, rng)]
        if case.gold is None:
            # The first wrong passage is the one the question was written on.
            first = pages[case.wrong[0]]
            wrong = [first, *(page for page in wrong if page is not first)][:WRONG]
            asked = _worded(case, rng)
            return [Example(asked, page, (0,) * len(page.sentences), (0, 0)) for page in wrong]
        page = pages[case.gold]
        if (spoilt := _spoil(case, page, rng)) is not None:
            return [Example(spoilt, page, (0,) * len(page.sentences), (0, 0))]
        asked = _worded(case, rng)
        examples = [_positive(case, page, asked)]
        examples += [Example(asked, each, (0,) * len(each.sentences), (0, 0)) for each in wrong]
        return examples

    return ReadingTask(len(cases.cases), draw, size, seed)


def keyword_task(passages: Sequence[Pair], size: int, seed: int) -> ReadingTask:
    """Build some words of a sentence → that sentence, in a passage of the other language.

    There are few questions in one language on passages of the other; these are in the data by the
    thousand. It is matching, not answering, so it is a small share of the steps.
    """
    cut = [(sentenced(p.english), sentenced(p.french)) for p in passages]
    cut = [(en, fr) for en, fr in cut if len(en) == len(fr) > 2]

    def draw(index: int, rng: np.random.Generator) -> list[Example]:
        source, target = cut[index] if rng.integers(2) else cut[index][::-1]
        chosen = int(rng.integers((len(source) + 1) // 2))  # well before the cut
        words = source.sentence(chosen).split()
        kept = [word for word in words if rng.random() < 0.5] or words
        asked = " ".join(kept[:24])
        labels = tuple(int(i == chosen) for i in range(len(target)))
        page = Page("", 0, "", target.text, target.spans)
        other = cut[int(rng.integers(len(cut)))][int(rng.integers(2))]
        wrong = Page("", 0, "", other.text, other.spans)
        none = (0,) * len(other)
        return [Example(asked, page, labels, (0, 0)), Example(asked, wrong, none, (0, 0))]

    return ReadingTask(len(cut), draw, size, seed)


def _positive(case: Case, page: Page, asked: str) -> Example:
    said = case.answer.lower()
    texts = [page.text[first:end].lower() for first, end in page.sentences]
    labels = tuple(
        1 if i == case.sentence else -1 if said in text else 0 for i, text in enumerate(texts)
    )
    place = page.text.find(case.answer, page.sentences[case.sentence][0])
    return Example(asked, page, labels, (place, place + len(case.answer)))


def _tempting(wrong: Sequence[int], count: int, rng: np.random.Generator) -> list[int]:
    """Draw wrong passages, the nearer the likelier."""
    if not wrong:
        return []
    weights = 1.0 / (1.0 + np.arange(len(wrong)))
    size = min(count, len(wrong))
    return [
        wrong[i] for i in rng.choice(len(wrong), size, replace=False, p=weights / weights.sum())
    ]


def _worded(case: Case, rng: np.random.Generator) -> str:
    if case.english and rng.random() < 0.6:
        return case.english
    if rng.random() < SWITCHED:
        return switch(case.question, case.language, float(rng.uniform(0.3, 1.0)), rng)
    return case.question


def _spoil(case: Case, page: Page, rng: np.random.Generator) -> str | None:
    """Make the question one that its passage does not answer, now and then."""
    draw = rng.random()
    if draw < RETYPED:
        sentence = page.text[slice(*page.sentences[case.sentence])]
        if _WHEN_OR_WHERE.match(case.question) and not _REASON.search(sentence):
            why = "Pourquoi" if case.language == "fr" else "Why"
            return _WHEN_OR_WHERE.sub(why, case.question)
        return None
    if draw > RETYPED + ALTERED:
        return None
    there = [m for m in _NAME.finditer(case.question) if m[0] in page.text]
    if not there:
        return None
    chosen = there[int(rng.integers(len(there)))]
    number = chosen[0][0].isdigit()
    others = {
        name
        for name in _NAME.findall(page.text)
        if name[0].isdigit() == number and name not in case.question and name not in case.answer
    }
    if not others:
        return None
    other = str(sorted(others)[int(rng.integers(len(others)))])
    return case.question[: chosen.start()] + other + case.question[chosen.end() :]


def _encode(tokenizer: Tokenizer, example: Example) -> Reading:
    page = example.page
    return encode(tokenizer, example.question, page.title, page.text, page.sentences)


def _against_the_others(
    scores: torch.Tensor, labels: torch.Tensor, owner: torch.Tensor, groups: int
) -> torch.Tensor:
    """Return the mean cross-entropy of each question's sentences and "none", which scores 0."""
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
    return (log_total - right).mean()


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
