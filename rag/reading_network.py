"""The reader's network: a BERT over question and passage, read out sentence by sentence.

One pass over ``[CLS] question [SEP] title passage [SEP]`` scores every sentence of
the passage in its context, which costs a fraction of one pass a sentence. The
word embeddings are the embedding model's, kept as they are; the layers are the
reader's own. A sentence's score is what the mean of its states says, plus the
strongest of its tokens' claims to be part of an answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from tokenizers import Tokenizer
from transformers import BertConfig
from transformers.models.bert.modeling_bert import BertEmbeddings, BertEncoder

LAYERS = 6  # of a reader that is trained; one that is loaded has those it was made with
QUESTION_TOKENS = 48
TITLE_TOKENS = 16
PASSAGE_TOKENS = 128  # the embedding model's passages are no longer

WIDTH_STEP = 16
"""Batches are padded to a multiple of this. In bfloat16 every new shape has code made for it that
stays in memory: 120 questions took 230 MB of it, and with few shapes they take 40."""

FIXED = ("embeddings.word", "embeddings.position")  # weights that stay the embedding model's

_FAR = -1e4  # an attention score that leaves nothing, in half precision too


@dataclass(frozen=True, slots=True)
class Reading:
    """One question and one passage, as the network takes them.

    Attributes:
        ids: Tokens.
        types: 0 for the question's, 1 for the title's and the passage's.
        owners: For each token the number of its sentence in the passage, or -1.
        places: For each token its characters in the passage, ``(start, end)``; (0, 0) outside it.
    """

    ids: list[int]
    types: list[int]
    owners: list[int]
    places: list[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Batch:
    """Readings side by side, padded.

    Attributes:
        ids: ``(n, width) int64``.
        types: ``(n, width) int64``.
        mask: ``(n, width) float32``, 1 for tokens, 0 for padding.
        owners: ``(n, width) int64``, numbers of sentences over the whole batch, or -1.
        sentences: How many sentences the batch has.
    """

    ids: torch.Tensor
    types: torch.Tensor
    mask: torch.Tensor
    owners: torch.Tensor
    sentences: int

    def to(self, device: torch.device) -> Batch:
        """Return the same batch on a device."""
        return Batch(
            self.ids.to(device),
            self.types.to(device),
            self.mask.to(device),
            self.owners.to(device),
            self.sentences,
        )


class ReadingNetwork(torch.nn.Module):
    """Tokens → a score for each sentence and for each token.

    Args:
        config: Of the embedding model; its number of layers is not used.
        layers: How many layers.
    """

    def __init__(self, config: BertConfig, layers: int) -> None:
        super().__init__()
        config.num_hidden_layers = layers
        self.embeddings = BertEmbeddings(config)
        self.encoder = BertEncoder(config)
        self.token = torch.nn.Linear(config.hidden_size, 1)
        self.sentence = torch.nn.Linear(config.hidden_size, 1)
        self.layer_dtype = torch.float32

    def compute_layers_in(self, dtype: torch.dtype) -> None:
        """Convert the layers; embeddings and read-out stay in single precision."""
        self.encoder.to(dtype)
        self.layer_dtype = dtype

    def forward(self, batch: Batch) -> tuple[torch.Tensor, torch.Tensor]:
        """Return ``(sentences,)`` and ``(n, width) float32``: log-odds of answering."""
        hidden = self.embeddings(input_ids=batch.ids, token_type_ids=batch.types)
        hidden = hidden.to(self.layer_dtype)
        far = ((1.0 - batch.mask)[:, None, None, :] * _FAR).to(self.layer_dtype)
        states = self.encoder(hidden, attention_mask=far).last_hidden_state.float()
        claims = self.token(states).squeeze(-1)
        held = batch.owners >= 0
        owners, states_held, claims_held = batch.owners[held], states[held], claims[held]
        size = batch.sentences
        counts = states.new_zeros(size).index_add(0, owners, torch.ones_like(claims_held))
        sums = states.new_zeros(size, states.shape[-1]).index_add(0, owners, states_held)
        means = sums / counts.clamp_min(1)[:, None]
        strongest = states.new_full((size,), _FAR).scatter_reduce(0, owners, claims_held, "amax")
        return self.sentence(means).squeeze(-1) + strongest, claims


def encode(
    tokenizer: Tokenizer,
    question: str,
    title: str,
    passage: str,
    sentences: Sequence[tuple[int, int]],
) -> Reading:
    """Lay a question and a passage out as tokens.

    Args:
        tokenizer: The embedding model's, without truncation or padding.
        question: Cut at ``QUESTION_TOKENS``.
        title: Of the article; cut at ``TITLE_TOKENS``.
        passage: Cut at ``PASSAGE_TOKENS``: a sentence beyond gets no token.
        sentences: Their places in the passage, ``(start, end)`` in characters, in order.
    """
    asked, named, read = (
        tokenizer.encode(text, add_special_tokens=False) for text in (question, title, passage)
    )
    first, last = (tokenizer.encode("").ids[i] for i in (0, -1))  # [CLS] and [SEP]
    head = [first, *asked.ids[:QUESTION_TOKENS], last]
    lead = named.ids[:TITLE_TOKENS]
    ids = [*head, *lead, *read.ids[:PASSAGE_TOKENS], last]
    places = list(read.offsets[:PASSAGE_TOKENS])
    owners = [_owner(start, sentences) for start, _ in places]
    outside = len(head) + len(lead)
    return Reading(
        ids=ids,
        types=[0] * len(head) + [1] * (len(ids) - len(head)),
        owners=[-1] * outside + owners + [-1],
        places=[(0, 0)] * outside + places + [(0, 0)],
    )


def _owner(start: int, sentences: Sequence[tuple[int, int]]) -> int:
    return next((i for i, (first, end) in enumerate(sentences) if first <= start < end), -1)


def collate(readings: Sequence[Reading], counts: Sequence[int]) -> Batch:
    """Put readings side by side.

    Args:
        readings: At least one.
        counts: How many sentences each has.
    """
    longest = max(len(each.ids) for each in readings)
    shape = (len(readings), -(-longest // WIDTH_STEP) * WIDTH_STEP)
    ids, types = torch.zeros(shape, dtype=torch.long), torch.zeros(shape, dtype=torch.long)
    owners, mask = torch.full(shape, -1, dtype=torch.long), torch.zeros(shape)
    before = 0
    for row, (each, count) in enumerate(zip(readings, counts, strict=True)):
        width = len(each.ids)
        ids[row, :width] = torch.tensor(each.ids)
        types[row, :width] = torch.tensor(each.types)
        numbers = torch.tensor(each.owners)
        owners[row, :width] = torch.where(numbers >= 0, numbers + before, numbers)
        mask[row, :width] = 1.0
        before += count
    return Batch(ids, types, mask, owners, before)


def load_network(embedding_model: Path, layers: Mapping[str, torch.Tensor]) -> ReadingNetwork:
    """Make the network from the embedding model's embeddings and the reader's layers.

    Args:
        embedding_model: Folder with ``config.json`` and ``model.safetensors``.
        layers: Named weights of all but the embeddings. Where empty, the ``LAYERS`` lowest of
            the embedding model, to train from.

    Raises:
        ValueError: If the layers are not those of this network.
    """
    from safetensors.torch import load_file

    config = BertConfig.from_pretrained(str(embedding_model), local_files_only=True)
    config._attn_implementation = "sdpa" if layers else "eager"
    network = ReadingNetwork(config, count_layers(layers) or LAYERS)
    given = load_file(embedding_model / "model.safetensors")
    names = network.state_dict().keys()
    lowest = {k: w for k, w in given.items() if k in names}
    if layers and layers.keys() != {k for k in names if not k.startswith(FIXED)}:
        raise ValueError("these are not the weights of this reader")
    network.load_state_dict({k: w.float() for k, w in {**lowest, **layers}.items()}, strict=False)
    return network


def count_layers(weights: Iterable[str]) -> int:
    """Return how many layers there are, by the names of their weights."""
    return len({name.split(".")[2] for name in weights if name.startswith("encoder.layer.")})
