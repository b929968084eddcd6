"""Directory: what is known of the library's articles, in memory until the index changes."""

from __future__ import annotations

import threading
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from rag.datamodels import Entry

if TYPE_CHECKING:
    from rag.library import Library

MOST_SOURCES = 200  # to choose among, those of most articles


class Directory:
    """The articles of a library by title and source. Safe for many threads.

    A library of 10,000 articles is read once, not at each letter that a visitor types.

    Args:
        library: The operator's.
    """

    def __init__(self, library: Library) -> None:
        self._library = library
        self._lock = threading.Lock()
        self._generation = -1
        self._entries: tuple[Entry, ...] = ()
        self._keys: dict[str, str] = {}  # id → what a search looks in
        self._sources: list[str] = []

    def entries(self) -> tuple[Entry, ...]:
        """Return what is known of every article, as of now."""
        with self._lock:
            generation = self._library.state().generation
            if generation != self._generation:
                self._entries = tuple(self._library.entries())
                self._keys = {each.id: _key(each) for each in self._entries}
                self._sources = _most_frequent(each.source for each in self._entries)
                self._generation = generation
            return self._entries

    def search(self, words: str, own: Sequence[Entry] = ()) -> list[Entry]:
        """Return the articles whose title or source holds the words, a visitor's own first.

        Args:
            words: Whatever their case and accents; none finds every article.
            own: The visitor's.
        """
        wanted = fold(words)
        entries, keys = self.entries(), self._keys
        mine = {each.id for each in own}
        found = [each for each in own if wanted in _key(each)]
        if not wanted:
            return [*found, *(each for each in entries if each.id not in mine)]
        found += [
            each for each in entries
            if wanted in (keys.get(each.id) or _key(each)) and each.id not in mine
        ]  # fmt: skip
        return found

    def sources(self, own: Sequence[Entry] = ()) -> list[str]:
        """Return the sources there are to choose among, in order of the alphabet."""
        self.entries()
        return sorted({*self._sources, *(each.source for each in own if each.source)}, key=fold)


def fold(text: str) -> str:
    """Return a text as it is compared: without case, accents and space around it."""
    parts = unicodedata.normalize("NFD", text.casefold().strip())
    return "".join(each for each in parts if not unicodedata.combining(each))


def _key(entry: Entry) -> str:
    return fold(f"{entry.title}\n{entry.source}")


def _most_frequent(sources: Iterable[str]) -> list[str]:
    counts = Counter(source for source in sources if source)
    return [source for source, _ in counts.most_common(MOST_SOURCES)]
