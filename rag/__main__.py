"""The command line: ``python -m rag build | ask | retrieve | eval | cases | info``.

Exit codes: 0 answered, 1 no answer in the documents, 2 an error, told in one
line on standard error; ``RAG_DEBUG=1`` adds where an unexpected one came from.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import traceback
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NoReturn

from rag.errors import RagError
from rag.settings import Settings

if TYPE_CHECKING:
    from rag.library import Library

ANSWERED, NO_ANSWER, ERROR = 0, 1, 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    try:
        settings = Settings.from_environ()
        options = _parser(settings).parse_args(arguments)
        if getattr(options, "index", None) == "":
            raise RagError("--index is empty; name a folder, or leave it out")
        if options.model:
            settings = replace(settings, model=options.model)
        code: int = options.run(options, settings)
        sys.stdout.flush()
        return code
    except (RagError, ValueError) as error:
        print("error:", " ".join(str(error).split()), file=sys.stderr)
    except BrokenPipeError:  # the reader of a pipe, such as `head`, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except KeyboardInterrupt:
        print("interrupted; the index is as it was", file=sys.stderr)
    except Exception as error:  # the outermost edge: Python's own exit code means "no answer"
        _tell_unexpected(error)
    return ERROR


def _tell_unexpected(error: Exception) -> None:
    if os.environ.get("RAG_DEBUG") == "1":
        traceback.print_exc()
    told = " ".join(f"{type(error).__name__}: {error}".split())
    print(f"error: unexpected {told}; please report it with RAG_DEBUG=1 set", file=sys.stderr)


class _Parser(argparse.ArgumentParser):
    """A parser that tells a wrong command in one line, as every other error."""

    def error(self, message: str) -> NoReturn:
        """Print one line and leave with the exit code of errors."""
        self.exit(ERROR, f"error: {message}; type: {self.prog} --help\n")


def _parser(settings: Settings) -> argparse.ArgumentParser:
    common = _Parser(add_help=False)
    common.add_argument("--index", metavar="DIR", help=f"folder of the index ({settings.index})")
    common.add_argument(
        "--model", metavar="NAME", help="name or folder of a sentence-transformers model (bundled)"
    )
    output = _Parser(add_help=False)
    output.add_argument("question", help="in French or English")
    output.add_argument(
        "--k", type=int, default=settings.k, metavar="N", help=f"nearest passages ({settings.k})"
    )
    parser = _Parser(
        prog="python -m rag",
        description="Ask articles, get their own words back.",
        epilog="Exit codes: 0 answered, 1 no answer in the documents, 2 error.",
    )
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    build = commands.add_parser(
        "build", parents=[common], help="make an index hold exactly these articles"
    )
    build.add_argument(
        "paths",
        nargs="*",
        metavar="PATHS",
        help="articles or folders (those of the last build, else seeds)",
    )
    build.set_defaults(run=_build)
    ask = commands.add_parser("ask", parents=[output, common], help="answer by quotes")
    form = ask.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="print JSON")
    form.add_argument("--markdown", action="store_true", help="print Markdown")
    ask.set_defaults(run=_ask)
    retrieve = commands.add_parser(
        "retrieve", parents=[output, common], help="list the nearest passages"
    )
    retrieve.add_argument("--json", action="store_true", help="print JSON")
    retrieve.set_defaults(run=_retrieve)
    evaluation = commands.add_parser(
        "eval", parents=[common], help="measure the answers to your own questions"
    )
    evaluation.add_argument(
        "file",
        metavar="FILE",
        type=Path,
        help='a line of JSON a question: {"question": "…", "quotes": ["words that must be quoted"]}'
        "; [] where it must be refused",
    )
    evaluation.add_argument(
        "--k", type=int, default=settings.k, metavar="N", help=f"nearest passages ({settings.k})"
    )
    evaluation.add_argument("--json", action="store_true", help="print JSON")
    evaluation.set_defaults(run=_evaluate)
    cases = commands.add_parser(
        "cases", parents=[common], help="turn the page's feedback into cases for eval"
    )
    cases.add_argument("file", metavar="FILE", type=Path, help="feedback.jsonl, beside the index")
    cases.set_defaults(run=_cases)
    info = commands.add_parser("info", parents=[common], help="say what the index holds")
    info.add_argument("--json", action="store_true", help="print JSON")
    info.set_defaults(run=_info)
    return parser


def _build(options: argparse.Namespace, settings: Settings) -> int:
    from rag.default_library import default_sources
    from rag.library import Library

    if options.index:
        settings = replace(settings, index=Path(options.index))
    paths = options.paths or default_sources(settings)
    library = Library.build(paths, settings.index, progress=True, settings=settings)
    print(library.summary())
    return ANSWERED


def _open(options: argparse.Namespace, settings: Settings) -> Library:
    """Open the index named; the default one is built or refreshed first."""
    from rag.default_library import open_default
    from rag.library import Library

    if options.index:
        return Library.open(options.index, settings=settings)
    return open_default(settings, progress=sys.stderr.isatty())


def _ask(options: argparse.Namespace, settings: Settings) -> int:
    from rag.presenter import render_json, render_markdown, render_text

    library = _open(options, settings)
    answer = library.ask(options.question, options.k)
    language = _language(options.question)
    documents = {document.id: document for document in library.documents()}
    if options.json:
        print(render_json(answer))
    elif options.markdown:
        print(render_markdown(answer, language, documents), end="")
    else:
        width, colour = _screen()
        print(render_text(answer, language, documents, width=width, colour=colour), end="")
    return ANSWERED if answer.answered else NO_ANSWER


def _retrieve(options: argparse.Namespace, settings: Settings) -> int:
    from rag.presenter import escape_invisible, render_hits

    library = _open(options, settings)
    hits = library.retrieve(options.question, options.k)
    width, colour = _screen()
    if options.json:
        print(json.dumps([asdict(hit) for hit in hits], indent=2))
        return ANSWERED
    if width is not None:
        language = _language(options.question)
        documents = {document.id: document for document in library.documents()}
        print(render_hits(hits, language, documents, width=width, colour=colour), end="")
        return ANSWERED if hits else NO_ANSWER
    for rank, hit in enumerate(hits, start=1):
        passage = hit.passage
        text = escape_invisible(" ".join(passage.text.split()))
        place = f"{passage.document_id}:{passage.start}-{passage.end}"
        print(f"{rank}. {hit.score:.3f}  {place}  {text}")
    return ANSWERED if hits else NO_ANSWER


def _cases(options: argparse.Namespace, settings: Settings) -> int:
    from rag.feedback import is_feedback, to_cases

    del settings
    try:
        lines = options.file.read_text(encoding="utf-8-sig").split("\n")
    except OSError as error:
        raise RagError(f"{options.file} cannot be read ({error.strerror}); name a file") from error
    except UnicodeDecodeError as error:
        raise RagError(
            f"{options.file} is not UTF-8 text; name the page's feedback.jsonl"
        ) from error
    if not any(map(is_feedback, lines)):
        raise RagError(f"{options.file} holds no feedback; name the page's feedback.jsonl")
    for case in to_cases(lines):
        print(json.dumps(case, ensure_ascii=False))
    return ANSWERED


def _evaluate(options: argparse.Namespace, settings: Settings) -> int:
    from rag.evaluation.cases import locate, read_cases
    from rag.evaluation.evaluator import evaluate
    from rag.evaluation.figures import measure
    from rag.evaluation.report import render
    from rag.presenter import escape_invisible
    from rag.question import check_k

    k, threshold = check_k(options.k), settings.min_confidence
    cases = read_cases(options.file, settings.max_question)
    library = _open(options, replace(settings, min_confidence=0.0))
    located = locate(cases, library.documents())
    progress = sys.stderr.isatty()
    outcomes = evaluate(library, located, k=k, threshold=threshold, progress=progress)
    figures = measure(outcomes, k, threshold)
    if options.json:
        print(json.dumps(figures.to_dict(), indent=2))
        return ANSWERED
    for line in render(figures).split("\n")[:-1]:
        print(escape_invisible(line))
    return ANSWERED


def _language(question: str) -> Literal["en", "fr"]:
    from rag.words import detect_language

    return "fr" if detect_language(question) == "fr" else "en"


def _screen() -> tuple[int | None, bool]:
    """Return the columns of the terminal, None for a pipe, and whether to use colours."""
    if not sys.stdout.isatty():
        return None, False
    return shutil.get_terminal_size().columns, "NO_COLOR" not in os.environ


def _info(options: argparse.Namespace, settings: Settings) -> int:
    from rag.library import Library
    from rag.presenter import escape_invisible

    index = Path(options.index or settings.index)
    library = Library.open(index, settings=settings)
    documents = library.documents()
    if options.json:
        known = [{**asdict(d), "text": None, "characters": len(d.text)} for d in documents]
        print(json.dumps({"state": asdict(library.state()), "documents": known}, indent=2))
        return ANSWERED
    state = library.state()
    print(library.summary())
    print(f"{state.sentences} sentences, vectors of {state.dimension} numbers")
    print(f"model {state.recipe.model} ({state.recipe.fingerprint})")
    for document in documents:
        facts = (document.id, document.language, document.published, document.source)
        print("  ".join([*filter(None, facts), escape_invisible(document.title)]))
    return ANSWERED


if __name__ == "__main__":
    sys.exit(main())
