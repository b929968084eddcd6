"""The measures themselves: exact values, and gold spans that hold the answers."""

import json
import lzma
import math
import re
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from conftest import HashingEmbedder

from benchmarks import answers, latency, retrieval
from benchmarks.answer_sets import MISSING, OFF_TOPIC, Corpus, half_of, off_topic, sample
from benchmarks.corpus import as_library
from benchmarks.datasets import (
    ANSWERS_FILE,
    LAW_FILE,
    PIAF_FILE,
    SQUAD_FILE,
    SQUAD_FRENCH_FILE,
    SQUAD_PERCENTS,
    Context,
    Question,
    QuestionSet,
    in_english,
    in_french,
    split_of,
    squad,
    squad_unanswerable,
)
from benchmarks.metrics import ranks_of, summarise
from benchmarks.off_topic import EVERYDAY
from benchmarks.systems import Dense
from rag.embedder import Embedder
from rag.evaluation.cases import Case, LocatedCase, Place
from rag.evaluation.evaluator import Outcome, Quoted
from rag.evaluation.figures import measure
from rag.words import detect_language
from training.quoting import ask_all, fit

BRIDGE = "The bridge opened in 1932. It is painted grey.\nNo toll is paid."
TOWER = "The tower is 96 metres tall. Its clock stopped in 1950."
MILL = "The mill ground oats until 1911. It is a museum now."
SET = QuestionSet(
    "toy",
    (Context("Bridges", BRIDGE), Context("Towers", TOWER), Context("Bridges", MILL)),
    (
        Question("a", "When did the bridge open?", 0, "1932", BRIDGE.index("1932")),
        Question("b", "How tall is the tower?", 1, "96 metres", TOWER.index("96")),
        Question("c", "What did the mill grind?", 2, "oats", MILL.index("oats")),
    ),
)


def test_ranks_count_ties_against() -> None:
    scores = np.array([[0.9, 0.5, 0.1], [0.2, 0.2, 0.2], [0.1, 0.2, 0.3]], np.float32)
    assert ranks_of(scores, np.array([0, 1, 0])).tolist() == [1, 3, 3]


def test_measures_of_known_ranks() -> None:
    found = summarise(np.array([1, 2, 6, 11]))
    assert found["R@1"].mean == 0.25
    assert found["R@5"].mean == 0.5
    assert found["MRR@10"].mean == pytest.approx((1 + 1 / 2 + 1 / 6) / 4)
    assert found["nDCG@10"].mean == pytest.approx((1 + 1 / math.log2(3) + 1 / math.log2(7)) / 4)
    assert found["R@1"].low <= 0.25 <= found["R@1"].high
    assert str(summarise(np.array([1, 1]))["R@1"]) == "1.00 (1.00–1.00)"


def test_gold_spans_hold_the_answers_in_whole_articles(embedder: Embedder) -> None:
    with as_library(SET, embedder) as (library, gold):
        answers = [library.document(g.document_id).text[g.start : g.end] for g in gold]
        assert answers == ["1932", "96 metres", "oats"]
        assert len(library.documents()) == 2


def test_a_question_is_asked_with_and_without_what_answers(embedder: Embedder) -> None:
    with as_library(SET, embedder) as (library, gold):
        asked = {each.way: sum(each.holds) for each in ask_all(library, gold[:1])}
        assert asked == {
            "library": 1,
            "article": 1,
            "without the passage": 0,
            "without the article": 0,
            "other article": 0,
        }


def test_a_fitted_model_follows_its_examples() -> None:
    rows = [{"near": x, "noise": float(i % 2)} for i, x in enumerate(np.linspace(-1, 1, 200))]
    fitted = fit(rows, [row["near"] > 0 for row in rows])
    assert set(fitted) == {"intercept", "near", "noise"}
    assert fitted["near"] > 5 * abs(fitted["noise"])


class TestAnswerSets:
    """Questions over whole articles, asked with and without the article that answers."""

    @pytest.fixture
    def corpus(self, tmp_path: Path, embedder: Embedder) -> Corpus:
        return Corpus(SET, tmp_path, embedder)

    def test_the_sentence_of_an_answer_is_gold(self, corpus: Corpus) -> None:
        gold = [each.gold for each in corpus.locate(SET)]
        texts = {document.id: document.text for document in corpus.documents}
        assert [[texts[p.document_id][p.start : p.end] for p in one] for (one,) in gold] == [
            ["The bridge opened in 1932."],
            ["The tower is 96 metres tall."],
            ["The mill ground oats until 1911."],
        ]

    def test_without_its_article_a_question_must_be_refused(self, corpus: Corpus) -> None:
        cases = corpus.locate(SET)
        whole = corpus.ask(cases, 0.0, progress=False)
        without = corpus.ask_without(cases, 0.0, progress=False)
        assert [outcome.answerable for outcome in whole] == [True] * 3
        assert [outcome.answerable for outcome in without] == [False] * 3
        assert [outcome.kind for outcome in without] == [MISSING] * 3
        own = {each.case.question: each.case.quotes[0] for each in cases}
        for outcome in without:
            assert own[outcome.located.case.question] not in " ".join(outcome.quotes)

    def test_a_sample_is_always_the_same(self) -> None:
        assert sample(SET, 2) == sample(SET, 2)
        assert len(sample(SET, 2).questions) == 2
        assert sample(SET, 3) == SET

    def test_halves_are_of_articles(self) -> None:
        titles = [f"Article {number}" for number in range(400)]
        assert half_of("Article 1") == half_of("Article 1")
        assert 160 < sum(half_of(title) == "dev" for title in titles) < 240

    def test_everyday_questions_are_in_both_languages(self) -> None:
        for language in ("en", "fr"):
            cases = off_topic(language)
            assert len(cases) == len({each.case.question for each in cases}) == 30
            assert not any(each.gold for each in cases)
        assert all(question.endswith("?") for pair in EVERYDAY for question in pair)


