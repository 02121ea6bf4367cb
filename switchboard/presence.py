"""Who can answer now, as far as it is known.

Statuses come from people and survive a restart; phones' states come from the PBXs and are forgotten
when a PBX is no longer watched: unknown means "ring it".
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from heapq import heappop, heappush
from typing import NamedTuple

from router.facts import PhoneState, Presence
from router.office import Office, Status
from router.plan import Decision, StepKind, TargetKind


class _Known(NamedTuple):
    """What is known of the managers of an office, and the same of those who are promised."""

    office: Office
    standing: dict[str, Presence]
    promised: dict[str, Presence]


class PresenceBook:
    """Statuses, phones, last talks and promises, in memory."""

    def __init__(self) -> None:
        self._statuses: dict[str, Status] = {}
        self._phones: dict[str, dict[str, PhoneState]] = {}
        self._idle_since: dict[str, datetime] = {}
        self._promises = _Promises()
        self._last: _Known | None = None

    @property
    def statuses(self) -> Mapping[str, Status]:
        """Every status that somebody set."""
        return self._statuses

    def replace_statuses(self, statuses: Mapping[str, Status]) -> dict[str, Status]:
        """Take over what the database says; returns what changed, by manager."""
        gone = dict.fromkeys(self._statuses.keys() - statuses.keys(), Status.AVAILABLE)
        old = self._statuses
        new = {key: s for key, s in statuses.items() if old.get(key, Status.AVAILABLE) != s}
        gone = {key: s for key, s in gone.items() if old[key] is not s}
        self._statuses = dict(statuses)
        self._last = None
        return gone | new

    def phones_changed(self, pbx: str, states: Mapping[str, PhoneState]) -> None:
        """Take note of phones' states, by extension."""
        self._phones.setdefault(pbx, {}).update(states)
        self._last = None

    def forget_phones(self, pbx: str) -> None:
        """Nobody watches this PBX: every phone there is unknown."""
        self._phones.pop(pbx, None)
        self._last = None

    def talked(self, office: Office, pbx: str, extension: str, until: datetime) -> None:
        """Somebody's talk is over; he is idle from now on."""
        for manager in office.managers.values():
            if manager.extension == extension and manager.pbx == pbx:
                self._idle_since[manager.key] = until
                self._last = None

    def promise(self, call_id: str, decision: Decision, at: datetime) -> None:
        """Remember whom a living plan will ring first in each of its steps."""
        steps = decision.plan.steps
        first = (s.targets[0] for s in steps if s.kind is StepKind.ONE)
        phones = frozenset(t.manager for t in first if t.kind is TargetKind.PHONE)
        until = at + timedelta(seconds=decision.plan.patience_seconds)
        self._promises.make(call_id, phones, until)

    def release(self, call_id: str) -> None:
        """A plan is over: its promises are void."""
        self._promises.release(call_id)

    def forget_promises(self, now: datetime) -> None:
        """Promises whose time is over are void."""
        self._promises.forget(now)

    def standing(self, office: Office) -> Mapping[str, Presence]:
        """What is known of every manager of an office, but for promises.

        It is the same mapping until some of it changes.
        """
        return self._known(office).standing

    def of(self, office: Office, now: datetime | None = None) -> dict[str, Presence]:
        """What is known of every manager of an office; `now` leaves out promises that are over."""
        known = self._known(office)
        found = dict(known.standing)
        for key in self._promises.living(now):
            if key in found:
                found[key] = known.promised[key]
        return found

    def _known(self, office: Office) -> _Known:
        if self._last is None or self._last.office is not office:
            standing = {
                key: Presence(
                    status=self._statuses.get(key, Status.AVAILABLE),
                    phone=self._phones.get(m.pbx, {}).get(m.extension, PhoneState.UNKNOWN),
                    idle_since=self._idle_since.get(key),
                )
                for key, m in office.managers.items()
            }
            promised = {key: replace(one, promised=True) for key, one in standing.items()}
            self._last = _Known(office, standing, promised)
        return self._last


class _Promises:
    """Whom living plans will ring first, each until the caller's patience ends.

    No promise outlives it: of a call that nobody watches no end is told.
    """

    def __init__(self) -> None:
        self._made: dict[str, tuple[datetime, frozenset[str]]] = {}
        self._ends: list[tuple[datetime, str]] = []  # a heap; of released calls too
        self._count: Counter[str] = Counter()

    def make(self, call_id: str, managers: frozenset[str], until: datetime) -> None:
        """A call's plan, in the place of an earlier one of the same call."""
        self.release(call_id)
        if managers:
            self._made[call_id] = (until, managers)
            self._count.update(managers)
            heappush(self._ends, (until, call_id))

    def release(self, call_id: str) -> None:
        """A plan is over."""
        made = self._made.pop(call_id, None)
        for manager in made[1] if made else ():
            self._count[manager] -= 1
            if not self._count[manager]:
                del self._count[manager]

    def forget(self, now: datetime) -> None:
        """Those whose time is over."""
        while self._ends and self._ends[0][0] <= now:
            until, call_id = heappop(self._ends)
            made = self._made.get(call_id)
            if made and made[0] == until:
                self.release(call_id)

    def living(self, now: datetime | None) -> Collection[str]:
        """The managers who are promised to somebody at an instant, which may be one to come."""
        if now is None or not self._ends or self._ends[0][0] > now:
            return self._count.keys()
        return frozenset[str]().union(*(who for until, who in self._made.values() if until > now))
