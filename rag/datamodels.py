"""The nouns: Document, Passage, Sentence, Hit, Quote, Answer.

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
        score: What hits are ordered by: the fusion of the two below, at most 1.
        dense: Mean of the cosines of the question with the passage and with its best sentence.
        lexical: BM25 of the question's words in the passage, as a share of the most possible.
    """

    passage: Passage
    score: float
    dense: float
    lexical: float


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


@dataclass(frozen=True, slots=True)
class Answer:
    """The reply: quotes, or an honest none with the nearest passages.

    Attributes:
        question: As asked.
        answered: Whether ``quotes`` are believed to answer.
        confidence: Estimated probability that they do, 0 to 1.
        quotes: In document order; empty when not answered.
        hits: The nearest passages, best first, answered or not.
    """

    question: str
    answered: bool
    confidence: float
    quotes: list[Quote] = field(default_factory=list)
    hits: list[Hit] = field(default_factory=list)

    def to_dict(self) -> dict[str, Any]:
        """Return the answer as JSON-ready values.

        The keys are those of the dataclasses::

            {"question": str, "answered": bool, "confidence": float,
             "quotes": [{"document_id": str, "start": int, "end": int, "text": str,
                         "score": float, "title": str, "source": str,
                         "published": str, "language": str, "sha256": str}],
             "hits": [{"passage": {"id": int, "document_id": str, "start": int,
                                   "end": int, "text": str},
                       "score": float, "dense": float, "lexical": float}]}
        """
        return asdict(self)