def write_squad(folder: Path, name: str, articles: dict[str, list[dict[str, object]]]) -> None:
    rows = [
        {"title": title, "paragraphs": [{"context": f"{title} is here. {BRIDGE}", "qas": asked}]}
        for title, asked in articles.items()
    ]
    with lzma.open(folder / name, "wt", encoding="utf-8") as file:
        json.dump({"data": rows}, file)


def qa(name: str, answer: str = "") -> dict[str, object]:
    start = f"{'Tours'} is here. {BRIDGE}".index(answer)
    answers = [{"text": answer, "answer_start": start}] if answer else []
    return {"id": name, "question": f"{name} ?", "answers": answers, "is_impossible": not answer}


def test_adversarial_questions_keep_their_passage(tmp_path: Path) -> None:
    write_squad(
        tmp_path, SQUAD_FILE, {"Paris": [qa("a", "1932"), qa("b")], "Tours": [qa("c"), qa("d")]}
    )
    able, unable = squad(tmp_path), squad_unanswerable(tmp_path)
    assert [question.id for question in able.questions] == ["a"]
    assert [(q.id, q.context, q.answer) for q in unable.questions] == [
        ("b", 0, ""), ("c", 1, ""), ("d", 1, ""),
    ]  # fmt: skip
    assert unable.contexts == able.contexts


