"""The chat page: the only file that imports Gradio.

    python app.py        # or: make run

The page is one HTML component: ``rag.page.frame`` and the panes make its HTML, ``rag/page/``
holds its looks and its script, whose calls ``rag.page.chat_page`` answers. Not ``gr.Chatbot``:
that one reads Markdown and LaTeX into an article's words, and drops the attributes that
tie a quote to its place. The page is up before the embedding model is: a question asked
meanwhile waits with a visible status.
"""

from __future__ import annotations

import errno
import json
import logging
import os
import signal
import socket
import sys
import threading
from collections.abc import Callable
from contextlib import ExitStack, redirect_stdout
from functools import wraps
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from rag.errors import RagError, ServerError
from rag.loader import READERS
from rag.page.chat_page import AT_ONCE, ChatPage
from rag.page.desk import Desk
from rag.page.frame import Bounds, render_frames, render_head, render_script
from rag.settings import Settings
from rag.shelf import Limits

if TYPE_CHECKING:
    import gradio as gr

    from rag.library import Library

log = logging.getLogger("guillemets")

LIMITS = Limits()  # of what a visitor may add
WARM_AFTER = (
    1.0  # seconds; to load the model takes a processor, and who is there first sees the page
)


def make_chat_page(library: Library, settings: Settings) -> ChatPage:
    """Return what answers the page's script; whoever made it closes it."""
    desk = Desk(library, settings.max_question, settings.k)
    # Beside the index, which is made anew at will; what readers say is not.
    return ChatPage(desk, LIMITS, settings.index.absolute().with_name("feedback.jsonl"))


def create_app(chat_page: ChatPage, settings: Settings) -> gr.Blocks:
    """Build the page and its API; nothing is served yet.

    The API endpoints are the methods of ``Desk``, with the same arguments, and return the
    same JSON. Gradio lets an argument be absent where arguments have names,
    ``/gradio_api/call/v2/ask``; the list of ``/gradio_api/call/ask`` must hold all,
    ``null`` for the server's choice.
    """
    # Gradio reads this when it is imported; without it, it calls home.
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
    import gradio as gr
    from gradio.events import api

    desk = chat_page.desk
    bounds = Bounds(settings.max_question, LIMITS.files, LIMITS.file_bytes, tuple(sorted(READERS)))
    # No file is ever written for a visitor; should one be, it goes within a day.
    blocks = gr.Blocks(title="Guillemets", analytics_enabled=False, delete_cache=(3600, 86400))
    with blocks:
        gr.HTML(
            render_frames(bounds), js_on_load=render_script(),
            server_functions=[_to_function(each) for each in chat_page.functions()],
            apply_default_css=False,
            elem_id="guillemets",
        )  # fmt: skip
        for endpoint in (desk.ask, desk.retrieve, desk.documents, desk.verify):
            api(_telling_errors(endpoint), concurrency_limit=AT_ONCE)
    return blocks


def _to_function(method: Callable[[object], Any]) -> Callable[[object], Any]:
    """Return a method as a function, for Gradio writes an attribute on what it is given."""

    def call(values: object) -> Any:
        return method(values)

    call.__name__ = method.__name__
    return call


def _telling_errors(endpoint: Callable[..., Any]) -> Callable[..., Any]:
    """Make what is raised on purpose the one exception whose message Gradio passes on."""
    import gradio as gr

    @wraps(endpoint)
    def telling(*values: Any, **named: Any) -> Any:
        try:
            return endpoint(*values, **named)
        except RagError as error:
            raise gr.Error(str(error), print_exception=False) from error

    return telling


_WRONG_NAMES = (TypeError, KeyError)  # what Gradio raises for those of a call


def _refuse_call(_: object, error: Exception) -> Any:
    """Tell a call with a wrong name in a sentence; Gradio would say "Internal Server Error"."""
    from fastapi.responses import JSONResponse

    log.debug("a call was refused", exc_info=error)
    told = (
        "no such call or argument; use ask(question, k, history, within), documents(), "
        "retrieve(question, k, within) or verify(words, document_id, start, end)"
    )
    return JSONResponse({"error": told}, 422)


# --- serving ----------------------------------------------------------------------------


def start(library: Library, settings: Settings, chat_page: ChatPage | None = None) -> gr.Blocks:
    """Serve the page from other threads, warm the model in one more soon, and return at once.

    Args:
        library: What is asked.
        settings: Where the page is served, and its limits.
        chat_page: What answers the page's script, where the caller is to close it.

    Raises:
        ServerError: If the address cannot be had.
    """
    page = create_app(chat_page or make_chat_page(library, settings), settings)
    import gradio as gr

    host = settings.host.strip("[]")
    _bypass_proxies(host)
    try:
        # With the extra [mcp], Gradio prints its address: not on standard output, which is ours.
        with redirect_stdout(sys.stderr):
            page.launch(
                server_name=f"[{host}]" if ":" in host else host, server_port=settings.port,
                prevent_thread_lock=True, quiet=True, share=False, show_error=False,
                run_history=False, enable_monitoring=False, footer_links=[], max_file_size="1kb",
                strict_cors=True, state_session_capacity=1000, ssr_mode=False, pwa=False,
                mcp_server=find_spec("mcp") is not None,  # the extra [mcp]
                head=render_head(),
                app_kwargs={"exception_handlers": dict.fromkeys(_WRONG_NAMES, _refuse_call)},
                theme=gr.themes.Base(font=["sans-serif"], font_mono=["monospace"]),
            )  # fmt: skip
    except OSError as error:
        raise _unavailable(settings, error) from error
    if page.mcp_server_obj is not None:
        _speak_json(page.mcp_server_obj)
    warming = threading.Timer(WARM_AFTER, _warm, (library,))
    warming.daemon = True
    warming.start()
    return page


def _speak_json(server: Any) -> None:
    """Make MCP's replies the JSON of the API; Gradio would write them as Python does."""
    postprocess = server.postprocess_output_data

    def as_json(outputs: list[Any], root_url: str) -> Any:
        return postprocess([json.dumps(each, ensure_ascii=False) for each in outputs], root_url)

    server.postprocess_output_data = as_json


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
    leave = ExitStack()
    try:
        settings = Settings.from_environ()
        check_address(settings)
        from rag.default_library import open_default

        library = open_default(settings, progress=True)
        sys.stdout.write(f"{library.summary()}\n")
        chat_page = make_chat_page(library, settings)
        leave.callback(chat_page.close)
        page = start(library, settings, chat_page)
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
    finally:
        leave.close()
    return 2


if __name__ == "__main__":
    status = main()
    sys.stdout.flush()
    sys.stderr.flush()
    # The model may still be loading; its native threads abort an ordinary exit.
    os._exit(status)
