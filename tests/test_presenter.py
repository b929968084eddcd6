"""The presenter: the article's own characters, whatever they are, in every output."""

import html
import json
import re
import string
import unicodedata
from html.parser import HTMLParser
from pathlib import Path

import pytest
from conftest import HashingEmbedder
from hypothesis import given
from hypothesis import strategies as st

from rag.__main__ import main
from rag.datamodels import Answer, Document, Hit, Passage, Quote
from rag.presenter import (
    encode_html,
    render_hits,
    render_json,
    render_markdown,
    render_text,
)

TEXT = "L'accord engage également la Russie\u00a0: « une aide »\u202f!"
HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "![x](http://elsewhere.example/x.png) [y](javascript:alert(1)) <https://elsewhere.example>",
    "# Title\n\n* one\n* **two**\n\n1. `code`\n\n---\n\n> quote\n\n    block\n\n```\nfence\n```",
    r"$$x^2$$ \(y\) \[z\] $a_b$ \\ \* ~~gone~~",
    "&eacute; &amp; &#233; &lt;b&gt;",
    "\u202eevil\u202c \u2066iso\u2069 \u200bzero\u200d\ufeff\u2060 so\u00adft",
    "a  b   c\td\n\n\n  e \r\nf\u00a0g\u202fh\u2028i\u2029j",
    "\x1b[31mred\x1b]0;title\x07\x9b31m\x7f\x08",
    "e\u0301 👩‍🔬 🇫🇷 ﷽ שלום مرحبا",
    "</blockquote></figure></section><p>out",
    "www.elsewhere.example a@elsewhere.example :smile: @someone #1",
]
# What can stand in an article: no NUL (a binary file) and no half of a surrogate pair.
articles = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=60
)


def quote(text: str, **values: object) -> Quote:
    fields = {"title": "Un titre", "source": "Rfi", "published": "2024-11", "language": "fr"}
    return Quote("d" * 16, 14, 14 + len(text), text, 0.934, **{**fields, **values})


def answered(*texts: str, **values: object) -> Answer:
    return Answer("Quoi ?", True, 0.91, [quote(text, **values) for text in texts])


def unanswered(*texts: str) -> Answer:
    hits = [
        Hit(Passage(n, "d" * 16, 5, 5 + len(text), text), 0.1, 0.1, 0.1)
        for n, text in enumerate(texts)
    ]
    return Answer("Quoi ?", False, 0.04, [], hits)


