"""Questions and the passages they ask about, whatever set they are from."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Context:
    """A passage as the question set gives it, with the title of its article."""

    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Question:
    """A question whose answer is `answer`, at `start` characters into passage `context`."""

    id: str
    text: str
    context: int
    answer: str
    start: int
    english: str | None = None


@dataclass(frozen=True, slots=True)
class QuestionSet:
    """Passages, and questions that point into them by position."""

    name: str
    contexts: tuple[Context, ...]
    questions: tuple[Question, ...]

    def first(self, most: int | None) -> QuestionSet:
        """Return the first questions and the passages up to the last they ask about.

        Args:
            most: How many questions; the set itself when absent.
        """
        if most is None or most >= len(self.questions):
            return self
        questions = self.questions[:most]
        last = max((q.context for q in questions), default=-1)
        return QuestionSet(self.name, self.contexts[: last + 1], questions)
