"""The page under test: a library of canned answers, its server, a browser, and what a person does.

The fixtures are those of a session: one server of each kind and one browser for every test.
"""

from __future__ import annotations

import os
import threading
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import app
from rag.catalogue import EXAMPLES_ARTICLE
from rag.datamodels import Answer, Document, Entry, Excerpt, Hit, Match, Passage, Quote, Why
from rag.errors import ModelError, UnknownDocumentError
from rag.filters import Filter
from rag.settings import Settings
from rag.store import IndexState, Recipe
from tests.browser import FLAGS, find_chromium, free_port

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

ROOT = Path(__file__).parent.parent
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]

HOSTILE = [
    "<script>window.owned = 1</script><style>body{display:none}</style>",
    '"><img src="http://elsewhere.example/a.png" onerror="window.owned = 2">',
    "![x](http://elsewhere.example/b.png) [y](javascript:window.owned=3) http://elsewhere.example",
    "# Titre\n\n* un\n* **deux** _trois_ ~~quatre~~\n\n1. `code`\n\n---\n\n```\nbloc\n```\n\n    x",
    r"$$x^2$$ $a_b$ \(y\) \[z\] \\ \* &eacute; &amp; &#233; &lt;b&gt;",
    "\u202eevil\u202c \u2066iso\u2069 \u061c\u200bzero\u200d\ufeff\u2060 so\u00adft \u200e\u200f",
    "  a  b   c\td\n\n\n  e \r\nf\rg\u00a0h\u202fi\u2028j\u2029k\u0085l  ",
    "\x1b[31mred\x1b]0;title\x07\x9b31m\x7f\x08\x0b\x0c",
    "e\u0301 é 👩‍🔬 🇫🇷 ﷽ שלום مرحبا \U000e0041 \ufdd0 \ue000",
    "</bdi></blockquote></figure></section><p class=out>out",
    "__i18n__" + '{"__type__": "translation_metadata", "key": "send"}' + " <thinking>x</thinking>",
    "x" * 400 + "/" + "ä" * 400,
]
LONG = "La lampe du phare porte à 32 kilomètres, et la mer bat les rochers la nuit. " * 4


STORY = """La lampe du phare de Kervignac

Le gardien, M. Le Goff, vit sur l’île depuis 1987. « Elle porte à 32 kilomètres », dit-il de sa \
lampe. Mais il part en juin.

Douze ans de travaux

Les travaux ont coûté 4,5 millions d’euros. Personne ne les regrette.
"""
AWAY = "The lamp was lit again on 6 May. The keeper wept.\n"


class CannedLibrary:
    """A library whose answers depend on the question alone, and which warms up on demand."""

    def __init__(self) -> None:
        self.documents_by_id: dict[str, Document] = {}
        self.answers: dict[str, Callable[[str], Answer]] = {}
        self.asked: list[tuple[str, list[Answer], Filter | None]] = []
        self._ids = count()
        self.go = threading.Event()
        self.go.set()

    @property
    def is_warm(self) -> bool:
        return self.go.is_set()

    def warm(self) -> None:
        assert self.go.wait(timeout=30)

    def document(self, document_id: str) -> Document:
        if document_id not in self.documents_by_id:
            raise UnknownDocumentError(f"no article has the id {document_id}")
        return self.documents_by_id[document_id]

    def entries(self) -> list[Entry]:
        every = list(self.documents_by_id.values())
        return [Entry(d.id, d.title, d.source, d.published, d.language) for d in every]

    def state(self) -> IndexState:
        made = Recipe("canned", "canned", 128, 1)
        count = len(self.documents_by_id)
        return IndexState(count, made, (), count, count, count, 0)

    def documents(self) -> list[Document]:
        return list(self.documents_by_id.values())

    def ask(
        self,
        question: str,
        k: int | None = None,
        history: Sequence[Answer] = (),
        within: Filter | None = None,
    ) -> Answer:
        self.warm()
        self.asked.append((question, list(history), within))
        make = next(make for start, make in self.answers.items() if question.startswith(start))
        answer = make(question)
        if within is not None and not any(
            within.admits(self.document(q.document_id)) for q in answer.quotes
        ):
            return Answer(question, False, 0.1, searched_as=question)
        if question.startswith("et ") and history:
            answer = replace(answer, searched_as=f"{history[-1].question} {question}")
        return replace(answer, hits=answer.hits[:k])

    def history_of(self, question: str) -> list[str]:
        """Return the questions that the last asking of this one came after."""
        history = next(each[1] for each in reversed(self.asked) if each[0] == question)
        return [answer.question for answer in history]

    def filter_of(self, question: str) -> Filter | None:
        """Return which articles the last asking of this question was limited to."""
        return next(each[2] for each in reversed(self.asked) if each[0] == question)

    def retrieve(
        self, question: str, k: int | None = None, within: Filter | None = None
    ) -> list[Hit]:
        return self.ask(question, k, within=within).hits

    def add(self, title: str, pieces: list[str]) -> list[tuple[Document, int, int]]:
        """Add an article made of pieces; return where each stands."""
        text, spans = "", []
        for piece in pieces:
            spans.append((len(text), len(text) + len(piece)))
            text += piece + " … "
        document = self.add_text(title, text)
        return [(document, start, end) for start, end in spans]

    def add_text(
        self, title: str, text: str, language: str = "fr", published: str = "2024-11-01"
    ) -> Document:
        document = Document(
            f"{next(self._ids):016x}", title, text, title, published, language,
            "0" * 64, "a.txt", 0, len(text),
        )  # fmt: skip
        self.documents_by_id[document.id] = document
        return document


