"""Library: articles in, quotes out. The one module that chooses concrete parts."""

from __future__ import annotations

import shlex
from collections.abc import Iterable
from pathlib import Path

from rag.answerer import Answerer
from rag.datamodels import Document, Entry
from rag.embedder import Embedder, SentenceTransformerEmbedder
from rag.errors import ModelMismatchError, OutdatedIndexError, SourceError
from rag.loader import find_articles, load_all
from rag.reader import Reader, bundled_reader
from rag.settings import Settings
from rag.store import Change, IndexState, Recipe
from rag.stores.local_store import LocalStore
from rag.synchroniser import Synchroniser, same_recipe
from rag.words import detect_language

PASSAGE_TOKENS = 128  # of the embedding model, its special tokens counted
ANALYSIS = 2  # raise it when segmenter, splitter or words store something else


class Library(Answerer):
    """Articles that can be asked. Safe for concurrent questions from many threads.

    Made by ``Library.build`` or ``Library.open``.

    Args:
        store: Where the index is kept.
        embedder: Texts → vectors.
        settings: Numbers a person may change.
        reader: Judges whether a sentence answers; without one, readable features alone do.
    """

    def __init__(
        self,
        store: LocalStore,
        embedder: Embedder,
        settings: Settings,
        reader: Reader | None = None,
    ) -> None:
        super().__init__(
            store,
            embedder,
            reader,
            k=settings.k,
            min_confidence=settings.min_confidence,
            max_question=settings.max_question,
        )
        self._store = store
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
        reader: Reader | None = None,
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
            reader: Used in place of the bundled one; an embedder given without one does without.

        Raises:
            RagError: If an article, the model or the index cannot be used. The
                index that was there is intact.
        """
        library = cls._make(index, model, embedder, settings, reader)
        sources = _absolute(paths)
        documents = list(load_all(find_articles(sources), detect_language))
        synchroniser = Synchroniser(library._store, library._embedder, library._recipe())
        library._written = synchroniser.run(documents, sources, progress)
        return library

    @classmethod
    def open(
        cls,
        index: str | Path = "index",
        *,
        model: str | None = None,
        embedder: Embedder | None = None,
        settings: Settings | None = None,
        reader: Reader | None = None,
    ) -> Library:
        """Open an index that was built, without loading the model.

        Raises:
            LibraryIndexError: If it is missing, damaged, foreign or made with
                another model; the message has the command to type.
            ModelError: If the model is not on this machine.
        """
        library = cls._make(index, model, embedder, settings, reader)
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
        reader: Reader | None,
    ) -> Library:
        settings = settings or Settings.from_environ()
        if reader is None and embedder is None and settings.reader:
            reader = bundled_reader()
        embedder = embedder or SentenceTransformerEmbedder(model or settings.model)
        return cls(LocalStore(Path(index)), embedder, settings, reader)

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

    def entries(self) -> list[Entry]:
        """Return what a list says of every article, in order of path, without reading its text."""
        with self._store.snapshot() as snapshot:
            return snapshot.entries()

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

    def _recipe(self) -> Recipe:
        return Recipe(self._embedder.name, self._embedder.fingerprint, PASSAGE_TOKENS, ANALYSIS)

    def _check_recipe(self, state: IndexState) -> None:
        if same_recipe(state.recipe, self._recipe()):
            return
        if state.recipe.fingerprint == self._embedder.fingerprint:
            raise OutdatedIndexError(
                f"the index in {self._store.folder} was made by another version; "
                f"type: {self._store.repair}"
            )
        if state.recipe.model == self._embedder.name:
            raise ModelMismatchError(
                f"the index in {self._store.folder} was made before the model "
                f"{self._embedder.name} changed; type: {self._store.repair}"
            )
        raise ModelMismatchError(
            f"the index in {self._store.folder} was made with the model {state.recipe.model}, not "
            f"with {self._embedder.name}; choose that one, or to index anew with this one "
            f"type: {self._store.repair} --model {shlex.quote(self._embedder.name)}"
        )


def _absolute(paths: str | Path | Iterable[str | Path]) -> tuple[str, ...]:
    """Return paths that mean the same from any folder."""
    each = [paths] if isinstance(paths, str | Path) else list(paths)
    if "" in each:  # a variable that is not set; the folder one is in was not meant
        raise SourceError("the path of an article is empty; give one, or . for this folder")
    return tuple(str(Path(path).absolute()) for path in each)
