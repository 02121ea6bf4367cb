"""Whose a callback is: what the client base says of the client today, else what his calls say."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from log_calls import ended_call, record

from router.calls import Disposition
from router.facts import Application
from router.numbers import NumberPlan, normalise
from router.office import Office
from storage.callback_seen import callback_of, closed_since
from storage.database import Database
from storage.reach import Reach
from storage.reading import open_callbacks
from storage.records import ClientRecord, OpenCallback
from storage.writer import Writer
from switchboard.client_changes import Told, add_client, hand_over, hand_over_all
from switchboard.clients import ClientBase, Viewer

NUMBER = "+79161234567"
NOW = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
OF_IVANOVA = {"client": "k1", "client_name": "Ромашка", "owner": "ivanova"}


@pytest.fixture
def base(database: Database, writer: Writer, office: Office) -> ClientBase:
    """As the director."""
    viewer = Viewer(login="oleg", manager="", desks=(), reach=Reach(everything=True), heads=True)
    return ClientBase(database=database, writer=writer, office=office, viewer=viewer, now=NOW)


async def keep(writer: Writer, *work: Application, owner: str = "", key: str = "k1") -> None:
    number = normalise(NUMBER, NumberPlan())
    client = ClientRecord(
        key=key, name="Ромашка", owner=owner, numbers=(number,), applications=work
    )
    await writer.submit(lambda uow: uow.clients.save([client], at=NOW))


async def owed(database: Database) -> OpenCallback:
    """The only open item, which is told alike in the list and by itself."""
    [found] = await open_callbacks(database)
    async with database.reading() as connection:
        assert await callback_of(connection, found.item.id) == found
    return found


async def test_a_call_that_the_service_did_not_see_leaves_the_item_with_its_owner(
    database: Database, writer: Writer
) -> None:
    """Missed at nine, and again while the service was off: nobody decided about that call."""
    await keep(writer, owner="ivanova")
    await record(writer, ended_call("1", **OF_IVANOVA), ended_call("2", 5))
    found = await owed(database)
    assert found.item.missed == ("1", "2")
    assert (found.owner, found.client, found.client_name) == ("ivanova", "k1", "Ромашка")


async def test_a_client_whom_the_base_does_not_know_is_told_by_the_newest_call_that_knows(
    database: Database, writer: Writer
) -> None:
    """As with a CRM's client: what was recognised last counts, what was not says nothing."""
    known = {"application": "З-1", **OF_IVANOVA}
    await record(
        writer, ended_call("1", **{**known, "owner": "petrov"}), ended_call("2", 5, **known)
    )
    await record(writer, ended_call("3", 9))
    found = await owed(database)
    assert (found.owner, found.client_name, found.application) == ("ivanova", "Ромашка", "З-1")


async def test_a_stranger_who_is_added_has_name_and_owner_in_the_list(
    base: ClientBase, database: Database, writer: Writer
) -> None:
    """His calls are the client's from then on, and so is the item."""
    await record(writer, ended_call("1"))
    numbers, _ = base.read_numbers(NUMBER)
    await add_client(base, "w-1", Told(name="Пётр", owner="petrov"), numbers)
    found = await owed(database)
    assert (found.client, found.client_name, found.owner) == ("w-1", "Пётр", "petrov")


@pytest.mark.parametrize("whole", [False, True])
async def test_a_client_who_is_handed_over_takes_his_item_with_him(
    base: ClientBase, database: Database, writer: Writer, *, whole: bool
) -> None:
    """One client, or all of a manager; pages are told in both ways."""
    changed: list[str] = []
    base = replace(base, changed=changed.append)
    await keep(writer, Application(key="З-1", manager="ivanova"), owner="ivanova")
    await record(writer, ended_call("1", application="З-1", **OF_IVANOVA))
    client = await base.seen("k1")
    assert client is not None
    if whole:
        await hand_over_all(base, "ivanova", "petrov")
    else:
        await hand_over(base, client, "petrov")
    assert (await owed(database)).owner == "petrov"
    assert len(changed) == 1


