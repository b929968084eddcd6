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
    "embedder": "errors",
    "vector_file": "errors",
    "loader": "datamodels errors",
    "splitter": "blocks datamodels errors segmenter",
    "store": "datamodels",
    "local_snapshot": "datamodels errors store vector_file",
    "local_rows": "local_snapshot store vector_file",
    "local_database": "errors local_rows",
    "local_store": "errors store vector_file local_database local_snapshot local_rows",
    "frame": "catalogue",
    "retriever": "datamodels store",
    "evidence": "datamodels store words",
    "quoter": "datamodels errors evidence store",
    "presenter": "catalogue datamodels",
    "conversation_pane": "catalogue datamodels presenter",
    "reading_pane": "blocks catalogue datamodels presenter",
    "visits": "datamodels",
    "desk": "catalogue errors library",
    "chat_page": "catalogue conversation_pane datamodels desk errors presenter reading_pane visits",
    "indexer": "datamodels embedder splitter store words",
    "library": "datamodels embedder errors evidence indexer loader local_store"
    " question quoter retriever settings store words",
    "default_library": "datamodels embedder errors library loader local_store settings",
    "__init__": "datamodels default_library errors library",
    "__main__": "catalogue default_library errors library presenter settings words",
}
DOORS = {
    "faiss": {"vector_file"},
    "sqlite3": {"local_database", "local_rows", "local_store", "local_snapshot"},
    "sentence_transformers": {"embedder"},
    "torch": {"embedder"},
    "transformers": {"embedder"},
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
