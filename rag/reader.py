"""Question and passages → how likely each sentence answers, read in its context.

The reader is a small cross-encoder (Nogueira & Cho 2019, "Passage Re-ranking with
BERT") made by ``python -m training.reader``. Where the processor multiplies in
bfloat16 it does, in half the time and moving no score by a tenth. (8-bit integers
are no faster here and moved scores by several units.)
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import as_file, files
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from rag.errors import ModelError

if TYPE_CHECKING:
    from tokenizers import Tokenizer

    from rag.reading_network import ReadingNetwork

_BFLOAT16 = ("avx512_bf16", "amx_bf16", "arm_bf16")

UNREAD = -12.0  # log-odds of a sentence that stands beyond what is read of its passage


@dataclass(frozen=True, slots=True)
class Page:
    """A passage to read.

    Attributes:
        title: Its article's title.
        text: The passage.
        sentences: Places of its sentences in it, ``(start, end)`` in characters, titles left out.
    """

    title: str
    text: str
    sentences: tuple[tuple[int, int], ...]


class Reader(Protocol):
    """Judges sentences."""

    def read(self, question: str, pages: Sequence[Page]) -> list[list[float]]:
        """Return, for each page, the log-odds of each of its sentences answering the question."""

    def warm(self) -> None:
        """Load what reading needs."""


class CrossEncoderReader:
    """The reader that ships with the package; loaded on first use.

    Safe between threads: reading changes nothing in it.

    Args:
        weights: Its layers.
        embedding_model: Folder of the embedding model it was trained on.
    """

    def __init__(self, weights: Path, embedding_model: Path) -> None:
        self._weights = weights
        self._embedding_model = embedding_model
        self._lock = threading.Lock()
        self._loaded: tuple[ReadingNetwork, Tokenizer] | None = None

    def warm(self) -> None:
        """Load the weights (under a second once torch is imported).

        Raises:
            ModelError: If they cannot be loaded.
        """
        self._load()

    def read(self, question: str, pages: Sequence[Page]) -> list[list[float]]:
        """Return, for each page, the log-odds of each of its sentences; ``UNREAD`` beyond the cut.

        Raises:
            ModelError: If the weights cannot be loaded.
        """
        readable = [page for page in pages if page.sentences]
        if not readable:
            return [[] for _ in pages]
        import torch

        from rag.reading_network import collate, encode

        network, tokenizer = self._load()
        readings = [
            encode(tokenizer, question, page.title, page.text, page.sentences) for page in readable
        ]
        scores: dict[int, list[float]] = {}
        torch.set_num_threads(1)
        with torch.inference_mode():
            for group in _alike([len(reading.ids) for reading in readings]):
                counts = [len(readable[i].sentences) for i in group]
                flat = iter(network(collate([readings[i] for i in group], counts))[0].tolist())
                for i, count in zip(group, counts, strict=True):
                    scores[i] = [max(UNREAD, next(flat)) for _ in range(count)]
        in_order = iter(scores[i] for i in range(len(readable)))
        return [next(in_order) if page.sentences else [] for page in pages]

    def _load(self) -> tuple[ReadingNetwork, Tokenizer]:
        from safetensors import SafetensorError

        with self._lock:
            if self._loaded is None:
                try:
                    self._loaded = _load(self._weights, self._embedding_model)
                except (OSError, ValueError, RuntimeError, KeyError, SafetensorError) as error:
                    raise ModelError(
                        f"the reader {self._weights} cannot be loaded ({error}); "
                        "install the package again"
                    ) from error
            return self._loaded


def bundled_reader() -> CrossEncoderReader | None:
    """Return the reader of the package, not loaded yet; None where it was left out."""
    package = files("rag")
    with (
        as_file(package.joinpath("reading", "reader.safetensors")) as weights,
        as_file(package.joinpath("model")) as model,
    ):
        return CrossEncoderReader(weights, model) if weights.exists() else None


def _alike(lengths: Sequence[int]) -> list[list[int]]:
    """Group positions by length, so that little of a batch is padding."""
    groups: list[list[int]] = []
    for i in sorted(range(len(lengths)), key=lengths.__getitem__):
        if not groups or lengths[i] > 1.2 * lengths[groups[-1][0]] + 4:
            groups.append([])
        groups[-1].append(i)
    return groups


def _load(weights: Path, embedding_model: Path) -> tuple[ReadingNetwork, Tokenizer]:
    import torch
    from safetensors.torch import load_file
    from tokenizers import Tokenizer

    from rag.reading_network import load_network

    network = load_network(embedding_model, load_file(weights)).eval()
    words = network.embeddings.word_embeddings
    words.weight = torch.nn.Parameter(words.weight.half(), requires_grad=False)  # half the memory
    if any(torch.cpu.get_capabilities().get(name) for name in _BFLOAT16):
        network.compute_layers_in(torch.bfloat16)
    tokenizer = Tokenizer.from_file(str(embedding_model / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return network, tokenizer