class Reader(HTMLParser):
    """Text of the quotes, tags and attributes of a page."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self._inside = False
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs
        if ("class", "words") in attrs:
            self.words.append("")
            self._inside = True

    def handle_endtag(self, tag: str) -> None:
        self._inside = self._inside and tag != "span"

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.words[-1] += data


# --- HTML ---------------------------------------------------------------------------------


@given(articles)
def test_html_leaves_markdown_nothing_to_act_on(text: str) -> None:
    page = encode_html(text)
    inside = page[len('<bdi class="exact">') : -len("</bdi>")]
    assert html.unescape(inside) == text
    bare = re.sub(r"&#\d+;", "", inside)
    assert not set(bare) & set(string.punctuation + " \t\n\f\r")


# --- Markdown -----------------------------------------------------------------------------


def test_markdown_of_an_answer() -> None:
    assert render_markdown(answered("1. *Oui*\n\n- <b>", "Non."), "en") == (
        "2 quotations · confidence 0.91\n\n"
        "> 1\\. \\*Oui\\*\\\n> \\\n> \\- \\<b\\>\n\n"
        "— Un titre, Rfi, November 2024, characters 14–29, score 0.93\n\n"
        "> Non.\n\n"
        "— Un titre, Rfi, November 2024, characters 14–18, score 0.93\n"
    )


@pytest.mark.parametrize("text", [*HOSTILE, TEXT])
def test_markdown_renders_to_the_exact_text(text: str) -> None:
    markdown_it = pytest.importorskip("markdown_it")
    text = "".join(each for each in text if each in "\n\t\r" or unicodedata.category(each) != "Cc")
    page = markdown_it.MarkdownIt("gfm-like", {"linkify": False}).render(
        render_markdown(answered(text, title=text))
    )
    inside = page[page.index("<blockquote>") + 12 : page.index("</blockquote>")].strip("\n")
    assert set(re.findall(r"<(\w+)", inside)) <= {"p", "br"}
    shown = html.unescape(re.sub(r"<[^>]+>", "", re.sub(r"<br ?/?>\n", "\n", inside)))
    assert shown == text


def test_markdown_of_no_answer() -> None:
    text = render_markdown(unanswered("Un."), "fr")
    assert text.startswith("Aucun passage des articles ne répond à cette question.\n\nLe passage")
    assert "> Un." in text
    assert "ne répond pas" in text


# --- JSON ---------------------------------------------------------------------------------


@pytest.mark.parametrize("text", [*HOSTILE, TEXT, "\0", "\ud800", "\U000e0041"])
def test_json_is_exact_and_safe_to_print(text: str) -> None:
    answer = answered(text, title=text)
    written = render_json(answer)
    assert json.loads(written) == answer.to_dict()
    unsafe = [each for each in written if unicodedata.category(each) in {"Cc", "Cf", "Cs"}]
    assert set(unsafe) <= {"\n", "\u200c", "\u200d"}


def test_json_keeps_letters_readable() -> None:
    assert "également" in render_json(answered(TEXT))


# --- the terminal --------------------------------------------------------------------------


def test_text_of_an_answer_for_a_pipe() -> None:
    assert render_text(answered("Un\nmot.", "Deux."), "en") == (
        "2 quotations · confidence 0.91\n\n"
        "[1] Un\n    mot.\n    — Un titre, Rfi, November 2024, characters 14–21, score 0.93\n\n"
        "[2] Deux.\n    — Un titre, Rfi, November 2024, characters 14–19, score 0.93\n"
    )


def test_text_of_no_answer() -> None:
    text = render_text(unanswered("Un.", "Deux."), "en", width=60, colour=True)
    assert text.startswith(
        "No passage of the articles answers this question.\n"
        "The 2 nearest passages, none of which answers\n"
    )
    assert "\x1b[1m" not in text
    assert text.count("does not answer") == 2


@given(articles, st.integers(1, 60))
def test_wrapping_alters_no_word(text: str, width: int) -> None:
    shown = render_text(answered(text), width=width)
    unwrapped = render_text(answered(text))
    assert shown.split() == unwrapped.split()


@given(articles)
def test_only_very_long_words_pass_the_width(text: str) -> None:
    for line in render_text(answered(text), width=40).splitlines():
        assert len(line) <= 40 or " " not in line.strip().removeprefix("[1] ")


@given(articles, st.booleans())
def test_no_control_character_reaches_the_terminal(text: str, colour: bool) -> None:
    shown = render_text(answered(text, title=text, source=text), width=80, colour=colour)
    shown = re.sub(r"\x1b\[[012]m", "", shown) if colour else shown
    unsafe = {each for each in shown if unicodedata.category(each) in {"Cc", "Cf", "Cs"}}
    assert unsafe <= {"\n", "\u200c", "\u200d"}


def test_escapes_are_visible() -> None:
    shown = render_text(answered("\x1b[31m\u202ex\x07\x9b"))
    assert r"\x1b[31m\u202ex\x07\x9b" in shown


def test_no_break_spaces_hold() -> None:
    shown = render_text(answered("aaaa bbbb\u00a0cccc\u202fdddd"), width=14)
    assert "bbbb\u00a0cccc\u202fdddd" in shown


def test_quotes_are_highlighted_line_by_line() -> None:
    shown = render_text(answered("un deux trois quatre"), width=12, colour=True)
    lines = [line for line in shown.splitlines() if "\x1b[1m" in line]
    assert len(lines) > 1
    assert all(line.startswith("\x1b[1m") and line.endswith("\x1b[0m") for line in lines)


# --- passages, in the terminal ---------------------------------------------------------------

PHARE = Document("d" * 16, "Le phare", "…", "Rfi", "2024-11-01", "fr", "0" * 64, "a.txt", 0, 1)


def test_text_of_passages() -> None:
    hits = unanswered("La lampe porte loin dans la nuit.", "Oui.").hits
    reference = (
        "    — Le phare, Rfi, 1er\n      novembre 2024,\n      caractères 5 à {}, score\n      0,10"
    )
    assert render_hits(hits, "fr", {PHARE.id: PHARE}, width=30) == (
        f"[1] La lampe porte loin dans\n    la nuit.\n{reference.format(38)}\n\n"
        f"[2] Oui.\n{reference.format(9)}\n"
    )
    assert render_hits([], "en") == "The articles hold nothing close to it.\n"


@pytest.mark.parametrize("text", HOSTILE)
def test_no_control_character_of_a_passage_reaches_the_terminal(text: str) -> None:
    shown = render_hits(unanswered(text).hits, width=80, colour=True)
    shown = re.sub(r"\x1b\[[012]m", "", shown)
    unsafe = {each for each in shown if unicodedata.category(each) in {"Cc", "Cf", "Cs"}}
    assert unsafe <= {"\n", "\u200c", "\u200d"}


# --- what the command line shows ---------------------------------------------------------------

QUESTION = "À combien de kilomètres porte la lampe du phare ?"


@pytest.fixture
def built(articles: Path, index: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr("rag.library.SentenceTransformerEmbedder", lambda _: HashingEmbedder())
    monkeypatch.setenv("RAG_MIN_CONFIDENCE", "0")
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "60")
    assert main(["build", str(articles), "--index", str(index)]) == 0
    return str(index)


def test_retrieve_is_read_on_a_terminal_and_cut_in_a_pipe(
    built: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    capsys.readouterr()
    command = ["retrieve", QUESTION, "--index", built, "--k", "2"]
    assert main(command) == 0
    assert len(capsys.readouterr().out.splitlines()) == 2
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    assert main(command) == 0
    shown = capsys.readouterr().out
    assert all(len(line) <= 60 for line in shown.splitlines())
    words = " ".join(shown.split())
    assert "Sa lampe porte à 32 kilomètres." in words
    assert re.search(r"— [^,]+, Ouest-Presse, mai 2023, caractères \d+ à \d+, score \d,\d\d", words)


def test_ask_in_markdown(built: str, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert main(["ask", QUESTION, "--index", built, "--markdown"]) == 0
    shown = capsys.readouterr().out
    assert "citation" in shown.split("\n")[0]
    assert re.search(r"^> .*Sa lampe porte à 32 kilomètres\.", shown, re.MULTILINE)
    with pytest.raises(SystemExit) as stopped:
        main(["ask", QUESTION, "--index", built, "--markdown", "--json"])
    assert stopped.value.code == 2
    assert "not allowed with" in capsys.readouterr().err
