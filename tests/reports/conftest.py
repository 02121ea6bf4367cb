"""A database of its own for each test."""

from __future__ import annotations

import importlib.util
from pathlib import Path

_file = Path(__file__).parents[1] / "storage" / "conftest.py"
_spec = importlib.util.spec_from_file_location("storage_fixtures_of_reports", _file)
assert _spec is not None
assert _spec.loader is not None
_storage = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(_storage)
url, database, writer, ended = _storage.url, _storage.database, _storage.writer, _storage.ended
