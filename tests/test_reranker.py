"""Passages in the order that the reader prefers."""

import pytest

from rag.datamodels import Hit, Passage, Sentence
from rag.evidence import READ_FIRST, Evidence
from rag.library import Library
from rag.reranker import SHARE, rerank


def hit(number: int, score: float) -> Hit:
    return Hit(Passage(number, "d" * 16, number * 10, number * 10 + 4, "Oui."), score, score, score)


def read(found: Hit, log_odds: float | None) -> Evidence:
    passage = found.passage
    sentence = Sentence(
        1, passage.id, passage.document_id, passage.start, passage.end, passage.text, False
    )
    return Evidence(sentence, found, 0.5, 0.5, 0.5, "", 0.0, 0.0, 0.0, reading=log_odds)


def test_a_near_tie_goes_to_the_passage_that_answers() -> None:
    first, second, third = hit(1, 0.60), hit(2, 0.56), hit(3, 0.30)
    hits = rerank([first, second, third], [read(first, -4.0), read(second, 4.0)])
    assert [each.passage.id for each in hits] == [2, 1, 3]
    assert hits[0].score == pytest.approx(0.56 + SHARE * 0.982, abs=1e-3)
    assert hits[0].reading == pytest.approx(0.982, abs=1e-3)
    assert hits[2] == third


def test_a_clear_lead_stays() -> None:
    first, second = hit(1, 0.9), hit(2, 0.5)
    hits = rerank([first, second], [read(first, -9.0), read(second, 9.0)])
    assert [each.passage.id for each in hits] == [1, 2]


def test_the_best_sentence_speaks_for_its_passage() -> None:
    first = hit(1, 0.5)
    [found] = rerank([first], [read(first, -2.0), read(first, 3.0), read(first, 1.0)])
    assert found.reading == pytest.approx(0.953, abs=1e-3)


def test_what_was_not_read_stays_as_it_was() -> None:
    hits = [hit(1, 0.5), hit(2, 0.4)]
    assert rerank(hits, [read(hits[0], None)]) == hits
    assert rerank([], []) == []


@pytest.mark.slow
def test_a_library_lists_the_same_hits_with_an_answer_as_without(tmp_path: object) -> None:
    library = Library.build(["seeds/"], f"{tmp_path}/index")
    question = "Who ratified the treaty?"
    hits = library.retrieve(question, 6)
    assert library.ask(question, 6).hits == hits
    assert all(each.reading is not None for each in hits[:READ_FIRST])
    assert [each.score for each in hits] == sorted((e.score for e in hits), reverse=True)
