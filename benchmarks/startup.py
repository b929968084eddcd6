"""How long until the page is up and the first answer is there, and how much memory that takes.

`python -m benchmarks.startup` starts the page as `make run` does (installed; the index built by
a first, uncounted start), asks it over HTTP until it answers, asks one question through its API,
and prints both times with the peak memory of the server, over several starts.
"""

from __future__ import annotations

import argparse
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from http.client import HTTPConnection
from pathlib import Path

QUESTION = "What does the treaty commit each country to?"
APP = Path(__file__).parent.parent / "app.py"
PATIENCE = 180.0  # seconds


def measure(index: Path) -> tuple[float, float, float]:
    """Start the page once.

    Returns:
        Seconds to the first page over HTTP, seconds to the first answer, peak memory in MB.
    """
    port = _free_port()
    environment = os.environ | {"PORT": str(port), "RAG_INDEX": str(index)}
    started = time.monotonic()
    server = subprocess.Popen(  # noqa: S603  our own program
        [sys.executable, str(APP)], cwd=APP.parent, env=environment, stdout=subprocess.DEVNULL
    )
    try:
        _wait_for_page(port, started)
        page = time.monotonic() - started
        _ask(port)
        answer = time.monotonic() - started
        return page, answer, _peak_memory(server.pid)
    finally:
        server.terminate()
        server.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for_page(port: int, started: float) -> None:
    while time.monotonic() - started < PATIENCE:
        connection = HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            connection.request("GET", "/")
            if connection.getresponse().status == 200:
                return
        except OSError:
            time.sleep(0.05)
        finally:
            connection.close()
    raise TimeoutError("the page did not come up; start it with `make run` to see why")


def _ask(port: int) -> None:
    from gradio_client import Client

    client = Client(f"http://127.0.0.1:{port}", verbose=False)
    if not client.predict(QUESTION, 5, api_name="/ask")["answered"]:
        raise RuntimeError("the first question was not answered")


def _peak_memory(process: int) -> float:
    status = Path(f"/proc/{process}/status").read_text(encoding="ascii")
    kilobytes = next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM"))
    return int(kilobytes) / 1000


def main() -> None:
    """Measure several starts and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=3, help="starts that count (3)")
    runs = parser.parse_args().runs
    with tempfile.TemporaryDirectory() as folder:
        index = Path(folder) / "index"
        measure(index)
        figures = list(zip(*(measure(index) for _ in range(runs)), strict=True))
    print("| | least | median | most |\n|---|---:|---:|---:|")
    names = ("page answers HTTP (s)", "first answer (s)", "peak memory (MB)")
    for name, values in zip(names, figures, strict=True):
        low, middle, high = min(values), statistics.median(values), max(values)
        print(f"| {name} | {low:.1f} | {middle:.1f} | {high:.1f} |")


if __name__ == "__main__":
    main()
