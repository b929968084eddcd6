"""The house stands: imports point down, each outside package has one door, no back doors."""

import ast
import importlib
import inspect
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import ROOT

import rag.errors
from rag.errors import RagError

# Module → what of ours it may import. Stages of one row are not in each other's list.
DOWN = {
    "errors": "",
    "datamodels": "",
    "catalogue": "catalogue_en catalogue_fr",
    "catalogue_en": "",
    "catalogue_fr": "",
    "words": "",
    "blocks": "",
    "question": "errors",
    "segmenter": "",
    "settings": "errors",
    "filters": "",
    "markdown": "",
    # texts → vectors, and what is stored
    "embedder": "errors",
    "reporting_embedder": "embedder",
    "vector_file": "errors",
    "loader": "datamodels errors",
    "splitter": "blocks datamodels errors segmenter",
    "store": "datamodels filters",
    "local_owners": "",
    "local_snapshot": "datamodels errors filters local_owners store vector_file",
    "local_rows": "local_snapshot store vector_file",
    "local_database": "errors local_rows",
    "local_store": "errors store vector_file local_database local_snapshot local_rows",
    "joint_store": "datamodels errors filters store",
    "indexer": "datamodels embedder splitter store words",
    "synchroniser": "datamodels embedder errors indexer local_store store",
    # what a question asks for
    "answer_nouns": "",
    "question_patterns": "",
    "answer_type": "answer_nouns question_patterns words",
    "mention_patterns": "words",
    "mentions": "answer_type mention_patterns words",
    "matches": "datamodels words",
    "names": "matches words",
    # what a follow-up stands for
    "question_parts": "words",
    "ellipsis": "question_parts",
    "anaphora": "ellipsis question_parts words",
    "substitution": "question_parts words",
    "followup": "anaphora datamodels ellipsis errors question_parts substitution words",
    # who says it, and what it leans on
    "reporting_verbs": "",
    "quotations": "datamodels",
    "noun_phrases": "reporting_verbs",
    "reported_clause": "noun_phrases reporting_verbs",
    "attribution": "noun_phrases reported_clause reporting_verbs",
    "speaker": "attribution datamodels noun_phrases quotations reported_clause",
    "context": "datamodels quotations",
    # question → hits → quotes
    "retriever": "datamodels store",
    "reading_network": "",
    "reader": "errors reading_network",
    "evidence": "datamodels mentions names reader store words",
    "quotation": "context datamodels errors evidence matches speaker store",
    "quoter": "datamodels evidence matches quotation reader store",
    # what is shown, checked and kept
    "frame": "catalogue",
    "presenter": "catalogue datamodels",
    "citation": "catalogue datamodels markdown",
    "conversation_pane": "catalogue datamodels presenter",
    "reading_pane": "blocks catalogue datamodels presenter",
    "shelf_pane": "catalogue datamodels filters presenter",
    "visits": "datamodels errors library shelf",
    "desk": "catalogue errors filters library verifier",
    "page_request": "catalogue errors filters",
    "chat_page": "catalogue citation conversation_pane datamodels desk errors exporter feedback"
    " filters page_request presenter proof reading_pane shelf shelf_pane suggester visits",
    "exporter": "catalogue citation datamodels markdown",
    "proof": "catalogue citation datamodels errors frame presenter words",
    "suggester": "blocks catalogue datamodels words",
    "feedback": "datamodels",
    "verifier": "datamodels",
    # the library
    "answerer": "datamodels embedder evidence filters followup joint_store question quoter reader"
    " retriever store words",
    "library": "answerer datamodels embedder errors indexer loader local_store reader settings"
    " store synchroniser words",
    "default_library": "datamodels embedder errors filters library loader local_store reader"
    " settings",
    "shelf": "answerer catalogue datamodels errors indexer library loader local_store"
    " reporting_embedder store words",
    # how well it answers
    "eval_metrics": "",
    "eval_cases": "blocks datamodels errors question segmenter",
    "evaluation": "datamodels eval_cases filters library",
    "eval_figures": "eval_metrics evaluation",
    "eval_report": "eval_figures",
    "__init__": "datamodels default_library errors filters library",
    "__main__": "catalogue default_library errors eval_cases eval_figures eval_report evaluation"
    " feedback library presenter question settings words",
}
DOORS = {
    "faiss": {"vector_file"},
    "sqlite3": {"local_database", "local_owners", "local_rows", "local_store", "local_snapshot"},
    "sentence_transformers": {"embedder"},
    "torch": {"embedder", "reader", "reading_network"},
    "transformers": {"embedder", "reading_network"},
    "huggingface_hub": {"embedder"},
    "langchain_text_splitters": {"splitter"},
    "Stemmer": {"words"},
    "gradio": set(),
    "benchmarks": set(),
    "training": set(),
    "app": set(),
}
FORBIDDEN = {"pickle", "marshal", "shelve", "subprocess", "socket", "urllib", "requests", "httpx"}
LONGEST = 320  # lines; a module is about 150

