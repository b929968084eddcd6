"""A question that asks several things → a question for each of them.

"When was it signed, and what does it commit each country to?" is two questions, whose answers
stand in two sentences that neither resembles the whole. Each part is searched and read by itself,
with the names of the whole added, for a part often leaves unsaid what it is about.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.question_analysis.names import names

MOST_PARTS = 4
_FEWEST_WORDS = 3  # of a part that can be asked by itself

_ASKING = (
    r"(?:(?:à|a|de|en|dans|par|pour|avec|sur|in|at|for|by|to|from|with|on|of)\s+|d['’])?"
    r"(?:qu(?:i|e|oi|and|els?|elles?)|(?:les?|la|aux?|des|du)?quel(?:le)?s?|pourquoi|comment|combien"
    r"|où|who|whom|whose|what|when|where|why|how|which)\b|qu['’]"
)
_BOUNDARY = re.compile(
    r"(?:\s*[,;]\s*|\s+)(?:and|et|puis|then|but|mais)\s+(?:(?:then|also|puis|ensuite|aussi)\s+)?"
    rf"(?={_ASKING})|(?<=\?)\s+(?={_ASKING})",
    re.IGNORECASE,
)


def split_question(question: str) -> Sequence[str]:
    """Return what a question asks, thing by thing, each as a question.

    Args:
        question: In French or English.

    Returns:
        At least two questions, each with the names and numbers of the whole that it lacks in
        brackets; nothing for a question that asks one thing.
    """
    pieces = [piece.strip() for piece in _BOUNDARY.split(question) if piece.strip()]
    if not 2 <= len(pieces) <= MOST_PARTS:
        return ()
    if any(len(piece.split()) < _FEWEST_WORDS for piece in pieces):
        return ()  # "who and why": nothing to search for in a part
    named = [typed for typed, _ in names(question)]
    return tuple(_complete(piece, named) for piece in pieces)


def _complete(piece: str, named: Sequence[str]) -> str:
    said = piece.casefold()
    missing = [name for name in named if name.casefold() not in said]
    return f"{piece.rstrip(' ?')} ? ({' '.join(missing)})" if missing else piece
