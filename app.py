"""The chat page: the only file that imports Gradio.

    python app.py        # or: make run

The page is up before the embedding model is: a question asked meanwhile waits with a
visible status. Everything a reader sees is a slice of an article or a string of
``rag.catalogue``; ``rag.presenter`` makes the HTML, ``rag/page/`` holds the looks.
"""

from __future__ import annotations

import errno
import logging
import os
import signal
import socket
import sys
import threading
from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from rag.catalogue import EXAMPLES, LANGUAGES, STRINGS, Language, choose_language, say
from rag.errors import QuestionError, RagError, ServerError
from rag.frame import read_asset, render_head, render_masthead
from rag.presenter import encode_html, render_html, render_notice
from rag.settings import Settings

if TYPE_CHECKING:
    import gradio as gr

    from rag.library import Library

log = logging.getLogger("guillemets")

MAX_K = 50
AT_ONCE = 8  # questions answered at the same time; the others wait their turn

Messages = list[dict[str, Any]]


class Desk:
    """What the page and its API do with a question, free of looks."""

    def __init__(self, library: Library, settings: Settings) -> None:
        self.library = library
        self.settings = settings

    def reply(self, question: str, history: Messages, tag: str | None) -> Iterator[tuple[Any, ...]]:
        """Yield (question box, conversation, status) as the answer comes; never raise."""
        import gradio as gr

        language = choose_language(tag)
        try:
            self.check(question, language)
        except QuestionError as error:
            yield gr.skip(), gr.skip(), render_notice(str(error), language, "notice")
            return
        asked = {"role": "user", "content": f"<p>{encode_html(question.strip())}</p>"}
        doing = say("searching" if self.library.is_warm else "loading", language)
        yield "", [*history, asked], render_notice(doing, language, "working")
        answer = {"role": "assistant", "content": self.answer(question, language)}
        yield gr.skip(), [*history, asked, answer], ""

    def answer(self, question: str, language: Language) -> str:
        """Return the answer, or what went wrong and what to do, as HTML."""
        try:
            answer = self.library.ask(question, k=self.settings.k)
            near = [] if answer.answered else answer.hits
            ids = {hit.passage.document_id for hit in near}
            return render_html(answer, language, {id_: self.library.document(id_) for id_ in ids})
        except RagError as error:
            return render_notice(str(error), language, "answer problem")
        except Exception:  # the outermost edge: the visitor gets a sentence, the log the rest
            log.exception("a question failed")
            return render_notice(say("failed", language), language, "answer problem")

    def check(self, question: object, language: Language = "en", k: object = None) -> None:
        """Refuse what cannot be asked, in the reader's language.

        Raises:
            QuestionError: If the question is empty, too long or not text, or ``k`` is no count.
        """
        limit = self.settings.max_question
        if not isinstance(question, str) or not _is_text(question):
            raise QuestionError(say("not_text", language))
        if not any(character.isalnum() for character in question):
            raise QuestionError(say("empty", language))
        if len(question) > limit:
            raise QuestionError(say("too_long", language, length=len(question), limit=limit))
        if k is not None and (type(k) is not int or not 1 <= k <= MAX_K):
            raise QuestionError(say("bad_k", language, limit=MAX_K))

    def ask(self, question: str, k: int | None = None) -> dict[str, Any]:
        """Answer a question in the articles' own words: ``Answer.to_dict()``.

        ``k`` is how many of the nearest passages come with it; the server's choice if absent.
        """
        try:
            self.check(question, k=k)
            return self.library.ask(question, k=k or self.settings.k).to_dict()
        except RagError as error:
            raise _refusal(error) from error

    def retrieve(self, question: str, k: int | None = None) -> list[dict[str, Any]]:
        """Return the ``k`` passages nearest to a question, best first; ``k`` as for ``ask``."""
        try:
            self.check(question, k=k)
            hits = self.library.retrieve(question, k=k or self.settings.k)
            return [asdict(hit) for hit in hits]
        except RagError as error:
            raise _refusal(error) from error


