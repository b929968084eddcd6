"""Verbs that report what is said.

French verbs in -er are listed by their stem and conjugated here in the third
person; all others, and the English ones, by their forms.
"""

from __future__ import annotations

from functools import cache

_FRENCH_STEMS = """accus affirm ajout alert allégu annonc argu argument articul assen assur attest
    avanc avou certifi chuchot clam comment concéd concèd confess confi confirm considér
    considèr conseill constat contest corrig critiqu déclam déclar dénonc déplor dévoil
    dout énonc énumèr énumér estim évalu évoqu explicit expliqu exprim fustig implor
    indiqu ironis insist insinu interprét interprèt invoqu jug jur lanc martel martèl
    mentionn minimis murmur narr not object observ pens plaid postul qualifi préconis
    précis présag prétext proclam prôn pronostiqu propos protest racont rappel rappell
    recommand redout réfut regrett réitèr réitér relat relativis relèv relev remarqu
    répèt répét répliqu rétorqu révèl révél signal soulign soupçonn soupir spécifi
    spécul suggèr suggér suppos témoign tempêt théoris tonn tweet demand complét souffl
    réclam complèt espèr espér exig souhait interrog agac alarm emport rassur tempèr tempér
    nuanc raill balay revendiqu reproch exhort salu enchaîn justifi analys""".split()
_FRENCH_ENDINGS = "e ent é ait aient a èrent era eront erait eraient".split()
_FRENCH_FORMS = """dit disent disait disaient dirent dira admet admettent admettait admettaient
    admis admit admirent avertit avertissent averti avertissait prévient préviennent prévenu
    prévenait prévint écrit écrivent écrivait écrivaient écrivit écrivirent décrit décrivent
    décrivait soutient soutiennent soutenu soutenait soutenaient soutint soutinrent maintient
    maintiennent maintenu maintenait maintint reconnaît reconnaissent reconnu reconnaissait
    reconnut promet promettent promis promettait promit répond répondent répondu répondait
    répondit répondirent prédit prédisent contredit dément démentent démenti croit croient
    croyait croyaient prétend prétendent prétendu prétendait prétendaient prétendit craint
    craignent craignait poursuit poursuivi poursuivait conclut concluent conclu concluait
    garantit garantissent garanti surenchérit renchérit renchéri réagit réagi résume étonne
    étonné inquiète inquiété félicite félicité réjouit réjoui indigne indigné insurge insurgé
    désole désolé exclame exclamé exclama reprend lâche lâché tranche tranché glisse glissé dixit
    souvient souviennent sourit plaisante plaisanté abonde pointe pointé""".split()
# Those that are past participles alone: they report only after an auxiliary.
PARTICIPLES = frozenset(
    """admis averti prévenu soutenu maintenu reconnu promis répondu démenti prétendu poursuivi
    conclu garanti renchéri réagi réjoui""".split()
)

# Verbs of several words, by the first; each is read as one.
SEVERAL_WORDS: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(
        ("fait", "font", "faisait", "faisaient", "fit", "firent"),
        ("savoir", "valoir", "remarquer", "observer", "noter", "comprendre"),
    ),
    **dict.fromkeys(("met", "mettent", "mis", "mettait"), ("en garde",)),
    **dict.fromkeys(("laisse", "laissent", "laissé", "laissait"), ("entendre",)),
    **dict.fromkeys(
        ("tient", "tiennent", "tenu", "tenait"),
        ("à préciser", "à rappeler", "à souligner", "à ajouter", "à dire"),
    ),
    **dict.fromkeys(("point", "points", "pointed"), ("out",)),
    **dict.fromkeys(("make", "makes", "made"), ("clear",)),
    **dict.fromkeys(("put", "puts"), ("it",)),
    **dict.fromkeys(("goes", "went"), ("on to say",)),
    **dict.fromkeys(("is", "was", "were", "been"), ("quoted as saying",)),
}
_JOINED = frozenset(f"{first} {more}" for first, ends in SEVERAL_WORDS.items() for more in ends)

