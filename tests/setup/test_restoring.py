"""Restoring: everything back after a destruction, or nothing changed at all."""

from __future__ import annotations

import asyncio
import errno
import io
import itertools
import json
import os
import sqlite3
import stat
import sys
import tarfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from kept_machine import SIGNING_KEY, Machine, installed, members

from dozvon.compose import only_one_service
from dozvon.context import Context
from dozvon.setup import keeping
from dozvon.setup.keeping import LINK_KEY


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return installed(tmp_path)


def repack(file: Path, change: Callable[[dict[str, bytes]], None]) -> None:
    """Writes a backup again with other contents."""
    kept = members(file)
    change(kept)
    with tarfile.open(file, "w:gz") as archive:
        for name, data in kept.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))


def test_an_installation_is_back_after_everything_was_destroyed(machine: Machine) -> None:
    """Settings, secrets, office and database, on a machine that holds nothing but the file."""
    machine.fine("backup", str(machine.file), "--with-secrets")
    machine.destroy()
    machine.fine("restore", str(machine.file))
    assert machine.noted()["first"] == "kept"
    assert (machine.database.parent / "office.toml").read_text() == "# an office\n"
    settings = Context(environment={}, config=machine.config).settings()
    assert settings.pbx["main"].ami_secret.get_secret_value() == "calls-password"
    assert settings.pbx["main"].journal_secret.get_secret_value() == "journal-password"
    assert (machine.database.parent / LINK_KEY).read_bytes() == SIGNING_KEY
    for file in (machine.database, machine.database.parent / LINK_KEY):
        assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_restore_changes_nothing_where_something_is_unless_forced(machine: Machine) -> None:
    machine.fine("backup", str(machine.file))
    machine.note("first", "later")
    refused = machine.run("restore", str(machine.file))
    assert refused.exit_code == 4
    assert machine.noted()["first"] == "later"

    done = json.loads(machine.fine("restore", str(machine.file), "--force", "--json"))
    assert machine.noted()["first"] == "kept"
    (aside,) = [Path(p) for p in done["kept_beside"] if "sqlite3" in p]
    with closing(sqlite3.connect(aside)) as database:
        assert ("later",) in list(database.execute("SELECT value FROM meta WHERE key = 'first'"))


def test_the_log_of_the_old_database_is_never_read_into_the_new_one(machine: Machine) -> None:
    """A `-wal` that a killed service left behind goes with the old database, not with the new."""
    machine.fine("backup", str(machine.file))
    script = "import os, sqlite3, sys\nd = sqlite3.connect(sys.argv[1])\nd.execute(\"UPDATE meta SET value = 'in the log'\")\nd.commit()\nos._exit(9)"
    asyncio.run(run_python(script, str(machine.database)))
    assert machine.database.with_name("dozvon.sqlite3-wal").stat().st_size
    machine.fine("restore", str(machine.file), "--force")
    assert machine.noted()["first"] == "kept"
    (aside,) = machine.database.parent.glob("dozvon.sqlite3.before-restore-*Z")
    with closing(sqlite3.connect(aside)) as database:
        assert ("in the log",) in list(database.execute("SELECT value FROM meta"))


def test_a_log_that_nobody_can_read_any_more_is_put_aside_too(machine: Machine) -> None:
    """The old database is damaged; its log must not stay beside the new one."""
    machine.fine("backup", str(machine.file))
    machine.database.write_bytes(b"This is a letter, not a database. " * 100)
    log = machine.database.with_name("dozvon.sqlite3-wal")
    log.write_bytes(b"and this is no log")
    machine.fine("restore", str(machine.file), "--force")
    assert not log.exists()
    assert machine.noted()["first"] == "kept"
    (aside,) = machine.database.parent.glob("dozvon.sqlite3.before-restore-*-wal")
    assert aside.read_bytes() == b"and this is no log"


async def run_python(script: str, *words: str) -> None:
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", script, *words)
    await process.wait()


def test_restore_refuses_while_a_service_holds_the_folder(machine: Machine) -> None:
    machine.fine("backup", str(machine.file))
    with only_one_service(machine.database.parent):
        done = machine.run("restore", str(machine.file), "--force")
        assert (done.exit_code, "running service" in done.output) == (4, True)
    assert machine.noted()["first"] == "kept"


def cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-200])


def one_bit(file: Path) -> None:
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.write_bytes(bytes(data))


def no_manifest(file: Path) -> None:
    def change(kept: dict[str, bytes]) -> None:
        kept["manifest.json"] = b"[]"

    repack(file, change)


