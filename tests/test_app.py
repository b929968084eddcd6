"""The page's server: its API for programs, how it starts, and how it ends."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import pytest
from conftest import HashingEmbedder

import app
from rag.catalogue import EXAMPLES
from rag.errors import ServerError
from rag.settings import Settings
from tests.browser import free_port
from tests.page import HOSTILE, ROOT, CannedLibrary, fail

# --- for programs ---------------------------------------------------------------------------


@pytest.mark.slow
def test_api_gives_programs_the_same_answer(seed_url: str, seed_library: Any) -> None:
    from gradio_client import Client

    question = EXAMPLES["fr"][0]
    expected = json.loads(json.dumps(seed_library.ask(question, k=3).to_dict()))
    client = Client(seed_url, verbose=False)
    assert client.predict(question, 3, None, None, api_name="/ask") == expected
    assert client.predict(question, 3, None, api_name="/retrieve") == expected["hits"]
    assert call(seed_url, "ask", question, 3, None, None) == ("complete", [expected])
    assert call(seed_url, "retrieve", question, 3, None) == ("complete", [expected["hits"]])
    endpoints = client.view_api(return_format="dict")["named_endpoints"]
    assert set(endpoints) == {"/ask", "/retrieve", "/documents", "/verify"}


def call(url: str, name: str, *data: object, **named: object) -> tuple[str, Any]:
    """Call an endpoint over plain HTTP; return the last event and its data."""
    address = f"{url}gradio_api/call/{name}"
    request = urllib.request.Request(  # noqa: S310  our own server
        address, json.dumps(named or {"data": data}).encode(), {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=20) as reply:  # noqa: S310
        event = json.load(reply)["event_id"]
    with urllib.request.urlopen(f"{address}/{event}", timeout=20) as reply:  # noqa: S310
        kind, value = reply.read().decode().strip().split("\n\n")[-1].split("\n")[:2]
    return kind.removeprefix("event: "), json.loads(value.removeprefix("data: "))


@pytest.mark.parametrize("name", ["ask", "retrieve"])
@pytest.mark.parametrize(
    ("data", "message"),
    [
        (["", 5], "Type a question"),
        (["x" * 10_000, 5], "10000 characters"),
        (["a\0b", 5], "not text"),
        (["\ud800", 5], "not text"),
        ([["a"], 5], "not text"),
        ([None, 5], "Type a question"),
        (["echo", 0], "whole number"),
        (["echo", 10_000], "whole number"),
        (["echo", "5"], "whole number"),
        (["echo", True], "whole number"),
    ],
)
def test_api_refuses_with_a_sentence(
    canned_url: str, name: str, data: list[object], message: str
) -> None:
    kind, value = call(canned_url, name, *data, *[None] * (2 if name == "ask" else 1))
    assert kind == "error"
    assert message in json.dumps(value)
    assert "Traceback" not in json.dumps(value)


def test_api_takes_names_and_may_be_left_the_choice_of_k(
    canned: CannedLibrary, canned_url: str
) -> None:
    kind, value = call(canned_url, "v2/ask", question="hostile")
    assert kind == "complete"
    assert value == [json.loads(json.dumps(canned.ask("hostile").to_dict()))]
    kind, value = call(canned_url, "v2/retrieve", question="hostile", k=2)
    assert kind == "complete"
    assert len(value[0]) == 2


def test_api_tells_the_articles_and_verifies_words(canned: CannedLibrary, canned_url: str) -> None:
    quote = canned.answers["story"]("").quotes[0]
    kind, (documents,) = call(canned_url, "documents")
    assert kind == "complete"
    (story,) = [each for each in documents if each["id"] == quote.document_id]
    assert story["title"] == "Le phare"
    assert story["characters"] == len(canned.document(quote.document_id).text)
    assert "text" not in story
    claim = {"document_id": quote.document_id, "start": quote.start, "end": quote.end}
    _, (verdict,) = call(canned_url, "v2/verify", words=quote.text, **claim)
    assert verdict["verbatim"] is True
    _, (verdict,) = call(canned_url, "v2/verify", words="« Elle porte à 33 kilomètres »")
    assert verdict["verbatim"] is False
    for bad in ({"words": ""}, {"words": "x", "start": 1}, {"words": "x" * 200_000}):
        assert call(canned_url, "v2/verify", **bad)[0] == "error"


def test_api_takes_a_history_and_a_filter(canned: CannedLibrary, canned_url: str) -> None:
    within = {"published_from": "1999", "published_to": "2001"}
    _, (answer,) = call(canned_url, "v2/ask", question="story x", within=within)
    assert answer["answered"] is False
    assert canned.filter_of("story x") is not None
    call(canned_url, "v2/ask", question="story y", history=["echo", "nothing"])
    history = next(each[1] for each in canned.asked if each[0] == "story y")
    assert history == ["echo", "nothing"]


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        ({"history": "x"}, "history is no list but a text; give a list"),
        ({"history": {"question": "x"}}, "history is no list but an object; give a list"),
        ({"history": ["x", {"question": "x"}]}, "question 2 of history is an object; give a list"),
        ({"history": [1]}, "question 1 of history is a number"),
        ({"history": ["x"] * 51}, "history has 51 questions"),
        ({"within": {"unheard": "of"}}, "a filter has no unheard; use documents, languages"),
        ({"within": "fr"}, "within is str; give a Filter, or an object with documents"),
        ({"within": {"published_to": "2024-02-30"}}, "write YYYY, YYYY-MM or YYYY-MM-DD"),
    ],
)
def test_api_says_what_a_history_and_a_filter_must_be(
    canned_url: str, bad: dict[str, object], message: str
) -> None:
    kind, value = call(canned_url, "v2/ask", question="story", **bad)
    assert kind == "error"
    assert message in value["error"]


@pytest.mark.parametrize("name", ["v2/ask", "v2/retrieve"])
def test_api_without_a_question_says_so(canned_url: str, name: str) -> None:
    kind, value = call(canned_url, name, k=3)
    assert kind == "error"
    assert "Type a question" in value["error"]


@pytest.mark.parametrize("name", ["v2/ask", "v2/unheard"])
def test_api_refuses_names_it_does_not_know(canned_url: str, name: str) -> None:
    with pytest.raises(urllib.error.HTTPError) as caught:
        call(canned_url, name, unheard="of")
    assert caught.value.code == 422
    assert "ask(question, k, history, within)" in json.load(caught.value)["error"]


def test_api_without_words_to_verify_says_so(canned_url: str) -> None:
    for sent in ({"start": 1}, {"words": "x", "document_id": 3}):
        kind, value = call(canned_url, "v2/verify", **sent)
        assert kind == "error"
        assert "must be a text" in value["error"]
        assert "Traceback" not in json.dumps(value)


def test_api_has_a_default_k_and_hides_defects(canned_url: str) -> None:
    from gradio_client import Client
    from gradio_client.exceptions import AppError

    client = Client(canned_url, verbose=False)
    assert len(client.predict("hostile", api_name="/retrieve")) == len(HOSTILE)
    with pytest.raises(AppError) as caught:
        client.predict("fail", api_name="/ask")
    assert "a defect of ours" not in str(caught.value)


# --- the process ------------------------------------------------------------------------------


def test_a_busy_port_is_told_in_one_line_and_at_once() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(ServerError, match=f"PORT={port + 1} make run"):
            app.check_address(Settings(port=port))
        began = time.monotonic()
        done = subprocess.run(
            [sys.executable, "app.py"], cwd=ROOT, env={**os.environ, "PORT": str(port)},
            capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1
    assert f"PORT={port + 1} make run" in done.stderr
    assert time.monotonic() - began < 5


def test_a_defect_at_the_start_is_told_in_one_line(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setenv("PORT", str(free_port()))
    monkeypatch.delenv("RAG_DEBUG", raising=False)
    monkeypatch.setattr("rag.default_library.open_default", lambda *_, **__: fail(""))
    assert app.main() == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.startswith("error: the page could not start (ZeroDivisionError: a defect")
    assert told.err.endswith("type: RAG_DEBUG=1 make run\n")
    assert told.err.count("\n") == 1
    assert caplog.text == ""
    monkeypatch.setenv("RAG_DEBUG", "1")
    assert app.main() == 2
    assert "Traceback" in caplog.text


@pytest.mark.parametrize("name", ["library.sqlite3", "vectors-1.faiss"])
def test_a_damaged_index_is_no_traceback(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    """It would be built again; its articles being gone, the page says so and stops."""
    from rag.library import Library

    monkeypatch.setattr("rag.library.SentenceTransformerEmbedder", lambda _: HashingEmbedder())
    index, article = tmp_path / "index", tmp_path / "phare.txt"
    article.write_text("La lampe du phare porte à 32 kilomètres.")
    Library.build([article], index)
    article.unlink()
    data = (index / name).read_bytes()
    (index / name).write_bytes(data[:20] + b"\xa5" * (len(data) - 20))
    for variable, value in {"PORT": free_port(), "RAG_INDEX": index, "RAG_SEEDS": article}.items():
        monkeypatch.setenv(variable, str(value))
    assert app.main() == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.startswith("error: ")
    assert told.err.count("\n") == 1


def test_importing_the_page_imports_no_gradio() -> None:
    code = "import app, os, sys; assert 'gradio' not in sys.modules, 'gradio'; " + (
        "assert 'GRADIO_ANALYTICS_ENABLED' not in os.environ"
    )
    environ = {name: value for name, value in os.environ.items() if "GRADIO" not in name}
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=environ, timeout=60, check=True)


@pytest.mark.slow
@pytest.mark.usefixtures("seed_library")
@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
def test_the_process_says_where_it_is_and_ends_when_told(
    seed_index: Path, stop: signal.Signals
) -> None:
    port = free_port()
    environ = {
        **os.environ, "PORT": str(port), "RAG_INDEX": str(seed_index),
        # A proxy is no obstacle to a page on this machine.
        "HTTP_PROXY": "http://127.0.0.1:9", "http_proxy": "http://127.0.0.1:9", "NO_PROXY": "",
        "no_proxy": "",
    }  # fmt: skip
    with subprocess.Popen(
        [sys.executable, "app.py"], cwd=ROOT, env=environ, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    ) as process:  # fmt: skip
        try:
            assert process.stdout
            assert process.stderr
            assert process.stdout.readline().endswith("up to date\n")
            address = f"http://127.0.0.1:{port}/"
            assert address in process.stdout.readline()
            with urllib.request.urlopen(address, timeout=10) as reply:
                assert reply.status == 200
            process.send_signal(stop)
            assert process.wait(timeout=20) == 0
            assert "Traceback" not in process.stderr.read()
        finally:
            process.kill()
