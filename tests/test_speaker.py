"""Who says what is quoted: never the article's word for somebody's, nor a wrong name."""

from itertools import pairwise

import pytest
from conftest import ROOT
from hypothesis import given
from hypothesis import strategies as st

from rag.blocks import find_blocks
from rag.datamodels import Span
from rag.segmenter import find_sentences
from rag.speech.noun_phrases import names_somebody, phrase_after, phrase_before, tokenise
from rag.speech.quotations import around, find_quotations, paragraph
from rag.speech.reporting_verbs import english_verbs, french_verbs
from rag.speech.speaker import find_speaker
from rag.speech.speaking_nouns import is_person, is_speaker, never_speaks

SEED = ROOT / "seeds" / "000_1a9ad79b3ab2e28c.txt"


def spans(text: str) -> list[Span]:
    return [
        Span(start, end, block.is_title)
        for block in find_blocks(text)
        for start, end in find_sentences(text, block.start, block.end)
    ]


def speaker(text: str, language: str, sentence: int = 0, last: int | None = None) -> str:
    """The speaker of a sentence of a text, as its words; empty for none."""
    found = find_speaker(text, spans(text), sentence, sentence if last is None else last, language)
    return text[found.start : found.end] if found else ""


class TestSeedArticle:
    def test_every_speaker_is_found_where_it_stands_and_no_other(self) -> None:
        text = SEED.read_bytes().decode("utf-8")
        sentences = spans(text)
        found = {}
        for index, sentence in enumerate(sentences):
            who = find_speaker(text, sentences, index, index, "fr")
            if who is not None:
                words = " ".join(text[sentence.start : sentence.end].split()[:3])
                found[words] = (who.start, text[who.start : who.end])
        assert found == {
            "Citant des rapports": (805, "la Corée du Sud, l'Ukraine et l'Occident"),
            "« C'est possible": (1494, "Jérôme Pellistrandi"),
            "Le chef des": (1583, "Le chef des forces armées britanniques"),
            "Certes, la signature": (1795, "Jérôme Pellistrandi"),
            "Voir des dizaines,": (1795, "Jérôme Pellistrandi"),
            "Selon Jérôme Pellistrandi,": (2518, "Jérôme Pellistrandi"),
            "Le président élu": (2696, "Le président élu"),
            "Mais la signature": (2518, "Jérôme Pellistrandi"),
            "Ce n'est pas": (3297, "l'expert"),
        }

    def test_a_quote_of_two_speakers_has_none(self) -> None:
        text = SEED.read_bytes().decode("utf-8")
        sentences = spans(text)
        first = next(i for i, s in enumerate(sentences) if text.startswith("Selon Jér", s.start))
        assert find_speaker(text, sentences, first, first + 1, "fr") is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Selon Marie Colin, le pont tiendra.", "Marie Colin"),
        ("Le pont tiendra, selon l'ONU.", "l'ONU"),
        ("Selon Séoul, dix navires ont coulé.", "Séoul"),
        (
            "Dix navires ont coulé, selon les services de renseignement sud-coréens.",
            "les services de renseignement sud-coréens",
        ),
        ("D’après le général Dupont, la route est coupée.", "le général Dupont"),
        ("Selon la Banque mondiale, en 2005, le port était vide.", "la Banque mondiale"),
        ("Selon une étude publiée lundi, le port se vide.", "une étude"),
        ("Pour Marie Colin, le pont tiendra.", "Marie Colin"),
        ("Pour le ministre, le pont tiendra.", "le ministre"),
        ("« Le pont tiendra », affirme le ministre de la Mer.", "le ministre de la Mer"),
        ("« Le pont tiendra », explique Paul Roy, chercheur à Brest.", "Paul Roy"),
        ("« Le pont tiendra », a déclaré Mme Colin.", "Mme Colin"),
        ("Marie Colin a déclaré que le pont tiendrait.", "Marie Colin"),
        ("Paul Roy, chercheur à Brest, estime que le pont tiendra.", "Paul Roy"),
        ("Le gouvernement assure que le pont tiendra.", "Le gouvernement"),
        ("Hier, le maire a annoncé la fermeture du pont.", "le maire"),
        ("Le maire a dit, lundi soir, qu'il fermerait le pont.", "Le maire"),
        ("Le pont, estime la ministre, tiendra dix ans.", "la ministre"),
        ("Certains estiment que le pont est laid.", "Certains"),
        ("Le maire s'est dit inquiet pour le pont.", "Le maire"),
        ("L'ingénieur Luc Morel (Brest) a affirmé que le pont tiendrait.", "L'ingénieur Luc Morel"),
        ("« Le pont tiendra toute la nuit » (Paul Roy, marin).", "Paul Roy"),
        ("« Une honte pour le port », dixit le maire.", "le maire"),
        ("Aux yeux de Marie Colin, le pont est laid.", "Marie Colin"),
        ("De l'avis du maire, le pont est laid.", "maire"),
        ("Pour Marie Colin, « le pont est laid ».", "Marie Colin"),
        ("Mais, pour Marie Colin, « le pont est laid ».", "Marie Colin"),
        ("Comme le rappelle Marie Colin, « le pont est très vieux ».", "Marie Colin"),
        ("Comme l'a expliqué le maire, le pont est vieux.", "le maire"),
        ("Le port de Brest a fait savoir que le pont fermerait.", "Le port de Brest"),
        ("La rectrice affirme que le pont tiendra.", "La rectrice"),
        ("Le maire met en garde : « Le pont ne tiendra pas. »", "Le maire"),
        ("« Le pont ne tiendra pas », fait valoir Paul Roy.", "Paul Roy"),
        ("Le maire dénonce un « recul » des crédits.", "Le maire"),
        ("La directrice du port, Marie Colin, assure que le pont tient.", "Marie Colin"),
        ("Le maire dément toute négociation.", "Le maire"),
        ("Les Verts et le maire affirment que le pont est laid.", "Les Verts et le maire"),
    ],
)
def test_french_speakers(text: str, expected: str) -> None:
    assert speaker(text, "fr") == expected


