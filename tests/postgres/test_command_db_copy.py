"""`dozvon db copy`: the whole command, with its refusals in sentences."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from dozvon.cli import dozvon
from dozvon.commands.terminal.exits import Exit
from dozvon.compose import only_one_service
from dozvon.context import Context

CSV = "Имя;Телефон\nРомашка;89161234567\nВасилёк;89161234568\n"
Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """A person before a terminal, with two clients in the base."""
    config = tmp_path / "dozvon.toml"
    config.write_text('data_dir = "data"\n', "utf-8")

    def typed(*words: str, url: str = "", file: str | None = None) -> Result:
        environment = {"DOZVON_DATABASE_URL": url} if url else {}
        context = Context(environment=environment, config=config)
        options = ["--language", "en", "--config", str(config)]
        return CliRunner().invoke(dozvon, [*options, *words], obj=context, input=file)

    assert typed("clients", "import", "-", file=CSV).exit_code == 0
    return typed


def on_its_own(postgres: Callable[[str], str], name: str) -> str:
    """The URL of a new database; for tests that are no coroutines."""
    from sqlalchemy import text  # noqa: PLC0415
    from sqlalchemy.ext.asyncio import create_async_engine  # noqa: PLC0415

    async def make() -> None:
        engine = create_async_engine(postgres("postgres"), isolation_level="AUTOCOMMIT")
        async with engine.connect() as connection:
            await connection.execute(text(f"CREATE DATABASE {name}"))
        await engine.dispose()

    asyncio.run(make())
    return postgres(name)


def test_the_commands_work_on_the_copy_as_on_the_file(
    run: Run, postgres: Callable[[str], str]
) -> None:
    url = on_its_own(postgres, "command_copy")
    plain = url.replace("+asyncpg", "")
    done = run("db", "copy", "--to", plain, "--json")
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["tables"]["clients"] == 2
    assert "Clients: 2." in run("clients", "count", url=url).stdout
    found = run("clients", "find", "ромашка", url=url)
    assert found.exit_code == 0, found.output
    again = run("clients", "import", "-", url=url, file=CSV + "Лютик;89161234569\n")
    assert "1 new clients, 2 changed" in again.stdout, again.output
    refused = run("db", "copy", "--to", plain)
    assert refused.exit_code == Exit.UNREACHABLE
    assert "not empty" in refused.stderr


@pytest.mark.parametrize("target", ["nothing", "mysql+pymysql://root@127.0.0.1/x"])
def test_an_address_that_is_none_is_a_sentence(run: Run, target: str) -> None:
    done = run("db", "copy", "--to", target)
    assert done.exit_code in {Exit.WRONG, Exit.UNREACHABLE}
    assert "Traceback" not in done.output
    assert done.stderr.strip()


def test_a_running_service_must_be_stopped_first(run: Run, tmp_path: Path) -> None:
    with only_one_service(tmp_path / "data"):
        done = run("db", "copy", "--to", "postgresql://nobody@127.0.0.1:1/x")
    assert done.exit_code != 0
    assert "Another Dozvon already serves" in done.stderr
