"""The segmenter: where French and English sentences end, and where they do not."""

import re
import time
from itertools import pairwise

import pytest
from conftest import ROOT
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.blocks import find_blocks
from rag.loader import load
from rag.segmenter import find_sentences
from rag.words import detect_language

# Each line is one paragraph; a bar stands where it must be cut, and nowhere else.
FRENCH = """
M. Dupont est venu. | Mme Martin aussi.
Le Dr. Roux et Mme. Petit ont signé. | Ils partent demain.
Le texte, c.-à-d. l'accord, est signé. | La suite viendra.
Voir n° 5 et n°. 12 du registre. | Rien d'autre.
J.-P. Dupuis et A. B. Martin ont voté. | Leur voix compte.
Il vit aux É.-U. depuis 2010. | Elle est restée à Lyon.
Voir p. 12, art. 5 et al. 3 du code. | Le juge tranchera.
L'art. 5 du traité et l'al. 2 de l'annexe. | Rien ne change.
Il a vendu « la ferme (de 1950 à 1953, NDLR) ». | Le fils a protesté.
Entériner cela (...), ce serait effacer le passé. | Il le dit.
Entériner cela (…), ce serait effacer le passé. | Il le dit.
« Nous irons. Nous verrons. », dit-il. | Puis il part.
« Il a crié “Au feu ! Vite !” dans la rue. » | Personne n'a bougé.
« C'est possible », admet-il. | « C'est même certain. »
Il coûte 3.5 euros et pèse 1 500.75 kg. | Le prix monte.
Victor H. est mort. | Son fils aussi.
Voyez https://exemple.fr/a.html?b=1. | Tout y est.
Il a dit oui ! | Elle a dit non ? | Qui sait…
Pourquoi ? | Parce que. | Vraiment ?! | Oui.
Le 8 nov. 2024, la loi est passée. | Le 9, elle est publiée.
Vers 9 h. il pleuvait. | À midi, non.
– Tu viens ? | – Oui, j'arrive. | – Enfin !
J.-C. est né avant. | Il l'a dit.
Ils vendent des pommes, poires, etc. | Les prix baissent.
Ils vendent des pommes, etc. et des poires. | Les prix baissent.
Les alliés (dont l'O.T.A.N.) ont signé. | Le 4, ils partent.
Il a 20 ans. | 15 000 soldats sont morts.
Il est mort en 1953. | 12 ans plus tard, on l'oublia.
Selon lui (« rien n'est sûr. »), tout change. | On verra.
Il cite l’art. 3. | Œdipe répond.
Selon Mgr. Lefort, rien ne presse. | Écoutez-le !
Ils passent sous le col. | Il a fallu descendre. | Le col. Martin les attendait.
Il est jugé pour vol. | Elle aussi. | Voir le vol. 3, page 12.
Il est tombé 48 mm. | Les digues ont tenu. | La tour a 90 m. | Elle penche.
MM. Le Goff et Les Halles, M. Le Pen et le gén. Un Tel parlent. | M. Une a ri.
Ils étaient sept. | Leur chef a fui le 4 sept. 2020. | Un hôpital de 60 lits. | Il a ouvert.
Le ciel est clair.[1] | Il fait jour.[2][13] | « Oui. »[4] | Non.
"""
ENGLISH = """
Mr. Smith met Mrs. Jones. | They talked.
He lives in the U.S. and works in the U.K. office. | She does not.
He moved to the U.S. | He stayed there.
“I will come.” | She did not.
"I will come." he said. | Then he left.
"Will you come?" he said. | "Yes."
Dr. A. B. Watson wrote it, e.g. in vol. 3, p. 12. | It sold well.
It costs $3.50, i.e. less than No. 7 does. | Buy two.
See www.example.com/a.b.html for more. | Or ask us.
Acme Inc. sued Foo Ltd. in 2020. | The court agreed.
It closed at 5 p.m. on Monday. | It opens at 9 a.m. | The shop is new.
The vote closed at 10 p.m. | Officials counted all night.
Doors open at 9 a.m. | Tickets cost $5.
It begins at 5 p.m. ET. | It ends at 6 p.m. GMT on air.
It begins at 5 p.m. Monday. | It ends at 6 p.m. (Eastern) and 7 a.m. 12 May.
It starts at 8 a.m. EST, or 8 a.m. PDT. | See you at 9 p.m. | Maybe.
They climbed Mt. Everest. | Then Ft. Worth called.
The wall is 10 ft. | Nobody climbs it.
‘It’s over. He’s gone,’ she said. | ‘The boys’ toys are lost.’ | Fine.
He said: ‘Go. Run.’ | It’s late. | The dogs’ bowl is full. | ‘Yes.’
Shares of Amazon fell. | eBay rose. | “iPhones sell,” he said.
We paid. | 3i and pH are names.
He said no. | Then he left.
Give it to me. | The rest is yours.
She loves modern art. | The museum opens at ten.
He called his ex. | She did not answer.
Wait... | What was that?
He (the president!) signed it. | Nobody saw.
J. R. R. Tolkien wrote it. | It is long.
The temperature was -3.5 degrees. | Snow fell.
"""