# Somebody's alone: what does these is no thing, even where its noun is not listed.
_FRENCH_OF_SOMEBODY = frozenset(
    f"{stem}{ending}"
    for stem in "affirm ajout assur confi déclar estim jur racont répliqu rétorqu".split()
    for ending in _FRENCH_ENDINGS
) | frozenset(("dit", "disent", "disait", "fait savoir", "fait valoir"))
# Of these, the object itself may be quoted: « dénonce un « recul » ».
_OF_WORDS = tuple(
    "dénonc déplor fustig évoqu salu regrett félicit réjoui denounc condemn hail praise slam blast"
    " critici criticis deplor".split()
)

# A thing too may do these: they need somebody, or a document, as their subject.
_OF_THINGS = """prouve poursuit poursuivi propose proposent proposé relève relèvent suppose
    supposent supposait indique indiquent indiqué révèle révèlent révélé suggère
    suggèrent suggéré indicate indicates indicated suggest suggests suggested imply
    implies implied reveal reveals revealed find finds found show shows showed hold
    holds held propose proposes proposed predict predicts predicted confirm confirms
    confirmed""".split()

_ENGLISH_REGULAR = """acknowledge add admit advise affirm agree allege announce answer argue
    assert assume assure attest believe boast caution claim comment complain concede conclude
    confess confirm consider contend counter declare deem deny describe disclose dispute
    emphasise emphasize estimate exclaim explain express fear hint hope hypothesise hypothesize
    indicate insist joke lament maintain mention note observe opine pledge point posit postulate
    predict proclaim promise propose quip reckon recommend refute reiterate remark reply report
    respond retort reveal speculate state stipulate stress suggest surmise suspect testify
    theorise theorize threaten tweet underline underscore vow warn whisper worry recall ask fume
    expect remember remind urge shout groan sigh muse recount denounce condemn criticise criticize
    call praise hail blast slam protest object continue echo apologise apologize grumble thunder
    plead concur wonder scoff deplore""".split()
_ENGLISH_FORMS = """admitted hold holds held find finds found think thinks thought write writes
    wrote swear swears swore foresee foresees foresaw
    forecast forecasts slammed""".split()
SAY = frozenset("say says said saying".split())
TELL = frozenset("tell tells told".split())

# Before « que », « : » or a quotation only: alone they tell of no speech.
CLAUSE_WITHOUT_THAT = frozenset(
    """admit admits admitted argue argues argued believe believes believed claim claims claimed
    confirm confirmed confirms estimate estimates estimated fear fears feared hope hopes insist
    insists insisted report reports reported state states stated think thinks thought warn warns
    warned""".split()
)


@cache
def french_verbs() -> frozenset[str]:
    """Return the forms, third person and past participle, of French verbs that report."""
    regular = {stem + ending for stem in _FRENCH_STEMS for ending in _FRENCH_ENDINGS}
    soft = {form.replace("ca", "ça") for form in regular if "nça" not in form}
    return frozenset(regular | soft | set(_FRENCH_FORMS) | _JOINED)


@cache
def english_verbs() -> frozenset[str]:
    """Return the forms of English verbs that report, those of "say" and "tell" apart."""
    return frozenset(
        {form for verb in _ENGLISH_REGULAR for form in _conjugate(verb)}
        | {*_ENGLISH_FORMS, *_JOINED}
    )


def _conjugate(verb: str) -> tuple[str, str, str]:
    if verb.endswith("e"):
        return verb, verb + "s", verb + "d"
    if verb[-1] == "y" and verb[-2] not in "aeiou":
        return verb, verb[:-1] + "ies", verb[:-1] + "ied"
    return verb, verb + "s", verb + "ed"


@cache
def verbs_of_things() -> frozenset[str]:
    """Return the reporting verbs whose subject may as well be a thing, in both languages."""
    return frozenset(_OF_THINGS)


def is_of_somebody(verb: str) -> bool:
    """Tell a verb that only somebody does: "said", « affirme »; not "shows" or « explique »."""
    return verb in SAY or verb in TELL or verb in _FRENCH_OF_SOMEBODY


def takes_words(verb: str) -> bool:
    """Tell a verb whose object may be quoted words: « dénonce un « recul » »."""
    return verb.startswith(_OF_WORDS)
