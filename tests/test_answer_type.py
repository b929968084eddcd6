"""The type of thing asked for, and whether a sentence holds one that the question does not."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.question_analysis.answer_nouns import noun_kind
from rag.question_analysis.answer_type import KINDS, asked_for
from rag.question_analysis.mentions import asked, holds

ASKED = """
Qui a signé le traité ? | person
Par qui fut-il élu ? | person
Quel est le nom du général qui gagna ? | person
Quelle reine succède à Victoria ? | person
Qui était le professeur de chant de Doris Day ? | person
Comment s'appelle la reine ? | person
Who signed it? | person
To whom was it sold? | person
The treaty was signed by whom? | person
Who was New France's governor? | person
What British General negotiated at Montreal? | person
When Kublai died, who succeeded him? | person
Quand il meurt, qui lui succède ? | person
Où est né Hugo ? | place
ou est né hugo ? | place
D’où vient le nom ? | place
Dans quelle ville est-il né ? | place
Quelle est la capitale de la Pologne ? | place
Quel est le plus long fleuve d’Europe ? | place
Quel est le nom de la ville où il est né ? | place
What is the name of the river? | place
What modern city did Khanbaliq become? | place
Quand la loi a-t-elle été publiée ? | date
En quelle année la loi fut-elle votée ? | date
De quand date le pont ? | date
À quelle heure ouvre-t-il ? | date
Quand est mort Hugo, qui écrivit Notre-Dame ? | date
À quelle ère eut lieu le changement ? | date
À quelle ère eu lieu le changement ? | date
Which year did it start? | date
When was Napoleon, who ruled France, born? | date
What time does it open? | date
Combien de temps dure le mandat ? | duration
Quelle est la durée du mandat ? | duration
Quel temps faut-il pour s'y rendre ? | duration
How long did the war last? | duration
How many years did it take? | duration
Combien de pays ont signé ? | number
Combien de fois le titre a-t-il été gagné ? | number
En 2005, dans combien de pays a-t-on fêté l'Aïd ? | number
À combien s'élève la population ? | number
Quel âge a le roi ? | number
What is the population of Poland? | number
How long is the river? | number
How old is he? | number
À combien s'élève le budget ? | amount
Combien coûtent les travaux ? | amount
Quel est le prix du billet ? | amount
How much did the works cost? | amount
Quel pourcentage des voix a-t-il reçu ? | percentage
Quelle part du trafic passe par là ? | percentage
In 1940, what percentage of them was Asian? | percentage
How much of the city is water? | percentage
Pourquoi le pont ferme-t-il ? | reason
Pour quelle raison ferme-t-il ? | reason
Qu'est-ce qui explique la hausse ? | reason
What is the most common cause of the strike? | reason
How come it failed? | reason
Comment fonctionne le vote ? | manner
How is it made? | manner
Est-ce que les pommes sont bonnes ? | yes_no
Les Russes ont-ils signé ? | yes_no
La princesse était-elle vieille ? | yes_no
Connaissez-vous un système où la palette est commune ? | yes_no
Did they sign? | yes_no
Qui est Jérôme Pellistrandi ? | definition
Who is Kublai Khan? | definition
Qu’est-ce qu’un turboréacteur ? | definition
Qu'est-ce que la chambre haute ? | definition
Que veut dire le mot « Bigollo » ? | definition
What is a ctenophore? | definition
What does LGM stand for? | definition
Qu'est-ce que le traité prévoit ? |
À quoi le traité engage-t-il chaque pays ? |
Comment s'appelle le gardien du phare ? |
Quel sport pratiquait son père ? |
Quelle place occupe la langue ? |
Quels citoyens peuvent voter ? |
What did they do? |
Quel est le nom scientifique du cochon ? |
Quelle puissance asiatique arbitra ? |
What was she called? |
What is the income inequality gap? |
What battle outside Quebec City did they lose? |
When people take on debt, it leads to what? |
l'usager ne peut pas modifier si |
? |
"""

CASES = [tuple(map(str.strip, line.split("|"))) for line in ASKED.strip().splitlines()]

HELD = """
Qui a signé le traité ? | Le président Georges Pompidou a signé hier. | fr | 1
Qui a signé le traité ? | Le roi Louis a signé. | fr | 1
Qui a signé le traité ? | Dans la ville, Pompidou signait. | fr | 0.5
Qui a signé le traité ? | Le traité a été signé hier. | fr | 0
Qui a suivi Georges Pompidou ? | Le président Georges Pompidou est mort. | fr | 0
Who signed it? | It was signed by General Amherst. | en | 1
Who signed it? | The treaty was signed in Germany. | en | 0
Who signed it? | In May it was signed by one Thomas B. Edsall. | en | 1
Who signed it? | Newton was there. | en | 0.5
Où est né Hugo ? | Il naît à Besançon. | fr | 1
Où est né Hugo ? | Hugo naît à l’hôpital. | fr | 0
Où est mort Hugo, né à Besançon ? | Il naît à Besançon. | fr | 0
Where was he born? | He was born in Berlin. | en | 1
Where was he born? | He was born in 1802. | en | 0.5
Quand la loi fut-elle votée ? | La loi fut votée en 1905. | fr | 1
Quand la loi fut-elle votée ? | La loi fut votée le 9 décembre. | fr | 1
Quand la loi fut-elle votée ? | La loi fut votée au XIXe siècle. | fr | 1
Quand la loi fut-elle votée ? | La loi fut votée après la guerre. | fr | 0.5
Quand la loi fut-elle votée ? | La loi fut votée par 200 députés. | fr | 0
Quand la loi fut-elle votée ? | La maison vota la loi. | fr | 0
Qu'arriva-t-il, quand la loi de 1905 fut votée ? | En 1905, rien. | fr | 0
Quand la loi de 1905 fut-elle abrogée ? | La loi de 1905 est abrogée. | fr | 0
When did it end? | It ended in May 1974. | en | 1
Combien de soldats sont morts ? | Ils perdirent trois mille hommes. | fr | 1
Combien de soldats sont morts en 1914 ? | En 1914, des soldats sont morts. | fr | 0
Combien de soldats sont morts ? | En 1914, des soldats sont morts. | fr | 0.5
Combien de soldats, sur 10 000, sont morts ? | Ils étaient 10 000 soldats. | fr | 0
How many men were sent? | Contrecœur led 500 men. | en | 1
How many men were sent? | Several were sent. | en | 0.5
Combien coûtent les travaux ? | Ils ont coûté 4,5 millions d'euros. | fr | 1
Combien coûtent les travaux ? | Ils ont pris 400 pierres. | fr | 0.5
How much did it cost? | It cost $1,200. | en | 1
Quel pourcentage a voté ? | Ils sont 34 % à voter. | fr | 1
What percentage voted? | Half of them voted. | en | 0.5
Combien de temps dure le mandat ? | Il est élu pour cinq ans. | fr | 1
Combien de temps dura la guerre ? | Elle va de 1914 à 1918. | fr | 0.5
How long did it last? | It lasted several months. | en | 1
Pourquoi le pont ferme-t-il ? | Il ferme parce qu'un câble a cédé. | fr | 1
Pourquoi le pont ferme-t-il ? | Il ferme pour réparer un câble. | fr | 1
Pourquoi le pont ferme-t-il ? | Il ferme le 3 janvier. | fr | 0
Why is it closing? | It closes because a cable broke. | en | 1
Comment voyager ? | On voyage en prenant le train. | fr | 1
How is it made? | It is made by mixing sand. | en | 1
Qu'est-ce qu'un phare ? | Un phare est une tour. | fr | 1
Qu'est-ce qu'un phare ? | Une tour est une maison. | fr | 0
What is a ferry? | A ferry, or boat, left. | en | 0.5
Est-il ouvert ? | Il est ouvert en 2020. | fr | 0
Que dit-il ? | Il parle de Paris en 2020. | fr | 0
"""
SENTENCES = [tuple(map(str.strip, line.split("|"))) for line in HELD.strip().splitlines()]

HOSTILE = [
    "a" * 4000,
    "1" * 4000,
    "1 " * 2000,
    "10 000 " * 600,
    "1.111" * 900,
    ", " * 2000,
    ", , :" * 900,
    "what do " * 600,
    "quel nom de " * 400,
    "A. " * 1400,
    "A-a" * 1400,
    "pour " * 900,
    "en e" * 1000,
    "l'" * 2000,
    "de la " * 700,
    "e\u0301" * 2000,
    "\u1100\u1161" * 2000,
    "İ" * 3000,
]


@pytest.mark.parametrize(("question", "kind"), CASES)
def test_what_a_question_asks_for(question: str, kind: str) -> None:
    assert asked_for(question) == kind


def test_every_type_is_asked_for_in_the_cases() -> None:
    assert {kind for _, kind in CASES} == {*KINDS, ""}


@pytest.mark.parametrize(("question", "sentence", "language", "value"), SENTENCES)
def test_what_a_sentence_holds(question: str, sentence: str, language: str, value: str) -> None:
    assert asked(question).held_in(sentence, language) == float(value)
    assert holds(asked_for(question), sentence, question, language) == float(value)


def test_a_language_not_known_is_read_as_both() -> None:
    assert asked("Pourquoi ?").held_in("It closed because of rain.", "und") == 1
    assert asked("Why?").held_in("Il ferme parce qu'il pleut.", "und") == 1


def test_another_type_is_refused() -> None:
    with pytest.raises(ValueError, match="use one of person, place"):
        holds("colour", "It is red.", "What colour is it?", "en")


def test_typing_does_not_change_what_is_asked() -> None:
    for question, kind in CASES:
        assert asked_for(question.replace("'", "’")) == kind
        assert asked_for("  " + question.replace(" ", "\u00a0 ")) == kind


def test_the_last_noun_decides_where_the_head_comes_last() -> None:
    assert noun_kind("income inequality gap") == "amount"
    assert noun_kind("income inequality gap", head_last=True) == ""
    assert noun_kind("tallest men in the world", head_last=True) == "person"


@given(st.text(max_size=300), st.text(max_size=300), st.sampled_from(["fr", "en", "und", ""]))
def test_any_text_has_an_answer_of_the_three_grades(
    question: str, sentence: str, language: str
) -> None:
    assert asked_for(question) in {*KINDS, ""}
    for kind in ("", *KINDS):
        assert holds(kind, sentence, question, language) in {0.0, 0.5, 1.0}


@given(st.sampled_from(SENTENCES), st.sampled_from(["person", "date", "number", "place"]))
def test_what_the_question_says_itself_is_no_answer(case: tuple[str, ...], kind: str) -> None:
    _, sentence, language, _ = case
    assert holds(kind, sentence, f"{sentence} ?", language) <= 0.5


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: ascii(text[:8]))
def test_hostile_text_takes_no_longer(text: str) -> None:
    started = time.perf_counter()
    asked_for(text)
    for kind in KINDS:
        for language in ("fr", "en", "und"):
            holds(kind, text, "?", language)
    assert time.perf_counter() - started < 5
