"""Brings a database to the tables of this version, up and down, in one transaction.

The migrations lie inside the package, so that an installed service needs no other file. Two
services that start together wait for each other; a migration that fails leaves nothing behind.
"""

from __future__ import annotations

import os
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.util.exc import CommandError
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from storage.dialects import file_of, trouble_of, writer_engine
from storage.errors import StorageUnavailable
from storage.sentences import Sentence

_MIGRATIONS = Path(__file__).with_name("migrations")


async def migrate(url: str, revision: str = "head") -> None:
    """Creates or updates the tables; `revision` "base" takes all of them away again.

    Raises `StorageUnavailable` when the file cannot be written or comes from a newer version.
    """
    file = file_of(url)
    if file is not None:
        _create(file)
    engine = writer_engine(url, create=True)
    try:
        async with engine.begin() as connection:
            await connection.run_sync(_move, revision)
    except DBAPIError as error:
        raise StorageUnavailable(
            trouble_of(error)
            or Sentence(
                f"The migration failed: {error.orig}",
                f"Обновить базу данных не удалось: {error.orig}",
            )
        ) from error
    except CommandError as error:
        raise StorageUnavailable(
            Sentence(
                "The database was written by a newer version of Dozvon. Install that version again,"
                f" or restore the backup from before it. ({error})",
                "В базу данных писала более новая версия Dozvon. Установите её снова или "
                f"восстановите копию, сделанную до неё. ({error})",
            )
        ) from error
    finally:
        await engine.dispose()


def _move(connection: Connection, revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    if revision == "base":
        command.downgrade(config, revision)
    else:
        command.upgrade(config, revision)


def _create(file: Path) -> None:
    """A new file is readable by the service alone: it holds people's numbers."""
    try:
        os.close(os.open(file, os.O_CREAT | os.O_RDWR, 0o600))
    except OSError as error:
        raise StorageUnavailable(
            Sentence(
                f"The database {file} cannot be created or written: {error.strerror}. Create its "
                "folder and give the service's user the right to write there.",
                f"Базу данных {file} нельзя создать или записать: {error.strerror}. Создайте её "
                "папку и дайте пользователю сервиса право писать туда.",
            )
        ) from error