@pytest.mark.parametrize(
    "text",
    [
        "Selon l'article 4, le pont ferme la nuit.",
        "Selon la situation, le pont ferme la nuit.",
        "Selon les cas, le pont ferme la nuit.",
        "Selon les termes de l'accord, le pont ferme.",
        "Le tarif varie selon les auteurs et les années.",
        "Selon la loi Morel, le pont ferme.",
        "L'accord prévoit que le pont ferme.",
        "Le maire a fermé le pont.",
        "On estime que le pont tiendra.",
        "Il est admis que le pont tiendra.",
        "Les premiers dégâts ont été déclarés en juillet.",
        "La reine porte le titre de « dame du Nord ».",
        "Pour Noël, le pont sera illuminé.",
        "Pour traverser, il faut payer.",
        "Le pont ferme parce que le maire dit que la mer monte.",
        "Le roi Louis, dit le Gros, passa le pont.",
        "Le bateau est garanti par la ville, qui paie.",
        "Ce dernier lui explique que le pont est vieux.",
        "La carte trompe les marins qui pensent que le pont tient.",
        "La digue brille aux yeux des marins de passage.",
        "« Le pont qui tenait la nuit » (Paris, 1950) est un roman.",
        "Le village, dit « la perle du Nord », attire les peintres.",
        "L'affiche dit que le pont ferme à six heures.",
        "Pour Marie, « le pont » fut un jeu.",
        "Le fait dit que le pont ferme.",
    ],
)
def test_the_article_speaks_itself_in_french(text: str) -> None:
    assert speaker(text, "fr") == ""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("According to Ann Reed, the bridge will hold.", "Ann Reed"),
        ("The bridge will hold, according to police.", "police"),
        ("According to a Kerrow Times analysis, the bridge is old.", "a Kerrow Times analysis"),
        ("According to Harbour Fund economists, the port is poor.", "Harbour Fund economists"),
        ("The mayor said the bridge would hold.", "The mayor"),
        ("“The bridge will hold,” said Prime Minister Reed.", "Prime Minister Reed"),
        ('"The bridge will hold," Ann Reed told reporters.', "Ann Reed"),
        ("Ann Reed, a professor at Kerrow, argues that the bridge is old.", "Ann Reed"),
        ("Historian Ann Reed argues that the bridge is old.", "Historian Ann Reed"),
        ("Critics say the bridge is ugly.", "Critics"),
        ("The council warned the bridge would close.", "The council"),
        ("The bridge, the statement said, will close.", "the statement"),
        ("Some piers may fall, Dr. Reed thinks, and soon.", "Dr. Reed"),
        ("Reed wrote about ferries and suggested that the bridge is old.", "Reed"),
        ("A number of sailors (Ann Reed, Tom Fox), argue that it is old.", "A number of sailors"),
        ("A January 2014 report by Reed claims that it is old.", "A January 2014 report by Reed"),
        ("“No,” Ann Reed said.", "Ann Reed"),
        ("“We will rebuild the bridge” (Ann Reed, sailor).", "Ann Reed"),
        ("“It was chaos,” recalls Ann Reed, a nurse.", "Ann Reed"),
        ("“It's a disgrace,” fumed one resident.", "one resident"),
        ("In a statement, the ferryman said it would close.", "the ferryman"),
        ("Ann Reed pointed out that the bridge is old.", "Ann Reed"),
        ("Ann Reed was quoted as saying that the bridge is old.", "Ann Reed"),
        ("As Ann Reed put it, “the bridge simply fell down”.", "Ann Reed"),
        ("The bridge will close, forecasters say.", "forecasters"),
        ("The council's chair, Ann Reed, insisted that it is sound.", "Ann Reed"),
        ("For Ann Reed, “the bridge is a disgrace”.", "Ann Reed"),
        ("Reed, Fox, and Hale argue that it is old.", "Reed, Fox, and Hale"),
        ("The governor called the ruling “a dark day for the port”.", "The governor"),
        ("The government announced the closure of the bridge.", "The government"),
    ],
)
def test_english_speakers(text: str, expected: str) -> None:
    assert speaker(text, "en") == expected


