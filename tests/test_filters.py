"""The filter: what it admits, and what it refuses to be."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.datamodels import Document
from rag.errors import QuestionError
from rag.filters import Filter, is_date, read_filter


def article(
    published: str = "", source: str = "", language: str = "fr", name: str = "a"
) -> Document:
    return Document(name, "T", "Un.", source, published, language, "0" * 64, "a.txt", 0, 3)


days = st.dates(date(1990, 1, 1), date(2030, 12, 31))
partial = st.tuples(days, st.sampled_from(["%Y", "%Y-%m", "%Y-%m-%d"])).map(
    lambda pair: pair[0].strftime(pair[1])
)


def days_of(text: str) -> tuple[date, date]:
    """First and last day of a date, by the calendar."""
    year, month, day = (*map(int, text.split("-")), 0, 0)[:3]
    if not month:
        return date(year, 1, 1), date(year, 12, 31)
    if not day:
        after = date(year + month // 12, month % 12 + 1, 1)
        return date(year, month, 1), after - timedelta(days=1)
    return date(year, month, day), date(year, month, day)


@given(partial, partial, partial)
def test_dates_are_periods_of_the_calendar(published: str, one: str, other: str) -> None:
    first, last = sorted([one, other], key=days_of)
    if days_of(first)[0] > days_of(last)[1]:
        return
    begin, end = days_of(published)
    met = begin <= days_of(last)[1] and end >= days_of(first)[0]
    assert Filter(published_from=first, published_to=last).admits(article(published)) == met
    assert Filter(published_from=first).admits(article(published)) == (end >= days_of(first)[0])
    assert Filter(published_to=last).admits(article(published)) == (begin <= days_of(last)[1])


@pytest.mark.parametrize(
    ("within", "admitted"),
    [
        (Filter(), True),
        (Filter(documents=("a", "b")), True),
        (Filter(documents=("b",)), False),
        (Filter(sources=("Le Monde",)), True),
        (Filter(sources=("le monde", "Monde")), False),
        (Filter(languages=("en", "fr")), True),
        (Filter(languages=("en",)), False),
        (Filter(documents=("a",), sources=("Le Monde",), languages=("en",)), False),
        (Filter(published_from="2024-03", published_to="2024-03"), True),
        (Filter(published_from="2025"), False),
        (Filter(published_to="2023-12-31"), False),
    ],
)
def test_an_article_is_admitted_by_all_that_is_asked(within: Filter, admitted: bool) -> None:
    assert within.admits(article("2024", "Le Monde", "fr")) is admitted


def test_an_article_without_a_date_is_admitted_only_where_none_is_asked() -> None:
    assert Filter(sources=("",)).admits(article())
    assert not Filter(published_from="1900").admits(article())
    assert not Filter(published_to="2100").admits(article("soon"))


def test_a_filter_is_active_when_it_asks_something() -> None:
    assert not Filter().is_active
    assert Filter(languages=("fr",)).is_active
    assert Filter(published_to="2024").is_active


@pytest.mark.parametrize(
    "wrong",
    [
        {"published_from": "March"}, {"published_to": "2024-13"}, {"published_to": "2024-1"},
        {"published_from": "2024-02-32"}, {"published_to": "2024-02-30"},
        {"published_to": "2023-02-29"}, {"published_from": "2024-06-31"},
        {"published_from": "0000"}, {1: "a"}, {"published_from": "2025", "published_to": "2024-12"},
        {"published_from": 2024}, {"sources": "Le Monde"}, {"languages": [1]}, {"documents": None},
        {"document": ["a"]}, {"published_from": "٢٠٢٤"}, {"published_from": None},
    ],
)  # fmt: skip
def test_what_is_no_filter_is_refused_with_a_reason(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"; \w+|use "):
        Filter.from_dict(wrong)


def test_the_same_day_is_no_empty_range() -> None:
    within = Filter(published_from="2024-05-06", published_to="2024-05")
    assert within.admits(article("2024-05-31"))
    assert not within.admits(article("2024-05-05"))


@given(st.lists(st.text()), partial, st.lists(st.text()))
def test_a_filter_survives_json(documents: list[str], day: str, sources: list[str]) -> None:
    within = Filter(tuple(documents), day, "", tuple(sources))
    assert Filter.from_dict(within.to_dict()) == within


@pytest.mark.parametrize(
    ("text", "known"),
    [("2024", True), ("2024-11", True), ("2024-11-09", True), ("", False), ("24", False),
     ("2024-00", False), ("2024-02-29", True), ("2024-02-30", False), ("2023-02-29", False),
     ("2024-04-31", False), ("2024-11-9", False), ("2024-11-09T12", False), ("2024\n", False)],
)  # fmt: skip
def test_dates_are_told_from_other_texts(text: str, known: bool) -> None:
    assert is_date(text) is known


def test_a_filter_is_read_from_what_a_caller_has() -> None:
    within = Filter(languages=("fr",))
    assert read_filter(None) == Filter()
    assert read_filter(within) is within
    assert read_filter({"languages": ["fr"]}) == within


@pytest.mark.parametrize(
    "wrong",
    ["fr", ["fr"], 3, {"language": "fr"}, {"languages": "fr"}, {"published_from": "2024-02-30"}],
)
def test_what_no_filter_can_be_read_from_is_told_with_what_to_pass(wrong: object) -> None:
    told = r"\Awithin.*(languages, published_from|a list of texts|YYYY-MM-DD)"
    with pytest.raises(QuestionError, match=told):
        read_filter(wrong)
