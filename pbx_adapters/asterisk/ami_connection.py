"""One connection to the AMI: pairs answers with actions and puts events into one bounded queue.

It knows nothing of logging in, of time or of trying again; `ami` owns it for as long as it lives.

Rules
- A response belongs to the action with its ActionID. An event that carries the ActionID of a
  pending *list* belongs to that list. Every other event goes into the queue, also one with the
  ActionID of a plain action (`OriginateResponse`): it is news for whoever follows the call.
- Whoever waits for an action is told how it ended: answered, refused, or `LinkLost` when the
  connection goes. An action whose caller has given up is forgotten; its late answer is counted.
- Overflow: when the queue is half full, reading pauses until it has been worked down to a quarter.
  While somebody waits for an answer reading goes on up to the full queue, since the answer stands
  behind the events; otherwise a consumer that asks the PBX would wait for itself. Nothing is ever
  dropped here. Asterisk cuts off a client that is 4.2 MB behind; then the link is lost, seen,
  counted and re-synchronised like any other loss.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

import structlog

from pbx_adapters.asterisk import troubles
from pbx_adapters.asterisk.ami_wire import AmiReader, encode_action
from pbx_adapters.asterisk.errors import ActionRefused, LinkLost, ListTooLong, NotConnected
from pbx_adapters.asterisk.frames import Frame
from pbx_adapters.errors import CommandRejected, UnsafeText
from storage.system_words import system_reason

LIST_ID_PREFIX = "dozvon-list-"
"""Begins the ActionID of every list of ours, so that items of a list given up are known as such."""

LINE_LIMIT_BYTES = 1022
"""Longest line of an action without its CR LF.

