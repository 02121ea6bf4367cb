"""What crash tests share: where chance comes from, and how it is told."""

from __future__ import annotations

import os
from random import Random, SystemRandom

import pytest


@pytest.fixture
def seeded() -> Random:
    """Chance with a seed that is shown when the test fails; CRASH_SEED repeats its choices."""
    seed = int(os.environ.get("CRASH_SEED") or SystemRandom().randrange(10**6))
    print(f"seed: CRASH_SEED={seed}")  # noqa: T201 - pytest shows it beside the failure
    return Random(seed)