@pytest.mark.parametrize(
    "text",
    [
        "According to plan, the bridge closed at six.",
        "According to Article 4, the bridge closes at six.",
        "According to Reed's law, the load doubles.",
        "According to the courts' interpretation, the bridge is public.",
        "It is said that the bridge is haunted.",
        "Reed is said to have built it.",
        "The bridge is known as “the old lady of Kerrow”.",
        "Morel's theorem states that the load doubles.",
        "Steel bridges suggest that iron was cheap.",
        "The bridge closed because Reed had promised that it would.",
        "Reed crossed the bridge in the United States.",
        "The report that the bridge fell was false.",
        "It fought the “wicked” leaders of northern states, leaders who held the port.",
        "Sailors who believe that the bridge is safe cross it.",
        "The clock said ten when the bridge closed.",
        "They grew a town by the bridge, called Kerrow.",
        "The court has the final say on the bridge.",
        "It was founded, as a French client state, in 1806.",
        "For Ann Reed, the winter was long.",
        "The song is called “Tell me why”.",
    ],
)
def test_the_article_speaks_itself_in_english(text: str) -> None:
    assert speaker(text, "en") == ""


class TestPronouns:
    def test_a_pronoun_gets_the_name_that_spoke_before(self) -> None:
        text = "Selon Marie Colin, le pont est vieux. « Il tiendra peu », estime-t-elle."
        assert speaker(text, "fr", 1) == "Marie Colin"

    def test_or_the_person_the_sentence_before_began_with(self) -> None:
        text = "Ann Reed crossed the bridge. “It will hold for years,” she said."
        assert speaker(text, "en", 1) == "Ann Reed"

    def test_not_a_name_it_cannot_stand_for(self) -> None:
        text = "Selon M. Colin, le pont est vieux. « Il tiendra peu », estime-t-elle."
        assert speaker(text, "fr", 1) == ""
        text = "Selon Paul Colin, le pont est vieux. Ils affirment que c'est faux."
        assert speaker(text, "fr", 1) == ""

    def test_nor_one_on_the_other_side_of_a_title(self) -> None:
        text = "# Un\n\nSelon Paul Colin, le pont tient.\n\n# Deux\n\nIl ajoute que la mer monte."
        assert speaker(text, "fr", 3) == ""

    def test_a_pronoun_with_nobody_before_it_is_nobody(self) -> None:
        assert speaker("Elle affirme que le pont tiendra.", "fr") == ""
        assert speaker("À Brest, il pleut. Elle affirme que le pont tiendra.", "fr", 1) == ""

    @pytest.mark.parametrize(
        ("text", "language"),
        [
            ("Luc Roy a rencontré Paul Colin. « Je ne signerai pas », a-t-il dit.", "fr"),
            (
                "Selon Luc Roy, il ferme. Le préfet a vu le maire. « C'est non », a-t-il dit.",
                "fr",
            ),
            ("Luc Roy est venu. Accueilli par Paul Colin, il affirme que la mer monte.", "fr"),
            ("Selon Luc Roy, le pont est vieux. « Il tiendra peu », estime-t-elle.", "fr"),
            ("Ann Reed met Sarah Fox on Monday. “I will not resign,” she said.", "en"),
            ("Tom Fox said it is old. It was Ann Reed who built it. “No,” she said.", "en"),
        ],
    )
    def test_where_another_may_be_meant_it_is_nobody(self, text: str, language: str) -> None:
        assert speaker(text, language, len(spans(text)) - 1) == ""

    @pytest.mark.parametrize(
        ("text", "language", "expected"),
        [
            ("Selon Luc Roy, il tient. Son collègue Jean Petit en doute. « Non », a-t-il répondu.",
             "fr", "Jean Petit"),
            ("Luc Roy affirme qu'Anna Colin ment. « C'est faux », a-t-il ajouté.", "fr", "Luc Roy"),
            ("Anna Colin a rencontré Luc Roy. « Je signerai », a-t-elle dit.", "fr", "Anna Colin"),
            ("Selon Luc Roy, il tient. Le maire est là. « C'est faux », dit-il.", "fr", "Le maire"),
            ("Selon Luc Roy, il tient. Il ajoute que le préfet ment. Il dit que c'est grave.",
             "fr", "Luc Roy"),
            ("Tom Fox, the mayor, met the press. “We will rebuild,” he said.", "en", "Tom Fox"),
            ("Ann Reed works in New York City. “We open at five,” she says.", "en", "Ann Reed"),
        ],
    )  # fmt: skip
    def test_who_spoke_last_or_is_alone_spoken_of_is_meant(
        self, text: str, language: str, expected: str
    ) -> None:
        assert speaker(text, language, len(spans(text)) - 1) == expected


