"""Citations: exact words and their reference in each style; links that open on the words."""

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from unicodedata import category, normalize
from urllib.parse import unquote

import pytest
from conftest import ARTICLES
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from rag.datamodels import Document, Quote
from rag.exports.citation import STYLES, article_url, cite, link_to_words, text_fragment

QUOTE = Quote(
    "1a9ad79b3ab2e28c", 12, 34, "« L'été *dernier* », dit-il.", 0.7, "Le pont_fermé",
    "Ouest & Cie", "2024-11-01", "fr", "ab" * 32,
)  # fmt: skip


def test_plain() -> None:
    assert cite(replace(QUOTE, text="Un chat."), "plain", "fr") == (
        "«\u00a0Un chat.\u00a0»\n— Le pont_fermé, Ouest & Cie, 1er novembre 2024, "
        "caractères 12 à 34, SHA-256 " + "ab" * 32 + "\n"
    )
    assert cite(replace(QUOTE, text="Un chat."), "plain", "en", "https://a.b/c").startswith(
        "“Un chat.”\n— Le pont_fermé, Ouest & Cie, 1 November 2024, characters 12–34, SHA-256 abab"
    )
    assert "https://a.b/c" in cite(QUOTE, "plain", "en", "https://a.b/c")


def test_bibtex() -> None:
    found = cite(replace(QUOTE, text="50 % de {x} \\ y_z"), "bibtex", "en", "https://a.b/{c}")
    assert found == (
        "@misc{1a9ad79b3ab2e28c:12-34,\n  title = {Le pont\\_fermé},\n"
        "  author = {{Ouest \\& Cie}},\n  date = {2024-11-01},\n  langid = {french},\n"
        "  pages = {characters 12–34},\n  url = {https://a.b/%7Bc%7D},\n"
        "  note = {SHA-256 " + "ab" * 32 + "},\n"
        "  abstract = {50 \\% de \\{x\\} \\textbackslash{} y\\_z},\n}\n"
    )


@given(st.text(), st.text())
def test_bibtex_braces_are_balanced_whatever_the_words(text: str, title: str) -> None:
    found = cite(replace(QUOTE, text=text, title=title), "bibtex", "fr")
    depth = 0
    for brace in re.findall(r"(?<!\\)[{}]", found.replace("\\\\", "")):
        depth += 1 if brace == "{" else -1
        assert depth >= 0
    assert depth == 0


def test_what_is_unknown_is_left_out() -> None:
    bare = Quote("id", 0, 3, "Un.", 0.5)
    assert cite(bare, "plain", "en") == "“Un.”\n— Untitled article, characters 0–3\n"
    assert "author" not in cite(bare, "bibtex", "en")
    assert [style for style in STYLES if not cite(bare, style, "en").endswith("\n")] == []
    with pytest.raises(ValueError, match="use one of markdown, plain, bibtex"):
        cite(bare, "apa", "en")  # type: ignore[arg-type]


lines = st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\0"), min_size=1)


def as_markdown_can(text: str) -> str:
    """Controls are references, and a reader of Markdown may show those as U+FFFD."""
    return "".join("\ufffd" if c not in "\t\n\r" and category(c) == "Cc" else c for c in text)


@given(lines.filter(lambda text: text.strip("\n") == text), st.sampled_from(["en", "fr"]))
def test_markdown_shows_the_words(text: str, language: Any) -> None:
    found = cite(
        replace(QUOTE, text=text), "markdown", language, "https://a.b/c?d=1#:~:text=%C3%A9"
    )
    tokens = MarkdownIt("commonmark").enable("table").parse(found)
    assert [each.type for each in tokens] == [
        "blockquote_open", "paragraph_open", "inline", "paragraph_close", "blockquote_close",
        "paragraph_open", "inline", "paragraph_close",
    ]  # fmt: skip
    shown = "".join(
        "\n" if each.type == "hardbreak" else each.content for each in tokens[2].children or []
    )
    assert as_markdown_can(shown) == as_markdown_can(text)
    links = [each.attrs["href"] for each in tokens[6].children or [] if each.type == "link_open"]
    assert links == ["https://a.b/c?d=1#:~:text=%C3%A9"]


# --- links ------------------------------------------------------------------------------


def article(text: str, body: int = 0) -> Document:
    return Document("a", "T", text, "", "", "fr", "0" * 64, "a.txt", body, len(text))


@pytest.mark.parametrize(
    ("front", "url"),
    [
        ("url: https://example.org/été?x=1", "https://example.org/été?x=1"),
        ('title: T\nlink: "http://example.org/a"', "http://example.org/a"),
        ("Canonical:   https://example.org/", "https://example.org/"),
        ("url: javascript:alert(1)", ""),
        ("url: ftp://example.org", ""),
        ("notes: see url: https://example.org", ""),
        ("", ""),
    ],
)
def test_the_address_is_the_one_of_the_front_matter(front: str, url: str) -> None:
    head = f"---\n{front}\n---\n"
    text = f"{head}url: https://evil.example/\nUn chat."
    assert article_url(article(text, len(head))) == url
    assert article_url(article(text)) == ""
    link = link_to_words(article(text, len(head)), len(text) - 8, len(text))
    assert link == (f"{url}#:~:text=Un%20chat%2E" if url else "")


