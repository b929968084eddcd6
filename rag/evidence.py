"""Sentences of the best passages, with what speaks for each as an answer.

Every sentence gets the probability that it answers, by a logistic model over a
few readable features, the reader's judgement among them; the coefficients are in
``quoter.json``, fitted by ``python -m training.quoting``. Without a reader a second
set of coefficients does with the other features.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from rag.datamodels import Hit, Sentence
from rag.question_analysis import mentions
from rag.question_analysis.names import missing_from, names
from rag.reader import Page, Reader
from rag.store import Snapshot
from rag.words import analyse

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

READ_FIRST, READ_MOST = 5, 9  # passages
DOUBTFUL = -2.0  # log-odds: a best sentence below this has more passages read
_ENDS_QUESTION = ("?", "? »", "?»", "?”", '?"')


@dataclass(frozen=True, slots=True)
class Search:
    """A question as searched, with what was found for it.

    Attributes:
        question: Its words.
        vector: ``(dim,) float32``, its unit vector.
        words: Its words, each a mapping of stems to weights.
        hits: The nearest passages, best first.
    """

    question: str
    vector: NDArray[np.float32]
    words: Sequence[Mapping[str, float]]
    hits: Sequence[Hit]


@dataclass(frozen=True, slots=True)
class Evidence:
    """A sentence that may answer, with what speaks for it.

    Attributes:
        sentence: The sentence.
        hit: The passage it stands in, as it was found.
        cosine: Of the question with the sentence.
        coverage: Share of the question's words found in the sentence, weighted by rarity.
        passage_coverage: The same for its passage, titles left out.
        asked_for: The type of thing asked for; empty when any would do.
        held: How clearly the sentence holds a thing of that type, 0 to 1.
        missing: Share of the question's names and numbers that neither the passage nor its
            article's title holds.
        unknown: Share of the question's words, weighted by rarity, that no article holds.
        reading: The reader's log-odds that it answers; None where it was not read.
        probability: That it answers.
        own_missing: As ``missing``, of what the sentence itself holds, the title left out.
    """

    sentence: Sentence
    hit: Hit
    cosine: float
    coverage: float
    passage_coverage: float
    asked_for: str
    held: float
    missing: float
    unknown: float
    reading: float | None = None
    probability: float = 0.0
    own_missing: float = 0.0

    @property
    def nearness(self) -> float:
        """Return how near the question the sentence is, on the scale of ``Hit.score``."""
        return max(0.0, (self.cosine + self.coverage) / 2)

    @property
    def holds_it(self) -> float:
        """Return 1 where the sentence holds what is asked for, -1 where not, 0 for any thing."""
        return 2 * self.held - 1 if self.asked_for not in ("", "yes_no") else 0.0

    def features(self) -> dict[str, float]:
        """Return the numbers the sentence model weighs."""
        read = {} if self.reading is None else {"reading": self.reading}
        return {
            **read,
            "cosine": self.cosine,
            "passage_cosine": self.hit.dense,
            "coverage": self.coverage,
            "passage_coverage": self.passage_coverage,
            "holds_it": self.holds_it,
            "missing": self.missing,
            "own_missing": self.own_missing,
            "length": math.log(1 + len(self.sentence.text.split())),
        }


def weigh(snapshot: Snapshot, search: Search, reader: Reader | None = None) -> list[Evidence]:
    """List the sentences of the hits with their features, most probable first.

    Titles are left out, and so are the article's own questions: they are not answers.
    So are sentences said before.

    Args:
        snapshot: The state of the index the hits come from.
        search: The question, and the passages found for it.
        reader: Reads the first ``READ_FIRST`` of them, and where it thinks little of all their
            sentences, those up to ``READ_MOST``. Without one, the other features of the first do.
    """
    evidence: list[Evidence] = []
    said: set[str] = set()
    for first, end in ((0, READ_FIRST), (READ_FIRST, READ_MOST)):
        part = replace(search, hits=search.hits[first:end])
        found = _gather(snapshot, part, said)
        evidence += found if reader is None else _read(snapshot, part, found, reader)
        if reader is None or any((each.reading or 0.0) > DOUBTFUL for each in evidence):
            break
    return rank(evidence, coefficients(reader is not None)["sentence"])


def _gather(snapshot: Snapshot, search: Search, seen: set[str]) -> list[Evidence]:
    """Return the sentences of the hits, but those said before; they are noted in ``seen``."""
    question, words, hits = search.question, search.words, search.hits
    by_passage = {hit.passage.id: hit for hit in hits}
    sentences = snapshot.sentences([hit.passage.id for hit in hits])
    cosines = snapshot.score_sentences(search.vector, [sentence.id for sentence in sentences])
    *rarity, of_absent = snapshot.rarity([*words, {}])
    unknown = _share((weight >= of_absent for weight in rarity), rarity)
    documents = {hit.passage.document_id: None for hit in hits}
    articles = {document_id: snapshot.document(document_id) for document_id in documents}
    stems = {
        sentence.id: analyse(sentence.text, articles[sentence.document_id].language)
        for sentence in sentences
        if not sentence.is_title
    }
    said_in: dict[int, list[str]] = {}
    for sentence in sentences:
        said_in.setdefault(sentence.passage_id, []).extend(stems.get(sentence.id, ()))
    named = {id_: analyse(each.title, each.language) for id_, each in articles.items()}
    missing = {
        passage_id: _missing(question, said + named[by_passage[passage_id].passage.document_id])
        for passage_id, said in said_in.items()
    }
    asked = mentions.asked(question)
    evidence = []
    for sentence, cosine in zip(sentences, cosines, strict=True):
        said = " ".join(sentence.text.split()).casefold()
        if sentence.is_title or said in seen or sentence.text.endswith(_ENDS_QUESTION):
            continue
        seen.add(said)
        language = articles[sentence.document_id].language
        item = Evidence(
            sentence=sentence,
            hit=by_passage[sentence.passage_id],
            cosine=float(cosine),
            coverage=coverage(words, rarity, stems[sentence.id]),
            passage_coverage=coverage(words, rarity, said_in[sentence.passage_id]),
            asked_for=asked.kind,
            held=asked.held_in(sentence.text, language),
            missing=missing[sentence.passage_id],
            unknown=unknown,
            own_missing=_missing(question, stems[sentence.id]),
        )
        evidence.append(item)
    return evidence


def _missing(question: str, stems: Sequence[str]) -> float:
    """Return the share of a question's names and numbers that are not among stems."""
    named = names(question)
    return len(missing_from(question, set(stems))) / len(named) if named else 0.0


