"""What the driver makes of links that come late, and of links that go while it reads."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from scripted_links import Driven, Exchange, driven
from structlog.testing import capture_logs
from tracked_frames import T0, calls, client, event, shot

from pbx_adapters.asterisk import driver
from pbx_adapters.port import LinkState

AHEAD = timedelta(minutes=3)
WAITING = shot("2.1", "PJSIP/trunk-2", 4, CallerIDNum="79167654321", Exten="74951230001")


@pytest.fixture
async def house(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Driven]:
    monkeypatch.setattr(driver, "_DRAIN_EVERY_SECONDS", 0.05)
    async with driven(Exchange(now=T0, ahead=AHEAD), monkeypatch) as found:
        yield found


def known(house: Driven) -> dict[str, str | None]:
    return {call.id: call.reason for call in calls(house.told.events)}


async def test_a_call_that_begins_while_the_journals_link_is_late_outlives_the_restart(
    house: Driven,
) -> None:
    """The exchange was restarted; only calls from before are over, at the exchange's own time."""
    house.calls.tell(event("Newchannel", **WAITING))
    await house.exchange.until(lambda: "2.1" in known(house))
    house.journal.fall()
    house.calls.fall()
    house.exchange.started = "09:05:00"
    house.calls.rise()
    house.calls.tell(event("Newchannel", **client()))
    await house.exchange.until(lambda: "1.1" in known(house))
    house.exchange.channels = [event("CoreShowChannel", **client())]
    house.journal.rise()
    await house.exchange.until(lambda: len(house.told.gaps) == 2)
    assert known(house) == {"2.1": "pbx_restarted", "1.1": None}
    assert house.told.gaps[1].live_calls == 1
    assert house.told.events[-1].at == T0 + AHEAD
    house.calls.tell(event("Hangup", **client(), Cause="16"))
    await house.exchange.until(lambda: all(call.ended_at for call in calls(house.told.events)))


async def test_a_silent_channel_is_given_up_at_the_exchanges_own_time(house: Driven) -> None:
    house.calls.tell(event("Newchannel", **client()))
    await house.exchange.until(lambda: "1.1" in known(house))
    house.exchange.now = T0 + timedelta(hours=13)
    await house.exchange.until(lambda: calls(house.told.events)[0].ended_at)
    assert house.told.events[-1].at == T0 + timedelta(hours=13) + AHEAD


@pytest.mark.parametrize("back_meanwhile", [True, False])
async def test_a_gap_stays_open_when_events_are_lost_while_the_journal_is_read(
    house: Driven, *, back_meanwhile: bool
) -> None:
    """What was missed then belongs to a gap as well: it ends behind the next list of channels."""
    reading, told = ("DBGetTree", "hours"), house.told.links
    house.exchange.held[reading] = asyncio.Event()
    told.clear()
    house.exchange.asked.clear()
    house.calls.fall()
    house.calls.rise()
    await house.exchange.until(lambda: reading in house.exchange.asked)
    house.calls.fall()
    if back_meanwhile:
        house.calls.rise()
    await house.exchange.until(lambda: told.count(LinkState.DOWN) == 2)
    with capture_logs() as logs:
        house.exchange.held.pop(reading).set()
        async with asyncio.timeout(20):
            while not logs:  # noqa: ASYNC110 - the driver's word on this reading wakes nobody
                await asyncio.sleep(0)
    if not back_meanwhile:
        house.calls.rise()
    await house.exchange.until(lambda: house.told.gaps)
    assert told[:-1] == [LinkState.DOWN, LinkState.UP, LinkState.DOWN, LinkState.UP]
    assert house.exchange.asked.count(("CoreShowChannels", "")) == 2
