"""The first article, asked in both languages with the model that ships."""

import pytest

from rag import Answer, Library

pytestmark = pytest.mark.slow

MISSION = (
    "What does the treaty commit each country to?",
    "À quoi le traité engage-t-il chaque pays ?",
)
COMMITMENTS = ("« une aide militaire immédiate » réciproque", "L'accord engage également")

# (English question, French question, words that must be quoted)
ANSWERED = [
    (
        "How many North Korean soldiers have been deployed in Russia?",
        "Combien de soldats nord-coréens ont été déployés en Russie ?",
        "environ 10 000 soldats",
    ),
    ("Who is Jérôme Pellistrandi?", "Qui est Jérôme Pellistrandi ?", "rédacteur en chef"),
    (
        "When did the upper house of the Russian parliament ratify the treaty?",
        "Quand la chambre haute du Parlement russe a-t-elle ratifié le traité ?",
        "le 8 novembre",
    ),
    (
        "How many Russian soldiers have been killed or wounded since February 2022?",
        "Combien de soldats russes ont été tués ou blessés depuis février 2022 ?",
        "Plus de 700 000 soldats russes",
    ),
    (
        "How many people died in the Korean War?",
        "Combien de morts la guerre de Corée a-t-elle faits ?",
        "entre deux et quatre millions de morts",
    ),
    (
        "What did Donald Trump say about American aid to Ukraine?",
        "Qu'a dit Donald Trump de l'aide américaine à l'Ukraine ?",
        "réduction de l'aide américaine à l'Ukraine",
    ),
    (
        "Did Vladimir Putin deny the deployment?",
        "Vladimir Poutine a-t-il nié le déploiement ?",
        "n'a pas nié ce déploiement",
    ),
    (
        "What figure did the head of the British armed forces give?",
        "Quel chiffre le chef des forces armées britanniques a-t-il avancé ?",
        "plus de 1 500 morts ou blessés par jour",
    ),
    (
        "When did the Kremlin publish the law ratifying the treaty?",
        "Quand le Kremlin a-t-il publié la loi ratifiant le traité ?",
        "samedi 9 novembre",
    ),
    (
        "What signal does the signing of the treaty send to Washington?",
        "Quel signal la signature du traité envoie-t-elle à Washington ?",
        "un signal très négatif",
    ),
]
# Further from the article's words; what is quoted is measured, and must not get worse.
PARAPHRASED = [
    ("What happens if one of the two countries is attacked?", "aide militaire immédiate"),
    ("Quelle aide le traité prévoit-il en cas d'attaque ?", "aide militaire immédiate"),
    ("Which sanctions do the two countries oppose?", "sanctions occidentales"),
    ("Where was the treaty concluded?", "Pyongyang en juin"),
    ("When did Putin visit Pyongyang?", "Pyongyang en juin"),
    ("Combien de morts par jour chez les Russes en octobre ?", "1 500 morts"),
    ("Is Donald Trump in favour of reducing aid to Ukraine?", "réduction de l'aide"),
    ("Since when have Russia and North Korea grown closer?", "considérablement rapprochées"),
    ("Who is the absolute adversary of the United States?", "adversaire absolu"),
    ("PERTES RUSSES DEPUIS FEVRIER 2022", "700 000 soldats"),
    # The last five are missed today; they are here so that progress shows.
    ("Combien de militaires de Pyongyang se trouvent en Russie ?", "environ 10 000 soldats"),
    ("Quelles sont les pertes russes depuis le début de la guerre ?", "700 000 soldats"),
    ("What is Pellistrandi's job?", "rédacteur en chef"),
    ("Qui a gagné l'élection américaine ?", "victoire de Donald Trump"),
    ("Combien de soldats nord-coreens en Russie", "environ 10 000 soldats"),
]
PARAPHRASED_FOUND = 10
UNANSWERED = [
    "What is the capital of Australia?",
    "Quelle est la capitale de l'Australie ?",
    "How do I bake bread?",
    "Comment faire du pain ?",
    "Who won the football World Cup in 1998?",
    "Qui a écrit Les Misérables ?",
    "What is the boiling point of water?",
    "Quelle heure est-il à Tokyo ?",
]


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    return Library.build(["seeds"], tmp_path_factory.mktemp("seed") / "index")


def quoted(answer: Answer) -> str:
    return "\n".join(quote.text for quote in answer.quotes)


@pytest.mark.parametrize("question", MISSION)
def test_the_question_of_the_mission_gets_both_commitments(library: Library, question: str) -> None:
    answer = library.ask(question)
    assert answer.answered
    assert all(words in quoted(answer) for words in COMMITMENTS), quoted(answer)
    assert len(answer.quotes) <= 4


@pytest.mark.parametrize("language", ["en", "fr"])
def test_at_least_eight_questions_of_ten_are_answered_by_the_right_words(
    library: Library, language: str
) -> None:
    missed = []
    for english, french, words in ANSWERED:
        question = english if language == "en" else french
        if words not in quoted(library.ask(question)):
            missed.append(question)
    assert len(missed) <= 2, missed


def test_paraphrases_are_answered_no_less_often_than_before(library: Library) -> None:
    found = [question for question, words in PARAPHRASED if words in quoted(library.ask(question))]
    assert len(found) >= PARAPHRASED_FOUND, found


@pytest.mark.parametrize("question", UNANSWERED)
def test_what_the_article_does_not_say_is_not_answered(library: Library, question: str) -> None:
    answer = library.ask(question)
    assert not answer.answered
    assert answer.quotes == []
    assert answer.hits
    assert answer.confidence < 0.1


def test_every_quote_is_the_articles_own_words(library: Library) -> None:
    for english, french, _ in ANSWERED:
        for question in (english, french):
            for quote in library.ask(question).quotes:
                document = library.document(quote.document_id)
                assert document.text[quote.start : quote.end] == quote.text
                assert (quote.source, quote.published, quote.language) == ("Rfi", "2024-11", "fr")


def test_hits_hold_the_sentence_that_begins_the_second_commitment(library: Library) -> None:
    hits = library.retrieve(MISSION[1], k=5)
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    assert any(COMMITMENTS[1] in hit.passage.text for hit in hits)
