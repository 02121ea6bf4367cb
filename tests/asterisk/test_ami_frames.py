"""What comes in over the link to Asterisk: lists, signs of life, events in their order."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from functools import partial

import pytest
from fake_ami import QUICK, FakeAsterisk, Fields, connected, event, make_link, message, success
from structlog.testing import capture_logs

from pbx_adapters.asterisk.ami import LINK_DOWN, LINK_UP, AmiLink
from pbx_adapters.asterisk.ami_state import LinkState
from pbx_adapters.asterisk.errors import ActionLate, ActionRefused, LinkLost, ListTooLong
from pbx_adapters.asterisk.frames import Frame

Link = Callable[..., AbstractAsyncContextManager[AmiLink]]


@pytest.fixture
async def pbx() -> AsyncIterator[FakeAsterisk]:
    async with FakeAsterisk() as fake:
        yield fake


@pytest.fixture
def link(pbx: FakeAsterisk) -> Link:
    return partial(connected, pbx)


async def take(link: AmiLink, number: int) -> list[Frame]:
    taken: list[Frame] = []
    async for frame in link.frames():
        if frame.name not in {"FullyBooted", "DozvonLinkUp"}:
            taken.append(frame)
        if len(taken) == number:
            break
    return taken


# -- lists -----------------------------------------------------------------------------------


def channels(action: Fields, number: int, *, ends: bool = True) -> bytes:
    own = {"ActionID": action["ActionID"]}
    items = [event("CoreShowChannel", **own, Channel=f"PJSIP/{n}") for n in range(number)]
    end = event("CoreShowChannelsComplete", **own, EventList="Complete", ListItems=str(number))
    return success(action, EventList="start") + b"".join(items) + (end if ends else b"")


async def test_a_list_is_collected_until_its_complete_event(pbx: FakeAsterisk, link: Link) -> None:
    """Items need not be wanted events, and live events in between go their own way."""
    pbx.answers["CoreShowChannels"] = lambda action: (
        channels(action, 2, ends=False)
        + event("Newchannel", Uniqueid="1.1")
        + channels(action, 1).partition(b"\r\n\r\n")[2].replace(b"Items: 1", b"Items: 3")
    )
    async with link() as here:
        items = await here.send_list({"Action": "CoreShowChannels"})
        assert [item.get("Channel") for item in items] == ["PJSIP/0", "PJSIP/1", "PJSIP/0"]
        assert (await take(here, 1))[0].get("Uniqueid") == "1.1"


async def test_a_list_that_outgrows_its_cap_is_refused(pbx: FakeAsterisk, link: Link) -> None:
    pbx.answers["CoreShowChannels"] = lambda action: channels(action, 11)
    async with link(list_limit=10) as here:
        with pytest.raises(ListTooLong, match="over 10 items"):
            await here.send_list({"Action": "CoreShowChannels"})
        await here.send({"Action": "Ping"})


async def test_a_link_lost_in_the_middle_of_a_list_raises(pbx: FakeAsterisk, link: Link) -> None:
    pbx.answers["CoreShowChannels"] = lambda action: channels(action, 2, ends=False)
    async with link() as here:
        listing = asyncio.create_task(here.send_list({"Action": "CoreShowChannels"}))
        await pbx.got("CoreShowChannels")
        pbx.drop()
        with pytest.raises(LinkLost):
            await listing


async def test_items_of_a_list_given_up_are_no_events(pbx: FakeAsterisk, link: Link) -> None:
    async with link() as here:
        with pytest.raises(ActionLate):
            await here.send_list({"Action": "CoreShowChannels"}, deadline_seconds=0.02)
        pbx.say(channels(pbx.named("CoreShowChannels")[-1], 2) + event("Hangup", Uniqueid="1"))
        assert [frame.name for frame in await take(here, 1)] == ["Hangup"]


async def test_an_action_that_answers_without_a_list_gives_an_empty_one(
    pbx: FakeAsterisk, link: Link
) -> None:
    pbx.answers["BridgeList"] = success
    async with link() as here:
        assert await here.send_list({"Action": "BridgeList"}) == []


async def test_an_empty_list_may_come_as_an_error(pbx: FakeAsterisk, link: Link) -> None:
    """Asterisk says "No Contacts found" (and a line feed) where other lists are empty."""
    pbx.answers["PJSIPShowContacts"] = lambda action: message(
        Response="Error", ActionID=action["ActionID"], Message="No Contacts found\n"
    )
    async with link() as here:
        assert await here.send_list({"Action": "PJSIPShowContacts"}) == []
        with pytest.raises(ActionRefused, match=r"No Contacts found$"):
            await here.send({"Action": "PJSIPShowContacts"})


async def test_items_whose_action_id_stands_at_their_end_are_collected(
    pbx: FakeAsterisk, link: Link
) -> None:
    pbx.answers["DBGetTree"] = lambda action: (
        success(action, EventList="start")
        + event("DBGetTreeResponse", Key="/a/b", Val="1", ActionID=action["ActionID"])
        + event("DBGetTreeComplete", ActionID=action["ActionID"], EventList="Complete")
    )
    async with link() as here:
        [item] = await here.send_list({"Action": "DBGetTree", "Family": "a"})
        assert item.get("Val") == "1"


async def test_a_list_with_fewer_items_than_announced_is_said(
    pbx: FakeAsterisk, link: Link
) -> None:
    pbx.answers["CoreShowChannels"] = lambda action: (
        channels(action, 2, ends=False)
        + event(
            "CoreShowChannelsComplete",
            ActionID=action["ActionID"],
            EventList="Complete",
            ListItems="3",
        )
    )
    with capture_logs() as logs:
        async with link() as here:
            assert len(await here.send_list({"Action": "CoreShowChannels"})) == 2
    assert [(entry["counted"], entry["came"]) for entry in logs if "counted" in entry] == [(3, 2)]


# -- the sign of life ------------------------------------------------------------------------

WATCHFUL = replace(QUICK, keepalive=0.02, pong=0.05)
PATIENT = replace(WATCHFUL, pong=0.25)
"""For links that must not be lost: our own machine may stand still for a moment."""


async def test_a_half_open_link_is_noticed_and_made_anew(pbx: FakeAsterisk, link: Link) -> None:
    pong = pbx.answers.pop("Ping")
    async with link(timing=WATCHFUL) as here:
        assert await here.wait_state(LinkState.DISCONNECTED) == "disconnected"
        assert "no sign of life" in here.trouble
        pbx.answers["Ping"] = pong
        await pbx.got("Login", times=2)
        await here.wait_state(LinkState.CONNECTED)
        assert here.lost_times >= 1


async def test_a_busy_asterisk_whose_pong_is_late_is_not_given_up(
    pbx: FakeAsterisk, link: Link
) -> None:
    """Bytes that come after the ping are a sign of life as well."""

    def busy(action: Fields) -> bytes | None:
        quiet = len(pbx.named("Ping")) % 3
        return event("Hangup", Uniqueid="1.1") if quiet else success(action)

    pbx.answers["Ping"] = busy
    async with link(timing=PATIENT) as here:
        await pbx.got("Ping", times=10)
        assert here.lost_times == 0


# -- frames ----------------------------------------------------------------------------------


async def test_order_events_reach_a_slow_consumer_as_asterisk_sent_them(
    pbx: FakeAsterisk, link: Link
) -> None:
    async with link() as here:
        for number in range(500):
            pbx.say(event("Newchannel", Uniqueid=f"{number}") + event("Hangup", Uniqueid="x"))
        seen = []
        async for frame in here.frames():
            await asyncio.sleep(0)  # another task may run in between
            seen.append(frame.name)
            if len(seen) == 1002:
                break
    assert seen == ["FullyBooted", "DozvonLinkUp"] + ["Newchannel", "Hangup"] * 500


async def test_frames_say_where_the_link_came_and_went(pbx: FakeAsterisk, link: Link) -> None:
    async with link() as here:
        pbx.say(event("Hangup", Uniqueid="1"))
        stream = here.frames()
        before = [await anext(stream) for _ in range(3)]
        pbx.drop()
        await here.wait_state(LinkState.DISCONNECTED)
        assert "was lost" in here.trouble
        after = [await anext(stream) for _ in range(3)]
        assert before[1] is LINK_UP
        assert after[0] is LINK_DOWN
        assert after[2] is LINK_UP


async def test_a_shutdown_is_an_event_and_the_link_ends_with_the_connection(
    pbx: FakeAsterisk, link: Link
) -> None:
    async with link() as here:
        pbx.say(event("Shutdown", Shutdown="Cleanly") + event("Hangup", Uniqueid="1"))
        assert [frame.name for frame in await take(here, 2)] == ["Shutdown", "Hangup"]
        assert here.lost_times == 0
        assert (await here.send({"Action": "Ping"})).name == "Success"


async def test_a_message_that_nobody_can_read_is_skipped_and_said(
    pbx: FakeAsterisk, link: Link
) -> None:
    with capture_logs() as logs:
        async with link() as here:
            pbx.say(b"rubbish\r\n\r\n" + event("Hangup", Uniqueid="1"))
            assert [frame.name for frame in await take(here, 1)] == ["Hangup"]
    assert [entry["pbx"] for entry in logs if "unreadable" in entry["event"]] == ["office"]


async def test_a_letter_cut_by_a_packets_edge_is_whole(pbx: FakeAsterisk, link: Link) -> None:
    async with link() as here:
        data = event("Newchannel", CallerIDName="Жанна")
        assert here._connection is not None
        for byte in data:
            here._connection.data_received(bytes([byte]))
        assert (await take(here, 1))[0].get("CallerIDName") == "Жанна"


def states(first: int, last: int) -> bytes:
    return b"".join(event("Newstate", Number=f"{number}") for number in range(first, last))


async def test_a_queue_half_full_pauses_reading_and_loses_nothing(
    pbx: FakeAsterisk, link: Link
) -> None:
    async with link(queue_limit=1000, timing=PATIENT) as here:
        connection = here._connection
        assert connection is not None
        connection.data_received(states(0, 600))
        assert connection.paused
        pbx.say(states(600, 3000))
        numbers = [int(frame.get("Number")) for frame in await take(here, 3000)]
        assert numbers == list(range(3000))
        assert not connection.paused
        assert here.lost_times == 0


async def test_a_consumer_may_ask_while_the_queue_is_half_full(
    pbx: FakeAsterisk, link: Link
) -> None:
    """While somebody waits for an answer reading goes on, up to the full queue."""
    async with link(queue_limit=1000) as here:
        connection = here._connection
        assert connection is not None
        connection.data_received(states(0, 600))
        pbx.say(states(600, 700))
        assert (await here.send({"Action": "Ping"})).name == "Success"
        waiting = asyncio.create_task(here.send({"Action": "Originate"}))
        await pbx.got("Originate")
        connection.data_received(states(700, 1200))
        assert connection.paused, "beyond the limit nothing is read, whoever waits"
        await here.close()
        with pytest.raises(LinkLost):
            await waiting


async def test_no_ping_is_missed_because_we_do_not_read(pbx: FakeAsterisk, link: Link) -> None:
    async with link(queue_limit=10, timing=WATCHFUL) as here:
        connection = here._connection
        assert connection is not None
        connection.data_received(states(0, 100))
        assert connection.paused
        asked = len(pbx.named("Ping"))
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(here.wait_state(LinkState.DISCONNECTED), 0.3)
        assert len(pbx.named("Ping")) <= asked + 1


async def test_a_link_that_wants_no_events_keeps_none(pbx: FakeAsterisk, link: Link) -> None:
    """A link for actions alone needs no consumer, however often it comes and goes."""
    async with link(wanted_events=frozenset()) as here:
        assert pbx.named("Login")[0]["Events"] == "system"
        pbx.drop()
        await pbx.got("Login", times=2)
        await here.wait_state(LinkState.CONNECTED)
        assert here.waiting_frames == 0


async def test_a_link_has_one_consumer(link: Link) -> None:
    async with link() as here:
        await anext(here.frames())
        with pytest.raises(RuntimeError, match="one consumer"):
            await anext(here.frames())


async def test_a_watcher_that_fails_does_not_harm_the_link(pbx: FakeAsterisk) -> None:
    seen: list[LinkState] = []

    def broken(state: LinkState) -> None:
        seen.append(state)
        raise ZeroDivisionError

    link = make_link(pbx)
    link.watch(broken)
    async with asyncio.timeout(20), link:
        await link.wait_state(LinkState.CONNECTED)
        await link.send({"Action": "Ping"})
    assert seen == ["connecting", "connected", "closed"]


async def test_the_outcome_of_an_originate_reaches_the_events(
    pbx: FakeAsterisk, link: Link
) -> None:
    """OriginateResponse carries the ActionID, also of an action that still waits."""
    pbx.answers["Originate"] = lambda action: (
        event("OriginateResponse", Privilege="call,all", ActionID=action["ActionID"], Reason="4")
        + success(action)
    )
    async with link() as here:
        answer = await here.send({"Action": "Originate", "ActionID": "click-7"})
        assert answer.kind == "response"
        [outcome] = await take(here, 1)
        assert (outcome.name, outcome.action_id) == ("OriginateResponse", "click-7")