def cut(paragraph: str) -> list[str]:
    return [paragraph[start:end] for start, end in find_sentences(paragraph)]


def cases(lines: str) -> list[str]:
    return lines.strip().split("\n")


@pytest.mark.parametrize("line", cases(FRENCH))
def test_french(line: str) -> None:
    assert cut(line.replace(" | ", " ")) == line.split(" | ")


@pytest.mark.parametrize("line", cases(ENGLISH))
def test_english(line: str) -> None:
    assert cut(line.replace(" | ", " ")) == line.split(" | ")


@pytest.mark.parametrize("space", [" ", "\u00a0", "\u202f", "\n", "\r\n", "  ", "\t", " " * 200])
def test_any_white_space_parts_sentences(space: str) -> None:
    assert cut(f"Un chat dort.{space}Le chien veille.") == ["Un chat dort.", "Le chien veille."]


def test_typographic_spaces_inside_quotation_marks() -> None:
    text = "«\u00a0Il part.\u202f» Elle reste."
    assert cut(text) == ["«\u00a0Il part.\u202f»", "Elle reste."]


def test_items_of_a_list_are_sentences() -> None:
    assert cut("Il faut :\n- du pain\n- du sel\n• de l'eau") == [
        "Il faut :", "du pain", "du sel", "de l'eau",
    ]  # fmt: skip
    assert cut("1. Du pain blanc.\n2. Du sel fin.\n10. De l'eau.") == [
        "Du pain blanc.", "Du sel fin.", "De l'eau.",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("* One.\n* Two. Three.", ["One.", "Two.", "Three."]),
        ("> Il part. Elle reste.", ["Il part.", "Elle reste."]),
        (">> - Il part.\n>\n> 2) Elle reste.", ["Il part.", "Elle reste."]),
        ("  - du pain\r\n\t- du sel", ["du pain", "du sel"]),
        ("Oui :\r- du pain\r- du sel", ["Oui :", "du pain", "du sel"]),
        ("Il fait 3. - Tu viens ?", ["Il fait 3.", "- Tu viens ?"]),
        ("– Tu viens ?\n– Oui.", ["– Tu viens ?", "– Oui."]),
        ("-3 degrés. *Oui* non.", ["-3 degrés.", "*Oui* non."]),
        ("Il a 12\n12. Du pain\n-3 degrés", ["Il a 12", "Du pain\n-3 degrés"]),
        ("-", ["-"]),
        ("- ", ["-"]),
    ],
)
def test_a_sentence_begins_after_the_mark_of_its_line(text: str, words: list[str]) -> None:
    assert cut(text) == words


def test_a_long_quotation_is_cut_into_its_sentences() -> None:
    inside = " ".join(["Nous avons changé chaque pierre du phare."] * 30)
    assert len(cut(f"« {inside} »")) >= 29


class TestSeed:
    def test_sentences(self) -> None:
        (path,) = (ROOT / "seeds").glob("*.txt")
        seed = load(path, detect_language)
        text = seed.text
        blocks = find_blocks(text, seed.body_start, seed.body_end)
        assert [text[b.start : b.end] for b in blocks if b.is_title] == [
            "Prudence quant à une implication massive de la Corée du Nord en Ukraine",
            "« La Corée du Nord reste l'adversaire absolu des États-Unis »",
        ]
        found = [find_sentences(text, b.start, b.end) for b in blocks if not b.is_title]
        assert found == [
            [(14, 243), (244, 394), (395, 460)],
            [(464, 628), (629, 753), (754, 968), (969, 1102)],
            [(1179, 1467), (1468, 1582), (1583, 1710), (1711, 1791)],
            [(1795, 1924), (1925, 2085), (2086, 2263)],
            [(2330, 2511), (2512, 2695), (2696, 2947), (2948, 3148)],
            [(3152, 3266), (3267, 3706)],
        ]
        assert text[2330:2511].startswith("L'accord engage également")
        assert text[3267:3706].endswith("et de l'Asie », précise-t-il.")


