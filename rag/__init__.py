"""Guillemets: ask articles, get their own words back."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from rag.datamodels import Answer, Document, Excerpt, Hit, Match, Passage, Quote, Turn, Why
from rag.errors import RagError
from rag.filters import Filter

if TYPE_CHECKING:
    from rag.default_library import ask, retrieve
    from rag.library import Library

__all__ = [
    "Answer",
    "Document",
    "Excerpt",
    "Filter",
    "Hit",
    "Library",
    "Match",
    "Passage",
    "Quote",
    "RagError",
    "Turn",
    "Why",
    "ask",
    "retrieve",
]
__version__ = "0.1.0"

_LATER = {"Library": "library", "ask": "default_library", "retrieve": "default_library"}


def __getattr__(name: str) -> Any:
    """Import what needs numpy and FAISS on first use, so that ``import rag`` is instant."""
    if name in _LATER:
        return getattr(import_module(f"rag.{_LATER[name]}"), name)
    raise AttributeError(f"module 'rag' has no attribute {name!r}")
