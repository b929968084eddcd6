"""Questions made of sentences: a date, number or name is what is asked for, the rest what is known.

There are few questions to learn from and many sentences (Dhingra et al. 2018, "Simple and
effective semi-supervised question answering"). Where the thing asked for is put out of the passage
too, with a vague word in its place, nothing answers any more, though all the rest matches.
"""

from __future__ import annotations

import re

import numpy as np

from rag.question_analysis.mention_patterns import DATE, NAME, NUMBER
from rag.question_analysis.mentions import holds
from training.code_switching import reword, switch
from training.reading_cases import Cases, Page
from training.reading_tasks import Example, ReadingTask

VAGUE = 0.3
"""Share of the questions whose passage says something vague in place of the answer."""

_SHORTEST, _LONGEST = 8, 60  # words of a sentence asked about
_MOST_WORDS = 14  # kept of them

_ASKING = {
    "fr": {
        "date": ("Quand", "En quelle année", "À quelle date", "À quelle époque"),
        "number": ("Combien", "Quel nombre de", "À combien s'élève", "Quel est le chiffre de"),
        "person": ("Qui", "Quelle personne", "Comment s'appelle", "Quel est le nom de"),
        "place": ("Où", "Dans quelle ville", "Dans quel pays", "À quel endroit"),
        "": ("Quel", "Quelle", "Lequel", "Comment se nomme"),
    },
    "en": {
        "date": ("When", "In what year", "On what date", "At what time"),
        "number": ("How many", "How much", "What number of", "What is the figure for"),
        "person": ("Who", "Which person", "What is the name of", "Whom"),
        "place": ("Where", "In which city", "In what country", "At what place"),
        "": ("Which", "What", "What is the name of", "Which one"),
    },
}
_VAGUELY = {
    "fr": {
        "date": ("à cette époque", "plus tard", "un jour", "alors"),
        "number": ("de nombreux", "plusieurs", "beaucoup de", "quelques"),
        "person": ("on", "quelqu'un", "celui-ci", "un homme"),
        "place": ("là", "cet endroit", "la région", "ailleurs"),
        "": ("cela", "celui-ci", "l'un d'eux", "un autre"),
    },
    "en": {
        "date": ("at that time", "later", "one day", "then"),
        "number": ("many", "several", "a lot of", "some"),
        "person": ("someone", "they", "he", "a man"),
        "place": ("there", "that place", "the region", "elsewhere"),
        "": ("it", "this", "one of them", "another"),
    },
}


def cloze_task(cases: Cases, language: str, size: int, seed: int) -> ReadingTask:
    """Build questions of the sentences of passages.

    Args:
        cases: Whose passages are asked about.
        language: Of the passages: ``fr`` or ``en``.
        size: Questions in a batch.
        seed: Seeds order and draws.
    """
    pages = [page for page in cases.pages if any(_askable(page, i) for i in _numbers(page))]
    others: dict[str, list[Page]] = {}
    for page in pages:
        others.setdefault(page.document_id, []).append(page)

    def draw(index: int, rng: np.random.Generator) -> list[Example]:
        page = pages[index]
        number = int(rng.choice([i for i in _numbers(page) if _askable(page, i)]))
        first, end = page.sentences[number]
        kind, start, stop = _thing(page.text[first:end], language, rng)
        asked = _question(page.text[first:end], start, stop, kind, language, rng)
        same = others[page.document_id]
        wrong = same[int(rng.integers(len(same)))]
        beside = [] if wrong is page else [Example(asked, wrong, _none(wrong), (0, 0))]
        if rng.random() < VAGUE:
            vague = _VAGUELY[language][kind][int(rng.integers(4))]
            spoilt = _replaced(page, first + start, first + stop, vague)
            return [Example(asked, spoilt, _none(spoilt), (0, 0)), *beside]
        labels = tuple(int(i == number) for i in _numbers(page))
        return [Example(asked, page, labels, (first + start, first + stop)), *beside]

    return ReadingTask(len(pages), draw, size, seed)


def _numbers(page: Page) -> range:
    return range(len(page.sentences))


def _none(page: Page) -> tuple[int, ...]:
    return (0,) * len(page.sentences)


def _askable(page: Page, number: int) -> bool:
    sentence = page.text[slice(*page.sentences[number])]
    long_enough = _SHORTEST <= len(sentence.split()) <= _LONGEST
    return long_enough and any(True for _ in _things(sentence))


def _things(sentence: str) -> list[tuple[str, re.Match[str]]]:
    dates = list(DATE.finditer(sentence))
    taken = [found.span() for found in dates]
    numbers = [
        found
        for found in NUMBER.finditer(sentence)
        if not any(a <= found.start() < b for a, b in taken)
    ]
    names = [found for found in NAME.finditer(sentence) if found.start() > 0]
    labelled = [("date", dates), ("number", numbers), ("name", names)]
    return [(kind, found) for kind, all_ in labelled for found in all_]


def _thing(sentence: str, language: str, rng: np.random.Generator) -> tuple[str, int, int]:
    """Draw what is asked for: its type and its place in the sentence."""
    things = _things(sentence)
    kinds = sorted({kind for kind, _ in things})
    drawn = kinds[int(rng.integers(len(kinds)))]
    of_kind = [found for kind, found in things if kind == drawn]
    found = of_kind[int(rng.integers(len(of_kind)))]
    kind = drawn
    if kind == "name":
        before = sentence[max(0, found.start() - 12) : found.end()]
        kind = next((k for k in ("place", "person") if holds(k, before, "", language) == 1), "")
    return kind, *found.span()


def _question(
    sentence: str, start: int, stop: int, kind: str, language: str, rng: np.random.Generator
) -> str:
    words = [word.strip('.,;:()«»"“”') for word in (sentence[:start] + sentence[stop:]).split()]
    share = rng.uniform(0.4, 0.9)
    kept = [word for word in words if word and rng.random() < share] or words
    if len(kept) > _MOST_WORDS:
        first = int(rng.integers(len(kept) - _MOST_WORDS + 1))
        kept = kept[first : first + _MOST_WORDS]
    asked = f"{_ASKING[language][kind][int(rng.integers(4))]} {' '.join(kept)} ?"
    change = (switch, reword)[int(rng.integers(2))]
    return change(asked, language, float(rng.uniform(0.3, 1.0)), rng)


def _replaced(page: Page, start: int, stop: int, words: str) -> Page:
    """Return a passage with other words in one place, its sentences moved along."""
    longer = len(words) - (stop - start)
    spans = tuple((a + longer * (a >= stop), b + longer * (b >= stop)) for a, b in page.sentences)
    text = page.text[:start] + words + page.text[stop:]
    return Page(page.document_id, page.start, page.title, text, spans)
