"""Nouns of those who can say something, and of what never does, in French and in English."""

from __future__ import annotations

from functools import cache, lru_cache

# Who can say something: people and bodies …
_FRENCH_SPEAKERS = """académie accusé acteur actrice adjoint administration adversaire agence agent
    agriculteur ambassade ambassadeur ambassadrice analyste ancien archéologue
    archevêque architecte armée artiste assemblée association associé astronome
    astrophysicien auteur auteure autrice autorité avocat avocate banque bénévole
    biographe biologiste blogueur cabinet camarade camp candidat candidate capitaine
    cardinal centre chancelier chancellerie chef cheffe chercheur chercheuse chroniqueur
    cinéaste citoyen climatologue coach collectif collègue colonel comité commandant
    commissaire commission communauté compagne compagnie compagnon comte comtesse
    concurrent confrère conseil conseiller conseillère constructeur coordinateur
    coordinatrice cour critique curé défenseur délégation délégué déléguée démocrate
    dentiste député députée détracteur diplomate diplomatie directeur direction
    directrice dirigeant dirigeante docteur duc économiste écologue écologiste écrivain écrivaine
    éditeur éditorialiste élève élu élue employé employeur enquêteur enseignant
    enseignante entourage entraîneur entraîneuse entreprise épidémiologiste équipe
    essayiste état-major étudiant évêque expert experte exploitant fabricant famille
    femme fille fils fondateur fondatrice fondation fonctionnaire footballeur forces
    frère gardien gendarmerie général généticien géographe géologue gérant gérante
    gouvernement gouverneur groupe géopolitologue habitant habitante historien
    historienne homme hôpital ingénieur ingénieure inspecteur institut institution
    instituteur intéressé joueur journal journaliste juge juriste justice lieutenant
    linguiste locataire magistrat mairie maire maître maman manifestant mari
    mathématicien médecin média membre mère métropole météorologue militaire militant
    militante ministère ministre monarque municipalité musicien musicologue médiateur
    négociateur observateur officiel officier ONG opérateur opposant opposante
    opposition orateur organisateur organisation organisme paléontologue pape papa
    parent parlement parlementaire parquet parti partisan passager patron patronat
    patronne pédiatre peintre père personnalité pharmacien philosophe photographe
    physicien pilote plaignant poète police policier policière politicien politique
    politologue pompier porte-parole préfecture préfet préfète premier présidence
    président présidente prêtre prévenu prince princesse procureur procureure producteur
    professeur professeure promoteur propriétaire protagoniste psychiatre psychologue
    public quotidien rabbin réalisateur réalisatrice rédacteur rédactrice régime reine
    renseignement représentant représentante républicain responsable revue riverain roi
    romancier romancière royaume salarié savant scénariste scientifique secrétaire
    secrétariat sénat sénateur sénatrice sergent service société sociologue sœur soldat
    source spécialiste statisticien stratège suspect syndicaliste syndicat technicien
    témoin théologien traducteur travailleur tribunal tuteur universitaire université
    urbaniste utilisateur vétérinaire veuve victime vigneron villageois voisin voisine
    volcanologue voyageur voyageuse zoologiste certain beaucoup plusieurs internaute
    lecteur auteurs jeune dernier dernière intéressée éleveur gens peuple occidentaux
    américain russe chinois français""".split()
_ENGLISH_SPEAKERS = """academic academy accountant activist actor actress administration admiral
    advocate adviser advisor agency aide airline ally ambassador analyst anthropologist
    archaeologist archbishop architect army artist assembly association astronomer attorney
    author authority bank biographer biologist bishop board body boss boy brother bureau captain
    cardinal chair chairman chairwoman champion chancellor chief child church citizen clergy
    coach coastguard colleague collector colonel columnist commander commentator commission
    commissioner committee community company congressman contemporary coroner correspondent
    council councillor counsel court critic daughter defendant defender delegate democrat
    department deputy detective detractor developer diplomat director doctor economist editor
    embassy emperor employee engineer envoy executive expert family farmer father federation
    firm fisherman force forecaster foundation founder friend geographer geologist girl
    government governor group guard guide head historian hospital husband inquiry inspector
    institute institution insurer investigator islander journalist judge juror king lawmaker
    lawyer leader lecturer legislator lieutenant linguist locals magistrate maker man manager
    manufacturer mathematician mayor medic member merchant minister ministry monk mother
    musician mp neighbour neighbor newspaper novelist observer officer official operator
    opponent opposition organiser organizer organisation organization owner palaeontologist
    paleontologist pamphlet panel parent parliament participant party passenger pastor
    pathologist patient people philosopher photographer physician physicist pilot player poet
    police policeman politician pope president press priest prince princess principal producer
    professor proponent prosecutor protester psychiatrist psychologist publisher pupil queen
    rabbi reader rebel referee reporter representative republican researcher resident retailer
    reviewer ruler sailor scholar school scientist secretary senator sergeant sheriff singer
    skeptic sceptic sister society sociologist soldier solicitor somebody someone son source
    speaker specialist spokesman spokesperson spokeswoman staff star statistician student
    superintendent supporter surgeon survivor suspect teacher team theologian theorist trader
    traveller tribunal trustee union university user veteran victim villager visitor voter
    watchdog wife witness woman worker writer youth some many others most""".split()