Tried on Asterisk 22.10: a line of 1,023 bytes ends the message in its middle, so that the fields
behind it become an action of their own; longer ones are refused ("line too long").
"""

_CLOSED_BY_US = troubles.CLOSED_BY_US()

log = structlog.get_logger()


class FrameQueue:
    """Frames in the order in which they came, for one consumer; it outlives connections.

    `limit` is the number of frames beyond which reading stops whatever happens; one chunk of bytes
    may still exceed it. The queue never refuses and never drops, unless it is made to `keep`
    nothing because the link has no consumer.
    """

    def __init__(self, limit: int, *, keep: bool = True) -> None:
        self.limit = limit
        self._keep = keep
        self._frames: deque[Frame] = deque()
        self._ready = asyncio.Event()
        self._closed = False

    def __len__(self) -> int:
        return len(self._frames)

    def put(self, frame: Frame) -> None:
        """Adds a frame at the end."""
        if self._keep:
            self._frames.append(frame)
            self._ready.set()

    def close(self) -> None:
        """No frame will come any more; the consumer ends when it has taken the rest."""
        self._closed = True
        self._ready.set()

    async def get(self) -> Frame | None:
        """The oldest frame, or None when the queue is closed and empty."""
        while not self._frames:
            if self._closed:
                return None
            self._ready.clear()
            await self._ready.wait()
        return self._frames.popleft()


@dataclass(slots=True)
class _Pending:
    """An action that waits for its answer; `list_limit` is None for a plain action."""

    name: str
    answer: "asyncio.Future[Any]"
    list_limit: int | None
    items: list[Frame] = field(default_factory=list)

    def fail(self, error: Exception) -> None:
        if not self.answer.done():
            self.answer.set_exception(error)

    def take_response(self, frame: Frame) -> None:
        if self.answer.done():
            return
        reason = frame.get("Message").strip()
        if frame.name == "Error" and self.list_limit is not None and _says_empty(reason):
            self.answer.set_result([])
        elif frame.name == "Error":
            self.fail(
                ActionRefused(f"Asterisk refuses {self.name}: {reason or 'no reason'}", frame)
            )
        elif self.list_limit is None:
            self.answer.set_result(frame)
        elif not _list_follows(frame):
            self.answer.set_result([])

    def take_item(self, frame: Frame) -> None:
        if self.answer.done():
            return
        if _ends_list(frame):
            self._check_count(frame.get("ListItems"))
            self.answer.set_result(self.items)
        elif len(self.items) >= (self.list_limit or 0):
            self.fail(ListTooLong(f"the answer to {self.name} has over {self.list_limit} items"))
            self.items = []
        else:
            self.items.append(frame)

    def _check_count(self, announced: str) -> None:
        if announced.isdecimal() and int(announced) != len(self.items):
            log.warning(
                "Asterisk counts another number of items than it sent",
                action=self.name,
                counted=int(announced),
                came=len(self.items),
            )


def _says_empty(reason: str) -> bool:
    """Some lists that are empty come as an error: "No Contacts found"."""
    return reason.startswith("No ") and reason.endswith("found")


def _list_follows(response: Frame) -> bool:
    return response.get("EventList") == "start" or "follow" in response.get("Message").lower()


def _ends_list(item: Frame) -> bool:
    return item.get("EventList") == "Complete" or item.name.endswith("Complete")


class AmiConnection(asyncio.Protocol):
    """The bytes of one TCP connection, as panoramisk's Manager drives them.

    `queue`, `config`, `factory`, `log`, `encoding` and `responses` are set by that Manager and read
    by nobody. `lost` is done when the connection has ended, with the reason. `heard_at` is the loop
    time of the last byte. `pauses` and `late_answers` are counts.
    """

    transport: asyncio.Transport

    def __init__(self, reader: AmiReader, frames: FrameQueue, *, name: str) -> None:
        loop = asyncio.get_running_loop()
        self.booted: asyncio.Future[None] = loop.create_future()
        self.lost: asyncio.Future[str] = loop.create_future()
        self.heard_at = loop.time()
        self.pauses = 0
        self.late_answers = 0
        self.paused = False
        self.greeting = ""
        self.at_end: Callable[[], None] = lambda: None
        self._name = name
        self._reader = reader
        self._frames = frames
        self._pending: dict[str, _Pending] = {}
        self._clock = loop.time

    # -- what panoramisk's Manager calls -------------------------------------------------------

    def send(self, action: Any, as_list: int | None = None) -> "asyncio.Future[Any]":
        """Writes an action and gives the future of its answer.

        `as_list` is the cap of a list's items, None for a plain action. Raises CommandRejected for
        text that would break the protocol and NotConnected when the connection has ended.
        """
        fields: Mapping[str, str | Sequence[str]] = dict(action.items())
        if self.lost.done() or self.transport.is_closing():
            raise NotConnected(f"the link to {self._name} has just ended; nothing was sent")
        if action.id in self._pending:
            raise CommandRejected(f"an action with the ActionID {action.id!r} is still pending")
        data = encode_action(fields)
        if max(map(len, data.split(b"\r\n"))) > LINE_LIMIT_BYTES:
            raise UnsafeText(
                f"a field of {action['Action']} is longer than the {LINE_LIMIT_BYTES} bytes that "
                "Asterisk reads in one line; nothing was sent"
            )
        answer: asyncio.Future[Any] = action.future
        self._pending[action.id] = _Pending(str(action["Action"]), answer, as_list)
        self.transport.write(data)
        self.balance()
        return answer

    def close(self, reason: str = _CLOSED_BY_US) -> None:
        """Ends the connection at once; whoever waits for an action is told."""
        self._end(reason)
        self.transport.abort()

    # -- what asyncio calls --------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keeps the transport."""
        self.transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        """Sorts what is complete into answers and events."""
        self.heard_at = self._clock()
        for frame in self._reader.feed(data):
            self._sort(frame)
        for damage in self._reader.take_damage():
            log.warning("Asterisk sent something unreadable; skipped", pbx=self._name, why=damage)
        self.greeting = self._reader.greeting
        self.balance()

    def connection_lost(self, exc: Exception | None) -> None:
        """Tells whoever waits."""
        why = system_reason(exc) if isinstance(exc, OSError) else exc
        self._end(troubles.BROKE(why=why) if exc else troubles.CLOSED_BY_ASTERISK())

    # -- ours ----------------------------------------------------------------------------------

    def forget(self, action_id: str, answer: "asyncio.Future[Any]") -> None:
        """Nobody waits for this answer any more."""
        pending = self._pending.get(action_id)
        if pending is not None and pending.answer is answer:
            del self._pending[action_id]

    @property
    def pending(self) -> int:
        """How many actions wait for their answer."""
        return len(self._pending)

    def balance(self) -> None:
        """Pauses or resumes reading by how full the queue is."""
        size, limit = len(self._frames), self._frames.limit
        if not self.paused and size >= (limit if self._pending else limit // 2):
            self.paused = True
            self.pauses += 1
            self.transport.pause_reading()
            if not self.pauses & (self.pauses - 1):  # the first, second, fourth, eighth …
                log.warning(
                    "events come faster than they are handled; reading from Asterisk pauses",
                    pbx=self._name,
                    waiting=size,
                    times=self.pauses,
                )
        elif self.paused and (size <= limit // 4 or (self._pending and size < limit)):
            self.paused = False
            self.transport.resume_reading()

    def _sort(self, frame: Frame) -> None:
        pending = self._pending.get(frame.action_id)
        if frame.kind == "response":
            self._respond(frame, pending)
        elif pending is not None and pending.list_limit is not None:
            pending.take_item(frame)
        elif frame.action_id.startswith(LIST_ID_PREFIX):
            self.late_answers += 1
        else:
            if frame.name == "FullyBooted" and not self.booted.done():
                self.booted.set_result(None)
            self._frames.put(frame)

    def _respond(self, frame: Frame, pending: _Pending | None) -> None:
        if pending is not None:
            pending.take_response(frame)
            return
        self.late_answers += 1
        log.info("an answer came for which nobody waits", pbx=self._name, answer=frame.name)

    def _end(self, reason: str) -> None:
        if self.lost.done():
            return
        self.lost.set_result(reason)
        for pending in self._pending.values():
            about = {"name": self._name, "action": pending.name, "why": reason}
            pending.fail(LinkLost(troubles.LOST_BEFORE(**about)))
        self._pending.clear()
        if not self.booted.done():
            self.booted.cancel()
        self.at_end()
