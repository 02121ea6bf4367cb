"""What crash tests share: where the seed comes from, and how it is told."""

from __future__ import annotations

import os
from random import Random, SystemRandom

import pytest


@pytest.fixture
def seeded(
    record_property: pytest.RecordProperty | None, capsys: pytest.CaptureFixture[str]
) -> Random:
    """Chance with a seed that is printed; DOZVON_SEED repeats a run."""
    seed = int(os.environ.get("DOZVON_SEED") or SystemRandom().randrange(10**6))
    print(f"seed: DOZVON_SEED={seed}")  # noqa: T201 - shown by pytest when the test fails
    return Random(seed)
