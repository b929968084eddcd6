"""What surrounds the conversation on the page: its masthead, its head, its looks."""

from __future__ import annotations

import json
from base64 import b64encode
from html import escape
from importlib.resources import files

from rag.catalogue import LANGUAGES, STRINGS, say


def read_asset(name: str) -> str:
    """Return a file of ``rag/page/``: ``style.css``, ``script.js`` or ``mark.svg``."""
    return (files("rag") / "page" / name).read_text(encoding="utf-8")


def render_masthead() -> str:
    """Return the top of the page: what this is, and what answers are made of."""
    about = "".join(f'<p lang="{each}">{escape(say("about", each))}</p>' for each in LANGUAGES)
    return (
        f'<header class="masthead"><a class="skip" href="#question">{_in_both("skip")}</a>'
        f'<div class="brand">{read_asset("mark.svg")}<div><h1>Guillemets</h1>'
        f'<p>{_in_both("tagline")}</p></div></div><div class="about">{about}</div></header>'
    )


def _in_both(key: str) -> str:
    """Return a string in every language; the style sheet shows the reader's."""
    return "".join(
        f'<span class="only-{each}" lang="{each}">{escape(say(key, each))}</span>'
        for each in LANGUAGES
    )


def render_head() -> str:
    """Return what goes into the head of the page: icon, strings and script, nothing fetched."""
    icon = b64encode(read_asset("mark.svg").encode()).decode()
    # Once "<" is escaped, no string can end the script element early.
    strings = json.dumps({each: dict(STRINGS[each]) for each in LANGUAGES}).replace("<", "\\u003c")
    return (
        f'<link rel="icon" type="image/svg+xml" href="data:image/svg+xml;base64,{icon}">'
        f'<script type="application/json" id="catalogue">{strings}</script>'
        f"<script>{read_asset('script.js')}</script>"
    )
