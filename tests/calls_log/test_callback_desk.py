"""The callback list as one person sees it, and what he may do to it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from log_calls import ended_call, record

from config.holiday_calendar import PublicHolidays
from router.callbacks import CallbackItem, ClosedHow
from router.calls import Direction, Disposition
from router.office import Office, Status
from router.phones import Phone
from storage.database import Database
from storage.reach import Reach
from storage.statuses import StatusRow
from storage.unit_of_work import UnitOfWork
from storage.writer import Writer
from switchboard.callback_desk import CallbackList, Seer, Which, callback_list, colleagues
from switchboard.callback_doing import Desk, Refused, Why, number_of
from switchboard.callbacks import floor_now

NOON = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)  # Monday, 12:00 in Moscow; the calls' first minute
LATER = NOON + timedelta(hours=1)
ANNA = Seer(
    reach=Reach(managers=frozenset({"ivanova"}), extensions=frozenset({Phone("main", "101")})),
    manager="ivanova",
    by="ivanova",
)
PYOTR = Seer(
    reach=Reach(managers=frozenset({"petrov"}), extensions=frozenset({Phone("main", "102")})),
    manager="petrov",
    by="petrov",
)
HEAD = Seer(
    reach=Reach(
        departments=frozenset({"sales"}),
        managers=frozenset({"ivanova", "petrov", "sokolova"}),
        extensions=frozenset({Phone("main", "101"), Phone("main", "102"), Phone("main", "103")}),
    ),
    manager="sokolova",
    by="sokolova",
)
DIRECTOR = Seer(reach=Reach(everything=True), by="Олег Директор")
HELPER = Seer(
    reach=Reach(managers=frozenset({"ivanova"}), extensions=frozenset({Phone("main", "101")})),
    manager="ivanova",
    by="Помощник",
)


@dataclass
class Room:
    """The list with a writer and a clock."""

    database: Database
    writer: Writer
    office: Office
    now: datetime = LATER

    async def list(self, seer: Seer, which: Which = Which.ALL) -> CallbackList:
        floor = await floor_now(self.database, self.office, self.now, PublicHolidays())
        return await callback_list(
            self.database, floor, seer, which, since=NOON - timedelta(hours=9)
        )

    async def ids(self, seer: Seer, which: Which = Which.ALL) -> list[str]:
        return [line.id for line in (await self.list(seer, which)).items]

    async def do(
        self, seer: Seer, act: Callable[[Desk], Awaitable[CallbackItem]]
    ) -> CallbackItem | Refused:
        self.now += timedelta(seconds=1)  # acts of one instant have no order
        floor = await floor_now(self.database, self.office, self.now, PublicHolidays())
        try:
            return await act(Desk(write=self.writer.submit, floor=floor, seer=seer))
        except Refused as refused:
            return refused

    async def away(self, manager: str) -> None:
        async def work(uow: UnitOfWork) -> None:
            await uow.statuses.set(StatusRow(manager=manager, status=Status.AWAY, since=NOON))

        await self.writer.submit(work)


@pytest.fixture
async def room(database: Database, writer: Writer, office: Office) -> Room:
    """A client of Anna's, one of Pyotr's, a stranger, one of the service's, a hidden caller."""
    sales = {"department": "sales"}
    await record(
        writer,
        ended_call("anna", 0, number="+79160000001", client="k1", owner="ivanova", **sales),
        ended_call("pyotr", 1, number="+79160000002", client="k2", owner="petrov", **sales),
        ended_call("stranger", 2, number="+79160000003", **sales),
        ended_call("service", 3, number="+79160000004", department="service"),
        ended_call("hidden", 4, number="", **sales),
    )
    return Room(database, writer, office)


def why(done: CallbackItem | Refused) -> Why:
    assert isinstance(done, Refused), done
    return done.why


async def test_a_director_sees_everything_in_the_order_to_call(room: Room) -> None:
    assert await room.ids(DIRECTOR) == ["cb-anna", "cb-pyotr", "cb-stranger", "cb-service"]


async def test_a_head_sees_his_department_and_no_other(room: Room) -> None:
    assert await room.ids(HEAD) == ["cb-anna", "cb-pyotr", "cb-stranger"]


