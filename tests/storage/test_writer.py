"""The writer task: order, group commit, and what it does while the database is in trouble."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, StatementError

from storage.connection import AnyConnection
from storage.database import Database, open_database
from storage.errors import StorageBusy, StorageClosed, WorkWaits
from storage.unit_of_work import UnitOfWork
from storage.writer import Work, Writer
from storage.writer_thread import Body


def note(key: str, value: str = "") -> Work[str]:
    async def work(uow: UnitOfWork) -> str:
        await uow.offices.note(key, value)
        return key

    return work


async def notes(database: Database) -> list[str]:
    async with database.reading() as connection:
        return list(
            (await connection.execute(text("SELECT key FROM meta ORDER BY rowid"))).scalars()
        )


class Pauses:
    """Stands in for `asyncio.sleep`: a test sees that the writer waits and says when it goes on."""

    def __init__(self) -> None:
        self.asked: list[float] = []
        self.waiting = asyncio.Event()
        self._go_on = asyncio.Event()

    async def __call__(self, seconds: float) -> None:
        self.asked.append(seconds)
        self.waiting.set()
        await self._go_on.wait()
        self._go_on.clear()

    def go_on(self) -> None:
        self.waiting.clear()
        self._go_on.set()


def lock(database: Database) -> sqlite3.Connection:
    """Another program that holds the database."""
    other = sqlite3.connect(str(database.file), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    return other


async def test_submit_returns_the_value_after_the_commit(
    writer: Writer, database: Database
) -> None:
    assert await writer.submit(note("a")) == "a"
    assert await notes(database) == ["a"]


async def test_works_are_written_in_the_order_in_which_they_came(
    writer: Writer, database: Database
) -> None:
    keys = [f"k{n}" for n in range(200)]
    async with asyncio.TaskGroup() as tasks:
        for key in keys:
            tasks.create_task(writer.submit(note(key)))
    assert await notes(database) == keys


async def test_a_work_that_fails_spoils_no_other_in_its_group(
    writer: Writer, database: Database
) -> None:
    async def wrong(uow: UnitOfWork) -> None:
        await uow.offices.note("half", "")
        await uow.connection.execute(text("INSERT INTO meta (key) VALUES (NULL)"))

    results = await asyncio.gather(
        writer.submit(note("before")),
        writer.submit(wrong),
        writer.submit(note("after")),
        return_exceptions=True,
    )
    assert isinstance(results[1], IntegrityError)
    assert await notes(database) == ["before", "after"]


async def test_many_works_share_one_transaction(database: Database) -> None:
    commits = 0
    original = database.transaction

    async def counted(body: Body[Any]) -> Any:
        nonlocal commits
        commits += 1
        return await original(body)

    database.transaction = counted
    writer = Writer(database)
    promises = [asyncio.create_task(writer.submit(note(f"k{n}"))) for n in range(20)]
    await asyncio.sleep(0)
    async with writer.running():
        await asyncio.gather(*promises)
    assert commits < 5


async def test_while_the_database_is_locked_the_writer_waits_and_loses_nothing(
    database: Database,
) -> None:
    pauses = Pauses()
    other = lock(database)
    async with Writer(database, pause=pauses).running() as writer, asyncio.TaskGroup() as tasks:
        written = [tasks.create_task(writer.submit(note(f"k{n}"))) for n in range(5)]
        await pauses.waiting.wait()
        assert "locked by another program" in str(writer.trouble)
        assert writer.waiting == 5
        pauses.go_on()
        await pauses.waiting.wait()
        assert pauses.asked[1] > pauses.asked[0]
        other.execute("ROLLBACK")
        other.close()
        pauses.go_on()
        await asyncio.gather(*written)
        assert writer.trouble is None
    assert await notes(database) == [f"k{n}" for n in range(5)]


async def test_reading_goes_on_while_another_program_holds_the_lock(
    database: Database, writer: Writer
) -> None:
    await writer.submit(note("seen"))
    other = lock(database)
    assert await notes(database) == ["seen"]
    other.close()


async def test_beyond_the_bound_a_work_is_refused_with_a_sentence(database: Database) -> None:
    pauses = Pauses()
    other = lock(database)
    limited = Writer(database, queue_limit=3, group_limit=1, pause=pauses)
    async with limited.running() as writer, asyncio.TaskGroup() as tasks:
        tasks.create_task(writer.submit(note("first")))
        await pauses.waiting.wait()
        for n in range(3):
            tasks.create_task(writer.submit(note(f"k{n}")))
        await asyncio.sleep(0)
        with pytest.raises(StorageBusy, match=r"4 changes wait .* locked by another program"):
            await writer.submit(note("too much"))
        other.close()
        pauses.go_on()
    assert await notes(database) == ["first", "k0", "k1", "k2"]


async def test_a_work_that_nobody_wants_any_more_is_not_done(database: Database) -> None:
    pauses = Pauses()
    other = lock(database)
    async with Writer(database, pause=pauses).running() as writer, asyncio.TaskGroup() as tasks:
        unwanted = tasks.create_task(writer.submit(note("unwanted")))
        tasks.create_task(writer.submit(note("wanted")))
        await pauses.waiting.wait()
        unwanted.cancel()
        other.close()
        pauses.go_on()
    assert await notes(database) == ["wanted"]


async def test_a_full_disk_is_told_in_a_sentence_and_recovered_from(database: Database) -> None:
    pauses = Pauses()
    async with Writer(database, pause=pauses).running() as writer, asyncio.TaskGroup() as tasks:
        await writer.submit(fill_disk)
        big = tasks.create_task(writer.submit(note("big", "x" * 1_000_000)))
        await pauses.waiting.wait()
        assert "The disk of the database is full" in str(writer.trouble)
        assert await notes(database) == []
        await more_room(database)
        pauses.go_on()
        await big
        assert writer.trouble is None
    assert await notes(database) == ["big"]


async def fill_disk(uow: UnitOfWork) -> None:
    pages = (await uow.connection.execute(text("PRAGMA page_count"))).scalar_one()
    await uow.connection.execute(text(f"PRAGMA max_page_count={pages + 2}"))


async def more_room(database: Database) -> None:
    async def body(connection: AnyConnection) -> None:
        await connection.execute(text("PRAGMA max_page_count=100000"))

    await database.transaction(body)


async def test_a_database_file_that_is_gone_is_told_and_nothing_is_lost_when_it_is_back(
    database: Database, tmp_path: Path
) -> None:
    pauses = Pauses()
    away = tmp_path / "away.db"
    file = file_of_database(database)
    async with Writer(database, pause=pauses).running() as writer, asyncio.TaskGroup() as tasks:
        await writer.submit(note("before"))
        file.rename(away)
        waiting = tasks.create_task(writer.submit(note("after")))
        await pauses.waiting.wait()
        assert f"{file} is gone" in str(writer.trouble)
        assert not file.exists()
        away.rename(file)
        pauses.go_on()
        await waiting
    assert await notes(database) == ["before", "after"]


async def test_a_file_that_was_replaced_is_the_one_that_is_written(
    database: Database, tmp_path: Path, url: str
) -> None:
    """A backup put back under a running service is written on, not the file it replaced."""
    copy = tmp_path / "copy.db"
    async with Writer(database).running() as writer:
        await writer.submit(note("old"))
        backup = sqlite3.connect(str(database.file), isolation_level=None)
        backup.execute(f"VACUUM INTO '{copy}'")
        backup.close()
        await writer.submit(note("lost with the old file"))
        copy.replace(file_of_database(database))
        await writer.submit(note("new"))
    async with open_database(url) as again:
        assert await notes(again) == ["old", "new"]


async def test_nothing_of_a_group_is_seen_before_all_of_it_is_written(database: Database) -> None:
    seen: list[list[str]] = []

    async def look(_uow: UnitOfWork) -> None:
        other = sqlite3.connect(str(database.file))
        seen.append([key for (key,) in other.execute("SELECT key FROM meta ORDER BY rowid")])
        other.close()

    writer = Writer(database)
    group = [asyncio.create_task(writer.submit(work)) for work in (note("first"), look)]
    await asyncio.sleep(0)
    async with writer.running():
        await asyncio.gather(*group)
    assert seen == [[]]
    assert await notes(database) == ["first"]


async def test_a_work_whose_submitter_left_before_it_began_is_not_done(database: Database) -> None:
    writer = Writer(database)
    tasks = [asyncio.create_task(writer.submit(note(key))) for key in ("left", "stayed")]
    await asyncio.sleep(0)
    tasks[0].cancel()
    async with writer.running():
        await tasks[1]
    assert await notes(database) == ["stayed"]


async def test_an_instant_without_a_time_zone_is_refused(writer: Writer) -> None:
    async def work(uow: UnitOfWork) -> None:
        await uow.gaps.open("main", began_at=datetime(2026, 3, 2, 9, 0), why="")  # noqa: DTZ001 - meant

    with pytest.raises(StatementError, match="has no time zone"):
        await writer.submit(work)


def file_of_database(database: Database) -> Path:
    assert database.file is not None
    return database.file


async def test_who_still_waits_when_the_writer_stops_is_told(database: Database) -> None:
    pauses = Pauses()
    writer = Writer(database, pause=pauses)
    other = lock(database)
    running = asyncio.create_task(writer.run())
    waiting = asyncio.create_task(writer.submit(note("late")))
    await pauses.waiting.wait()
    running.cancel()
    with pytest.raises(StorageClosed):
        await waiting
    with pytest.raises(StorageClosed):
        await writer.submit(note("later"))
    other.close()


async def test_a_mistake_of_ours_that_is_no_trouble_is_told_to_who_made_it(writer: Writer) -> None:
    async def wrong(_uow: UnitOfWork) -> None:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        await writer.submit(wrong)
    assert await writer.submit(note("goes on")) == "goes on"


async def test_what_a_block_raises_beside_the_writer_comes_out_as_it_is(database: Database) -> None:
    with pytest.raises(LookupError, match="as it is"):
        async with Writer(database).running():
            raise LookupError("as it is")


async def test_an_error_of_the_database_does_not_tell_what_was_to_be_written(
    writer: Writer,
) -> None:
    async def wrong(uow: UnitOfWork) -> None:
        statement = text("INSERT INTO meta (key, value) VALUES (:number, NULL)")
        await uow.connection.execute(statement, {"number": "+79161234567"})

    with pytest.raises(IntegrityError) as raised:
        await writer.submit(wrong)
    assert "9161234567" not in str(raised.value)


async def test_a_work_that_waits_for_something_else_is_refused_and_spoils_no_other(
    database: Database,
) -> None:
    """A transaction is one visit to the writer's thread; waiting there would hold up everyone."""
    never = asyncio.get_running_loop().create_future()

    async def waits(uow: UnitOfWork) -> None:
        await uow.offices.note("half", "")
        await never

    writer = Writer(database)
    works = [asyncio.create_task(writer.submit(w)) for w in (note("a"), waits, note("b"))]
    async with writer.running():
        results = await asyncio.gather(*works, return_exceptions=True)
    assert results[0] == "a"
    assert isinstance(results[1], RuntimeError)
    assert results[2] == "b"
    assert await notes(database) == ["a", "b"]


