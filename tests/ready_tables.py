"""A new database with the tables of this version, written down instead of migrated to each time.

The migrations run once for each process of the tests; every further database is the same bytes.
What is about the migrations themselves calls `storage.migrate.migrate`.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from storage.dialects import file_of
from storage.migrate import migrate

_made: list[bytes] = []


async def ready_tables(url: str) -> None:
    """What `migrate(url)` does to a database that is not there yet."""
    file = file_of(url)
    if file is None or file.exists():
        await migrate(url)
        return
    if not _made:
        with tempfile.TemporaryDirectory(prefix="dozvon-tables-") as folder:
            made = Path(folder) / "made.db"
            await migrate(f"sqlite+aiosqlite:///{made}")
            assert [each.name for each in made.parent.iterdir()] == [made.name]
            _made.append(made.read_bytes())
    _write(file)


def _write(file: Path) -> None:
    """Creates the file as `migrate` does: its owner alone may read it."""
    with os.fdopen(os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as new:
        new.write(_made[0])
