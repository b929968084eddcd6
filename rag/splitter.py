"""Document → passages of whole sentences, with exact offsets.

langchain-text-splitters merges and cuts; the pieces it merges are the sentences
of ``rag.segmenter``. Nothing is stripped or overlapped while it works, so its
chunks lie end to end and their offsets are running sums: no search for a chunk
in the text, which goes wrong where words repeat.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from langchain_text_splitters import RecursiveCharacterTextSplitter

from rag.blocks import Block, find_blocks
from rag.datamodels import Document, Slice, Span
from rag.errors import VerbatimError
from rag.segmenter import find_sentences

CountTokens = Callable[[Sequence[str]], list[int]]

# Where a sentence longer than a passage is cut: after a clause, at white space, anywhere.
_CLAUSES = [r"(?<=[;:])\s+", r"(?<=[,»”)\]])\s+", r"\s+", ""]
_CHARACTERS_PER_TOKEN = 12  # bounds a passage whose words the tokenizer knows as one token


class _SentenceTextSplitter(RecursiveCharacterTextSplitter):
    """LangChain's splitter with our sentence ends as its first separator."""

    def __init__(self, count_tokens: CountTokens, max_tokens: int) -> None:
        self._counted: dict[str, int] = {}
        self._count_tokens = count_tokens
        self.limit = max_tokens
        super().__init__(
            separators=_CLAUSES,
            is_separator_regex=True,
            keep_separator="end",
            chunk_size=max_tokens,
            chunk_overlap=0,
            length_function=self.length,
            strip_whitespace=False,
        )

    def length(self, text: str) -> int:
        """Measure a piece in tokens."""
        if text not in self._counted:
            self._counted[text] = self._count_tokens([text])[0]
        # At least 1: LangChain repeats pieces without length, such as a lone zero-width space.
        return max(1, self._counted[text], len(text) // _CHARACTERS_PER_TOKEN)

    def measure(self, pieces: Sequence[str]) -> None:
        """Count many pieces in one call of the tokenizer."""
        new = [piece for piece in dict.fromkeys(pieces) if piece not in self._counted]
        self._counted.update(zip(new, self._count_tokens(new), strict=True))

    def cut(self, piece: str) -> list[str]:
        """Cut a sentence too long for a passage; others stay whole."""
        return [piece] if self.length(piece) <= self.limit else super().split_text(piece)

    def merge(self, pieces: Sequence[str]) -> list[str]:
        """Merge consecutive pieces into as few passages as hold them."""
        return self._merge_splits(pieces, "")


def split(document: Document, count_tokens: CountTokens, max_tokens: int) -> list[Slice]:
    """Cut a document's body into passages of whole sentences.

    A section title stays with the text it heads. A sentence is cut only when it
    alone exceeds ``max_tokens``.

    Args:
        document: The article; metadata outside its body is no part of a passage.
        count_tokens: Texts → their lengths in tokens, special tokens not counted.
        max_tokens: Longest passage, in tokens, special tokens not counted.

    Returns:
        Passages in order; they do not overlap, and together with white space and the
        marks of list items and block quotations they cover the body.

    Raises:
        VerbatimError: If the law of the house would be broken (never expected).
    """
    blocks = find_blocks(document.text, document.body_start, document.body_end)
    slices: list[Slice] = []
    for titles, paragraphs in _sections(blocks):
        slices += _split_section(document.text, titles, paragraphs, count_tokens, max_tokens)
    _check(document, slices)
    return slices


def _sections(blocks: Sequence[Block]) -> Iterator[tuple[list[Block], list[Block]]]:
    """Group blocks into (titles, paragraphs under them)."""
    titles: list[Block] = []
    paragraphs: list[Block] = []
    for block in blocks:
        if block.is_title and paragraphs:
            yield titles, paragraphs
            titles, paragraphs = [], []
        (titles if block.is_title else paragraphs).append(block)
    if titles or paragraphs:
        yield titles, paragraphs


def _split_section(
    text: str,
    titles: Sequence[Block],
    paragraphs: Sequence[Block],
    count_tokens: CountTokens,
    max_tokens: int,
) -> list[Slice]:
    heading = [Span(block.start, block.end, is_title=True) for block in titles]
    heading_tokens = sum(count_tokens([text[span.start : span.end] for span in heading]))
    if not paragraphs or heading_tokens > max_tokens // 2:  # no title heads what it fills
        paragraphs, heading, heading_tokens = [*titles, *paragraphs], [], 0
    splitter = _SentenceTextSplitter(count_tokens, max_tokens - heading_tokens)
    sentences = _cut_sentences(text, paragraphs, splitter)
    slices: list[Slice] = []
    for group in _group(text, sentences, paragraphs, splitter):
        spans = (*heading, *group) if not slices else tuple(group)
        slices.append(Slice(spans[0].start, spans[-1].end, spans))
    return slices


def _cut_sentences(
    text: str, paragraphs: Sequence[Block], splitter: _SentenceTextSplitter
) -> list[list[Span]]:
    """List each paragraph's sentences, those too long for a passage cut into clauses."""
    spans = [(block, find_sentences(text, block.start, block.end)) for block in paragraphs]
    splitter.measure([text[start:end] for _, found in spans for start, end in found])
    cut = []
    for block, found in spans:
        pieces: list[Span] = []
        for start, end in found:
            position = start
            for piece in splitter.cut(text[start:end]):
                if stripped := piece.strip():
                    begin = position + len(piece) - len(piece.lstrip())
                    pieces.append(Span(begin, begin + len(stripped), block.is_title))
                position += len(piece)
        cut.append(pieces)
    return cut


def _group(
    text: str,
    sentences: Sequence[Sequence[Span]],
    paragraphs: Sequence[Block],
    splitter: _SentenceTextSplitter,
) -> Iterator[list[Span]]:
    """Group sentences into passages: whole paragraphs where they fit, else sentences."""
    whole = [text[block.start : block.end] for block in paragraphs]
    splitter.measure(whole)
    waiting: list[Span] = []
    room = splitter.limit
    for spans, paragraph in zip(sentences, whole, strict=True):
        size = splitter.length(paragraph)
        if size > room and waiting:
            yield waiting
            waiting, room = [], splitter.limit
        if size <= room:
            waiting, room = [*waiting, *spans], room - size
            continue
        yield from _take(spans, splitter.merge([text[s.start : s.end] for s in spans]))
    if waiting:
        yield waiting


def _take(spans: Sequence[Span], chunks: Sequence[str]) -> Iterator[list[Span]]:
    """Share out spans to the chunks they were merged into, by running length."""
    position = 0
    for chunk in chunks:
        group, length = [], 0
        while length < len(chunk):
            group.append(spans[position])
            length += spans[position].end - spans[position].start
            position += 1
        yield group


def _check(document: Document, slices: Sequence[Slice]) -> None:
    """Hold that passages are in order, inside the body, and made of their sentences."""
    position = document.body_start
    for piece in slices:
        for span in piece.sentences:
            if not position <= span.start < span.end <= piece.end:
                raise VerbatimError(
                    f"a passage of {document.path} is out of place; please report this article"
                )
            position = span.end
    if position > document.body_end:
        raise VerbatimError(
            f"a passage of {document.path} leaves its body; please report this article"
        )
