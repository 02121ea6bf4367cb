"""`dozvon serve` within the test's own process."""

from __future__ import annotations

import asyncio
import gc
import shutil
from pathlib import Path

from config.settings_file import load_settings
from dozvon.commands.serve import serve_until_told

OFFICE = Path(__file__).parents[2] / "config" / "examples" / "office.toml"


async def test_what_is_imported_is_never_looked_through_while_calls_are_routed(
    tmp_path: Path,
) -> None:
    """A full collection of the garbage would hold up every call of that moment."""
    shutil.copy(OFFICE, tmp_path / "office.toml")
    environment = {"DOZVON_DATA_DIR": str(tmp_path), "DOZVON_HTTP__PORT": "0"}
    gc.unfreeze()
    stop = asyncio.Event()
    stop.set()
    try:
        await serve_until_told(load_settings(None, environment=environment), stop)
        assert gc.get_freeze_count() > len(gc.get_objects())
    finally:
        gc.unfreeze()
