"""The link to Asterisk, against a scripted one: logging in, actions, the end.

Each fault that was seen in panoramisk is a test here or in test_ami_frames.
"""

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest
from fake_ami import BOOTED, QUICK, FakeAsterisk, Fields, connected, make_link, message, success
from structlog.testing import capture_logs

from pbx_adapters.asterisk.ami import AmiLink
from pbx_adapters.asterisk.ami_state import LinkState, LinkTiming, Voices
from pbx_adapters.asterisk.errors import ActionLate, ActionRefused, LinkLost, NotConnected
from pbx_adapters.errors import CommandRejected, UnsafeText

Link = Callable[..., AbstractAsyncContextManager[AmiLink]]


@pytest.fixture
async def pbx() -> AsyncIterator[FakeAsterisk]:
    async with FakeAsterisk() as fake:
        yield fake


@pytest.fixture
def link(pbx: FakeAsterisk) -> Link:
    return partial(connected, pbx)


# -- connecting ------------------------------------------------------------------------------


async def test_a_link_is_connected_when_the_login_is_accepted_and_asterisk_has_booted(
    pbx: FakeAsterisk,
) -> None:
    pbx.booted = False
    async with asyncio.timeout(20), make_link(pbx) as link:
        await pbx.got("Login")
        assert link.state is LinkState.CONNECTING
        pbx.say(BOOTED)
        await link.wait_state(LinkState.CONNECTED)
        assert link.version == "11.0.0"


async def test_an_asterisk_that_never_says_fully_booted_is_a_trouble_with_a_reason(
    pbx: FakeAsterisk,
) -> None:
    pbx.booted = False
    async with asyncio.timeout(20), make_link(pbx, timing=replace(QUICK, booted=0.05)) as link:
        await pbx.got("Login", times=2)
        assert "'system' in its read= line" in link.trouble


async def test_a_wrong_password_is_said_once_and_tried_again(pbx: FakeAsterisk) -> None:
    """A wrong password makes the state "refused", never "connected", and heals by itself."""
    pbx.secret = "other"
    with capture_logs() as logs:
        async with asyncio.timeout(20), make_link(pbx) as link:
            assert await link.wait_state(LinkState.REFUSED, LinkState.CONNECTED) == "refused"
            assert "refuses the user 'dozvon' (Authentication failed)" in link.trouble
            await pbx.got("Login", times=4)
            pbx.secret = "right"
            await link.wait_state(LinkState.CONNECTED)
            assert link.trouble == ""
    sentences = [entry for entry in logs if "refuses the user" in entry["event"]]
    assert 1 <= len(sentences) < 4
    assert "right" not in repr(logs), "the secret is never logged"


async def test_an_action_before_the_link_is_there_is_refused_at_once(pbx: FakeAsterisk) -> None:
    with pytest.raises(NotConnected, match="nothing was sent"):
        await make_link(pbx).send({"Action": "Ping"})


async def test_a_port_where_nobody_listens_is_a_sentence_and_tried_until_it_answers(
    pbx: FakeAsterisk,
) -> None:
    await pbx.vanish()
    async with asyncio.timeout(20), make_link(pbx) as link:
        await link.wait_state(LinkState.CONNECTING)
        await link.wait_state(LinkState.DISCONNECTED)
        assert "cannot be reached: Connection refused" in link.trouble
        await pbx.listen()
        await link.wait_state(LinkState.CONNECTED)


async def test_a_trouble_that_two_links_share_is_logged_once(pbx: FakeAsterisk) -> None:
    """The calls' link and the journal's fail for the same reason; their own reasons are both told."""
    await pbx.vanish()
    voices = Voices()
    with capture_logs() as logs:
        async with (
            asyncio.timeout(20),
            make_link(pbx, voices=voices) as one,
            make_link(pbx, voices=voices) as other,
        ):
            for link in (one, other):
                await link.wait_state(LinkState.CONNECTING)
                await link.wait_state(LinkState.DISCONNECTED)
            first = [entry["attempt"] for entry in logs if "cannot be reached" in entry["event"]]
            assert first.count(1) == 1
            await pbx.listen()
            await one.wait_state(LinkState.CONNECTED)
            await other.wait_state(LinkState.CONNECTED)


