"""Sentences of the best passages, with what speaks for each as an answer.

Every sentence gets the probability that it answers, by a logistic model over a
few readable features; the coefficients are in ``quoter.json``, fitted by
``python -m training.quoting``.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from rag.datamodels import Hit, Sentence
from rag.store import Snapshot
from rag.words import analyse

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# Questions that a number or a date answers, and the marks of one in a sentence.
_ASKS_NUMBER = re.compile(
    r"\b(combien|quand|when|how\s(many|much|long|often|old|far|high|tall)"
    r"|quel\s(nombre|chiffre|montant|pourcentage|âge|age|jour|mois)|quelle\s(date|année|annee|heure)"
    r"|(what|which)\s(year|date|day|month|number|figure|percentage|age))\b",
    re.IGNORECASE,
)
_NUMBER = re.compile(
    r"\d|\b(deux|trois|quatre|cinq|six|sept|huit|neuf|dix|onze|douze|quinze|vingt|trente|quarante"
    r"|cinquante|soixante|cent|cents|mille|dizaines?|centaines?|milliers?|millions?|milliards?"
    r"|two|three|four|five|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty|forty|fifty"
    r"|sixty|dozens?|hundreds?|thousands?|billions?|janvier|février|mars|avril|mai|juin|juillet"
    r"|août|septembre|octobre|novembre|décembre|january|february|april|june|july|august"
    r"|september|october|november|december)\b",
    re.IGNORECASE,
)
_ENDS_QUESTION = ("?", "? »", "?»", "?”", '?"')


@dataclass(frozen=True, slots=True)
class Evidence:
    """A sentence that may answer, with what speaks for it.

    Attributes:
        sentence: The sentence.
        cosine: Of the question with the sentence.
        passage_cosine: Mean of the question's cosines with the passage and its best sentence.
        coverage: Share of the question's words found in the sentence, weighted by rarity.
        passage_coverage: The same for its passage, titles left out.
        number: 1 where the question asks for a number or a date and the sentence has one, -1
            where it has none, 0 where none is asked for.
        probability: That the sentence answers.
    """

    sentence: Sentence
    cosine: float
    passage_cosine: float
    coverage: float
    passage_coverage: float
    number: float
    probability: float = 0.0

    @property
    def nearness(self) -> float:
        """Return how near the question the sentence is, on the scale of ``Hit.score``."""
        return max(0.0, (self.cosine + self.coverage) / 2)

    def features(self) -> dict[str, float]:
        """Return the numbers the sentence model weighs."""
        words = len(self.sentence.text.split())
        return {
            "cosine": self.cosine,
            "passage_cosine": self.passage_cosine,
            "coverage": self.coverage,
            "passage_coverage": self.passage_coverage,
            "number": self.number,
            "length": math.log(1 + words),
        }


def weigh(
    snapshot: Snapshot,
    question: str,
    vector: NDArray[np.float32],
    words: Sequence[Mapping[str, float]],
    hits: Sequence[Hit],
) -> list[Evidence]:
    """List the sentences of the hits with their features, most probable first.

    Titles are left out, and so are the article's own questions: they are not answers.
    So are sentences said before.
    """
    by_passage = {hit.passage.id: hit for hit in hits}
    sentences = snapshot.sentences([hit.passage.id for hit in hits])
    cosines = snapshot.score_sentences(vector, [sentence.id for sentence in sentences])
    rarity = snapshot.rarity(words)
    quoted = {hit.passage.document_id for hit in hits}
    languages = {document_id: snapshot.document(document_id).language for document_id in quoted}
    stems = {
        sentence.id: analyse(sentence.text, languages[sentence.document_id])
        for sentence in sentences
        if not sentence.is_title
    }
    said_in: dict[int, list[str]] = {}
    for sentence in sentences:
        said_in.setdefault(sentence.passage_id, []).extend(stems.get(sentence.id, ()))
    asks_number = _ASKS_NUMBER.search(question) is not None
    seen: set[str] = set()
    evidence = []
    for sentence, cosine in zip(sentences, cosines, strict=True):
        said = " ".join(sentence.text.split()).casefold()
        if sentence.is_title or said in seen or sentence.text.endswith(_ENDS_QUESTION):
            continue
        seen.add(said)
        hit = by_passage[sentence.passage_id]
        item = Evidence(
            sentence=sentence,
            cosine=float(cosine),
            passage_cosine=hit.dense,
            coverage=coverage(words, rarity, stems[sentence.id]),
            passage_coverage=coverage(words, rarity, said_in[sentence.passage_id]),
            number=0.0 if not asks_number else 1.0 if _NUMBER.search(sentence.text) else -1.0,
        )
        evidence.append(item)
    return rank(evidence, coefficients()["sentence"])


def rank(evidence: Iterable[Evidence], model: Mapping[str, float]) -> list[Evidence]:
    """Give each sentence its probability and put the most probable first."""
    weighed = [replace(e, probability=logistic(model, e.features())) for e in evidence]
    return sorted(
        weighed, key=lambda e: (-round(e.probability, 6), e.sentence.document_id, e.sentence.start)
    )


def coverage(
    words: Sequence[Mapping[str, float]], rarity: Sequence[float], stems: Sequence[str]
) -> float:
    """Return the share of a question's words, weighted by rarity, that stems hold; 0 to 1."""
    present = set(stems)
    total = sum(rarity)
    if not total:
        return 0.0
    found = (
        weight * max((share for stem, share in word.items() if stem in present), default=0.0)
        for word, weight in zip(words, rarity, strict=True)
    )
    return sum(found) / total


def logistic(model: Mapping[str, float], features: Mapping[str, float]) -> float:
    """Return the probability a logistic model gives to named features."""
    score = model["intercept"] + sum(model[k] * v for k, v in features.items())
    score = min(30.0, max(-30.0, score))
    return 1 / (1 + math.exp(-score))


@cache
def coefficients() -> dict[str, dict[str, float]]:
    """Return the models' coefficients by name: ``sentence`` and ``confidence``."""
    loaded: dict[str, dict[str, float]] = json.loads(
        files("rag").joinpath("quoter.json").read_text(encoding="utf-8")
    )
    return loaded
