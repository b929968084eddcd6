"""Files → Documents: decoded text, metadata, digest.

The text is the decoded file as it stands; metadata is read out of it without
moving an offset. ``body_start`` and ``body_end`` mark what is article and what
is metadata (a date stamp, a front matter, a closing source line).

To read a further format, add its suffix and a function ``bytes → str`` to
``READERS``.
"""

from __future__ import annotations

import hashlib
import os
import re
import stat
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from rag.blocks import find_headline, find_opening
from rag.datamodels import Document
from rag.errors import (
    BinaryFileError,
    EmptyArticleError,
    EncodingError,
    NoArticlesError,
    SourceError,
    UnsupportedFormatError,
)

TITLE_LENGTH = 90  # characters: one line on a page
_HEAD_LENGTH = 2_000  # characters within which a headline has a paragraph below it

_DATE = r"\d{4}(?:-\d{2}(?:-\d{2})?)?"
_STAMP = re.compile(rf"\s*date\s+({_DATE})(?=\s)\s*", re.IGNORECASE)
_FRONT_MATTER = re.compile(r"\s*---[ \t]*\r?\n(.*?)^---[ \t]*(?:\r?\n|\Z)\s*", re.DOTALL | re.M)
_FIELD = re.compile(r"\w+[ \t]*:|[-#\s]|\Z")
_KEY_VALUE = re.compile(r"^(\w+)[ \t]*:[ \t]*(.+?)[ \t]*\r?$", re.MULTILINE)
_SOURCE_LINE = re.compile(r"[^\r\n.!?…:;#|]{1,40}\Z")
_LOWER_WORD = re.compile(r"\b[^\W\d_A-ZÀ-ÝŒ]\w*")
_LONE_RETURN = re.compile(r"\r(?!\n)")
_BLOCK_SCALAR = re.compile(r"[>|][+-]?\d?[+-]?\Z")  # YAML: the value is on the lines below
_BLANKS = " \t\u00a0\u202f"
_HEADING = re.compile(r"\s*#{1,2}[ \t\u00a0]+([^\r\n]+)")
_CLAUSE_END = re.compile(r"[,;:.!?…](?=\s|$)|\s[—–(«]|[\r\n]")


def decode(data: bytes, name: str) -> str:
    """Decode an article: UTF-8, UTF-16 with a byte order mark, then Windows-1252.

    Raises:
        BinaryFileError: The bytes are not text.
        EncodingError: They are text in none of these encodings.
    """
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        candidates = ["utf-16"]
    elif b"\0" in data:
        raise BinaryFileError(f"{name} is not a text file; remove it, or save it as UTF-8 text")
    else:
        candidates = ["utf-8-sig", "cp1252"]
    for encoding in candidates:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if _is_binary(text):
            raise BinaryFileError(f"{name} is not a text file; remove it, or save it as UTF-8 text")
        return text
    raise EncodingError(
        f"{name} is neither UTF-8, UTF-16 nor Windows-1252 text; save it again as UTF-8"
    )


def _is_binary(text: str) -> bool:
    """Tell whether more than 1 % of the characters are control characters text never holds."""
    controls = sum(ch < " " and ch not in "\t\n\r\f\v\x1b" for ch in text)
    return controls > len(text) // 100


READERS: dict[str, Callable[[bytes, str], str]] = {".txt": decode, ".md": decode}


def find_articles(paths: Iterable[str | Path]) -> list[Path]:
    """List the articles under files and folders, folders walked in order of name.

    Raises:
        NoArticlesError: If there is none.
        SourceError: If a path does not exist or a folder cannot be read.
        UnsupportedFormatError: If a file named on its own is of an unknown kind.
    """
    found: dict[Path, None] = {}
    asked = [Path(path) for path in paths]
    for path in asked:
        kind = _kind(path)
        if kind == "folder":
            found.update(dict.fromkeys(_walk(path, set())))
        elif kind == "nothing" and not path.is_symlink():
            raise SourceError(f"{path} does not exist; give the path of an article or a folder")
        elif kind == "other":  # a pipe would be waited for, for ever
            raise SourceError(f"{path} is no file; give the path of an article or a folder")
        elif path.suffix.lower() not in READERS:
            raise UnsupportedFormatError(f"{path} is of an unknown kind; use one of {_kinds()}")
        else:
            found[path] = None
    if not found:
        where = ", ".join(map(str, asked)) or "no path"
        raise NoArticlesError(f"no article in {where}; put files there that end in {_kinds()}")
    return list(found)


def _kinds() -> str:
    return ", ".join(sorted(READERS))


def _kind(path: Path) -> str:
    """Tell a folder, a file, nothing (a broken link too), and other things apart."""
    try:
        mode = path.stat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        return "nothing"
    except OSError as error:
        raise SourceError(
            f"cannot read {path} ({error.strerror}); check its permissions"
        ) from error
    if stat.S_ISDIR(mode):
        return "folder"
    return "file" if stat.S_ISREG(mode) else "other"


