"""Hits → the verbatim sentences that answer, or an honest none.

``rag.evidence`` gives every sentence of the best passages the probability that it
answers; those nearly as probable as the best are quoted, unless it is too little
probable that they answer at all. Two more logistic models tell: one whether the
articles are on the subject, the other whether they answer if they are. One model
cannot do both: what tells the first, likeness, misleads on the second.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence

from rag.datamodels import Answer, Document
from rag.evidence import Evidence, Search, coefficients, logistic, weigh
from rag.question_analysis.matches import unknown_words
from rag.quotation import make_quote, name_speaker
from rag.reader import Reader
from rag.reranker import rerank
from rag.store import Snapshot

MAX_QUOTES = 4
MAX_SENTENCES = 8  # of which neighbours make one quote

# A sentence is quoted when its odds are at least this share of the best one's: a smaller one
# where the question asks for several things ("each country", « quelles mesures »).
_SHARE_OF_BEST, _SHARE_OF_SEVERAL = 0.25, 0.15
# Where it asks for several, the first quote has at least this share of the best one's odds: with 0,
# the order of the text alone, it is right for .04 to .08 fewer of the questions in other words.
_SHARE_OF_LEAD = 0.7
_GAP = 4  # characters between a sentence and the one after it, in another paragraph too
_LEAST = -12.0  # log-odds of a sentence that says nothing of the matter
_SEVERAL = re.compile(
    r"\b(each|every|all|both|list|which\s(?:\w+\s)?(?!(?:is|was|has|does|this)\b)\w{2,}[^s\W]s"
    r"|what(?:\s\w+)?\s\w+s\sare|and\s(?:wh|how)\w*"
    r"|chaque|chacun\w*|tous|toutes|les\sdeux|quels|quelles|lesquel\w+|et\s(?:qu|pourquoi|comment)\w*)\b",
    re.IGNORECASE,
)


def answer(
    snapshot: Snapshot,
    search: Search,
    min_confidence: float,
    k: int,
    reader: Reader | None = None,
) -> Answer:
    """Quote the sentences of the hits that answer a question.

    Args:
        snapshot: The state of the index the hits come from.
        search: The question.
        min_confidence: Below it, nothing is quoted.
        k: How many hits the answer lists.
        reader: Judges the sentences; without one, readable features alone do.

    Returns:
        The answer, with the ``k`` best of the hits given for the question. The most probable
        quote comes first; where several things are asked, the first in the text of those that
        are nearly as probable, and the others in the order of their articles.

    Raises:
        VerbatimError: If a quote is not its source's words: it is refused, not shown.
    """
    question = search.question
    evidence = weigh(snapshot, search, reader)
    chosen = choose(evidence, asks_several(question))
    confidence = estimate_confidence(chosen, evidence, read=reader is not None)
    quotes = []
    if chosen and confidence >= min_confidence:
        documents = {
            document_id: snapshot.document(document_id)
            for document_id in dict.fromkeys(e.sentence.document_id for e in chosen)
        }
        groups = _merge(snapshot, chosen, documents)
        best = sorted(groups, key=lambda group: -_strength(group))[:MAX_QUOTES]
        if asks_several(question):
            best = put_lead_first([group for group in groups if group in best])
        quotes = [
            make_quote(snapshot, documents[group[0].sentence.document_id], question, group)
            for group in best
        ]
    return Answer(
        question,
        answered=bool(quotes),
        confidence=confidence,
        quotes=quotes,
        hits=rerank(search.hits, evidence)[:k],
        searched_as=question,
        unknown_words=_unknown_words(snapshot, question),
    )


def _unknown_words(snapshot: Snapshot, question: str) -> tuple[str, ...]:
    [of_absent] = snapshot.rarity([{}])
    return unknown_words(question, lambda word: snapshot.rarity([word])[0] < of_absent)


def asks_several(question: str) -> bool:
    """Tell whether a question asks for several things, by its words."""
    return bool(_SEVERAL.search(question))


def choose(evidence: Sequence[Evidence], several: bool) -> list[Evidence]:
    """Keep the sentences nearly as probable as the best, at most ``MAX_SENTENCES``.

    Args:
        evidence: Most probable first.
        several: Whether the question asks for several things.

    Returns:
        In order of the best sentence of each document, then of the text.
    """
    if not evidence:
        return []
    share = _SHARE_OF_SEVERAL if several else _SHARE_OF_BEST
    least = share * _odds(evidence[0])
    chosen = [e for e in evidence[:MAX_SENTENCES] if _odds(e) >= least]
    return _in_order(_with_what_they_announce(chosen, evidence))


def _with_what_they_announce(
    chosen: Sequence[Evidence], evidence: Sequence[Evidence]
) -> list[Evidence]:
    """Add what a sentence announces by a colon; leave it out where that was not read."""
    kept: list[Evidence] = []
    for e in chosen:
        if e.sentence.text.endswith(":"):
            end = e.sentence.end
            same = (o for o in evidence if o.sentence.document_id == e.sentence.document_id)
            after = next((o for o in same if end <= o.sentence.start <= end + _GAP), None)
            if after is None:
                continue
            if after not in chosen:
                kept.append(after)
        kept.append(e)
    return kept or list(chosen)


def _in_order(chosen: Sequence[Evidence]) -> list[Evidence]:
    """Put sentences in order of the best one of each document, then of the text."""
    place = {e.sentence.document_id: i for i, e in reversed(list(enumerate(chosen)))}
    return sorted(chosen, key=lambda e: (place[e.sentence.document_id], e.sentence.start))


def put_lead_first(groups: Sequence[list[Evidence]]) -> list[list[Evidence]]:
    """Put the first of the most probable groups before the others, which keep their order.

    Args:
        groups: The sentences of each quote, in the order of the text; at least one.
    """
    least = _SHARE_OF_LEAD * max(map(_strength, groups))
    lead = next(group for group in groups if _strength(group) >= least)
    return [lead, *(group for group in groups if group is not lead)]


def _strength(group: Sequence[Evidence]) -> float:
    """Return the odds of the most probable sentence of a group."""
    return max(map(_odds, group))


def _odds(evidence: Evidence) -> float:
    return evidence.probability / (1 - evidence.probability)


def confidence_features(
    chosen: Sequence[Evidence], evidence: Sequence[Evidence]
) -> dict[str, float]:
    """Return the numbers that the models of confidence weigh, of at least one sentence.

    Args:
        chosen: The sentences that would be quoted.
        evidence: All that were weighed, most probable first.
    """
    best = evidence[0]
    second = _log_odds(evidence[1]) if len(evidence) > 1 else _LEAST
    return {
        **_reading_features(chosen, evidence),
        "probability": _log_odds(best),
        "lead": _log_odds(best) - second,
        "cosine": max(e.cosine for e in chosen),
        "coverage": max(e.coverage for e in chosen),
        "passage_cosine": max(e.hit.dense for e in chosen),
        "passage_coverage": max(e.passage_coverage for e in chosen),
        "holds_it": max(e.holds_it for e in chosen),
        "missing": min(e.missing for e in chosen),
        "unknown": best.unknown,
    }


def _reading_features(chosen: Sequence[Evidence], evidence: Sequence[Evidence]) -> dict[str, float]:
    """Return the best judgement of a sentence chosen, and of all read, that any answers.

    The reader was trained with "none of them" as one more sentence, whose score is 0.
    """
    if evidence[0].reading is None:
        return {}
    every = math.log(sum(math.exp(e.reading or 0.0) for e in evidence))
    return {"reading": max(e.reading or 0.0 for e in chosen), "all_readings": every}


def _log_odds(evidence: Evidence) -> float:
    return max(_LEAST, math.log(_odds(evidence)))


def estimate_confidence(
    chosen: Sequence[Evidence], evidence: Sequence[Evidence], *, read: bool
) -> float:
    """Return the probability that the sentences chosen answer, 0 to 1.

    It is that of the articles being on the subject, times that of an answer if they are.

    Args:
        chosen: The sentences that would be quoted.
        evidence: All that were weighed, most probable first.
        read: Whether a reader judged them.
    """
    if not chosen:
        return 0.0
    models, features = coefficients(read), confidence_features(chosen, evidence)
    return logistic(models["subject"], features) * logistic(models["answer"], features)


def _merge(
    snapshot: Snapshot, chosen: Sequence[Evidence], documents: Mapping[str, Document]
) -> list[list[Evidence]]:
    """Group sentences of one speaker that follow one another in a paragraph, across passages too.

    Joined to the article's own words, a claim would lose who makes it.
    """
    groups: list[list[Evidence]] = []
    for item in chosen:
        last = groups[-1][-1].sentence if groups else None
        if last and last.document_id == item.sentence.document_id:
            document = documents[last.document_id]
            gap = document.text[last.end : item.sentence.start]
            together = not gap.strip() and gap.count("\n") <= 1
            if together and name_speaker(snapshot, document, groups[-1][-1]) == name_speaker(
                snapshot, document, item
            ):
                groups[-1].append(item)
                continue
        groups.append([item])
    return groups
