"""What the page asks of its server: whatever is sent, the reply is a sentence or a page."""

from base64 import b64encode
from pathlib import Path
from typing import Any

import pytest
from conftest import HashingEmbedder

from rag.catalogue import say
from rag.library import Library
from rag.page.chat_page import ChatPage
from rag.page.desk import Desk
from rag.page.request import Request
from rag.settings import Settings
from rag.shelf import Limits

VISITOR = "a" * 32


@pytest.fixture
def page(library: Library, tmp_path: Path) -> Any:
    page = ChatPage(Desk(library, 200, 3), Limits(files=2, file_bytes=200), tmp_path / "f.jsonl")
    yield page
    page.close()


def add(page: ChatPage, name: str, text: str) -> Any:
    content = b64encode(text.encode()).decode()
    return page.add({"visitor": VISITOR, "name": name, "ticket": "1", "content": content})


@pytest.mark.parametrize(
    "values",
    [None, 7, "x", [], {}, {"visitor": [1]}, {"question": {"a": 1}, "turns": "abc", "within": []},
     {"document": None, "start": "1", "end": -2, "turn": 3}, {"content": "%%%", "name": 5},
     {"format": "exe"}, {"reason": "none", "helpful": "yes"}],
)  # fmt: skip
def test_whatever_is_sent_is_answered(page: ChatPage, values: Any) -> None:
    for function in page.functions():
        reply = function(values)
        assert isinstance(reply, dict)
        assert "Traceback" not in str(reply)


def test_what_cannot_be_asked_is_refused_in_the_language_of_the_page(page: ChatPage) -> None:
    for question, key, values in [
        ("?", "empty", {}), ("a" * 201, "too_long", {"length": 201, "limit": 200}),
        ("a\0", "not_text", {}), (None, "empty", {}), (7, "not_text", {}),
    ]:  # fmt: skip
        reply = page.ask({"visitor": VISITOR, "question": question, "language": "fr"})
        assert reply == {"refused": say(key, "fr", **values)}
    dates = {"published_from": "2024", "published_to": "2023"}
    for within in (dates, {"published_from": "hier"}, {"unheard": "of"}):
        reply = page.ask({"visitor": VISITOR, "question": "Quoi ?", "within": within})
        assert reply == {"refused": say("bad_dates", "en")}


def test_limits_hold_on_the_server_too(page: ChatPage) -> None:
    assert "limit for a file" in add(page, "a.txt", "mot " * 100)["message"]
    assert "kind" in add(page, "a.exe", "mot")["message"]
    assert "added" in add(page, "a.txt", "Le moulin tourne.")
    assert add(page, "b.txt", "Le moulin tourne.") == {"duplicate": say("duplicate_shelf", "en")}
    assert "added" in add(page, "c.txt", "La roue tourne.")
    assert add(page, "d.txt", "Le vent souffle.")["message"] == say("shelf_too_many", "en", limit=2)


def test_what_a_visitor_adds_is_that_visitors_alone(page: ChatPage) -> None:
    added = add(page, "a.txt", "Le moulin tourne.")["added"]
    mine = page.read({"visitor": VISITOR, "document": added})
    assert "moulin" in mine["html"]
    for other in ("b" * 32, "", None):
        assert page.read({"visitor": other, "document": added}) == {"gone": say("gone", "en")}
        assert added not in page.articles({"visitor": other})["html"]
        reply = page.remove({"visitor": other, "document": added})
        assert "problem" in reply
    assert added in page.articles({"visitor": VISITOR})["html"]
    assert page.remove({"visitor": VISITOR, "document": added}) == {}
    assert added not in page.articles({"visitor": VISITOR})["html"]


def test_a_visitor_without_a_key_adds_nothing(page: ChatPage) -> None:
    content = b64encode(b"Le moulin tourne.").decode()
    reply = page.add({"visitor": "short", "name": "a.txt", "content": content})
    assert reply["message"] == say("shelf_too_many", "en", limit=0)


def test_a_request_is_read_with_care() -> None:
    request = Request({"a": 1, "b": True, "c": ["x", 1], "d": "é", "e": -1, "language": "fr-CA"})
    assert (request.number("a"), request.number("b"), request.number("e")) == (1, None, None)
    assert (request.flag("a"), request.flag("b")) == (False, True)
    assert (request.texts("c"), request.texts("d")) == (["x"], [])
    assert (request.text("d"), request.text("a")) == ("é", "")
    assert request.language == "fr"
    assert request.data("d") == b""
    assert Request(["not", "an", "object"]).language == "en"


def test_what_a_visitor_added_is_not_kept_with_feedback(
    library: Library, eager: Settings, tmp_path: Path
) -> None:
    own = Library.open(library._store.folder, embedder=HashingEmbedder(), settings=eager)
    kept = tmp_path / "f.jsonl"
    page = ChatPage(Desk(own, 200, 3), Limits(files=2, file_bytes=200), kept)
    add(page, "a.txt", "Le moulin tourne depuis mars.")
    for question, key, lines in [
        ("Depuis quand le moulin tourne ?", "thanks_unkept", 0),
        ("Who keeps the bees at Ashdown school?", "thanks", 1),
    ]:
        turn = page.ask({"visitor": VISITOR, "question": question})["turn"]
        reply = page.judge({"visitor": VISITOR, "turn": turn, "helpful": True, "reason": ""})
        assert reply == {"thanks": say(key, "en")}
        assert (len(kept.read_text().splitlines()) if kept.exists() else 0) == lines
    page.close()
