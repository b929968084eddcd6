"""Visits: each visitor's conversation, kept in memory and for that visitor alone."""

from __future__ import annotations

import re
import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from rag.datamodels import Answer

MOST = 1000  # visits remembered; the one not seen for longest goes first
IDLE = 24 * 3600.0  # seconds without a sign of the visitor before a visit is forgotten
LONGEST = 200  # answers kept of one conversation

_KEY = re.compile(r"[0-9a-f]{32}")


@dataclass(slots=True)
class Visit:
    """A conversation: its answers by the id of their turn, and which turns are shown."""

    seen: float
    answers: dict[str, Answer] = field(default_factory=dict)
    shown: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def history(self, turns: Sequence[str]) -> list[Answer]:
        """Return the answers of turns, those that are known."""
        with self.lock:
            return [self.answers[turn] for turn in turns if turn in self.answers]

    def record(self, turns: Sequence[str], answer: Answer) -> str:
        """Put an answer after the turns that were shown when it was asked; return its turn."""
        turn = secrets.token_hex(8)
        with self.lock:
            kept = [each for each in turns if each in self.answers][-LONGEST + 1 :]
            self.answers = {each: self.answers[each] for each in kept} | {turn: answer}
            self.shown = [*kept, turn]
        return turn

    def conversation(self) -> list[tuple[str, Answer]]:
        """Return the turns that are shown with their answers, in order."""
        with self.lock:
            return [(turn, self.answers[turn]) for turn in self.shown]

    def clear(self) -> None:
        """Forget the conversation."""
        with self.lock:
            self.answers, self.shown = {}, []


class Visits:
    """The visits of now, by the secret that the visitor's browser made up.

    Args:
        clock: Seconds that only grow.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._visits: OrderedDict[str, Visit] = OrderedDict()
        self._lock = threading.Lock()

    def of(self, key: object) -> Visit:
        """Return the visit of a key, new if need be; what is no key has one that is not kept."""
        now = self._clock()
        if not isinstance(key, str) or not _KEY.fullmatch(key):
            return Visit(now)
        with self._lock:
            visit = self._visits.setdefault(key, Visit(now))
            self._visits.move_to_end(key)
            visit.seen = now
            self._forget(now)
        return visit

    def _forget(self, now: float) -> None:
        while len(self._visits) > MOST or next(iter(self._visits.values())).seen < now - IDLE:
            self._visits.popitem(last=False)

    def __len__(self) -> int:
        return len(self._visits)
