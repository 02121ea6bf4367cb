"""Long lists in pieces: a database takes only so many values in one question."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeVar

T = TypeVar("T")

MOST = 500


def pieces(values: Sequence[T], size: int = MOST) -> Iterator[Sequence[T]]:
    """Values in their order, at most `size` at a time; nothing of none."""
    return (values[start : start + size] for start in range(0, len(values), size))