@pytest.mark.parametrize(
    ("text", "words", "fragment"),
    [
        ("Un été. Fini.", "été", "%C3%A9t%C3%A9"),
        ("A, b-c & d.", "A, b-c & d.", "A%2C%20b%2Dc%20%26%20d%2E"),
        ("«\u00a0Oui\u00a0»", "«\u00a0Oui\u00a0»", "%C2%AB%C2%A0Oui%C2%A0%C2%BB"),
        ("L’accord", "accord", "accord"),
        ("rallumés", "allumé", "rallum%C3%A9s"),  # words cut in two are made whole
        ("  Un\nchat  ", "\nchat  ", "chat"),
        ("Un chat. Le pont. Un chat dort.", "Un chat", "Un%20chat"),  # the first is found first
        ("Un chat. Le pont. Un chat dort.", "Un chat dort", "Un%20chat%20dort"),
        ("Oui. Elle dit oui. Non.", "oui", "dit-,oui,-%2E"),
        ("Ete. Il dit été.", "été", "dit-,%C3%A9t%C3%A9,-%2E"),  # browsers ignore accents
        ("Un deux trois.\n\nQuatre cinq six.", "Un deux trois.\n\nQuatre cinq six.",
         "Un%20deux%20trois%2E,Quatre%20cinq%20six%2E"),
        ("Un \t deux", "Un \t deux", "Un%20deux"),
    ],
)  # fmt: skip
def test_fragments(text: str, words: str, fragment: str) -> None:
    start = text.rindex(words) if "dit" in text else text.index(words)
    assert text_fragment(text, start, start + len(words)) == "#:~:text=" + fragment


def test_a_long_quote_is_given_by_its_ends() -> None:
    text = "Avant. " + " ".join(f"mot{i}" for i in range(100)) + ". Après."
    assert text_fragment(text, 7, len(text) - 8) == (
        "#:~:text=mot0%20mot1%20mot2%20mot3%20mot4%20mot5,"
        "mot94%20mot95%20mot96%20mot97%20mot98%20mot99"
    )


@pytest.mark.parametrize("place", [(0, 0), (5, 5), (2, 3), (90, 99)])
def test_no_words_have_no_fragment(place: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="there are no words"):
        text_fragment("Un \n chat", *place)


@given(st.text(st.sampled_from("ab éÉ.\u00a0,-&’\u0301 \n"), min_size=1), st.data())
def test_a_fragment_is_made_of_the_articles_words(text: str, data: Any) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    if not text[start:end].strip():
        return
    fragment = text_fragment(text, start, end)
    assert re.fullmatch(r"#:~:text=[A-Za-z0-9%,]+(-,|)[A-Za-z0-9%,-]*", fragment)
    flat = " ".join(re.sub(r"[ \n\t]+", " ", text).split(" "))
    for part in fragment.removeprefix("#:~:text=").split(","):
        words = unquote(part.removeprefix("-").removesuffix("-"))
        assert " ".join(words.split()) in " ".join(flat.split())


@pytest.fixture
def site(tmp_path: Path) -> Iterator[tuple[Path, str]]:
    handler = partial(SimpleHTTPRequestHandler, directory=str(tmp_path))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield tmp_path, f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


@pytest.mark.browser
def test_a_browser_opens_on_the_words(browser: Any, site: tuple[Path, str]) -> None:
    """Chromium scrolls to words of French articles; each is far below the first screen."""
    folder, address = site
    paragraphs = [
        "Le phare de Kervignac a été rallumé samedi 6 mai. Sa lampe porte à 32\u00a0kilomètres.",
        "Les travaux ont coûté 4,5 millions d’euros. «\u202fNous avons changé chaque "
        "pierre\u202f», dit l’architecte, c’est-à-dire presque tout. "
        + "Une phrase de plus, à l’été. "
        * 15,
        "Le gardien, M. Le Goff, vit sur l'île depuis 1987 ; sa lampe porte à 32\u00a0kilomètres.",
        normalize("NFD", "L’élève a été reçue à l’Élysée à Noël."),
    ]
    text = "\n\n".join(paragraphs)
    gap = '<div style="height:3000px"></div>'
    html = gap.join(f'<p id="p{i}">{each}</p>' for i, each in enumerate(paragraphs))
    (folder / "a.html").write_text(f'<meta charset="utf-8">{gap}{html}{gap}', encoding="utf-8")
    for words, number, at in [
        ("«\u202fNous avons changé chaque pierre\u202f», dit l’architecte", 1, 0),
        (paragraphs[1], 1, 0),
        ("lampe porte à 32\u00a0kilomètres", 0, 0),
        ("lampe porte à 32\u00a0kilomètres", 2, text.index("Goff")),
        (normalize("NFD", "reçue à l’Élysée"), 3, 0),
        ("1987 ; sa lampe", 2, 0),
        (text[text.index("Le gardien") :], 2, 0),
    ]:
        start = text.index(words, at)
        page = browser.new_page()
        page.goto(f"{address}/a.html{text_fragment(text, start, start + len(words))}")
        page.wait_for_function("scrollY > 0", timeout=5000)
        page.wait_for_timeout(100)
        box = page.eval_on_selector(f"#p{number}", "e => e.getBoundingClientRect().toJSON()")
        assert -50 <= box["top"] <= 720, (words, box)
        page.close()


def test_fragments_of_real_articles_are_quick() -> None:
    text = ARTICLES["phare.txt"] * 50
    assert text_fragment(text, len(text) - 30, len(text)).startswith("#:~:text=")
