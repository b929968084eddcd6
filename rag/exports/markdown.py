"""Text → CommonMark that shows exactly its characters."""

from __future__ import annotations

import re
import unicodedata

# Characters that mean something to CommonMark, or to GitHub's extensions, anywhere in a line ...
_MARKUP = re.compile(r"[\\`*_\[\]<>&~|$@#{}]|(?<=www)\.|:(?=//)", re.IGNORECASE)
# ... and those that mean something only where a line begins.
_MARKUP_AT_START = re.compile(r"^(\d*)([-+=.)])")
_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
_JOINERS = "\u200c\u200d"  # they shape emoji and several scripts, and harm nothing


def escape_markdown(line: str) -> str:
    """Escape markup in one line; spaces at its edges and invisible characters are references."""
    core = line.strip(" \t")
    start = line.index(core) if core else len(line)
    escaped = _MARKUP_AT_START.sub(r"\1\\\2", _MARKUP.sub(r"\\\g<0>", core))
    visible = "".join(_as_reference(c) if _is_invisible(c) else c for c in escaped)
    edges = ("".join(map(_as_reference, line[:start])), line[start + len(core) :])
    return edges[0] + visible + "".join(map(_as_reference, edges[1]))


def quote_markdown(text: str) -> str:
    """Return text as a block quotation; its line breaks are hard breaks."""
    return "> " + "\\\n> ".join(map(escape_markdown, text.split("\n")))


def _is_invisible(character: str) -> bool:
    return unicodedata.category(character) in _INVISIBLE and character not in _JOINERS


def _as_reference(character: str) -> str:
    return f"&#{ord(character)};"