def test_the_next_link_tells_a_trouble_that_the_first_one_is_rid_of() -> None:
    voices = Voices()
    assert voices.speaks("calls", "refused")
    assert not voices.speaks("journal", "refused")
    assert voices.speaks("calls", "refused"), "the one who told it goes on"
    assert voices.speaks("calls", "no answer")
    assert voices.speaks("journal", "refused")
    assert voices.speaks("journal", "no answer") is False
    voices.release("calls")
    assert voices.speaks("journal", "no answer")


def test_retries_wait_twice_as_long_each_time_up_to_a_ceiling() -> None:
    timing = LinkTiming()
    pauses = [timing.pause(n, refused=True, jitter=0.0) for n in range(9)]
    assert pauses == [0.5, 1, 2, 4, 8, 16, 32, 60, 60]
    assert timing.pause(10_000, refused=False, jitter=0.0) == timing.retry_ceiling
    assert timing.pause(3, refused=True, jitter=0.5) == 3.0


# -- actions ---------------------------------------------------------------------------------


async def test_an_action_gives_the_answer_with_its_action_id(pbx: FakeAsterisk, link: Link) -> None:
    """Two actions answered in the wrong order each get their own answer."""
    held: list[Fields] = []

    def swap(action: Fields) -> bytes | None:
        held.append(action)
        return b"".join(success(a, Of=a["N"]) for a in reversed(held)) if len(held) == 2 else None

    pbx.answers["GetVar"] = swap
    async with link() as here:
        answers = await asyncio.gather(
            here.send({"Action": "GetVar", "N": "1"}), here.send({"Action": "GetVar", "N": "2"})
        )
    assert [answer.get("Of") for answer in answers] == ["1", "2"]


async def test_an_error_answer_raises_with_asterisks_own_reason(
    pbx: FakeAsterisk, link: Link
) -> None:
    pbx.answers["Redirect"] = lambda action: message(
        Response="Error", ActionID=action["ActionID"], Message="Channel does not exist"
    )
    async with link() as here:
        with pytest.raises(ActionRefused, match="Channel does not exist"):
            await here.send({"Action": "Redirect"})


async def test_an_action_that_is_never_answered_ends_at_its_deadline(
    pbx: FakeAsterisk, link: Link
) -> None:
    """Fifty actions that are given up leave nothing behind, and their late answers harm nobody."""
    async with link() as here:
        results = await asyncio.gather(
            *(here.send({"Action": "Originate"}, deadline_seconds=0.02) for _ in range(50)),
            return_exceptions=True,
        )
        assert all(isinstance(result, ActionLate) for result in results)
        assert here._connection is not None
        assert here._connection.pending == 0
        pbx.say(b"".join(success(action) for action in pbx.named("Originate")))
        await here.send({"Action": "Ping"})
        assert here._connection.late_answers == 50


@pytest.mark.parametrize("bad", ["a\r\nAction: Command", "a\nb", "a\rb", "a\0b"])
@pytest.mark.parametrize("place", ["key", "value", "repeated"])
async def test_no_injection_a_line_break_never_reaches_the_wire(
    pbx: FakeAsterisk, link: Link, bad: str, place: str
) -> None:
    fields: dict[str, str | list[str]] = {"Action": "Originate"}
    fields |= {"key": {bad: "x"}, "value": {"CallerID": bad}, "repeated": {"Variable": [bad]}}[
        place
    ]
    async with link() as here:
        before = pbx.raw
        with pytest.raises(CommandRejected):
            await here.send(fields)
        await here.send({"Action": "Ping"})
        assert pbx.raw.removeprefix(before).count(b"\r\n\r\n") == 1
        assert pbx.named("Originate") == []


async def test_no_injection_a_line_longer_than_asterisk_reads_is_refused(
    pbx: FakeAsterisk, link: Link
) -> None:
    """Asterisk would end the message within a line of 1,023 bytes; letters count in bytes."""
    pbx.answers["UserEvent"] = success
    async with link() as here:
        for value in ("x" * 1018, "я" * 510):
            with pytest.raises(UnsafeText, match="1022 bytes"):
                await here.send({"Action": "UserEvent", "Pad": value})
        assert pbx.named("UserEvent") == []
        await here.send({"Action": "UserEvent", "Pad": "x" * 1017})


