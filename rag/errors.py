"""Everything raised on purpose. Each message ends with what to type or do.

RagError
├── QuestionError            the question is empty or too long
├── SourceError              an article cannot be read
│   ├── NoArticlesError      there is nothing to index
│   ├── EmptyArticleError    a file without words
│   ├── UnsupportedFormatError
│   ├── BinaryFileError
│   └── EncodingError
├── ModelError               the embedding model is absent or unusable
├── LibraryIndexError    the index on disk cannot be used as it is
│   ├── MissingIndexError    nothing was built there
│   ├── DamagedIndexError    a file is missing, truncated or altered
│   ├── ForeignIndexError    the file there was not made by this program
│   ├── OutdatedIndexError   made by another version of this program
│   ├── ModelMismatchError   made with another embedding model
│   ├── BusyIndexError       another process is writing to it
│   └── IndexWriteError      full disk, read-only folder; the old index is intact
├── UnknownDocumentError     no document has that id
├── VerbatimError            a span is not the source's words (never shown)
└── ServerError              the page cannot be served (port in use)
"""


class RagError(Exception):
    """Base of every error this package raises on purpose."""


class QuestionError(RagError):
    """The question is empty or too long."""


class SourceError(RagError):
    """An article cannot be read."""


class NoArticlesError(SourceError):
    """There is nothing to index."""


class EmptyArticleError(SourceError):
    """A file holds no words."""


class UnsupportedFormatError(SourceError):
    """The loader does not know this kind of file."""


class BinaryFileError(SourceError):
    """A file with the name of a text holds something else."""


class EncodingError(SourceError):
    """The bytes are text in no encoding the loader tries."""


class ModelError(RagError):
    """The embedding model is absent or unusable."""


class LibraryIndexError(RagError):
    """The index on disk cannot be used as it is."""


class MissingIndexError(LibraryIndexError):
    """Nothing was built in this folder."""


class DamagedIndexError(LibraryIndexError):
    """A file of the index is missing, truncated or altered."""


class ForeignIndexError(LibraryIndexError):
    """The file there was not made by this program."""


class OutdatedIndexError(LibraryIndexError):
    """The index was made by another version of this program."""


class ModelMismatchError(LibraryIndexError):
    """The index was made with another embedding model."""


class BusyIndexError(LibraryIndexError):
    """Another process is writing to the index."""


class IndexWriteError(LibraryIndexError):
    """The index could not be written; what was there before is intact."""


class UnknownDocumentError(RagError):
    """No document has that id."""


class VerbatimError(RagError):
    """A span does not hold the source's own words; it is refused, never shown."""


class ServerError(RagError):
    """The page cannot be served."""
