"""Patterns of how French and English ask, on lower-case text with straight apostrophes.

All but `QUESTION_WORD` and `ENDS_SUBORDINATE` read text without accents.
"""

from __future__ import annotations

import re

QUESTION_WORD = re.compile(
    r"\b(?:(?P<quel>(?:les?|la|du|des|de la|aux?)?quel(?:le)?s?)|(?P<combien>combien)"
    r"|(?P<why>pourquoi|why)|(?P<comment>comment)|(?P<when>quand|when)|(?P<where>où|where)"
    r"|(?P<what>what|which)|(?P<who>qui|who|whom|whose)|(?P<how>how)"
    r"|(?P<que>que|quoi|qu(?=')))\b"
)
ENDS_SUBORDINATE = re.compile(
    r",\s*(?:[a-z]+\s){0,2}(?=(?:(?:what|which|who|whom|how|where|when|why|qui|combien|comment"
    r"|pourquoi|quand|que|où)\b|quel|qu'))"
)
AUXILIARY = re.compile(
    r"(?:is|are|was|were|do|does|did|has|have|had|can|could|will|would|should|may|might|must"
    r"|isn't|aren't|wasn't|weren't|don't|doesn't|didn't|hasn't|haven't|can't|couldn't|won't)\b"
)
INVERSION = re.compile(r"\w-(?:t-)?(?:ils?|elles?|on|ce|vous|tu|nous)\b")
BE = re.compile(
    r"(?:[-\s]*t[-\s](?:il|elle)\s)?(?:est|sont|etait|etaient|fut|furent|sera|seront|serait|a ete"
    r"|ont ete|is|are|was|were|will be|has been|would be)(?:-ce|-ils?|-elles?)?\s+"
)
DETERMINER = re.compile(
    r"(?:le|la|les|un|une|des|son|sa|ses|leurs?|cet?|cette|ces|l'|the|an?|his|her|its|their"
    r"|this|that|these|those)(?:\s+|(?<='))"
)
OF_NAME = re.compile(
    r"(?:(?:full|first|last|original|real|other|new|given|vrai|autre|nouveau|ancien|premier)\s)*"
    r"(?:prenoms?|noms?(?:\s(?:complet|original|exact|donne|actuel))?|names?|titres?|titles?)"
    r"(?:\set\sprenoms?)?(?:\s(?:given|for))?"
    r"\s+(?:de\sla\s|de\sl'|du\s|des\s|de\s|d'|of\s|to\s|for\s)"
    r"(?:une?\s|the\s|an?\s|son\s|sa\s|ses\s|his\s|her\s|cette\s|cet?\s)?"
)
NAMED = re.compile(
    r"\b(?:s'appel|appel(?:le|lait|ee?s?\b|ait)|se nomm|nomme|surnomm|denomm|intitul|s'intitul"
    r"|baptis|nomm[ea]|qualifi|dit-on|called|named|known as|nicknamed|titled|entitled)"
)
TIME_UNIT = (
    r"(?:temps|secondes?|minutes?|heures?|jours?|journees?|nuits?|semaines?|mois|annees?|ans?"
    r"|decennies?|siecles?|time|seconds?|hours?|days?|weeks?|months?|years?|decades?|centuries)\b"
)
MONEY_ASKED = re.compile(
    r"\b(?:cout|vaut|valai|gagn|pai(?:e|ent|es)?\b|pay(?:e|er|es|ent|ait|aient)\b|depens"
    r"|euros?\b|dollars?\b|francs?\b|argent\b|prix\b"
    r"|vendu|achet|finance|budget|montant|dette|salaire|amende|subvention"
    r"|money\b|cost|spen[dt]|paid\b|worth\b|earn|sold\b|salary|income|debt|revenue|price"
    r"|fine\b|budget|fund)"
)
MEASURED = re.compile(
    r"(?:old|far|tall|high|big|large|deep|wide|fast|heavy|often|hot|cold|thick|frequently|small"
    r"|close|loud|strong|powerful|populous|late|early)\b"
)
LENGTH = re.compile(
    r"\b(?:river|road|bridge|wall|coast|coastline|border|street|tunnel|canal|line|track"
    r"|avenue|highway|route)\b"
)
MEANS = re.compile(
    r"\b(?:que|quoi)\s(?:signifi\w+|(?:veut|veulent|voulait)[-\s](?:il\s)?dire|designe)"
    r"|^qu'appell(?:e-t-on|ent-ils|ait-on)|\ben quoi consist"
    r"|\bc'est quoi\b|\bwhat (?:(?:is|are|was) meant|does it mean)\b"
    r"|\bwhat do(?:es)?\s.{1,80}\s(?:means?|stands? for)\s*\W*$|\bdefini(?:r|tion)\b"
)
QU_EST_CE_QUE = re.compile(r"qu'?\s?est[-\s]ce\squ(?:e\s|')\s*(?P<rest>[^?]*)")
SUBJECT = re.compile(r"(?:il|elle|on|ils|elles|je|tu|nous|vous|ca|cela)\b")
# How a French verb in the third person ends, of words that are seldom nouns or adjectives.
VERB_END = re.compile(r"(?:[^m]ent|oit|ait|uit|rit|dit|met|ut|nd|a)$")
NO_TERM = re.compile(
    r"(?:ed|ing|of|for|to|in|on|by|with|from|at|as|about|like|made|known|held|found|built|than"
    r"|between|given|born|one|two|three)$"
)
