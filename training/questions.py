"""Question → passage and question → sentence, with hard negatives, from SQuAD-like sets."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from benchmarks.datasets import Question, QuestionSet
from training.encoder import Encoder
from training.negatives import bm25_scores, mine
from training.sentences import Sentenced, sentenced
from training.tasks import Example, Retrieve

ENGLISH_REPEATS = 2
"""Times a question's English version is asked an epoch: there are few of them."""


@dataclass(frozen=True)
class Asked:
    """A question set cut into sentences, with its hard negatives.

    Attributes:
        questions: The questions; English versions follow as questions of their own.
        texts: The passages, cut into sentences.
        sentences: All sentences, as (passage, position).
        gold: For each question the index, in `sentences`, of the one holding the answer.
        hard_texts: For each question, hard negatives among `texts`.
        hard_sentences: For each question, hard negatives among `sentences`.
    """

    questions: tuple[tuple[str, Question], ...]
    texts: tuple[Sentenced, ...]
    sentences: tuple[tuple[int, int], ...]
    gold: tuple[int, ...]
    hard_texts: list[list[int]]
    hard_sentences: list[list[int]]

    def sentence(self, index: int) -> str:
        """Return the words of a sentence by its index in `sentences`."""
        text, position = self.sentences[index]
        return self.texts[text].sentence(position)

    def passage_task(self, size: int, seed: int) -> Retrieve:
        """Build question → a run of sentences around the answer, one hard negative each."""

        def draw(i: int, rng: np.random.Generator) -> Example:
            asked = self.questions[i][0]
            text, position = self.sentences[self.gold[i]]
            wrong = _pick(self.hard_texts[i], rng)
            negatives = tuple(
                (self.texts[j].window(int(rng.integers(len(self.texts[j]))), rng), j) for j in wrong
            )
            return Example(asked, self.texts[text].window(position, rng), text, negatives)

        return Retrieve(len(self.questions), draw, size, seed)

    def sentence_task(self, size: int, seed: int) -> Retrieve:
        """Build question → the sentence holding the answer, one hard negative each."""

        def draw(i: int, rng: np.random.Generator) -> Example:
            asked, gold = self.questions[i][0], self.gold[i]
            wrong = _pick(self.hard_sentences[i], rng)
            negatives = tuple((self.sentence(j), j) for j in wrong)
            return Example(asked, self.sentence(gold), gold, negatives)

        return Retrieve(len(self.questions), draw, size, seed)


def prepare(
    questions: QuestionSet, language: str, model: Encoder, *, crossed: bool = False
) -> Asked:
    """Cut a question set into sentences and mine its hard negatives.

    Args:
        questions: The training split of the set.
        language: Snowball's name of the language of the passages.
        model: The model whose mistakes are the dense negatives.
        crossed: Whether the questions are in another language, so that BM25 can mine nothing.
    """
    texts = tuple(sentenced(c.text) for c in questions.contexts)
    sentences = tuple((i, j) for i, text in enumerate(texts) for j in range(len(text)))
    index = {pair: i for i, pair in enumerate(sentences)}
    asked = [(q.text, q) for q in questions.questions]
    asked += [(q.english, q) for q in questions.questions if q.english] * ENGLISH_REPEATS
    gold = [index[q.context, texts[q.context].holding(q.start)] for _, q in asked]
    words = [texts[i].sentence(j) for i, j in sentences]
    vectors = model.encode_all([question for question, _ in asked])
    # BM25 reads the question in the language of the passages, whichever is asked.
    native = [q.text for _, q in asked]
    answers = _answers(question for _, question in asked)

    def hard(pool: list[str], positives: list[int]) -> list[list[int]]:
        lowered = [text.lower() for text in pool]
        banned = [
            frozenset(i for i, t in enumerate(lowered) if any(a in t for a in answers[q.id]))
            for _, q in asked
        ]
        dense = vectors @ model.encode_all(pool).T
        lexical = dense if crossed else bm25_scores(native, pool, language).toarray()
        return mine(dense, lexical, np.array(positives), banned)

    return Asked(
        questions=tuple(asked),
        texts=texts,
        sentences=sentences,
        gold=tuple(gold),
        hard_texts=hard([t.text for t in texts], [q.context for _, q in asked]),
        hard_sentences=hard(words, gold),
    )


def _answers(asked: Iterable[Question]) -> dict[str, set[str]]:
    """Return all answers of each question by id, in lower case."""
    answers: dict[str, set[str]] = {}
    for question in asked:
        answers.setdefault(question.id, set()).add(question.answer.lower())
    return answers


def _pick(candidates: list[int], rng: np.random.Generator) -> list[int]:
    return [candidates[int(rng.integers(len(candidates)))]] if candidates else []
