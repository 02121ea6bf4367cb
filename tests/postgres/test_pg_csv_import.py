"""Clients come out of files into PostgreSQL as they come into SQLite."""

from __future__ import annotations

from once_more import taken_from

globals().update(taken_from("crm_bridge/test_csv_import.py"))
