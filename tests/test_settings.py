"""Settings: what a person may change, and how a wrong value is told."""

from dataclasses import FrozenInstanceError
from pathlib import Path

import pytest

from rag.errors import RagError
from rag.settings import BUNDLED_MODEL, Settings


def test_defaults() -> None:
    assert Settings.from_environ({}) == Settings()
    assert Settings() == Settings(
        seeds=None, index=Path("index"), model=str(BUNDLED_MODEL), k=5,
        min_confidence=Settings().min_confidence, host="127.0.0.1", port=7860, max_question=2_000,
    )  # fmt: skip
    assert 0 < Settings().min_confidence < 1
    assert (BUNDLED_MODEL / "config.json").is_file()


def test_every_variable() -> None:
    environ = {
        "RAG_SEEDS": "articles", "RAG_INDEX": "my index", "RAG_MODEL": "other", "RAG_K": "7",
        "RAG_MIN_CONFIDENCE": "0.25", "HOST": "0.0.0.0", "PORT": "8080",  # noqa: S104
    }  # fmt: skip
    assert Settings.from_environ(environ) == Settings(
        seeds=Path("articles"), index=Path("my index"), model="other", k=7,
        min_confidence=0.25, host="0.0.0.0", port=8080,  # noqa: S104
    )  # fmt: skip


def test_an_empty_variable_is_an_absent_one() -> None:
    names = ["RAG_SEEDS", "RAG_INDEX", "RAG_MODEL", "RAG_K", "RAG_MIN_CONFIDENCE", "HOST", "PORT"]
    assert Settings.from_environ(dict.fromkeys(names, "")) == Settings()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("RAG_K", "many"), ("RAG_K", "0"), ("RAG_K", "-3"), ("RAG_K", "2.5"), ("RAG_K", "1001"),
        ("RAG_MIN_CONFIDENCE", "1.1"), ("RAG_MIN_CONFIDENCE", "-0.1"),
        ("RAG_MIN_CONFIDENCE", "nan"), ("RAG_MIN_CONFIDENCE", "half"),
        ("PORT", "0"), ("PORT", "65536"), ("PORT", "http"),
    ],
)  # fmt: skip
def test_a_wrong_number_is_told(name: str, value: str) -> None:
    with pytest.raises(RagError, match=f"^{name}='{value}' .* or unset {name}$"):
        Settings.from_environ({name: value})


@pytest.mark.parametrize(("name", "value"), [("RAG_MIN_CONFIDENCE", "0"), ("RAG_K", "1000")])
def test_bounds_are_included(name: str, value: str) -> None:
    Settings.from_environ({name: value})


def test_settings_do_not_change() -> None:
    with pytest.raises(FrozenInstanceError):
        Settings().k = 3  # type: ignore[misc]
