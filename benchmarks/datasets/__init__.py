"""The data folder as typed Python values, and the one split that everyone keeps.

Every loader takes the folder (`data: Path`); no path of any machine is written here. `training`
reads these loaders too, so that what is trained on and what is reported can never drift apart.
"""

from benchmarks.datasets.answer_cases import (
    ANSWERS_FILE,
    AnswerCase,
    answer_questions,
    answers_dev,
    reserved_titles,
)
from benchmarks.datasets.parallel_text import (
    BITEXT_FILES,
    LAW_FILE,
    PASSAGES_FILE,
    SENTENCES_FILE,
    Pair,
    Section,
    bitext,
    law_sections,
    parallel_passages,
    parallel_sentences,
)
from benchmarks.datasets.question_sets import (
    PIAF_ENGLISH_FILE,
    PIAF_FILE,
    SQUAD_FILE,
    SQUAD_FRENCH_FILE,
    in_english,
    in_french,
    piaf,
    squad,
    squad_unanswerable,
)
from benchmarks.datasets.questions import (
    Context,
    Question,
    QuestionSet,
)
from benchmarks.datasets.splits import (
    PIAF_PERCENTS,
    SQUAD_PERCENTS,
    Split,
    split_of,
)

__all__ = [
    "ANSWERS_FILE",
    "BITEXT_FILES",
    "LAW_FILE",
    "PASSAGES_FILE",
    "PIAF_ENGLISH_FILE",
    "PIAF_FILE",
    "PIAF_PERCENTS",
    "SENTENCES_FILE",
    "SQUAD_FILE",
    "SQUAD_FRENCH_FILE",
    "SQUAD_PERCENTS",
    "AnswerCase",
    "Context",
    "Pair",
    "Question",
    "QuestionSet",
    "Section",
    "Split",
    "answer_questions",
    "answers_dev",
    "bitext",
    "in_english",
    "in_french",
    "law_sections",
    "parallel_passages",
    "parallel_sentences",
    "piaf",
    "reserved_titles",
    "split_of",
    "squad",
    "squad_unanswerable",
]
