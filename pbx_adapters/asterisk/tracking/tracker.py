"""From Asterisk's events to ours: which call, which leg, who talked with whom.

A state machine without I/O: AMI frames in, `router.events` out. It understands Asterisk's own
events, so that calls of anybody's dialplan are understood as well. Rules:
- events are taken in the order in which they are given; what comes late, twice or for a channel
  that is gone is ignored, with the reason counted, and nothing raises;
- an event's instant is Asterisk's own (`timestampevents`), else the one given by the caller;
- what opens a call, a leg, a talk is told in `dialling`, `placing`, `talks`, `transfers`;
- memory is bounded: a channel is forgotten at its Hangup, a call with its last channel, and `sweep`
  gives up channels of which nothing is heard any more.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from types import MappingProxyType

from pbx_adapters.asterisk.frames import Frame
from pbx_adapters.asterisk.tracking import dialling, moving, resync, transfers
from pbx_adapters.asterisk.tracking.books import Desk
from pbx_adapters.asterisk.tracking.parties import Parties, PartyRules
from pbx_adapters.asterisk.tracking.reading import Key, instant, snapshot, text
from router.events import AnyCallEvent

SILENT_TOO_LONG = timedelta(hours=12)
"""A channel of which nothing was heard for so long is given up by `sweep`."""


def _hint(desk: Desk, frame: Frame, _at: datetime) -> None:
    desk.parties.learn_hint(text(frame, Key.HINT_EXTEN), text(frame, Key.HINT))


def _queue(desk: Desk, frame: Frame, at: datetime) -> None:
    channel = desk.see(snapshot(frame), at)
    call = channel.live_call if channel else None
    if call is not None:
        call.queue = "left" if frame.name == "QueueCallerLeave" else "waits"


def _queue_abandon(desk: Desk, frame: Frame, at: datetime) -> None:
    channel = desk.see(snapshot(frame), at)
    call = channel.live_call if channel else None
    if call is not None:
        call.queue, call.caller_gone = "waits", True


_READERS: Mapping[str, Callable[[Desk, Frame, datetime], None]] = MappingProxyType(
    {
        "AttendedTransfer": transfers.attended_transfer,
        "BlindTransfer": transfers.blind_transfer,
        "BridgeEnter": moving.bridge_enter,
        "BridgeLeave": moving.bridge_leave,
        "DialBegin": dialling.dial_begin,
        "DialEnd": dialling.dial_end,
        "DialState": dialling.dial_state,
        "ExtensionStatus": _hint,
        "Hangup": moving.hangup,
        "HangupRequest": moving.hangup_request,
        "Hold": moving.hold,
        "LocalOptimizationBegin": moving.optimization_begin,
        "LocalOptimizationEnd": moving.optimization_end,
        "Newchannel": moving.new_channel,
        "Newstate": moving.new_state,
        "OriginateResponse": dialling.originate_response,
        "Pickup": transfers.pickup,
        "QueueCallerAbandon": _queue_abandon,
        "QueueCallerJoin": _queue,
        "QueueCallerLeave": _queue,
        "Rename": moving.rename,
        "Unhold": moving.unhold,
    }
)

WANTED_EVENTS: frozenset[str] = frozenset(_READERS)
"""The names of the events that tracking reads; an AMI session need not let others through."""


class Tracker:
    """Tracks the calls of one PBX. `pbx` is its key; `rules` say which endpoints lead outside."""

    def __init__(self, pbx: str, rules: PartyRules | None = None) -> None:
        self._desk = Desk(pbx=pbx, parties=Parties(rules=rules or PartyRules()))

    def feed(self, frame: Frame, at: datetime) -> list[AnyCallEvent]:
        """What a frame means, often nothing. `at` (aware, UTC) counts if it bears no Timestamp."""
        read = _READERS.get(frame.name) if frame.kind == "event" else None
        if read is None:
            return []
        read(self._desk, frame, instant(frame, at))
        return self._handed_out()

    def adopt(
        self, rows: Iterable[Frame], at: datetime, *, whole: bool = True
    ) -> list[AnyCallEvent]:
        """Takes over the calls in a CoreShowChannels list (its rows), without doubling any.

        With `whole` (after a gap) known channels that the list does not name have hung up.
        """
        resync.adopt(self._desk, rows, at, whole=whole)
        return self._handed_out()

    def pbx_restarted(self, at: datetime) -> list[AnyCallEvent]:
        """Ends every call that was known before the gap: the PBX that held them is gone."""
        resync.restarted(self._desk, at)
        return self._handed_out()

    def gap(self, at: datetime) -> list[AnyCallEvent]:  # noqa: ARG002 (the same call for every PBX)
        """From `at` on events are missing; `adopt` ends the gap. Nothing is concluded before."""
        resync.gap(self._desk)
        return self._handed_out()

    def sweep(self, at: datetime, *, silent: timedelta = SILENT_TOO_LONG) -> list[AnyCallEvent]:
        """Ends what has been silent for too long: its Hangup was lost."""
        resync.sweep(self._desk, at - silent, at)
        return self._handed_out()

    @property
    def ignored(self) -> Counter[str]:
        """How often an event changed nothing, by reason."""
        return self._desk.ignored

    @property
    def channels(self) -> int:
        """How many channels are remembered."""
        return len(self._desk.channels)

    @property
    def calls(self) -> frozenset[str]:
        """The ids of the calls that are running."""
        return frozenset(c.id for c in self._desk.calls.values() if not c.ended)

    def call_of(self, uid: str) -> str | None:
        """The id of the running call that a channel belongs to, or None."""
        channel = self._desk.channels.get(uid)
        call = channel.live_call if channel else self._desk.calls.get(uid)
        return call.id if call is not None and not call.ended else None

    def _handed_out(self) -> list[AnyCallEvent]:
        said, self._desk.said = self._desk.said, []
        return said