class TestCarried:
    def test_a_quotation_takes_the_speaker_of_the_one_before(self) -> None:
        text = "“The bridge is old,” said Ann Reed. “We will not repair it at all.”"
        assert speaker(text, "en", 1) == "Ann Reed"

    def test_or_after_it(self) -> None:
        text = "« Le pont est vieux. » « Nous ne le réparerons pas », prévient Paul Roy."
        assert speaker(text, "fr", 0) == "Paul Roy"

    def test_a_sentence_inside_a_long_quotation_takes_its_incise(self) -> None:
        middle = "Nous avons vu la mer monter chaque hiver depuis dix ans. " * 14
        text = f"« Le pont est vieux. {middle}La route est coupée », prévient Paul Roy."
        assert len(spans(text)) > 10
        assert speaker(text, "fr", 13) == "Paul Roy"

    def test_or_from_who_signs_it(self) -> None:
        text = "« Le pont est très vieux. » (Paul Roy, marin) La mer monte."
        assert speaker(text, "fr", 0) == "Paul Roy"
        text = "“The bridge is very old indeed.” – Ann Reed, engineer"
        assert speaker(text, "en", 0) == "Ann Reed"

    def test_not_from_another_paragraph(self) -> None:
        text = "“The bridge is old,” said Ann Reed.\n\n“We will not repair it at all.”"
        assert speaker(text, "en", 1) == ""

    def test_a_title_in_marks_is_nobodys_word(self) -> None:
        text = "“The bridge is old,” said Ann Reed. The harbour has a film, “The Last Ferry”."
        assert speaker(text, "en", 1) == ""


class TestWords:
    def test_verbs_are_conjugated(self) -> None:
        assert {"affirme", "affirment", "affirmé", "annonçait", "dit", "prétend"} <= french_verbs()
        assert {"argues", "replied", "denies", "wrote", "stated"} <= english_verbs()
        assert not {"ferme", "mange", "a", "est"} & french_verbs()

    def test_nouns_that_can_speak(self) -> None:
        assert all(map(is_person, "ministre ministres généraux women spokesman".split()))
        assert all(map(is_speaker, "étude rapport reports volcanologue gouvernement".split()))
        assert not any(map(is_speaker, "article loi valeur number pont bridge".split()))
        assert all(map(never_speaks, "article cas situations plan theories".split()))


