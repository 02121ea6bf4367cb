"""Who is calling is found in PostgreSQL as it is found in SQLite."""

from __future__ import annotations

from once_more import taken_from

globals().update(taken_from("crm_bridge/test_directory_conformance.py"))
