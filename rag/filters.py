"""Filter: which articles a question is asked of."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import date as calendar_day
from typing import Any, Protocol

from rag.errors import QuestionError

_DATE = re.compile(r"[0-9]{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?")


class Facts(Protocol):
    """What a filter reads of an article; a ``Document`` has it all."""

    @property
    def id(self) -> str:
        """Return the article's id."""

    @property
    def source(self) -> str:
        """Return its source; empty when unknown."""

    @property
    def published(self) -> str:
        """Return its date; empty when unknown."""

    @property
    def language(self) -> str:
        """Return its language tag."""


@dataclass(frozen=True, slots=True)
class Filter:
    """The articles that may answer; what is left empty lets every article through.

    A date is a period: ``2024`` is all of that year. An article is admitted if its
    own period and the period asked for have a day in common, so one dated ``2024``
    is not lost to a reader who asks for March. One without a date is never admitted
    where a date is asked for.

    Attributes:
        documents: Ids of articles.
        published_from: First day, month or year; ``YYYY``, ``YYYY-MM`` or ``YYYY-MM-DD``.
        published_to: Last day, month or year, included.
        sources: Sources, as the articles name them.
        languages: Language tags.

    Raises:
        ValueError: If a date is not one, or the first is after the last.
    """

    documents: tuple[str, ...] = ()
    published_from: str = ""
    published_to: str = ""
    sources: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for name in ("documents", "sources", "languages"):
            values = getattr(self, name)
            if isinstance(values, str) or not all(isinstance(each, str) for each in values):
                raise ValueError(f"{name} is {values!r}; it must be a list of texts")
            object.__setattr__(self, name, tuple(values))
        for name in ("published_from", "published_to"):
            date = getattr(self, name)
            if date != "" and not is_date(date):
                raise ValueError(f"{name} is {date!r}, no date; write YYYY, YYYY-MM or YYYY-MM-DD")
        if self.published_to and _first_day(self.published_from) > _last_day(self.published_to):
            raise ValueError(
                f"published_from ({self.published_from}) is after published_to"
                f" ({self.published_to}); exchange them"
            )

    @property
    def is_active(self) -> bool:
        """Tell whether anything is asked of the articles."""
        return self != Filter()

    def admits(self, document: Facts) -> bool:
        """Tell whether an article may answer."""
        return (
            (not self.documents or document.id in self.documents)
            and (not self.sources or document.source in self.sources)
            and (not self.languages or document.language in self.languages)
            and self._admits_date(document.published)
        )

    def _admits_date(self, published: str) -> bool:
        if not (self.published_from or self.published_to):
            return True
        if not is_date(published):
            return False
        to = _last_day(self.published_to) if self.published_to else "9999-12-31"
        return _first_day(published) <= to and _last_day(published) >= _first_day(
            self.published_from
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the filter as JSON-ready values, by the names of the attributes."""
        return {key: list(v) if isinstance(v, tuple) else v for key, v in asdict(self).items()}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Filter:
        """Return the filter that ``to_dict`` wrote; what is absent lets everything through.

        Raises:
            ValueError: If a name is unknown, or a value is not one of a filter's.
        """
        known = {each.name for each in fields(cls)}
        if unknown := sorted(str(each) for each in set(values) - known):
            raise ValueError(
                f"a filter has no {', '.join(unknown)}; use {', '.join(sorted(known))}"
            )
        try:
            return cls(**values)
        except TypeError as error:
            raise ValueError(f"{dict(values)!r} is no filter ({error}); give texts") from error


def read_filter(within: object) -> Filter:
    """Return which articles are asked of, from what a caller gave.

    Args:
        within: A filter, a mapping with the names of one, or None for every article.

    Raises:
        QuestionError: If it is something else, or no filter can be made of it.
    """
    if within is None:
        return Filter()
    if isinstance(within, Filter):
        return within
    names = ", ".join(sorted(each.name for each in fields(Filter)))
    if not isinstance(within, Mapping):
        kind = type(within).__name__
        raise QuestionError(f"within is {kind}; give a Filter, or an object with {names}")
    try:
        return Filter.from_dict(within)
    except ValueError as error:
        raise QuestionError(f"within: {error}") from error


def is_date(text: object) -> bool:
    """Tell whether a text is ``YYYY``, ``YYYY-MM`` or ``YYYY-MM-DD``, and of the calendar."""
    if not isinstance(text, str) or _DATE.fullmatch(text) is None:
        return False
    try:
        calendar_day.fromisoformat(_first_day(text))
    except ValueError:  # 30 February, or the year 0
        return False
    return True


# Days are compared as texts: every month may have 31, since none is ever looked up.
def _first_day(date: str) -> str:
    return date + "-01" * (2 - date.count("-")) if date else ""


def _last_day(date: str) -> str:
    return date + ("-12-31", "-31", "")[date.count("-")]
