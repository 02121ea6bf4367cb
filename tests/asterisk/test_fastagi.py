"""The FastAGI server against clients that behave as Asterisk does, and as it does not."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager

import pytest
from structlog.testing import capture_logs

from pbx_adapters.asterisk.agi_wire import AgiRequest
from pbx_adapters.asterisk.errors import PortInUse
from pbx_adapters.asterisk.fastagi import FastAgiServer, Outcome

PLAN = [("DZ_STEP1", "PJSIP/101,15"), ("DZ_NAME", 'Иван "Ваня" \\ 😀'), ("DZ_PLAN", "complete")]


def question(path: str = "dozvon/route", uniqueid: str = "1700000000.1") -> bytes:
    return (
        f"agi_network: yes\nagi_request: agi://127.0.0.1/{path}\nagi_channel: PJSIP/trunk-1\n"
        f"agi_uniqueid: {uniqueid}\nagi_callerid: 79161234567\nagi_extension: 74950000001\n"
        "agi_context: from-trunk\n\n"
    ).encode()


async def plan(_: AgiRequest) -> Sequence[tuple[str, str]]:
    return PLAN


@asynccontextmanager
async def serving(
    answer: Callable[..., object] = plan, **settings: object
) -> AsyncIterator[FastAgiServer]:
    """A server on a free port; the whole test has ten seconds."""
    server = FastAgiServer(answer, port=0, **settings)  # type: ignore[arg-type]
    async with asyncio.timeout(10), server:
        yield server


class Caller:
    """One connection to the server."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    async def answered(self, *, reply: bytes = b"200 result=1\n") -> list[bytes]:
        """Replies to every command until the server closes; gives the commands."""
        commands = []
        while line := await self.line():
            commands.append(line)
            self.writer.write(reply)
        return commands

    async def line(self) -> bytes:
        try:
            return await self.reader.readline()
        except ConnectionError:
            return b""

    async def closed(self) -> None:
        assert await self.line() == b""


@asynccontextmanager
async def calling(server: FastAgiServer, data: bytes = b"") -> AsyncIterator[Caller]:
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    writer.write(data)
    try:
        yield Caller(reader, writer)
    finally:
        writer.transport.abort()


async def gone(server: FastAgiServer) -> None:
    """Waits until the server has noticed that its connections have ended."""
    while server.connections:  # noqa: ASYNC110 (the server has no event for it)
        await asyncio.sleep(0)


async def test_a_question_is_answered_by_its_variables_in_their_order() -> None:
    seen = []

    async def answer(request: AgiRequest) -> Sequence[tuple[str, str]]:
        seen.append((request.verb, request.extension, request.caller_number))
        return PLAN

    async with serving(answer) as server, calling(server, question()) as caller:
        assert await caller.answered() == [
            b'SET VARIABLE "DZ_STEP1" "PJSIP/101,15"\n',
            'SET VARIABLE "DZ_NAME" "Иван \\"Ваня\\" \\\\ 😀"\n'.encode(),
            b'SET VARIABLE "DZ_PLAN" "complete"\n',
        ]
        await gone(server)
        assert server.counts == {Outcome.ANSWERED: 1}
    assert seen == [("route", "74950000001", "79161234567")]


async def test_a_header_may_come_byte_by_byte() -> None:
    async with serving() as server, calling(server) as caller:
        while not server.connections:  # noqa: ASYNC110 (the server has no event for it)
            await asyncio.sleep(0)
        [dialogue] = server._open
        for byte in question():
            dialogue.data_received(bytes([byte]))
        assert len(await caller.answered()) == 3


async def test_the_answers_budget_does_not_bind_the_dialogue() -> None:
    async with (
        serving(answer_budget_seconds=0.3) as server,
        calling(server, question()) as caller,
    ):
        await caller.line()
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(caller.reader.read(1), 0.4)
        caller.writer.write(b"200 result=1\n")
        assert len(await caller.answered()) == 2


async def test_the_next_variable_is_sent_only_after_the_answer_to_the_one_before() -> None:
    async with serving() as server, calling(server, question()) as caller:
        first = await caller.line()
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(caller.reader.read(1), 0.05)
        caller.writer.write(b"HANGUP\n")
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(caller.reader.read(1), 0.05)
        caller.writer.write(b"200 result=1 (hangup)\n")
        assert first.startswith(b'SET VARIABLE "DZ_STEP1"')
        assert (await caller.line()).startswith(b'SET VARIABLE "DZ_NAME"')


