"""Clients are read, changed and handed over in PostgreSQL as they are in SQLite."""

from __future__ import annotations

from once_more import module_of, taken_from

globals().update(taken_from("clients_search/test_client_base.py"))
keep = module_of("clients_search/conftest.py").keep
