"""Fit the logistic models of `rag.quoter` on questions of development articles.

`python -m training.quoting --data DIR --out rag/quoter.json` indexes the development articles of
PIAF (French questions, and English ones where there are) and of SQuAD 2.0 (English), and asks every
question in several ways, some of which nothing answers: see `ON_SUBJECT`. Not the training
articles: the embedding model and the reader have seen those, and promise too much there. The sets'
questions repeat their passages' words more than people do, so questions in other words are asked
too and weigh much: those of `training.written_questions` on development articles, the press among
them, and half of the answer cases. Without them, shared words are trusted where they mislead.

The sentence model learns which of the sentences read holds the answer. Of the sentences chosen by
it, a second model then learns whether their articles are on the subject, and a third, where they
are, whether they answer. All are fitted twice: with the reader's judgement, and without it, for
where there is no reader.
"""

from __future__ import annotations

import argparse
import json
import random
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression

from benchmarks.answer_sets import Corpus, answer_cases
from benchmarks.corpus import Gold, as_library, join_articles, locate
from benchmarks.datasets import QuestionSet, in_english, piaf, squad, squad_unanswerable
from rag import quoter
from rag.catalogue import LANGUAGES
from rag.datamodels import Hit
from rag.evaluation.cases import Place
from rag.evidence import READ_FIRST, READ_MOST, Evidence, rank
from rag.followups import followup
from rag.library import Library
from rag.words import detect_language
from training.everyday import EVERYDAY
from training.press import press
from training.written_questions import written_questions

RETRIEVED = 40  # passages, so that some are left when others are left out
SEED = 20240611

ON_SUBJECT: dict[str, float] = {
    "library": 1.0,
    "article": 0.5,
    "without the passage": 0.4,
    "trap": 0.4,
    "paraphrased": 4.0,
}
OFF_SUBJECT: dict[str, float] = {
    "without the article": 0.25,
    "other article": 0.25,
    "off topic": 3.0,
}
"""How a question is asked, and what each counts. On the subject: of the whole library, of the
article that answers alone, of the library without the passages that hold the answer, an
unanswerable question of SQuAD 2.0, and questions in other words, two fifths of which nothing
answers. Off it: of the library without the article, of one other article alone, and of a library
that has nothing on the matter, in either language."""

PARAPHRASED = 8.0
"""What a sentence read for one in other words counts in the sentence model, another counting 1."""

SIGNS = {
    "cosine": 1, "passage_cosine": 1, "coverage": 1, "passage_coverage": 1, "holds_it": 1,
    "reading": 1, "all_readings": 1, "probability": 1, "lead": 1,
    "missing": -1, "own_missing": -1, "unknown": -1,
}  # fmt: skip
"""Which way each feature may count. One that fits the other way, by chance or because it repeats
another, is left out: it would mislead on questions unlike these."""

OTHER_WORDS = 0.5
"""Share of the questions taken as if asked in other words: the sets' questions repeat their
passages' words more than people do, so that coverage would be trusted too much."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What the quoter reads for one question, and whether each sentence holds the answer."""

    question: str
    way: str
    evidence: list[Evidence]
    holds: list[bool]


def ask_all(library: Library, gold: Sequence[Gold], seed: int = SEED) -> Iterator[Asked]:
    """Ask each question in every way but the trap."""
    chance = random.Random(seed)  # noqa: S311  sampling, not secrecy
    documents = [document.id for document in library.documents()]
    for each in gold:
        found = library.without_reader().retrieve(each.question, RETRIEVED)
        own = [hit for hit in found if hit.passage.document_id == each.document_id]
        others = [hit for hit in found if hit.passage.document_id != each.document_id]
        stranger = chance.choice([i for i in documents if i != each.document_id])
        ways = {
            "library": found,
            "article": own,
            "without the passage": [hit for hit in found if not _answers(hit, each, library)],
            "without the article": others,
            "other article": [hit for hit in others if hit.passage.document_id == stranger],
        }
        for way, hits in ways.items():
            if hits:
                yield _read(library, each, hits, way)


def ask_traps(library: Library, questions: QuestionSet, most: int) -> Iterator[Asked]:
    """Ask questions that nothing answers, though their articles are there."""
    chance = random.Random(SEED)  # noqa: S311  sampling, not secrecy
    picked = chance.sample(questions.questions, min(most, len(questions.questions)))
    for question in picked:
        hits = library.without_reader().retrieve(question.text, READ_MOST)
        yield _read(library, Gold(question.text, "", -1, -1), hits, "trap")


