"""Frequent French words become tokens of their own; every old token keeps its number.

An English WordPiece vocabulary cuts French words to pieces: slow (more tokens) and vague. Whole
words are appended, so nothing the English model knows is disturbed.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from tokenizers import Tokenizer

LEAST = 5
"""Occurrences that make a word a token."""

MOST = 22_138
"""Words added at most; with float16 weights the model stays under 65 MB."""


def pieces(tokenizer: Tokenizer, text: str) -> list[str]:
    """Return the words WordPiece starts from: lower case, accents stripped, punctuation apart."""
    normal = tokenizer.normalizer.normalize_str(text)
    return [word for word, _ in tokenizer.pre_tokenizer.pre_tokenize_str(normal)]


def new_words(
    tokenizer: Tokenizer, texts: Iterable[str], *, least: int = LEAST, most: int = MOST
) -> list[str]:
    """Return the words worth a token, most frequent first.

    Args:
        tokenizer: The teacher's tokenizer.
        texts: French texts.
        least: Occurrences a word must have.
        most: How many words to return at most.
    """
    counts = Counter(word for text in texts for word in pieces(tokenizer, text))
    known = tokenizer.get_vocab()
    ranked = sorted(
        (-n, word)
        for word, n in counts.items()
        if n >= least and word.isalpha() and word not in known
    )
    return [word for _, word in ranked[:most]]


def append(folder: Path, words: Iterable[str], out: Path) -> None:
    """Write a copy of a tokenizer with words appended to its vocabulary.

    Args:
        folder: Folder of the teacher, holding `tokenizer.json`.
        words: Words absent from the vocabulary.
        out: The `tokenizer.json` to write.
    """
    described: dict[str, Any] = json.loads((folder / "tokenizer.json").read_text("utf-8"))
    vocabulary: dict[str, int] = described["model"]["vocab"]
    first = max(vocabulary.values()) + 1
    vocabulary.update({word: first + i for i, word in enumerate(words)})
    out.write_text(json.dumps(described, ensure_ascii=False), "utf-8")