class TestFrenchQuestions:
    """Questions in French over English passages, and the same in English."""

    ROWS = tuple(map(json.loads, SQUAD_FRENCH_FILE.read_text("utf-8").rstrip("\n").split("\n")))

    def test_the_file_holds_french_questions_alone(self) -> None:
        assert {tuple(row) for row in self.ROWS} == {("id", "fr")}
        assert len({row["id"] for row in self.ROWS}) == len(self.ROWS) == 160
        assert len({row["fr"] for row in self.ROWS}) == 160
        assert all(re.fullmatch("[0-9a-f]{24}", row["id"]) for row in self.ROWS)
        assert all(row["fr"].endswith(" ?") for row in self.ROWS)
        assert [row["fr"] for row in self.ROWS if detect_language(row["fr"]) != "fr"] == []

    def test_a_licence_stands_beside_it(self) -> None:
        beside = SQUAD_FRENCH_FILE.with_name(f"{SQUAD_FRENCH_FILE.name}.license")
        assert "SPDX-License-Identifier: CC-BY-SA-4.0\n" in beside.read_text("utf-8")

    def test_the_passage_asked_about_stays(self) -> None:
        known, unknown = replace(SET.questions[1], id=self.ROWS[0]["id"]), SET.questions[0]
        english = replace(SET, questions=(unknown, known))
        french = in_french(english)
        assert french.contexts == english.contexts
        assert french.questions == (
            replace(known, text=self.ROWS[0]["fr"], english="How tall is the tower?"),
        )
        assert [question.text for question in in_english(french).questions] == [known.text]

    def test_the_set_alone_in_the_table(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        titles = (f"Article {number}" for number in range(100))
        title = next(each for each in titles if split_of(each, percents=SQUAD_PERCENTS) == "test")
        write_squad(tmp_path, PIAF_FILE, {title: [qa("Bridge opened", "1932")]})
        write_squad(tmp_path, SQUAD_FILE, {title: [qa("a", "1932"), qa(self.ROWS[0]["id"], "No")]})
        encode = HashingEmbedder().encode_documents
        monkeypatch.setattr(retrieval, "peer_folder", Path)
        monkeypatch.setattr(Dense, "load", lambda name, _: Dense(name, encode, encode))
        asked = ["--data", str(tmp_path), "--split", "test", "--no-product", "--only"]
        told = {}
        for only in ("→ english passage", "french question → english", "SQuAD"):
            retrieval.main([*asked, only])
            rows = capsys.readouterr().out.splitlines()[2:]
            told[only] = list(dict.fromkeys(row.split(" | ")[0] for row in rows))
        assert told == {
            "→ english passage": [
                "| French question → English passage",
                "| the same, English question → English passage",
            ],
            "french question → english": ["| French question → English passage"],
            "SQuAD": ["| SQuAD, English"],
        }


class TestAnswerTables:
    @pytest.fixture
    def data(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        """A PIAF of two articles, one used by the answer cases, a SQuAD, and a small model."""
        monkeypatch.setattr("rag.library.SentenceTransformerEmbedder", lambda _: HashingEmbedder())
        monkeypatch.setenv("RAG_READER", "0")
        write_squad(tmp_path, PIAF_FILE, {"Tours": [qa("Bridge opened", "1932")], "Nantes": []})
        write_squad(tmp_path, SQUAD_FILE, {"Tours": [qa("Toll", "No toll")]})
        case = {"id": "p0", "title": "Tours", "kind": "single", "en": "Is the bridge grey?",
                "fr": "Le pont est-il gris ?", "gold": ["It is painted grey."]}  # fmt: skip
        follow = {**case, "id": "p1", "kind": "followup", "after": "p0", "en": "And the toll?"}
        refused = {**case, "id": "p2", "kind": "unanswerable", "gold": []}
        lines = "\n".join(json.dumps(row) for row in (case, follow, refused))
        (tmp_path / ANSWERS_FILE).write_text(lines, encoding="utf-8")
        return tmp_path

    def test_tables_of_both_languages(self, data: Path, capsys: pytest.CaptureFixture[str]) -> None:
        answers.main(["--data", str(data), "--sets", "answers", "--work", str(data / "work")])
        out = capsys.readouterr().out
        assert "### answers, French questions: 2 answerable, 31 to be refused" in out
        assert "### answers, English questions: 2 answerable, 31 to be refused" in out
        assert "PIAF" not in out
        assert "| refused, same subject (1) | " in out
        assert out.count("| ≤ 0.05 | ") == 2

    def test_half_of_the_answer_cases(self, data: Path, capsys: pytest.CaptureFixture[str]) -> None:
        other = "test" if half_of("Tours") == "dev" else "dev"
        for half, tables in ((half_of("Tours"), 2), (other, 0)):
            answers.main(["--data", str(data), "--sets", "answers", "--half", half])
            assert capsys.readouterr().out.count("### answers") == tables

    def test_a_line_of_json_a_set(self, data: Path, capsys: pytest.CaptureFixture[str]) -> None:
        answers.main(["--data", str(data), "--sets", "piaf", "--json", "--first", "4"])
        told = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
        assert told[0]["set"] == "PIAF, French questions"
        assert (told[0]["answerable"], told[0]["unanswerable"]) == (1, 4 + 1)

    def test_a_bar_is_met_or_not(self, corpus_outcomes: Sequence[Outcome]) -> None:
        figures = measure(corpus_outcomes, 5, 0.5)
        rows = {row.name: row for row in answers.rows_of(corpus_outcomes, figures)}
        assert rows["answered at 0.50"].bar == "≥ .88"
        assert not rows["answered at 0.50"].met  # one of two
        assert rows["refused, off-topic (1)"].met
        assert rows["a gold sentence is quoted"].shown.startswith(".50")
        assert rows["a gold sentence is quoted"].unfiltered.startswith("1.00")
        # Off-topic questions are left out of the first: (|.9 - 1| + |.4 - 1|) / 2.
        assert rows["calibration error"].shown == "0.350"
        assert rows["calibration error, off-topic too"].shown == "0.267"  # and .1 for none right
        assert "| **no** |" in str(rows["answered at 0.50"])

    @pytest.fixture
    def corpus_outcomes(self) -> list[Outcome]:
        gold = ((Place("x", 0, 9),),)
        able = LocatedCase(Case("a", ("b",), kind="held-out"), gold)
        unable = LocatedCase(Case("c", (), kind=OFF_TOPIC), ())
        right = Quoted(1.0, 1.0, True, True, 1, 1)
        return [
            Outcome(able, 0.9, True, right, (1,), ("b",)),
            Outcome(able, 0.4, False, right, (None,), ("b",)),
            Outcome(unable, 0.1, False, Quoted(quotes=1, sentences=1), (), ("d",)),
        ]


class TestLatency:
    def test_questions_are_first_words_of_long_sentences(self) -> None:
        texts = [f"{BRIDGE}", "This is a sentence of far more than forty characters in all."]
        asked = latency.make_questions(texts, 5)
        assert asked == ["This is a sentence of far more than ?"] * 5

    def test_articles_of_law_alternate_between_languages(self, tmp_path: Path) -> None:
        rows = [
            {"title_en": "", "title_fr": "", "text_en": f"en {n}", "text_fr": f"fr {n}"}
            for n in range(latency.SECTIONS + 1)
        ]
        with lzma.open(tmp_path / LAW_FILE, "wt", encoding="utf-8") as file:
            file.write("\n".join(map(json.dumps, rows)))
        texts = list(latency.law_articles(tmp_path))
        assert [text.split("\n\n")[0] for text in texts] == ["fr 0", "en 0", "fr 25", "en 25"]
        assert [text.count("\n\n") for text in texts] == [24, 24, 0, 0]

    def test_times_are_told_in_milliseconds(self) -> None:
        found = latency._time(lambda _: time.sleep(0.002), ["a"] * 20, 7)
        assert (found.passages, found.questions) == (7, 20)
        assert 2 <= found.middle <= found.slow < 1000
        assert found.memory > 1
