"""Every word of the interface, in French and in English, in one place.

What a reader sees is either a slice of an article or one of these strings;
nothing is composed from anything else. A test checks that both languages have
the same keys and the same placeholders.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import Final, Literal

Language = Literal["en", "fr"]
LANGUAGES: Final[tuple[Language, ...]] = ("en", "fr")

_ENGLISH = {
    # The page
    "tagline": "The articles, word for word.",
    "about": "Every answer is a quotation. No model writes a word. "
    "Nothing you ask leaves this machine.",
    "skip": "Go to the question",
    "conversation": "Conversation",
    "your_question": "Your question",
    "the_answer": "Answer",
    "question_label": "Question (English or French)",
    "question_hint": "Ask the articles",
    "send": "Ask",
    "clear": "Clear",
    "examples": "Questions to try in English",
    "copy": "Copy",
    "copied": "Copied",
    # What is happening
    "searching": "Searching the articles…",
    "loading": "Loading the model… The answer follows.",
    "empty": "Type a question first.",
    "too_long": "This question has {length} characters; the limit is {limit}. "
    "Shorten it and ask again.",
    "not_text": "This question holds characters that are not text. Remove them and ask again.",
    "bad_k": "k must be a whole number from 1 to {limit}. Change it and ask again.",
    "failed": "Something went wrong here and the question was not answered. Ask it again.",
    # The answer
    "quotes_one": "1 quotation",
    "quotes_many": "{count} quotations",
    "confidence": "confidence {value}",
    "no_answer": "No passage of the articles answers this question.",
    "no_passage": "The articles hold nothing close to it.",
    "nearest_one": "The nearest passage, which does not answer",
    "nearest_many": "The {count} nearest passages, none of which answers",
    "not_answering": "does not answer",
    "untitled": "Untitled article",
    "place": "characters {start}–{end}",
    "score": "score {value}",
    # Exports, citations, suggestions
    "proof_title": "Conversation with the articles",
    "proof_about": "Every answer is a quotation. Each one is highlighted below, where it stands "
    "in its article, whole and unchanged.",
    "proof_articles": "The articles quoted",
    "proof_searched_as": "Searched as: {question}",
    "proof_there": "where it stands",
    "proof_web": "on the web",
    "proof_missing": "its article is no longer here",
    "digest": "SHA-256 {value}",
    "quoted": "“{text}”",
    "suggest_section": "What does the article say about “{words}”?",
    "suggest_entity": "What do the articles say about “{words}”?",
    "shelf_too_many": "You can add {limit} articles at most. Remove one first.",
    "shelf_file_too_large": "{name} has {size} MB; the limit for a file is {limit} MB.",
    "shelf_text_too_long": "The text of {name} has {length} characters; the limit is {limit}.",
    "shelf_full": "{name} does not fit: your articles may have {limit} MB together.",
}

_FRENCH = {
    # The page
    "tagline": "Les articles, mot pour mot.",
    "about": "Chaque réponse est une citation. Aucun modèle n’écrit un mot. "
    "Vos questions ne sortent pas d’ici.",
    "skip": "Aller à la question",
    "conversation": "Conversation",
    "your_question": "Votre question",
    "the_answer": "Réponse",
    "question_label": "Question (français ou anglais)",
    "question_hint": "Interrogez les articles",
    "send": "Demander",
    "clear": "Effacer",
    "examples": "Questions à essayer en français",
    "copy": "Copier",
    "copied": "Copié",
    # What is happening
    "searching": "Recherche dans les articles…",
    "loading": "Chargement du modèle… La réponse suit.",
    "empty": "Écrivez d’abord une question.",
    "too_long": "Cette question compte {length} caractères ; la limite est de {limit}. "
    "Raccourcissez-la et posez-la de nouveau.",
    "not_text": "Cette question contient des caractères qui ne sont pas du texte. "
    "Retirez-les et posez-la de nouveau.",
    "bad_k": "k doit être un nombre entier de 1 à {limit}. Changez-le et posez de nouveau "
    "la question.",
    "failed": "Une erreur s’est produite ici et la question est restée sans réponse. "
    "Posez-la de nouveau.",
    # The answer
    "quotes_one": "1 citation",
    "quotes_many": "{count} citations",
    "confidence": "confiance {value}",
    "no_answer": "Aucun passage des articles ne répond à cette question.",
    "no_passage": "Les articles ne contiennent rien d’approchant.",
    "nearest_one": "Le passage le plus proche, qui ne répond pas",
    "nearest_many": "Les {count} passages les plus proches, dont aucun ne répond",
    "not_answering": "ne répond pas",
    "untitled": "Article sans titre",
    "place": "caractères {start} à {end}",
    "score": "score {value}",
    # Exports, citations, suggestions
    "proof_title": "Conversation avec les articles",
    "proof_about": "Chaque réponse est une citation. Chacune est surlignée plus bas, à sa place "
    "dans son article, entier et inchangé.",
    "proof_articles": "Les articles cités",
    "proof_searched_as": "Recherché sous la forme : {question}",
    "proof_there": "à sa place",
    "proof_web": "sur le web",
    "proof_missing": "son article n’est plus ici",
    "digest": "SHA-256 {value}",
    "quoted": "« {text} »",
    "suggest_section": "Que dit l’article sur « {words} » ?",
    "suggest_entity": "Que disent les articles sur « {words} » ?",
    "shelf_too_many": "Vous pouvez ajouter {limit} articles au plus. Retirez-en un d’abord.",
    "shelf_file_too_large": "{name} fait {size} Mo ; la limite par fichier est de {limit} Mo.",
    "shelf_text_too_long": "Le texte de {name} compte {length} caractères ; la limite est de "
    "{limit}.",
    "shelf_full": "{name} ne tient pas : vos articles peuvent faire {limit} Mo ensemble.",
}

STRINGS: Final = MappingProxyType(
    {"en": MappingProxyType(_ENGLISH), "fr": MappingProxyType(_FRENCH)}
)

EXAMPLES: Final = MappingProxyType(
    {
        "en": (
            "What does the treaty commit each country to?",
            "How many North Korean soldiers have been deployed in Russia?",
            "Who is Jérôme Pellistrandi?",
        ),
        "fr": (
            "À quoi le traité engage-t-il chaque pays ?",
            "Combien de soldats russes ont été tués et blessés depuis février 2022 ?",
            "Pourquoi la guerre de Corée compte-t-elle pour les Américains ?",
        ),
    }
)

MONTHS: Final = MappingProxyType(
    {
        "en": (
            "January", "February", "March", "April", "May", "June", "July",
            "August", "September", "October", "November", "December",
        ),
        "fr": (
            "janvier", "février", "mars", "avril", "mai", "juin", "juillet",
            "août", "septembre", "octobre", "novembre", "décembre",
        ),
    }
)  # fmt: skip


def say(key: str, language: Language, **values: object) -> str:
    """Return one string of the interface, with its placeholders filled.

    Raises:
        KeyError: If the catalogue has no such key, or a placeholder has no value.
    """
    return STRINGS[language][key].format(**values)


def say_number(value: float, language: Language) -> str:
    """Write a score with two decimals: ``0.93`` in English, ``0,93`` in French."""
    text = f"{value:.2f}"
    return text.replace(".", ",") if language == "fr" else text


def say_date(published: str, language: Language) -> str:
    """Write ``YYYY``, ``YYYY-MM`` or ``YYYY-MM-DD`` as a reader would; else as it is."""
    parts = published.split("-")
    if len(parts) not in (2, 3) or not all(part.isdecimal() for part in parts):
        return published
    month = int(parts[1])
    if not 1 <= month <= 12:
        return published
    words = [MONTHS[language][month - 1], parts[0]]
    if len(parts) == 3:
        day = int(parts[2])
        words.insert(0, "1er" if language == "fr" and day == 1 else str(day))
    return " ".join(words)


def choose_language(tag: str | None) -> Language:
    """Return the catalogue's language for a browser's tag (``fr-CA`` is French), else English."""
    return "fr" if (tag or "").strip().lower().split("-")[0] == "fr" else "en"
