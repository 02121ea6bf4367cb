"""Days as they stand in an address, and the periods that are chosen by one click."""

from __future__ import annotations

from datetime import date, timedelta

YEARS = range(2000, 2100)
"""A day of another year is a slip of the hand."""


def day_of(text: str) -> date | None:
    """A day written as ISO 8601; None for anything else."""
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if found.year in YEARS else None


def spans(today: date) -> tuple[tuple[str, date, date], ...]:
    """The periods of one click: the text's key, the first and the last day."""
    yesterday = today - timedelta(days=1)
    return (
        ("calls.period-today", today, today),
        ("calls.period-yesterday", yesterday, yesterday),
        ("calls.period-week", today - timedelta(days=6), today),
        ("calls.period-month", today - timedelta(days=29), today),
    )
