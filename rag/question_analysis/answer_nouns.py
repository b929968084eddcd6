"""Nouns that tell what type of thing is asked for: "which city", "quel roi"."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

# Nouns by the type they ask for, without accents, in the singular.
_NOUNS: Mapping[str, str] = {
    "person": """acteur actrice architecte artiste auteur auteure autrice avocat capitaine cardinal
        champion chancelier chanteur chanteuse chef chercheur cineaste colonel comedien comedienne
        commandant compositeur compositrice comte createur createuse danseur deesse depute dieu
        directeur directrice duc ecrivain ecrivaine empereur entraineur entraineuse epouse epoux
        eveque femme fille fils fondateur fondatrice footballeur frere general gouverneur heritier
        heroine heros homme imperatrice ingenieur inventeur joueur joueuse journaliste juge maire
        marechal mari mere ministre moine musicien neveu oncle pape peintre pere personnage
        personnalite personne philosophe physicien pianiste poete predecesseur prenom president
        presidente pretre prince princesse producteur professeur realisateur realisatrice reine
        resistant roi romancier romanciere saint savant scenariste scientifique sculpteur secretaire
        senateur soeur souverain successeur tante traducteur tsar vainqueur
        actor actress archbishop architect artist astronaut astronomer author biologist bishop boy
        brother captain chancellor chemist chief coach commander composer conqueror cousin daughter
        designer dictator director duke economist emperor empress engineer explorer father filmmaker
        founder geologist girl governor husband inventor judge khan king lawyer leader man
        mathematician mayor minister monarch monk mother musician novelist painter people
        philosopher physicist player poet politician pope predecessor preacher priest producer
        professor prophet quarterback queen representative researcher ruler
        scholar scientist sculptor
        secretary senator singer sister son sultan successor theologian widow wife winner woman
        writer""",
    "place": """aeroport archipel banlieue canton capitale chateau commune comte continent
        desert destination endroit eglise departement fleuve gare ile lac lieu localite mer
        montagne ocean
        palais pays port province quartier region riviere royaume rue territoire vallee
        ville village zone
        area borough capital castle church city country county district hotel island lake
        location mountain neighborhood neighbourhood ocean park place province region
        river sea state street suburb territory town valley village""",
    "date": """annee an date decennie epoque ere heure jour mois moment periode saison siecle
        century date day decade era hour month period season time year""",
    "duration": "duree duration lifespan length_of_time longevite longevity esperance",
    "number": """age altitude chiffre circonference dimension distance effectif epaisseur hauteur
        largeur longueur masse nombre numero poids population profondeur quantite score
        superficie surface taille temperature total valeur vitesse volume
        area_of density depth elevation height length number population quantity size speed
        weight width""",
    "amount": """budget cout depense dette gain indemnite loyer montant pib prix recette
        revenu salaire somme tarif
        amount cost debt fee gdp income price revenue salary sum wage""",
    "percentage": """fraction pourcentage proportion taux percent percentage portion rate
        share""",
    "reason": "cause motif motivation raison reason motive rationale",
    "manner": "facon maniere moyen way means method manner",
    "definition": "definition signification sens meaning",
}

# After "quel" or "what": what ends the noun beside it, in French and in English.
_NOUN_ENDS = frozenset(
    """de du des d en dans a au aux qui que qu dont ou le la les l un une par pour sur avec il elle
    on ils elles se s ne n y lors apres avant entre sous vers chez et est sont etait fut ont eu
    of in to at on by for from with that which who did do does is are was were has have had can
    could will would should must may might the an and or than as into during between its his her
    their son sa ses leur leurs it called when where outside near around about under over after
    before""".split()
)
_VAGUE = frozenset(
    """type kind sort form style genre sorte forme espece categorie category part""".split()
)
_WORD = re.compile(r"[^\W_]+")


def noun_kind(phrase: str, *, head_last: bool = False) -> str:
    """Return the type of the noun that a phrase begins with, after its adjectives; or empty.

    Args:
        phrase: What follows "what" or "quel", in lower case and without accents.
        head_last: Whether the last noun of several decides ("income inequality gap").
    """
    kind = ""
    if re.match(r"temps\s(?:faut|fallait|dure|met|prend|est[-\s]il|a[-\s]t)", phrase):
        return "duration"
    for word in _WORD.findall(phrase)[:5]:
        if word in _NOUN_ENDS or word in _VAGUE:
            return kind
        found = _kinds_of_nouns().get(word) or _kinds_of_nouns().get(_singular(word), "")
        if kind and not found and (kind == "reason" or not head_last):
            return kind
        kind = found
    return kind


def _singular(word: str) -> str:
    if word.endswith("ies"):
        return word[:-3] + "y"
    return {"men": "man", "women": "woman"}.get(word, word[:-1] if word[-1:] in "sx" else word)


@cache
def _kinds_of_nouns() -> dict[str, str]:
    return {noun: kind for kind, nouns in _NOUNS.items() for noun in nouns.split()}
