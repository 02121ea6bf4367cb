"""Before tables change there is a copy; a change that is killed leaves what was."""

from __future__ import annotations

import asyncio
import os
import shutil
import sqlite3
import sys
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

import storage.migrate
from config.settings import Settings
from config.settings_file import load_settings
from dozvon.cli import dozvon
from dozvon.compose import service
from dozvon.context import Context
from dozvon.setup import upgrades
from storage.errors import StorageUnavailable

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
EXAMPLE = Path(__file__).parents[2] / "config" / "examples" / "office.toml"
NEXT = '''\
"""One table more."""

import os
import signal

import sqlalchemy as sa
from alembic import op

revision = "9001"
down_revision = "{before}"
branch_labels = depends_on = None


def upgrade() -> None:
    op.create_table("next_thing", sa.Column("id", sa.Integer, primary_key=True))
    op.execute("INSERT INTO next_thing (id) VALUES (1)")
    op.execute("UPDATE meta SET value = 'changed'")
    {then}


def downgrade() -> None:
    op.drop_table("next_thing")
'''
UPGRADES = """\
import asyncio, pathlib, sys
import storage.migrate
from dozvon.setup import upgrades
upgrades.MIGRATIONS = storage.migrate._MIGRATIONS = pathlib.Path(sys.argv[2])
asyncio.run(upgrades.upgrade(sys.argv[1]))
"""


@pytest.fixture
async def old(tmp_path: Path) -> Path:
    """A database of this version with something in it."""
    file = tmp_path / "data" / "dozvon.sqlite3"
    file.parent.mkdir()
    await upgrades.upgrade(url(file))
    with closing(sqlite3.connect(file)) as database:
        database.execute("INSERT INTO meta (key, value) VALUES ('first', 'kept')")
        database.commit()
    return file


def url(file: Path) -> str:
    return f"sqlite+aiosqlite:///{file}"


def next_version(folder: Path, then: str = "pass") -> Path:
    """The migrations of a version to come."""
    migrations = folder / "migrations"
    shutil.copytree(upgrades.MIGRATIONS, migrations, ignore=shutil.ignore_patterns("__pycache__"))
    text = NEXT.format(before=upgrades.revisions()[0], then=then)
    (migrations / "versions" / "m9001_next.py").write_text(text, "utf-8")
    return migrations


def come(monkeypatch: pytest.MonkeyPatch, migrations: Path) -> None:
    monkeypatch.setattr(upgrades, "MIGRATIONS", migrations)
    monkeypatch.setattr(storage.migrate, "_MIGRATIONS", migrations)


def state(file: Path) -> tuple[str, str, bool]:
    """The revision, what is noted, and whether the next version's table is there."""
    with closing(sqlite3.connect(file)) as database:
        (noted,) = database.execute("SELECT value FROM meta WHERE key = 'first'").fetchone()
        names = {name for (name,) in database.execute("SELECT name FROM sqlite_master")}
    return upgrades.revision_of(file), noted, "next_thing" in names


async def test_no_copy_is_made_where_nothing_changes(old: Path) -> None:
    assert await upgrades.upgrade(url(old)) is None
    assert not (old.parent / upgrades.FOLDER).exists()