# … and the documents that speak for them.
DOCUMENTS = frozenset(
    """rapport étude sondage enquête communiqué document bilan estimation statistique donnée
    recensement presse média site magazine hebdomadaire chronique légende tradition récit
    témoignage lettre note rumeur dépêche recherche analyse baromètre télévision radio chaîne
    recherches travaux rapporteur bible coran évangile report study poll survey statement
    document figures estimate census legend tradition account testimony letter analysis lawsuit
    complaint memo website magazine tabloid paper chronicle rumour rumor research broadcaster
    station book biography review indictment manifesto release leaflet""".split()
)

# What nobody says anything by, though « selon » or "according to" may stand before it.
NOT_SPEAKERS = frozenset(
    """accord alinéa âge an année annexe application article aspect besoin calendrier cas catégorie
    chapitre choix circonstance classification clause code concept condition constitution
    contrat convention contexte convenance coutume critère date décret définition degré
    dictionnaire direction disponibilité disposition distribution divers époque équation espèce
    expérience fonction forme formule façon gravité habitude heure hypothèse idée importance
    indice jour langue lieu ligne loi loisir longueur manière matière méthode mode modèle
    modalité mois mot moment mouvement moyen nature nécessité niveau nom nombre norme objectif
    ordre origine paragraphe période perspective place plan point possibilité pratique principe
    procédure processus protocole qualité quantité raison règle règlement région relation
    résultat rite saison schéma section semaine sens séquence sexe situation spécificité stade
    statut structure style système tableau taille tarif température temps terme thème théorème
    théorie titre toute traité type usage valeur variante version vitesse volonté zone act
    agreement amount ideology conjecture experiment appendix axiom bill budget calendar case
    category chapter choice circumstance clause code concept condition constitution contract
    convenience convention custom data date definition degree design dogma doctrine evidence
    equation example experience fact figure finding formula framework function height hypothesis
    idea index instruction interpretation law length level line list map measurement method
    model movie need notion number order page paragraph pattern phrase plan plot practice
    principle procedure protocol purpose ratio reason regulation rite result rule schedule
    script section season sense sequence sign size standard statute storyline system table task
    taste term theorem theory thesis timetable title treaty type version view weight wish
    word""".split()
)

_NOT_HUMAN = frozenset(
    """facteur valeur couleur hauteur longueur largeur moteur secteur chaleur ampleur vigueur
    faveur erreur heure ordinateur logiciel compteur vecteur meilleur supérieur inférieur
    extérieur intérieur antérieur ultérieur plusieurs leur ailleurs order number letter paper
    water weather river power computer factor sector error colour color other another under over
    either after matter manner chapter center centre theater quarter parameter border list
    exist""".split()
)
_HUMAN_ENDINGS = (
    "eur eurs euse euses trice trices logue logues iste istes er ers or ors ist ists ian ians"
    " man men woman women"
).split()
# What says something only as a sign does: "the clock said ten".
_MUTE = frozenset(
    """sign clock notice placard song poem film movie novel story text verse lyric caption plaque
    inscription screen gauge thermometer proverb saying label panneau pancarte horloge film
    roman poème chanson affiche texte proverbe dicton histoire phénomène fait""".split()
)


@cache
def _people() -> frozenset[str]:
    return frozenset(word.lower() for word in (*_FRENCH_SPEAKERS, *_ENGLISH_SPEAKERS))


@lru_cache(4096)
def is_person(word: str) -> bool:
    """Tell a noun of people or of a body of people, singular or plural, as far as listed."""
    return bool(_singulars(word) & _people())


@lru_cache(4096)
def is_speaker(word: str) -> bool:
    """Tell a noun of somebody, or of a document, that can say something.

    Those not listed are told by their ending (-iste, -eur, -logue, "-er", "-ist").
    """
    forms = _singulars(word)
    if forms & NOT_SPEAKERS or forms & _NOT_HUMAN:
        return bool(forms & _people())
    return bool(forms & (_people() | DOCUMENTS)) or (
        len(word) > 5 and word.lower().endswith(tuple(_HUMAN_ENDINGS))
    )


@lru_cache(4096)
def never_speaks(word: str) -> bool:
    """Tell a noun of a thing that "according to" may name: a law, a plan, a case."""
    return bool(_singulars(word) & NOT_SPEAKERS)


@lru_cache(4096)
def is_mute(word: str) -> bool:
    """Tell a noun of what says something only as a sign does: "the clock said ten"."""
    return bool(_singulars(word) & (NOT_SPEAKERS | _MUTE))


def _singulars(word: str) -> set[str]:
    low = word.lower().replace("’", "'").removesuffix("'s")
    forms = {low}
    if low.endswith(("s", "x")):
        forms.add(low[:-1])
    if low.endswith("ies"):
        forms.add(low[:-3] + "y")
    if low.endswith("men"):
        forms.add(low[:-3] + "man")
    if low.endswith("aux"):
        forms.add(low[:-3] + "al")
    if low.endswith("es"):
        forms |= {low[:-2], low[:-1]}
    return forms