class TestBlocks:
    def titles(self, text: str) -> list[str]:
        return [text[b.start : b.end] for b in find_blocks(text) if b.is_title]

    def test_a_short_line_that_heads_a_paragraph_is_a_title(self) -> None:
        text = "Un pont ferme\n\nLe pont ferme demain. Les camions passeront ailleurs."
        assert self.titles(text) == ["Un pont ferme"]

    @pytest.mark.parametrize("line", ["Il pleut.", "Il faut :", "- du pain", "x " * 80, "| a | b"])
    def test_other_lines_are_not(self, line: str) -> None:
        assert self.titles(f"{line}\n\nLe pont ferme demain.") == []

    def test_a_last_line_heads_nothing(self) -> None:
        assert self.titles("Le pont ferme demain.\n\nUn pont ferme") == []

    def test_lines_of_a_list_are_not_titles(self) -> None:
        assert (
            self.titles("du pain\n\ndu sel fin\n\nde l'eau fraîche\n\nun peu d'huile\n\nFin.") == []
        )

    def test_markdown_headings_need_no_empty_line(self) -> None:
        text = "# Un pont\n## Il ferme\nLe pont ferme demain."
        assert self.titles(text) == ["# Un pont", "## Il ferme"]

    @pytest.mark.parametrize(
        "head",
        [
            "Harbour mayor wins second term\nRival Peter Kane concedes defeat",
            "By John Smith, Political correspondent\nUpdated 3 hours ago",
            "Getty Images\nMayor Ann Doyle on Tuesday",
            "Par Jeanne Martin\nPublié le 3 mai 2024 à 10h",
            "AFP",
            "Getty Images",
            "© Reuters",
            "Photo : Jeanne Martin",
            "Crédit : AFP",
            "Le maire Jean Duval mardi à Lyon (AFP)",
            "Le 3 mai 2024 à 10h",
            "3 May 2024",
            "May 3, 2024, 10:15 BST",
            "Updated 3 hours ago",
            "Mis à jour le 04/05/2024 à 18:00",
            "Harbour mayor wins second term\nBy John Smith\nUpdated 3 hours ago",
        ],
    )
    @pytest.mark.parametrize("place", ["top", "middle", "end", "old line ends"])
    def test_what_goes_with_an_article_is_no_sentence(self, head: str, place: str) -> None:
        before, after = "The first one is here.\n\n", "\n\nThe mayor won. He smiled."
        text = {
            "top": head + after, "middle": before + head + after, "end": before + head,
            "old line ends": (head + after).replace("\n", "\r"),
        }[place]  # fmt: skip
        if place == "end" and head.startswith("Harbour") and "By" not in head:
            return  # it heads nothing: two lines that lack their full stop
        assert self.titles(text) == [head.replace("\n", "\r") if place[0] == "o" else head]

    def test_the_head_of_an_article_is_no_list(self) -> None:
        head = [
            "Politics", "Harbour mayor wins second term", "Rival Peter Kane concedes defeat after",
            "By John Smith", "Published 3 May 2024",
        ]  # fmt: skip
        text = "The mayor of Harbour won on Tuesday. He smiled."
        assert self.titles("\n\n".join([*head[1:], text])) == head[1:]
        assert self.titles("\n\n".join([*head[1:3], "3 May 2024", text])) == [
            *head[1:3], "3 May 2024",
        ]  # fmt: skip
        assert self.titles("\n".join([*head[1:], text])) == head[1:]
        assert self.titles("\n".join([*head[3:], text])) == head[3:]

    @pytest.mark.parametrize(
        "text",
        [
            "Mix well.\n\n200 g of flour\n3 eggs\na pinch of salt\n\nBake it.",
            "200 g of flour\n3 eggs\na pinch of salt\n\nBake it.",
            "200 g of flour\n\n3 eggs\n\na pinch of salt\n\nBake it.",
            "Mix well.\n\nFlour from Kent\nEggs from Devon\nSalt from Wales\n\nBake it.",
            "Mix well.\n\nFlour from Kent\n\nEggs from Devon\n\nSalt from Wales\n\nBake it.",
            "Mix these:\n\nFlour from Kent\nEggs from Devon\n\nBake it.",
            "Mix well.\n\n- Flour from Kent\n- Eggs from Devon\n\nBake it.",
            "By Christmas Eve, the army had crossed\nthe river and taken the town.",
            "By Tuesday the army had crossed the\nRiver Tyne and taken the town.",
            "By Monday the storm had passed.\n\nThe town slept.",
            "Photos of the event were sent by\nMarie and her friends.",
            "Reuters said on Tuesday that\nPresident Smith had resigned.",
            "Updated rules were sent to\nParis and Lyon.",
            "Published in 1974, the book\nsold well.\n\nThe town slept.",
            "Flour from Kent\n\nEggs from Devon",
            "The town slept.\n\nHe left yesterday morning",
        ],
    )
    def test_lists_and_wrapped_sentences_stay_text(self, text: str) -> None:
        assert self.titles(text) == []

    def test_a_region_of_a_text(self) -> None:
        assert [(b.start, b.end) for b in find_blocks("un deux\n\ntrois", 3, 12)] == [
            (3, 7), (9, 12),
        ]  # fmt: skip