def _read(
    snapshot: Snapshot, search: Search, evidence: Sequence[Evidence], reader: Reader
) -> list[Evidence]:
    by_passage: dict[int, list[Evidence]] = {}
    for each in evidence:
        by_passage.setdefault(each.sentence.passage_id, []).append(each)
    read = [hit.passage for hit in search.hits if hit.passage.id in by_passage]
    pages = [
        Page(
            snapshot.document(passage.document_id).title,
            passage.text,
            tuple(
                (each.sentence.start - passage.start, each.sentence.end - passage.start)
                for each in by_passage[passage.id]
            ),
        )
        for passage in read
    ]
    return [
        replace(each, reading=score)
        for passage, scores in zip(read, reader.read(search.question, pages), strict=True)
        for each, score in zip(by_passage[passage.id], scores, strict=True)
    ]


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
    found = (max((s for stem, s in word.items() if stem in present), default=0.0) for word in words)
    return _share(found, rarity)


def _share(values: Iterable[float], weights: Sequence[float]) -> float:
    total = sum(weights)
    summed = sum(value * weight for value, weight in zip(values, weights, strict=True))
    return summed / total if total else 0.0


def logistic(model: Mapping[str, float], features: Mapping[str, float]) -> float:
    """Return the probability a logistic model gives to named features."""
    score = model["intercept"] + sum(model[k] * v for k, v in features.items())
    return to_probability(score)


def to_probability(log_odds: float) -> float:
    """Return the probability of log-odds, which count up to 30 either way."""
    return 1 / (1 + math.exp(-min(30.0, max(-30.0, log_odds))))


@cache
def coefficients(read: bool) -> dict[str, dict[str, float]]:
    """Return the models' coefficients by name, ``sentence``, ``subject`` and ``answer``.

    Args:
        read: Those that weigh the reader's judgement, or those for where there is none.
    """
    loaded: dict[str, dict[str, dict[str, float]]] = json.loads(
        files("rag").joinpath("quoter.json").read_text(encoding="utf-8")
    )
    return loaded["with_reader" if read else "without_reader"]
