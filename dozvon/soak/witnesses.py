"""What callers and phones remember of each call, put together without asking the service.

A phone's record belongs to the caller whose number its display showed (the soak's numbers name one
call each); hidden callers show none, and are told apart by the line's desk and the time.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from dozvon.lab import OutsideCall, PhoneCall, Side
from dozvon.soak import office as texts
from dozvon.soak.callers import Placed
from dozvon.soak.floor import Floor

SAME_INSTANT = timedelta(seconds=0.5)
"""Whoever answers and whoever leaves within this time may both believe that they were first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Witness:
    """One call as everybody outside the service saw it.

    `talk` is the record of the phone on which somebody talked with the caller; `disputed`: somebody
    answered in the instant in which the caller left, so either end is true.
    """

    placed: Placed
    rings: Sequence[PhoneCall]
    talk: PhoneCall | None
    disputed: bool

    @property
    def first_ring_seconds(self) -> float | None:
        """After how long anything rang for him."""
        rang = [ring.rang_at for ring in self.rings if ring.rang_at]
        return (min(rang) - self.placed.call.started_at).total_seconds() if rang else None

    @property
    def stayed_seconds(self) -> float:
        """How long the caller was there without being answered."""
        call = self.placed.call
        until = call.answered_at or call.ended_at or call.started_at
        return (until - call.started_at).total_seconds()

    @property
    def told(self) -> str:
        """The call in a line, for whoever must look for what went wrong."""
        call, talk = self.placed.call, self.talk
        rings = ", ".join(
            f"{r.called} {_clock(r.rang_at)}-{_clock(r.ended_at)}" for r in self.rings
        )
        return (
            f"{self.placed.caller or 'hidden'} at {self.placed.line} ({self.placed.story}): "
            f"began {_clock(call.started_at)}, answered {_clock(call.answered_at)}, "
            f"ended {_clock(call.ended_at)} by {call.ended_by} with {call.status}; "
            f"talked with {talk.called if talk else 'nobody'}; rang {rings or 'nowhere'}"
        )


def hear(floor: Floor, placed: Iterable[Placed]) -> list[Witness]:
    """Ask everybody about every call."""
    by_number: dict[str, list[PhoneCall]] = {}
    for phone in floor.phones:
        for record in phone.calls:
            by_number.setdefault(record.caller_number, []).append(record)
    for record in floor.carrier.received:
        by_number.setdefault(record.caller_number, []).append(record)
    return [witness_of(one, _rings(one, by_number)) for one in placed]


def _rings(placed: Placed, by_number: Mapping[str, list[PhoneCall]]) -> list[PhoneCall]:
    if placed.caller:
        return by_number.get(placed.caller, [])
    desk = int(placed.line.removeprefix("74951230"))
    there = {*texts.extensions(desk), texts.mobile(desk)}
    call = placed.call
    known = tuple(number for number in by_number if not number.isdigit())
    return [
        ring
        for number in known
        for ring in by_number[number]
        if ring.called in there and _within(ring, call.started_at, call.ended_at)
    ]


def _within(ring: PhoneCall, began: datetime, ended: datetime | None) -> bool:
    at = ring.session.began_at
    return began <= at and (ended is None or at <= ended + SAME_INSTANT)


def witness_of(placed: Placed, rings: Sequence[PhoneCall]) -> Witness:
    """The call, from the caller's record and those of the phones that rang for him."""
    call = placed.call
    shared = {ring: _together(ring, call) for ring in rings}
    talk = max(shared, key=lambda ring: shared[ring], default=None)
    if talk is None or shared[talk] <= timedelta(0):
        talk = None
    brief = talk is not None and shared[talk] < SAME_INSTANT / 2
    crossed = call.answered_at is None and any(_crossed(ring, placed) for ring in rings)
    return Witness(placed=placed, rings=rings, talk=talk, disputed=brief or crossed)


def _together(ring: PhoneCall, call: OutsideCall) -> timedelta:
    """How long a phone and the caller were both in the talk.

    A mobile that is asked whether a person is there is not: the caller is answered after it only.
    """
    if not (ring.answered_at and ring.confirmed_at and call.answered_at):
        return timedelta(0)
    now = datetime.now(UTC)
    until = min(ring.ended_at or now, call.ended_at or now)
    return until - max(ring.answered_at, call.answered_at)


def _crossed(ring: PhoneCall, placed: Placed) -> bool:
    """Whether this phone answered (or its owner confirmed) in the instant the caller left."""
    left = placed.call.ended_at
    if not (ring.answered_at and left):
        return False
    if placed.story == "mobile confirmed" and (ring.ended_at is None or ring.ended_at >= left):
        return True
    return abs(ring.answered_at - left) < SAME_INSTANT and not ring.called.startswith("7")


def was_cut(witness: Witness) -> bool:
    """Whether a talk ended though neither side hung up."""
    talk, call = witness.talk, witness.placed.call
    return talk is not None and talk.ended_by is Side.PBX and call.ended_by is Side.PBX


def _clock(at: datetime | None) -> str:
    return at.strftime("%H:%M:%S.%f")[:-3] if at else "-"
