"""What is installed is whole: the wheel alone, away from the source tree, answers."""

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    source = folder / "source"  # a copy: setuptools leaves its work beside what it builds
    shutil.copytree(ROOT / "rag", source / "rag")
    for name in ("app.py", "pyproject.toml", "README.md", "LICENSE", "NOTICE"):
        shutil.copy(ROOT / name, source)
    command = [sys.executable, "-m", "pip", "wheel", "--no-deps", "--no-build-isolation"]
    subprocess.run(
        [*command, "--quiet", "--wheel-dir", str(folder), str(source)], check=True, cwd=folder
    )
    return next(folder.glob("*.whl"))


def test_the_wheel_holds_the_model_the_lexicon_the_page_and_the_notices(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    for path in ("model/model.safetensors", "model/1_Pooling/config.json", "lexicon.tsv.xz"):
        assert f"rag/{path}" in names
    assert {"app.py", "rag/py.typed", "rag/quoter.json", "rag/page/assets/page.css"} <= names
    assert any(name.endswith("licenses/NOTICE") for name in names)
    assert not any(name.startswith(("tests/", "training/", "benchmarks/")) for name in names)
    assert wheel.stat().st_size < 80_000_000


def test_the_wheel_alone_answers(wheel: Path, tmp_path: Path) -> None:
    zipfile.ZipFile(wheel).extractall(tmp_path / "site")
    article = tmp_path / "articles" / "phare.txt"
    article.parent.mkdir()
    article.write_text("Le phare de Cordouan a été achevé en 1611.\n", encoding="utf-8")
    environment = {**os.environ, "PYTHONPATH": str(tmp_path / "site"), "RAG_SEEDS": "articles"}
    asked = subprocess.run(
        [sys.executable, "-m", "rag", "ask", "When was the Cordouan lighthouse completed?"],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (asked.returncode, asked.stderr) == (0, "")
    assert "achevé en 1611." in asked.stdout