async def test_what_does_not_fit_into_the_time_of_one_group_is_written_by_the_next(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storage.writer.GROUP_SECONDS", -1.0)
    writer = Writer(database)
    works = [asyncio.create_task(writer.submit(note(f"k{n}"))) for n in range(5)]
    async with writer.running():
        assert await asyncio.gather(*works) == [f"k{n}" for n in range(5)]
    assert await notes(database) == [f"k{n}" for n in range(5)]


async def test_a_writer_that_is_stopped_ends_the_transaction_it_has_begun(
    database: Database,
) -> None:
    begun, go_on = threading.Event(), threading.Event()

    async def long(uow: UnitOfWork) -> None:
        begun.set()
        go_on.wait(5)
        await uow.offices.note("ended", "")

    writer = Writer(database)
    running = asyncio.create_task(writer.run())
    submitted = asyncio.create_task(writer.submit(long))
    await asyncio.to_thread(begun.wait, 5)
    running.cancel()
    await asyncio.sleep(0)
    assert not running.done()
    go_on.set()
    with pytest.raises(StorageClosed):
        await submitted
    assert await notes(database) == ["ended"]


async def test_a_work_is_told_where_it_waits_for_something_else(writer: Writer) -> None:
    never = asyncio.get_running_loop().create_future()

    async def waits(_uow: UnitOfWork) -> None:
        await never

    with pytest.raises(WorkWaits, match="read what it needs before"):
        await writer.submit(waits)
    assert await writer.submit(note("goes on")) == "goes on"
