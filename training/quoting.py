"""Fit the two logistic models of `rag.quoter` on questions of development articles.

`python -m training.quoting --data DIR --out rag/quoter.json` indexes the development articles of
PIAF (French questions, and English ones where there are) and of SQuAD (English), then asks every
question four ways: of the whole library, of the library without the article that answers, of that
article alone, and of one other article alone. Not the training articles: the embedding model has
seen those, and its cosines there promise too much.

The sentence model learns which of the sentences read holds the answer. The confidence model then
learns whether the quotes chosen hold it; where the article is missing, they never do.
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression

from benchmarks.corpus import Gold, as_library, locate
from benchmarks.datasets import QuestionSet, in_english, piaf, squad
from rag import quoter
from rag.datamodels import Hit
from rag.evidence import Evidence, rank
from rag.library import Library

RETRIEVED = 40  # passages, so that some are left when an article is left out
SEED = 20240611


@dataclass(frozen=True, slots=True)
class Asked:
    """What the quoter reads for one question, and whether each sentence holds the answer."""

    several: bool
    evidence: list[Evidence]
    holds: list[bool]


def ask_all(library: Library, gold: Sequence[Gold], seed: int = SEED) -> Iterator[Asked]:
    """Ask each question in the four ways."""
    chance = random.Random(seed)  # noqa: S311  sampling, not secrecy
    documents = [document.id for document in library.documents()]
    for each in gold:
        found = library.retrieve(each.question, RETRIEVED)
        own = [hit for hit in found if hit.passage.document_id == each.document_id]
        others = [hit for hit in found if hit.passage.document_id != each.document_id]
        stranger = chance.choice([i for i in documents if i != each.document_id])
        alone = [hit for hit in others if hit.passage.document_id == stranger]
        for hits in (found, others, own, alone):
            if hits:
                yield _read(library, each, hits)


def _read(library: Library, gold: Gold, hits: Sequence[Hit]) -> Asked:
    evidence = library.weigh(gold.question, hits[: quoter.READ_PASSAGES])
    several = quoter.asks_several(gold.question)
    return Asked(several, evidence, [_holds(each, gold) for each in evidence])


def _holds(evidence: Evidence, gold: Gold) -> bool:
    sentence = evidence.sentence
    return sentence.document_id == gold.document_id and sentence.start <= gold.start < sentence.end


def fit(rows: Sequence[dict[str, float]], labels: Sequence[bool]) -> dict[str, float]:
    """Fit a logistic model.

    Args:
        rows: Features of each example, all with the same names.
        labels: Whether each is positive.

    Returns:
        A coefficient for each feature, and the intercept.
    """
    names = sorted(rows[0])
    x = np.array([[row[name] for name in names] for row in rows])
    spread = np.maximum(x.std(axis=0), 1e-9)
    model = LogisticRegression(C=1.0, max_iter=1000).fit(x / spread, np.array(labels))
    weights = model.coef_[0] / spread
    fitted = {name: round(float(w), 4) for name, w in zip(names, weights, strict=True)}
    return {"intercept": round(float(model.intercept_[0]), 4), **fitted}


def fit_both(asked: Sequence[Asked]) -> dict[str, dict[str, float]]:
    """Fit the sentence model, then the confidence model on what it chooses."""
    answerable = [each for each in asked if any(each.holds)]
    sentence = fit(
        [e.features() for each in answerable for e in each.evidence],
        [holds for each in answerable for holds in each.holds],
    )
    rows, labels = [], []
    for each in asked:
        held = {e.sentence.id for e, holds in zip(each.evidence, each.holds, strict=True) if holds}
        weighed = rank(each.evidence, sentence)
        chosen = quoter.choose(weighed, each.several)
        if not chosen:
            continue
        rows.append(quoter.confidence_features(chosen))
        labels.append(any(e.sentence.id in held for e in chosen))
    return {"sentence": sentence, "confidence": fit(rows, labels)}


def collect(sets: Iterable[QuestionSet], most: int) -> list[Asked]:
    """Ask at most ``most`` questions of each set in its language, and its English versions."""
    asked: list[Asked] = []
    chance = random.Random(SEED)  # noqa: S311  sampling, not secrecy
    for questions in sets:
        with as_library(questions) as (library, gold):
            picked = chance.sample(gold, min(most, len(gold)))
            asked += ask_all(library, picked)
            asked += ask_all(library, locate(library, in_english(questions)))
    return asked


def main() -> None:
    """Read the command line, fit and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder of the data sets")
    parser.add_argument("--out", type=Path, required=True, help="JSON file to write")
    parser.add_argument("--most", type=int, default=1500, help="questions of each set (1500)")
    parser.add_argument("--read", type=int, help="first questions of each set (all)")
    options = parser.parse_args()
    french, english = piaf(options.data, "dev"), squad(options.data, "dev")
    sets = [french.first(options.read), english.first(options.read)]
    asked = collect(sets, options.most)
    options.out.write_text(json.dumps(fit_both(asked), indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