class TestPhrases:
    @pytest.mark.parametrize(
        ("text", "phrase"),
        [
            ("le général Dupont dans la nuit", "le général Dupont"),
            ("le journal Les Échos, lundi", "le journal Les Échos"),
            ("the Institute for Sea Studies, in May", "the Institute for Sea Studies"),
            ("the mayor of Kerrow on Monday", "the mayor of Kerrow"),
            ("M. Le Goff qui", "M. Le Goff"),
            ("dans la nuit", ""),
        ],
    )
    def test_one_that_begins_here(self, text: str, phrase: str) -> None:
        tokens = tokenise(text, 0, len(text))
        end = phrase_after(tokens, 0)
        assert text[: tokens[end - 1].end if end else 0] == phrase

    @pytest.mark.parametrize(
        ("text", "phrase"),
        [
            ("Hier le général Dupont", "le général Dupont"),
            ("En 2001 Colin", "Colin"),
            ("Former prime minister Ann Reed", "Former prime minister Ann Reed"),
            ("Scientists at the Kerrow Institute", "Scientists at the Kerrow Institute"),
            ("À Paris", ""),
        ],
    )
    def test_one_that_ends_here(self, text: str, phrase: str) -> None:
        tokens = tokenise(text, 0, len(text))
        first = phrase_before(tokens, len(tokens))
        assert text[tokens[first].start if first < len(tokens) else len(text) :] == phrase

    def test_a_thing_names_nobody(self) -> None:
        tokens = tokenise("la loi du maire", 0, 15)
        assert not names_somebody(tokens, 0, 4)
        assert names_somebody(tokens, 3, 4)


class TestQuotations:
    def test_outermost_and_open_ones(self) -> None:
        text = '« a “b” c » d “e” "f" « g'
        assert [text[a:b] for a, b in find_quotations(text, 0, len(text))] == [
            "« a “b” c »",
            "“e”",
            '"f"',
            "« g",
        ]

    def test_a_mark_that_heads_a_line_says_the_quotation_goes_on(self) -> None:
        text = "« a b.\n« c d. » e"
        assert [text[a:b] for a, b in find_quotations(text, 0, len(text))] == ["« a b.\n« c d. »"]
        text = '"a b.\n"c d." e'
        assert [text[a:b] for a, b in find_quotations(text, 0, len(text))] == ['"a b.\n"c d."']

    def test_around(self) -> None:
        assert around([(2, 5), (7, 9)], 3) == (2, 5)
        assert around([(2, 5), (7, 9)], 2) is None
        assert around([(2, 5), (7, 9)], 6) is None

    def test_paragraph(self) -> None:
        text = "A b c. D e f.\n\nG h i."
        assert [paragraph(text, spans(text), i) for i in range(3)] == [(0, 1), (0, 1), (2, 2)]


WORDS = st.sampled_from(
    """« » “ ” " , . : ( ) selon d'après le la M. Colin Marie dit que a déclaré pense-t-il il elle
    et according to said the mayor that he Reed - ’ é 😀 Paul s'est-elle ministre qui""".split(" ")
)


class TestLaws:
    @given(
        st.one_of(st.text(max_size=300), st.lists(WORDS, max_size=60).map(" ".join)),
        st.sampled_from(["fr", "en", "und"]),
        st.integers(0, 50),
        st.integers(0, 3),
    )
    def test_a_speaker_is_words_of_the_text(
        self, text: str, language: str, first: int, more: int
    ) -> None:
        sentences = spans(text)
        if not sentences:
            return
        first %= len(sentences)
        last = min(len(sentences) - 1, first + more)
        found = find_speaker(text, sentences, first, last, language)
        assert found == find_speaker(text, sentences, first, last, language)
        if found is not None:
            words = text[found.start : found.end]
            assert 0 <= found.start < found.end <= len(text)
            assert words == words.strip()
            assert not sentences[first].is_title

    @given(st.text(alphabet='«»“”"a \n', max_size=80))
    def test_quotations_are_in_order_and_apart(self, text: str) -> None:
        found = find_quotations(text, 0, len(text))
        assert all(a < b for a, b in found)
        assert all(x[1] <= y[0] for x, y in pairwise(found))

    @pytest.mark.parametrize(
        "text",
        ["selon " * 20_000, "« " * 50_000, "X, " * 50_000 + "said that", "(" * 90_000 + ") said x"],
    )
    def test_hostile_text_is_read_in_part(self, text: str) -> None:
        find_speaker(text, [Span(0, len(text))], 0, 0, "und")

    @pytest.mark.parametrize(("first", "last"), [(-1, 0), (1, 0), (0, 1), (1, 1)])
    def test_no_such_sentence(self, first: int, last: int) -> None:
        with pytest.raises(IndexError):
            find_speaker("Un pont.", [Span(0, 8)], first, last, "fr")