def _walk(folder: Path, seen: set[Path]) -> Iterator[Path]:
    """List the articles of a folder; one that links lead to again is not walked again."""
    if folder.resolve() in seen:
        return
    seen.add(folder.resolve())
    try:
        entries = sorted(folder.iterdir())
    except OSError as error:
        raise SourceError(
            f"cannot read the folder {folder} ({error.strerror}); check its permissions"
        ) from error
    for entry in entries:
        if entry.name.startswith("."):
            continue
        kind = _kind(entry)
        if kind == "folder":
            yield from _walk(entry, seen)
        elif kind != "other" and entry.suffix.lower() in READERS:
            yield entry


def load(path: Path, detect_language: Callable[[str], str]) -> Document:
    """Read one article.

    Args:
        path: The file; its suffix chooses the reader.
        detect_language: Text → language tag, used where the file states none.

    Raises:
        SourceError: If the file cannot be read, holds no words or is not text.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise SourceError(
            f"cannot read {path} ({error.strerror}); check its permissions"
        ) from error
    text = READERS[path.suffix.lower()](data, str(path))
    name = os.fsencode(path).decode("utf-8", "backslashreplace")  # a name may be no text
    return make_document(text, data, name, detect_language)


def make_document(
    text: str, data: bytes, path: str, detect_language: Callable[[str], str]
) -> Document:
    """Make a document of a decoded text and the bytes it came from.

    Raises:
        EmptyArticleError: If no word is left beside the metadata.
    """
    lines = _LONE_RETURN.sub("\n", text)  # old line ends, read alike; nothing moves
    found = _metadata(lines)
    body = lines[found.body_start : found.body_end]
    if not re.search(r"\w", body):
        raise EmptyArticleError(f"{path} holds no words; remove it, or fill it")
    digest = hashlib.sha256(data).hexdigest()
    return Document(
        id=digest[:16],
        title=found.title or _own_title(body),
        text=text,
        source=found.source,
        published=found.published,
        language=found.language or detect_language(body),
        sha256=digest,
        path=path,
        body_start=found.body_start,
        body_end=found.body_end,
    )


@dataclass(slots=True)
class _Metadata:
    body_start: int
    body_end: int
    title: str = ""
    source: str = ""
    published: str = ""
    language: str = ""


def _metadata(text: str) -> _Metadata:
    found = _Metadata(0, len(text))
    front = _FRONT_MATTER.match(text)
    if front and all(map(_FIELD.match, front[1].splitlines())):  # else rules around a text
        fields = _fields(front[1])
        found.body_start = front.end()
        found.title = _first(fields, "title", "titre")
        found.source = _first(fields, "source", "publisher", "author", "auteur")
        date = re.match(_DATE, _first(fields, "date", "published"))
        found.published = date[0] if date else ""
        found.language = _first(fields, "language", "lang", "langue")[:2].lower()
    if stamp := _STAMP.match(text, found.body_start):
        found.published = stamp[1]
        found.body_start = stamp.end()
    _read_source_line(text, found)
    return found


def _fields(front_matter: str) -> dict[str, str]:
    found = {
        key.lower(): value.strip("\"'" + _BLANKS) for key, value in _KEY_VALUE.findall(front_matter)
    }
    return {key: value for key, value in found.items() if not _BLOCK_SCALAR.match(value)}


def _read_source_line(text: str, found: _Metadata) -> None:
    """Take a short last line for the source, if two empty lines or more set it off."""
    body = text[found.body_start :].rstrip()
    line_start = body.rfind("\n") + 1
    before = body[:line_start].rstrip()
    gap = body[len(before) : line_start].count("\n")
    words = len(_LOWER_WORD.findall(body, line_start))  # four are a sentence without a full stop
    if before and gap >= 3 and words < 4 and _SOURCE_LINE.match(body, line_start):
        found.source = found.source or body[line_start:].strip()
        found.body_end = found.body_start + len(before)


def _first(fields: dict[str, str], *names: str) -> str:
    return next((fields[name] for name in names if fields.get(name)), "")


def _own_title(body: str) -> str:
    """Make a title of the article's own words: its heading or headline, or its first clause."""
    if heading := _HEADING.match(body):
        return _shorten(heading[1].strip("#" + _BLANKS))
    if headline := find_headline(body[:_HEAD_LENGTH]):
        return _shorten(headline)
    opening = " ".join(find_opening(body[:_HEAD_LENGTH])[: 4 * TITLE_LENGTH].split())
    for clause in _CLAUSE_END.finditer(opening):
        if 20 <= clause.start() <= TITLE_LENGTH:
            return opening[: clause.start()].rstrip()
    return _shorten(opening)


def _shorten(title: str) -> str:
    if len(title) <= TITLE_LENGTH:
        return title
    head, space, _ = title[:TITLE_LENGTH].rpartition(" ")
    return (head if space else title[: TITLE_LENGTH - 1]) + "…"


def load_all(paths: Sequence[Path], detect_language: Callable[[str], str]) -> Iterator[Document]:
    """Read articles one by one, files of the same bytes once."""
    seen: set[str] = set()
    for path in paths:
        document = load(path, detect_language)
        if document.id not in seen:
            seen.add(document.id)
            yield document
