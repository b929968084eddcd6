"""Quote → the sentences before it that it leans on: « Il », "However", an open quotation.

A quote that begins with a pronoun, a demonstrative or a connective says something else,
or nothing, alone. What stands for nothing before it (« Il faut », "It is clear that",
« Ce matin ») leans on nothing: context that is not needed is noise.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.datamodels import Span
from rag.speech.quotations import LONGEST, around, find_quotations

MOST = 3  # sentences before a quote that are shown with it
FARTHEST = 6  # sentences: as far back as the one that opens a quotation is shown
SOUGHT = 40  # sentences: as far back as it is sought

_LEADING = re.compile(r"[\s«»“”„\"'‘’(\[–—\-…*•>]*")
_HEAD = 160  # characters that tell whether a sentence leans


def _any_of(words: str) -> str:
    """Return a pattern of alternatives, a space standing for any white space."""
    return "|".join(re.escape(each.strip()).replace(r"\ ", r"\s") for each in words.split("|"))


_IMPERSONAL_ADJECTIVES = (
    "possible|impossible|probable|improbable|nécessaire|important|essentiel|indispensable|inutile"
    "|utile|vrai|faux|clair|évident|certain|sûr|temps|difficile|facile|préférable|rare|fréquent"
    "|courant|question|interdit|permis|recommandé|conseillé|connu que|connu qu'|établi que"
    "|établi qu'|prévu que|prévu qu'|prévu de|admis que|admis qu'|estimé que|considéré que"
    "|regrettable|urgent|normal|naturel|logique|intéressant|souhaitable|bon|dit|à noter|à craindre"
    "|à espérer|encore trop|trop|plus que|d'usage|tard|tôt|midi|minuit"
)
_FRENCH_IMPERSONAL = re.compile(
    r"il\s(?:ne\s|n')?(?:(?:en|y|me|te|nous|vous|lui|leur|se|s'y|s'en|m'|t')\s?)?(?:"
    r"(?:a\s|avait\s|aura\s|aurait\s|va\s|peut\s|doit\s|devrait\s|pourrait\s)?(?:pas\s|toujours\s"
    r"|aussi\s|encore\s|bien\s|donc\s)*(?:"
    r"fa(?:ut|llait|llut|udra|udrait|llu|lloir)|y\s(?:a|avait|aura|aurait|eut|ait|avoir|en\sa)"
    r"|s'(?:agit|agissait|agira|agirait|agir|ensuit|avère|est\sagi)|suffi\w*|conv(?:ient|enait|iendra)"
    r"|pleu\w*|neige\w*|existe\w*|(?:incomb\w*|appart(?:ient|enait|iendra))\s(?:à|au|aux)\s[^,;.]{2,50}\s(?:de\s|d')(?=\w+(?:er|ir|re)\b)|import\w*\s(?:de|que|qu')"
    r"|para[iî]\w*\s(?:que|qu')|sembl\w+\s(?:\w+\s){0,2}(?:que|qu')|apparaît\s(?:que|qu')"
    r"|arriv\w+\s(?:que|qu')|ressort\w*\s|trouve\s(?:que|qu')|peut\s(?:que|qu')|vaut\smieux"
    r"|manqu\w*\s(?:un|une|des|de|d'|\d)|va\sde\ssoi|va\ssans\sdire|résulte|fait\s(?:froid|chaud|beau|nuit|jour)"
    r"|rest\w+\s(?:\d|à\s|que\s|qu'|de\s|d'|des\s|un\s|une\s|encore\s|beaucoup|peu\s|possible|difficile))"
    r"|(?:est|était|sera|serait|fut|semble|semblait|paraît|devient|devenait|reste|demeure|a\sété)\s(?:pas\s)?"
    r"(?:\w+ment\s|plus\s|très\s|aussi\s|donc\s|toujours\s|encore\s|également\s|bien\s|parfois\s){0,2}"
    rf"(?:{_any_of(_IMPERSONAL_ADJECTIVES)}|\d{{1,2}}\sheures?)\b)",
    re.IGNORECASE,
)
_FRENCH_CLEFT = re.compile(
    r"ce?(?:\s|')(?:est|sont|était|étaient|fut|furent|sera|seraient)\s(?!un\s|une\s|des\s|ce|là|pour\s(?:ce|quoi)"
    r"|pourquoi|ainsi|alors|donc|aussi|pas|l[ae]\s(?:même|seul|premi))"
    r"(?:(?!\b(?:cet|cette|ces|ce|son|sa|ses|leurs?|lui|elles?|eux|celui-ci|celle-ci|ensuite"
    r"|d'ailleurs|également)\b)[^.;:!?]){2,90}?\b(?:qui|que|qu')",
    re.IGNORECASE,
)
_TIME = (
    r"(?:matin|matinée|soir|nuit|midi|après-midi|semaine|week-end|mois|année|été|hiver|automne"
    r"|printemps|trimestre|semestre|saison|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|jours?"
    r"|jours-ci|temps|morning|evening|afternoon|week|weekend|month|year|summer|winter|autumn|spring|fall"
    r"|season|monday|tuesday|wednesday|thursday|friday|saturday|sunday|century|decade|time\saround|days)"
)
_FRENCH_DEMONSTRATIVE = re.compile(
    r"(?:ce|cet|cette|ces)\s(?!(?:\d+|derniers?|dernières?|prochaines?|premiers?)?\s?"
    rf"{_TIME}\b(?!-là))(?!que\b|qui\b|dont\b|à\squoi|qu')\w"
    r"|c'(?:est|était|en\s)|ç'|(?:cela|ceci|ça|celui-ci|celle-ci|ceux-ci|celles-ci|celui-là|celle-là"
    r"|ceux-là|celles-là)\b",
    re.IGNORECASE,
)
_FRENCH_PRONOUN = re.compile(
    r"(?:ils?|elles?|lui|eux|ces?\sderni(?:er|ère)s?(?!\s(?:jours|mois|années|semaines|temps|heures|siècles))|cet?te\sdernière|(?:son|sa|ses|leurs?)\s(?=\w)"
    r"|les\sdeux\b|tous\s(?:les\s)?deux\b|toutes\s(?:les\s)?deux\b|l'un\b|l'une\b|l'autre\b"
    r"|le\ssecond\b|la\sseconde\b|y\s)\b",
    re.IGNORECASE,
)
_FRENCH_CONNECTIVE = re.compile(
    "(?:"
    + _any_of(
        "mais|cependant|toutefois|néanmoins|pourtant|or|donc|ainsi|en effet|en revanche|par contre"
        "|au contraire|par conséquent|en conséquence|dès lors|aussi|de plus|en outre|de même|certes"
        "|d'ailleurs|du reste|de ce fait|du coup|autrement dit|en d'autres termes|bref|à l'inverse"
        "|inversement|pour autant|malgré tout|quant à lui|quant à elle|quant à eux|de son côté"
        "|de leur côté|à son tour|à leur tour|par la suite|puis|ensuite|car|et|sinon|à défaut|voilà"
        "|pour cela|pour ce faire|depuis lors|c'est pourquoi|non,|oui,|par exemple|de surcroît|là,"
        "|d'où|d'autant|à l'époque|alors,|selon lui|selon elle|selon eux|selon elles|d'après lui"
        "|d'après elle|pour lui,|pour elle,|avec lui|avec elle|chez lui|malgré cela|après cela"
    )
    + r")(?![\w'-])(?!\s(?:que|qu'|d'autres?|pour\smémoire)(?:\b|\w))",
    re.IGNORECASE,
)
_FRENCH_FRONTED = re.compile(
    r"(?:à|en|dans|pour|par|sur|avec|après|avant|depuis|pendant|durant|lors\sde|de|d'après|selon|malgré"
    r"|grâce\sà|face\sà|outre|suite\sà|au\scours\sde|à\spartir\sde|à\sla\ssuite\sde|au\ssein\sde"
    r"|à\scause\sde)\s(?:tous?\s|toutes?\s)?"
    rf"(?:(?:cet|cette|ces|ce)\s(?!(?:\d+|derniers?|dernières?)?\s?{_TIME}\b(?!-là))(?!qu)\w"
    r"|cela\b|ceux-ci|celui-ci|celle-ci|celles-ci|(?:son|sa|ses|leurs?)\s(?:côté|tour|part|suite)\b)",
    re.IGNORECASE,
)
_FRENCH_LATER = re.compile(
    r"(?:en|à|au|aux|dans|après|avant|depuis|pendant|lors|durant|dès|vers|le|ensuite|alors|plus|quelques|"
    r"deux|trois|un|une|l'année|peu|très|finalement|enfin|âgé|âgée|né|née|issu|issue|quand|lorsqu)\b"
    r"(?:(?!\b[A-ZÀ-Ý]\w+\s[A-ZÀ-Ý])[^,;:.!?]){1,60},\s(?=(?:il|elle|ils|elles)\s)",
)

_ENGLISH_IMPERSONAL = re.compile(
    r"it(?:'s|\s(?:is|was|will\sbe|would\sbe|has\sbeen|had\sbeen|may\sbe|might\sbe|can\sbe|could\sbe"
    r"|became|becomes|remains|remained|seems|seemed|appears|appeared|isn't|wasn't))\s"
    r"(?:not\s|also\s|often\s|now\s|therefore\s|thus\s|then\s|\w+ly\s|very\s|more\s|still\s|so\s){0,4}"
    r"(?:(?:(?!(?:an?|the|here|this|these|then|one|because|home)\b)[\w'-]+\s){1,5}?"
    r"(?:that|who|whom|whether)\b"
    r"|(?:in|on|at|from|by|during|through|with|under|for|until|only)\s(?:(?!\b(?:this|these|here)\b)"
    r"[^.;:!?]){1,80}?\sthat\b"
    r"|(?!(?:home|due|next|close|equal|similar|able|subject|related|limited|attributed|adjacent)\b)"
    r"[^\W\d]\w+\s(?:for\s[^.;:!?]{1,60}?\s)?to\s\w+|(?:the\s|an?\s)?[^.;:!?,]{1,60}?\swho\b|said\b"
    r"|(?:raining|snowing|cold|hot|dark|late|early|midnight|noon|time\s(?:to|for)|\d+\so'clock)\b)"
    r"|it\s(?:rain|snow)\w*|it\s(?:takes|took|seems|seemed|appears|appeared|turns\sout|turned\sout|follows"
    r"|matters|pays)\s(?:like\s|that\b|as\s|clear|likely|\w+\s(?:\w+\s){0,5}to\b|out\sthat)",
    re.IGNORECASE,
)
_ENGLISH_PRONOUN = re.compile(
    r"(?:he|she|they|it|him|(?:his|her)(?=\s)(?!\s(?:majesty|holiness|excellency|highness|royal))|its|their"
    r"|theirs|hers|(?:he|she|it|they)'\w+|the\slatter|both(?!\s[^.;:]{1,60}\sand\s)|neither(?=\s(?:of|is|was|has|had))"
    r"|the\sformer(?=\s(?:is|was|has|had|are|were|,))|the\stwo\b|(?:some|most|many|all|none|one|several"
    r"|each|both|two|three)\sof\s(?:them|these|those|this|his|her|its|their))\b",
    re.IGNORECASE,
)
_ENGLISH_DEMONSTRATIVE = re.compile(
    rf"(?:this|these)\s(?!{_TIME}\b)\W?\w|(?:this|these),|(?:that|those)\s(?!who\b|which\b|of\b|is\sto\ssay)"
    r"(?:\w+\s)|that's\b|such\s(?!as\b)\w",
    re.IGNORECASE,
)
_ENGLISH_CONNECTIVE = re.compile(
    "(?:"
    + _any_of(
        "however|but|yet|nevertheless|nonetheless|still,|instead|instead,|therefore|thus|hence"
        "|consequently|accordingly|as a result|as such|by contrast|in contrast|on the contrary"
        "|on the other hand|conversely|moreover|furthermore|in addition|also,|similarly|likewise"
        "|then|otherwise|indeed|in fact|for example|for instance|and|so|or|nor|because of this"
        "|after that|since then|at that time|at the time|by then|thereafter|afterwards|afterward"
        "|subsequently|even so|that said|in turn|if so|if not|rather,|besides,|according to him"
        "|according to her|according to them|in other words|in so doing"
    )
    + r")(?![\w'-])(?!\s(?:far\b|of\b|another\b|for\b|to\s))",
    re.IGNORECASE,
)
_ENGLISH_FRONTED = re.compile(
    r"(?:in|at|on|by|for|from|with|after|before|since|during|under|despite|because\sof|of|to|through"
    r"|following|within|without|unlike|like|due\sto|given|based\son|along\swith|according\sto)\s(?:all\s)?"
    rf"(?:(?:this|these)(?!\s{_TIME}\b)\b|(?:that|those)\s(?!of\b|who\b)\w)",
    re.IGNORECASE,
)
_ENGLISH_LATER = re.compile(
    r"(?:In|At|On|By|After|Before|Since|During|Later|When|While|As|Two|Three|The|That|Born|Educated|From"
    r"|Soon|Eventually|Finally|Following|Aged|Although|Though)\b"
    r"(?:(?!\b[A-Z]\w+\s[A-Z])[^,;:.!?]){1,60},\s(?=(?:he|she|they)\s)",
)

_PERSONAL = re.compile(
    r"(?:ils?|elles?|he|she|they|lui|eux|son|sa|ses|leurs?|his|her|their|its|it)\b", re.I
)


def lean_on(
    text: str, sentences: Sequence[Span], first: int, last: int, language: str
) -> list[Span]:
    """Find the sentences a quote leans on.

    Args:
        text: The article.
        sentences: Its sentences around the quote, titles too, in order.
        first: Index of the first sentence quoted.
        last: Index of the last one.
        language: ``fr`` or ``en``; anything else reads both.

    Returns:
        Spans outside the quote, in order, neighbours as one; none across a title, none of a
        title. Before the quote at most ``MOST`` sentences and, further back, the one that
        opens its quotation; after it the one that closes it, which says who speaks.

    Raises:
        IndexError: If there is no such sentence.
    """
    if not 0 <= first <= last < len(sentences):
        raise IndexError(f"no sentences {first} to {last} among {len(sentences)}")
    if sentences[first].is_title:
        return []
    floor = _after_title(sentences, first, SOUGHT)
    chosen = set(_quotation(text, sentences, floor, first, last))
    if not any(index < first for index in chosen):
        chosen.update(_before(text, sentences, floor, first, language))
    return _merged(text, sentences, sorted(chosen), first, last)


def leans(text: str, language: str) -> bool:
    """Tell whether a sentence begins with what only a sentence before it explains.

    Args:
        text: The sentence.
        language: ``fr`` or ``en``; anything else is read as both.
    """
    head = text[: 4 * _HEAD]
    found = _LEADING.match(head)
    head = head[found.end() if found else 0 :][:_HEAD].replace("’", "'")
    french = language != "en" and _leans_in_french(head)
    return french or (language != "fr" and _leans_in_english(head))


def _leans_in_french(head: str) -> bool:
    later = _FRENCH_LATER.match(head[:1].lower() + head[1:])
    if later and not _FRENCH_IMPERSONAL.match(head, later.end()):
        return True
    if _FRENCH_IMPERSONAL.match(head) or _FRENCH_CLEFT.match(head):
        return False
    kinds = (_FRENCH_CONNECTIVE, _FRENCH_DEMONSTRATIVE, _FRENCH_PRONOUN, _FRENCH_FRONTED)
    return any(kind.match(head) for kind in kinds)


def _leans_in_english(head: str) -> bool:
    if _ENGLISH_LATER.match(head):
        return True
    if _ENGLISH_IMPERSONAL.match(head):
        return False
    kinds = (_ENGLISH_CONNECTIVE, _ENGLISH_DEMONSTRATIVE, _ENGLISH_PRONOUN, _ENGLISH_FRONTED)
    return any(kind.match(head) for kind in kinds)


def _after_title(sentences: Sequence[Span], index: int, most: int) -> int:
    """Return the first index of the run without a title that ends here."""
    floor = index
    while floor > max(0, index - most) and not sentences[floor - 1].is_title:
        floor -= 1
    return floor


def _before(
    text: str, sentences: Sequence[Span], floor: int, first: int, language: str
) -> list[int]:
    """Go back from a sentence that leans to one that does not."""
    at = first
    while at > max(floor, first - MOST) and _leans_at(text, sentences[at], language):
        at -= 1
    if _leans_at(text, sentences[at], language) and at < first:
        return [first - 1]  # a chain without a beginning in reach explains no more than a link
    return list(range(at, first))


def _leans_at(text: str, span: Span, language: str) -> bool:
    return leans(text[span.start : min(span.end, span.start + 4 * _HEAD)], language)


def _quotation(
    text: str, sentences: Sequence[Span], floor: int, first: int, last: int
) -> list[int]:
    """Return what opens, and what closes, a quotation that a quote stands inside."""
    begin = sentences[first].start
    start = max(sentences[floor].start, begin - LONGEST)
    high = min(len(sentences) - 1, last + 2)
    inside = around(find_quotations(text, start, min(sentences[high].end, begin + LONGEST)), begin)
    if inside is None:
        return []
    opening = max(
        i for i in range(floor, first + 1) if i == floor or sentences[i].start <= inside[0]
    )
    chosen = list(range(opening, first)) if first - opening <= MOST else [opening]
    chosen = chosen if first - opening <= FARTHEST else []
    closing = [
        i
        for i in range(last + 1, high + 1)
        if sentences[i].start < inside[1] <= sentences[i].end and inside[1] < sentences[i].end
    ]
    if closing and not any(sentences[i].is_title for i in range(last + 1, closing[0] + 1)):
        chosen += range(last + 1, closing[0] + 1)
    return chosen


def _merged(
    text: str, sentences: Sequence[Span], chosen: Sequence[int], first: int, last: int
) -> list[Span]:
    """Make spans of the sentences chosen, those that follow one another as one."""
    begin, end = sentences[first].start, sentences[last].end
    spans: list[Span] = []
    before = -2
    for index in chosen:
        span = sentences[index]
        if span.end > begin and span.start < end:  # whatever the sentences given: never the quote
            continue
        if index == before + 1 and not text[spans[-1].end : span.start].strip():
            spans[-1] = Span(spans[-1].start, span.end)
        else:
            spans.append(Span(span.start, span.end))
        before = index
    return spans