def to_quote(document: Document, start: int, end: int, **more: Any) -> Quote:
    return Quote(
        document.id, start, end, document.text[start:end], 0.9, document.title, document.source,
        document.published, document.language, document.sha256, **more,
    )  # fmt: skip


def to_hit(document: Document, start: int, end: int) -> Hit:
    return Hit(Passage(start, document.id, start, end, document.text[start:end]), 0.1, 0.1, 0.1)


def span(document: Document, words: str) -> tuple[int, int]:
    start = document.text.index(words)
    return start, start + len(words)


def excerpt(document: Document, words: str) -> Excerpt:
    return Excerpt(*span(document, words), words)


def tell_story(library: CannedLibrary) -> Callable[[str], Answer]:
    """Two quotes of one article, with what they lean on, who says it and why; one of another."""
    story = library.add_text("Le phare", STORY)
    away = library.add_text("The lighthouse", AWAY, "en", "2023-05")
    said, spent = "« Elle porte à 32 kilomètres »", "Les travaux ont coûté 4,5 millions d’euros."
    lamp = span(story, "lampe. Mais")[0]
    why = Why(
        0.91, 0.84, 0.72, 0.5, "number", True, 1, 2,
        (
            Match("lamp", "lampe", lamp, lamp + 5, 0.61),
            Match("32", "32", *span(story, "32"), 1.0),
        ),
    )  # fmt: skip
    quotes = [
        to_quote(
            story, *span(story, said), speaker="M. Le Goff", why=why,
            context=(excerpt(story, "Le gardien, M. Le Goff, vit sur l’île depuis 1987."),),
        ),
        to_quote(story, *span(story, spent), why=replace(why, reading=None, asked_for="")),
        to_quote(away, *span(away, "The lamp was lit again on 6 May.")),
    ]  # fmt: skip
    return lambda question: Answer(question, True, 0.9, quotes, [], searched_as=question)


def fail(_: str) -> Answer:
    raise ZeroDivisionError("a defect of ours")


def refuse(_: str) -> Answer:
    raise ModelError("the model is <b>gone</b>; type: make model")


@pytest.fixture(scope="session")
def canned() -> CannedLibrary:
    library = CannedLibrary()
    places = [library.add(text, [text])[0] for text in HOSTILE]
    quotes, hits = [to_quote(*each) for each in places], [to_hit(*each) for each in places]
    story = tell_story(library)
    examples = replace(library.add_text("Exemples", "Rien.\n"), id=EXAMPLES_ARTICLE)
    library.documents_by_id[EXAMPLES_ARTICLE] = examples

    def echo(question: str) -> Answer:
        return Answer(question, True, 0.9, [to_quote(*library.add("écho", [question])[0])], hits)

    library.answers = {
        "hostile": lambda q: Answer(q, True, 0.9, quotes, hits),
        "nearest": lambda q: Answer(q, False, 0.1, [], hits),
        "lost": lambda q: Answer(q, False, 0.1, [], hits[2:4], q, ("Zanzibar", HOSTILE[0])),
        "nothing": lambda q: Answer(q, False, 0.0, [], []),
        "long": lambda q: Answer(q, True, 0.9, [to_quote(*library.add("long", [LONG])[0])] * 3, []),
        "story": story,
        "fail": fail,
        "refuse": refuse,
        "": echo,
    }
    return library


def serve(library: Any, index: Path) -> Iterator[str]:
    page = app.start(library, Settings(port=free_port(), k=len(HOSTILE), index=index))
    yield str(page.local_url)
    page.close(verbose=False)


@pytest.fixture(scope="session")
def canned_url(canned: CannedLibrary, feedback_file: Path) -> Iterator[str]:
    yield from serve(canned, feedback_file.with_name("index"))


@pytest.fixture(scope="session")
def seed_index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("index")


@pytest.fixture(scope="session")
def seed_library(seed_index: Path) -> Any:
    """The real library, on the seed articles."""
    from rag.library import Library

    return Library.build([ROOT / "seeds"], index=seed_index)


@pytest.fixture(scope="session")
def seed_url(seed_library: Any, seed_index: Path) -> Iterator[str]:
    yield from serve(seed_library, seed_index)


