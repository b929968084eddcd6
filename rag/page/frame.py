"""What surrounds the conversation and the article: the frame of the page, and its head."""

from __future__ import annotations

import json
from base64 import b64encode
from dataclasses import dataclass
from html import escape
from importlib.resources import files

from rag.catalogue import LANGUAGE_NAMES, LANGUAGES, STRINGS, Language, say

NAMES = {"en": "English", "fr": "Français"}  # of the languages, each in itself
STYLES = ("page.css", "conversation.css", "reading.css", "articles.css")
SCRIPTS = (
    "page.js", "conversation.js", "taking.js", "reading.js", "articles.js", "start.js",
)  # fmt: skip


def read_asset(name: str) -> str:
    """Return a file of ``rag/page/``: a style sheet, a script or ``mark.svg``."""
    return (files("rag") / "page" / "assets" / name).read_text(encoding="utf-8")


@dataclass(frozen=True, slots=True)
class Bounds:
    """What the page says of its limits.

    Attributes:
        question: Longest question, in characters.
        files: How many articles a visitor may add.
        file_bytes: Bytes of a file.
        kinds: Suffixes of the files that can be read, with their dots.
    """

    question: int
    files: int
    file_bytes: int
    kinds: tuple[str, ...]


def render_frames(bounds: Bounds) -> str:
    """Return the page in every language, as templates: the script shows the reader's.

    Args:
        bounds: Limits that are said before they are met.
    """
    return "".join(
        f'<template data-language="{each}">{_render_frame(each, bounds)}</template>'
        for each in LANGUAGES
    )


def _render_frame(language: Language, bounds: Bounds) -> str:
    return (
        f'<div class="page" lang="{language}">'
        f'<a class="skip" href="#question">{_say("skip", language)}</a>'
        f"{_masthead(language)}{_tabs(language)}"
        f'<div class="panes">{_conversation(language, bounds)}'
        f"{_reading(language, bounds)}</div>"
        '<div id="card" role="tooltip" hidden></div>'
        '<p id="announcement" class="unseen" role="status"></p></div>'
    )


def _say(key: str, language: Language) -> str:
    return escape(say(key, language))


def _button(key: str, name: str, language: Language, more: str = "") -> str:
    return f'<button type="button" class="{name}"{more}>{_say(key, language)}</button>'


def _icon_button(key: str, name: str, language: Language, icon: str, press: str = "") -> str:
    """Return a button that shows a picture, and is named by a string of the catalogue.

    Args:
        key: Of the string.
        name: Class of the button.
        language: Language of the interface.
        icon: Name of the picture.
        press: Keys that do the same, as ``aria-keyshortcuts`` names them.
    """
    label = _say(key, language)
    keys = f' aria-keyshortcuts="{press}"' if press else ""
    hint = f"{label} ({press.replace('Arrow', '')})" if press else label
    return (
        f'<button type="button" class="icon {name}" aria-label="{label}" title="{hint}"{keys}>'
        f"{_ICONS[icon]}</button>"
    )


def _drawing(path: str) -> str:
    return (
        '<svg viewBox="0 0 20 20" width="20" height="20" aria-hidden="true" focusable="false">'
        f'<path d="{path}" fill="none" stroke="currentColor" stroke-width="1.6"'
        ' stroke-linecap="round" stroke-linejoin="round"/></svg>'
    )


_ICONS = {
    "up": _drawing("m5 12 5-5 5 5"),
    "down": _drawing("m5 8 5 5 5-5"),
    "back": _drawing("m12 5-5 5 5 5"),
    "new": _drawing("M10 4v12M4 10h12"),
    "save": _drawing("M10 3v9m-4-4 4 4 4-4M4 16h12"),
}


def _masthead(language: Language) -> str:
    switch = "".join(
        f'<button type="button" lang="{each}" data-language="{each}"'
        f' aria-pressed="{str(each == language).lower()}" aria-label="{NAMES[each]}">'
        f'<span class="long">{NAMES[each]}</span><span class="short">{each.upper()}</span></button>'
        for each in LANGUAGES
    )
    return (
        f'<header class="masthead"><div class="brand">{read_asset("mark.svg")}<div>'
        f"<h1>Guillemets</h1><p>{_say('tagline', language)}</p></div></div>"
        f'<div class="tools"><button type="button" class="clear" hidden>{_ICONS["new"]}'
        f'<span class="long-name">{_say("clear", language)}</span></button>{_exporting(language)}'
        f'<div class="languages" role="group" aria-label="{_say("interface_language", language)}">'
        f"{switch}</div></div></header>"
    )


def _exporting(language: Language) -> str:
    options = "".join(
        f'<button type="button" data-export="{each}">{_say(f"export_{each}", language)}</button>'
        for each in ("markdown", "json", "proof")
    )
    return (
        f'<details class="menu exporting" hidden><summary>{_ICONS["save"]}'
        f'<span class="long-name">{_say("export", language)}</span></summary>'
        f'<div class="options">{options}</div></details>'
    )


def _tabs(language: Language) -> str:
    """Return the tabs that a narrow window has in place of panes."""
    tabs = "".join(
        f'<button type="button" role="tab" id="tab-{pane}" aria-controls="{pane}"'
        f' aria-selected="{str(pane == "conversation").lower()}"'
        f' tabindex="{0 if pane == "conversation" else -1}">{_say(key, language)}</button>'
        for pane, key in (("conversation", "conversation"), ("reading", "article"))
    )
    return f'<div class="tabs" role="tablist" aria-label="{_say("panes", language)}">{tabs}</div>'