async def test_a_manager_sees_his_clients_and_strangers_of_his_department(room: Room) -> None:
    """A colleague's client is not his to see while the colleague is there."""
    assert await room.ids(ANNA) == ["cb-anna", "cb-stranger"]


async def test_a_client_whose_manager_is_away_is_the_departments_task(room: Room) -> None:
    await room.away("petrov")
    assert "cb-pyotr" in await room.ids(ANNA)


async def test_mine_is_my_clients_what_i_took_and_my_part_of_the_rest(room: Room) -> None:
    mine = {who.by: await room.ids(who, Which.MINE) for who in (ANNA, PYOTR, HEAD)}
    assert "cb-anna" in mine["ivanova"]
    assert "cb-pyotr" in mine["petrov"]
    dealt = [who for who, ids in mine.items() if "cb-stranger" in ids]
    assert dealt == ["sokolova"]
    await room.do(ANNA, lambda desk: desk.take("cb-stranger"))
    assert "cb-stranger" in await room.ids(ANNA, Which.MINE)


async def test_hidden_callers_stand_apart_without_a_number(room: Room) -> None:
    found = await room.list(HEAD)
    assert [line.id for line in found.hidden] == ["cb-hidden"]
    assert found.hidden[0].number == ""
    assert found.all_count == 4


async def test_an_assistant_sees_his_managers_list_and_acts_under_his_own_name(room: Room) -> None:
    assert await room.ids(HELPER) == await room.ids(ANNA)
    await room.do(HELPER, lambda desk: desk.note("cb-anna", "письмом"))
    [line] = [x for x in (await room.list(ANNA)).items if x.id == "cb-anna"]
    assert [(said.by_name, said.text) for said in line.notes] == [("Помощник", "письмом")]


async def test_whoever_has_no_phone_cannot_take(room: Room) -> None:
    assert why(await room.do(HELPER, lambda desk: desk.take("cb-anna"))) is Why.NO_MANAGER
    assert why(await room.do(DIRECTOR, lambda desk: desk.take("cb-anna"))) is Why.NO_MANAGER


async def test_of_two_who_take_at_once_one_has_it_and_one_is_told_who(room: Room) -> None:
    take = "cb-stranger"
    one, two = await asyncio.gather(
        room.do(ANNA, lambda desk: desk.take(take)), room.do(PYOTR, lambda desk: desk.take(take))
    )
    won, lost = (one, two) if isinstance(two, Refused) else (two, one)
    assert isinstance(won, CallbackItem)
    assert isinstance(lost, Refused)
    assert lost.why is Why.HELD
    assert lost.who == {"ivanova": "Анна Иванова", "petrov": "Пётр Петров"}[won.taken_by]
    assert lost.until == won.taken_until


async def test_what_one_may_not_see_is_not_there(room: Room) -> None:
    """The same answer as for an item that never was."""
    for item in ("cb-pyotr", "cb-service", "cb-never"):
        assert why(await room.do(ANNA, lambda desk, item=item: desk.take(item))) is Why.GONE
        note = await room.do(ANNA, lambda desk, item=item: desk.note(item, "x"))
        assert why(note) is Why.GONE
        floor = await floor_now(room.database, room.office, room.now, PublicHolidays())
        with pytest.raises(Refused):
            await number_of(room.database, floor, ANNA, item)


async def test_a_taken_item_is_passed_on_by_its_holder_and_by_the_head_only(room: Room) -> None:
    await room.do(ANNA, lambda desk: desk.take("cb-stranger"))
    held = await room.do(PYOTR, lambda desk: desk.not_needed("cb-stranger", "спам"))
    assert why(held) is Why.HELD
    given = await room.do(HEAD, lambda desk: desk.give("cb-stranger", "petrov"))
    assert isinstance(given, CallbackItem)
    assert given.holder(room.now) == "petrov"
    back = await room.do(PYOTR, lambda desk: desk.give("cb-stranger", "ivanova"))
    assert isinstance(back, CallbackItem)
    assert back.holder(room.now) == "ivanova"


async def test_an_item_is_given_only_to_somebody_of_the_office(room: Room) -> None:
    gone = await room.do(HEAD, lambda desk: desk.give("cb-anna", "nobody"))
    assert why(gone) is Why.NO_COLLEAGUE


