"""The splitter: the law of the house, on text made to break it."""

import re
from collections.abc import Sequence
from functools import cache
from itertools import pairwise

import pytest
from conftest import ROOT, HashingEmbedder
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.datamodels import Document, Slice
from rag.loader import load, make_document
from rag.splitter import CountTokens, split
from rag.words import detect_language

LIMIT = 12
count_words = HashingEmbedder().count_tokens

NASTY = st.text(
    st.sampled_from(
        [*"aé1 .!?«»()\n\r\t,;:'\"-#\u00a0\u202f\u200b\u200d\u2028\u0301\u202e\ufeff😀👩中"]
    )
)
PARTS = [
    "Un chat dort. ", "Un chat dort. ", "\n\n", "\r\n\r\n", "\n", "# Titre\n", "Un titre\n\n",
    "x" * 400, " mot" * 30, "« Il part. Elle reste. » ", "e\u0301te\u0301 ", "10\u202f000 ",
    "👩‍🔬🇫🇷", "\u202eabc\u202c", "\u200b", "\u200b\n\n", "\ufe0f", "M. Dupont, p. 3. ", ";;;; ; ;",
    "中文" * 30, "- du pain\n", "\n> ", "\n1. ", "By Ann Doe\nAFP\n\n",
]  # fmt: skip
PIECES = st.lists(st.sampled_from(PARTS), max_size=25).map("".join)
TEXTS = NASTY | PIECES | st.text(max_size=200)


@cache
def _tokenizer() -> CountTokens:
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(ROOT / "rag/model/tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()

    def count(texts: Sequence[str]) -> list[int]:
        encoded = tokenizer.encode_batch(list(texts), add_special_tokens=False)
        return [len(each.ids) for each in encoded]

    return count


def read(text: str) -> Document:
    text = f"mot {text}"
    return make_document(text, text.encode("utf-8", "surrogatepass"), "a.txt", detect_language)


def check_laws(document: Document, slices: Sequence[Slice], count: CountTokens, limit: int) -> None:
    text = document.text
    assert all(left.end <= right.start for left, right in pairwise(slices))
    spans = [span for piece in slices for span in piece.sentences]
    assert all(left.end <= right.start for left, right in pairwise(spans))
    for piece in slices:
        assert document.body_start <= piece.start < piece.end <= document.body_end
        assert (piece.start, piece.end) == (piece.sentences[0].start, piece.sentences[-1].end)
        assert text[piece.start : piece.end].strip() == text[piece.start : piece.end]
        assert count([text[piece.start : piece.end]])[0] <= limit
    for words in (slices, spans):
        ends = [document.body_start, *(each.end for each in words)]
        starts = [*(each.start for each in words), document.body_end]
        for end, start in zip(ends, starts, strict=True):
            # White space, and marks of list items and of block quotations, are no words.
            assert re.fullmatch(r"\s*(>\s?)*([-*•‣▪]|\d{1,3}[.)])?\s*", text[end:start])


@given(TEXTS)
def test_passages_are_whole_apart_short_and_cover_the_body(text: str) -> None:
    document = read(text)
    check_laws(document, split(document, count_words, LIMIT), count_words, LIMIT)


@settings(max_examples=60)
@given(TEXTS)
def test_so_they_are_with_the_real_tokenizer(text: str) -> None:
    document, count = read(text), _tokenizer()
    check_laws(document, split(document, count, 20), count, 20)


@given(st.lists(st.sampled_from(["Un titre\n\n", "## Autre\n\n", "Un chat dort bien.\n\n" * 3])))
def test_a_title_stays_with_what_it_heads(pieces: list[str]) -> None:
    document = read("commence ici.\n\n" + "".join(pieces))
    slices = split(document, count_words, LIMIT)
    for piece in slices[:-1]:
        assert not piece.sentences[-1].is_title


def test_metadata_are_in_no_passage() -> None:
    text = "date 2024-11 Un chat dort.\n\n\n\nRfi"
    document = make_document(text, text.encode(), "a.txt", detect_language)
    (piece,) = split(document, count_words, LIMIT)
    assert text[piece.start : piece.end] == "Un chat dort."


def test_repeated_words_have_their_own_place() -> None:
    document = read("Oui. " * 100)
    slices = split(document, count_words, LIMIT)
    assert len({piece.start for piece in slices}) == len(slices) >= 8


def test_sentences_are_whole_where_they_fit() -> None:
    document = read("un deux trois. Un deux trois quatre. Un deux trois quatre cinq six sept huit.")
    assert [document.text[s.start : s.end] for s in split(document, count_words, LIMIT)] == [
        "mot un deux trois. Un deux trois quatre.",
        "Un deux trois quatre cinq six sept huit.",
    ]


def test_a_long_sentence_is_cut_after_a_clause() -> None:
    document = read("un deux trois quatre cinq six, sept huit neuf dix onze douze treize.")
    pieces = [document.text[s.start : s.end] for s in split(document, count_words, LIMIT)]
    assert pieces[0].endswith(",")


@pytest.mark.parametrize("limit", [126, 60])
def test_the_seed_with_the_real_tokenizer(limit: int) -> None:
    (path,) = (ROOT / "seeds").glob("*.txt")
    seed, count = load(path, detect_language), _tokenizer()
    slices = split(seed, count, limit)
    check_laws(seed, slices, count, limit)
    titles = [s for piece in slices for s in piece.sentences if s.is_title]
    assert [(span.start, span.end) for span in titles] == [(1106, 1177), (2267, 2328)]
    heads = {piece.sentences[0] for piece in slices}
    assert set(titles) <= heads
    assert not any(piece.sentences[-1].is_title for piece in slices)
