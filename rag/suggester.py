"""Next questions, made of an article's own titles and names, each known to be answered.

Nothing is invented: a question is a template of the catalogue around words of the
article, and is offered only once it has been asked and answered.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from itertools import chain, zip_longest

from rag.blocks import find_blocks
from rag.catalogue import Language, say
from rag.datamodels import Document
from rag.words import STOP_WORDS

_LONGEST = 80  # characters of a title or a name in a question
_FEWEST_WORDS = 2  # of a title: one word says too little

# Capitalised words in a row; small words that stand inside names may link them.
_CAPITAL = r"[^\W\d_a-zß-öø-ÿœ][\w'’-]*"
_NAME = re.compile(
    rf"\b{_CAPITAL}(?:[ \u00a0](?:(?:de|du|des|la|of|von|van)[ \u00a0])?{_CAPITAL})+"
)
_MARKS = re.compile(r"^[#>*\-\s]+|[#*\s:]+$")  # of a Markdown heading, and a closing colon


def suggest(
    documents: Sequence[Document],
    language: Language,
    answers: Callable[[str], bool],
    *,
    count: int = 3,
    avoid: Collection[str] = (),
    tries: int = 12,
) -> list[str]:
    """Return questions on articles that they answer.

    Args:
        documents: The articles, those to ask of first first.
        language: Of the questions; their words of the articles are as they stand.
        answers: Asks a question and tells whether it is answered.
        count: How many at most.
        avoid: Questions not to offer, asked before.
        tries: How many questions are asked at most: each takes as long as an answer.
    """
    known = {_key(question) for question in avoid}
    found: list[str] = []
    for question in _take_candidates(documents, language):
        if len(found) == count or tries == 0:
            break
        if _key(question) in known:
            continue
        known.add(_key(question))
        tries -= 1
        if answers(question):
            found.append(question)
    return found


def _key(question: str) -> str:
    return " ".join(question.split()).casefold()


def _take_candidates(documents: Sequence[Document], language: Language) -> Iterator[str]:
    """Yield questions, of every article in turn, its titles and its names in turn."""
    each = [_of_document(document, language) for document in documents]
    return (question for turn in zip_longest(*each) for question in turn if question)


def _of_document(document: Document, language: Language) -> Iterator[str]:
    sections = [say("suggest_section", language, words=each) for each in find_titles(document)]
    names = [say("suggest_entity", language, words=each) for each in find_names(document)]
    return (each for each in chain(*zip_longest(sections, names)) if each)


def find_titles(document: Document) -> list[str]:
    """Return an article's section titles, in order; each is a slice of its text."""
    text = document.text
    titles: dict[str, None] = {}
    for block in find_blocks(text, document.body_start, document.body_end):
        if not block.is_title:
            continue
        title = _MARKS.sub("", text[block.start : block.end])
        if _is_short_line(title) and not title.endswith("?") and title != document.title:
            titles[title] = None
    return list(titles)


def _is_short_line(title: str) -> bool:
    return (
        len(title) <= _LONGEST
        and len(title.split()) >= _FEWEST_WORDS
        and not re.search(r"[\r\n«»“”\"]", title)  # the question puts it between marks
    )


def find_names(document: Document) -> list[str]:
    """Return names of several words, most frequent first; each is a slice of the text."""
    names: Counter[str] = Counter()
    text = document.text
    for block in find_blocks(text, document.body_start, document.body_end):
        if block.is_title:
            continue
        for found in _NAME.finditer(text, block.start, block.end):
            name = _without_opening(found[0])
            if name and len(name) <= _LONGEST:
                names[name] += 1
    for name in list(names):  # "Selon Jean Roux" and "Jean Roux"
        _, _, rest = name.partition(" ")
        if rest in names:
            names[rest] += names.pop(name)
    return [name for name, _ in names.most_common()]


def _without_opening(name: str) -> str:
    """Leave out small words, capital because a sentence begins; then, one word is no name."""
    small = frozenset[str]().union(*STOP_WORDS.values())
    words = name.split()
    while words and words[0].lower() in small:
        name = name[len(words.pop(0)) :].lstrip()
    return name if len(words) > 1 else ""
