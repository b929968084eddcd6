"""The verifier: verbatim is verbatim, place by place, and what is nearly so is told apart."""

import json
import time
import unicodedata
from dataclasses import replace
from typing import Any

import pytest
from conftest import ARTICLES
from hypothesis import given
from hypothesis import strategies as st

from rag.datamodels import Answer, Document, Excerpt, Quote
from rag.library import Library
from rag.verifier import Place, Verdict, verify, verify_answer


def article(text: str, name: str = "a") -> Document:
    return Document(name, "T", text, "", "", "fr", "0" * 64, f"{name}.txt", 0, len(text))


PHARE = article(ARTICLES["phare.txt"], "phare")
PONT = article(ARTICLES["pont.md"], "pont")


def test_words_are_found_wherever_they_stand() -> None:
    text = "Un pont. Le pont. Un pont."
    found = verify([article(text), PONT], "pont")
    in_pont = [Place("pont", 5, 9), Place("pont", 32, 36)]
    assert found.places[:3] == (Place("a", 3, 7), Place("a", 12, 16), Place("a", 21, 25))
    assert list(found.places[3:]) == in_pont
    assert found.verbatim
    assert (found.nearest, found.difference) == (None, "")


@given(st.text(st.sampled_from("ab é\u0301’'« \n\u00a0"), min_size=1), st.data())
def test_a_slice_is_verbatim_and_every_place_listed_holds_it(text: str, data: Any) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    words = text[start:end]
    if not words.strip():
        with pytest.raises(ValueError, match="give some"):
            verify([article(text)], words)
        return
    found = verify([article(text)], words, "a", start, end, limit=1_000)
    assert found.verbatim
    every = [i for i in range(len(text)) if text.startswith(words, i)]
    assert [place.start for place in found.places] == every
    assert all(text[place.start : place.end] == words for place in found.places)


@given(st.text(st.sampled_from("abé\u0301e’'«\u202f \n"), min_size=1), st.text(max_size=3))
def test_verbatim_is_said_of_nothing_else(text: str, words: str) -> None:
    if words.strip():
        assert verify([article(text)], words).verbatim == (words in text)


@pytest.mark.parametrize(
    ("claimed", "stands", "difference"),
    [
        ("Sa lampe porte à 32 kilomètres", "Sa lampe porte à 32\u00a0kilomètres", "spaces"),
        ("Sa lampe\nporte", "Sa lampe  porte", "spaces"),
        ("l'île depuis", "l’île depuis", "quotation marks"),
        ('dit : "oui".', "dit : «\u202foui\u202f».", "spaces, quotation marks"),
        ("“oui”", "«oui»", "quotation marks"),
        (unicodedata.normalize("NFD", "rallumé"), "rallumé", "normalization"),
        ("rallumé", unicodedata.normalize("NFD", "rallumé"), "normalization"),
        ("LE PHARE", "Le phare", "case"),
        ("STRASSE", "Straße", "case"),
        ("300 K", "300 \u212a", "normalization"),
        ("L'ÉTÉ  fini", unicodedata.normalize("NFD", "l’été fini"),
         "spaces, quotation marks, normalization, case"),
    ],
)  # fmt: skip
def test_what_is_nearly_verbatim_is_not_and_says_why(
    claimed: str, stands: str, difference: str
) -> None:
    text = f"Un début. {stands} et une fin."
    found = verify([article("rien"), article(text, "b")], claimed)
    assert not found.verbatim
    assert found.places == ()
    assert found.nearest is not None
    assert found.nearest.document_id == "b"
    assert text[found.nearest.start : found.nearest.end] == stands
    assert found.difference == difference


@pytest.mark.parametrize("words", ["Le phare de Kervignac a été éteint", "rallume", "32 km", "…"])
def test_other_words_are_nowhere_near(words: str) -> None:
    assert verify([PHARE, PONT], words) == Verdict(False)


def test_a_claimed_place_must_be_the_place() -> None:
    start = PONT.text.index("Un câble a cédé")
    words = "Un câble a cédé"
    there = start + len(words)
    assert verify([PONT], words, "pont", start, there).verbatim
    assert verify([PONT], words, "pont", start).verbatim
    assert verify([PONT], words, "pont", end=there).verbatim
    for at in ({"start": start + 1}, {"start": start, "end": there + 1}, {"end": 3}):
        found = verify([PONT], words, "pont", **at)
        assert (found.verbatim, found.difference) == (False, "place")
        assert found.nearest == Place("pont", start, there)
    assert not verify([PONT, PHARE], words, "phare").verbatim
    assert not verify([PONT], words, "of no article").verbatim


def test_the_nearest_place_is_the_one_next_to_the_claim() -> None:
    text = "Oui, dit-il. Oui, dit-elle. Oui."
    assert verify([article(text)], "oui", "a", 14).nearest == Place("a", 13, 16)
    assert verify([article(text)], "Oui", "a", 27).nearest == Place("a", 28, 31)


@pytest.mark.parametrize("words", ["", " \n\u00a0"])
def test_no_words_cannot_be_verified(words: str) -> None:
    with pytest.raises(ValueError, match="give some"):
        verify([PHARE], words)


