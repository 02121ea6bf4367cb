"""What tracking remembers: channels, bridges, calls, and the one way to speak of them.

`Desk` holds it all and knows no Asterisk event by name. Rules:
- a channel is remembered from its first sight to its Hangup; its Uniqueid a while longer, so that a
  late event does not bring it back to life;
- a call is remembered until its last channel is gone; its aliases live as long as the call;
- what was known when events ceased to come (`before_gap`) is kept apart until the gap is over;
- every event for the rest of the house leaves through `say`.
"""

from __future__ import annotations

from collections import Counter, OrderedDict
from dataclasses import dataclass, field
from datetime import datetime

from pbx_adapters.asterisk.tracking.parties import Kind, Parties, same_number
from pbx_adapters.asterisk.tracking.reading import Snapshot
from router.calls import Direction, MissedReason
from router.events import AnyCallEvent

GONE_KEPT = 20_000
"""Uniqueids of channels that are gone, kept against late events (about an hour of a busy PBX)."""


@dataclass(slots=True, eq=False)
class LegBook:
    """A leg of a call as tracking sees it. `told` is what the house has heard of it so far."""

    uid: str
    target: str
    dial_status: str = ""
    dial_ended_at: datetime | None = None
    rang: bool = False
    picked_up: bool = False
    talked: bool = False
    ended: bool = False
    cancelled: bool = False
    told: list[AnyCallEvent] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class CallBook:
    """A call. `anchors` are the living channels of the party that names it, `root` who dialled."""

    id: str
    direction: Direction
    linked: str
    caller: str
    line: str
    began_at: datetime
    anchors: set[str]
    root: str | None = None
    legs: dict[str, LegBook] = field(default_factory=dict)
    talking: tuple[str, ...] = ()
    talked: bool = False
    ended: bool = False
    recovered: bool = False
    originated: bool = False
    outside: bool = False
    aliases: set[str] = field(default_factory=set)
    channels: set[str] = field(default_factory=set)
    pbx_up_at: datetime | None = None
    leg_ended_at: datetime | None = None
    queue: str = ""
    caller_gone: bool = False
    missed: MissedReason | None = None
    optimising: set[str] = field(default_factory=set)
    held_by: set[str] = field(default_factory=set)


@dataclass(slots=True, eq=False)
class Channel:
    """A channel of the PBX.

    `dialer` is whose dialplan dialled it, `dialled` the number asked for; `inner` who was dialled
    through this half of a Local channel that nobody dialled. `was_in`, `left_at`, `left_others` are
    its last bridge, when it left, and whether somebody stayed there.
    """

    uid: str
    name: str
    kind: Kind
    label: str
    linked: str
    state: int
    number: str
    caller_name: str
    connected: str
    exten: str
    seen_at: datetime
    touched_at: datetime
    recovered: bool = False
    dialer: str | None = None
    dialled: str = ""
    dial_at: datetime | None = None
    rang_at: datetime | None = None
    picked_up_at: datetime | None = None
    call: CallBook | None = None
    inner: list[str] = field(default_factory=list)
    bridge: str | None = None
    was_in: str | None = None
    left_at: datetime | None = None
    left_others: bool = False
    party_hung_up: bool = False

    @property
    def live_call(self) -> CallBook | None:
        """The call it belongs to, unless that has ended."""
        return self.call if self.call is not None and not self.call.ended else None


