"""Where the browser is, and how it is started, for the tests and the screenshots."""

import socket
from pathlib import Path

# Nothing but the page may use the network; Debian's Chromium runs as root in containers.
FLAGS = [
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-sync",
    "--no-first-run",
]


def find_chromium() -> str | None:
    """Return Debian's Chromium, or None for Playwright's own."""
    chromium = Path("/usr/bin/chromium")
    return str(chromium) if chromium.exists() else None


def free_port() -> int:
    """Return a port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
