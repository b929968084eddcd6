"""What a step minimises: closeness to the teacher, and the right passage before the wrong ones."""

from __future__ import annotations

import torch
from torch.nn.functional import cross_entropy

TEMPERATURE = 0.05
"""Scale of cosines in both contrasts; 1/20, the default of MultipleNegativesRankingLoss."""

COSINE_WEIGHT = 10.0
"""Weight of the plain pull to the teacher's vector beside the contrast."""


def distillation_loss(student: torch.Tensor, teacher: torch.Tensor) -> torch.Tensor:
    """Pull each student vector to its teacher vector and away from the others of the batch.

    InfoNCE in both directions (van den Oord et al. 2018) plus ten times one minus the cosine: the
    contrast orders neighbours, the cosine keeps the student in the teacher's space.

    Args:
        student: `(n, dim) float32`, unit rows.
        teacher: `(n, dim) float32`, unit rows, without gradient.
    """
    scores = student @ teacher.T / TEMPERATURE
    labels = torch.arange(len(student), device=student.device)
    contrast = cross_entropy(scores, labels) + cross_entropy(scores.T, labels)
    return contrast + COSINE_WEIGHT * anchor_loss(student, teacher)


def anchor_loss(student: torch.Tensor, teacher: torch.Tensor) -> torch.Tensor:
    """Return the mean of one minus the cosine of matching rows."""
    return 1.0 - (student * teacher).sum(1).mean()


def retrieval_loss(
    questions: torch.Tensor,
    candidates: torch.Tensor,
    question_groups: torch.Tensor,
    candidate_groups: torch.Tensor,
) -> torch.Tensor:
    """Rank each question's own text first among all candidates of the batch.

    In-batch and mined negatives in one softmax (Karpukhin et al. 2020, DPR), and the same contrast
    from each positive to the questions at half weight. A candidate that stems from the same text
    as the positive is no negative: it is masked.

    Args:
        questions: `(n, dim) float32`, unit rows.
        candidates: `(n + m, dim) float32`, unit rows; the first n are the positives, in order.
        question_groups: `(n,) int64`, the text that answers each question.
        candidate_groups: `(n + m,) int64`, the text each candidate is, or is cut from.
    """
    n = len(questions)
    labels = torch.arange(n, device=questions.device)
    scores = questions @ candidates.T / TEMPERATURE
    same = question_groups[:, None] == candidate_groups[None, :]
    same[labels, labels] = False
    scores = scores.masked_fill(same, -1e4)
    backward = cross_entropy(scores[:, :n].T, labels)
    return cross_entropy(scores, labels) + 0.5 * backward
