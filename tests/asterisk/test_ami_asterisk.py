"""The link to a real Asterisk: what its bytes, its restarts and its silences do."""

import asyncio
import os
import signal
from pathlib import Path

import pytest
from real_pbx import event, instance, link_to, running

from pbx_adapters.asterisk.ami_connection import LINE_LIMIT_BYTES
from pbx_adapters.asterisk.ami_state import LinkState
from pbx_adapters.asterisk.errors import LinkLost, NotConnected

pytestmark = pytest.mark.asterisk


async def test_the_journal_comes_back_as_it_was_written(
    asterisk_root: Path, tmp_path: Path
) -> None:
    """Five hundred entries with any letters, in one list."""
    async with asyncio.timeout(30), running(asterisk_root, tmp_path) as (_, link):
        texts = {f"e{n}": f'Иван №{n} "x" \\ ${{SHELL(id)}} | , ; 😀' for n in range(500)}
        for key, text in texts.items():
            put = {"Action": "DBPut", "Family": "dozvon/ended", "Key": key, "Val": text}
            await link.send(put)
        tree = await link.send_list({"Action": "DBGetTree", "Family": "dozvon/ended"})
        assert {item.get("Key"): item.get("Val") for item in tree} == {
            f"/dozvon/ended/{key}": text for key, text in texts.items()
        }
        one = {"Action": "DBGet", "Family": "dozvon/ended", "Key": "e7"}
        assert [item.get("Val") for item in await link.send_list(one)] == [texts["e7"]]
        assert await link.send_list({"Action": "DBGetTree", "Family": "none"}) == []


async def test_a_link_for_actions_alone_connects_and_keeps_no_events(
    asterisk_root: Path, tmp_path: Path
) -> None:
    async with (
        asyncio.timeout(30),
        running(asterisk_root, tmp_path) as (pbx, link),
        link_to(pbx, wanted_events=frozenset()) as journal,
    ):
        await journal.wait_state(LinkState.CONNECTED)
        await link.send({"Action": "UserEvent", "UserEvent": "F"})
        await event(link, "UserEvent")
        await journal.send({"Action": "Ping"})
        assert journal.waiting_frames == 0


async def test_lists_versions_and_the_clock_are_asked(asterisk_root: Path, tmp_path: Path) -> None:
    async with asyncio.timeout(30), running(asterisk_root, tmp_path) as (_, link):
        assert link.version.count(".") == 2
        assert int((await link.asterisk_version()).partition(".")[0]) >= 16
        assert abs(await link.measure_clock_offset()) < 0.5
        for name in ("Status", "CoreShowChannels", "QueueStatus", "PJSIPShowContacts"):
            assert await link.send_list({"Action": name}) == []


async def test_the_outcome_of_a_click_to_call_is_an_event(
    asterisk_root: Path, tmp_path: Path
) -> None:
    async with asyncio.timeout(30), running(asterisk_root, tmp_path) as (_, link):
        far = {"Channel": "Local/s@far/n", "Application": "Wait", "Data": "5"}
        identity = {"ActionID": "click-1", "ChannelId": "click-1", "OtherChannelId": "click-1b"}
        await link.send({"Action": "Originate", "Async": "true", **far, **identity})
        outcome = await event(link, "OriginateResponse")
        assert (outcome.action_id, outcome.get("Reason")) == ("click-1", "4")
        assert outcome.get("Uniqueid") == "click-1"


async def test_a_wrong_password_is_refused_by_name(asterisk_root: Path, tmp_path: Path) -> None:
    async with (
        asyncio.timeout(30),
        instance(asterisk_root, tmp_path) as pbx,
        link_to(pbx, good=False) as link,
    ):
        await link.wait_state(LinkState.REFUSED)
        assert "refuses the user 'dozvon' (Authentication failed)" in link.trouble


async def test_a_user_who_may_not_read_system_events_is_told(
    asterisk_root: Path, tmp_path: Path
) -> None:
    async with (
        asyncio.timeout(30),
        instance(asterisk_root, tmp_path) as pbx,
        link_to(pbx, "deaf") as link,
    ):
        await link.wait_state(LinkState.CONNECTING)
        await link.wait_state(LinkState.DISCONNECTED)
        assert "lacks 'system' in its read= line" in link.trouble


async def test_a_frozen_asterisk_is_noticed_within_a_second(
    asterisk_root: Path, tmp_path: Path
) -> None:
    """No action is replayed when it thaws: of the lost Originate there is at most one call."""
    async with asyncio.timeout(30), running(asterisk_root, tmp_path) as (pbx, link):
        assert pbx.pid is not None
        os.kill(pbx.pid, signal.SIGSTOP)
        try:
            began = asyncio.get_running_loop().time()
            far = {"Channel": "Local/s@far/n", "Application": "Wait", "Data": "5"}
            with pytest.raises(LinkLost):
                await link.send({"Action": "Originate", "Async": "true", **far})
            assert asyncio.get_running_loop().time() - began < 2
            with pytest.raises(NotConnected):
                await link.send({"Action": "Originate", "Async": "true", **far})
        finally:
            os.kill(pbx.pid, signal.SIGCONT)
        await link.wait_state(LinkState.CONNECTED)
        assert len(await link.send_list({"Action": "CoreShowChannels"})) <= 2


async def test_a_killed_and_restarted_asterisk_is_found_again(
    asterisk_root: Path, tmp_path: Path
) -> None:
    async with asyncio.timeout(30), running(asterisk_root, tmp_path) as (pbx, link):
        await pbx.kill()
        await link.wait_state(LinkState.DISCONNECTED)
        await pbx.start()
        await link.wait_state(LinkState.CONNECTED)
        assert (await link.send({"Action": "Ping"})).get("Ping") == "Pong"
        assert link.lost_times == 1


async def test_a_consumer_that_falls_behind_is_cut_off_and_told(
    asterisk_root: Path, tmp_path: Path
) -> None:
    """Nothing is lost in silence: what came is in order, then the frames say that the link went."""
    pads = {f"Pad{number}": "x" * 950 for number in range(4)}
    async with (
        asyncio.timeout(40),
        running(asterisk_root, tmp_path) as (pbx, link),
        link_to(pbx, name="slow", queue_limit=100) as slow,
        asyncio.TaskGroup() as group,
    ):
        await slow.wait_state(LinkState.CONNECTED)
        drained = group.create_task(event(link, "never"))
        for number in range(6000):
            await link.send({"Action": "UserEvent", "UserEvent": "F", "N": f"{number}", **pads})
        drained.cancel()
        assert slow.waiting_frames < 500
        numbers = []
        async for frame in slow.frames():
            if frame.name == "DozvonLinkDown":
                break
            if frame.name == "UserEvent":
                numbers.append(int(frame.get("N")))
        assert 0 < len(numbers) < 6000
        assert numbers == list(range(len(numbers)))
        await slow.wait_state(LinkState.CONNECTED)
        assert slow.lost_times == 1


async def test_the_longest_line_is_read_whole(asterisk_root: Path, tmp_path: Path) -> None:
    async with asyncio.timeout(30), running(asterisk_root, tmp_path) as (_, link):
        longest = "x" * (LINE_LIMIT_BYTES - len("Pad: "))
        await link.send({"Action": "UserEvent", "UserEvent": "F", "Pad": longest})
        assert (await event(link, "UserEvent")).get("Pad") == longest
