"""Request: what the page's script sent, read with care; nothing of it is trusted."""

from __future__ import annotations

import binascii
from base64 import b64decode

from rag.catalogue import Language, choose_language, say
from rag.errors import QuestionError
from rag.filters import Filter


class Request:
    """A JSON object of the browser: what is not of the type asked for counts as absent.

    Args:
        values: As it came.
    """

    def __init__(self, values: object) -> None:
        self._values = values if isinstance(values, dict) else {}
        self.language: Language = choose_language(self.text("language"))

    def text(self, name: str) -> str:
        """Return a text, empty where there is none."""
        value = self._values.get(name)
        return value if isinstance(value, str) else ""

    def texts(self, name: str) -> list[str]:
        """Return a list of texts; what is no text is left out."""
        value = self._values.get(name)
        return [each for each in value if isinstance(each, str)] if isinstance(value, list) else []

    def number(self, name: str) -> int | None:
        """Return a whole number that is not negative, or None."""
        value = self._values.get(name)
        return value if type(value) is int and value >= 0 else None

    def flag(self, name: str) -> bool:
        """Return whether a value is true, and nothing else."""
        return self._values.get(name) is True

    def raw(self, name: str) -> object:
        """Return a value as it came."""
        return self._values.get(name)

    def data(self, name: str) -> bytes:
        """Return bytes that came in base 64, or none where they are not."""
        try:
            return b64decode(self.text(name), validate=True)
        except (binascii.Error, ValueError):
            return b""

    def filter(self) -> Filter:
        """Return which articles are asked.

        Raises:
            QuestionError: If a date is not one, or the first is after the last.
        """
        values = self._values.get("within")
        try:
            return Filter.from_dict(values) if isinstance(values, dict) else Filter()
        except ValueError as error:
            raise QuestionError(say("bad_dates", self.language)) from error
