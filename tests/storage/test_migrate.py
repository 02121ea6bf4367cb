"""Migrations: up, down, and never different from the tables in `storage.schema`."""

from __future__ import annotations

import dataclasses
import stat
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, inspect, text

from router.calls import Call, Leg, Transfer
from storage import schema
from storage.database import open_database
from storage.errors import StorageUnavailable
from storage.migrate import migrate
from storage.unit_of_work import UnitOfWork
from storage.writer import Writer


def differences(connection: Connection) -> list[object]:
    context = MigrationContext.configure(connection, opts={"compare_type": True})
    return list(compare_metadata(context, schema.metadata))


async def test_the_migrations_make_exactly_the_tables_of_the_schema(url: str) -> None:
    await migrate(url)
    async with open_database(url) as database, database.reading() as connection:
        assert await connection.run_sync(differences) == []


async def test_down_and_up_again_leaves_the_same_tables(url: str) -> None:
    await migrate(url)
    await migrate(url, "base")
    await migrate(url)
    async with open_database(url) as database, database.reading() as connection:
        assert await connection.run_sync(differences) == []


async def test_down_takes_every_table_away(url: str) -> None:
    await migrate(url)
    async with open_database(url) as database:
        await migrate(url, "base")
        async with database.reading() as connection:
            left = await connection.run_sync(lambda c: inspect(c).get_table_names())
    assert left == ["alembic_version"]


async def test_migrating_twice_changes_nothing(url: str) -> None:
    await migrate(url)
    await migrate(url)


async def test_a_new_database_can_be_read_by_the_service_alone(url: str, tmp_path: Path) -> None:
    await migrate(url)
    assert stat.S_IMODE((tmp_path / "dozvon.db").stat().st_mode) == 0o600


async def test_a_database_of_a_newer_version_is_refused_with_a_sentence(url: str) -> None:
    await migrate(url)
    async with open_database(url) as database, Writer(database).running() as writer:

        async def work(uow: UnitOfWork) -> None:
            await uow.execute(text("UPDATE alembic_version SET version_num = '9999'"))

        await writer.submit(work)
    with pytest.raises(StorageUnavailable, match="newer version of Dozvon"):
        await migrate(url)


async def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(StorageUnavailable, match="Create its folder"):
        await migrate(f"sqlite+aiosqlite:///{tmp_path / 'no' / 'x.db'}")


async def test_a_file_that_is_no_database_is_refused_with_a_sentence(
    url: str, tmp_path: Path
) -> None:
    (tmp_path / "dozvon.db").write_bytes(b"This is a letter, not a database. " * 100)
    with pytest.raises(StorageUnavailable, match="damaged"):
        await migrate(url)
    with pytest.raises(StorageUnavailable, match="damaged"):
        async with open_database(url):
            pass


async def test_a_database_that_was_never_migrated_is_refused_with_a_sentence(
    url: str, tmp_path: Path
) -> None:
    with pytest.raises(StorageUnavailable, match="There is no database at"):
        async with open_database(url):
            pass
    (tmp_path / "dozvon.db").touch()
    with pytest.raises(StorageUnavailable, match="dozvon db migrate"):
        async with open_database(url):
            pass


@pytest.mark.parametrize(
    ("kind", "table", "apart"),
    [
        (Call, schema.calls, {"legs", "transfers"}),
        (Leg, schema.legs, {"id"}),
        (Transfer, schema.transfers, set()),
    ],
)
def test_whatever_a_call_tells_has_a_column(kind: type, table: object, apart: set[str]) -> None:
    """A field that is added to a call and has no column would be lost silently."""
    fields = {field.name for field in dataclasses.fields(kind)}
    columns = set(table.c.keys())
    assert fields - apart <= columns
