"""The translation lexicon that the lexical side of the search uses across languages.

`python -m training.lexicon --data DIR --out FILE` writes an xz-compressed table, one entry a line:
English word, French word, p(French | English), p(English | French). Words are written as
`rag.words.tokenize` writes them: lower case, accents kept, `œ` as `oe`, elided articles gone, never
stemmed.

An entry stays if either direction gives it at least 0.05 and ranks it among its six best, and the
other direction knows it at all: pairs that only one direction believes in are mostly chance.
Stop words and numbers are left out.
"""

from __future__ import annotations

import argparse
import lzma
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from benchmarks.datasets import Pair, parallel_sentences
from rag.words import STOP_WORDS, tokenize
from training.alignment import Translations, align

LEAST, MOST = 0.05, 6
"""Probability and rank (in either direction) that admit an entry."""

FLOOR = 0.004
"""Probability that the other direction must grant."""

LONGEST = 24
"""Words of the longest sentences used: in long ones, everything meets everything."""

AT_LEAST = 4
"""Occurrences below which a word is left out: its translations would be chance."""

QUOTAS = {"europarl": 300_000, "canada_laws": 20_000}
"""Pairs at most of the most formal sources; the others are used whole."""

Entry = tuple[str, str, float, float]


def build(pairs: Iterable[Pair], at_least: int = AT_LEAST) -> list[Entry]:
    """Return the entries, in order of the English word, likeliest French word first.

    Args:
        pairs: Sentence pairs.
        at_least: Rarer words, on either side, are left out.
    """
    rows = [(content(p.english, "en"), content(p.french, "fr")) for p in pairs]
    forward = align(rows, at_least=at_least)
    backward = align([(french, english) for english, french in rows], at_least=at_least)
    return merge(forward, backward)


def merge(forward: Translations, backward: Translations) -> list[Entry]:
    """Keep what one direction proposes and the other does not deny.

    Args:
        forward: p(French | English).
        backward: p(English | French).
    """
    known = {(e, f): p for e, row in forward.best(FLOOR, 40).items() for f, p in row}
    mirror = {(e, f): p for f, row in backward.best(FLOOR, 40).items() for e, p in row}
    proposed = {(e, f) for e, row in forward.best(LEAST, MOST).items() for f, _ in row}
    proposed |= {(e, f) for f, row in backward.best(LEAST, MOST).items() for e, _ in row}
    kept = [(e, f, known[e, f], mirror[e, f]) for e, f in proposed & known.keys() & mirror.keys()]
    return sorted(kept, key=lambda entry: (entry[0], -entry[2], entry[1]))


def write(entries: Sequence[Entry], path: Path) -> None:
    """Write the compressed table; the same entries give the same bytes."""
    lines = (f"{e}\t{f}\t{p:.3f}\t{q:.3f}\n" for e, f, p, q in entries)
    path.write_bytes(lzma.compress("".join(lines).encode(), preset=9 | lzma.PRESET_EXTREME))


def sample(pairs: Iterable[Pair]) -> list[Pair]:
    """Take short pairs from every source, large sources up to their quota."""
    taken: Counter[str] = Counter()
    kept = []
    for pair in pairs:
        longest = max(pair.english.count(" "), pair.french.count(" "))
        if longest < LONGEST and taken[pair.source] < QUOTAS.get(pair.source, 1 << 30):
            taken[pair.source] += 1
            kept.append(pair)
    return kept


def content(text: str, language: str) -> list[str]:
    """Return the words of a text that have translations: neither numbers nor stop words."""
    stop = STOP_WORDS[language]
    return [w for w in tokenize(text) if len(w) > 1 and w.isalpha() and w not in stop]


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the command line, build, write."""
    parser = argparse.ArgumentParser(prog="python -m training.lexicon", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="the data folder")
    parser.add_argument("--out", type=Path, required=True, help="the file to write")
    options = parser.parse_args(arguments)
    write(build(sample(parallel_sentences(options.data))), options.out)


if __name__ == "__main__":
    main()