def ask_strangers(library: Library, questions: QuestionSet, most: int) -> Iterator[Asked]:
    """Ask questions about other articles than the library's, and everyday ones."""
    chance = random.Random(SEED)  # noqa: S311  sampling, not secrecy
    picked = chance.sample(questions.questions, min(most, len(questions.questions)))
    for text in [question.text for question in picked] + everyday(detect_language(picked[0].text)):
        hits = library.without_reader().retrieve(text, READ_MOST)
        yield _read(library, Gold(text, "", -1, -1), hits, "off topic")


def everyday(language: str) -> list[str]:
    """Return the everyday questions in a language."""
    return [french if language == "fr" else english for english, french in EVERYDAY]


def ask_cases(data: Path, folder: Path) -> Iterator[Asked]:
    """Ask the answer cases of the development half, in both languages, after what they follow.

    Args:
        data: The data folder.
        folder: Where PIAF's test articles, which they are about, are indexed.
    """
    corpus = Corpus(piaf(data, "test"), folder)
    for language in LANGUAGES:
        for each in answer_cases(data, corpus, language, "dev"):
            case = each.case
            question = followup.resolve(case.question, followup.to_turns(case.history))
            hits = corpus.library.without_reader().retrieve(question, READ_MOST)
            evidence = corpus.library.weigh(question, hits)
            places = [place for gold in each.gold for place in gold]
            yield Asked(question, "paraphrased", evidence, _gold_among(evidence, places))


def ask_written(library: Library, articles: QuestionSet) -> Iterator[Asked]:
    """Ask the questions that were written on a set's articles, in both languages."""
    ids = {document.text: document.id for document in library.documents()}
    texts = join_articles(articles)[0]
    for each in written_questions(articles):
        places = [Place(ids[texts[each.title]], start, end) for start, end in each.gold]
        for question, _ in each.asked():
            hits = library.without_reader().retrieve(question, READ_MOST)
            evidence = library.weigh(question, hits)
            yield Asked(question, "paraphrased", evidence, _gold_among(evidence, places))


def _gold_among(evidence: Sequence[Evidence], places: Sequence[Place]) -> list[bool]:
    """Tell of each sentence whether it and a gold one share half or more of the shorter one."""
    said = (Place(e.sentence.document_id, e.sentence.start, e.sentence.end) for e in evidence)
    return [any(place.overlaps(sentence) for place in places) for sentence in said]


def _answers(hit: Hit, gold: Gold, library: Library) -> bool:
    """Tell whether a passage holds the answer, here or said elsewhere in the article."""
    if hit.passage.document_id != gold.document_id:
        return False
    answer = library.document(gold.document_id).text[gold.start : gold.end]
    holds = hit.passage.start <= gold.start < hit.passage.end
    return holds or answer.lower() in hit.passage.text.lower()


def _read(library: Library, gold: Gold, hits: Sequence[Hit], way: str) -> Asked:
    evidence = library.weigh(gold.question, hits[:READ_MOST])
    return Asked(gold.question, way, evidence, [_holds(each, gold) for each in evidence])


def _holds(evidence: Evidence, gold: Gold) -> bool:
    sentence = evidence.sentence
    return sentence.document_id == gold.document_id and sentence.start <= gold.start < sentence.end


def fit(
    rows: Sequence[dict[str, float]],
    labels: Sequence[bool],
    weights: Sequence[float] | None = None,
) -> dict[str, float]:
    """Fit a logistic model.

    Args:
        rows: Features of each example, all with the same names.
        labels: Whether each is positive.
        weights: How much each counts; all the same when absent.

    Returns:
        A coefficient for each feature, and the intercept.
    """
    names = sorted(rows[0])
    while True:
        x = np.array([[row[name] for name in names] for row in rows])
        spread = np.maximum(x.std(axis=0), 1e-9)
        model = LogisticRegression(C=1.0, max_iter=1000)
        model.fit(x / spread, np.array(labels), sample_weight=weights)
        slopes = dict(zip(names, (float(w) for w in model.coef_[0] / spread), strict=True))
        wrong = [name for name in names if slopes[name] * SIGNS.get(name, 0) < 0]
        if not wrong:
            break
        names = [name for name in names if name not in wrong]
    left_out = {name: 0.0 for name in rows[0] if name not in slopes}
    fitted = {name: round(slope, 4) for name, slope in slopes.items()}
    return {"intercept": round(float(model.intercept_[0]), 4), **fitted, **left_out}


def in_other_words(asked: Sequence[Asked]) -> list[Asked]:
    """Take a share of the questions as if fewer of their words stood in the articles."""
    chance = random.Random(SEED)  # noqa: S311  sampling, not secrecy
    changed = []
    for each in asked:
        kept = chance.random() if chance.random() < OTHER_WORDS else 1.0
        evidence = [
            replace(e, coverage=kept * e.coverage, passage_coverage=kept * e.passage_coverage)
            for e in each.evidence
        ]
        changed.append(replace(each, evidence=evidence))
    return changed