async def test_no_replay_an_action_pending_at_the_loss_is_never_sent_again(
    pbx: FakeAsterisk, link: Link
) -> None:
    async with link() as here:
        originate = asyncio.create_task(here.send({"Action": "Originate"}))
        await pbx.got("Originate")
        pbx.drop()
        with pytest.raises(LinkLost, match="not sent again"):
            await originate
        await here.wait_state(LinkState.CONNECTED)
        await here.send({"Action": "Ping"})
    assert len(pbx.named("Originate")) == 1


async def test_no_replay_an_action_while_there_is_no_link_is_refused_and_forgotten(
    pbx: FakeAsterisk, link: Link
) -> None:
    async with link() as here:
        pbx.drop()
        await here.wait_state(LinkState.DISCONNECTED)
        with pytest.raises(NotConnected):
            await here.send({"Action": "Originate"})
        await here.wait_state(LinkState.CONNECTED)
        await here.send({"Action": "Ping"})
    assert pbx.named("Originate") == []


async def test_two_pending_actions_cannot_share_an_action_id(pbx: FakeAsterisk, link: Link) -> None:
    async with link() as here:
        first = asyncio.create_task(here.send({"Action": "Originate", "ActionID": "same"}))
        await pbx.got("Originate")
        with pytest.raises(CommandRejected, match="still pending"):
            await here.send({"Action": "Originate", "ActionID": "same"})
        pbx.say(success({"ActionID": "same"}))
        assert (await first).name == "Success"


async def test_the_clock_offset_is_measured_against_the_middle_of_a_ping(link: Link) -> None:
    ours = iter([1_700_000_000.0, 1_700_000_000.1])
    async with link(now=lambda: datetime.fromtimestamp(next(ours), UTC)) as here:
        assert await here.measure_clock_offset() == pytest.approx(0.2, abs=1e-6)


# -- the end ---------------------------------------------------------------------------------


async def test_close_opens_nothing_later(pbx: FakeAsterisk) -> None:
    """Closing while a retry is planned, or while connecting, is final."""
    pbx.secret = "other"
    async with asyncio.timeout(20), make_link(pbx) as link:
        await link.wait_state(LinkState.REFUSED)
    assert link.state is LinkState.CLOSED
    assert [task for task in asyncio.all_tasks() if "stay_connected" in repr(task)] == []
    with pytest.raises(NotConnected):
        await link.send({"Action": "Ping"})
    await link.run()
    assert link.state is LinkState.CLOSED


async def test_close_tells_who_waits_and_ends_the_frames(pbx: FakeAsterisk) -> None:
    async with asyncio.timeout(20), make_link(pbx) as link:
        await link.wait_state(LinkState.CONNECTED)
        waiting = asyncio.create_task(link.send({"Action": "Originate"}))
        await pbx.got("Originate")
        await link.close()
        with pytest.raises(LinkLost):
            await waiting
        names = [frame.name async for frame in link.frames()]
        assert names == ["FullyBooted", "DozvonLinkUp", "DozvonLinkDown"]


async def test_an_error_in_the_callers_block_stays_what_it_is(pbx: FakeAsterisk) -> None:
    with pytest.raises(KeyError, match="mine"):
        async with asyncio.timeout(20), make_link(pbx):
            raise KeyError("mine")


async def test_a_supervisor_may_end_the_link_by_cancelling_it(pbx: FakeAsterisk) -> None:
    link = make_link(pbx)
    async with asyncio.timeout(20), asyncio.TaskGroup() as group:
        running = group.create_task(link.run())
        await link.wait_state(LinkState.CONNECTED)
        running.cancel()
    assert link.state is LinkState.CLOSED


def test_only_the_wall_imports_panoramisk() -> None:
    root = Path(__file__).parents[2]
    rooms = [*root.glob("pbx_adapters/**/*.py"), *root.glob("[cdrsw]*/**/*.py")]
    importers = {
        path.name
        for path in rooms
        if re.search(r"^\s*(import|from) panoramisk", path.read_text("utf-8"), re.MULTILINE)
    }
    assert importers == {"ami.py"}
