"""Weights → an ordinary sentence-transformers folder, and averages of several sets of weights."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file

WEIGHTS = "model.safetensors"

COPIED = (
    "config_sentence_transformers.json",
    "modules.json",
    "sentence_bert_config.json",
    "special_tokens_map.json",
    "tokenizer.json",
    "tokenizer_config.json",
    "1_Pooling/config.json",
)
"""Files that do not change from a model to one trained from it; absent ones are skipped."""


def average(parts: Sequence[tuple[Path, float]]) -> dict[str, torch.Tensor]:
    """Return the weighted mean of sets of weights, in float32.

    Averaging the last checkpoints smooths the end of training (Izmailov et al. 2018), and
    averaging with the start keeps what fine-tuning forgets (Wortsman et al. 2022, "Robust
    fine-tuning of zero-shot models").

    Args:
        parts: Weight files and their shares; the shares sum to 1. Names missing from one of the
            files (such as the unused pooler) are dropped.
    """
    loaded = [(load_file(path), share) for path, share in parts]
    if abs(sum(share for _, share in loaded) - 1.0) > 1e-6:
        raise ValueError("the shares must sum to 1")
    names = set.intersection(*(set(weights) for weights, _ in loaded))
    return {
        name: torch.stack([weights[name].float() * share for weights, share in loaded]).sum(0)
        for name in sorted(names)
    }


def export(weights: Mapping[str, torch.Tensor], parent: Path, out: Path) -> None:
    """Write a model folder: float16 on disk, to be loaded as float32.

    Args:
        weights: Every weight that training touched, by the network's own names.
        parent: Folder of a model of the same shape; its other files and weights are taken over.
        out: Folder to write.
    """
    out.mkdir(parents=True, exist_ok=True)
    for name in COPIED:
        if (parent / name).exists():
            (out / name).parent.mkdir(exist_ok=True)
            shutil.copyfile(parent / name, out / name)
    merged = {**load_file(parent / WEIGHTS), **weights}
    merged.pop("embeddings.position_ids", None)
    half = {name: merged[name].half().contiguous() for name in sorted(merged)}
    save_file(half, out / WEIGHTS, {"format": "pt"})
    (out / WEIGHTS).chmod(0o644)  # safetensors makes it private
    config = json.loads((parent / "config.json").read_text("utf-8"))
    config["vocab_size"] = len(half["embeddings.word_embeddings.weight"])
    config["dtype"] = "float32"
    (out / "config.json").write_text(json.dumps(config, indent=2) + "\n", "utf-8")
