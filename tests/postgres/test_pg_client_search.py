"""Clients are found in PostgreSQL as they are found in SQLite."""

from __future__ import annotations

from once_more import module_of, taken_from

globals().update(
    taken_from(
        "clients_search/test_client_search.py",
        without=["test_the_migration_lets_clients_be_found_that_were_there_before"],
    )
)
keep = module_of("clients_search/conftest.py").keep