texts = st.text(
    st.sampled_from([*"aAé1> .!?…\n\r\t«»“”\"'()[]-#:,;\u00a0\u202f\u2028\u0085\u200b\u0301😀"])
) | st.text(max_size=80)


@given(texts)
def test_sentences_are_ordered_apart_and_cover_every_character(text: str) -> None:
    spans = find_sentences(text)
    assert all(left_end <= start for (_, left_end), (start, _) in pairwise(spans))
    assert all(text[start:end].strip() == text[start:end] != "" for start, end in spans)
    ends = [0, *(end for _, end in spans)]
    starts = [*(start for start, _ in spans), len(text)]
    for end, start in zip(ends, starts, strict=True):
        between = text[end:start]
        assert not between.strip() or is_mark(between), repr(between)
        if between.strip():  # a mark is only ever passed over at the head of a line
            assert end == 0 or re.search(r"[\r\n\x0b\x0c\x85\u2028\u2029]", between)


def is_mark(words: str) -> bool:
    """Tell marks of a list item or of a block quotation from words."""
    return re.fullmatch(r"\s*(>\s?)*([-*•‣▪]|\d{1,3}[.)])?\s*", words) is not None


@given(texts)
def test_blocks_are_ordered_apart_and_cover_every_character(text: str) -> None:
    blocks = find_blocks(text)
    assert all(left.end <= right.start for left, right in pairwise(blocks))
    assert all(text[b.start : b.end].strip() == text[b.start : b.end] != "" for b in blocks)
    kept = "".join("".join(text[b.start : b.end].split()) for b in blocks)
    assert kept == "".join(text.split())


def seconds(text: str) -> float:
    """Processor time of cutting a text, the better of two runs: the machine may be busy."""
    times = []
    for _ in range(2):
        began = time.process_time()
        for block in find_blocks(text):
            find_sentences(text, block.start, block.end)
        times.append(time.process_time() - began)
        if times[-1] < 1:
            break
    return min(times)


@pytest.mark.parametrize("unit", ["(", " ", ".", ". ", "\n", "# a\n"])
def test_a_hostile_megabyte_takes_seconds(unit: str) -> None:
    # Half a second on a quiet machine; were time to grow with the square, hours.
    assert seconds("x" + unit * (1_000_000 // len(unit)) + "x") < 10


@pytest.mark.parametrize(
    "unit",
    [
        "1. ", ")", "«", "\"", "\r", "\r\n", ".\n", "A.", "A. ", "« . ", "(« ", "?! ", "\u00a0",
        ".»", ". »", "M. ", "l'", "a", "é\u0301", "...a", "Ab cd\n", "- a\n", "\n \n", "a\n\n",
        "#", "-", "> ", "‘", " ‘a", "- ", ".[1]", "By A\n", "Ab cd\n\n", "AFP\n\n", "3 May 2024\n",
        ". - ", "© ",
    ],
)  # fmt: skip
def test_time_grows_with_length_and_no_faster(unit: str) -> None:
    assert seconds("x" + unit * (200_000 // len(unit)) + "x") < 5


@settings(deadline=None, max_examples=20)
@given(st.text(st.sampled_from([*". \n1A(«»)\"'-#a"]), min_size=2, max_size=6))
def test_time_is_bounded_whatever_is_repeated(unit: str) -> None:
    assert seconds(unit * (50_000 // len(unit))) < 5
