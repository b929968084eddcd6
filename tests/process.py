"""The page's server as a process of its own: started, awaited, and killed as a machine would."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parent.parent


class Served(NamedTuple):
    """A running server.

    Attributes:
        url: Where its page is.
        since: When it said that it is up, in seconds since 1970.
        process: What runs it.
    """

    url: str
    since: float
    process: subprocess.Popen[str]


@contextmanager
def served(index: Path, port: int) -> Iterator[Served]:
    """Serve the seed articles as ``python app.py`` does, with the reader; kill it at the end."""
    environ = {**os.environ, "PORT": str(port), "RAG_INDEX": str(index), "RAG_READER": "1"}
    with subprocess.Popen(
        [sys.executable, "app.py"], cwd=ROOT, env=environ, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
    ) as process:  # fmt: skip
        try:
            assert process.stdout
            assert process.stdout.readline().endswith("up to date\n")
            assert f":{port}/" in process.stdout.readline()
            yield Served(f"http://127.0.0.1:{port}/", time.time(), process)
        finally:
            process.kill()  # no farewell: what must last is on the disk
            process.wait(timeout=20)
