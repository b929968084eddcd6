"""What a quote leans on: no more than it needs, and never less."""

from itertools import pairwise

import pytest
from conftest import ROOT
from hypothesis import given
from hypothesis import strategies as st

from rag.blocks import find_blocks
from rag.datamodels import Span
from rag.segmenter import find_sentences
from rag.speech.context import FARTHEST, MOST, lean_on, leans

SEED = ROOT / "seeds" / "000_1a9ad79b3ab2e28c.txt"


def spans(text: str) -> list[Span]:
    return [
        Span(start, end, block.is_title)
        for block in find_blocks(text)
        for start, end in find_sentences(text, block.start, block.end)
    ]


def context(text: str, language: str, first: int, last: int | None = None) -> list[str]:
    found = lean_on(text, spans(text), first, first if last is None else last, language)
    return [text[span.start : span.end] for span in found]


LEANING_FRENCH = """Il a gagné.|Elle part.|Ils s’opposent à la loi.|Cela change tout.|Ce projet est
abandonné.|Cet accord lie les deux pays.|Mais il pleut.|Cependant, le maire refuse.|En effet, le
pont a cédé.|Ce dernier a refusé.|C’est possible.|Il est fier de son fils.|Il est l'auteur du
livre.|Son fils lui succède.|Dans ce cas, le contrat tombe.|Celui-ci refuse.|« Il viendra »,
dit-on.|C'est une ville qui compte.|C'est à cette date que le roi meurt.|Ce sont des animaux qui
vivent en troupe.|En 1992, il devient maire.|Selon lui, le pont tiendra.|Leur maison a brûlé.|Il
appartient à la famille des Nassau.|Les deux hommes se quittent.|Il reste prudent.|Cette année-là,
le port gèle.|Ce n'est pas impossible.|C'est pourquoi le port
ferme.|Il est connu du public.""".replace("\n", " ").split("|")
STANDING_FRENCH = """Il faut partir.|Il y a trois ponts.|Il s'agit de comprendre.|Il est possible
que le pont cède.|Il n'est pas question de céder.|Il existe trois ports.|Ce sont les marins qui
décident.|C'est le maire qui a signé.|C'est en 1992 que le port ferme.|Ce matin, le port a
fermé.|Cette semaine, le pont ferme.|Ces derniers mois, les prix montent.|Ce que veut le maire reste
obscur.|Le maire a signé.|Ornella a signé.|Ilse part.|Il ne faut pas oublier la guerre.|Il fallait
choisir.|Il reste 3 ponts.|Il convient de noter que le pont tient.|Il pleut.|Ainsi que le dit le
maire, le pont tient.|Selon le maire, le pont tiendra.|En 1992, le maire devient ministre.|En 1992,
il faut partir.|Moins de dix ponts restent.|Il semble que le pont cède.|Orléans gagne.""".replace(
    "\n", " "
).split("|")
LEANING_ENGLISH = """He left.|She said no.|They agree.|It was built in 1974.|This is critical.|That
changed everything.|These reactions are rare.|However, the mayor refused.|But the bridge fell.|Its
engine dates from 1974.|Such a plan is costly.|It is a river that flows north.|In this case, the
contract falls.|In 1992, he became mayor.|The latter refused.|Both states agreed.|“He will come,”
she said.|It is here that the river turns.|Therefore the bridge closed.|His "encouraging" was
noted.|And the bridge closed.|It’s a boat.|It is home to seals.|It is 20 to 25 m high.|It was built
in 1349 when a ship came.|It is during this time that the ice melts.|It is responsible for the
areas of the port that are not public.""".replace("\n", " ").split("|")
STANDING_ENGLISH = """It is clear that the bridge will fall.|It was Newton who found it.|It is
believed that the bridge fell.|It is possible to cross.|It was in 1992 that the bridge fell.|It
takes two hours to cross.|It seems that the bridge fell.|It rained.|This week, the bridge
closed.|Those who cross pay.|There are two bridges.|Her Majesty opened the bridge.|The mayor
refused.|Both France and Spain agreed.|Thessaly is a region.|Butter is cheap.|So far, two bridges
fell.|It is necessary for the mayor to sign.|This morning the mayor signed.|Andes are high.|The
former president left.|That is, the bridge fell.|Hebrew is a language.""".replace("\n", " ").split(
    "|"
)


@pytest.mark.parametrize("text", LEANING_FRENCH)
def test_it_leans_in_french(text: str) -> None:
    assert leans(text, "fr")
    assert leans(text, "und")


@pytest.mark.parametrize("text", STANDING_FRENCH)
def test_it_stands_alone_in_french(text: str) -> None:
    assert not leans(text, "fr")


@pytest.mark.parametrize("text", LEANING_ENGLISH)
def test_it_leans_in_english(text: str) -> None:
    assert leans(text, "en")
    assert leans(text, "und")


@pytest.mark.parametrize("text", STANDING_ENGLISH)
def test_it_stands_alone_in_english(text: str) -> None:
    assert not leans(text, "en")


