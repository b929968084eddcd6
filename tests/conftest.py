"""Tiny articles, a deterministic embedder, and a library of both on real SQLite and FAISS."""

import os
import zlib
from collections.abc import Sequence
from pathlib import Path

import hypothesis
import numpy as np
import pytest
from numpy.typing import NDArray

from rag.embedder import Progress
from rag.library import Library
from rag.settings import Settings
from rag.words import analyse, detect_language
from tests.page import (
    browser,
    canned,
    canned_url,
    feedback_file,
    seed_index,
    seed_library,
    seed_url,
    shelf_url,
    visit,
)

__all__ = [
    "browser",
    "canned",
    "canned_url",
    "feedback_file",
    "seed_index",
    "seed_library",
    "seed_url",
    "shelf_url",
    "visit",
]

# The same examples on every run, and no verdict on how busy the machine is.
hypothesis.settings.register_profile("laws", deadline=None, derandomize=True, database=None)
hypothesis.settings.load_profile("laws")

ROOT = Path(__file__).parent.parent

ARTICLES = {
    "phare.txt": """ date 2023-05 Le phare de Kervignac a été rallumé samedi 6 mai. \
Sa lampe porte à 32 kilomètres. Le gardien, M. Le Goff, vit sur l'île depuis 1987.

Une restauration de douze ans

Les travaux ont coûté 4,5 millions d'euros. « Nous avons changé chaque pierre », dit \
l'architecte. La coupole vient d'un atelier de Brest.



Ouest-Presse""",
    "pont.md": """# Le pont de Vauclair ferme

Le pont de Vauclair ferme aux camions le 3 janvier 2024. Un câble a cédé en décembre. \
Plus de 10 000 voitures le franchissent chaque jour.
""",
    "orchard.txt": """---
title: The orchard that feeds a school
source: Valley Post
date: 2022-09-14
language: en
---
Pupils of Ashdown school planted forty apple trees in 2015. The harvest feeds the canteen \
from September to March. Mrs. Penrose, who teaches biology, keeps the bees.

No pesticide has been sprayed since the first spring. The county pays $1,200 a year for tools.
""",
    "ferry.txt": """The night ferry to Skerry island will stop in June. Its engine \
dates from 1974. The council voted to buy an electric boat instead. \
Islanders fear three months without a doctor.
""",
}


class HashingEmbedder:
    """A bag of stems, each hashed to a coordinate and a sign: the same words, the same vector."""

    def __init__(self, name: str = "hashing", dimension: int = 64) -> None:
        self.name = name
        self.fingerprint = f"{name}-{dimension}"
        self.is_warm = True
        self.embedded: list[str] = []
        self._dimension = dimension

    def max_tokens(self) -> int:
        return 126

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [len(text.split()) for text in texts]

    def encode_documents(
        self, texts: Sequence[str], progress: Progress | None = None
    ) -> NDArray[np.float32]:
        self.embedded += texts
        if progress is not None:
            progress(len(texts))
        rows = [self.encode_question(text) for text in texts]
        return np.array(rows, dtype=np.float32).reshape(len(texts), self._dimension)

    def encode_question(self, question: str) -> NDArray[np.float32]:
        vector = np.zeros(self._dimension)
        for stem in analyse(question, detect_language(question)):
            number = zlib.crc32(f"{self.name} {stem}".encode())
            vector[number % self._dimension] += 1 if number & 0x10000 else -1
        if not vector.any():
            vector[0] = 1
        return np.asarray(vector / np.linalg.norm(vector), dtype=np.float32)


@pytest.fixture
def embedder() -> HashingEmbedder:
    return HashingEmbedder()


@pytest.fixture
def settings() -> Settings:
    return Settings()


@pytest.fixture
def eager() -> Settings:
    """Quote whatever is nearest: the small embedder's cosines are not what confidence knows."""
    return Settings(min_confidence=0.0)


@pytest.fixture
def articles(tmp_path: Path) -> Path:
    folder = tmp_path / "articles"
    folder.mkdir()
    for name, text in ARTICLES.items():
        (folder / name).write_text(text, encoding="utf-8", newline="")
    return folder


@pytest.fixture
def index(tmp_path: Path) -> Path:
    return tmp_path / "index"


@pytest.fixture
def library(articles: Path, index: Path, embedder: HashingEmbedder, settings: Settings) -> Library:
    return Library.build([articles], index, embedder=embedder, settings=settings)


@pytest.fixture
def reachable(tmp_path: Path) -> Path:
    """A folder whose parents every user may walk through."""
    for parent in [tmp_path, *tmp_path.parents]:
        if parent.stat().st_uid == os.getuid() and parent != Path("/"):
            parent.chmod(parent.stat().st_mode | 0o011)
    return tmp_path