@pytest.mark.parametrize(
    "reply",
    [
        b"510 Invalid or unknown command\n",
        b"511 Command Not Permitted on a dead channel or intercept routine\n",
        b"520-Invalid command syntax.  Proper usage follows:\nx\n520 End of proper usage.\n",
        b"HTTP/1.1 400 Bad Request\n",
        b"200 result=-1\n",
    ],
)
async def test_a_refused_variable_ends_the_dialogue_without_the_completeness_mark(
    reply: bytes,
) -> None:
    async with serving() as server, calling(server, question()) as caller:
        assert len(await caller.answered(reply=reply)) == 1
        await gone(server)
        assert server.counts[Outcome.ANSWERED] == 0


async def test_an_answer_to_nothing_is_a_fault() -> None:
    async with serving() as server, calling(server, question() + b"200 result=1\n") as caller:
        await caller.closed()
        await gone(server)
        assert server.counts == {Outcome.MALFORMED: 1}


# -- what is not an Asterisk -------------------------------------------------------------------


async def test_a_probe_that_sends_nothing_freezes_nobody() -> None:
    async with serving() as server:
        async with calling(server):
            pass
        async with calling(server, question()) as caller:
            assert len(await caller.answered()) == 3


async def test_half_a_header_then_the_end_is_noticed() -> None:
    """The fault that let one probe freeze the whole service."""
    async with serving() as server:
        async with calling(server, b"agi_net") as caller:
            caller.writer.write_eof()
            await caller.closed()
        await gone(server)
        assert server.counts == {Outcome.MALFORMED: 1}


async def test_half_a_header_that_stays_open_ends_at_its_deadline() -> None:
    async with serving(header_deadline_seconds=0.05) as server:
        async with calling(server, b"agi_network: yes\n") as caller:
            await caller.closed()
        await gone(server)
        assert server.counts == {Outcome.SILENT: 1}


async def test_a_header_of_ten_megabytes_is_cut_off() -> None:
    async with serving() as server, calling(server) as caller:
        for _ in range(160):
            caller.writer.write(b"agi_x: " + b"x" * 65_529)
            await asyncio.sleep(0)
        await caller.closed()
        await gone(server)
        assert server.counts == {Outcome.MALFORMED: 1}


async def test_another_protocol_is_told_from_a_question() -> None:
    async with serving() as server, calling(server, b"GET / HTTP/1.1\n\n") as caller:
        await caller.closed()
        await gone(server)
        assert server.counts == {Outcome.MALFORMED: 1}


async def test_a_wrong_script_name_is_answered_with_nothing_set_and_said() -> None:
    with capture_logs() as logs:
        async with serving(verbs=["route"]) as server:
            for path in ("dozvon/rout", "agi.php", ""):
                async with calling(server, question(path)) as caller:
                    assert await caller.answered() == []
            assert server.counts == {Outcome.UNKNOWN_SCRIPT: 3}
    assert [entry["script"] for entry in logs if "script" in entry] == [
        "/dozvon/rout",
        "/agi.php",
        "/",
    ]


async def test_an_address_off_the_allow_list_is_not_heard() -> None:
    async with serving(allow=["10.0.0.0/8"]) as server, calling(server, question()) as caller:
        await caller.closed()
        assert server.counts == {Outcome.FOREIGN: 1}


async def test_an_ipv4_address_on_an_ipv6_socket_is_still_itself() -> None:
    server = FastAgiServer(plan, allow=["127.0.0.0/8"])
    assert server._allowed("::ffff:127.0.0.1")
    assert not server._allowed("::ffff:10.0.0.1")
    assert not server._allowed("fe80::1%eth0")


async def test_two_hundred_idle_connections_delay_no_question() -> None:
    async with serving() as server:
        idle = [await asyncio.open_connection("127.0.0.1", server.port) for _ in range(200)]
        async with calling(server, question()) as caller:
            assert len(await caller.answered()) == 3
        assert server.connections >= 200
        for _, writer in idle:
            writer.transport.abort()


