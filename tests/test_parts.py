"""Questions that ask several things are cut into a question for each."""

import pytest

from rag.question_analysis.parts import split_question


@pytest.mark.parametrize(
    ("question", "parts"),
    [
        (
            "When was the treaty signed, and what does it commit each country to?",
            ["When was the treaty signed", "what does it commit each country to?"],
        ),
        (
            "Pourquoi Moscou a-t-il signé, et comment Séoul a-t-il réagi ?",
            ["Pourquoi Moscou a-t-il signé ? (Séoul)", "comment Séoul a-t-il réagi ? (Moscou)"],
        ),
        (
            "Where did Pearson dig in and how did he get out? Who helped him?",
            [
                "Where did Pearson dig in",
                "how did he get out ? (Pearson)",
                "Who helped him ? (Pearson)",
            ],
        ),
        (
            "De combien d'hommes disposait-il, puis à quel général les a-t-il confiés ?",
            ["De combien d'hommes disposait-il", "à quel général les a-t-il confiés ?"],
        ),
    ],
)
def test_each_thing_asked_is_a_question(question: str, parts: list[str]) -> None:
    assert list(split_question(question)) == parts


@pytest.mark.parametrize(
    "question",
    [
        "What does the treaty commit each country to?",
        "Que dit l'accord entre la Russie et la Corée du Nord ?",
        "Who and why?",
        "Qui et quand ?",
        "Which goods and lands did he take?",
        "Et pourquoi ?",
        "",
        "et qui " * 300,
    ],
)
def test_one_thing_is_left_whole(question: str) -> None:
    assert not split_question(question)