def _is_text(question: str) -> bool:
    """Whether every character can be sent and shown: no NUL, no half of a surrogate pair."""
    return not any(each == "\0" or "\ud800" <= each <= "\udfff" for each in question)


def _refusal(error: RagError) -> Exception:
    """Return the one exception whose message Gradio passes on to a program."""
    import gradio as gr

    return gr.Error(str(error), print_exception=False)


# --- the page ---------------------------------------------------------------------------


def create_app(library: Library, settings: Settings) -> gr.Blocks:
    """Build the page and its API; nothing is served yet.

    The API endpoints ``ask`` and ``retrieve`` take ``question`` and ``k`` and return what
    the methods of ``Desk`` of the same name return, as JSON. Gradio lets ``k`` be absent
    where arguments have names, ``/gradio_api/call/v2/ask``; the list of
    ``/gradio_api/call/ask`` must hold both, ``null`` for the server's choice.
    """
    # Gradio reads this when it is imported; without it, it calls home.
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
    import gradio as gr
    from gradio.events import api

    desk = Desk(library, settings)
    # No file is ever written for a visitor; should one be, it goes within a day.
    page = gr.Blocks(title="Guillemets", analytics_enabled=False, delete_cache=(3600, 86400))
    with page:
        gr.HTML(render_masthead(), padding=False)
        examples = _lay_examples()
        chat = gr.Chatbot(
            elem_id="chat", show_label=False, layout="panel", latex_delimiters=[], buttons=[],
            feedback_options=None, autoscroll=False, height=None, group_consecutive_messages=False,
        )  # fmt: skip
        _connect(page, desk, chat, examples)
        for endpoint in (desk.ask, desk.retrieve):
            api(endpoint, concurrency_limit=AT_ONCE)
    return page


def _lay_examples() -> list[gr.Button]:
    import gradio as gr

    buttons = []
    with gr.Row(elem_id="examples"):
        for language in LANGUAGES:
            with gr.Column(elem_id=f"examples-{language}"):
                gr.HTML(f"<h2>{encode_html(say('examples', language))}</h2>", padding=False)
                buttons += [gr.Button(example) for example in EXAMPLES[language]]
    return buttons


def _connect(page: gr.Blocks, desk: Desk, chat: gr.Chatbot, examples: list[gr.Button]) -> None:
    """Lay the question box under the conversation, and connect what asks to what answers."""
    import gradio as gr

    t = _translations()
    with gr.Column(elem_id="composer"):
        status = gr.HTML("", elem_id="status", padding=False)
        with gr.Row(elem_id="bar"):
            question = gr.Textbox(
                label=t("question_label"), placeholder=t("question_hint"),
                elem_id="question", lines=1, max_lines=6,
            )  # fmt: skip
            send = gr.Button(t("send"), elem_id="send", variant="primary")
            clear = gr.Button(t("clear"), elem_id="clear")
        tag = gr.Textbox(visible=False)  # the language of the reader's browser
    quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
    busy: dict[str, Any] = {
        **quiet, "concurrency_limit": AT_ONCE, "concurrency_id": "ask",
        "trigger_mode": "always_last",  # what is asked while an answer is awaited comes next
    }  # fmt: skip
    shown = [question, chat, status]
    asked = [gr.on([question.submit, send.click], desk.reply, [question, chat, tag], shown, **busy)]
    asked += [each.click(desk.reply, [each, chat, tag], shown, **busy) for each in examples]
    for event in asked:  # the handlers do not raise; should one, the visitor is told
        event.failure(_apologise, tag, status, **quiet)
    clear.click(lambda: ("", [], ""), None, shown, **quiet)
    page.load(None, None, tag, js="() => document.documentElement.lang", **quiet)


def _apologise(tag: str | None) -> str:
    language = choose_language(tag)
    return render_notice(say("failed", language), language, "notice")


