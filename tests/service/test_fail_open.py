"""fail_open: whatever is wrong with the service, the line's department rings."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager

import pytest
import pytest_asyncio
from sales_floor import CLOSED_LINE, Desk, Floor, caller_of, eventually
from two_services import inside

from pbx_adapters.asterisk.journal import read_entry
from pbx_adapters.port import JournalEntry, Way
from router.calls import Disposition, MissedReason

pytestmark = [pytest.mark.asterisk, pytest.mark.asyncio(loop_scope="module")]


@pytest_asyncio.fixture(scope="module", loop_scope="module", autouse=True)
async def mirrored(floor: Floor) -> None:
    """The service has run once, and is gone: AstDB says whom each line rings."""
    async with inside(floor.settings):
        assert await floor.journal("failopen")


Answer = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def speaking(floor: Floor, answer: Answer) -> AsyncIterator[None]:
    """Something that listens where the service should."""
    server = await asyncio.start_server(answer, "127.0.0.1", floor.pbx.ports.agi)
    try:
        yield
    finally:
        server.close()


async def hang(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Accepts, reads and says nothing until the other side leaves."""
    while await reader.read(4096):
        pass
    writer.close()


def saying(*lines: str, after: float = 0.0, then_hang: bool = False) -> Answer:
    """Answers with AGI lines, as a service that dies, is late or is of another version does."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\n\n")
        if after:
            await asyncio.sleep(after)
        for line in lines:
            writer.write(line.encode() + b"\n")
            await reader.readline()
        if then_hang:
            await hang(reader, writer)
        writer.close()

    return answer


@contextmanager
def blackhole(port: int) -> Iterator[None]:
    """A listening socket whose backlog is full: the SYN of the next caller is not answered."""
    with socket.socket() as listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(("127.0.0.1", port))
        listening.listen(0)
        waiting = [socket.socket() for _ in range(4)]
        try:
            for one in waiting:
                one.setblocking(False)
                one.connect_ex(("127.0.0.1", port))
            yield
        finally:
            for one in waiting:
                one.close()


def step(desk: Desk, *, seconds: int = 20) -> str:
    n = desk.number
    return f"all~{seconds}~0~10~owner~p!a{n}!1{n}1!PJSIP/1{n}1!!!0!!99"


async def entry_of(floor: Floor, caller: str) -> JournalEntry:
    """What the dialplan wrote of a caller's only call."""

    async def probe() -> JournalEntry | None:
        ended = await floor.journal("ended")
        found = (read_entry("main", key, value) for key, value in ended.items())
        return next((e for e in found if e.caller == caller), None)

    found = await eventually(probe, 4, f"a journal entry of {caller}")
    assert found
    return found


async def department_rings(floor: Floor, desk: Desk, *, at_most: float, service: str) -> None:
    """All three phones ring within `at_most` seconds, one answers, the journal says why.

    Of a call that rang later up to two more are made: one whose machine stood still for a moment
    says nothing of the dialplan, which is as late each time.
    """
    took: list[float] = []
    while not took or (took[-1] >= at_most and len(took) < 3):
        took.append(await all_ring(floor, desk, within=at_most + 2, service=service))
    assert took[-1] < at_most, took


async def all_ring(floor: Floor, desk: Desk, *, within: float, service: str) -> float:
    """Calls once; returns after how many seconds the last of the phones rang."""
    call = await desk.call()
    rang = await asyncio.gather(*(phone.wait_ringing(within) for phone in desk.phones))
    assert all(ring.rang_at for ring in rang)
    last = max(ring.rang_at for ring in rang if ring.rang_at)
    await desk.b.answer()
    assert await call.wait_answered(2)
    await asyncio.gather(*(r.wait_ended(2) for r in rang if r.called != desk.b.extension))
    await call.hang_up()
    entry = await entry_of(floor, caller_of(call))
    assert (entry.way, entry.service) == (Way.FAIL_OPEN, service)
    assert (entry.disposition, entry.answered_by) == (Disposition.ANSWERED, desk.b.extension)
    return (last - call.started_at).total_seconds()


async def test_fail_open_refused(floor: Floor) -> None:
    """Nothing listens: the department rings at once."""
    await department_rings(floor, floor.desks[0], at_most=0.2, service="FAILURE")


async def test_fail_open_hung(floor: Floor) -> None:
    """The service accepts and says nothing: the department rings after the watchdog's 1.5 s.

    Calls side by side do not wait for each other.
    """
    async with speaking(floor, hang):
        rings = (department_rings(floor, d, at_most=3.2, service="HUNG") for d in floor.desks[:3])
        await asyncio.gather(*rings)