async def test_what_was_given_back_is_everybodys(room: Room) -> None:
    await room.do(ANNA, lambda desk: desk.take("cb-stranger"))
    await room.do(ANNA, lambda desk: desk.give_back("cb-stranger"))
    again = await room.do(PYOTR, lambda desk: desk.take("cb-stranger"))
    assert isinstance(again, CallbackItem)
    twice = await room.do(ANNA, lambda desk: desk.give_back("cb-anna"))
    assert why(twice) is Why.NOT_HELD


async def test_a_promise_waits_at_the_end_and_is_due_at_its_hour(room: Room) -> None:
    at = LATER + timedelta(hours=2)
    await room.do(ANNA, lambda desk: desk.note("cb-anna", "после обеда", promised_at=at))
    assert (await room.ids(HEAD))[-1] == "cb-anna"
    room.now = at - timedelta(minutes=10)
    first = (await room.list(HEAD)).items[0]
    assert (first.id, first.due) == ("cb-anna", True)


async def test_a_promise_for_an_hour_that_is_over_is_refused(room: Room) -> None:
    past = await room.do(ANNA, lambda desk: desk.note("cb-anna", "", promised_at=NOON))
    assert why(past) is Why.PAST


async def test_a_note_without_words_and_hour_is_none(room: Room) -> None:
    assert why(await room.do(ANNA, lambda desk: desk.note("cb-anna", "  "))) is Why.NO_NOTE


async def test_not_needed_wants_a_reason_and_closes(room: Room) -> None:
    assert why(await room.do(ANNA, lambda d: d.not_needed("cb-anna", " "))) is Why.NO_REASON
    await room.do(ANNA, lambda desk: desk.not_needed("cb-anna", "решили письмом"))
    assert "cb-anna" not in await room.ids(DIRECTOR)
    again = await room.do(ANNA, lambda desk: desk.not_needed("cb-anna", "спам"))
    assert isinstance(again, Refused)
    assert (again.why, again.who) == (Why.CLOSED, "Анна Иванова")


async def test_what_was_closed_today_is_shown_to_those_who_could_see_it(room: Room) -> None:
    await room.do(PYOTR, lambda desk: desk.not_needed("cb-pyotr", "спам"))
    [line] = (await room.list(HEAD)).closed
    assert (line.id, line.closed_how) == ("cb-pyotr", ClosedHow.NOT_NEEDED)
    assert (line.closed_by_name, line.closed_note) == ("Пётр Петров", "спам")
    assert (await room.list(ANNA)).closed == ()


async def test_a_talk_closes_the_item_by_itself(room: Room, writer: Writer) -> None:
    spoke = {"direction": Direction.OUTBOUND, "disposition": Disposition.ANSWERED}
    await record(
        writer,
        ended_call("back", 30, number="+79160000001", client="k1", talk_seconds=60, **spoke),  # type: ignore[arg-type]
    )
    assert "cb-anna" not in await room.ids(DIRECTOR)
    [line] = (await room.list(DIRECTOR)).closed
    assert (line.closed_how, line.closing_call) == (ClosedHow.REACHED, "back")


async def test_a_voicemail_is_said_of_a_call_that_was_made(room: Room, writer: Writer) -> None:
    none = await room.do(ANNA, lambda desk: desk.voicemail("cb-anna"))
    assert why(none) is Why.NO_CALL
    spoke = {"direction": Direction.OUTBOUND, "disposition": Disposition.ANSWERED}
    await record(
        writer,
        ended_call("back", 30, number="+79160000001", client="k1", talk_seconds=60, **spoke),  # type: ignore[arg-type]
    )
    await room.do(ANNA, lambda desk: desk.voicemail("cb-anna"))
    assert "cb-anna" in await room.ids(ANNA)


async def test_colleagues_of_the_own_department_come_first_and_oneself_never(
    office: Office,
) -> None:
    keys = list(colleagues(office, ANNA))
    assert keys[:2] == ["petrov", "sokolova"]
    assert "ivanova" not in keys
    assert set(keys) == set(office.managers) - {"ivanova"}