def test_a_place_needs_its_article() -> None:
    with pytest.raises(ValueError, match="give document_id"):
        verify([PHARE], "phare", start=3)


def test_places_are_listed_up_to_a_limit() -> None:
    assert len(verify([article("la " * 500)], "la").places) == 100
    assert len(verify([article("la " * 500)], "la", limit=7).places) == 7


def test_a_verdict_is_json() -> None:
    found = json.loads(json.dumps(verify([PONT], "camions", "pont", 0).to_dict()))
    start = PONT.text.index("camions")
    place = {"document_id": "pont", "start": start, "end": start + 7}
    assert found == {
        "verbatim": False, "places": [place], "nearest": place, "difference": "place",
    }  # fmt: skip


def test_ten_thousand_articles_take_seconds() -> None:
    text = "Une phrase d’un article qui n’a rien d’autre à dire que ceci, et le redit. " * 60
    documents = [article(text, str(number)) for number in range(10_000)]
    documents.append(article("Ici seulement : l’été.", "last"))
    began = time.process_time()
    found = verify(documents, "ICI SEULEMENT : l'été.")
    assert found.nearest == Place("last", 0, 22)
    assert time.process_time() - began < 30


def quoted(document: Document, words: str, context: str = "") -> Quote:
    start, before = document.text.index(words), document.text.find(context)
    excerpt = Excerpt(before, before + len(context), context)
    return Quote(
        document.id, start, start + len(words), words, 0.5,
        sha256=document.sha256, context=(excerpt,) if context else (),
    )  # fmt: skip


def answer() -> dict[str, Any]:
    quotes = [
        quoted(PHARE, "Sa lampe porte à 32 kilomètres.", "Le phare de Kervignac"),
        quoted(PONT, "Un câble a cédé en décembre."),
    ]
    return json.loads(json.dumps(Answer("?", True, 0.9, quotes).to_dict()))  # type: ignore[no-any-return]


def test_an_answer_is_verbatim_when_all_of_it_is() -> None:
    found = verify_answer([PHARE, PONT], answer())
    assert found.verbatim
    assert [check.kind for check in found.checks] == [
        "article", "quote", "context", "article", "quote",
    ]  # fmt: skip
    assert json.loads(json.dumps(found.to_dict()))["checks"][1]["document_id"] == "phare"


def test_no_quotes_hold_nothing_false() -> None:
    assert verify_answer([], Answer("?", False, 0.1).to_dict()).verbatim


@pytest.mark.parametrize(
    ("path", "value", "kind", "reason"),
    [
        ((0, "text"), "Sa lampe porte à 33 kilomètres.", "quote", "other words"),
        ((0, "start"), 0, "quote", "other words"),
        ((0, "end"), 10**9, "quote", "outside"),
        ((0, "start"), -5, "quote", "outside"),
        ((0, "start"), True, "quote", "malformed"),
        ((0, "sha256"), "1" * 64, "article", "other digest"),
        ((0, "document_id"), "gone", "article", "unknown article"),
        ((0, "document_id"), ["gone"], "article", "unknown article"),
        ((1, "context"), [{"start": 0, "end": 3, "text": "non"}], "context", "other words"),
        ((1, "context"), "non", "context", "malformed"),
        ((1,), None, "quote", "malformed"),
    ],
)
def test_what_is_false_in_an_answer_is_found(
    path: tuple[Any, ...], value: object, kind: str, reason: str
) -> None:
    claimed = answer()
    target: Any = claimed["quotes"]
    for step in path[:-1]:
        target = target[step]
    target[path[-1]] = value
    found = verify_answer([PHARE, PONT], claimed)
    assert not found.verbatim
    failed = [check for check in found.checks if not check.passed]
    assert (kind, reason) in [(check.kind, check.reason) for check in failed]


@pytest.mark.parametrize("quotes", [None, "x", {}])
def test_what_is_no_answer_is_not_verbatim(quotes: object) -> None:
    assert not verify_answer([PHARE], {"quotes": quotes}).verbatim


def test_an_altered_article_is_found(library: Library) -> None:
    reply = library.ask("Jusqu'où porte la lampe du phare ?").to_dict()
    documents = library.documents()
    assert reply["quotes"]
    assert verify_answer(documents, reply).verbatim
    altered = [replace(each, text=each.text.replace("32", "33")) for each in documents]
    assert not verify_answer(altered, reply).verbatim


@pytest.mark.parametrize("answer", [None, [], "x", 3, {}, {"quotes": 3}])
def test_what_is_no_answer_is_malformed(answer: object) -> None:
    checked = verify_answer([], answer)  # type: ignore[arg-type]
    assert (checked.verbatim, checked.checks[0].reason) == (False, "malformed")


@pytest.mark.parametrize("words", [None, b"x", 3, " "])
def test_what_is_no_words_is_told(words: object) -> None:
    with pytest.raises(ValueError, match="there are no words to verify; give some"):
        verify([], words)  # type: ignore[arg-type]