MODULES = sorted((ROOT / "rag").glob("*.py"))


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def imports(path: Path) -> Iterator[str]:
    """Every dotted name a module imports, wherever in it."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} imports relatively"
            yield node.module or ""
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def ours(path: Path) -> set[str]:
    known = {module.stem for module in MODULES}
    parts = [name.split(".") for name in imports(path)]
    return {part[1] for part in parts if part[0] == "rag" and len(part) > 1} & known


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.stem)
class TestModule:
    def test_it_imports_only_what_lies_below(self, module: Path) -> None:
        assert ours(module) <= set(DOWN[module.stem].split())

    def test_outside_packages_have_one_door(self, module: Path) -> None:
        outside = {name.split(".")[0] for name in imports(module)}
        assert {p for p in outside & DOORS.keys() if module.stem not in DOORS[p]} == set()

    def test_it_has_no_back_door(self, module: Path) -> None:
        assert not FORBIDDEN & {name.split(".")[0] for name in imports(module)}
        calls = [node.func for node in ast.walk(tree(module)) if isinstance(node, ast.Call)]
        names = {call.id for call in calls if isinstance(call, ast.Name)}
        assert not names & {"eval", "exec", "compile", "__import__", "input"}

    def test_it_prints_only_on_the_command_line(self, module: Path) -> None:
        names = {node.id for node in ast.walk(tree(module)) if isinstance(node, ast.Name)}
        assert "print" not in names or module.stem == "__main__"

    def test_it_is_short(self, module: Path) -> None:
        assert len(module.read_text(encoding="utf-8").splitlines()) <= LONGEST

    def test_it_does_no_work_when_imported(self, module: Path) -> None:
        busy = ast.For | ast.While | ast.With | ast.Try
        assert not [node for node in tree(module).body if isinstance(node, busy)]


def test_every_module_has_its_place() -> None:
    assert {module.stem for module in MODULES} <= DOWN.keys()


def test_only_the_page_speaks_to_gradio() -> None:
    users = [
        path.name
        for path in [ROOT / "app.py", *MODULES]
        if any(name.split(".")[0] == "gradio" for name in imports(path))
    ]
    assert users == ["app.py"]


def test_settings_are_read_at_the_entry_points_only() -> None:
    users = {path.stem for path in MODULES if "settings" in ours(path)}
    assert users == {"default_library", "library", "__main__"}


def test_errors_are_one_tree_and_drawn_whole() -> None:
    module = importlib.import_module("rag.errors")
    errors = [e for _, e in inspect.getmembers(module, inspect.isclass)]
    assert all(issubclass(error, RagError) for error in errors)
    drawn = set((rag.errors.__doc__ or "").replace("─", " ").split())
    assert {error.__name__ for error in errors} <= drawn
    for error in errors:
        base = error.__bases__[0].__name__
        assert base in drawn | {"Exception"}


def test_no_folder_is_named_for_nothing() -> None:
    names = {path.stem for path in ROOT.glob("*/*.py")}
    assert not names & {"utils", "helpers", "common", "misc"}
