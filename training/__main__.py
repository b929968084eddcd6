"""`python -m training --data DIR --out DIR`: the recipe from the teacher to the shipped folder.

Stages, in order; each can be run alone with `--stage`, and goes on where it was killed:

    initialise  parallel text → word alignment → vocabulary → initial embeddings
    distil      the student learns the teacher's space, in both languages
    retrieve    questions find their passages and sentences
    export      weights → a model folder
    refine      questions in other words find theirs → the folder that ships
    evaluate    development figures

The translation lexicon is `python -m training.lexicon`.
"""

from __future__ import annotations

import argparse
import logging
from collections.abc import Callable, Sequence
from pathlib import Path

import transformers

from training import stages

STAGES: dict[str, Callable[[stages.Run], None]] = {
    "initialise": stages.initialise,
    "distil": stages.distil,
    "retrieve": stages.retrieve,
    "export": stages.finish,
    "refine": stages.refine,
    "evaluate": stages.evaluate,
}


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the command line and run the stages."""
    options = _parser().parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    transformers.logging.set_verbosity_error()  # the unused pooler is no news
    options.out.mkdir(parents=True, exist_ok=True)
    run = stages.Run(
        data=options.data,
        out=options.out,
        scale=stages.SMALL if options.small else stages.FULL,
        seed=options.seed,
        start=options.start,
        keep=options.keep,
        snapshots=tuple(options.average),
    )
    names = [options.stage] if options.stage else list(STAGES)
    if options.start and not options.stage:
        names = [name for name in names if name not in ("initialise", "distil")]
    for name in names:
        logging.info("stage %s", name)
        STAGES[name](run)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m training",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--data", type=Path, required=True, help="the data folder")
    parser.add_argument("--out", type=Path, required=True, help="where everything is written")
    parser.add_argument("--stage", choices=list(STAGES), help="run this stage alone")
    parser.add_argument("--start", type=Path, help="go on from this model, skip distillation")
    parser.add_argument("--keep", type=float, default=0.0, help="share of the start in the average")
    parser.add_argument("--average", type=int, nargs="*", default=[], help="snapshots to average")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--small", action="store_true", help="a few hundred pairs, for a trial")
    return parser


if __name__ == "__main__":
    main()
