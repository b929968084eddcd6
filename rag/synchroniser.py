"""Make an index hold exactly given articles, embedding only what is new."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from rag.datamodels import Document
from rag.embedder import Embedder
from rag.errors import BusyIndexError
from rag.store import Change, NewDocument, Recipe
from rag.stores.local_store import LocalStore


@dataclass(frozen=True, slots=True)
class Synchroniser:
    """Writes the difference between what an index holds and what it should.

    Attributes:
        store: Where the index is kept.
        embedder: Texts → vectors.
        recipe: How its vectors and words are made.
        indexed: What was embedded, kept for a second try.
    """

    store: LocalStore
    embedder: Embedder
    recipe: Recipe
    indexed: dict[str, NewDocument] = field(default_factory=dict)

    def run(self, documents: Sequence[Document], sources: tuple[str, ...], progress: bool) -> bool:
        """Make the index hold these articles, once more if another program was faster.

        Args:
            documents: All that it is to hold.
            sources: Files and folders they come from.
            progress: Show a progress bar on standard error.

        Returns:
            Whether there was anything to write.
        """
        try:
            return self._write_difference(documents, sources, progress)
        except BusyIndexError:  # by now it may hold what is wanted: two first questions at once
            return self._write_difference(documents, sources, progress)

    def _write_difference(
        self, documents: Sequence[Document], sources: tuple[str, ...], progress: bool
    ) -> bool:
        """Add what is new and remove what is gone; all anew where nothing can be kept."""
        found = self.store.inventory()
        keep = found.state is not None and same_recipe(found.state.recipe, self.recipe)
        kept = found.paths if keep else {}
        wanted = {document.id: document for document in documents}
        gone = [document_id for document_id in kept if document_id not in wanted]
        moved = {i: d.path for i, d in wanted.items() if i in kept and kept[i] != d.path}
        new = [document for document in documents if document.id not in kept]
        known = found.state.sources if found.state else ()
        if keep and sources == known and not (new or gone or moved):
            return False
        from rag.indexer import index_documents  # langchain takes a second to import

        self.store.prepare()
        missing = [document for document in new if document.id not in self.indexed]
        for each in index_documents(missing, self.embedder, self.recipe.max_tokens, progress):
            self.indexed[each.document.id] = each
        added = [self.indexed[document.id] for document in new]
        if found.unreadable:
            self.store.set_aside()
        self.store.write(
            Change(self.recipe, sources, added, removed=gone, paths=moved, reset=not keep),
            found.generation,
        )
        return True


def same_recipe(one: Recipe, other: Recipe) -> bool:
    """Tell whether vectors and words made by two recipes are the same; names do not matter."""
    return replace(one, model="") == replace(other, model="")
