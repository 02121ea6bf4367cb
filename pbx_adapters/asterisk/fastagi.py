"""The door at which Asterisk asks what to do with a call for line X from Y.

Our own server, since the dialogue of the library we use for AMI freezes on a half-sent header. Its
one promise: **a question never holds a call longer than its budget.** Whatever goes wrong (we are
late, we fail, the answer cannot be written, Asterisk says something odd), the connection is closed
at once and the dialplan rings the department by itself.

Rules
- Every stage has a limit and a deadline: 64 KiB and 5 s for the header, 1.0 s for the answer, 3 s
  for the dialogue. The deadlines are timers beside the coroutine: an answer that cannot be
  cancelled holds no call.
- All commands are built, and so checked, before the first is sent: a plan that cannot be expressed
  sets nothing. They are sent one after another, each after the answer to the one before; the
  completeness mark is the caller's last variable, so a plan that was cut is known to be cut.
- The one who answers must not do lasting work in `answer`: it is cancelled when Asterisk hangs up.
- Only addresses on the allow-list are heard; without one, only loopback.
"""

import asyncio
import ipaddress
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from enum import StrEnum
from types import TracebackType
from typing import Self, cast

import structlog

from pbx_adapters.asterisk.agi_wire import (
    AgiRequest,
    AnswerReader,
    HangupNotice,
    parse_request,
    set_variables,
)
from pbx_adapters.asterisk.errors import PortInUse
from pbx_adapters.errors import CommandRejected, PbxProtocolError

Answer = Callable[[AgiRequest], Awaitable[Sequence[tuple[str, str]]]]
"""Takes a question, gives the channel variables in the order in which they shall be set."""

LOOPBACK = ("127.0.0.0/8", "::1/128")

log = structlog.get_logger()


class Outcome(StrEnum):
    """How one connection to our door ended."""

    ANSWERED = "answered"
    LATE = "late"
    FAILED = "failed"
    HUNG_UP = "hung up"
    UNKNOWN_SCRIPT = "unknown script"
    MALFORMED = "malformed"
    SILENT = "silent"
    PROBED = "probed"
    FOREIGN = "foreign"
    CROWDED = "crowded"


class FastAgiServer:
    """Answers Asterisk's questions on one port.

    `answer` takes an `AgiRequest` and gives the variables in their order, the completeness mark
    last. `allow` are the networks that may ask. `verbs` are the scripts that exist
    (``/dozvon/<verb>``; None: any); another name is answered with nothing set. Durations are in
    seconds; `port` 0 takes a free one. `counts` tells how the connections ended.
    """

    def __init__(  # noqa: PLR0913 (settings, all by keyword)
        self,
        answer: Answer,
        *,
        host: str = "127.0.0.1",
        port: int = 4573,
        allow: Iterable[str] = LOOPBACK,
        verbs: Iterable[str] | None = None,
        header_limit: int = 64 * 1024,
        header_deadline_seconds: float = 5.0,
        answer_budget_seconds: float = 1.0,
        dialogue_deadline_seconds: float = 3.0,
        max_connections: int = 1000,
    ) -> None:
        self.answer = answer
        self.host = host
        self.header_limit = header_limit
        self.header_deadline_seconds = header_deadline_seconds
        self.answer_budget_seconds = answer_budget_seconds
        self.dialogue_deadline_seconds = dialogue_deadline_seconds
        self.counts: Counter[Outcome] = Counter()
        self._port = port
        self._allow = [ipaddress.ip_network(network) for network in allow]
        self._verbs = None if verbs is None else frozenset(verbs)
        self._max_connections = max_connections
        self._open: set[_Dialogue] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None

    @property
    def port(self) -> int:
        """The port that is really listened on."""
        if self._server is None:
            return self._port
        port: int = self._server.sockets[0].getsockname()[1]
        return port

    @property
    def connections(self) -> int:
        """How many connections are open at this moment."""
        return len(self._open)

    async def start(self) -> None:
        """Opens the port. Raises PortInUse when another program has it."""
        loop = asyncio.get_running_loop()
        try:
            self._server = await loop.create_server(
                lambda: _Dialogue(self), self.host, self._port, backlog=512
            )
        except OSError as error:
            raise PortInUse(
                f"Cannot listen for Asterisk's questions on {self.host}:{self._port} "
                f"({error.strerror or error}). Calls ring the department without us. Stop the "
                "program that has this port, or set another one here and in the dialplan."
            ) from error
        log.info("listening for Asterisk's questions", host=self.host, port=self.port)

    async def close(self) -> None:
        """Closes the port and every connection; calls that still wait ring the department."""
        if self._server is not None:
            self._server.close()
        for dialogue in list(self._open):
            dialogue.drop()
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        if tasks:  # an answer that cannot be cancelled does not hold the service
            await asyncio.wait(tasks, timeout=self.answer_budget_seconds)
        if self._server is not None:
            await self._server.wait_closed()
            self._server = None

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    def admit(self, dialogue: "_Dialogue", peer: str) -> Outcome | None:
        """Lets a connection in, or tells why not."""
        if not self._allowed(peer):
            return Outcome.FOREIGN
        if len(self._open) >= self._max_connections:
            return Outcome.CROWDED
        self._open.add(dialogue)
        return None

    def forget(self, dialogue: "_Dialogue") -> None:
        """A connection has closed."""
        self._open.discard(dialogue)

    def own(self, task: asyncio.Task[None]) -> None:
        """Keeps the task of an answer until it ends, and ends it when the server closes."""
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def knows(self, request: AgiRequest) -> bool:
        """Whether the question names one of our scripts."""
        return bool(request.verb) and (self._verbs is None or request.verb in self._verbs)

    def _allowed(self, peer: str) -> bool:
        address = ipaddress.ip_address(peer.partition("%")[0])
        if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
            address = address.ipv4_mapped
        return any(address in network for network in self._allow)


