"""Patterns of what sentences hold: dates, numbers, money, places, reasons, definitions.

For French and English, on text in NFC with straight apostrophes and single spaces.
Where two patterns go together, the first is a plain mark and the second a faint one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from rag.words import fold

MONTHS = (
    r"(?:(?:janvier|f[ée]vrier|mars|avril|mai|juin|juillet|ao[uû]t|septembre|octobre|novembre"
    r"|d[ée]cembre|January|February|March|April|May|June|July|August|September|October|November"
    r"|December)\b|(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\.)"
)
DATE = re.compile(
    rf"\b(?:\d{{1,2}}(?:er|st|nd|rd|th)?\s(?:of\s)?)?{MONTHS}(?:\s\d{{1,2}}\b,?)?(?:\s\d{{3,4}}\b)?"
    r"|(?<![\d.,])(?:1\d{3}|20\d\d)(?:s\b|(?![\d%€$]|[.,]\d|\s?(?:km|m|kg|ha|habitants)\b))"
    r"|\b(?:en|in|vers|depuis|since|by|circa|dès|until|jusqu'en)\s(?:l'an\s\d|\d\d)\d{1,2}\b(?!\s?%|[.,]\d)"
    r"|\b[IVXLivxl]{1,6}(?:e|è|er|ème|ᵉ)?\s(?:et\s[IVXL]{1,6}(?:e|è|ème|ᵉ)?\s)?si[èe]cles?\b"
    r"|\b(?:\d{1,2}(?:st|nd|rd|th|e|ème|er)|[a-z]{4,12}th|first|second|third)[\s-]"
    r"(?:century|centuries|siècles?)\b"
    r"|\bann[ée]es?\s\d{2,4}\b|\b\d{1,4}\s(?:av\.|avant|apr\.|après|BC|BCE|AD|CE)(?:\sJ)?"
    r"|\b\d{1,2}\s?(?:[hH]\d{0,2}\b|heures?\b|a\.m\b|p\.m\b|am\b|pm\b)|\b\d{1,2}:\d\d\b"
    r"|\b\d{1,2}/\d{1,2}/\d{2,4}\b"
)
WHEN = re.compile(
    r"\b(?:lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|hier|aujourd'hui|demain|printemps"
    r"|été\b(?=\s(?:\d|dernier))|automne|hiver|lendemain|veille|lorsque|lorsqu|après|avant|pendant"
    r"|durant|depuis|dès|au\scours|à\sla\sfin|au\sdébut|époque|siècles?|règne|ère"
    r"|Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday|yesterday|today|tomorrow|spring"
    r"|summer|autumn|winter|when|after|before|during|until|while|ago|later|era|century|centuries"
    r"|reign|beginning|age|following|once|as\ssoon|night|nuit|lors|suivante?|moment|à\sla\ssuite)\b",
    re.IGNORECASE,
)
NUMBER_WORDS = (
    r"(?:deux|trois|quatre|cinq|six|sept|huit|neuf|dix|onze|douze|treize|quatorze|quinze|seize"
    r"|vingt|trente|quarante|cinquante|soixante|cents?|mille|dizaines?|douzaines?|vingtaines?"
    r"|trentaines?|cinquantaines?|centaines?|milliers?|millions?|milliards?|moitié|tiers"
    r"|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen"
    r"|sixteen|seventeen|eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety"
    r"|dozens?|hundreds?|thousands?|billions?|trillions?|half|twice|once|double)"
)
DIGITS = r"\d+(?:[\s.,]\d{3})*(?:[.,]\d+)?"
NUMBER = re.compile(rf"(?<![\w.,]){DIGITS}(?:(?!\w)|(?=[a-zA-Z%°²]))|\b{NUMBER_WORDS}\b", re.I)
SEVERAL = re.compile(
    r"\b(?:plusieurs|quelques|nombreu(?:x|ses)|aucune?|une\sseule|un\sseul|plupart|unique"
    r"|several|many|few|none|no\s|single|one|numerous|most|both)\b",
    re.IGNORECASE,
)
MONEY = re.compile(
    r"[€$£¥]\s?\d|\d[\d\s.,]{0,20}(?:[€$£¥]|k€|M€)|\b(?:euros?|dollars?|francs?|livres?|yens?|yuans?|roubles?"
    r"|marks?|deutschemarks?|florins?|couronnes?|écus?|ducats?|lires?|pesos?|roupies?|cents?|pounds?"
    r"|shillings?|pence|rubles?|rupees?|USD|EUR|GBP|sterling)\b"
)
PERCENT = re.compile(r"%|\b(?:pour\s?cent|per\s?cent|pourcents?|percentage\spoints?)\b", re.I)
FRACTION = re.compile(
    r"\b(?:moitié|tiers|quarts?|cinquième|majorité|totalité|\d+\ssur\s\d+|un\ssur"
    r"|half|thirds?|quarters?|fifths?|tenths?|majority|one\sin\s\w+|out\sof|\d/\d)\b",
    re.IGNORECASE,
)
UNIT_OF_TIME = (
    r"(?:secondes?|minutes?|heures?|jours?|journées?|nuits?|semaines?|mois|années?|ans|an"
    r"|décennies?|siècles?|millénaires?|seconds?|hours?|days?|nights?|weeks?|months?|years?|decades?"
    r"|centuries|century|millennia)"
)
DURATION = re.compile(
    rf"(?:(?<![\w.,]){DIGITS}|\b{NUMBER_WORDS}|\b(?:une?|quelques|plusieurs|several|few|many|an?"
    rf"|one|some|des|million|d'années))[\s-](?:\w+\s|d'|de\s)?{UNIT_OF_TIME}\b",
    re.IGNORECASE,
)
RANGE = re.compile(
    r"\b(?:de|du|entre|from|between)\s[^,;()]{0,20}?\d{2,4}\s(?:à|au|et|to|and|until)\s[^,;()]{0,20}?"
    r"\d{2,4}\b|\d{4}\s?[-–]\s?\d{2,4}|\b(?:jusqu|until|pendant|durant|depuis|since)\b",
    re.IGNORECASE,
)

REASON: Mapping[str, tuple[str, str]] = {
    "fr": (
        r"parce qu|\bcar\b|en raison d|à cause d|à la suite d|afin (?:de|d'|qu)|puisqu|grâce à"
        r"|grâce au|étant donné|du fait d|du fait qu|\bdue?s?\s(?:à|au|en)\b|pour que\b|pour qu'"
        r"|faute de|raisons?\b|causes?\b|\bcaus[ée]|provoqu|s'expliqu|expliqu|motif|\bmotiv"
        r"|en effet|de peur|de crainte|c'est pourquoi|\bdonc\b|ainsi\b|de sorte|de manière à"
        r"|de façon à|dans le but|\bbut\b|objectif|permet|conséquence|entraîn|visant|vise à"
        r"|\bcomme\s(?:il|elle|ils|le|la|les)\b|\bpour\s(?:[a-zéèê']+\s){0,2}[a-zéèêçîû]+(?:er|ir|re|oir)\b",
        r"\bpour\b|\ben\s[a-zéèêç]+ant\b|par\s(?:le|la|l'|les|son|sa)|suite à|résult|face à"
        r"|favoris|empêch|évit|vu\s(?:le|la|les|que)|sous l'",
    ),
    "en": (
        r"because|due to|owing to|so that|in order to|thanks to|as a result"
        r"|reasons?\b|\bcaus|since\b"
        r"|therefore|\bthus\b|hence|explain|led to|leads? to|leading to"
        r"|result(?:s|ed|ing)? (?:of|from|in)"
        r"|on account of|so as to|for fear|motiv|purpose|allow|enabl|prevent|avoid|consequen"
        r"|\bso\b|as (?:he|she|it|they|the)\b|in response|\bdriven\b|attribut",
        r"\bto\s[a-z]+\b|\bfor\b|\bby\s[a-z]+ing\b|after\b|\bas\b|when\b",
    ),
}
MANNER: Mapping[str, tuple[str, str]] = {
    "fr": (
        r"\ben\s(?:l[ea]s?\s|l'|s'|se\s|y\s)?[a-zéèêçîû]+ant\b|grâce (?:à|au)"
        r"|à l'aide|au moyen|à travers"
        r"|par l'intermédiaire|moyennant|de (?:manière|façon)|\bvia\b|à partir|par le biais"
        r"|consiste|d'abord|ensuite|puis\b|procéd|méthode|technique|\butilis",
        r"\bpar\b|\bavec\b|\bsans\b|\b[a-zé]{4,}ment\b|\bsous\b|\bselon\b|\bcomme\b",
    ),
    "en": (
        r"\bby\s(?:\w+ly\s)?[a-z]+ing\b|through\b|\busing\b|by means|\bvia\b|thanks to"
        r"|with the help|\bmethod|\bprocess|\btechnique|\bwithout\s[a-z]+ing\b"
        r"|in (?:a|an|the) \w+ (?:way|manner)",
        r"\bby\b|\bwith\b|\b[a-z]{3,}ly\b|\bas\b|\binto\b|\bfrom\b|\blike\b",
    ),
}
DEFINITION: Mapping[str, tuple[str, str]] = {
    "fr": (
        r"\b(?:est|sont|était|étaient|fut|furent)\s(?:\w+ment\s|donc\s|aussi\s|alors\s|à la fois\s"
        r"|ainsi\s)?(?:une?|l[ea]s?|l'|des|du)(?:\b|(?<='))|désign|signifi|consist|c'est-à-dire"
        r"|se défini|défini|appel[ée]|appelle|nomm[ée]|dénomm|qualifi|correspond|terme|constitu",
        r",\s(?:une?|l[ea]s?|l'|ou|soit|alors|dite?s?)\b|\(|\s[–—-]\s|:|\bcomme\b|il s'agit",
    ),
    "en": (
        r"\b(?:is|are|was|were)\s(?:\w+ly\s|also\s)?(?:an?|the|one|any|all)\b|refers?\b|referred"
        r"|\bmeans?\b|meaning|defin|known as|called|\bterm(?:ed)?\b|consists?|that is\b|describ",
        r",\s(?:an?|the|or|which|who)\b|\(|\s[–—-]\s|:",
    ),
}
PLACE_BEFORE: Mapping[str, str] = {
    "fr": r"(?:à|au|aux|en|dans|vers|près\s(?:de|du|d')|chez|sur|depuis|entre|jusqu'à|jusqu'au"
    r"|de|du|d'|des)\s?(?:l[ea]s?\s|l')?(?:(?:ville|région|village|pays|île|état|province|rue"
    r"|quartier|commune|nord|sud|est|ouest|centre|palais|château|port)\s?(?:de\s|du\s|d')?(?:la\s|l')?)?",
    "en": r"(?:in|at|from|near|to|into|on|of|around|across|between|throughout|outside|inside|toward"
    r"|towards|through|within|over)\s(?:the\s)?(?:(?:city|town|region|northern|southern|eastern"
    r"|western|north|south|east|west|central|modern|state|island|coast|county)\s(?:of\s(?:the\s)?)?)?",
}
STRICT_BEFORE = re.compile(r"(?:de|du|des|of|to)\b|d'", re.IGNORECASE)
WHERE: Mapping[str, str] = {
    "fr": r"\b(?:dans|sur|sous|près|au (?:nord|sud|centre|fond|bord|large|pied|cœur|milieu)"
    r"|à l'(?:est|ouest|intérieur|extérieur)|chez|entre|situ[ée]|se trouve|rive|côte|siège)\b",
    "en": r"\b(?:in|at|on|near|inside|outside|within|between|along|around|across|located|situated"
    r"|north|south|east|west|coast|border)\b",
}
CAPITAL = r"[A-ZÀ-ÖØ-ÞŒ]"
NAME_WORD = rf"(?:{CAPITAL}\.|{CAPITAL}[\w'’]*(?:-{CAPITAL}?\w+)*)"
NAME = re.compile(
    rf"{NAME_WORD}(?:\s(?:(?:de\sla|de|du|des|of\sthe|of|von|van|der|al|el|ibn|ben|di|da|le|la)\s"
    rf"|d'|l'|al-)?{NAME_WORD}){{0,6}}"
)
ELIDED = re.compile(r"^(?:[CDJLMNSTcdjlmnst]|[Qq]u|[Ll]orsqu|[Pp]uisqu|[Jj]usqu)'(?=\w)")
ROLE = re.compile(
    r"(?:\bM\.|\bMme|\bMlle|\bM[gm]r|\bDr|\bMrs?\.|\bMs\.|\bSir|\bLord|\bLady|\bSaint|\bpar|\bby|roi|reine"
    r"|empereur|président|présidente|ministre|général|duc|comte|prince|princesse|pape|évêque"
    r"|auteur|écrivain|peintre|acteur|actrice|chanteur|chanteuse|roman(?:cier|cière)|poète"
    r"|philosophe|professeur|réalisateur|entraîneur|capitaine|colonel|maire|docteur|frère|sœur"
    r"|fils|fille|femme|épouse|mari|père|mère|architecte|compositeur|joueur|historien|ingénieur"
    r"|king|queen|emperor|president|minister|general|duke|prince|princess|pope|bishop|author"
    r"|writer|painter|actor|actress|singer|novelist|poet|philosopher|professor|director|coach"
    r"|captain|colonel|mayor|doctor|brother|sister|son|daughter|wife|husband|father|mother"
    r"|architect|composer|player|historian|engineer|governor|physicist|chemist|mathematician"
    r"|scientist|leader|quarterback|linebacker|commander)\s*\Z",
    re.IGNORECASE,
)
NO_PERSON = frozenset(
    fold(word)
    for word in """france allemagne italie espagne angleterre royaume-uni europe afrique asie
    amerique etats-unis russie chine japon inde belgique suisse paris londres rome berlin new-york
    grece egypte turquie canada bresil mexique australie autriche pologne portugal pays-bas
    etat eglise republique empire guerre constitution universite conseil parlement assemblee
    union nord sud est ouest internet
    germany italy spain england britain kingdom europe africa asia america russia china japan india
    belgium switzerland london rome greece egypt turkey brazil mexico australia austria poland
    netherlands states united war university empire republic church government council parliament
    north south east west european american british french german english italian spanish chinese
    japanese russian indian roman greek christian catholic protestant jewish muslim islamic latin
    african asian warsaw polish victoria california florida texas rhine the""".split()
)
CALENDAR = re.compile(rf"(?:{MONTHS}|(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|I|[IVXL]{{2,}})\Z")