def _translations() -> gr.I18n:
    import gradio as gr

    return gr.I18n(**{language: dict(STRINGS[language]) for language in LANGUAGES})


# --- serving ----------------------------------------------------------------------------


def start(library: Library, settings: Settings) -> gr.Blocks:
    """Serve the page from other threads, warm the model in one more, and return at once.

    Raises:
        ServerError: If the address cannot be had.
    """
    page = create_app(library, settings)
    import gradio as gr

    host = settings.host.strip("[]")
    _bypass_proxies(host)
    try:
        page.launch(
            server_name=f"[{host}]" if ":" in host else host, server_port=settings.port,
            prevent_thread_lock=True, quiet=True, share=False, show_error=False,
            run_history=False, enable_monitoring=False, footer_links=[], max_file_size="1kb",
            strict_cors=True, state_session_capacity=1000, ssr_mode=False, pwa=False,
            mcp_server=False, i18n=_translations(),
            theme=gr.themes.Base(font=["sans-serif"], font_mono=["monospace"]),
            css=read_asset("style.css"), head=render_head(),
        )  # fmt: skip
    except OSError as error:
        raise _unavailable(settings, error) from error
    threading.Thread(target=_warm, args=(library,), name="warm", daemon=True).start()
    return page


def _bypass_proxies(host: str) -> None:
    """Gradio opens its own page once to see that it is there; no proxy can lead it to it."""
    for name in ("NO_PROXY", "no_proxy"):
        hosts = [os.environ.get(name), host, "localhost", "127.0.0.1"]
        os.environ[name] = ",".join(filter(None, hosts))


def _warm(library: Library) -> None:
    try:
        library.warm()
    except RagError as error:  # whoever asks is told the same
        log.error("%s", error)


def check_address(settings: Settings) -> None:
    """Find out before the slow work whether the address is free.

    Raises:
        ServerError: If it is in use, or is not of this machine.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            settings.host.strip("[]"), settings.port, type=socket.SOCK_STREAM
        )[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        raise _unavailable(settings, error) from error


def _unavailable(settings: Settings, error: OSError) -> ServerError:
    address = f"{settings.host}:{settings.port}"
    if isinstance(error, socket.gaierror) or error.errno == errno.EADDRNOTAVAIL:
        return ServerError(f"{address} is not an address of this machine; type: HOST= make run")
    other = settings.port + 1 if settings.port < 65_535 else 7860
    why = error.strerror or "in use"
    return ServerError(f"{address} cannot be served ({why}); type: PORT={other} make run")


def main() -> int:
    """Serve the page until Ctrl-C; return the exit status (2 for an error, told in one line)."""
    try:
        settings = Settings.from_environ()
        check_address(settings)
        from rag.default_library import open_default

        library = open_default(settings, progress=True)
        sys.stdout.write(f"{library.summary()}\n")
        page = start(library, settings)
        for stop in (signal.SIGINT, signal.SIGTERM):  # a background job is deaf to the first
            signal.signal(stop, signal.default_int_handler)
        sys.stdout.write(f"Guillemets answers at {page.local_url} (Ctrl-C to stop)\n")
        sys.stdout.flush()
        threading.Event().wait()
    except KeyboardInterrupt:
        sys.stdout.write("\n")
        return 0
    except RagError as error:
        sys.stderr.write(f"error: {error}\n")
    except Exception as error:  # the outermost edge: one line, and the rest for who asks for it
        if os.environ.get("RAG_DEBUG") == "1":
            log.exception("the page could not start")
        what = " ".join(f"{type(error).__name__}: {error}".split())
        sys.stderr.write(f"error: the page could not start ({what}); type: RAG_DEBUG=1 make run\n")
    return 2


if __name__ == "__main__":
    status = main()
    sys.stdout.flush()
    sys.stderr.flush()
    # The model may still be loading; its native threads abort an ordinary exit.
    os._exit(status)
