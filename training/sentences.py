"""Sentences of a training text and windows of them: the grains a passage is searched at."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

_BOUNDARY = re.compile(r"(?<=[.!?…»])\s+(?=[«\"“(]?\s?[A-ZÀ-ÖØ-Þ0-9])")
"""A rough sentence end. Training forgives a wrong cut; quoting does not and uses the splitter."""


@dataclass(frozen=True, slots=True)
class Sentenced:
    """A text and the spans of its sentences, in characters."""

    text: str
    spans: tuple[tuple[int, int], ...]

    def sentence(self, index: int) -> str:
        """Return one sentence."""
        start, end = self.spans[index]
        return self.text[start:end]

    def holding(self, offset: int) -> int:
        """Return the position of the sentence that holds a character offset."""
        return next((i for i, (_, end) in enumerate(self.spans) if offset < end), len(self) - 1)

    def window(self, index: int, rng: np.random.Generator, max_characters: int = 560) -> str:
        """Return a random run of 2 to 6 sentences around one of them.

        Passages are of many lengths, and the answer may stand anywhere in them.
        """
        left = right = index
        for _ in range(int(rng.integers(1, 6))):
            step_left = bool(rng.integers(2))
            new_left, new_right = (left - 1, right) if step_left else (left, right + 1)
            new_left, new_right = max(new_left, 0), min(new_right, len(self) - 1)
            if self.spans[new_right][1] - self.spans[new_left][0] > max_characters:
                break
            left, right = new_left, new_right
        return self.text[self.spans[left][0] : self.spans[right][1]]

    def __len__(self) -> int:
        """Return the number of sentences."""
        return len(self.spans)


def sentenced(text: str) -> Sentenced:
    """Cut a text into sentences; a text without a boundary is one sentence."""
    cuts = [0, *(match.end() for match in _BOUNDARY.finditer(text)), len(text)]
    spans = tuple(
        (start, start + len(text[start:end].rstrip()))
        for start, end in pairwise(cuts)
        if text[start:end].strip()
    )
    return Sentenced(text, spans or ((0, len(text)),))