async def test_fail_open_blackholed(floor: Floor) -> None:
    """The connection is never answered: Asterisk gives up after its own 2 s at most."""
    with blackhole(floor.pbx.ports.agi):
        await department_rings(floor, floor.desks[0], at_most=4.2, service="HUNG")


@pytest.mark.parametrize("case", ["half", "late", "version", "dies"])
async def test_fail_open_an_answer_that_is_not_a_whole_plan_in_time_is_none(
    floor: Floor, case: str
) -> None:
    """Half an answer, one after the watchdog, one of another version: the department rings."""
    desk = floor.desks[{"half": 0, "late": 1, "version": 2, "dies": 3}[case]]
    plan = f'SET VARIABLE __DZ_STEP_1 "{step(desk)}"'
    more = f'SET VARIABLE __DZ_STEP_4 "{step(desk)}"'
    whole = 'SET VARIABLE DZ_OK "1~x~busy~~40"'
    answers = {
        "half": (saying(plan, more, then_hang=True), "HUNG", 3.2),
        "late": (saying(plan, whole, after=1.9), "HUNG", 3.2),
        "version": (saying(plan, more, whole.replace("1~x", "2~x")), "SUCCESS", 0.3),
        "dies": (saying(plan, more), "SUCCESS", 0.3),
    }
    answer, service, at_most = answers[case]
    async with speaking(floor, answer):
        await department_rings(floor, desk, at_most=at_most, service=service)


async def test_fail_open_the_caller_can_leave_at_any_moment(floor: Floor) -> None:
    """A caller who leaves a hung service leaves no channel behind, and is in the journal."""
    async with speaking(floor, hang):
        calls = [
            await desk.call(hangup_after=0.1 + 0.5 * n) for n, desk in enumerate(floor.desks[:5])
        ]
        await asyncio.gather(*(call.wait_ended(6) for call in calls))
        await floor.no_channels(2)
    for call in calls:
        entry = await entry_of(floor, caller_of(call))
        assert (entry.disposition, entry.reason) == (
            Disposition.MISSED,
            MissedReason.ABANDONED,
        )


async def test_one_end_the_first_thing_that_happens_to_a_call_is_its_hang_up_handler(
    floor: Floor,
) -> None:
    """Asterisk runs a call's first priority even if the caller has left: it brings the journal."""
    shown = await floor.pbx.cli("dialplan show dozvon")
    first = [line for line in shown.splitlines() if " => " in line and " 1. " in line]
    assert len(first) == 2
    assert all("1. Set(CHANNEL(hangup_handler_push)=dozvon-bye" in line for line in first)


async def test_fail_open_rings_whom_the_office_says(floor: Floor) -> None:
    """Whom: the line's own entry in AstDB, else its default, else what was pasted. Not who is out.

    An unknown line rings the default department.
    """
    d0, d1, d2 = floor.desks[:3]
    await floor.pbx.cli(f"database put dozvon failopen/{d1.line} {step(d2)}")
    await floor.pbx.cli(f"database put dozvon failopen/default {step(d1)}")
    await floor.pbx.cli(f"database del dozvon failopen/{d2.line}")
    own, default = await d1.call(), await d2.call()
    await d2.a.wait_ringing(2)
    await d1.a.wait_ringing(2)
    for call in (own, default):
        await call.hang_up()
    await floor.pbx.cli("database deltree dozvon failopen")
    await floor.pbx.cli("database put dozvon/status a0 lunch")
    pasted = await floor.carrier.call("74951239999", d2.stranger())
    await asyncio.gather(d0.b.wait_ringing(2), d0.c.wait_ringing(2))
    await pasted.hang_up()
    await floor.pbx.cli("database del dozvon/status a0")
    assert all(call.ended_at for call in d0.a.calls)
    assert caller_of(pasted) not in {call.caller_number for call in d0.a.calls}
    entry = await entry_of(floor, caller_of(pasted))
    assert next((t.what, t.who) for t in entry.trail) == ("lunch", ("a0/101",))


async def test_fail_open_after_hours_rings_all_the_same(floor: Floor) -> None:
    """Without the service nobody knows the hours: better to ring in vain than to lose a client."""
    call = await floor.carrier.call(CLOSED_LINE, floor.desks[3].stranger())
    await floor.desks[0].a.wait_ringing(2)
    await call.hang_up()