def _conversation(language: Language, bounds: Bounds) -> str:
    about = _say("about", language)
    return (
        f'<section id="conversation" class="pane" aria-label="{_say("conversation", language)}">'
        f'<div id="chat" tabindex="0" role="group" aria-label="{_say("conversation", language)}">'
        f'<div class="welcome"><p class="about">{about}</p>'
        f'<div class="examples" hidden><h2>{_say("examples", language)}</h2><ul></ul></div></div>'
        f'<div class="turns"></div></div>{_composer(language, bounds)}</section>'
    )


def _composer(language: Language, bounds: Bounds) -> str:
    return (
        '<form id="composer" autocomplete="off">'
        f'<p class="editing" hidden>{_say("editing", language)} '
        f"{_button('cancel', 'cancel', language)}</p>"
        f'<div class="within" role="group" aria-label="{_say("within", language)}" hidden></div>'
        '<p id="status" role="status"></p>'
        f'<label for="question">{_say("question_label", language)}</label>'
        f'<div class="bar"><textarea id="question" rows="1" data-limit="{bounds.question}"'
        f' placeholder="{_say("question_hint", language)}"></textarea>'
        f'<button type="submit" class="send">{_say("send", language)}</button></div></form>'
    )


def _reading(language: Language, bounds: Bounds) -> str:
    step = "".join(
        _icon_button(key, name, language, icon, press)
        for key, name, icon, press in (
            ("previous_quote", "previous", "up", "Alt+ArrowUp"),
            ("next_quote", "next", "down", "Alt+ArrowDown"),
        )
    )  # fmt: skip
    find = "".join(
        _icon_button(key, name, language, icon)
        for key, name, icon in (
            ("find_previous", "find-previous", "up"), ("find_next", "find-next", "down"),
        )
    )  # fmt: skip
    label = _say("find", language)
    return (
        f'<section id="reading" class="pane" aria-label="{_say("article", language)}">'
        f"{_articles(language, bounds)}"
        '<div class="reader" hidden><div class="reading-bar">'
        f"{_icon_button('back', 'back', language, 'back')}"
        f'<div class="find" role="search"><input type="search" aria-label="{label}"'
        f' placeholder="{label}"><output></output>{find}</div>'
        f'<div class="steps" hidden><output></output>{step}</div></div>'
        f'<p class="reading-notice" role="status"></p>'
        f'<div class="sheet" tabindex="0" role="group" aria-label="'
        f'{_say("article_text", language)}"></div></div></section>'
    )


def _articles(language: Language, bounds: Bounds) -> str:
    """Return where articles are listed, chosen among and added; the server lists them."""
    kinds = ", ".join(bounds.kinds)
    megabytes = f"{bounds.file_bytes / 1_000_000:g}"
    hint = escape(say("add_hint", language, kinds=kinds, megabytes=megabytes, files=bounds.files))
    search, title = _say("find_articles", language), _say("articles", language)
    return (
        f'<div class="articles" tabindex="0" role="group" aria-label="{title}">'
        f'<div class="articles-head"><h2>{title}</h2>'
        f'<input type="search" class="find-articles" aria-label="{search}" placeholder="{search}">'
        f"</div>{_limits(language)}"
        f'<div class="adding"><label class="drop">'
        f'<input type="file" multiple accept="{",".join(bounds.kinds)}"'
        f' data-bytes="{bounds.file_bytes}" data-kinds="{",".join(bounds.kinds)}">'
        f"{_ICONS['new']}<strong>{_say('add', language)}</strong><span>{hint}</span></label>"
        '<ul class="files"></ul></div>'
        '<p class="count" role="status"></p><ul class="listed"></ul>'
        f'<p class="none-found" hidden>{_say("no_article_found", language)}</p>'
        '<button type="button" class="more" hidden></button></div>'
    )


def _limits(language: Language) -> str:
    """Return what limits a question to some articles: source, language, and a range of dates."""
    languages = "".join(
        f'<option value="{tag}">{escape(name)}</option>'
        for tag, name in LANGUAGE_NAMES[language].items()
    )
    dates = "".join(
        f'<label>{_say(key, language)}<input type="text" name="{name}" size="10"'
        f' inputmode="numeric" placeholder="{_say("date_hint", language)}"></label>'
        for key, name in (("from", "published_from"), ("to", "published_to"))
    )
    return (
        f'<details class="limits"><summary>{_say("limit", language)}</summary><div class="fields">'
        f'<label>{_say("source", language)}<select name="sources">'
        f'<option value="">{_say("any_source", language)}</option></select></label>'
        f'<label>{_say("language", language)}<select name="languages">'
        f'<option value="">{_say("any_language", language)}</option>{languages}</select></label>'
        f'{dates}</div><p class="limits-notice" role="status"></p></details>'
    )


def render_head() -> str:
    """Return what goes into the head of the page: icon, looks, strings and script."""
    icon = b64encode(read_asset("mark.svg").encode()).decode()
    # Once "<" is escaped, no string can end the script element early.
    strings = json.dumps({each: dict(STRINGS[each]) for each in LANGUAGES}).replace("<", "\\u003c")
    styles = "".join(read_asset(name) for name in STYLES)
    return (
        f'<link rel="icon" type="image/svg+xml" href="data:image/svg+xml;base64,{icon}">'
        f'<script type="application/json" id="catalogue">{strings}</script>'
        f"<style>{styles}</style>"
    )


def render_script() -> str:
    """Return the script of the page: the body of a function of ``element`` and ``server``."""
    return "".join(read_asset(name) for name in SCRIPTS)