async def test_an_upgrade_keeps_a_copy_of_the_old_tables(
    old: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = upgrades.revisions()[0]
    come(monkeypatch, next_version(tmp_path))
    copy = await upgrades.upgrade(url(old))
    assert copy is not None
    assert state(old) == ("9001", "changed", True)
    assert state(copy) == (before, "kept", False)
    assert copy.stat().st_mode & 0o077 == 0


async def test_the_last_three_copies_are_kept(
    old: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = upgrades.revisions()[0]
    come(monkeypatch, next_version(tmp_path))
    copies: list[Path] = []
    for hour in range(5):
        with closing(sqlite3.connect(old)) as database:  # the administrator went back
            database.execute("UPDATE alembic_version SET version_num = ?", (before,))
            database.execute("DROP TABLE IF EXISTS next_thing")
            database.commit()
        at = NOW + timedelta(hours=hour)
        copy = await upgrades.upgrade(url(old), now=lambda at=at: at)
        assert copy is not None
        os.utime(copy, (at.timestamp(), at.timestamp()))
        copies.append(copy)
    assert sorted((old.parent / upgrades.FOLDER).iterdir()) == sorted(copies[-upgrades.KEPT :])


async def test_half_a_copy_of_a_killed_process_does_not_stay_for_ever(
    old: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    come(monkeypatch, next_version(tmp_path))
    folder = old.parent / upgrades.FOLDER
    folder.mkdir()
    (folder / "before-upgrade-0001-20260101T000000Z.sqlite3.part").touch()
    before = upgrades.revisions()[1]
    (folder / f"before-upgrade-{before}-20260302T090000Z.sqlite3.part").touch()  # of this second
    (folder / "of-somebody-else").touch()
    copy = await upgrades.upgrade(url(old), now=lambda: NOW)
    assert copy is not None
    assert {p.name for p in folder.iterdir()} == {copy.name, "of-somebody-else"}


async def test_without_room_for_a_copy_nothing_is_changed(
    old: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    come(monkeypatch, next_version(tmp_path))
    (old.parent / upgrades.FOLDER).write_text("a file where the folder should be")
    with pytest.raises(StorageUnavailable, match="nothing was changed"):
        await upgrades.upgrade(url(old))
    assert state(old)[1:] == ("kept", False)


async def test_an_upgrade_killed_in_the_middle_leaves_the_old_state_and_the_next_one_succeeds(
    old: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SIGKILL after the tables were changed and before the commit."""
    before = upgrades.revisions()[0]
    killed = next_version(tmp_path / "killed", "os.kill(os.getpid(), signal.SIGKILL)")
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", UPGRADES, url(old), str(killed), stdout=asyncio.subprocess.DEVNULL
    )
    assert await process.wait() == -9
    assert state(old) == (before, "kept", False)
    (copy,) = (old.parent / upgrades.FOLDER).glob("*.sqlite3")
    assert state(copy) == (before, "kept", False)

    come(monkeypatch, next_version(tmp_path / "good"))
    await upgrades.upgrade(url(old))
    assert state(old) == ("9001", "changed", True)


async def test_the_way_back_is_the_copy_in_the_place_of_the_database(
    old: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After it, the version from before works on it again."""
    with monkeypatch.context() as newer:
        come(newer, next_version(tmp_path))
        copy = await upgrades.upgrade(url(old))
    assert copy is not None
    with pytest.raises(StorageUnavailable, match="newer version"):
        await upgrades.upgrade(url(old))
    for ending in ("-wal", "-shm", ""):
        old.with_name(old.name + ending).unlink(missing_ok=True)
    shutil.copy2(copy, old)
    assert await upgrades.upgrade(url(old)) is None
    assert state(old)[1] == "kept"


async def test_the_service_copies_an_old_database_before_it_serves(
    old: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    come(monkeypatch, next_version(tmp_path))
    shutil.copy(EXAMPLE, old.parent / "office.toml")
    async with service(settings_of(old.parent)):
        pass
    assert len(list((old.parent / upgrades.FOLDER).iterdir())) == 1
    assert state(old)[0] == "9001"


async def test_db_migrate_copies_an_old_database_first(
    old: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    come(monkeypatch, next_version(tmp_path))
    context = Context(environment={"DOZVON_DATA_DIR": str(old.parent)})
    done = await asyncio.to_thread(CliRunner().invoke, dozvon, ["db", "migrate"], obj=context)
    assert done.exit_code == 0, done.output
    assert len(list((old.parent / upgrades.FOLDER).iterdir())) == 1
    assert state(old)[0] == "9001"


def settings_of(folder: Path) -> Settings:
    environment = {"DOZVON_DATA_DIR": str(folder), "DOZVON_HTTP__PORT": "0"}
    return load_settings(None, environment=environment)
