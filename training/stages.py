"""The stages, each a function from what earlier stages wrote to one folder or file of its own."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import torch
from safetensors.torch import load_file
from tokenizers import Tokenizer

from benchmarks.datasets import Pair, parallel_sentences
from benchmarks.peer import peer_folder
from training.alignment import align
from training.encoder import Encoder
from training.evaluation import Development
from training.export import WEIGHTS, average, export
from training.initialisation import initial_rows
from training.mixture import Mixture, distillation_mixture, refinement_mixture, retrieval_mixture
from training.trainer import Plan, Trainer
from training.vocabulary import append, new_words, pieces

log = logging.getLogger(__name__)

WORDS_EMBEDDINGS = "embeddings.word_embeddings.weight"
SHORT = 120
"""Characters of the longest sentences aligned: short pairs tell most a second."""


@dataclass(frozen=True, slots=True)
class Scale:
    """How much of everything; `SMALL` is for tests and takes under a minute.

    Attributes:
        vocabulary_pairs: Sentence pairs whose French words are counted.
        aligned_pairs: Short sentence pairs that are aligned.
        distillation: Plan of the distillation.
        retrieval: Plan of the retrieval fine-tuning.
        refinement: Plan of the fine-tuning on questions in other words.
        most: Items read of each training file; all when absent.
    """

    vocabulary_pairs: int
    aligned_pairs: int
    distillation: Plan
    retrieval: Plan
    refinement: Plan
    most: int | None = None


FULL = Scale(
    600_000,
    300_000,
    Plan(steps=2500, rate=1.2e-4, embedding_factor=4.0),
    Plan(1000),
    Plan(800, rate=5e-5, warmup=30, cooldown=0.6),
)
SMALL = Scale(
    400, 400, Plan(steps=4, warmup=2), Plan(steps=4, warmup=2), Plan(steps=4, warmup=2), most=60
)


@dataclass(frozen=True, slots=True)
class Run:
    """One run of the recipe.

    Attributes:
        data: The data folder.
        out: The folder that all stages write to.
        scale: How much of everything.
        seed: Seeds every random choice.
        start: A model to go on from, in place of the first four stages.
        keep: Share of the start model in the exported average.
        snapshots: Steps of the retrieval stage to average; its last alone when empty.
    """

    data: Path
    out: Path
    scale: Scale = FULL
    seed: int = 0
    start: Path | None = None
    keep: float = 0.0
    snapshots: tuple[int, ...] = ()


def initialise(run: Run) -> None:
    """Alignment, vocabulary and initial embeddings → `out/initial`."""
    pairs = list(islice(parallel_sentences(run.data), run.scale.vocabulary_pairs))
    start_model(pairs, run.scale.aligned_pairs, run.out / "initial")


def start_model(pairs: list[Pair], aligned: int, out: Path) -> None:
    """Write the teacher with a French vocabulary, its new words placed by translation.

    Args:
        pairs: Parallel sentences.
        aligned: How many short ones of them to align.
        out: Model folder to write.
    """
    folder = peer_folder()
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    added = new_words(tokenizer, (pair.french for pair in pairs))
    table = align(_aligned(tokenizer, pairs, aligned), at_least=2).best(0.01, 6)
    weights = load_file(folder / WEIGHTS)
    old = weights[WORDS_EMBEDDINGS].float()
    rows = initial_rows(added, table, tokenizer, old.numpy())
    grown = torch.cat([old, torch.from_numpy(rows)])
    export({WORDS_EMBEDDINGS: grown}, folder, out)
    append(folder, added, out / "tokenizer.json")
    log.info("%d French words added, %d with a translation", len(added), len(table))


def distil(run: Run) -> None:
    """Initial model → `out/distilled`, in the teacher's space, in both languages."""
    mixture = distillation_mixture(run.data, run.seed, run.scale.most)
    student = Encoder(run.out / "initial")
    train(
        run,
        student,
        mixture,
        plan=run.scale.distillation,
        name="distilled",
        parent=run.out / "initial",
    )


def retrieve(run: Run) -> None:
    """Distilled model (or the given start) → `out/retrieval`."""
    parent = run.start or run.out / "distilled"
    student = Encoder(parent)
    mixture = retrieval_mixture(run.data, student, run.seed, run.scale.most)
    train(run, student, mixture, plan=run.scale.retrieval, name="retrieval", parent=parent)


def train(
    run: Run, student: Encoder, mixture: Mixture, *, plan: Plan, name: str, parent: Path
) -> None:
    """Run a plan, or the rest of it, and write `out/<name>` as a model folder."""
    torch.manual_seed(run.seed)
    work = run.out / f"{name}-checkpoints"
    Trainer(student, Encoder(peer_folder()), mixture, plan).run(work)
    export(load_file(work / f"step-{plan.steps:06d}.safetensors"), parent, run.out / name)


def finish(run: Run) -> None:
    """Average snapshots, and the start where asked → `out/model`, the folder that ships."""
    parent = run.start or run.out / "distilled"
    steps = run.snapshots or (run.scale.retrieval.steps,)
    work = run.out / "retrieval-checkpoints"
    share = (1.0 - run.keep) / len(steps)
    parts = [(work / f"step-{step:06d}.safetensors", share) for step in steps]
    parts += [(parent / WEIGHTS, run.keep)] if run.keep else []
    export(average(parts), parent, run.out / "model")


def refine(run: Run) -> None:
    """`out/model` (or, without it, the given start) → `out/refined`; its word embeddings stay.

    The reader reads with them: it need not be trained anew.
    """
    made = run.out / "model"
    parent = run.start if run.start and not made.exists() else made
    student = Encoder(parent)
    mixture = refinement_mixture(run.data, student, run.seed, run.scale.most)
    student.bert.embeddings.word_embeddings.requires_grad_(False)
    student.bert.embeddings.position_embeddings.requires_grad_(False)
    train(run, student, mixture, plan=run.scale.refinement, name="refined", parent=parent)


def evaluate(run: Run) -> None:
    """Development figures of the teacher, of what was exported, and refined → a JSON file."""
    sets = Development.load(run.data)
    figures = {
        "teacher": sets.measure(Encoder(peer_folder())),
        **{
            name: sets.measure(Encoder(run.out / name))
            for name in ("model", "refined")
            if (run.out / name).exists()
        },
    }
    (run.out / "development.json").write_text(json.dumps(figures, indent=1) + "\n", "utf-8")


def _aligned(
    tokenizer: Tokenizer, pairs: list[Pair], most: int
) -> Iterable[tuple[list[str], list[str]]]:
    short = (p for p in pairs if max(len(p.english), len(p.french)) <= SHORT)
    for pair in islice(short, most):
        yield pieces(tokenizer, pair.french), pieces(tokenizer, pair.english)
