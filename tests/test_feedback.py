"""Feedback: whole lines, whoever writes; cases that the evaluation reads."""

import json
import os
import stat
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag import feedback
from rag.datamodels import Answer, Quote
from rag.feedback import LONGEST, REASONS, Feedback, append, to_cases


def answer(question: str = "Où ?", *quotes: str) -> Answer:
    found = [Quote("d", 0, len(text), text, 0.5) for text in quotes]
    return Answer(question, bool(found), 0.5, found, searched_as=question)


def read(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").split("\n")[:-1]


def test_what_is_said_is_written(tmp_path: Path) -> None:
    path = tmp_path / "new" / "feedback.jsonl"
    said = Feedback.about(answer("Où ?", "À Brest.\u2028"), False, "wrong", "Non\nmerci\x85")
    append(path, said)
    append(path, said)
    lines = read(path)
    assert len(lines) == 2
    assert lines[0].splitlines() == [lines[0]], "a break in a field must not end the line"
    assert json.loads(lines[0]) == {
        "question": "Où ?", "searched_as": "Où ?", "helpful": False, "reason": "wrong",
        "comment": "Non\nmerci\x85", "quotes": ["À Brest.\u2028"], "documents": ["d"],
        "confidence": 0.5, "time": said.time,
    }  # fmt: skip
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def _write_many(path: str, writer: int) -> None:
    for number in range(50):
        append(Path(path), Feedback.about(answer(f"{writer}-{number}", "é" * 1_900), True))


def test_writers_at_once_write_whole_lines(tmp_path: Path) -> None:
    path = tmp_path / "feedback.jsonl"
    with ProcessPoolExecutor(3, mp_context=get_context("spawn")) as processes:
        jobs = [processes.submit(_write_many, str(path), writer) for writer in range(3)]
        with ThreadPoolExecutor(4) as threads:
            jobs += [threads.submit(_write_many, str(path), writer) for writer in range(3, 7)]
            for job in jobs:
                job.result()
    questions = [json.loads(line)["question"] for line in read(path)]
    assert sorted(questions) == sorted(f"{w}-{n}" for w in range(7) for n in range(50))


def test_long_fields_are_cut_and_long_quotes_left_out(tmp_path: Path) -> None:
    long = "x" * (LONGEST + 1)
    said = Feedback.about(answer(long, long, "court", *["a"] * 50), True, "", long)
    assert [len(v) for v in (said.question, said.searched_as, said.comment)] == [LONGEST] * 3
    assert said.quotes[0] == "court"
    assert len(said.quotes) == len(said.documents) == feedback.MOST_QUOTES
    append(tmp_path / "f", said)
    assert (tmp_path / "f").stat().st_size < 200_000


def test_a_reason_must_be_known() -> None:
    with pytest.raises(ValueError, match="use one of wrong, incomplete, not_in_articles"):
        Feedback.about(answer(), False, "because")  # type: ignore[arg-type]
    assert [Feedback.about(answer(), False, each).reason for each in REASONS] == list(REASONS)


def test_a_full_file_is_not_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "feedback.jsonl"
    append(path, Feedback.about(answer(), True))
    monkeypatch.setattr(feedback, "MOST_BYTES", path.stat().st_size + 5)
    with pytest.raises(OSError, match="move it away"):
        append(path, Feedback.about(answer(), True))
    assert len(read(path)) == 1


def test_half_a_line_does_not_stay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "feedback.jsonl"
    append(path, Feedback.about(answer("one"), True))
    write = os.write
    monkeypatch.setattr(os, "write", lambda file, data: write(file, data[:20]))
    with pytest.raises(OSError, match="make room"):
        append(path, Feedback.about(answer("two"), True))
    monkeypatch.undo()
    append(path, Feedback.about(answer("three"), True))
    assert [json.loads(line)["question"] for line in read(path)] == ["one", "three"]


def lines_of(*said: Feedback) -> list[str]:
    from dataclasses import asdict

    return [json.dumps(asdict(each)) for each in said]


def test_cases() -> None:
    follow_up = Feedback.about(replace(answer("Et lui ?", "Ici."), searched_as="Où est-il ?"), True)
    lines = lines_of(
        Feedback.about(answer("Bonne ?", "Oui.", "Aussi."), True),
        Feedback.about(answer("Hors sujet ?", "Rien à voir."), False, "not_in_articles"),
        Feedback.about(answer("Honnête ?"), True),
        Feedback.about(answer("Fausse ?", "Non."), False, "wrong"),
        Feedback.about(answer("Manquée ?"), False, "should_answer"),
        follow_up,
        Feedback.about(answer("Changée ?", "Un."), True),
        Feedback.about(answer("Changée ?", "Un."), False, "wrong"),
    )
    assert list(to_cases(lines)) == [
        {"question": "Bonne ?", "quotes": ["Oui.", "Aussi."]},
        {"question": "Hors sujet ?", "quotes": []},
        {"question": "Honnête ?", "quotes": []},
        {"question": "Où est-il ?", "quotes": ["Ici."]},
    ]


@pytest.mark.parametrize(
    "line",
    ["", "\n", "{", "[]", "null", "1", '"x"', '{"question": "Où ?"}',
     json.dumps({**json.loads(lines_of(Feedback.about(answer(), True))[0]), "quotes": 3}),
     json.dumps({**json.loads(lines_of(Feedback.about(answer(), True))[0]), "quotes": [3]}),
     json.dumps({**json.loads(lines_of(Feedback.about(answer(), True))[0]), "question": None})],
)  # fmt: skip
def test_what_is_no_feedback_is_ignored(line: str) -> None:
    good = lines_of(Feedback.about(answer("Bonne ?", "Oui."), True))
    assert len(list(to_cases([line, *good]))) == 1


@given(st.lists(st.tuples(st.text(min_size=1), st.booleans(), st.lists(st.text(min_size=1)))))
def test_every_case_was_said(said: list[tuple[str, bool, list[str]]]) -> None:
    lines = lines_of(*[Feedback.about(answer(q, *quotes), good) for q, good, quotes in said])
    cases: list[dict[str, Any]] = list(to_cases(lines))
    last = {question: (good, quotes) for question, good, quotes in said}
    assert {case["question"]: case["quotes"] for case in cases} == {
        q: quotes[: feedback.MOST_QUOTES] for q, (good, quotes) in last.items() if good
    }


def test_the_evaluation_reads_the_cases(tmp_path: Path) -> None:
    eval_cases = pytest.importorskip("rag.evaluation.cases")
    lines = lines_of(
        Feedback.about(answer("Bonne ?", "Oui."), True),
        Feedback.about(answer("Hors sujet ?"), False, "not_in_articles"),
    )
    file = tmp_path / "cases.jsonl"
    file.write_text("".join(json.dumps(case) + "\n" for case in to_cases(lines)), encoding="utf-8")
    cases = eval_cases.read_cases(file, 2_000)
    assert [(case.question, case.quotes) for case in cases] == [
        ("Bonne ?", ("Oui.",)), ("Hors sujet ?", ()),
    ]  # fmt: skip
