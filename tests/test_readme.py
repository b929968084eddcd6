"""The documents tell the truth: links lead somewhere, nothing is left to fill in, examples run."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from rag import Library

ROOT = Path(__file__).parent.parent
DOCUMENTS = [
    *ROOT.glob("*.md"),
    ROOT / "index" / "README.md",
    ROOT / "benchmarks" / "README.md",
    ROOT / "rag" / "model" / "README.md",
]
README = (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
class TestDocument:
    def test_nothing_is_left_to_fill_in(self, document: Path) -> None:
        assert not re.findall(r"@@|TODO|[A-Z]+_TABLE", document.read_text(encoding="utf-8"))

    def test_its_links_lead_somewhere(self, document: Path) -> None:
        links = re.findall(r"\]\(([^)#\s]+)\)", document.read_text(encoding="utf-8"))
        local = [link for link in links if "://" not in link]
        assert [link for link in local if not (document.parent / link).exists()] == []


def test_it_is_short() -> None:
    assert len(README.splitlines()) <= 150


def test_every_file_of_the_map_exists() -> None:
    rows = re.findall(r"^\| (`[^|]+) \|", README.split("reading order")[1], re.MULTILINE)
    names = [name for row in rows for name in re.findall(r"`([\w./]+)`", row)]
    assert len(names) > 15
    for name in names:
        assert (ROOT / name).exists() or (ROOT / "rag" / name).exists(), name


@pytest.mark.slow
def test_its_python_prints_what_it_says(tmp_path: Path) -> None:
    code, printed = re.findall(r"```(?:python)?\n(.*?)```", README.split("Python\n")[1], re.DOTALL)[
        :2
    ]
    question = re.search(r'ask\("(.+)"\)', code)
    assert question
    quotes = Library.build([ROOT / "seeds"], index=tmp_path / "index").ask(question[1]).quotes
    shown = [f"{q.document_id} {q.start} {q.end} {q.text}" for q in quotes]
    expected = list(_openings(printed))
    assert len(shown) == len(expected)
    assert all(line.startswith(start) for line, start in zip(shown, expected, strict=True))


def _openings(printed: str) -> Iterator[str]:
    """Yield each line of an output up to where it is cut."""
    for line in printed.strip().splitlines():
        yield line.split(" […]")[0]
