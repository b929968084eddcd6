"""Library: articles in, quotes out. The one module that chooses concrete parts."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from rag import evidence, quoter, retriever
from rag.datamodels import Answer, Document, Hit
from rag.embedder import Embedder, SentenceTransformerEmbedder
from rag.errors import (
    BusyIndexError,
    ModelMismatchError,
    OutdatedIndexError,
)
from rag.loader import find_articles, load_all
from rag.local_store import LocalStore
from rag.question import check_k, check_question
from rag.settings import Settings
from rag.store import Change, IndexState, NewDocument, Recipe
from rag.words import detect_language, question_words

PASSAGE_TOKENS = 128  # of the embedding model, its special tokens counted
ANALYSIS = 2  # raise it when segmenter, splitter or words store something else

_READ = 10  # passages retrieved for an answer, at least


class Library:
    """Articles that can be asked. Safe for concurrent questions from many threads.

    Made by ``Library.build`` or ``Library.open``.

    Args:
        store: Where the index is kept.
        embedder: Texts → vectors.
        settings: Numbers a person may change.
    """

    def __init__(self, store: LocalStore, embedder: Embedder, settings: Settings) -> None:
        self._store = store
        self._embedder = embedder
        self._settings = settings
        self._written = False  # whether a build had anything to write

    @classmethod
    def build(
        cls,
        paths: str | Path | Iterable[str | Path],
        index: str | Path = "index",
        *,
        model: str | None = None,
        progress: bool = False,
        embedder: Embedder | None = None,
        settings: Settings | None = None,
    ) -> Library:
        """Make an index hold exactly the articles under ``paths``, and open it.

        Articles already there keep their vectors; an index made otherwise, or
        damaged, is made anew. Everything becomes visible at once, or nothing does.

        Args:
            paths: Articles, and folders of articles.
            index: Folder of the index.
            model: Name or folder of a sentence-transformers model; default the bundled one.
            progress: Show a progress bar on standard error.
            embedder: Used in place of a sentence-transformers model.
            settings: Other numbers; default those of the environment.

        Raises:
            RagError: If an article, the model or the index cannot be used. The
                index that was there is intact.
        """
        library = cls._make(index, model, embedder, settings)
        sources = _absolute(paths)
        documents = list(load_all(find_articles(sources), detect_language))
        library._synchronise(documents, sources, progress)
        return library

    @classmethod
    def open(
        cls,
        index: str | Path = "index",
        *,
        model: str | None = None,
        embedder: Embedder | None = None,
        settings: Settings | None = None,
    ) -> Library:
        """Open an index that was built, without loading the model.

        Raises:
            LibraryIndexError: If it is missing, damaged, foreign or made with
                another model; the message has the command to type.
            ModelError: If the model is not on this machine.
        """
        library = cls._make(index, model, embedder, settings)
        library._store.check()
        library._check_recipe(library.state())
        return library

    @classmethod
    def _make(
        cls,
        index: str | Path,
        model: str | None,
        embedder: Embedder | None,
        settings: Settings | None,
    ) -> Library:
        settings = settings or Settings.from_environ()
        embedder = embedder or SentenceTransformerEmbedder(model or settings.model)
        return cls(LocalStore(Path(index)), embedder, settings)

    def retrieve(self, question: str, k: int | None = None) -> list[Hit]:
        """Return the ``k`` passages nearest to a question, best first.

        Raises:
            QuestionError: If the question is empty or too long.
            ValueError: If ``k`` is below 1.
        """
        question, k = self._check_question(question, k)
        vector, words = self._embedder.encode_question(question), question_words(question)
        with self._store.snapshot() as snapshot:
            return retriever.retrieve(snapshot, vector, words, k)

    def ask(self, question: str, k: int | None = None) -> Answer:
        """Answer a question by quotes, or say that the articles do not.

        Args:
            question: In French or English.
            k: How many nearest passages the answer lists.

        Raises:
            QuestionError: If the question is empty or too long.
            ValueError: If ``k`` is below 1.
        """
        question, k = self._check_question(question, k)
        vector, words = self._embedder.encode_question(question), question_words(question)
        with self._store.snapshot() as snapshot:
            hits = retriever.retrieve(snapshot, vector, words, max(k, _READ))
            return quoter.answer(
                snapshot, question, vector, words, hits, self._settings.min_confidence, k
            )

    def weigh(self, question: str, hits: Sequence[Hit]) -> list[evidence.Evidence]:
        """Return the sentences of hits with what speaks for each, most probable first."""
        vector, words = self._embedder.encode_question(question), question_words(question)
        with self._store.snapshot() as snapshot:
            return evidence.weigh(snapshot, question, vector, words, hits)

    def add(
        self, paths: str | Path | Iterable[str | Path], *, progress: bool = False
    ) -> list[Document]:
        """Add articles to those there, and return them.

        Raises:
            RagError: As for ``build``; the index that was there is intact.
        """
        added = _absolute(paths)
        documents = list(load_all(find_articles(added), detect_language))
        state = self.state()
        self._check_recipe(state)
        from rag.indexer import index_documents

        self._store.prepare()
        known = {document.id for document in self.documents()}
        new = [document for document in documents if document.id not in known]
        sources = tuple(dict.fromkeys(state.sources + added))
        change = Change(
            self._recipe(),
            sources,
            added=index_documents(new, self._embedder, PASSAGE_TOKENS, progress),
        )
        self._store.write(change, state.generation)
        return documents

    def remove(self, document_id: str) -> None:
        """Forget an article; the file it was read from is not touched.

        The next ``build`` from the folder it is still in brings it back.

        Raises:
            UnknownDocumentError: If there is none of that id.
        """
        with self._store.snapshot() as snapshot:
            snapshot.document(document_id)
            state = snapshot.state
        change = Change(state.recipe, state.sources, removed=[document_id])
        self._store.write(change, state.generation)

    def documents(self) -> list[Document]:
        """Return every article, in order of path."""
        with self._store.snapshot() as snapshot:
            return snapshot.documents()

    def document(self, document_id: str) -> Document:
        """Return one article.

        Raises:
            UnknownDocumentError: If there is none of that id.
        """
        with self._store.snapshot() as snapshot:
            return snapshot.document(document_id)

    def state(self) -> IndexState:
        """Return what the index holds and what made it."""
        with self._store.snapshot() as snapshot:
            return snapshot.state

    def summary(self) -> str:
        """Return one line: where the index is, what it holds, whether it was just written."""
        state = self.state()
        articles = f"{state.documents} article{'s'[: state.documents != 1]}"
        passages = f"{state.passages} passage{'s'[: state.passages != 1]}"
        done = "indexed" if self._written else "up to date"
        return f"{self._store.folder}: {articles}, {passages}, {done}"

    def warm(self) -> None:
        """Load the model now (seconds), so that the next question does not wait for it."""
        self._embedder.encode_question("«»")

    @property
    def embedder(self) -> Embedder:
        """Return what makes the vectors, for a library made after this one."""
        return self._embedder

    @property
    def is_warm(self) -> bool:
        """Tell whether the model is in memory."""
        return self._embedder.is_warm

    def _check_question(self, question: str, k: int | None) -> tuple[str, int]:
        k = check_k(self._settings.k if k is None else k)
        return check_question(question, self._settings.max_question), k

    def _recipe(self) -> Recipe:
        return Recipe(self._embedder.name, self._embedder.fingerprint, PASSAGE_TOKENS, ANALYSIS)

    def _check_recipe(self, state: IndexState) -> None:
        if _same(state.recipe, self._recipe()):
            return
        if state.recipe.fingerprint == self._embedder.fingerprint:
            raise OutdatedIndexError(
                f"the index in {self._store.folder} was made by another version; "
                f"type: {self._store.repair}"
            )
        raise ModelMismatchError(
            f"the index in {self._store.folder} was made with the model {state.recipe.model}, not "
            f"with {self._embedder.name}; choose that one, or to index anew with this one "
            f"type: {self._store.repair} --model {shlex.quote(self._embedder.name)}"
        )

    def _synchronise(
        self, documents: Sequence[Document], sources: tuple[str, ...], progress: bool
    ) -> None:
        """Make the index hold these articles, once more if another program was faster."""
        indexed: dict[str, NewDocument] = {}
        try:
            self._write_difference(documents, sources, progress, indexed)
        except BusyIndexError:  # by now it may hold what is wanted: two first questions at once
            self._write_difference(documents, sources, progress, indexed)

    def _write_difference(
        self,
        documents: Sequence[Document],
        sources: tuple[str, ...],
        progress: bool,
        indexed: dict[str, NewDocument],
    ) -> None:
        """Add what is new and remove what is gone; all anew where nothing can be kept.

        ``indexed`` keeps what was embedded, for a second try.
        """
        found = self._store.inventory()
        recipe = self._recipe()
        keep = found.state is not None and _same(found.state.recipe, recipe)
        kept = found.paths if keep else {}
        wanted = {document.id: document for document in documents}
        gone = [document_id for document_id in kept if document_id not in wanted]
        moved = {i: d.path for i, d in wanted.items() if i in kept and kept[i] != d.path}
        new = [document for document in documents if document.id not in kept]
        known = found.state.sources if found.state else ()
        if keep and sources == known and not (new or gone or moved):
            return
        from rag.indexer import index_documents  # langchain takes a second to import

        self._store.prepare()
        missing = [document for document in new if document.id not in indexed]
        for each in index_documents(missing, self._embedder, PASSAGE_TOKENS, progress):
            indexed[each.document.id] = each
        added = [indexed[document.id] for document in new]
        if found.unreadable:
            self._store.set_aside()
        self._store.write(
            Change(recipe, sources, added, removed=gone, paths=moved, reset=not keep),
            found.generation,
        )
        self._written = True


def _absolute(paths: str | Path | Iterable[str | Path]) -> tuple[str, ...]:
    """Return paths that mean the same from any folder."""
    each = [paths] if isinstance(paths, str | Path) else paths
    return tuple(str(Path(path).absolute()) for path in each)


def _same(one: Recipe, other: Recipe) -> bool:
    """Tell whether vectors and words made by two recipes are the same; names do not matter."""
    return replace(one, model="") == replace(other, model="")
