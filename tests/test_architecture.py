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

# Module → what of ours it may import, a dot before what stands in the same folder. Stages of one
# row are not in each other's list.
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
    "filters": "errors",
    "exports.markdown": "",
    # texts → vectors, and what is stored
    "embedder": "errors",
    "reporting_embedder": "embedder",
    "stores.vector_file": "errors",
    "loader": "blocks datamodels errors",
    "splitter": "blocks datamodels errors segmenter",
    "store": "datamodels filters",
    "stores.local_owners": "",
    "stores.local_query": "",
    "stores.local_words": ".local_query",
    "stores.local_snapshot": "datamodels errors filters store .local_owners .local_query"
    " .local_words .vector_file",
    "stores.local_rows": "store .local_snapshot .local_words .vector_file",
    "stores.local_database": "errors .local_rows",
    "stores.local_store": "errors store .local_database .local_rows .local_snapshot .vector_file",
    "stores.joint_store": "datamodels errors filters store",
    "indexer": "datamodels embedder splitter store words",
    "synchroniser": "datamodels embedder errors indexer store stores.local_store",
    # what a question asks for
    "question_analysis.answer_nouns": "",
    "question_analysis.question_patterns": "",
    "question_analysis.answer_type": "words .answer_nouns .question_patterns",
    "question_analysis.mention_patterns": "words",
    "question_analysis.mentions": "words .answer_type .mention_patterns",
    "question_analysis.matches": "datamodels words",
    "question_analysis.names": "words .matches",
    # what a follow-up stands for
    "followups.question_parts": "words",
    "followups.ellipsis": ".question_parts",
    "followups.anaphora": "words .ellipsis .question_parts",
    "followups.courtesies": "",
    "followups.substitution": "words .question_parts",
    "followups.followup": "datamodels errors words .anaphora .courtesies .ellipsis .question_parts"
    " .substitution",
    # who says it, and what it leans on
    "speech.reporting_verbs": "",
    "speech.quotations": "datamodels",
    "speech.speaking_nouns": "",
    "speech.first_names": "",
    "speech.noun_phrases": ".speaking_nouns",
    "speech.reported_clause": ".noun_phrases .reporting_verbs .speaking_nouns",
    "speech.sources": ".noun_phrases .reported_clause .speaking_nouns",
    "speech.people": ".first_names .noun_phrases .reported_clause .speaking_nouns",
    "speech.attribution": ".noun_phrases .reported_clause .reporting_verbs .sources"
    " .speaking_nouns",
    "speech.speaker": "datamodels .attribution .first_names .noun_phrases .people .quotations"
    " .reported_clause .sources",
    "speech.context": "datamodels .quotations",
    # question → hits → quotes
    "retriever": "datamodels store",
    "reading_network": "",
    "reader": "errors reading_network",
    "evidence": "datamodels question_analysis.mentions question_analysis.names reader store words",
    "quotation": "datamodels errors evidence question_analysis.matches speech.context"
    " speech.speaker store",
    "reranker": "datamodels evidence",
    "quoter": "datamodels evidence question_analysis.matches quotation reader reranker store",
    # what is shown, checked and kept
    "page.frame": "catalogue",
    "presenter": "catalogue datamodels",
    "exports.citation": "catalogue datamodels .markdown",
    "page.conversation_pane": "catalogue datamodels presenter",
    "page.reading_pane": "blocks catalogue datamodels presenter",
    "page.shelf_pane": "catalogue datamodels filters presenter",
    "page.turns": "catalogue datamodels exports.citation presenter shelf .conversation_pane",
    "page.directory": "datamodels library",
    "page.visits": "datamodels library shelf",
    "page.desk": "catalogue errors filters library verifier",
    "page.request": "catalogue errors filters",
    "page.chat_page": "catalogue datamodels errors exports.citation exports.exporter exports.proof"
    " feedback filters shelf suggester .conversation_pane .desk .directory .reading_pane"
    " .request .shelf_pane .turns .visits",
    "exports.exporter": "catalogue datamodels .citation .markdown",
    "exports.proof": "catalogue datamodels errors page.frame presenter words .citation",
    "suggester": "blocks catalogue datamodels words",
    "feedback": "datamodels",
    "verifier": "datamodels",
    # the library
    "answerer": "datamodels embedder evidence filters followups.courtesies followups.followup"
    " question quoter reader reranker retriever store stores.joint_store"
    " words",
    "library": "answerer datamodels embedder errors indexer loader reader settings store"
    " stores.local_store synchroniser words",
    "default_library": "datamodels embedder errors filters library loader reader settings"
    " stores.local_store",
    "shelf": "answerer catalogue datamodels errors indexer library loader reporting_embedder store"
    " stores.local_store words",
    # how well it answers
    "evaluation.metrics": "",
    "evaluation.cases": "blocks datamodels errors question segmenter",
    "evaluation.evaluator": "datamodels filters library .cases",
    "evaluation.figures": ".evaluator .metrics",
    "evaluation.report": ".figures",
    "__init__": "datamodels default_library errors filters library",
    "__main__": "catalogue default_library errors evaluation.cases evaluation.evaluator"
    " evaluation.figures evaluation.report feedback library presenter question settings words",
}
DOORS = {
    "faiss": {"stores.vector_file"},
    "sqlite3": {
        "stores.local_database",
        "stores.local_owners",
        "stores.local_rows",
        "stores.local_store",
        "stores.local_snapshot",
        "stores.local_query",
        "stores.local_words",
    },
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

MODULES = sorted(
    path
    for path in (ROOT / "rag").rglob("*.py")
    if path.name != "__init__.py" or path.parent.name == "rag"
)


def name_of(path: Path) -> str:
    """Return a module's name within `rag`: "stores.local_store"."""
    return ".".join(path.relative_to(ROOT / "rag").with_suffix("").parts)


def allowed(name: str) -> set[str]:
    folder = name.rpartition(".")[0]
    return {f"{folder}{each}" if each.startswith(".") else each for each in DOWN[name].split()}


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
    return {name.removeprefix("rag.") for name in imports(path)} & {*map(name_of, MODULES)}


@pytest.mark.parametrize("module", MODULES, ids=name_of)
class TestModule:
    def test_it_imports_only_what_lies_below(self, module: Path) -> None:
        assert ours(module) <= allowed(name_of(module))

    def test_outside_packages_have_one_door(self, module: Path) -> None:
        outside = {name.split(".")[0] for name in imports(module)}
        assert {p for p in outside & DOORS.keys() if name_of(module) not in DOORS[p]} == set()

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
    assert {*map(name_of, MODULES)} == DOWN.keys()


def test_only_the_page_speaks_to_gradio() -> None:
    users = [
        path.name
        for path in [ROOT / "app.py", *MODULES]
        if any(name.split(".")[0] == "gradio" for name in imports(path))
    ]
    assert users == ["app.py"]


def test_settings_are_read_at_the_entry_points_only() -> None:
    users = {name_of(path) for path in MODULES if "settings" in ours(path)}
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
