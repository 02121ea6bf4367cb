"""Stories about recordings use the sales floor of the service's own tests."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from recordings.store import FolderStore

sys.path.extend(
    str(Path(__file__).parent.parent / room) for room in ("service", "simulator", "browser")
)


@pytest.fixture
def store(tmp_path: Path) -> FolderStore:
    """An empty store."""
    made = FolderStore(tmp_path / "sounds")
    made.prepare()
    return made
