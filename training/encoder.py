"""The network as a plain function from texts to unit vectors, fast to train on two cores.

sentence-transformers' trainer is not used for the gradient steps: on a processor with bfloat16
instructions, running the six layers wholly in bfloat16 with plain ("eager") attention, under
single-precision master weights (Micikevicius et al. 2018, "Mixed precision training"), takes less
than half the time of float32 or of autocast with fused attention, whose backward pass is slow on
CPUs. The exported folder is an ordinary sentence-transformers model.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from tokenizers import Tokenizer
from transformers import BertModel

BATCH_TOKENS = 4096
"""Padded tokens in one forward pass without gradients: fits the caches of a small machine."""

SMALLEST_GROUP = 8
"""Texts of like length that are worth a forward pass of their own."""


class Encoder:
    """A BERT with mean pooling and unit vectors; layers in `dtype`, embeddings in float32.

    Attributes:
        bert: The network.
        tokenizer: Its WordPiece tokenizer, with neither truncation nor padding.
        device: Where it runs.
    """

    def __init__(self, folder: Path, *, dtype: torch.dtype = torch.bfloat16) -> None:
        """Load a sentence-transformers folder (BERT, mean pooling).

        Args:
            folder: Folder holding `config.json`, `tokenizer.json` and `model.safetensors`.
            dtype: Type in which the layers compute.
        """
        self.device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        self.bert = BertModel.from_pretrained(
            str(folder),
            attn_implementation="eager",
            local_files_only=True,
            add_pooling_layer=False,
            dtype=torch.float32,
        )
        self.bert.eval()  # no dropout: distillation needs none (Reimers & Gurevych 2020)
        self.bert.to(self.device)  # type: ignore[arg-type]  # its decorator hides the signature
        self.bert.encoder.to(dtype)
        self.dtype = dtype
        self.tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self.tokenizer.no_padding()
        self.tokenizer.no_truncation()

    def encode(self, texts: Sequence[str], max_tokens: int = 128) -> torch.Tensor:
        """Return unit vectors, `(n, dim) float32`, with gradients where they are enabled.

        Args:
            texts: At least one text.
            max_tokens: Longer texts are cut here, special tokens counted.
        """
        encodings = self.tokenizer.encode_batch_fast(list(texts))
        rows = [e.ids if len(e.ids) <= max_tokens else _cut(e.ids, max_tokens) for e in encodings]
        groups = _alike([len(row) for row in rows])
        vectors = torch.cat([self._forward([rows[i] for i in group]) for group in groups])
        back = torch.empty(len(rows), dtype=torch.long)
        back[[i for group in groups for i in group]] = torch.arange(len(rows))
        return vectors[back.to(self.device)]

    def encode_all(self, texts: Sequence[str], max_tokens: int = 128) -> NDArray[np.float32]:
        """Return unit vectors, `(n, dim) float32`, of any number of texts, without gradients."""
        order = sorted(range(len(texts)), key=lambda i: len(texts[i]))
        out = np.zeros((len(texts), self.bert.config.hidden_size), np.float32)
        with torch.no_grad():
            for batch in _by_budget(order, texts, max_tokens):
                out[batch] = self.encode([texts[i] for i in batch], max_tokens).cpu().numpy()
        return out

    def _forward(self, rows: Sequence[list[int]]) -> torch.Tensor:
        width = max(map(len, rows))
        ids = torch.zeros(len(rows), width, dtype=torch.long)
        mask = torch.zeros(len(rows), width)
        for i, row in enumerate(rows):
            ids[i, : len(row)] = torch.tensor(row)
            mask[i, : len(row)] = 1.0
        ids, mask = ids.to(self.device), mask.to(self.device)
        hidden = self.bert.embeddings(input_ids=ids).to(self.dtype)
        additive = (1.0 - mask)[:, None, None, :] * torch.finfo(self.dtype).min
        output = self.bert.encoder(hidden, attention_mask=additive.to(self.dtype))
        states = output.last_hidden_state.float()
        pooled = (states * mask[:, :, None]).sum(1) / mask.sum(1, keepdim=True)
        return torch.nn.functional.normalize(pooled, dim=1)


def _cut(ids: list[int], max_tokens: int) -> list[int]:
    return [*ids[: max_tokens - 1], ids[-1]]


def _alike(lengths: list[int]) -> list[list[int]]:
    """Group positions by length, so that padding stays under about a quarter of a group."""
    groups: list[list[int]] = []
    shortest = 0
    for i in sorted(range(len(lengths)), key=lengths.__getitem__):
        if not groups or (lengths[i] > 1.35 * shortest + 4 and len(groups[-1]) >= SMALLEST_GROUP):
            groups.append([])
            shortest = lengths[i]
        groups[-1].append(i)
    return groups


def _by_budget(order: list[int], texts: Sequence[str], max_tokens: int) -> list[list[int]]:
    """Group texts of like length so that a batch holds about `BATCH_TOKENS` tokens."""
    batches: list[list[int]] = []
    batch: list[int] = []
    for i in order:
        # About four characters a token; the order is by length, so the last text is the longest.
        width = min(max_tokens, len(texts[i]) // 4 + 4)
        if batch and (len(batch) + 1) * width > BATCH_TOKENS:
            batches.append(batch)
            batch = []
        batch.append(i)
    return [*batches, batch] if batch else batches
