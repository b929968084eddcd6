"""Visits: each visitor's conversation and articles, kept while it lasts, for that visitor alone."""

from __future__ import annotations

import re
import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence

from rag.datamodels import Answer
from rag.library import Library
from rag.shelf import Limits, Shelf

MOST = 1000  # visits remembered; the one not seen for longest goes first
IDLE = 24 * 3600.0  # seconds without a sign of the visitor before a visit is forgotten
LONGEST = 200  # answers kept of one conversation

_KEY = re.compile(r"[0-9a-f]{32}")


class Visit:
    """A conversation, its answers by the id of their turn, and the articles it may be about.

    Args:
        shelf: The library with the visitor's own articles.
        seen: When the visitor last asked for something, in seconds.
    """

    def __init__(self, shelf: Shelf, seen: float = 0.0) -> None:
        self.shelf = shelf
        self.seen = seen
        self.adding: dict[str, tuple[str, int, int]] = {}  # file → stage, done, of how much
        self._answers: dict[str, Answer] = {}
        self._lock = threading.Lock()

    def history(self, turns: Sequence[str]) -> list[Answer]:
        """Return the answers of turns, those that are known."""
        with self._lock:
            return [self._answers[turn] for turn in turns if turn in self._answers]

    def record(self, turns: Sequence[str], answer: Answer) -> str:
        """Put an answer after the turns that were shown when it was asked; return its turn."""
        turn = secrets.token_hex(8)
        with self._lock:
            kept = [each for each in turns if each in self._answers][-LONGEST + 1 :]
            self._answers = {each: self._answers[each] for each in kept} | {turn: answer}
        return turn

    def conversation(self) -> list[tuple[str, Answer]]:
        """Return the turns that are shown with their answers, in order."""
        with self._lock:
            return list(self._answers.items())

    def forget(self, turn: str) -> None:
        """Forget one turn."""
        with self._lock:
            self._answers.pop(turn, None)

    def clear(self) -> None:
        """Forget the conversation; the visitor's articles stay."""
        with self._lock:
            self._answers = {}


class Visits:
    """The visits of now, by the secret that the visitor's browser made up.

    Args:
        library: The operator's articles, which every visitor asks.
        limits: How much a visitor may add to them.
        clock: Seconds that only grow.
    """

    def __init__(
        self,
        library: Library,
        limits: Limits | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._library = library
        self._limits = limits
        self._clock = clock
        self._visits: OrderedDict[str, Visit] = OrderedDict()
        self._lock = threading.Lock()

    def of(self, key: object) -> Visit:
        """Return the visit of a key, new if need be; what is no key has one that is not kept."""
        now = self._clock()
        if not isinstance(key, str) or not _KEY.fullmatch(key):
            return Visit(Shelf(self._library, Limits(files=0)))
        with self._lock:
            if key not in self._visits:
                self._visits[key] = Visit(Shelf(self._library, self._limits))
            visit = self._visits[key]
            visit.seen = now
            self._visits.move_to_end(key)
            gone = self._take_forgotten(now)
        for each in gone:
            each.shelf.close()
        return visit

    def _take_forgotten(self, now: float) -> list[Visit]:
        gone = []
        while len(self._visits) > MOST or next(iter(self._visits.values())).seen < now - IDLE:
            gone.append(self._visits.popitem(last=False)[1])
        return gone

    def close(self) -> None:
        """Forget every visit, and delete the visitors' articles."""
        with self._lock:
            gone = list(self._visits.values())
            self._visits.clear()
        for each in gone:
            each.shelf.close()

    def __len__(self) -> int:
        return len(self._visits)
