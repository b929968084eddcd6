"""How well a library answers a person's own questions, measured sentence by sentence.

Every question is asked once with no least confidence, so that what would be quoted is known even
where it is not shown; the threshold is applied afterwards. What is counted:

* a sentence is *quoted* when a quote and it share half or more of the shorter one's characters;
* a gold sentence is *found* when it is quoted, at any of the places where its words stand;
* precision is the share of quoted sentences that are gold, recall the share of gold sentences
  that are found, F1 their harmonic mean, as SQuAD's over tokens (Rajpurkar et al. 2016); each is
  a mean over questions, and nothing quoted counts as 0;
* an answer is *right* when a gold sentence is found: never, where no article answers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rag.datamodels import Answer, Hit, Quote, Turn
from rag.evaluation.cases import Case, Gold, LocatedCase, Place, Sentences
from rag.filters import Filter

if TYPE_CHECKING:
    from rag.library import Library

DEEPEST = 5  # passages every question retrieves, at least: recall@5 is always measured


@dataclass(frozen=True, slots=True)
class Quoted:
    """What the quotes of one answer are worth.

    Attributes:
        precision: Share of the quoted sentences that are gold.
        recall: Share of the gold sentences that are quoted.
        first: Whether the first quote, as displayed, holds a gold sentence.
        likeliest: Whether the most probable quote does.
        quotes: How many quotes.
        sentences: How many sentences they hold.
    """

    precision: float = 0.0
    recall: float = 0.0
    first: bool = False
    likeliest: bool = False
    quotes: int = 0
    sentences: int = 0

    @property
    def right(self) -> bool:
        """Tell whether a gold sentence is quoted."""
        return self.recall > 0

    @property
    def f1(self) -> float:
        """Return the harmonic mean of precision and recall."""
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0


NOTHING = Quoted()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one question got.

    Attributes:
        located: The question and its gold sentences.
        confidence: That the quotes answer.
        answered: Whether it reaches the threshold and there are quotes.
        quoted: What the quotes are worth, shown or not.
        ranks: For each gold sentence, the place of the first passage that holds it, from 1; None
            beyond those retrieved.
        quotes: The words quoted, shown or not.
    """

    located: LocatedCase
    confidence: float
    answered: bool
    quoted: Quoted
    ranks: tuple[int | None, ...]
    quotes: tuple[str, ...]

    @property
    def answerable(self) -> bool:
        """Tell whether an article answers."""
        return bool(self.located.gold)

    @property
    def kind(self) -> str:
        """Return the kind the question is counted under."""
        return self.located.case.kind

    @property
    def shown(self) -> Quoted:
        """Return what a person sees is worth: nothing, below the threshold."""
        return self.quoted if self.answered else NOTHING

    @property
    def missed(self) -> bool:
        """Tell whether a person is misled, or left without what an article says."""
        return not self.shown.right if self.answerable else self.answered


def evaluate(
    library: Library,
    cases: Sequence[LocatedCase],
    *,
    k: int,
    threshold: float,
    within: Filter | None = None,
    progress: bool = False,
) -> list[Outcome]:
    """Ask every question and compare what is quoted with what must be.

    Args:
        library: Opened with ``Settings(min_confidence=0)``; with a higher one, what it refuses
            counts as nothing quoted.
        cases: The questions, their gold sentences located in this library.
        k: Passages retrieved; at least ``DEEPEST`` are.
        threshold: Confidence below which a person is told that the articles do not answer.
        within: Which articles are searched; all when absent.
        progress: Show a progress bar on standard error.

    Raises:
        RagError: If a question cannot be asked.
    """
    from tqdm import tqdm

    sentences = Sentences(library.documents())
    bar = tqdm(cases, desc="Asking", unit=" questions", disable=not progress)
    ask = _Asking(library, max(k, DEEPEST), threshold, within)
    return [_outcome(each, ask.in_turn(each.case), sentences, threshold) for each in bar]


def _outcome(
    located: LocatedCase, answer: Answer, sentences: Sentences, threshold: float
) -> Outcome:
    return Outcome(
        located=located,
        confidence=answer.confidence,
        answered=bool(answer.quotes) and answer.confidence >= threshold,
        quoted=compare(answer.quotes, located.gold, sentences),
        ranks=tuple(rank_of(gold, answer.hits) for gold in located.gold),
        quotes=tuple(quote.text for quote in answer.quotes),
    )


@dataclass(frozen=True, slots=True)
class _Asking:
    """How every question is asked."""

    library: Library
    k: int
    threshold: float
    within: Filter | None

    def in_turn(self, case: Case) -> Answer:
        """Ask a question after those that come before it, as a conversation would."""
        turns: list[Turn] = []
        for earlier in case.history:
            answer = self._ask(earlier, turns)
            seen = answer.quotes if answer.confidence >= self.threshold else []
            turns.append(Turn(answer.searched_as or earlier, tuple(quote.text for quote in seen)))
        return self._ask(case.question, turns)

    def _ask(self, question: str, turns: Sequence[Turn]) -> Answer:
        return self.library.ask(question, self.k, history=turns, within=self.within)


def compare(quotes: Sequence[Quote], gold: Sequence[Gold], sentences: Sentences) -> Quoted:
    """Return what quotes are worth, against the gold sentences.

    Args:
        quotes: As displayed.
        gold: The sentences that must be quoted; none where nothing must be.
        sentences: Those of the articles quoted.
    """
    if not quotes:
        return NOTHING
    places = [Place(quote.document_id, quote.start, quote.end) for quote in quotes]
    held = [sentences.held_by(place) for place in places]
    said = list(dict.fromkeys(sentence for each in held for sentence in each))
    wanted = {place for each in gold for place in each}
    likeliest = max(range(len(quotes)), key=lambda i: _probability(quotes[i]))
    return Quoted(
        precision=_share([sentence in wanted for sentence in said]),
        recall=_share([any(place in said for place in each) for each in gold]),
        first=not wanted.isdisjoint(held[0]),
        likeliest=not wanted.isdisjoint(held[likeliest]),
        quotes=len(quotes),
        sentences=len(said),
    )


def _probability(quote: Quote) -> float:
    return quote.why.probability if quote.why else quote.score


def _share(flags: Sequence[bool]) -> float:
    return sum(flags) / len(flags) if flags else 0.0


def rank_of(gold: Gold, hits: Sequence[Hit]) -> int | None:
    """Return the place, from 1, of the first passage that holds a gold sentence; else None."""
    for rank, hit in enumerate(hits, start=1):
        passage = hit.passage
        place = Place(passage.document_id, passage.start, passage.end)
        if any(place.overlaps(each) for each in gold):
            return rank
    return None
