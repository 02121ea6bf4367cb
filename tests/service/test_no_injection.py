"""no_injection: what callers and client bases say is text everywhere, and syntax nowhere."""

from __future__ import annotations

import asyncio
from urllib.parse import quote

import pytest
from sales_floor import Desk, Floor, caller_of, eventually
from two_services import Inside

from pbx_adapters.asterisk.journal import LONGEST_ENTRY, read_entry
from router.calls import Disposition, MissedReason
from router.numbers import NumberPlan, normalise
from storage.records import ClientRecord
from storage.unit_of_work import UnitOfWork
from switchboard.board import utc_now

pytestmark = [pytest.mark.asterisk, pytest.mark.asyncio(loop_scope="module")]

NAMES = (
    "",
    "${SHELL(touch {trap})}",
    '"; System(touch {trap}) ; "',
    "a)},b)})&System(touch {trap})",
    'x\\\\" Set(DB(dozvon/status/a0)=lunch)',
    "PJSIP/102&Local/s@dozvon-bye,1|a~b!c",
    "$[1+1]${EXTEN}${DB_DELETE(dozvon/failopen/default)}",
    "Action: Originate",
    "Ж" * 300,
    "n" * 300,
    "😀 \u202eevil\u202c \u200f",
    "200 result=1 (timeout)",
    "%0d%0aAction: Logoff%0d%0a%0d%0a",
    "a=b:c,1=a0/101:rang:9:ANSWER,",
)
NUMBERS = (
    "${SHELL(touch {trap})}",
    "7903&101",
    "1|2~3!4,5",
    "+7 (903) 000-00-00",
    "9" * 300,
    "'\\\"`;$(touch {trap})",
    "7\r\nAction: Logoff\r\n\r\n\0",
)
CLIENT_NAMES = (
    'Mc"Duck" ${SHELL(touch {trap})} <sip:evil@example.com>',
    "line\r\nSet: evil\r\n\r\n\x00end",
    "a,b|c~d!e&f)})",
    "Ж" * 300,
    "\u202eevil 😀",
)


async def test_no_injection_by_callers(floor: Floor, served: Inside) -> None:
    """Whatever a caller calls himself, he is routed, nothing is run, and the journal is read.

    He leaves while it rings; the log has him once, with the end that he had.
    """
    trap = floor.folder / "trap"

    async def rings(desk: Desk, number: str, name: str) -> None:
        before = len(desk.a.calls)
        call = await floor.carrier.call(desk.line, number, name)
        await desk.a.until(lambda: len(desk.a.calls) > before, 5)
        await call.hang_up()

    names = [(desk_of(floor, n), name.replace("{trap}", str(trap))) for n, name in enumerate(NAMES)]
    for desk in floor.desks:
        mine = [name for at, name in names if at is desk]
        for name in mine:
            await rings(desk, desk.stranger(), name)
    for n, number in enumerate(NUMBERS):
        await rings(desk_of(floor, n), quote(number.replace("{trap}", str(trap)), safe=""), "")
    await floor.no_channels()

    async def all_logged() -> bool:
        return len(await floor.all_calls()) == len(NAMES) + len(NUMBERS)

    await eventually(all_logged, 8, "every call is in the log")
    for story in await floor.all_calls():
        call = story.stored.call
        assert (call.disposition, call.reason) == (Disposition.MISSED, MissedReason.ABANDONED)
        assert story.made, "it was decided, not failed open"
        assert story.trail[0].reported["way"] == "plan"
    assert not trap.exists()
    assert not await floor.journal("ended")
    assert not await floor.journal("status")


def desk_of(floor: Floor, n: int) -> Desk:
    return floor.desks[n % len(floor.desks)]


async def test_no_injection_by_the_client_base(floor: Floor, served: Inside) -> None:
    """A client's name from the base is shown on the phone as plain text, and does nothing else."""
    trap = floor.folder / "trap"
    plan = NumberPlan(region="RU", area_code="495")
    clients = [
        ClientRecord(
            key=f"hostile-{n}",
            name=name.replace("{trap}", str(trap)),
            owner=f"a{n}",
            numbers=(normalise(f"7902000000{n}", plan),),
        )
        for n, name in enumerate(CLIENT_NAMES)
    ]

    async def work(uow: UnitOfWork) -> None:
        await uow.clients.save(clients, at=utc_now())

    await served.board.write(work)
    calls = [await desk_of(floor, n).call(f"7902000000{n}") for n in range(len(CLIENT_NAMES))]
    shown = [await desk_of(floor, n).a.wait_ringing(5) for n in range(len(CLIENT_NAMES))]
    await asyncio.gather(*(call.hang_up() for call in calls))
    for ring in shown:
        assert ring.caller_name.isprintable()
        assert not set(ring.caller_name) & set('"\\${}[](),;:|~!&^`<>\r\n\0')
        assert 0 < len(ring.caller_name) <= 60
    assert shown[2].caller_name == "a b c d e f"
    for call in calls:
        assert (await floor.settled(caller_of(call))).stored.owner
    assert not trap.exists()


async def test_no_injection_by_journal_entries(floor: Floor, served: Inside) -> None:
    """An entry that our dialplan cannot have written is left where it is and holds up no other."""
    hour = "2026010100"
    hostile = {
        "broken": "1|x|y",
        "version": "2|a|b|c|d|1795302386.1",
        "times": "1|t|l|n|x|never|ever|plan|S|missed|abandoned|||0|0||",
    }
    await floor.pbx.cli(f"database put dozvon hours/{hour} 1")
    for key, value in hostile.items():
        await floor.pbx.cli(f'database put dozvon ended/{hour}/{key} "{value}"')
    assert all(len(value) < LONGEST_ENTRY for value in hostile.values())
    good = f"1|good-1|{floor.desks[0].line}|79050099999||1795302386.1|1795302387.2|plan|SUCCESS|missed|no_answer|||0|16||1=a0/101:rang:3:NOANSWER,"
    assert read_entry("main", f"dozvon/ended/{hour}/good-1", good)
    await floor.pbx.cli(f'database put dozvon ended/{hour}/good-1 "{good}"')
    await served.stop()
    await served.start()
    assert (await floor.settled("79050099999")).stored.call.recovered
    assert len(await floor.journal("ended")) == len(hostile)
