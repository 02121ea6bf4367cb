"""The link to one Asterisk over its Manager Interface, and the wall around panoramisk.

No other module imports panoramisk. What is used of it: `Manager` (the wiring of a connection made
with our own protocol factory, and `send_action`) and `actions.Action` (its ActionIDs and futures).
Its parser, dispatch, pings, login and reconnect are not used: each has faults on the wire that are
listed, one test each, in tests/asterisk/test_ami.py. Each connection has a Manager of its own, so
nothing of an old connection can leak into a new one.

Rules
- One supervisor, explicit states: disconnected → connecting → connected; refused (login); closed.
- "Connected" means: the login was accepted *and* Asterisk said FullyBooted.
- Every wait has a deadline. No action is ever sent twice: one that was pending when the link broke
  raises LinkLost, one that is asked for while there is no link raises NotConnected at once.
- The link is alive while its pings are answered; a half-open link is noticed within seconds.
- Events reach one consumer through one bounded queue, in their order (see `ami_connection`).
  DozvonLinkUp and DozvonLinkDown, events of ours that no PBX sends, stand in it where the link came
  and went.
- The secret is never logged, nor is any field of an action.
"""

import asyncio
import random
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from itertools import count
from ssl import SSLContext
from types import TracebackType
from typing import Any, NoReturn, Self, cast

import panoramisk
import structlog
from panoramisk.actions import Action

from pbx_adapters.asterisk import troubles
from pbx_adapters.asterisk.ami_connection import LIST_ID_PREFIX, AmiConnection, FrameQueue
from pbx_adapters.asterisk.ami_state import LinkState, LinkTiming, StateBoard, Voices
from pbx_adapters.asterisk.ami_wire import AmiReader
from pbx_adapters.asterisk.errors import (
    ActionLate,
    ActionRefused,
    LinkLost,
    LoginRefused,
    NotBooted,
    NotConnected,
)
from pbx_adapters.asterisk.frames import Frame
from pbx_adapters.errors import CommandRejected, PbxError, PbxProtocolError, PbxUnavailable
from storage.sentences import message_of, read_again
from storage.system_words import system_reason

Fields = Mapping[str, str | Sequence[str]]

LINK_UP = Frame("event", "DozvonLinkUp", {})
LINK_DOWN = Frame("event", "DozvonLinkDown", {})

ALWAYS_WANTED = frozenset({"FullyBooted", "Shutdown", "OriginateResponse"})
"""Read on every link: the supervisor or the caller of an action needs them."""

LATE_ID_ITEMS = frozenset({"DBGetResponse", "DBGetTreeResponse", "Status"}) | frozenset(
    {"QueueParams", "QueueMember", "QueueEntry", "QueueSummary"}
)
"""Items of lists whose ActionID stands at their end, where the reader does not look for it."""

_MISSED_PONGS = 5
"""So often a ping may stay unanswered while other bytes still come."""

log = structlog.get_logger()


class _EveryAction:
    """The name of any action is in it: panoramisk then keeps none for sending again."""

    def __contains__(self, name: object) -> bool:
        return True


_utc_now = partial(datetime.now, UTC)


