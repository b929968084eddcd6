"""Quote → who says it, where it is reported speech: a claim by someone is not the article's own.

Rules over a lexicon: ``rag.speech.attribution`` reads one sentence; here pronouns get their
names back, and a quotation the speaker named in a sentence beside it. Where a rule is
not sure, nothing is returned: a wrong name misleads more than none.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

from rag.datamodels import Span
from rag.speech.attribution import find_said, join_verbs
from rag.speech.first_names import agrees
from rag.speech.noun_phrases import Token, is_mark, tokenise
from rag.speech.people import find_people
from rag.speech.quotations import LONGEST, find_quotations, paragraph
from rag.speech.reported_clause import QUOTATION, QUOTED_WORD
from rag.speech.sources import by_signature

NEAR = 3  # sentences: as far as a quotation is carried over to its speaker
FAR = 8  # sentences: as far as a pronoun looks for its name
LONGEST_SENTENCE = 3_000  # characters of a sentence that are read

_CLAUSE_WORDS = frozenset(
    """est sont était étaient a ont sera seront fait faut va peut doit ai avons je j' nous on il
    elle ils elles ne n' c' veut avait is are was were am i we you he she they it have has had will
    would can could must do does did not don't i'm it's we're can't won't cannot""".split()
)


class _Speech(NamedTuple):
    """Who says something in a sentence: the phrase, or the pronoun that stands for one."""

    start: int
    end: int
    pronoun: str


def find_speaker(
    text: str, sentences: Sequence[Span], first: int, last: int, language: str
) -> Span | None:
    """Find who says what is quoted.

    Args:
        text: The article.
        sentences: Its sentences around the quote, titles too, in order.
        first: Index of the first sentence quoted.
        last: Index of the last one.
        language: ``fr`` or ``en``; anything else reads both.

    Returns:
        The span of the name, with the short title before it, or of the phrase that stands for
        one (« l'expert »); None where the article speaks itself, where several speak, or where
        it is not sure who does.

    Raises:
        IndexError: If there is no such sentence.
    """
    if not 0 <= first <= last < len(sentences):
        raise IndexError(f"no sentences {first} to {last} among {len(sentences)}")
    article = _Article(text, sentences, language)
    said = [article.speaker(index) for index in range(first, min(last, first + FAR) + 1)]
    names = {_surname(text, span) for span in said if span is not None}
    return said[0] if len(names) == 1 else None


def _surname(text: str, span: Span) -> str:
    return text[span.start : span.end].lower().split()[-1]


class _Article:
    """The sentences around a quote, each read when it is needed and once."""

    def __init__(self, text: str, sentences: Sequence[Span], language: str) -> None:
        self.text = text
        self.sentences = sentences
        self.language = language
        self._tokens: dict[int, list[Token]] = {}
        self._speeches: dict[int, list[_Speech]] = {}
        self._paragraphs: dict[int, tuple[int, int]] = {}
        self._quotations: dict[int, list[tuple[int, int]]] = {}

    def paragraph(self, index: int) -> tuple[int, int]:
        if index not in self._paragraphs:
            bounds = paragraph(self.text, self.sentences, index)
            self._paragraphs |= dict.fromkeys(range(bounds[0], bounds[1] + 1), bounds)
        return self._paragraphs[index]

    def quotations(self, index: int) -> list[tuple[int, int]]:
        """Return the quotations that share a character with a sentence, marks included."""
        low, high = self.paragraph(index)
        if low not in self._quotations:
            start, end = self.sentences[low].start, self.sentences[high].end
            self._quotations[low] = find_quotations(self.text, start, min(end, start + LONGEST))
        span = self.sentences[index]
        return [(a, b) for a, b in self._quotations[low] if a < span.end and b > span.start]

    def tokens(self, index: int) -> list[Token]:
        """Return a sentence's tokens; a quotation is one: what is said in it is not the article."""
        if index not in self._tokens:
            span = self.sentences[index]
            end = min(span.end, span.start + LONGEST_SENTENCE)
            found = tokenise(self.text, span.start, end)
            self._tokens[index] = join_verbs(list(_fold(found, self.quotations(index))))
        return self._tokens[index]

    def speeches(self, index: int) -> list[_Speech]:
        """Return who says something in a sentence, as its words have it, in order."""
        if index not in self._speeches:
            tokens = self.tokens(index)
            self._speeches[index] = sorted(
                _Speech(tokens[said.first].start, tokens[said.end - 1].end, said.pronoun)
                for said in find_said(tokens, self.language)
            )
        return self._speeches[index]

    def speaker(self, index: int) -> Span | None:
        """Return who says a sentence: named in it, or in one beside it."""
        if self.sentences[index].is_title:
            return None
        if self.speeches(index):
            return self.named(index)
        if not self.is_speech(index):
            return None
        return self.signed(index) or self.carried(index)

    def named(self, index: int) -> Span | None:
        """Return who is said to speak in a sentence, the name put back for a pronoun."""
        speeches = self.speeches(index)
        for each in speeches:
            if not each.pronoun:
                return Span(each.start, each.end)
        if not speeches:
            return None
        return self.antecedent(index, speeches[0].pronoun, speeches[0].start)

    def antecedent(self, index: int, pronoun: str, before: int) -> Span | None:
        """Find whom a pronoun stands for: who spoke last, or the one person spoken of since.

        Where somebody else may be meant, nobody is: a person named since the last speaker, or
        two that the pronoun fits.

        Args:
            index: Of the pronoun's sentence.
            pronoun: In lower case.
            before: Where the pronoun stands.
        """
        for back in range(index, max(-1, index - 1 - FAR), -1):
            if self.sentences[back].is_title:
                return None
            said = self.speeches(back) if back < index else []
            if any(not each.pronoun for each in said):
                named = [s for s in said if not s.pronoun]
                fitting = [s for s in named if agrees(self.text[s.start : s.end], pronoun)]
                return Span(fitting[-1].start, fitting[-1].end) if fitting else None
            if said and said[-1].pronoun == pronoun:
                return self.antecedent(back, pronoun, said[-1].start)
            people = self.people(back, before)
            fitting_people = [p for p in people if agrees(self.text[p[0] : p[1]], pronoun)]
            if fitting_people:
                start, end, subject = fitting_people[0]
                return Span(start, end) if subject and len(fitting_people) == 1 else None
        return None

    def people(self, index: int, before: int) -> list[tuple[int, int, bool]]:
        """Return who is spoken of in a sentence, as far as a place: start, end, its subject."""
        tokens = self.tokens(index)
        return [
            (tokens[each.first].start, tokens[each.end - 1].end, each.subject)
            for each in find_people(tokens)
            if tokens[each.end - 1].end <= before
        ]

    def signed(self, index: int) -> Span | None:
        """Return who signs a quotation in the words after it: « … » (X, marin)."""
        after = index + 1
        if after > self.paragraph(index)[1] or not self.quotations(index):
            return None
        tokens = self.tokens(after)
        found = by_signature(tokens, 0) if tokens else None
        return Span(tokens[found.first].start, tokens[found.end - 1].end) if found else None

    def is_speech(self, index: int) -> bool:
        """Tell words somebody says from a title, or from a word held at arm's length."""
        span = self.sentences[index]
        for start, end in self.quotations(index):
            low, high = max(start, span.start), min(end, span.end)
            if low <= span.start + 1 and high >= span.end - 2:
                return True
            found = tokenise(self.text, low, min(high, low + LONGEST_SENTENCE))
            words = [word.low for word in found if not is_mark(word)]
            if len(words) >= 5 and not _CLAUSE_WORDS.isdisjoint(words[:6]):
                return True
        return False

    def carried(self, index: int) -> Span | None:
        """Find the speaker of a quotation beside it: whom another quotation is given to."""
        low, high = self.paragraph(index)
        before = [*range(index - 1, max(low, index - NEAR) - 1, -1)]
        after = [*range(index + 1, min(high, index + NEAR) + 1)]
        beside = after + before if self.goes_on(index) else before + after[:1]
        for other in beside:
            if self.speeches(other) and self.quotations(other):
                return self.named(other)
        return None

    def goes_on(self, index: int) -> bool:
        """Tell whether a quotation is still open where the sentence ends."""
        end = self.sentences[index].end
        return any(start < end < stop for start, stop in self.quotations(index))


def _fold(tokens: Sequence[Token], quotations: Sequence[tuple[int, int]]) -> Iterator[Token]:
    """Put one token in the place of each quotation."""
    starts = [start for start, _ in quotations]
    groups = groupby(tokens, key=lambda token: bisect_right(starts, token.start) - 1)
    for place, group in groups:
        end = quotations[place][1] if place >= 0 else 0
        inside: list[Token] = []
        outside: list[Token] = []
        for token in group:
            (inside if token.start < end else outside).append(token)
        if inside:
            long = sum(not is_mark(token) for token in inside) > 3
            kind = QUOTATION if long else QUOTED_WORD
            yield Token(kind, inside[0].start, inside[-1].end, False)
        yield from outside
