"""The command line: exit codes, one line of error, plain output where it is piped."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ROOT, HashingEmbedder

from rag.__main__ import main
from rag.datamodels import Answer, Quote
from rag.feedback import Feedback, append

QUESTION = "À combien de kilomètres porte la lampe du phare ?"
LAMP = "Sa lampe porte à 32 kilomètres."


@pytest.fixture(autouse=True)
def small_model(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    """The deterministic embedder in place of the real one, which takes seconds to load."""
    for name in [name for name in os.environ if name.startswith("RAG_")]:
        monkeypatch.delenv(name)
    if "slow" not in request.keywords:
        monkeypatch.setattr("rag.library.SentenceTransformerEmbedder", lambda _: HashingEmbedder())
        monkeypatch.setenv("RAG_READER", "0")


@pytest.fixture
def built(articles: Path, index: Path, capsys: pytest.CaptureFixture[str]) -> str:
    assert main(["build", str(articles), "--index", str(index)]) == 0
    capsys.readouterr()
    return str(index)


def run(*arguments: str, cwd: Path = ROOT, **options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "rag", *arguments],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(ROOT), **options},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def check_error(captured: object, code: int, *words: str) -> None:
    out, err = captured.out, captured.err  # type: ignore[attr-defined]
    assert (code, out) == (2, "")
    assert err.startswith("error: ")
    assert err.count("\n") == 1
    assert all(word in err for word in words), err


def write_cases(folder: Path, *rows: dict[str, object]) -> Path:
    path = folder / "cases.jsonl"
    path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    return path


@pytest.fixture
def cases(tmp_path: Path) -> Path:
    """A question that is answered, and one that must be refused."""
    return write_cases(
        tmp_path,
        {"question": QUESTION, "quotes": [LAMP], "id": "lamp"},
        {"question": "Quelle est la capitale de l'Australie ?", "quotes": []},
    )


class TestCommands:
    def test_build_says_what_the_index_holds(
        self, articles: Path, index: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert main(["build", str(articles), "--index", str(index)]) == 0
        assert capsys.readouterr().out == f"{index}: 4 articles, 5 passages, indexed\n"
        assert main(["build", str(articles), "--index", str(index)]) == 0
        assert capsys.readouterr().out == f"{index}: 4 articles, 5 passages, up to date\n"

    def test_build_without_paths_is_the_last_build_again(
        self, built: str, articles: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        (articles / "moulin.txt").write_text("Le moulin tourne.")
        assert main(["build", "--index", built]) == 0
        assert "5 articles" in capsys.readouterr().out

    @pytest.mark.parametrize("damage", ["vectors-1.faiss", "library.sqlite3"])
    def test_the_command_an_error_gives_repairs_the_same_library(
        self, built: str, capsys: pytest.CaptureFixture[str], damage: str
    ) -> None:
        path = Path(built) / damage
        data = bytearray(path.read_bytes())
        data[-200:] = b"\xa5" * 200
        path.write_bytes(data)
        code = main(["ask", QUESTION, "--index", built])
        check_error(capsys.readouterr(), code, f"type: python -m rag build --index {built}")
        assert main(["build", "--index", built]) == 0
        assert capsys.readouterr().out == f"{built}: 4 articles, 5 passages, indexed\n"

    def test_ask_answers(
        self, built: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("RAG_MIN_CONFIDENCE", "0")
        assert main(["ask", QUESTION, "--index", built]) == 0
        out = capsys.readouterr().out
        assert LAMP in " ".join(out.split())
        assert "\x1b" not in out

    def test_ask_says_that_there_is_no_answer(
        self, built: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("RAG_MIN_CONFIDENCE", "1")
        assert main(["ask", QUESTION, "--index", built]) == 1
        captured = capsys.readouterr()
        assert captured.out
        assert captured.err == ""

    @pytest.mark.parametrize(("confidence", "code"), [("0", 0), ("1", 1)])
    def test_ask_in_json(
        self,
        built: str,
        capsys: pytest.CaptureFixture[str],
        monkeypatch: pytest.MonkeyPatch,
        confidence: str,
        code: int,
    ) -> None:
        monkeypatch.setenv("RAG_MIN_CONFIDENCE", confidence)
        assert main(["ask", QUESTION, "--index", built, "--json", "--k", "2"]) == code
        told = json.loads(capsys.readouterr().out)
        assert told["question"] == QUESTION
        assert told["answered"] == (code == 0) == bool(told["quotes"])
        assert len(told["hits"]) == 2

    def test_retrieve(self, built: str, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["retrieve", QUESTION, "--index", built, "--k", "3"]) == 0
        lines = capsys.readouterr().out.splitlines()
        assert [line[:2] for line in lines] == ["1.", "2.", "3."]
        assert LAMP in lines[0]

    def test_retrieve_in_json(self, built: str, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["retrieve", QUESTION, "--index", built, "--json"]) == 0
        hits = json.loads(capsys.readouterr().out)
        assert [hit["score"] for hit in hits] == sorted((h["score"] for h in hits), reverse=True)
        assert LAMP in hits[0]["passage"]["text"]

    def test_info(self, built: str, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["info", "--index", built]) == 0
        out = capsys.readouterr().out
        assert "4 articles" in out
        assert "Valley Post" in out
        assert main(["info", "--index", built, "--json"]) == 0
        told = json.loads(capsys.readouterr().out)
        assert told["state"]["documents"] == len(told["documents"]) == 4

    def test_eval_reports_on_questions(
        self, built: str, cases: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert main(["eval", str(cases), "--index", built]) == 0
        captured = capsys.readouterr()
        assert captured.err == ""
        assert captured.out.startswith("2 questions: 1 with an answer, 1 without\n")
        assert "\nAnswered at confidence 0.30 or more\n" in captured.out

    def test_feedback_becomes_cases(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        told, missing = tmp_path / "feedback.jsonl", tmp_path / "none.jsonl"
        answer = Answer("Où ?", True, 0.9, [Quote("a", 0, 4, "Ici.", 0.5)])
        append(told, Feedback.about(answer, helpful=True))
        assert main(["cases", str(told)]) == 0
        assert json.loads(capsys.readouterr().out)["quotes"] == ["Ici."]
        assert main(["cases", str(missing)]) == 2
        assert capsys.readouterr().err.count("\n") == 1

    @pytest.mark.parametrize(
        "content",
        ["", "\n", "{}", "[1, 2]", '{"question": "Où ?", "quotes": []}', "[" * 100_000, "words"],
    )
    def test_what_holds_no_feedback_is_told_in_one_line(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str], content: str
    ) -> None:
        file = tmp_path / "other.json"
        file.write_text(content)
        assert main(["cases", str(file)]) == 2
        captured = capsys.readouterr()
        assert captured.out == ""
        assert captured.err == f"error: {file} holds no feedback; name the page's feedback.jsonl\n"

    @pytest.mark.parametrize("command", [["build"], ["ask", "Où ?"], ["info"]])
    def test_an_empty_folder_name_is_no_default(
        self, command: list[str], capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert main([*command, "--index", ""]) == 2
        assert capsys.readouterr().err == (
            "error: --index is empty; name a folder, or leave it out\n"
        )

    def test_an_empty_path_is_not_this_folder(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert main(["build", "", "--index", str(tmp_path / "index")]) == 2
        assert "the path of an article is empty" in capsys.readouterr().err

    def test_eval_knows_what_would_be_quoted_below_the_threshold(
        self,
        built: str,
        cases: Path,
        capsys: pytest.CaptureFixture[str],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setenv("RAG_MIN_CONFIDENCE", "1")
        assert main(["eval", str(cases), "--index", built, "--json", "--k", "3"]) == 0
        told = json.loads(capsys.readouterr().out)
        assert (told["answerable"], told["unanswerable"], told["threshold"]) == (1, 1, 1.0)
        assert told["shown"]["right"]["mean"] == 0
        assert told["unfiltered"]["right"]["mean"] == 1
        assert sorted(told["retrieval"]) == ["recall@1", "recall@3", "recall@5"]
        assert [miss["id"] for miss in told["misses"]] == ["lamp"]

    def test_eval_sends_nothing_of_a_file_to_the_terminal_raw(
        self, built: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        rows = [{"question": "Le phare \x1b[31m ?", "quotes": [LAMP], "kind": "\x1b[2J\nodd"}]
        path = write_cases(tmp_path, *rows)
        assert main(["eval", str(path), "--index", built]) == 0
        out = capsys.readouterr().out
        assert "\x1b" not in out
        assert "\\x1b[2J" in out


class TestErrors:
    @pytest.mark.parametrize("command", [["ask", QUESTION], ["retrieve", QUESTION], ["info"]])
    def test_no_index(
        self, command: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        code = main([*command, "--index", str(tmp_path / "none")])
        check_error(capsys.readouterr(), code, "type: python -m rag build --index")

    @pytest.mark.parametrize(
        ("arguments", "words"),
        [
            (["ask", ""], "write one"),
            (["ask", "x" * 10_000], "shorten it to 2000"),
            (["ask", QUESTION, "--k", "0"], "must be 1 or more"),
            (["ask", "phare \udcff"], "remove them"),
            (["build", "/nowhere/at/all"], "give the path"),
        ],
    )
    def test_what_cannot_be_done(
        self, built: str, arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]
    ) -> None:
        code = main([*arguments, "--index", built])
        check_error(capsys.readouterr(), code, words)

    @pytest.mark.parametrize(
        ("row", "words"),
        [
            ({"question": "Et ?", "quotes": ["a"], "quote": "b"}, "line 2: unknown key 'quote'"),
            ({"question": "Et ?", "quotes": ["Sa lampe portait"]}, "line 2: no article holds"),
            ({"question": "Et ?", "quotes": [], "document": "x"}, "line 2: no article is called"),
        ],
    )
    def test_a_slip_in_what_is_expected_is_told_and_never_counted(
        self,
        built: str,
        tmp_path: Path,
        row: dict[str, object],
        words: str,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        path = write_cases(tmp_path, {"question": QUESTION, "quotes": [LAMP]}, row)
        code = main(["eval", str(path), "--index", built])
        check_error(capsys.readouterr(), code, words)

    @pytest.mark.parametrize(
        "arguments",
        [[], ["sing"], ["eval"], ["ask"], ["ask", "a", "b"], ["ask", "a", "--k", "x"], ["--no"]],
    )
    def test_what_is_not_a_command(
        self, arguments: list[str], capsys: pytest.CaptureFixture[str]
    ) -> None:
        with pytest.raises(SystemExit) as stopped:
            main(arguments)
        check_error(capsys.readouterr(), stopped.value.code, "--help")  # type: ignore[arg-type]

    def test_a_wrong_setting(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        monkeypatch.setenv("RAG_K", "many")
        code = main(["info"])
        check_error(capsys.readouterr(), code, "unset RAG_K")

    @pytest.mark.parametrize("debug", ["0", "1"])
    def test_what_nobody_foresaw_is_never_taken_for_no_answer(
        self,
        built: str,
        debug: str,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        def fail(*_: object) -> None:
            raise TypeError("some\nthing")

        monkeypatch.setattr("rag.library.Library.ask", fail)
        monkeypatch.setenv("RAG_DEBUG", debug)
        assert main(["ask", QUESTION, "--index", built]) == 2
        captured = capsys.readouterr()
        assert captured.out == ""
        assert captured.err.splitlines()[-1].startswith("error: unexpected TypeError: some thing;")
        assert ("Traceback" in captured.err) == (debug == "1")

    @pytest.mark.parametrize("command", [[], ["build"], ["ask"], ["retrieve"], ["eval"], ["info"]])
    def test_help(self, command: list[str], capsys: pytest.CaptureFixture[str]) -> None:
        with pytest.raises(SystemExit) as stopped:
            main([*command, "--help"])
        out = capsys.readouterr().out
        assert stopped.value.code == 0
        assert "usage: python -m rag" in out
        if not command:
            assert "Exit codes: 0 answered, 1 no answer in the documents, 2 error." in out


@pytest.fixture(scope="module")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> str:
    """An index of the seeds, made by the program with the model that ships."""
    index = tmp_path_factory.mktemp("real") / "index"
    done = run("build", str(ROOT / "seeds"), "--index", str(index))
    assert done.returncode == 0
    return str(index)


@pytest.mark.slow
class TestRealEntry:
    """The program as a shell runs it, with the model that ships."""

    def test_an_answer_is_plain_when_piped(self, seeded: str) -> None:
        done = run("ask", "À quoi le traité engage-t-il chaque pays ?", "--index", seeded)
        assert (done.returncode, done.stderr) == (0, "")
        assert "une aide militaire immédiate" in " ".join(done.stdout.split())
        assert "\x1b" not in done.stdout

    def test_what_the_article_does_not_say(self, seeded: str) -> None:
        done = run("ask", "What is the capital of Australia?", "--index", seeded, "--json")
        assert (done.returncode, done.stderr) == (1, "")
        assert json.loads(done.stdout)["quotes"] == []

    def test_an_evaluation(self, seeded: str, tmp_path: Path) -> None:
        path = write_cases(
            tmp_path,
            {"question": "Who is Jérôme Pellistrandi?", "quotes": ["Pellistrandi"]},
            {"question": "What is the capital of Australia?", "quotes": []},
        )
        done = run("eval", str(path), "--index", seeded)
        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout.startswith("2 questions: 1 with an answer, 1 without\n")
        assert done.stdout.endswith("\n0 misses\n")

    def test_a_reader_that_stops_reading(self, seeded: str) -> None:
        command = [sys.executable, "-m", "rag", "info", "--json", "--index", seeded]
        with subprocess.Popen(
            command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        ) as program:
            assert program.stdout is not None
            assert program.stderr is not None
            program.stdout.close()
            assert program.stderr.read() == ""

    def test_an_unknown_model(self, seeded: str) -> None:
        done = run("ask", "Bonjour ?", "--index", seeded, "--model", "nobody/nothing")
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr.count("\n") == 1
        assert "hf download nobody/nothing" in done.stderr
