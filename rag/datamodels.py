"""The nouns: Document, Passage, Sentence, Hit, Quote, Answer, and what explains a quote.

The law of the house: for every Passage, Sentence and Quote,
``document.text[start:end] == text``. Offsets count Unicode code points of the
decoded file as it stands, from 0, ``end`` excluded.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Document:
    """An article as read.

    Attributes:
        id: First 16 hexadecimal digits of ``sha256``: the same bytes have the same id.
        title: Made from the article's own words where the file states none.
        text: The whole decoded file, unchanged.
        source: Publisher or author named in the file; empty when unknown.
        published: ``YYYY``, ``YYYY-MM`` or ``YYYY-MM-DD``; empty when unknown.
        language: ``fr``, ``en`` or ``und`` (undetermined).
        sha256: Digest of the file's bytes, hexadecimal.
        path: Where the file was read, as given by the caller.
        body_start: Offset of the first character that is not metadata.
        body_end: Offset after the last character that is not metadata.
    """

    id: str
    title: str
    text: str
    source: str
    published: str
    language: str
    sha256: str
    path: str
    body_start: int
    body_end: int


@dataclass(frozen=True, slots=True)
class Entry:
    """What a list of articles says of one, without its text.

    Attributes:
        id: Of the ``Document``.
        title: As the document has it.
        source: Empty when unknown.
        published: ``YYYY``, ``YYYY-MM`` or ``YYYY-MM-DD``; empty when unknown.
        language: ``fr``, ``en`` or ``und`` (undetermined).
    """

    id: str
    title: str
    source: str
    published: str
    language: str


@dataclass(frozen=True, slots=True)
class Span:
    """A sentence before it is stored: offsets in its document."""

    start: int
    end: int
    is_title: bool = False


@dataclass(frozen=True, slots=True)
class Slice:
    """A passage before it is stored: offsets in its document, and its sentences in order."""

    start: int
    end: int
    sentences: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Passage:
    """A retrievable slice of a document: ``document.text[start:end] == text``."""

    id: int
    document_id: str
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of a passage. Titles are sentences too, and are never quoted."""

    id: int
    passage_id: int
    document_id: str
    start: int
    end: int
    text: str
    is_title: bool


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage with its scores for one question; larger is nearer.

    Attributes:
        passage: The passage found.
        score: What hits are ordered by: the fusion of the two below with the score of the article
            around the passage, at most 1, and a tenth of ``reading`` where the passage was read.
        dense: Mean of the cosines of the question with the passage and with its best sentence.
        lexical: BM25 of the question's words in the passage, as a share of the most possible.
        dense_rank: Its place by ``dense`` among the passages considered, from 1.
        lexical_rank: Its place by ``lexical`` among them, from 1; 0 where no word matches.
        reading: The reader's probability that its best sentence answers; None where not read.
    """

    passage: Passage
    score: float
    dense: float
    lexical: float
    dense_rank: int = 0
    lexical_rank: int = 0
    reading: float | None = None


@dataclass(frozen=True, slots=True)
class Excerpt:
    """Words of an article that stand beside a quote: ``document.text[start:end] == text``."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Match:
    """A word of the question and the word of the quote that answers to it.

    Attributes:
        asked: The question's word, as typed.
        found: The article's word, ``document.text[start:end]``.
        start: Where it stands in the article.
        end: After its last character.
        weight: 1 for the same word, else the probability of the translation.
    """

    asked: str
    found: str
    start: int
    end: int
    weight: float


@dataclass(frozen=True, slots=True)
class Why:
    """What counted for a quote, of its best sentence.

    Attributes:
        probability: That this sentence answers, 0 to 1.
        reading: What the reader makes of the sentence, as a probability; None where it was not
            read.
        cosine: Of the question with the sentence, -1 to 1.
        coverage: Share of the question's words that the sentence holds, weighted by rarity.
        asked_for: The type of thing asked for (``person``, ``date`` …); empty when any would do.
        holds_it: Whether the sentence holds a thing of that type.
        dense_rank: Place of its passage by meaning, from 1.
        lexical_rank: Place of its passage by words, from 1; 0 where no word matches.
        matches: The words that matched, in order of the article.
    """

    probability: float
    reading: float | None
    cosine: float
    coverage: float
    asked_for: str
    holds_it: bool
    dense_rank: int
    lexical_rank: int
    matches: tuple[Match, ...] = ()


@dataclass(frozen=True, slots=True)
class Quote:
    """Verbatim words that answer, and where they stand.

    Attributes:
        document_id: The article quoted.
        start: First character of the quote, in code points of the article.
        end: After its last character.
        text: ``document.text[start:end]``, never anything else.
        score: How near its best sentence is to the question, 0 to 1: the mean of their
            cosine and of the share of the question's words that the sentence holds.
        title: The article's title.
        source: The article's source; empty when unknown.
        published: The article's date; empty when unknown.
        language: The article's language tag.
        sha256: Digest of the article's bytes.
        speaker: Who says it, in the article's words, where it is reported speech; else empty.
        context: What the quote leans on ("He", "However"), to be shown lighter; in order.
        why: What counted for it.
    """

    document_id: str
    start: int
    end: int
    text: str
    score: float
    title: str = ""
    source: str = ""
    published: str = ""
    language: str = "und"
    sha256: str = ""
    speaker: str = ""
    context: tuple[Excerpt, ...] = ()
    why: Why | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """The reply: quotes, or an honest none with the nearest passages.

    Attributes:
        question: As asked.
        answered: Whether ``quotes`` are believed to answer.
        confidence: Estimated probability that they do, 0 to 1.
        quotes: The most probable first; where several things are asked, grouped by article and
            in its order. Empty when not answered.
        hits: The nearest passages, best first, answered or not.
        searched_as: The question that was searched: itself, or what a follow-up stands for.
        unknown_words: Words of the question that no article of the library holds.
    """

    question: str
    answered: bool
    confidence: float
    quotes: list[Quote] = field(default_factory=list)
    hits: list[Hit] = field(default_factory=list)
    searched_as: str = ""
    unknown_words: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return the answer as JSON-ready values.

        The keys are those of the dataclasses::

            {"question": str, "searched_as": str, "answered": bool, "confidence": float,
             "unknown_words": [str],
             "quotes": [{"document_id": str, "start": int, "end": int, "text": str,
                         "score": float, "title": str, "source": str,
                         "published": str, "language": str, "sha256": str, "speaker": str,
                         "context": [{"start": int, "end": int, "text": str}],
                         "why": {"probability": float, "reading": float or null,
                                 "cosine": float, "coverage": float, "asked_for": str,
                                 "holds_it": bool, "dense_rank": int, "lexical_rank": int,
                                 "matches": [{"asked": str, "found": str, "start": int,
                                              "end": int, "weight": float}]}}],
             "hits": [{"passage": {"id": int, "document_id": str, "start": int,
                                   "end": int, "text": str},
                       "score": float, "dense": float, "lexical": float,
                       "dense_rank": int, "lexical_rank": int}]}
        """
        values = asdict(self)
        values["unknown_words"] = list(self.unknown_words)
        for quote in values["quotes"]:
            quote["context"] = list(quote["context"])
            if quote["why"] is not None:
                quote["why"]["matches"] = list(quote["why"]["matches"])
        return values


@dataclass(frozen=True, slots=True)
class Turn:
    """An earlier exchange of a conversation.

    Attributes:
        question: What was asked, or, for a follow-up, what was searched for it.
        quotes: The words that were quoted; empty when there was no answer.
    """

    question: str
    quotes: tuple[str, ...] = ()
