"""Words that ask nothing: "merci", "ok", "bonjour", alone or before a question.

Said alone they are no question, and no article answers them; said first they go, and what
follows is asked as if they were not there.
"""

from __future__ import annotations

import re

_WORDS = (
    r"(?:un\sgrand\s|mille\s)?mercis?(?:\s(?:beaucoup|bien|infiniment|à\s(?:vous|toi|tous)|mille\sfois))?"
    r"(?:\spour\s(?:tout|(?:(?:ton|votre|l['’])\s?(?:aide|info\w*)"
    r"|(?:ta|votre|la|cette)\sr[ée]ponse)))?"
    r"|ok(?:ay)?(?:\s?\?)?|o\.k\.|d['’]acc(?:ord)?|entendu|compris|noté|bien\s(?:compris|noté|reçu)|je\svois"
    r"|c['’]est\s(?:compris|noté|clair|bon|parfait|super|gentil)|ça\smarche|ça\sroule|tr[èe]s\sbien"
    r"|tr[èe]s\sclair|bien\ssûr|bien|parfait|super|g[ée]nial|cool|excellent|bravo|chouette|top"
    r"|bonjour|bonsoir|salut|coucou|au\srevoir|[àa]\s(?:bient[ôo]t|plus(?:\stard)?|demain)"
    r"|bonne\s(?:journ[ée]e|soir[ée]e|nuit|continuation)|oui|ouais|non|s['’]il\s(?:te|vous)\spla[îi]t"
    r"|stp|svp|de\srien|je\s(?:te|vous)\sremercie|(?:comment\s)?(?:ça|ca)\sva(?:\s?\?)?"
    r"|(?:many\s)?thanks?(?:\s(?:yo)?u)?(?:\s(?:a\slot|so\smuch|very\smuch|again))?"
    r"(?:\sfor\s(?:everything|(?:your|the)\s(?:help|answer|info\w*)))?|thx|ty|cheers|great"
    r"|nice\s(?:one|job|work)"
    r"|perfect|awesome|wonderful|good(?:\s(?:morning|afternoon|evening|night|job))?|goodbye|bye"
    r"|very\s(?:good|well)|well\sdone|got\sit|i\ssee|understood|all\s?right|sure|no\sproblem|hello|hi"
    r"|hey|see\syou(?:\s(?:soon|later))?|yes|yep|yeah|no|nope|please|you['’]re\swelcome|lol|mdr"
    r"|ha(?:ha)+|how\sare\syou(?:\s?\?)?"
)
_BETWEEN = r"(?:[\s,.!;:…–—)(]|(?<=\s)-)"
_ALONE = re.compile(rf"{_BETWEEN}*(?:(?:{_WORDS})(?!\w){_BETWEEN}*)+", re.IGNORECASE)
_FIRST = re.compile(rf"\s*(?:(?:{_WORDS})\s*[,.!;:…]+\s*)+", re.IGNORECASE)
_SPOKEN = re.compile(r"[^\w\s.,;:!?'’()…\-–—]+")  # an emoji says no more than "thanks" does
_LONGEST = 100  # characters


def is_small_talk(text: str) -> bool:
    """Tell whether a text asks nothing: it holds no words but those of courtesy."""
    if len(text) > _LONGEST or not any(char.isalnum() for char in text):
        return False
    return _ALONE.fullmatch(_SPOKEN.sub(" ", text)) is not None


def without_courtesy(question: str) -> str:
    """Return a question without the "Merci." or "Ok, " before it; whole where nothing is left."""
    found = _FIRST.match(question[:_LONGEST])
    rest = question[found.end() :] if found else question
    return rest if any(char.isalnum() for char in rest) else question