@dataclass(slots=True, eq=False)
class Desk:
    """All channels, bridges and calls of one PBX."""

    pbx: str
    parties: Parties
    channels: dict[str, Channel] = field(default_factory=dict)
    bridges: dict[str, set[str]] = field(default_factory=dict)
    halves: dict[str, dict[str, str]] = field(default_factory=dict)
    calls: dict[str, CallBook] = field(default_factory=dict)
    guests: dict[str, list[CallBook]] = field(default_factory=dict)
    gone: OrderedDict[str, None] = field(default_factory=OrderedDict)
    said: list[AnyCallEvent] = field(default_factory=list)
    ignored: Counter[str] = field(default_factory=Counter)
    ignored_last: str = ""
    tells_hangup_requests: bool = False
    adopting: bool = False
    before_gap: frozenset[str] | None = None

    def say(self, event: AnyCallEvent) -> None:
        """Hands an event out."""
        self.said.append(event)

    def tell(self, leg: LegBook, event: AnyCallEvent) -> None:
        """Hands out an event of a leg."""
        leg.told.append(event)
        self.say(event)

    def ignore(self, because: str) -> None:
        """Counts an event that changes nothing."""
        sentence = f"ignored, because {because}"
        self.ignored[sentence] += 1
        self.ignored_last = sentence

    def see(self, shot: Snapshot | None, at: datetime, *, begins: bool = False) -> Channel | None:
        """The channel of a snapshot, brought up to date; None if it is gone or was not shown.

        `begins` says that the event announces it; else a channel that is up or rings, and that
        nobody knows, was there before we watched.
        """
        if shot is None:
            return None
        channel = self.channels.get(shot.uid)
        if channel is not None:
            self._update(channel, shot, at)
            return channel
        if shot.uid in self.gone:
            self.ignore("the channel has hung up already")
            return None
        kind = self.parties.kind(shot.name)
        channel = Channel(
            uid=shot.uid,
            name=shot.name,
            kind=kind,
            label=self.parties.extension(shot.name) if kind is Kind.PHONE else "",
            linked=shot.linked,
            state=shot.state,
            number=shot.number,
            caller_name=shot.caller_name,
            connected=shot.connected,
            exten=shot.exten,
            seen_at=at,
            touched_at=at,
            recovered=not begins and shot.state != 0,
        )
        self.channels[shot.uid] = channel
        self._pair(channel)
        return channel

    def _update(self, channel: Channel, shot: Snapshot, at: datetime) -> None:
        channel.touched_at = at
        channel.state = shot.state if shot.state >= 0 else channel.state
        channel.linked = shot.linked
        channel.number = shot.number or channel.number
        channel.caller_name = shot.caller_name or channel.caller_name
        channel.connected = shot.connected or channel.connected
        channel.exten = shot.exten or channel.exten
        if shot.name and shot.name != channel.name:
            self.rename(channel, shot.name)

    def rename(self, channel: Channel, name: str) -> None:
        """A masquerade gave the channel another name; halves of Local channels change places."""
        if channel.kind is not self.parties.kind(name) and Kind.LOCAL not in {
            channel.kind,
            self.parties.kind(name),
        }:
            return
        self._unpair(channel)
        channel.name = name
        if Kind.LOCAL in {channel.kind, self.parties.kind(name)}:
            channel.kind = self.parties.kind(name)
        if channel.kind is Kind.PHONE:
            channel.label = self.parties.extension(name)
        self._pair(channel)

    def _pair(self, channel: Channel) -> None:
        if channel.kind is Kind.LOCAL and ";" in channel.name:
            base, _, half = channel.name.rpartition(";")
            self.halves.setdefault(base, {})[half] = channel.uid

    def _unpair(self, channel: Channel) -> None:
        base, _, half = channel.name.rpartition(";")
        pair = self.halves.get(base)
        if pair is not None and pair.get(half) == channel.uid:
            del pair[half]
            if not pair:
                del self.halves[base]

    def other_half(self, channel: Channel) -> Channel | None:
        """The other half of a Local channel, as long as both are there."""
        if channel.kind is not Kind.LOCAL:
            return None
        base, _, half = channel.name.rpartition(";")
        uid = self.halves.get(base, {}).get("2" if half == "1" else "1")
        return self.channels.get(uid) if uid else None

    def label(self, channel: Channel) -> str:
        """Whom a person would say is there: an extension, or a number outside."""
        call = channel.call
        if channel.label:
            return channel.label
        own = channel.dialled or channel.number
        client = call is not None and call.direction is Direction.OUTBOUND
        if call is not None and client and channel.uid in call.anchors:
            return (call.line or own) if same_number(channel.dialled, call.line) else own
        return own

    def call_linked(self, linked: str) -> CallBook | None:
        """The living call that a Linkedid belongs to."""
        call = self.calls.get(linked)
        if call is None:
            owner = self.channels.get(linked)
            call = owner.call if owner else None
        return call if call is not None and not call.ended else None

    def enter(self, channel: Channel, bridge: str) -> None:
        """Puts a channel into a bridge and out of any other."""
        self.leave(channel)
        channel.bridge = bridge
        self.bridges.setdefault(bridge, set()).add(channel.uid)

    def leave(self, channel: Channel) -> None:
        """Takes a channel out of its bridge."""
        members = self.bridges.get(channel.bridge or "")
        if members is not None and channel.bridge is not None:
            members.discard(channel.uid)
            if not members:
                del self.bridges[channel.bridge]
        channel.bridge = None

    def belong(self, channel: Channel, call: CallBook) -> None:
        """Makes the channel one of the call's."""
        if channel.call is not None and channel.call is not call:
            channel.call.channels.discard(channel.uid)
        channel.call = call
        call.channels.add(channel.uid)

    def forget(self, channel: Channel) -> None:
        """A channel is gone; with the last one of an ended call the call is forgotten as well."""
        self.leave(channel)
        self._unpair(channel)
        self.channels.pop(channel.uid, None)
        self.guests.pop(channel.uid, None)
        self.gone[channel.uid] = None
        if len(self.gone) > GONE_KEPT:
            self.gone.popitem(last=False)
        call = channel.call
        if call is not None:
            call.channels.discard(channel.uid)
            self.close_book(call)

    def close_book(self, call: CallBook) -> None:
        """Forgets a call that has ended and has no channel left."""
        if call.ended and not call.channels:
            for name in (call.id, *call.aliases):
                self.calls.pop(name, None)
