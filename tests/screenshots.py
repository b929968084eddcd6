"""Take the pictures of the page that the README shows: ``python -m tests.screenshots``.

They are taken on the seed articles with the real model, in the fonts this machine has.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Any

import app
from rag.catalogue import EXAMPLES
from rag.library import Library
from rag.settings import Settings
from tests.browser import FLAGS, find_chromium, free_port

ROOT = Path(__file__).parent.parent
# Name, width, height, scheme, language of the browser.
PICTURES = [
    ("page", 1280, 800, "light", "en-GB"),
    ("page-dark", 1280, 800, "dark", "fr-FR"),
    ("page-phone", 390, 844, "light", "fr-FR"),
    ("page-phone-dark", 390, 844, "dark", "en-GB"),
]


def take(browser: Any, url: str, folder: Path) -> None:
    """Ask the first example of the reader's language, and photograph the answer."""
    for name, width, height, scheme, locale in PICTURES:
        context = browser.new_context(
            viewport={"width": width, "height": height}, color_scheme=scheme, locale=locale,
            reduced_motion="reduce",
        )  # fmt: skip
        page = context.new_page()
        page.goto(url)
        page.get_by_role("button", name=EXAMPLES[locale[:2]][0]).click()
        page.wait_for_selector("#chat .answer")
        page.mouse.move(0, 0)
        page.wait_for_timeout(1500)  # the article opens beside, and what to ask next is found
        page.screenshot(path=folder / f"{name}.png")
        context.close()
        sys.stdout.write(f"{folder / name}.png\n")


def main() -> None:
    """Serve the seed articles and take every picture into ``docs/``."""
    from playwright.sync_api import sync_playwright

    folder = ROOT / "docs"
    folder.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as index, sync_playwright() as playwright:
        library = Library.build([ROOT / "seeds"], index=index)
        library.warm()
        page = app.start(library, Settings(port=free_port()))
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=FLAGS)
        take(browser, str(page.local_url), folder)
        browser.close()
        page.close(verbose=False)


if __name__ == "__main__":
    main()
