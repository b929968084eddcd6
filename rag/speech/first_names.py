"""First names and nouns of people → whether « il » or « elle », "he" or "she", may stand for them.

Common French and English first names; those of both (Camille, Claude, Dominique) are left out,
as is any other: where nothing is known, nothing is ruled out.
"""

from __future__ import annotations

from functools import cache

_MEN = """adam adrien alain alan albert alex alexandre alexis alfred amir andré andrew anthony
    antoine arnaud arthur aurélien bastien ben benjamin benoît bernard bertrand bill bob boris brian
    bruno carl cédric charles christian christophe clément colin cyril damien dan daniel david
    denis didier donald douglas edgar edward emmanuel éric eric ernest étienne eugène fabien fabrice
    fernand florian francis franck frank françois fred frédéric gabriel gaston gary geoffrey
    george georges gérard gilbert gilles grégoire greg guillaume gustave guy harold harry hector
    henri henry hervé howard hubert hugh hugo ian ibrahim isaac jack jacob jacques james jason
    jean jeff jeremy jérôme jim joe john jonathan joseph josé julien karim karl keith ken kenneth
    kevin laurent léon loïc louis luc lucas ludovic malik marc marcel marco mark martin mathieu
    matthew maurice max maxime michael michel mike mohamed nathan nicholas nicolas nigel noah
    olivier oliver omar oscar pascal patrice patrick paul pedro peter philip philippe pierre quentin
    ralph raphaël raymond rémi rémy rené richard robert robin roger roland romain ronald roy ryan
    samuel scott sébastien serge sergio simon stéphane stephen steve steven stuart sylvain théo
    théodore thibault thierry thomas tim timothy tom tony tristan valentin victor vincent vladimir
    walter william xavier yann yannick yves zachary"""
_WOMEN = """adèle agathe agnès alice alicia aline amanda amélie amy anaïs andrea angela anita ann
    anna anne annie antoinette audrey aurélie aurore barbara béatrice bénédicte bernadette betty
    brigitte carla carole caroline catherine cathy cécile céline chantal charlotte chloé christelle
    christiane christine claire clara clarisse claudia clémence colette corinne daisy danielle
    deborah delphine denise diana diane dorothy éléonore elena éliane élisabeth elizabeth élise
    ella ellen elsa émilie emily emma estelle esther eva ève fanny fatima fatou florence françoise
    gabrielle geneviève ghislaine gisèle grace hannah helen hélène helena inès irène isabelle
    jacqueline jane janet jeanne jennifer jessica joan joanna josette josephine joséphine judith
    julia julie juliette karen karine kate laetitia laura laure laurence léa lena lily linda lisa
    louise lucie lucy lydia madeleine magali manon margaret margot maria marianne marie marine
    marion martine maryse mary mathilde maud megan mélanie michèle michelle mireille monica monique
    muriel nadia nadine nancy natalie nathalie nicole nina noémie océane odile olga olivia patricia
    paula pauline penelope rachel rebecca régine renée rosa rose ruth sabine samantha sandra
    sandrine sarah séverine sharon simone solange sonia sophie stéphanie susan suzanne sylvie
    thérèse ursula valérie vanessa véronique victoria virginie viviane yvette yvonne zoé"""
_FEMININE = (
    "la",
    "une",
    "cette",
    "mme",
    "mme.",
    "mlle",
    "mrs",
    "mrs.",
    "ms",
    "ms.",
    "miss",
    "lady",
)
_MASCULINE = ("le", "un", "ce", "m.", "mr", "mr.", "sir", "lord", "monsieur", "son")
_FEMININE_ENDINGS = ("trice", "euse", "ienne", "ière", "woman", "eresse")
_TITLES = frozenset("m. mr mr. mrs mrs. ms ms. mme mme. mlle miss sir lord lady monsieur".split())
_PLURAL = frozenset("ils elles eux they them".split())
_HE = frozenset("il lui he him".split())
_MANY = ("les", "des", "ces", "ses", "leurs", "certains", "plusieurs")


@cache
def _names() -> dict[str, bool]:
    """Return first names, and whether each is a woman's."""
    return dict.fromkeys(_MEN.split(), False) | dict.fromkeys(_WOMEN.split(), True)


def agrees(phrase: str, pronoun: str) -> bool:
    """Tell whether a pronoun can stand for a phrase, as far as its words say.

    Args:
        phrase: "Mme Colin", « le général », "Her deputy Anna Cole".
        pronoun: In lower case.
    """
    words = phrase.lower().replace("’", "'").replace("l'", "l' ").split()
    many = words[0] in _MANY or not {"et", "and"}.isdisjoint(words)
    if pronoun in _PLURAL:
        return many or pronoun in ("they", "them")
    woman = is_woman(words)
    return not many and (woman is None or woman != (pronoun in _HE))


def is_first_name(word: str) -> bool:
    """Tell a common first name, in lower case: "anna", "jean-marc"."""
    return word in _names() or word.split("-", maxsplit=1)[0] in _names()


def is_woman(words: list[str]) -> bool | None:
    """Tell a woman from a man by the words that name one, in lower case; None if they do not."""
    known = [
        _names()[part] for word in words for part in (word, word.split("-")[0]) if part in _names()
    ]
    if words[0] in _TITLES:
        return words[0] in _FEMININE
    if known:
        return known[0]
    if words[0] in _FEMININE or any(word.endswith(_FEMININE_ENDINGS) for word in words[:3]):
        return True
    return False if words[0] in _MASCULINE else None
