"""The library the settings name, for those who make none: `rag.ask`, the page, the shell."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rag.datamodels import Answer, Hit
from rag.embedder import Embedder
from rag.errors import SourceError
from rag.filters import Filter
from rag.library import Library
from rag.loader import find_articles
from rag.reader import Reader
from rag.settings import Settings
from rag.stores.local_store import LocalStore


def open_default(
    settings: Settings,
    *,
    progress: bool = False,
    embedder: Embedder | None = None,
    reader: Reader | None = None,
) -> Library:
    """Open the index the settings name, built or refreshed from its articles if need be.

    Raises:
        RagError: If neither the index nor the articles can be used.
    """
    sources = default_sources(settings)
    if LocalStore(settings.index).sources() and not any(map(Path.exists, sources)):
        # Its articles are gone: as it is.
        return Library.open(settings.index, settings=settings, embedder=embedder, reader=reader)
    return Library.build(
        sources,
        settings.index,
        progress=progress,
        settings=settings,
        embedder=embedder,
        reader=reader,
    )


def default_sources(settings: Settings) -> list[Path]:
    """Return the articles an index stands for.

    They are those the settings name, else those it was last built from, else
    the ``seeds`` folder.
    """
    if settings.seeds:
        return [settings.seeds]
    return list(map(Path, LocalStore(settings.index).sources())) or [Path("seeds")]


_Files = frozenset[tuple[Path, int, int]]  # path, time of change in nanoseconds, bytes


@dataclass(slots=True)
class _Default:
    library: Library
    settings: Settings
    files: _Files  # at the last refresh, failed or not


_default_lock = threading.Lock()
_default: _Default | None = None


def _default_library() -> Library:
    """Make the default library on first use, and again when its articles are others.

    Where that fails, the error is told once; the library that worked is kept.
    """
    global _default  # noqa: PLW0603  one library a process
    with _default_lock:
        settings = _default.settings if _default else Settings.from_environ()
        files = _list_files(default_sources(settings))
        if _default is None:
            _default = _Default(open_default(settings), settings, files)
        elif files != _default.files:
            _default.files = files
            known = _default.library
            _default.library = open_default(settings, embedder=known.embedder, reader=known.reader)
        return _default.library


def _list_files(sources: Sequence[Path]) -> _Files:
    """Tell the articles as they are now from those of another moment, without reading them."""
    found: set[tuple[Path, int, int]] = set()
    with suppress(SourceError, OSError):  # told by the refresh this leads to
        for path in find_articles(sources):
            known = path.stat()
            found.add((path, known.st_mtime_ns, known.st_size))
    return frozenset(found)


def retrieve(
    question: str, k: int | None = None, *, within: Filter | Mapping[str, Any] | None = None
) -> list[Hit]:
    """Return the ``k`` passages of the default index nearest to a question, best first.

    The index is built from its articles on the first call of the process, and
    refreshed on any call after they change.
    """
    return _default_library().retrieve(question, k, within=within)


def ask(
    question: str,
    k: int | None = None,
    *,
    history: Sequence[object] = (),
    within: Filter | Mapping[str, Any] | None = None,
) -> Answer:
    """Answer a question from the default index (see ``Library.ask``)."""
    return _default_library().ask(question, k, history=history, within=within)