@pytest.fixture(scope="session")
def shelf_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A real library of the tiny articles, without a model."""
    from conftest import ARTICLES, HashingEmbedder

    from rag.library import Library

    folder = tmp_path_factory.mktemp("shelf")
    for name, text in ARTICLES.items():
        (folder / name).write_text(text, encoding="utf-8", newline="")
    settings = Settings(port=free_port(), min_confidence=1e-5, index=folder / "index")
    library = Library.build(
        sorted(folder.iterdir()), settings.index, embedder=HashingEmbedder(), settings=settings
    )
    page = app.start(library, settings)
    yield str(page.local_url)
    page.close(verbose=False)


@pytest.fixture(scope="session")
def feedback_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("kept") / "feedback.jsonl"


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium, else Playwright's own; without either, fail where it must not lack."""
    try:
        import axe_playwright_python.sync_playwright  # noqa: F401  its absence is told here too
        from playwright.sync_api import sync_playwright

        playwright = sync_playwright().start()
        chromium = playwright.chromium.launch(executable_path=find_chromium(), args=FLAGS)
    except Exception as error:
        message = f"NO BROWSER TEST WAS RUN: {type(error).__name__}: {error}"
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        warnings.warn(message, stacklevel=1)
        pytest.skip(message)
    yield chromium
    chromium.close()
    playwright.stop()


Open = Callable[..., "Page"]


@pytest.fixture
def visit(browser: Browser) -> Iterator[Open]:
    """Open pages, each of a new visitor; at the end, nothing may have gone wrong in any."""
    problems: list[str] = []
    contexts: list[BrowserContext] = []

    def visit(
        url: str, *, width: int = 1280, height: int = 800, locale: str = "fr-FR",
        scheme: Any = "light", may_complain: bool = False, **options: Any,
    ) -> Page:  # fmt: skip
        context = browser.new_context(
            viewport={"width": width, "height": height}, locale=locale, color_scheme=scheme,
            permissions=["clipboard-read", "clipboard-write"], **options,
        )  # fmt: skip
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(20_000)
        page.on("request", lambda each: note_request(each.url, url.partition("?")[0]))
        page.on("pageerror", lambda error: problems.append(f"error: {error}"))
        if not may_complain:
            page.on("console", lambda each: note_console(each.type, each.text))
        page.goto(url)
        page.wait_for_selector("#question", state="attached")
        return page

    def note_request(address: str, url: str) -> None:
        if not address.startswith((url, "data:", "blob:")):
            problems.append(f"request: {address}")

    def note_console(kind: str, text: str) -> None:
        if kind in {"error", "warning"}:
            problems.append(f"console: {text}")

    yield visit
    for context in contexts:
        context.close()
    assert problems == []


def ask(page: Page, question: str) -> Any:
    """Type a question, press Enter, and return the answer once it is there."""
    before = page.locator("#chat .answer").count()
    page.fill("#question", question)
    page.press("#question", "Enter")
    page.wait_for_function(
        "before => document.querySelectorAll('#chat .answer').length > before", arg=before
    )
    return page.locator("#chat .answer").nth(before)


def quotes_of(answer: Any) -> list[str]:
    return [str(each) for each in answer.locator(".quote .words").all_text_contents()]


def marked(page: Page, name: str = "quoted") -> list[str]:
    """Return the words highlighted in the article's pane, mark by mark."""
    return [str(each) for each in page.locator(f".sheet mark.{name}").all_text_contents()]


def is_in_view(page: Page, selector: str) -> bool:
    """Whether the first such element is within the window, and within the pane that scrolls it."""
    return bool(
        page.locator(selector).first.evaluate("""(each) => {
          const box = each.getBoundingClientRect();
          const pane = each.closest(".sheet, #chat")?.getBoundingClientRect()
            ?? { top: 0, bottom: innerHeight };
          return box.top >= pane.top - 1 && box.top < pane.bottom && box.top < innerHeight;
        }""")
    )


def overflow(page: Page) -> int:
    """Return by how many pixels the page is wider than its window."""
    return int(page.evaluate("document.documentElement.scrollWidth - window.innerWidth"))


def axe(page: Page) -> list[str]:
    """Return what axe-core finds against WCAG 2.2 AA, Gradio's own elements included."""
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page, options={"runOnly": {"type": "tag", "values": WCAG}}).response
    assert len(found["passes"]) > 10
    nodes = [(each["id"], node["html"]) for each in found["violations"] for node in each["nodes"]]
    return [f"{rule}: {html[:200]}" for rule, html in nodes]


def check_inert(page: Page) -> None:
    page.wait_for_timeout(300)
    assert page.evaluate("window.owned") is None
    for pane in (".reply", ".turn h2", ".sheet", "#card"):
        active = f"{pane} .exact :is(:not(mark))"
        assert page.locator(active).count() == 0
        assert page.locator(f"{pane} :is(img, script, style, iframe, .out)").count() == 0