_SENTENCES = {
    Outcome.LATE: "a question was not answered in time; the department rings without us",
    Outcome.FAILED: "a question could not be answered; the department rings without us",
    Outcome.HUNG_UP: "the caller or Asterisk left before the answer was complete",
    Outcome.UNKNOWN_SCRIPT: "Asterisk asks for a script that we do not have; check the dialplan",
    Outcome.MALFORMED: "something that is not Asterisk spoke to the FastAGI port",
    Outcome.SILENT: "a connection to the FastAGI port did not ask in time",
    Outcome.FOREIGN: "an address that is not on the allow-list tried the FastAGI port",
    Outcome.CROWDED: "too many FastAGI connections at once; the department rings without us",
}

_STRANGERS = frozenset({Outcome.MALFORMED, Outcome.SILENT, Outcome.FOREIGN, Outcome.CROWDED})
"""Anyone can cause these, as often as he likes: the first, second, fourth, eighth … are logged."""


class _Dialogue(asyncio.Protocol):
    """One connection: its header, its answer, its commands one by one, its deadlines."""

    __slots__ = (
        "_answers",
        "_commands",
        "_header",
        "_outcome",
        "_peer",
        "_request",
        "_server",
        "_task",
        "_timers",
        "_transport",
        "_waiting",
    )

    _transport: asyncio.Transport

    def __init__(self, server: FastAgiServer) -> None:
        self._server = server
        self._header = bytearray()
        self._request: AgiRequest | None = None
        self._answers = AnswerReader()
        self._commands: Iterator[bytes] | None = None
        self._waiting = False
        self._outcome: Outcome | None = None
        self._task: asyncio.Task[None] | None = None
        self._timers: list[asyncio.TimerHandle] = []
        self._peer = ""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # asyncio itself sets TCP_NODELAY on every TCP connection.
        self._transport = cast("asyncio.Transport", transport)
        peername = transport.get_extra_info("peername")
        self._peer = peername[0] if peername else ""  # None: gone before we looked
        refusal = self._server.admit(self, self._peer) if peername else Outcome.PROBED
        if refusal is not None:
            self._finish(refusal)
            return
        self._after(self._server.header_deadline_seconds, Outcome.SILENT)

    def data_received(self, data: bytes) -> None:
        if self._outcome is not None:
            return
        try:
            if self._request is None:
                self._read_header(data)
            else:
                self._read_answers(data)
        except PbxProtocolError as error:
            self._finish(Outcome.MALFORMED, reason=str(error))

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 (asyncio's signature)
        if self._request is not None:
            self._finish(Outcome.HUNG_UP)
        elif self._header:
            self._finish(Outcome.MALFORMED, reason="the connection closed within its header")
        else:
            self._finish(Outcome.PROBED)
        self._server.forget(self)

    def drop(self) -> None:
        """Ends the connection because the server closes."""
        self._finish(Outcome.FAILED, reason="the service stops")

    def _after(self, seconds: float, outcome: Outcome) -> None:
        loop = asyncio.get_running_loop()
        self._timers.append(loop.call_later(seconds, self._finish, outcome))

    def _read_header(self, data: bytes) -> None:
        start = max(0, len(self._header) - 1)
        self._header += data
        end = self._header.find(b"\n\n", start)
        if max(end, len(self._header) if end < 0 else 0) > self._server.header_limit:
            limit = self._server.header_limit
            raise PbxProtocolError(f"the header of a question is longer than {limit} bytes")
        if end < 0:
            return
        self._request = parse_request(bytes(self._header[:end]))
        rest = bytes(self._header[end + 2 :])
        self._ask(self._request)
        if rest:
            self._read_answers(rest)

    def _ask(self, request: AgiRequest) -> None:
        self._stop_timers()
        if not self._server.knows(request):
            self._finish(Outcome.UNKNOWN_SCRIPT)
            return
        self._after(self._server.answer_budget_seconds, Outcome.LATE)
        self._after(self._server.dialogue_deadline_seconds, Outcome.LATE)
        self._task = asyncio.get_running_loop().create_task(self._answer(request))
        self._server.own(self._task)

    async def _answer(self, request: AgiRequest) -> None:
        try:
            variables = await self._server.answer(request)
            commands = set_variables(variables)
        except CommandRejected as error:
            self._finish(Outcome.FAILED, reason=str(error))
        except Exception as error:  # noqa: BLE001 (whatever it is, the call must go on)
            self._finish(Outcome.FAILED, reason=repr(error), exc_info=error)
        else:
            self._begin(commands)

    def _begin(self, commands: Sequence[bytes]) -> None:
        if self._outcome is not None:
            return
        self._timers[0].cancel()  # the answer's budget; the dialogue's deadline stays
        self._commands = iter(commands)
        self._next()

    def _next(self) -> None:
        command = next(self._commands or iter(()), None)
        if command is None:
            self._finish(Outcome.ANSWERED)
            return
        self._waiting = True
        self._transport.write(command)

    def _read_answers(self, data: bytes) -> None:
        for said in self._answers.feed(data):
            if isinstance(said, HangupNotice):
                continue  # what is set now still reaches the hang-up handler
            if not self._waiting:
                raise PbxProtocolError(f"an answer to a command that was not sent: {said.text!r}")
            self._waiting = False
            if not said.succeeded:
                self._finish(Outcome.FAILED, reason=f"Asterisk answers {said.kind}: {said.text}")
                return
            self._next()

    def _finish(
        self, outcome: Outcome, *, reason: str = "", exc_info: Exception | None = None
    ) -> None:
        if self._outcome is not None:
            return
        self._outcome = outcome
        self._stop_timers()
        if self._task is not None and self._task is not asyncio.current_task():
            self._task.cancel()
        if outcome is Outcome.ANSWERED:
            self._transport.close()
        else:
            self._transport.abort()
        self._server.counts[outcome] += 1
        self._log(outcome, reason, exc_info)

    def _stop_timers(self) -> None:
        for timer in self._timers:
            timer.cancel()
        self._timers.clear()

    def _log(self, outcome: Outcome, reason: str, exc_info: Exception | None) -> None:
        sentence = _SENTENCES.get(outcome)
        times = self._server.counts[outcome]
        if sentence is None or (outcome in _STRANGERS and times & (times - 1)):
            return
        about = {"peer": self._peer, "times": times}
        if self._request is not None:
            about |= {"call": self._request.uniqueid, "script": self._request.path}
        if reason:
            about["reason"] = reason
        log.warning(sentence, **about, exc_info=exc_info)
