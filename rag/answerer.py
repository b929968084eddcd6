"""Question → answer, over the articles of any store that can be read."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from rag import quoter, retriever
from rag.datamodels import Answer, Document, Hit
from rag.embedder import Embedder
from rag.evidence import READ_MOST, Evidence, Search, weigh
from rag.filters import Filter, read_filter
from rag.followups import followup
from rag.followups.courtesies import is_small_talk
from rag.question import check_k, check_question
from rag.reader import Reader
from rag.reranker import rerank
from rag.store import Readable, Snapshot
from rag.stores.joint_store import JointStore
from rag.words import question_words

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_SURE = 0.5  # a question that finds this by itself needs no earlier one


class Answerer:
    """Answers from the articles of a store. Safe for concurrent questions from many threads.

    Args:
        store: What is read.
        embedder: Texts → vectors; the one that made the store's.
        reader: Judges whether a sentence answers; without one, readable features alone do.
        k: How many passages a question retrieves, unless it says.
        min_confidence: Below it, nothing is quoted.
        max_question: Longest question accepted, in characters.
    """

    def __init__(
        self,
        store: Readable,
        embedder: Embedder,
        reader: Reader | None,
        *,
        k: int,
        min_confidence: float,
        max_question: int,
    ) -> None:
        self._readable = store
        self._embedder = embedder
        self._reader = reader
        self._k = k
        self._min_confidence = min_confidence
        self._max_question = max_question

    def beside(self, store: Readable) -> Answerer:
        """Return what answers from these articles and from another store's, as if from one."""
        joint = JointStore((self._readable, store))
        return Answerer(
            joint,
            self._embedder,
            self._reader,
            k=self._k,
            min_confidence=self._min_confidence,
            max_question=self._max_question,
        )

    def without_reader(self) -> Answerer:
        """Return what answers from the same articles without a reader, by other features alone."""
        return Answerer(
            self._readable,
            self._embedder,
            None,
            k=self._k,
            min_confidence=self._min_confidence,
            max_question=self._max_question,
        )

    def retrieve(
        self,
        question: str,
        k: int | None = None,
        *,
        within: Filter | Mapping[str, Any] | None = None,
    ) -> list[Hit]:
        """Return the ``k`` passages nearest to a question, best first.

        Args:
            question: In French or English.
            k: How many passages.
            within: Which articles to search, a filter or a mapping with the names of one; all
                when absent.

        Raises:
            QuestionError: If the question is empty or too long, or ``within`` is no filter.
            ValueError: If ``k`` is below 1.
        """
        question, k = self._check_question(question, k)
        chosen, vector = read_filter(within), self._embedder.encode_question(question)
        with self._readable.snapshot() as snapshot:
            admitted = _admitted(snapshot, chosen)
            search = _search(snapshot, question, vector, max(k, READ_MOST), admitted)
            if self._reader is None:
                return list(search.hits[:k])
            return rerank(search.hits, weigh(snapshot, search, self._reader))[:k]

    def ask(
        self,
        question: str,
        k: int | None = None,
        *,
        history: Sequence[object] = (),
        within: Filter | Mapping[str, Any] | None = None,
    ) -> Answer:
        """Answer a question by quotes, or say that the articles do not.

        Args:
            question: In French or English.
            k: How many nearest passages the answer lists.
            history: Earlier turns of the conversation, oldest first, for a follow-up question
                ("And Russia?"): ``Answer``, ``Turn``, a question, or a mapping with ``question``,
                ``searched_as`` and ``quotes``.
            within: Which articles to search, a filter or a mapping with the names of one; all
                when absent.

        Raises:
            QuestionError: If the question is empty or too long, or the history or ``within``
                is none.
            ValueError: If ``k`` is below 1.
        """
        question, k = self._check_question(question, k)
        turns, chosen = followup.to_turns(history), read_filter(within)
        if is_small_talk(question):  # "merci" asks nothing, and nothing answers it
            return Answer(question, False, 0.0, searched_as=question)
        resolved = followup.resolve(question, turns)
        if resolved != question:
            answer = self._follow_up(resolved, k, chosen, history)
        else:
            answer = self._answer(question, k, chosen)
            taken_up = followup.take_up(question, turns)
            if taken_up != question and answer.confidence < _SURE:
                second = self._follow_up(taken_up, k, chosen, history)
                answer = max(answer, second, key=lambda each: each.confidence)
        return replace(answer, question=question)

    def _follow_up(
        self, searched: str, k: int, within: Filter, history: Sequence[object]
    ) -> Answer:
        """Answer from the articles that were quoted last, where they do; else from all."""
        quoted = set(followup.quoted_documents(history))
        near = tuple(sorted(quoted & set(within.documents) if within.documents else quoted))
        if not near:
            return self._answer(searched, k, within)
        answer = self._answer(searched, k, replace(within, documents=near))
        if answer.confidence >= _SURE:
            return answer
        return max(answer, self._answer(searched, k, within), key=lambda each: each.confidence)

    def _answer(self, searched: str, k: int, within: Filter) -> Answer:
        vector = self._embedder.encode_question(searched)
        with self._readable.snapshot() as snapshot:
            admitted = _admitted(snapshot, within)
            search = _search(snapshot, searched, vector, max(k, READ_MOST), admitted)
            return quoter.answer(snapshot, search, self._min_confidence, k, self._reader)

    def weigh(self, question: str, hits: Sequence[Hit]) -> list[Evidence]:
        """Return the sentences of hits with what speaks for each, most probable first."""
        search = Search(
            question, self._embedder.encode_question(question), question_words(question), hits
        )
        with self._readable.snapshot() as snapshot:
            return weigh(snapshot, search, self._reader)

    def documents(self) -> list[Document]:
        """Return every article, in order of path."""
        with self._readable.snapshot() as snapshot:
            return snapshot.documents()

    def document(self, document_id: str) -> Document:
        """Return one article.

        Raises:
            UnknownDocumentError: If there is none of that id.
        """
        with self._readable.snapshot() as snapshot:
            return snapshot.document(document_id)

    def warm(self) -> None:
        """Load the model now (seconds), so that the next question does not wait for it."""
        self._embedder.encode_question("«»")
        if self._reader is not None:
            self._reader.warm()

    @property
    def embedder(self) -> Embedder:
        """Return what makes the vectors, for a library made after this one."""
        return self._embedder

    @property
    def reader(self) -> Reader | None:
        """Return what judges sentences, for a library made after this one."""
        return self._reader

    @property
    def is_warm(self) -> bool:
        """Tell whether the model is in memory."""
        return self._embedder.is_warm

    def _check_question(self, question: str, k: int | None) -> tuple[str, int]:
        k = check_k(self._k if k is None else k)
        return check_question(question, self._max_question), k


def _search(
    snapshot: Snapshot,
    question: str,
    vector: NDArray[np.float32],
    k: int,
    documents: Collection[str] | None,
) -> Search:
    words = question_words(question)
    hits = retriever.retrieve(snapshot, vector, words, k, documents=documents)
    return Search(question, vector, words, hits)


def _admitted(snapshot: Snapshot, within: Filter) -> Collection[str] | None:
    """Return the ids of the articles to search; None for all of them."""
    if not within.is_active:
        return None
    return snapshot.select(within)
