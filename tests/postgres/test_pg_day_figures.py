"""Days are counted in PostgreSQL as they are in SQLite."""

from __future__ import annotations

from once_more import taken_from

globals().update(taken_from("reports/test_day_figures.py"))
