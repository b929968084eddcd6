"""Every path and number a person may change, read once from the environment."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from rag.errors import RagError

BUNDLED_MODEL = Path(__file__).parent / "model"


@dataclass(frozen=True, slots=True)
class Settings:
    """What a person may change, with the variable that changes it.

    Attributes:
        seeds: Folder of the articles (``RAG_SEEDS``); by default those the index was last
            built from, and ``seeds`` for a new index.
        index: Folder of the index (``RAG_INDEX``).
        model: Name or folder of a sentence-transformers model (``RAG_MODEL``).
        reader: Whether sentences are judged by the reader too (``RAG_READER``, 1 or 0): better
            answers, for some 70 ms a question.
        k: How many passages a question retrieves (``RAG_K``).
        min_confidence: Below it, "no answer in the articles" (``RAG_MIN_CONFIDENCE``).
        host: Address the page is served on (``HOST``).
        port: Port the page is served on (``PORT``).
        max_question: Longest question accepted, in characters.
    """

    seeds: Path | None = None
    index: Path = Path("index")
    model: str = str(BUNDLED_MODEL)
    reader: bool = True
    k: int = 5
    min_confidence: float = 0.3
    host: str = "127.0.0.1"
    port: int = 7860
    max_question: int = 2_000

    @classmethod
    def from_environ(cls, environ: Mapping[str, str] = os.environ) -> Settings:
        """Read the variables above; those absent or empty keep their default.

        Raises:
            RagError: If a number is not one, or is out of range.
        """
        default = cls()
        return cls(
            seeds=Path(environ["RAG_SEEDS"]) if environ.get("RAG_SEEDS") else None,
            index=Path(environ.get("RAG_INDEX") or default.index),
            model=environ.get("RAG_MODEL") or default.model,
            reader=bool(_number(environ, "RAG_READER", int(default.reader), 0, 1)),
            k=int(_number(environ, "RAG_K", default.k, 1, 1_000)),
            min_confidence=_number(environ, "RAG_MIN_CONFIDENCE", default.min_confidence, 0, 1),
            host=environ.get("HOST") or default.host,
            port=int(_number(environ, "PORT", default.port, 1, 65_535)),
        )


def _number(
    environ: Mapping[str, str], name: str, default: float, low: float, high: float
) -> float:
    text = environ.get(name)
    if not text:
        return default
    try:
        value = type(default)(text)
    except ValueError:
        value = low - 1
    if not low <= value <= high:
        raise RagError(
            f"{name}={text!r} is not a number from {low} to {high}; set it to one, or unset {name}"
        )
    return value