class AmiLink:
    """Keeps one session with an Asterisk alive, and carries actions and events.

    `name` is the PBX in log and errors. `wanted_events` are the names that reach `frames()`; the
    rest costs no parsing; without any the link is for actions alone and keeps no frames. `events`
    is the login's event mask, which must contain system. `queue_limit` bounds the frames that wait
    for the consumer, `list_limit` the items of one list. Links to one PBX share `voices`: one of
    them logs their trouble. `trouble` is the last sentence about why there is no link.
    """

    def __init__(  # noqa: PLR0913 (settings, all by keyword)
        self,
        host: str,
        port: int,
        username: str,
        secret: str,
        *,
        name: str,
        wanted_events: frozenset[str],
        events: str = "",
        tls: SSLContext | None = None,
        timing: LinkTiming | None = None,
        voices: Voices | None = None,
        queue_limit: int = 20_000,
        list_limit: int = 100_000,
        now: Callable[[], datetime] = _utc_now,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self.name = name
        self.trouble = self._told = ""
        self.version = ""
        self.lost_times = 0
        self._address = (host, port)
        self._login = (username, secret, events or ("on" if wanted_events else "system"))
        self._tls = tls
        self._wanted = wanted_events | ALWAYS_WANTED | LATE_ID_ITEMS
        self._timing = timing or LinkTiming()
        self._voices = voices or Voices()
        self._list_limit = list_limit
        self._now = now
        self._jitter = jitter
        self._frames = FrameQueue(queue_limit, keep=bool(wanted_events))
        self._reading = False
        self._list_numbers = count(1)
        self._manager: Any = None
        self._connection: AmiConnection | None = None
        self._board = StateBoard(name)
        self._up_at: float | None = None
        self._work: asyncio.Task[None] | None = None

    # -- life ----------------------------------------------------------------------------------

    async def run(self) -> None:
        """Connects, stays connected and comes back until `close`; for a task group of the owner."""
        if self.state is LinkState.CLOSED:
            return
        try:
            async with asyncio.TaskGroup() as group:
                self._work = group.create_task(self._stay_connected())
        finally:
            self._shut()

    async def close(self) -> None:
        """Ends the link. Nothing is opened later; pending actions raise LinkLost."""
        work = self._work
        self._shut()
        if work is not None and not work.done():
            work.cancel()
            await asyncio.wait({work})

    async def __aenter__(self) -> Self:
        self._group = asyncio.TaskGroup()
        await self._group.__aenter__()
        self._group.create_task(self.run())
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()
        if isinstance(error, asyncio.CancelledError):  # perhaps by the group itself
            await self._group.__aexit__(kind, error, trace)
        else:  # what the caller raised stays what it is, in no ExceptionGroup
            await self._group.__aexit__(None, None, None)

    def _shut(self) -> None:
        self._board.become(LinkState.CLOSED)
        if self._manager is not None:
            self._manager.close()
        self._frames.close()

    # -- state ---------------------------------------------------------------------------------

    @property
    def state(self) -> LinkState:
        """What the link is doing at this moment."""
        return self._board.state

    @property
    def waiting_frames(self) -> int:
        """How many frames wait for the consumer."""
        return len(self._frames)

    def watch(self, callback: Callable[[LinkState], None]) -> None:
        """Calls `callback` with every new state, at once and in order; it must not block."""
        self._board.watch(callback)

    async def wait_state(self, *states: LinkState) -> LinkState:
        """Waits until the link is in one of `states`; a state passed through quickly counts."""
        return await self._board.wait(states)

    # -- frames and actions --------------------------------------------------------------------

    async def frames(self) -> AsyncIterator[Frame]:
        """All events in the order in which Asterisk sent them; ends after `close`. One consumer."""
        if self._reading:
            raise RuntimeError("a link has one consumer of its frames, or their order is lost")
        self._reading = True
        try:
            taken = 0
            while (frame := await self._frames.get()) is not None:
                yield frame
                taken += 1
                if self._connection is not None and self._connection.paused:
                    self._connection.balance()
                if not taken % 100:
                    await asyncio.sleep(0)  # a full queue must not starve the other tasks
        finally:
            self._reading = False

    async def send(self, action: Fields, deadline_seconds: float = 5.0) -> Frame:
        """Sends an action once and gives Asterisk's answer to it.

        Raises ActionRefused (Asterisk says no), NotConnected or CommandRejected (nothing was sent),
        ActionLate or LinkLost (it may have been carried out).
        """
        return cast("Frame", await self._ask(action, deadline_seconds))

    async def send_list(self, action: Fields, deadline_seconds: float = 10.0) -> list[Frame]:
        """Sends an action that is answered by a list; gives its items without the closing event.

        Raises as `send` does, and ListTooLong beyond the cap.
        """
        identity = f"{LIST_ID_PREFIX}{id(self):x}-{next(self._list_numbers)}"
        listed = {**action, "ActionID": identity}
        return cast("list[Frame]", await self._ask(listed, deadline_seconds, self._list_limit))

    async def asterisk_version(self) -> str:
        """Asterisk's own version ("22.5.0"), asked by CoreSettings."""
        return (await self.send({"Action": "CoreSettings"})).get("AsteriskVersion")

    async def measure_clock_offset(self) -> float:
        """Seconds by which Asterisk's clock is ahead of ours, to within half a round trip.

        Raises `PbxProtocolError` where the answer holds no time, and what `send` raises.
        """
        before = self._now()
        pong = await self.send({"Action": "Ping"})
        middle = before + (self._now() - before) / 2
        try:
            return float(pong.get("Timestamp")) - middle.timestamp()
        except ValueError as error:
            raise PbxProtocolError("Asterisk's answer to Ping has no timestamp") from error

    async def _ask(self, action: Fields, deadline: float, as_list: int | None = None) -> Any:
        connection = self._connection
        if connection is None:
            why = f"there is no link to {self.name} ({self.state}); nothing was sent."
            raise NotConnected(f"{why} {self.trouble}")
        return await self._exchange(connection, action, deadline, as_list)

    async def _exchange(
        self, connection: AmiConnection, action: Fields, deadline: float, as_list: int | None
    ) -> Any:
        name = action.get("Action")
        if not isinstance(name, str):
            raise CommandRejected("an action needs the key Action; nothing was sent")
        numbered = Action({"Action": name, **action})
        try:
            async with asyncio.timeout(deadline):
                return await self._manager.send_action(numbered, as_list=as_list)
        except TimeoutError:
            late = troubles.LATE(name=self.name, action=name, seconds=f"{deadline:g}")
            raise ActionLate(late) from None
        finally:
            connection.forget(numbered.id, numbered.future)

    # -- the supervisor ------------------------------------------------------------------------

    async def _stay_connected(self) -> None:
        loop = asyncio.get_running_loop()
        failures = 0
        while True:
            self._up_at = None
            state = LinkState.DISCONNECTED
            try:
                await self._session()
            except LoginRefused as error:
                state, trouble = LinkState.REFUSED, message_of(error)
            except (OSError, PbxError) as error:
                trouble = message_of(error)
            if self._up_at is not None and loop.time() - self._up_at >= self._timing.steady:
                failures = 0
            refused = state is LinkState.REFUSED
            pause = self._timing.pause(failures, refused=refused, jitter=self._jitter())
            self._tell(trouble, failures, pause)
            self._board.become(state)
            await asyncio.sleep(pause)
            failures += 1

    async def _session(self) -> NoReturn:
        self._board.become(LinkState.CONNECTING)
        connection = await self._connect()
        try:
            await self._log_in(connection)
            await self._wait_booted(connection)
            self._up(connection)
            await self._keep_alive(connection)
        finally:
            self._manager.close()

    async def _connect(self) -> AmiConnection:
        """Opens the connection and hands it to a new Manager, which is not told our login."""
        loop = asyncio.get_running_loop()
        manager = panoramisk.Manager(
            loop=loop,
            forgetable_actions=_EveryAction(),
            protocol_factory=lambda: AmiConnection(
                AmiReader(self._wanted), self._frames, name=self.name
            ),
        )
        try:
            async with asyncio.timeout(self._timing.connect):
                made = await loop.create_connection(
                    manager.config["protocol_factory"], *self._address, ssl=self._tls
                )
        except OSError as error:  # TimeoutError is one
            away = troubles.UNREACHABLE(**self._where(), why=system_reason(error))
            raise PbxUnavailable(away) from error
        future = loop.create_future()
        future.set_result(made)
        manager.connection_made(future)
        manager.pinger.cancel()  # our own keepalive waits for the pong
        self._manager = manager
        return cast("AmiConnection", made[1])

    async def _log_in(self, connection: AmiConnection) -> None:
        username, secret, events = self._login
        login = {"Action": "Login", "Username": username, "Secret": secret, "Events": events}
        try:
            await self._exchange(connection, login, self._timing.login, None)
        except ActionRefused as error:
            said = read_again(error.frame.get("Message"), troubles.FORMS)
            about = {**self._where(), "user": repr(username), "said": said}
            raise LoginRefused(troubles.LOGIN_REFUSED(**about)) from None
        self.version = connection.greeting.partition("/")[2].strip()

    async def _wait_booted(self, connection: AmiConnection) -> None:
        either: set[asyncio.Future[Any]] = {connection.booted, connection.lost}
        limit = self._timing.booted
        await asyncio.wait(either, timeout=limit, return_when=asyncio.FIRST_COMPLETED)
        if connection.lost.done():
            raise LinkLost(self._lost_because(connection))
        if not connection.booted.done():
            raise NotBooted(troubles.NOT_BOOTED(**self._where(), seconds=f"{limit:g}"))

    def _up(self, connection: AmiConnection) -> None:
        self._connection = connection
        self._up_at = asyncio.get_running_loop().time()
        self.trouble = self._told = ""
        self._voices.release(self)
        self._frames.put(LINK_UP)
        connection.at_end = partial(self._down, connection)
        self._board.become(LinkState.CONNECTED)
        log.info("connected to Asterisk", pbx=self.name, ami=self.version)

    def _down(self, connection: AmiConnection) -> None:
        """The connection has ended: from this instant on nothing is sent."""
        self._connection = None
        self.lost_times += 1
        self.trouble = self._lost_because(connection)
        self._frames.put(LINK_DOWN)
        self._board.become(LinkState.DISCONNECTED)

    async def _keep_alive(self, connection: AmiConnection) -> NoReturn:
        """Asks for a sign of life until the connection ends or gives none."""
        missed = 0
        while True:
            await asyncio.wait({connection.lost}, timeout=self._timing.keepalive)
            if connection.lost.done():
                raise LinkLost(self._lost_because(connection))
            if connection.paused:  # it is we who do not read
                continue
            asked_at = asyncio.get_running_loop().time()
            try:
                await self._exchange(connection, {"Action": "Ping"}, self._timing.pong, None)
                missed = 0
            except ActionLate:
                missed += 1
                if connection.heard_at < asked_at or missed >= _MISSED_PONGS:
                    connection.close(troubles.SILENT(seconds=f"{self._timing.pong:g}"))

    def _lost_because(self, connection: AmiConnection) -> str:
        return troubles.LOST(**self._where(), why=connection.lost.result())

    def _where(self) -> Mapping[str, str]:
        host, port = self._address
        return {"name": self.name, "address": f"{host}:{port}"}

    def _tell(self, trouble: str, failures: int, pause: float) -> None:
        """Logs a trouble when it is new, and then ever more rarely."""
        new = trouble != self._told
        self.trouble = self._told = trouble
        if self._voices.speaks(self, trouble) and (new or not failures & (failures - 1)):
            log.warning(trouble, pbx=self.name, attempt=failures + 1, next_in=round(pause, 1))
