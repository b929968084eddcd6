"""The quoter: the article's own words, few, in order, or honestly none."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from conftest import HashingEmbedder
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rag import quoter, retriever
from rag.datamodels import Answer, Document, Hit, Passage, Sentence
from rag.errors import VerbatimError
from rag.evidence import Evidence, Search
from rag.library import Library
from rag.settings import Settings
from rag.store import Snapshot
from rag.stores.local_store import LocalStore
from rag.words import question_words

EAGER = Settings(min_confidence=0.0)


def make(tmp_path: Path, **texts: str) -> Library:
    folder = tmp_path / "texts"
    folder.mkdir(exist_ok=True)
    for name, text in texts.items():
        (folder / f"{name}.txt").write_text(text, encoding="utf-8", newline="")
    return Library.build([folder], tmp_path / "index", embedder=HashingEmbedder(), settings=EAGER)


def ask(snapshot: Snapshot, question: str, min_confidence: float = 0.0, k: int = 5) -> Answer:
    vector, words = HashingEmbedder().encode_question(question), question_words(question)
    hits = retriever.retrieve(snapshot, vector, words, 10)
    return quoter.answer(snapshot, Search(question, vector, words, hits), min_confidence, k)


def check_verbatim(library: Library, answer: Answer) -> None:
    for quote in answer.quotes:
        document = library.document(quote.document_id)
        assert document.text[quote.start : quote.end] == quote.text != ""
        assert (quote.title, quote.source, quote.published, quote.language, quote.sha256) == (
            document.title, document.source, document.published, document.language, document.sha256,
        )  # fmt: skip
        assert document.body_start <= quote.start < quote.end <= document.body_end
        assert 0 <= quote.score <= 1


def test_titles_are_never_quoted(tmp_path: Path) -> None:
    text = "Il fait beau ici.\n\nLe phare de Kervignac\n\nSa lampe porte loin. Elle est rouge."
    library = make(tmp_path, a=text)
    answer = library.ask("Le phare de Kervignac ?")
    assert answer.quotes
    assert not any("Kervignac" in quote.text for quote in answer.quotes)
    assert any("Kervignac" in hit.passage.text for hit in answer.hits)


def test_at_most_four_quotes(tmp_path: Path) -> None:
    texts = {f"a{i}": f"Le chat numéro {i} dort. Il pleut." for i in range(12)}
    answer = make(tmp_path, **texts).ask("Le chat dort ?")
    assert 1 <= len(answer.quotes) <= 4


def test_quotes_of_a_document_are_in_its_order(tmp_path: Path) -> None:
    rain = "Il pleut beaucoup. " * 40
    library = make(tmp_path, a=f"Le chat noir dort. {rain}\n\nLe chat gris dort. {rain}")
    quotes = library.ask("Quels chats dorment ?").quotes
    assert len(quotes) == 2
    assert [quote.start for quote in quotes] == sorted(quote.start for quote in quotes)


def evidence(number: int, probability: float) -> Evidence:
    passage = Passage(number, "a", 0, 9, "Il pleut.")
    sentence = Sentence(number, number, "a", 0, 9, "Il pleut.", False)
    hit = Hit(passage, 0.5, 0.5, 0.5, 1, 1)
    return Evidence(sentence, hit, 0.5, 0.5, 0.5, "", 0.0, 0.0, 0.0, probability=probability)


@pytest.mark.parametrize(
    ("probabilities", "order"),
    [((0.2, 0.6, 0.3), (1, 0, 2)), ((0.55, 0.2, 0.6), (0, 1, 2)), ((0.1,), (0,))],
)
def test_a_lead_comes_before_the_order_of_the_text(
    probabilities: tuple[float, ...], order: tuple[int, ...]
) -> None:
    groups = [[evidence(i, each)] for i, each in enumerate(probabilities)]
    assert quoter.put_lead_first(groups) == [groups[i] for i in order]


def test_the_most_probable_quote_is_first_where_one_thing_is_asked(tmp_path: Path) -> None:
    rain = "Il pleut beaucoup ici. " * 40
    text = f"Le petit gardien du phare dort. {rain}\n\nLe gardien du phare dort. {rain}"
    library = make(tmp_path, a=text)
    one = library.ask("Le gardien du phare dort ?").quotes
    assert one[0].text == "Le gardien du phare dort."
    probabilities = [quote.why.probability for quote in one if quote.why]
    assert len(probabilities) > 1
    assert probabilities == sorted(probabilities, reverse=True)


@pytest.mark.parametrize(
    ("question", "several"),
    [
        ("Which bus is late?", False),
        ("Which party is in power?", False),
        ("Which country was invaded?", False),
        ("Which address?", False),
        ("Which countries signed?", True),
        ("Which two measures were dropped?", True),
        ("What are the terms, and how long do they run?", True),
        ("Quelle mesure a été retirée ?", False),
        ("Quelles mesures ont été retirées ?", True),
        ("Pourquoi la ligne ferme-t-elle et quand rouvrira-t-elle ?", True),
        ("À quoi s'engage chacun des deux pays ?", True),
        ("Who signed?", False),
    ],
)
def test_a_question_for_several_things_is_told_by_its_words(question: str, several: bool) -> None:
    assert quoter.asks_several(question) is several


def test_what_a_quote_announces_is_quoted_with_it(tmp_path: Path) -> None:
    text = (
        "Le phare a été repeint hier. L'expert du phare rappelle ceci :\n\n"
        "« Rien ne presse. » La mer monte."
    )
    library = make(tmp_path, a=text)
    answer = library.ask("Que rappelle l'expert du phare ?")
    quoted = [quote.text for quote in answer.quotes]
    assert any("rappelle ceci :" in words for words in quoted)
    assert any("Rien ne presse" in words for words in quoted)


def test_a_quote_that_announces_what_was_not_read_is_left_out() -> None:
    def said(number: int, start: int, text: str) -> Evidence:
        item = evidence(number, 0.5)
        sentence = Sentence(number, number, "a", start, start + len(text), text, False)
        return replace(item, sentence=sentence)

    announces, far, near = said(1, 0, "Il dit :"), said(2, 90, "Il pleut."), said(3, 9, "« Non. »")
    assert quoter.choose([announces, far], several=False) == [far]
    assert quoter.choose([announces], several=False) == [announces]
    low = replace(near, probability=0.01)
    assert quoter.choose([announces, far, low], several=False) == [announces, low, far]


def test_a_follow_up_is_asked_of_the_articles_quoted_last(tmp_path: Path) -> None:
    library = make(
        tmp_path,
        a="Le phare a été bâti en 1891. Son gardien touche deux mille euros.",
        b="Le gardien du phare touche trois mille euros. Le phare est vieux.",
    )
    first = library.ask("En quelle année le phare a-t-il été bâti, en 1891 ?")
    followed = "Et combien touche le gardien ?"
    [asked] = {quote.document_id for quote in first.quotes}
    for history in ([first], [first.to_dict()]):
        quotes = library.ask(followed, history=history).quotes
        assert {quote.document_id for quote in quotes} == {asked}
    told = library.ask(followed, history=[first.question])  # of no article
    assert len({hit.passage.document_id for hit in told.hits}) == 2


def test_each_thing_asked_gets_its_sentence(tmp_path: Path) -> None:
    rain = "Il pleut beaucoup ici. " * 3
    built = f"Le phare de Kervignac a été bâti en 1891. {rain}"
    library = make(tmp_path, a=f"{built}\n\nUne tempête détruisit sa lampe. {rain}")
    asked = "Quand le phare de Kervignac a-t-il été bâti, et quelle tempête détruisit sa lampe ?"
    quoted = " ".join(quote.text for quote in library.ask(asked).quotes)
    assert "1891" in quoted
    assert "détruisit" in quoted


def test_neighbours_are_one_quote(tmp_path: Path) -> None:
    text = "Il pleut. Le chat noir dort. Le chat noir rêve. Rien ne bouge."
    answer = make(tmp_path, a=text).ask("Que fait chaque chat noir : dort, rêve ?")
    assert [quote.text for quote in answer.quotes] == ["Le chat noir dort. Le chat noir rêve."]


def test_a_claim_is_not_joined_to_the_words_of_the_article(tmp_path: Path) -> None:
    text = "Il pleut. Le chat noir dort. Selon Anne Le Goff, le chat noir rêve. Rien ne bouge."
    answer = make(tmp_path, a=text).ask("Que fait chaque chat noir : dort, rêve ?")
    assert [(quote.text, quote.speaker) for quote in answer.quotes] == [
        ("Le chat noir dort.", ""),
        ("Selon Anne Le Goff, le chat noir rêve.", "Anne Le Goff"),
    ]


def test_what_was_said_is_not_said_again(tmp_path: Path) -> None:
    one, two = "Le chat noir dort.", "Le chat\nnoir dort."
    answer = make(tmp_path, a=f"{one} Il pleut.", b=f"{two} Il vente.").ask("Le chat noir dort ?")
    said = [" ".join(quote.text.split()) for quote in answer.quotes]
    assert sum(one in text for text in said) == 1


def test_no_answer_has_no_quotes_but_the_nearest_hits(library: Library) -> None:
    strict = Settings(min_confidence=1.0)
    asked = Library.open(library._store.folder, embedder=HashingEmbedder(), settings=strict)
    answer = asked.ask("How to bake bread?", k=3)
    assert (answer.answered, answer.quotes) == (False, [])
    assert len(answer.hits) == 3
    assert 0 <= answer.confidence < 1


def test_a_library_of_titles_alone_answers_nothing(tmp_path: Path) -> None:
    answer = make(tmp_path, a="# Le phare de Kervignac").ask("Le phare de Kervignac ?")
    assert (answer.answered, answer.quotes) == (False, [])
    assert len(answer.hits) == 1


PIECES = [
    "Le chat dort. ", "Il rêve\u00a0! ", "« Où ? », dit-il. ", "\n\n", "\r\n", "Un titre\n\n",
    "L'e\u0301te\u0301 👩‍🔬 vient. ", "chat " * 60, "\u200b", "- un chat\n", "10\u202f000 chats. ",
]  # fmt: skip


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(PIECES), min_size=1, max_size=12))
def test_every_quote_is_verbatim(tmp_path: Path, pieces: list[str]) -> None:
    library = make(tmp_path, a="Le chat noir. " + "".join(pieces), b="Le chien dort. Il rêve.")
    for question in ("Où dort le chat ?", "Who dreams, and how many cats in summer?"):
        answer = library.ask(question)
        check_verbatim(library, answer)
        assert answer.answered == bool(answer.quotes)
        assert len(answer.quotes) <= 4
        places = [(q.document_id, q.start) for q in answer.quotes]
        assert len(set(places)) == len(places)


class LyingSnapshot:
    """A snapshot whose documents are not those its passages were cut from."""

    def __init__(self, honest: Snapshot) -> None:
        self._honest = honest

    def __getattr__(self, name: str) -> Any:
        return getattr(self._honest, name)

    def document(self, document_id: str) -> Document:
        document = self._honest.document(document_id)
        return replace(document, text=document.text.replace("lampe", "coupe"))


@contextmanager
def lying(library: Library) -> Iterator[Any]:
    with LocalStore(library._store.folder).snapshot() as snapshot:
        yield LyingSnapshot(snapshot)


def test_a_store_that_lies_is_not_quoted(library: Library) -> None:
    with lying(library) as snapshot, pytest.raises(VerbatimError, match=r"build the index again$"):
        ask(snapshot, "À combien de kilomètres porte la lampe du phare ?")


def test_no_hits_no_answer(library: Library) -> None:
    with LocalStore(library._store.folder).snapshot() as snapshot:
        vector = HashingEmbedder().encode_question("chat")
        answer = quoter.answer(snapshot, Search("chat", vector, [], []), 0.0, 5)
    assert (answer.answered, answer.confidence, answer.quotes) == (False, 0.0, [])
