"""An import of the real command, killed and taken up again, gives the base of one that was not."""

from __future__ import annotations

import asyncio
import json
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

COMMAND = Path(sys.executable).with_name("dozvon")
ROWS = 3000
PATIENCE_SECONDS = 60.0


def clients_file(folder: Path, *, rows: int = ROWS) -> Path:
    """Clients with two numbers each; every 50th row tells nobody, every 40th a client again."""
    file = folder / "clients.csv"
    with file.open("w", encoding="utf-8") as out:
        out.write("Имя;Телефон;Телефон 2\n")
        for n in range(rows):
            one = n - 20 if n % 40 == 30 else n
            row = f"Клиент {one};8916{one:07d};+7495{n:07d}" if n % 50 else ";нет;"
            out.write(f"{row}\n")
    return file


def base(folder: Path) -> Path:
    """A folder with settings of its own."""
    folder.mkdir()
    (folder / "dozvon.toml").write_text('data_dir = "data"\nlanguage = "en"\n', "utf-8")
    return folder


def words(folder: Path, *more: str) -> list[str]:
    config = str(folder / "dozvon.toml")
    refused = str(folder / "refused.csv")
    start = [str(COMMAND), "--config", config, "clients", "import", "--json"]
    return [*start, "--refused", refused, *more]


def contents(folder: Path) -> list[tuple[object, ...]]:
    """Everything that calls could see of the clients."""
    with closing(sqlite3.connect(folder / "data" / "dozvon.sqlite3")) as opened:
        return opened.execute(
            "SELECT c.key, c.name, c.owner, n.written, n.e164, n.number_key FROM clients c "
            "JOIN client_numbers n ON n.client_id = c.id ORDER BY 1, 4, 5"
        ).fetchall()


def lines_taken(folder: Path) -> Iterator[int]:
    """The line that a running import has reached, each time it is asked."""
    file = folder / "data" / "dozvon.sqlite3"
    while True:
        if not file.exists() or not file.stat().st_size:
            yield 0
            continue
        with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as opened:
            try:
                found = opened.execute("SELECT value FROM meta WHERE key LIKE 'import/%'")
                kept = found.fetchone()
            except sqlite3.OperationalError:
                kept = None
        yield json.loads(kept[0])["line"] if kept else 0


async def killed_after(folder: Path, file: Path, line: int, *more: str) -> int:
    """Starts an import and kills it as soon as it has taken so many lines; returns the line."""
    importing = await asyncio.create_subprocess_exec(*words(folder, str(file), *more))
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            for reached in lines_taken(folder):
                if reached >= line:
                    break
                assert importing.returncode is None, "it was through before it could be killed"
                await asyncio.sleep(0.01)
    finally:
        importing.kill()
        await importing.wait()
    assert importing.returncode == -9
    return next(lines_taken(folder))


def through(folder: Path, file: str, *more: str, typed: bytes | None = None) -> dict[str, object]:
    done = subprocess.run(  # noqa: S603 - our own command
        words(folder, file, *more), input=typed, capture_output=True, check=False
    )
    assert done.returncode == 1, done.stderr  # rows were refused
    found: dict[str, object] = json.loads(done.stdout)
    return found


async def test_an_import_killed_twice_and_resumed_gives_the_base_of_one_that_was_not(
    tmp_path: Path,
) -> None:
    """Also the counts are those of the whole file, and no refused row is told twice or lost."""
    file = clients_file(tmp_path)
    whole, broken = base(tmp_path / "whole"), base(tmp_path / "broken")
    expected = through(whole, str(file))
    first = await killed_after(broken, file, 500)
    second = await killed_after(broken, file, first + 500, "--resume")
    assert 0 < len(contents(broken)) < len(contents(whole))
    found = through(broken, str(file), "--resume")
    assert found["resumed_after"] == second
    assert contents(broken) == contents(whole)
    same = ("rows", "added", "refused_count", "numbers")
    assert {name: found[name] for name in same} == {name: expected[name] for name in same}
    assert (broken / "refused.csv").read_bytes() == (whole / "refused.csv").read_bytes()
    assert next(lines_taken(broken)) == 0


async def test_the_standard_input_can_be_resumed_as_well(tmp_path: Path) -> None:
    """What counts is the content, not the name."""
    file = clients_file(tmp_path)
    folder = base(tmp_path / "base")
    reached = await killed_after(folder, file, 500)
    found = through(folder, "-", "--resume", typed=file.read_bytes())
    assert (found["resumed_after"], found["rows"]) == (reached, ROWS)


async def test_another_file_is_never_begun_in_the_middle(tmp_path: Path) -> None:
    file = clients_file(tmp_path)
    folder = base(tmp_path / "base")
    await killed_after(folder, file, 500)
    other = tmp_path / "other.csv"
    other.write_bytes(file.read_bytes() + b"One more;89991234567;\n")
    found = through(folder, str(other), "--resume")
    assert (found["resumed_after"], found["rows"]) == (0, ROWS + 1)


@pytest.mark.parametrize("resume", [(), ("--resume",)])
def test_a_file_that_is_through_is_imported_anew(tmp_path: Path, resume: tuple[str, ...]) -> None:
    folder, file = base(tmp_path / "base"), clients_file(tmp_path, rows=300)
    first, again = through(folder, str(file)), through(folder, str(file), *resume)
    assert (again["resumed_after"], again["added"], again["rows"]) == (0, 0, first["rows"])