async def test_more_connections_than_allowed_are_closed_at_once() -> None:
    async with serving(max_connections=1) as server, calling(server, question()) as first:
        await first.line()
        async with calling(server, question()) as second:
            await second.closed()
        assert server.counts == {Outcome.CROWDED: 1}
        first.writer.write(b"200 result=1\n")
        assert await first.line()


# -- an answer that is not to be had -----------------------------------------------------------


async def test_fail_open_an_answer_beyond_its_budget_closes_the_connection_at_once() -> None:
    """Even an answer that refuses to be cancelled holds the call no longer."""
    release = asyncio.Event()

    async def stubborn(_: AgiRequest) -> Sequence[tuple[str, str]]:
        while not release.is_set():
            try:
                await release.wait()
            except asyncio.CancelledError:
                continue
        return PLAN

    with capture_logs() as logs:
        async with serving(stubborn, answer_budget_seconds=0.05) as server:
            async with calling(server, question()) as caller:
                assert await caller.answered() == []
            assert server.counts == {Outcome.LATE: 1}
    release.set()
    [said] = [entry for entry in logs if "not answered in time" in entry["event"]]
    assert said["call"] == "1700000000.1"


async def test_fail_open_an_answer_that_raises_closes_the_connection_at_once() -> None:
    async def broken(_: AgiRequest) -> Sequence[tuple[str, str]]:
        raise ZeroDivisionError("no office")

    with capture_logs() as logs:
        async with serving(broken) as server, calling(server, question()) as caller:
            assert await caller.answered() == []
            assert server.counts == {Outcome.FAILED: 1}
    assert any("no office" in entry.get("reason", "") for entry in logs)


@pytest.mark.parametrize("value", ["101\nEXEC System id", "x" * 3000, "a\0"])
async def test_no_injection_a_plan_with_one_bad_value_sets_nothing(value: str) -> None:
    async def answer(_: AgiRequest) -> Sequence[tuple[str, str]]:
        return [("DZ_STEP1", "PJSIP/101"), ("DZ_NAME", value), ("DZ_PLAN", "complete")]

    async with serving(answer) as server, calling(server, question()) as caller:
        assert await caller.answered() == []
        assert server.counts == {Outcome.FAILED: 1}


async def test_an_asterisk_that_stops_answering_is_left_at_the_dialogues_deadline() -> None:
    async with (
        serving(dialogue_deadline_seconds=0.05) as server,
        calling(server, question()) as caller,
    ):
        assert await caller.line()
        await caller.closed()
        assert server.counts == {Outcome.LATE: 1}


async def test_a_caller_who_leaves_while_we_think_ends_the_thinking() -> None:
    began, ended = asyncio.Event(), asyncio.Event()

    async def thinking(_: AgiRequest) -> Sequence[tuple[str, str]]:
        began.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()
        return PLAN

    async with serving(thinking) as server:
        async with calling(server, question()):
            await began.wait()
        await ended.wait()
        await gone(server)
        assert server.counts == {Outcome.HUNG_UP: 1}


async def test_a_connection_closed_between_two_commands_harms_nobody() -> None:
    async with serving() as server:
        async with calling(server, question()) as caller:
            assert await caller.line()
        await gone(server)
        assert server.counts == {Outcome.HUNG_UP: 1}


async def test_a_port_in_use_is_one_clear_sentence() -> None:
    async with serving() as server:
        with pytest.raises(PortInUse, match=f"Cannot listen .*:{server.port} .*Stop the program"):
            await FastAgiServer(plan, port=server.port).start()


async def test_closing_the_server_lets_waiting_calls_go() -> None:
    async def forever(_: AgiRequest) -> Sequence[tuple[str, str]]:
        await asyncio.Event().wait()
        return PLAN

    async with (
        serving(forever) as server,
        calling(server, question()) as caller,
        calling(server) as probe,
    ):
        async with asyncio.timeout(20):
            await server.close()
            await caller.closed()
            await probe.closed()
    assert server.connections == 0


async def test_strangers_cannot_flood_the_log() -> None:
    with capture_logs() as logs:
        async with serving(allow=["10.0.0.0/8"]) as server:
            for _ in range(40):
                async with calling(server) as caller:
                    await caller.closed()
    assert [entry["times"] for entry in logs if "allow-list" in entry["event"]] == [
        1,
        2,
        4,
        8,
        16,
        32,
    ]
