"""What is recorded without the service, and what is not recorded at all, on a real Asterisk."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import unquote

import pytest
import pytest_asyncio
from floor_control import a_talk, free_again, live_call
from recorded_floor import (
    CLIENT_HERTZ,
    TONES,
    files_of,
    folder_of,
    heard,
    seconds,
    sounding_floor,
    whole,
)
from sales_floor import Desk, Floor, caller_of, eventually
from two_services import Inside, inside, outside

from pbx_adapters.asterisk.journal import read_entry
from pbx_adapters.port import JournalEntry, RecordedKind, Way
from router.office import Office

pytestmark = [pytest.mark.asterisk, pytest.mark.asyncio(loop_scope="module")]

A, B, C = TONES["a"], TONES["b"], TONES["c"]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def floor(
    asterisk_root: Path, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Floor]:
    async with sounding_floor(asterisk_root, tmp_path_factory.mktemp("floor"), desks=3) as found:
        yield found


async def entry_of(floor: Floor, caller: str) -> JournalEntry:
    """A caller's entry in the exchange's own journal, as long as no service reads it."""

    async def probe() -> JournalEntry | None:
        found = await floor.journal("ended")
        entries = [read_entry("main", unquote(key), value) for key, value in found.items()]
        return next((e for e in entries if e.caller == caller), None)

    found = await eventually(probe, 4, "the call in the journal")
    assert found
    return found


async def test_a_dead_service_leaves_calls_recorded_and_the_journal_names_the_files(
    floor: Floor,
) -> None:
    """As the mirror says: on one line they are recorded, on another they are not."""
    async with inside(floor.settings) as served:
        await served.board.office_applied(_line_off(served.board.office(), "h1"))
        await served.board.settle()
    recorded, not_recorded = floor.desks[0], floor.desks[1]
    first = await recorded.call()
    second = await floor.carrier.call(not_recorded.hasty_line, not_recorded.client(), "")
    await _answered(recorded)
    await _answered(not_recorded)
    await asyncio.sleep(1)  # real sound takes real time
    for call in (first, second):
        await call.hang_up()
    entry = await entry_of(floor, caller_of(first))
    assert entry.way is Way.FAIL_OPEN
    kinds = [part.kind for part in entry.recordings]
    assert kinds == [RecordedKind.CONVERSATION, RecordedKind.CLIENT, RecordedKind.LEG]
    mix, client, leg = [await whole(folder_of(floor) / part.name) for part in entry.recordings]
    assert (heard(client), heard(leg)) == ({CLIENT_HERTZ}, {B})
    assert heard(mix) == {CLIENT_HERTZ, B}
    silent = await entry_of(floor, caller_of(second))
    assert silent.recordings == ()
    assert files_of(floor, silent.call_id) == {}


async def _answered(desk: Desk) -> None:
    await desk.b.wait_ringing(5)
    await desk.b.answer()


def _line_off(office: Office, line: str) -> Office:
    return replace(office, lines={**office.lines, line: replace(office.lines[line], record=False)})


async def test_kill_minus_nine_in_a_conversation_does_not_stop_its_recording(floor: Floor) -> None:
    """Nor does it lose the voice of a colleague whom the client is handed on to afterwards."""
    desk = floor.desks[2]
    async with outside(floor.config) as process:
        call = await desk.call()
        await desk.a.wait_ringing(4)
        await desk.a.answer()
        assert await call.wait_answered(2)
        await asyncio.sleep(1)  # real sound takes real time
        await process.kill()
        await asyncio.sleep(1)
        assert await desk.a.blind_transfer(desk.b.extension) < 300
        await desk.b.wait_ringing(3)
        await desk.b.answer()
        await asyncio.sleep(1)
        await call.hang_up()
        entry = await entry_of(floor, caller_of(call))
        await process.start()
    _, client, first, second = [await whole(folder_of(floor) / p.name) for p in entry.recordings]
    assert seconds(client) > 2.9
    assert (heard(first), heard(second)) == ({A}, {B})
    assert (await floor.settled(caller_of(call))).stored.call.answered_by


async def test_a_notice_is_said_first_and_a_missing_prompt_stops_nobody(floor: Floor) -> None:
    """The recording begins with the notice: what it holds proves that it was said."""
    async with inside(floor.settings) as served:
        desk = floor.desks[0]
        desk.quiet()
        await free_again(served, desk)
        office = served.board.office()
        told = replace(office.departments["d0"], record_notice=True)
        departments = {**office.departments, "d0": told}
        await served.board.office_applied(replace(office, departments=departments))
        call = await desk.call()
        assert await call.wait_answered(2), "the notice is heard only by who is connected"
        await desk.a.wait_ringing(4)
        known = await live_call(served, call)
        await desk.a.answer()
        await asyncio.sleep(1)  # real sound takes real time
        await call.hang_up()
        story = await floor.settled(caller_of(call))
        assert story.stored.call.answered_by == desk.a.extension
    log = (floor.pbx.layout.log / "full").read_text("utf-8", "replace")
    assert "dozvon/recorded" in log
    (mix, client, leg) = sorted(files_of(floor, known.id).items())
    assert seconds(client[1] if client[0] == "client" else mix[1]) >= seconds(leg[1])


async def test_nothing_is_recorded_before_somebody_confirmed_the_notice_about_the_law(
    asterisk_root: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Neither by the plan nor, later, by the exchange alone."""
    folder = tmp_path_factory.mktemp("unconfirmed")
    async with sounding_floor(asterisk_root, folder, desks=1, confirmed=False) as floor:
        desk = floor.desks[0]
        async with inside(floor.settings) as served:
            call, known = await a_talk(served, desk)
            await call.hang_up()
            await floor.settled(caller_of(call))
            await _quiet(served, desk)
        call = await desk.call()
        await _answered(desk)
        await call.hang_up()
        assert (await entry_of(floor, caller_of(call))).recordings == ()
        assert await floor.journal("record") == {}
        assert files_of(floor, known.id) == {}
        assert not folder_of(floor).exists()


async def _quiet(served: Inside, desk: Desk) -> None:
    desk.quiet()
    await free_again(served, desk)
