"""Visits: conversations that do not mix, are not kept for ever, and cannot be guessed."""

from typing import Any

from rag.datamodels import Answer
from rag.page.visits import IDLE, MOST, Visits

LIBRARY: Any = None  # no visit here asks its articles
KEY, OTHER = "a" * 32, "b" * 32


def answer(question: str) -> Answer:
    return Answer(question, False, 0.0)


def test_a_conversation_is_what_was_shown_when_it_was_asked() -> None:
    visit = Visits(LIBRARY).of(KEY)
    first = visit.record([], answer("1"))
    second = visit.record([first], answer("2"))
    assert visit.conversation() == [(first, answer("1")), (second, answer("2"))]
    assert visit.history([first, "unknown"]) == [answer("1")]
    again = visit.record([first], answer("2 bis"))  # the second was edited
    assert visit.conversation() == [(first, answer("1")), (again, answer("2 bis"))]
    assert visit.history([second]) == []
    visit.clear()
    assert visit.conversation() == []


def test_visitors_do_not_mix() -> None:
    visits = Visits(LIBRARY)
    visits.of(KEY).record([], answer("1"))
    assert visits.of(OTHER).conversation() == []
    assert len(visits.of(KEY).conversation()) == 1


def test_what_is_no_key_is_not_kept() -> None:
    visits = Visits(LIBRARY)
    for key in ("", "a" * 31, "a" * 33, "A" * 32, "../" * 11, None, 7, ["a" * 32]):
        visits.of(key).record([], answer("1"))
        assert visits.of(key).conversation() == []
    assert len(visits) == 0


def test_visits_are_forgotten_when_idle_and_when_too_many() -> None:
    now = [0.0]
    visits = Visits(LIBRARY, clock=lambda: now[0])
    visits.of(KEY).record([], answer("1"))
    now[0] = IDLE - 1
    visits.of(OTHER)
    assert len(visits) == 2
    now[0] = IDLE + 1
    visits.of(OTHER)
    assert len(visits) == 1
    for number in range(MOST + 5):
        visits.of(f"{number:032x}")
    assert len(visits) == MOST
    assert visits.of(KEY).conversation() == []
    visits.close()
    assert len(visits) == 0