def fit_all(asked: Sequence[Asked]) -> dict[str, dict[str, dict[str, float]]]:
    """Fit the models with the reader's judgement, and those without it."""
    return {
        name: {"sentence": (sentence := fit_sentence(part)), **fit_confidence(part, sentence)}
        for name, part in (("with_reader", asked), ("without_reader", without_reader(asked)))
    }


def fit_sentence(asked: Sequence[Asked]) -> dict[str, float]:
    """Fit which of the sentences read holds the answer, where one does."""
    answerable = [each for each in in_other_words(asked) if any(each.holds)]
    return fit(
        [e.features() for each in answerable for e in each.evidence],
        [holds for each in answerable for holds in each.holds],
        [
            PARAPHRASED if each.way == "paraphrased" else 1.0
            for each in answerable
            for _ in each.evidence
        ],
    )


def fit_confidence(
    asked: Sequence[Asked], sentence: dict[str, float]
) -> dict[str, dict[str, float]]:
    """Fit whether the articles of the sentences chosen are on the subject, and if so answer.

    Args:
        asked: The questions.
        sentence: The model that chooses the sentences.
    """
    weights = {**ON_SUBJECT, **OFF_SUBJECT}
    rows, on_subject, answered, counts = [], [], [], []
    for each in in_other_words(asked):
        held = {e.sentence.id for e, holds in zip(each.evidence, each.holds, strict=True) if holds}
        weighed = rank(each.evidence, sentence)
        chosen = quoter.choose(weighed, quoter.asks_several(each.question))
        if chosen:
            rows.append(quoter.confidence_features(chosen, weighed))
            on_subject.append(each.way in ON_SUBJECT)
            answered.append(any(e.sentence.id in held for e in chosen))
            counts.append(weights[each.way])
    there = [i for i, on in enumerate(on_subject) if on]
    return {
        "subject": fit(rows, on_subject, counts),
        "answer": fit(
            [rows[i] for i in there], [answered[i] for i in there], [counts[i] for i in there]
        ),
    }


def without_reader(asked: Sequence[Asked]) -> list[Asked]:
    """Return what was asked as if nothing had been read: of the first passages alone."""
    unread = []
    for each in asked:
        found = sorted({e.hit.passage.id: e.hit for e in each.evidence}.values(), key=_by_score)
        first = {hit.passage.id for hit in found[:READ_FIRST]}
        kept = [
            (replace(e, reading=None), holds)
            for e, holds in zip(each.evidence, each.holds, strict=True)
            if e.hit.passage.id in first
        ]
        unread.append(
            replace(each, evidence=[e for e, _ in kept], holds=[holds for _, holds in kept])
        )
    return unread


def _by_score(hit: Hit) -> tuple[float, int]:
    return -hit.score, hit.passage.id


def collect(
    french: QuestionSet,
    english: QuestionSet,
    traps: QuestionSet,
    strangers: tuple[QuestionSet, QuestionSet],
    most: int,
) -> list[Asked]:
    """Ask at most ``most`` questions of each set in its language, and its English versions.

    Args:
        french: Questions and articles in French.
        english: In English.
        traps: Questions on the English articles that nothing answers.
        strangers: Questions in French and in English about neither set's articles.
        most: Of each set.
    """
    asked: list[Asked] = []
    chance = random.Random(SEED)  # noqa: S311  sampling, not secrecy
    with as_library(press()) as (library, _):
        asked += ask_written(library, press("dev"))
    for questions in (french, english):
        with as_library(questions) as (library, gold):
            picked = chance.sample(gold, min(most, len(gold)))
            asked += ask_all(library, picked)
            asked += ask_all(library, locate(library, in_english(questions)))
            for others in strangers:
                asked += ask_strangers(library, others, most // 4)
            if questions is french:
                asked += ask_written(library, french)
            else:
                asked += ask_traps(library, traps, most)
    return asked


def main() -> None:
    """Read the command line, fit and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder of the data sets")
    parser.add_argument("--out", type=Path, required=True, help="JSON file to write")
    parser.add_argument("--most", type=int, default=400, help="questions of each set (400)")
    parser.add_argument("--work", type=Path, help="where PIAF's test articles are indexed")
    parser.add_argument("--read", type=int, help="first questions of each set (all)")
    options = parser.parse_args()
    french, english, traps = (
        load(options.data, "dev").first(options.read) for load in (piaf, squad, squad_unanswerable)
    )
    strangers = (
        piaf(options.data, "train").first(options.read),
        squad(options.data, "train").first(options.read),
    )
    asked = collect(french, english, traps, strangers, options.most)
    with tempfile.TemporaryDirectory() as folder:
        asked += ask_cases(options.data, options.work or Path(folder))
    options.out.write_text(json.dumps(fit_all(asked), indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
