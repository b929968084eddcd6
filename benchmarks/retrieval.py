"""How well passages are found, against what a tutorial would build: one command, one table.

    python -m benchmarks.retrieval --data DIR [--split dev|test] [--model NAME_OR_FOLDER …]
                                   [--only PART_OF_A_SET'S_NAME]

Every system ranks the same pool: all passages of the split's articles. `raw BM25` is what
tutorials do for words, `all-MiniLM-L6-v2` what they do for vectors; `product` is the library
itself, with each passage as an article. `dense + BM25` fuses whole pools as the product does, and
`--weights` shows what other shares of the lexical side would give: choose them on `train` or
`dev`, never on `test`.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

import numpy as np

from benchmarks.datasets import (
    QuestionSet,
    Split,
    answer_questions,
    bitext,
    in_english,
    in_french,
    piaf,
    squad,
)
from benchmarks.metrics import MEASURES, Ranks, ranks_of, summarise
from benchmarks.peer import NAME, peer_folder
from benchmarks.systems import Dense, Product, fuse, our_bm25, raw_bm25
from rag.retriever import LEXICAL_WEIGHT
from rag.settings import BUNDLED_MODEL


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table: a system on a set."""

    set: str
    system: str
    ranks: Ranks

    def __str__(self) -> str:
        """Write it in Markdown."""
        cells = [self.set, self.system, *map(str, summarise(self.ranks).values())]
        return f"| {' | '.join(cells)} |"


def question_sets(data: Path, split: Split) -> list[tuple[str, QuestionSet]]:
    """Return the sets of a split, named for the table; sets over one pool stand together."""
    french, english = piaf(data, split), squad(data, split)
    asked = in_french(english)
    sets = [
        ("PIAF, French question", french),
        ("PIAF, English question", in_english(french)),
    ]
    if split == "test":  # all articles of the answer cases are test articles
        for language, name in (("fr", "French"), ("en", "English")):
            sets.append((f"answers, {name} question", answer_questions(data, french, language)))
    sets += [
        ("SQuAD, English", english),
        ("French question → English passage", asked),
        ("the same, English question → English passage", in_english(asked)),
    ]
    return [(name, questions) for name, questions in sets if questions.questions]


def retrieval_rows(
    name: str,
    questions: QuestionSet,
    models: Sequence[Dense],
    weights: Sequence[float],
    product: Product | None,
) -> Iterator[Row]:
    """Yield the rows of one question set.

    Args:
        name: The set's name in the table.
        questions: Questions and the pool they are asked of.
        models: Embedding models.
        weights: Lexical shares to fuse each model with.
        product: The library over the same pool; left out when absent.
    """
    texts = [context.text for context in questions.contexts]
    asked = [question.text for question in questions.questions]
    gold = np.array([question.context for question in questions.questions])
    yield Row(name, "BM25, raw tokens", ranks_of(raw_bm25(texts, asked), gold))
    lexical = our_bm25(texts, asked)
    yield Row(name, "BM25, our analysis", ranks_of(lexical, gold))
    for model in models:
        grains = model.grains(texts, asked)
        for grain, scores in grains.items():
            yield Row(name, f"{model.name}, {grain}", ranks_of(scores, gold))
        for weight in weights:
            fused = fuse(grains["both"], lexical, weight)
            yield Row(name, f"{model.name}, both + {weight:g} BM25", ranks_of(fused, gold))
    if product:
        yield Row(name, "product", product.ranks(asked, gold))


def bitext_rows(data: Path, models: Sequence[Dense]) -> Iterator[Row]:
    """Yield translation retrieval, each way: a sentence must find its translation."""
    for name in ("flores", "newsdiscuss"):
        pairs = bitext(data, name)
        gold = np.arange(len(pairs))
        for model in models:
            english = model.encode([pair.english for pair in pairs])
            french = model.encode([pair.french for pair in pairs])
            yield Row(f"{name}, English → French", model.name, ranks_of(english @ french.T, gold))
            yield Row(f"{name}, French → English", model.name, ranks_of(french @ english.T, gold))


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the command line, measure, print the table as it grows."""
    options = _parser().parse_args(arguments)
    named = [(NAME, str(peer_folder()))] + [(Path(name).name, name) for name in options.model]
    models = [Dense.load(name, folder) for name, folder in named]
    print(f"| set ({options.split}) | system | {' | '.join(MEASURES)} |")
    print("|" + " --- |" * (2 + len(MEASURES)))
    product: Product | None = None
    for name, questions in question_sets(options.data, options.split):
        if options.only.lower() not in name.lower():
            continue
        texts = [context.text for context in questions.contexts]
        if not options.no_product and (product is None or list(product.texts) != texts):
            product = Product(options.model[0], texts)
        for row in retrieval_rows(name, questions, models, options.weights, product):
            print(row, flush=True)
    if options.only:
        return
    if not options.no_bitext:
        for row in bitext_rows(options.data, models):
            print(row, flush=True)
    _print_speeds(options.data, models)


def _print_speeds(data: Path, models: Sequence[Dense]) -> None:
    print("\n| model | French passages encoded a second of processor time |\n| --- | --- |")
    texts = [context.text for context in piaf(data, "dev").contexts]
    for model in models:
        print(f"| {model.name} | {model.speed(texts):.1f} |", flush=True)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.retrieval",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--data",
        type=Path,
        required=True,
        help="folder of the public data sets; benchmarks/README.md says where they come from",
    )
    parser.add_argument("--split", choices=get_args(Split), default="dev")
    parser.add_argument(
        "--model",
        nargs="+",
        default=[str(BUNDLED_MODEL)],
        help="models to add beside all-MiniLM-L6-v2; the product is measured with the first",
    )
    parser.add_argument(
        "--weights",
        type=float,
        nargs="*",
        default=[LEXICAL_WEIGHT],
        help="lexical shares to fuse with",
    )
    parser.add_argument(
        "--only",
        metavar="NAME",
        default="",
        help="only the sets with this in their name, without bitext and speed",
    )
    parser.add_argument("--no-product", action="store_true", help="leave the product's rows out")
    parser.add_argument("--no-bitext", action="store_true", help="leave the bitext rows out")
    return parser


if __name__ == "__main__":
    main()
