"""`python -m training.reader --data DIR --out DIR`: the reader, from questions to `rag/reader/`.

Stages, each kept in `--out` and not repeated: the articles of PIAF and of SQuAD 2.0 are indexed and
their questions asked, so that the reader learns on what the product retrieves; then it is trained,
with a checkpoint every few minutes; then its weights are written in half precision to
`--out/reader.safetensors`.
"""

from __future__ import annotations

import argparse
import logging
from itertools import islice
from pathlib import Path

from benchmarks.datasets import parallel_passages, piaf, squad, squad_unanswerable
from training.mixture import Mixture
from training.press import press
from training.reading_cases import Cases, collect
from training.reading_cloze import cloze_task
from training.reading_questions import keyword_task, question_task
from training.reading_tasks import ReadingTask, Student
from training.trainer import Plan, Trainer
from training.written_questions import written_task

log = logging.getLogger(__name__)

SHARES = {
    "press_written": 0.32,
    "french_written": 0.22,
    "english_written": 0.14,
    "french": 0.11,
    "english": 0.11,
    "french_cloze": 0.04,
    "english_cloze": 0.03,
    "keywords": 0.03,
}
"""Shares of the steps; SQuAD has twice PIAF's questions, half of them unanswerable."""

QUESTIONS = 12
"""Questions a step, each with up to two passages."""


def read_cases(data: Path, out: Path, most: int | None = None) -> tuple[Cases, Cases, Cases]:
    """Return the French and the English training cases, and the press, which has passages alone.

    Args:
        data: The data folder.
        out: Where indexes and cases are kept.
        most: Questions of each set; all when absent.
    """
    french = collect(piaf(data, "train").first(most), None, "fr", out / "piaf-train")
    unanswerable = squad_unanswerable(data, "train").first(most)
    english = collect(squad(data, "train").first(most), unanswerable, "en", out / "squad-train")
    invented = collect(press("train", most), None, "fr", out / "press-train")
    return french, english, invented


def make_mixture(
    data: Path, out: Path, cases: tuple[Cases, Cases, Cases], seed: int, most: int | None
) -> Mixture:
    """Return the tasks with their shares."""
    french, english, invented = cases
    passages = list(islice(parallel_passages(data), most or 20_000))
    on_french, on_english = (load(data, "train").first(most) for load in (piaf, squad))
    of_press = press("train", most)
    tasks: dict[str, ReadingTask] = {
        "press_written": written_task(of_press, invented, out / "press-train", QUESTIONS, seed + 8),
        "french_written": written_task(on_french, french, out / "piaf-train", QUESTIONS, seed + 6),
        "english_written": written_task(
            on_english, english, out / "squad-train", QUESTIONS, seed + 7
        ),
        "french": question_task(french, QUESTIONS, seed + 1),
        "english": question_task(english, QUESTIONS, seed + 2),
        "french_cloze": cloze_task(french, "fr", QUESTIONS, seed + 4),
        "english_cloze": cloze_task(english, "en", QUESTIONS, seed + 5),
        "keywords": keyword_task(passages, QUESTIONS, seed + 3),
    }
    tasks = {name: task for name, task in tasks.items() if task.count}
    return Mixture(tasks, {name: SHARES[name] for name in tasks}, seed)


def train(
    data: Path,
    out: Path,
    embedding_model: Path,
    plan: Plan,
    *,
    seed: int = 0,
    most: int | None = None,
    start: Path | None = None,
) -> Path:
    """Train, from the last checkpoint if there is one; return the weights written.

    Args:
        data: The data folder.
        out: Where everything is written.
        embedding_model: Whose embeddings the reader uses.
        plan: How long and how hard.
        seed: Seeds every draw.
        most: Questions of each set; all when absent.
        start: Weights of a reader to go on from; the embedding model's lowest layers when absent.
    """
    mixture = make_mixture(data, out, read_cases(data, out, most), seed, most)
    student = Student(embedding_model, start)
    run = out / "run"
    Trainer(student, student, mixture, plan).run(run)
    snapshot = run / f"step-{plan.steps:06d}.safetensors"
    student.export(snapshot, out / "reader.safetensors")
    return out / "reader.safetensors"


def main() -> None:
    """Read the command line and run."""
    parser = argparse.ArgumentParser(
        prog="python -m training.reader",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--data", type=Path, required=True, help="the data folder")
    parser.add_argument("--out", type=Path, required=True, help="where everything is written")
    parser.add_argument("--model", type=Path, default=Path("rag/model"), help="embedding model")
    parser.add_argument("--start", type=Path, help="weights of a reader to go on from")
    parser.add_argument("--steps", type=int, default=2400)
    parser.add_argument("--rate", type=float, default=1e-4)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--most", type=int, help="questions of each set (all)")
    options = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    options.out.mkdir(parents=True, exist_ok=True)
    plan = Plan(
        steps=options.steps, rate=options.rate, warmup=max(1, options.steps // 20), cooldown=0.5
    )
    written = train(
        options.data,
        options.out,
        options.model,
        plan,
        seed=options.seed,
        most=options.most,
        start=options.start,
    )
    log.info("written: %s", written)


if __name__ == "__main__":
    main()