async def test_whoever_has_an_open_application_of_the_client_keeps_the_item(
    database: Database, writer: Writer
) -> None:
    """He was rung for it; what was closed since is nobody's reason any more."""
    work = Application(key="З-1", manager="petrov", changed_at=NOW)
    later = Application(key="З-2", manager="orlov", changed_at=NOW.replace(hour=11))
    await keep(writer, work, later, owner="ivanova")
    await record(writer, ended_call("1", application="З-1", **{**OF_IVANOVA, "owner": "petrov"}))
    assert (await owed(database)).owner == "petrov"
    await keep(writer, replace(work, open=False), owner="ivanova")
    found = await owed(database)
    assert (found.owner, found.application) == ("orlov", "З-1")


async def test_an_item_without_an_application_is_about_the_open_one_that_changed_last(
    database: Database, writer: Writer
) -> None:
    """And is its manager's task, as his next call would be."""
    old = Application(key="З-1", manager="orlov")
    new = Application(key="З-2", manager="petrov", changed_at=NOW)
    done = Application(key="З-3", manager="orlov", open=False, changed_at=NOW.replace(hour=12))
    await keep(writer, old, new, done, owner="ivanova")
    await record(writer, ended_call("1"))
    found = await owed(database)
    assert (found.owner, found.application) == ("petrov", "З-2")


async def test_a_client_of_nobody_stays_with_whom_his_call_was_for(
    database: Database, writer: Writer
) -> None:
    """Such as the manager who talked to the number last."""
    await keep(writer)
    await record(writer, ended_call("1", client="k1", owner="sokolova"))
    found = await owed(database)
    assert (found.owner, found.client_name) == ("sokolova", "Ромашка")


async def test_what_was_closed_is_told_in_the_same_way(database: Database, writer: Writer) -> None:
    """The client's owner of today sees what was closed."""
    await keep(writer, owner="petrov")
    talk = ended_call("2", 5, disposition=Disposition.ANSWERED, talk_seconds=60, answered_by="101")
    await record(writer, ended_call("1", **OF_IVANOVA), talk)
    [found] = await closed_since(database, NOW.replace(hour=0), limit=10)
    assert (found.owner, found.client_name) == ("petrov", "Ромашка")


async def owe(writer: Writer, *numbers: int) -> None:
    """Clients whom the company missed twice."""
    for n in numbers:
        about: dict[str, Any] = {"number": f"+7916000{n:04d}", "client": f"k{n}"}
        await record(writer, ended_call(f"a{n}", n, **about), ended_call(f"b{n}", n, **about))


async def test_a_long_list_asks_no_question_for_each_item(
    database: Database, writer: Writer, asked: list[object]
) -> None:
    """Thirty items are as many questions as two."""

    async def questions(*numbers: int) -> int:
        await owe(writer, *numbers)
        asked.clear()
        assert len(await open_callbacks(database)) == numbers[-1] + 1
        return len(asked)

    assert 0 < await questions(0, 1) == await questions(*range(2, 30))


async def test_what_was_closed_is_told_by_as_many_questions_for_thirty_as_for_two(
    database: Database, writer: Writer, asked: list[object]
) -> None:
    """The newest come first; of those closed at once, the smaller id."""

    async def questions(*numbers: int) -> int:
        await owe(writer, *numbers)
        for n in numbers:
            talk = {"disposition": Disposition.ANSWERED, "talk_seconds": 60, "answered_by": "101"}
            about = {"number": f"+7916000{n:04d}", "client": f"k{n}", **talk}
            await record(writer, ended_call(f"talk{n}", 40 + n // 2, **about))  # type: ignore[arg-type]
        asked.clear()
        found = await closed_since(database, NOW.replace(hour=0), limit=30)
        ids = [one.item.id for one in found]
        in_turn = sorted(range(numbers[-1] + 1), key=lambda n: (-(n // 2), f"cb-a{n}"))
        assert ids == [f"cb-a{n}" for n in in_turn]
        return len(asked)

    assert 0 < await questions(0, 1) == await questions(*range(2, 30))
