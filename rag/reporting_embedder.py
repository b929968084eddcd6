"""An embedder that tells how far it is with one article."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Literal

from rag.embedder import Embedder, Progress

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Stage = Literal["read", "split", "embed", "store"]
Report = Callable[[Stage, int, int], None]
"""Called with a stage, how much of it is done, and how much there is."""


class ReportingEmbedder:
    """See ``rag.embedder.Embedder``: another one, with reports.

    Args:
        embedder: What makes the vectors.
        report: Told when the article is split, and of every batch of its texts.
    """

    def __init__(self, embedder: Embedder, report: Report) -> None:
        self._embedder = embedder
        self._report = report

    @property
    def name(self) -> str:
        """Return the name or folder the model was asked by."""
        return self._embedder.name

    @property
    def fingerprint(self) -> str:
        """Return a digest that differs for models that give other vectors."""
        return self._embedder.fingerprint

    @property
    def is_warm(self) -> bool:
        """Tell whether the next vector comes without loading anything."""
        return self._embedder.is_warm

    def max_tokens(self) -> int:
        """Return the longest input in tokens, special tokens not counted."""
        return self._embedder.max_tokens()

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Return each text's length in tokens, special tokens not counted."""
        return self._embedder.count_tokens(texts)

    def encode_documents(
        self, texts: Sequence[str], progress: Progress | None = None
    ) -> NDArray[np.float32]:
        """Return ``(n, dim) float32`` with unit rows; texts are embedded once all is split."""
        self._report("split", 1, 1)
        self._report("embed", 0, len(texts))
        done = 0

        def advance(count: int) -> object:
            nonlocal done
            done += count
            self._report("embed", done, len(texts))
            return progress(count) if progress else None

        return self._embedder.encode_documents(texts, advance)

    def encode_question(self, question: str) -> NDArray[np.float32]:
        """Return ``(dim,) float32`` of length 1."""
        return self._embedder.encode_question(question)