def not_ours(file: Path) -> None:
    file.write_bytes(b"This is a letter, not a backup. " * 50)


def one_byte_other(file: Path) -> None:
    def change(kept: dict[str, bytes]) -> None:
        kept["office.toml"] = b"# an 0ffice\n"

    repack(file, change)


def missing_database(file: Path) -> None:
    repack(file, lambda kept: kept.pop("dozvon.sqlite3") and None)


def outside(file: Path) -> None:
    def change(kept: dict[str, bytes]) -> None:
        said: dict[str, Any] = json.loads(kept["manifest.json"])
        said["files"]["../../escaped"] = said["files"]["office.toml"]
        kept["manifest.json"] = json.dumps(said).encode()
        kept["../../escaped"] = kept["office.toml"]

    repack(file, change)


def outside_unnamed(file: Path) -> None:
    repack(file, lambda kept: kept.update({"../../escaped": b"x"}))


def a_link(file: Path) -> None:
    kept = members(file)
    with tarfile.open(file, "w:gz") as archive:
        for name, data in kept.items():
            entry = tarfile.TarInfo(name)
            if name == "office.toml":
                entry.type, entry.linkname = tarfile.SYMTYPE, "/etc/passwd"
                archive.addfile(entry)
                continue
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))


def other_format(file: Path) -> None:
    def change(kept: dict[str, bytes]) -> None:
        said = json.loads(kept["manifest.json"]) | {"format": 99}
        kept["manifest.json"] = json.dumps(said).encode()

    repack(file, change)


@pytest.mark.parametrize(
    ("harm", "said"),
    [
        (cut, "is no whole backup"),
        (one_bit, "is no whole backup"),
        (no_manifest, "is no whole backup"),
        (not_ours, "gzip"),
        (one_byte_other, "(office.toml)"),
        (missing_database, "(dozvon.sqlite3)"),
        (outside, "(../../escaped)"),
        (outside_unnamed, "(../../escaped)"),
        (a_link, "(office.toml)"),
        (other_format, "(format 99)"),
    ],
)
def test_a_backup_that_is_not_whole_changes_nothing(
    machine: Machine, harm: Callable[[Path], None], said: str
) -> None:
    """Cut, foreign, changed by a byte, without its database, with a path that leads outside."""
    machine.fine("backup", str(machine.file))
    machine.note("first", "later")
    harm(machine.file)
    before = {p for p in machine.folder.parent.rglob("*") if p.name != "service.lock"}
    done = machine.run("restore", str(machine.file), "--force")
    assert (done.exit_code, said in done.output) == (2, True), done.output
    assert machine.noted()["first"] == "later"
    after = {p for p in machine.folder.parent.rglob("*") if p.name != "service.lock"}
    assert {p for p in after - before if "-wal" not in p.name and "-shm" not in p.name} == set()


def test_a_backup_of_a_newer_version_is_refused(machine: Machine) -> None:
    with closing(sqlite3.connect(machine.database)) as database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")
        database.commit()
    machine.fine("backup", str(machine.file))
    done = machine.run("restore", str(machine.file), "--force")
    assert done.exit_code == 4
    assert "newer version" in done.output


def test_a_disk_that_is_full_is_told_as_such_and_nothing_is_changed(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine.fine("backup", str(machine.file))
    machine.note("first", "later")

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "somewhere")

    monkeypatch.setattr(keeping, "_take", full)
    done = machine.run("restore", str(machine.file), "--force")
    assert (done.exit_code, os.strerror(errno.ENOSPC) in done.output) == (2, True), done.output
    assert machine.noted()["first"] == "later"


@pytest.mark.parametrize("step", range(4))
def test_a_restore_that_dies_leaves_the_old_database_or_the_new_one(
    machine: Machine, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    """Cut off before each of the four files takes its place; the next try succeeds."""
    machine.fine("backup", str(machine.file), "--with-secrets")
    machine.note("first", "later")
    steps = itertools.count()
    replace = Path.replace

    def dying(self: Path, target: Path) -> Path:
        if self.name.endswith(".restored") and next(steps) == step:
            raise KeyboardInterrupt
        return replace(self, target)

    with monkeypatch.context() as cut_off:
        cut_off.setattr(Path, "replace", dying)
        assert machine.run("restore", str(machine.file), "--force").exit_code == 130
    assert machine.noted()["first"] in {"later", "kept"}
    machine.fine("restore", str(machine.file), "--force")
    assert machine.noted()["first"] == "kept"
