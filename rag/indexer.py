"""Documents → everything that is stored of them: passages, stems, vectors."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain

from rag.datamodels import Document
from rag.embedder import Embedder
from rag.splitter import split
from rag.store import NewDocument
from rag.words import analyse

SPECIAL_TOKENS = 2  # [CLS] and [SEP], or their like


def index_documents(
    documents: Sequence[Document], embedder: Embedder, passage_tokens: int, progress: bool
) -> list[NewDocument]:
    """Split, analyse and embed documents.

    Args:
        documents: The articles.
        embedder: Texts → vectors.
        passage_tokens: Longest passage, in tokens of the embedder, special tokens counted.
        progress: Show a progress bar on standard error.
    """
    if not documents:
        return []
    limit = min(passage_tokens - SPECIAL_TOKENS, embedder.max_tokens())
    slices = [split(document, embedder.count_tokens, limit) for document in documents]
    passages = [
        [document.text[piece.start : piece.end] for piece in pieces]
        for document, pieces in zip(documents, slices, strict=True)
    ]
    sentences = [
        [document.text[span.start : span.end] for piece in pieces for span in piece.sentences]
        for document, pieces in zip(documents, slices, strict=True)
    ]
    texts = list(chain.from_iterable(chain.from_iterable(zip(passages, sentences, strict=True))))
    from tqdm import tqdm

    with tqdm(total=len(texts), desc="Indexing", unit=" texts", disable=not progress) as bar:
        vectors = embedder.encode_documents(texts, bar.update)
    indexed = []
    position = 0
    for document, pieces, own, inner in zip(documents, slices, passages, sentences, strict=True):
        middle, end = position + len(own), position + len(own) + len(inner)
        stems = [analyse(text, document.language) for text in own]
        indexed.append(
            NewDocument(document, pieces, stems, vectors[position:middle], vectors[middle:end])
        )
        position = end
    return indexed
