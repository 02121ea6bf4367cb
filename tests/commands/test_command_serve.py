"""`dozvon serve` within the test's own process."""

from __future__ import annotations

import asyncio
import gc
import shutil
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from config.settings_file import load_settings
from dozvon.cli import dozvon
from dozvon.commands.serve import SWITCH_SECONDS, serve_until_told
from dozvon.context import Context

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


def test_no_thread_keeps_a_decision_waiting_for_long(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is global to the process is set by the process itself, and by no test or library."""
    asked: list[float] = []
    monkeypatch.setattr(sys, "setswitchinterval", asked.append)
    monkeypatch.setattr("dozvon.commands.serve._serve", lambda _settings: asyncio.sleep(0))
    monkeypatch.setattr("dozvon.logs.configure", lambda *_, **__: None)
    for process in (False, True):
        context = Context(environment={"DOZVON_DATA_DIR": str(tmp_path)}, process=process)
        done = CliRunner().invoke(dozvon, ["serve"], obj=context)
        assert done.exit_code == 0, done.output
    assert asked == [SWITCH_SECONDS]