class TestSeedArticle:
    def test_four_sentences_lean_on_the_one_before(self) -> None:
        text = SEED.read_bytes().decode("utf-8")
        sentences = spans(text)
        found = {}
        for index, sentence in enumerate(sentences):
            leant = lean_on(text, sentences, index, index, "fr")
            if leant:
                words = " ".join(text[sentence.start : sentence.end].split()[:3])
                found[words] = [(span.start, span.end) for span in leant]
        assert found == {
            "« C'est possible": [(1179, 1467)],
            "Certes, la signature": [(1795, 1924)],
            "Mais la signature": [(2696, 2947)],
            "Ce n'est pas": [(3152, 3266)],
        }


class TestRuns:
    def test_a_chain_is_followed_to_its_beginning_as_one_span(self) -> None:
        text = "Ann Reed built it. She was a sailor. But she sold the boat. The port closed."
        assert context(text, "en", 2) == ["Ann Reed built it. She was a sailor."]
        assert context(text, "en", 1) == ["Ann Reed built it."]
        assert context(text, "en", 3) == []

    def test_a_chain_without_a_beginning_in_reach_gives_a_link(self) -> None:
        text = "Ann built it. " + "She sold a boat. " * (MOST + 2)
        assert context(text, "en", MOST + 1) == ["She sold a boat."]
        assert len(context(text, "en", MOST)[0].split(". ")) == MOST

    def test_only_the_first_sentence_quoted_counts(self) -> None:
        text = "Ann Reed built it. The boat was old. She sold it."
        assert context(text, "en", 1, 2) == []

    def test_never_a_title_and_never_across_one(self) -> None:
        text = "Le maire a signé.\n\n# Le pont\n\nIl a cédé."
        assert [span.is_title for span in spans(text)] == [False, True, False]
        assert context(text, "fr", 2) == []
        assert context(text, "fr", 1) == []

    def test_the_paragraph_before_counts(self) -> None:
        assert context("Le maire a signé.\n\nIl a cédé.", "fr", 1) == ["Le maire a signé."]


LONG = "La mer monte chaque hiver un peu plus sur cette côte sans abri. "


class TestOpenQuotation:
    def test_back_to_its_beginning_and_on_to_who_speaks(self) -> None:
        text = f"« Le pont est vieux. Le port aussi. {LONG * 12}Rien ne tient », dit Paul Roy."
        sentences = spans(text)
        assert len(sentences) == 15
        assert context(text, "fr", 1) == ["« Le pont est vieux."]
        assert context(text, "fr", FARTHEST) == ["« Le pont est vieux."]
        assert context(text, "fr", FARTHEST + 1) == []
        assert context(text, "fr", 13) == ["Rien ne tient », dit Paul Roy."]
        assert context(text, "fr", 14) == []

    def test_a_quotation_that_is_closed_holds_nothing(self) -> None:
        text = "« Le pont est vieux », dit Paul Roy. Le port est vide."
        assert context(text, "fr", 1) == []


WORDS = st.sampled_from(
    """« » “ ” " , . . . : Il Elle Mais Ce Cet accord faut y a He It is that who This Paul # - ’ é
    \n \n\n Le pont est vieux the bridge""".split(" ")
)


class TestLaws:
    @given(
        st.one_of(st.text(max_size=300), st.lists(WORDS, max_size=60).map(" ".join)),
        st.sampled_from(["fr", "en", "und"]),
        st.integers(0, 50),
        st.integers(0, 3),
    )
    def test_context_is_whole_sentences_beside_the_quote(
        self, text: str, language: str, first: int, more: int
    ) -> None:
        sentences = spans(text)
        if not sentences:
            return
        first %= len(sentences)
        last = min(len(sentences) - 1, first + more)
        found = lean_on(text, sentences, first, last, language)
        assert found == lean_on(text, sentences, first, last, language)
        assert all(a.end < b.start or a.end <= b.start for a, b in pairwise(found))
        starts = {s.start for s in sentences if not s.is_title}
        ends = {s.end for s in sentences if not s.is_title}
        titles = [s for s in sentences if s.is_title]
        for span in found:
            assert span.start in starts
            assert span.end in ends
            assert span.end <= sentences[first].start or span.start >= sentences[last].end
            low, high = sorted([span.start, sentences[first].start])
            assert not any(low <= title.start < high for title in titles)

    @pytest.mark.parametrize(
        "text", ["« " * 50_000, "it is " + "widely " * 50_000, "il est " * 50_000, '"' * 90_000]
    )
    def test_hostile_text_is_read_in_part(self, text: str) -> None:
        lean_on(text, [Span(0, 10), Span(10, len(text))], 1, 1, "und")

    @pytest.mark.parametrize(("first", "last"), [(-1, 0), (1, 0), (0, 1), (1, 1)])
    def test_no_such_sentence(self, first: int, last: int) -> None:
        with pytest.raises(IndexError):
            lean_on("Un pont.", [Span(0, 8)], first, last, "fr")
