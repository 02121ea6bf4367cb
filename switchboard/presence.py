"""Who can answer now, as far as it is known.

Statuses come from people and survive a restart; phones' states come from the PBXs and are forgotten
when a PBX is no longer watched: unknown means "ring it".
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from router.facts import PhoneState, Presence
from router.office import Office, Status
from router.plan import Decision, StepKind, TargetKind


class PresenceBook:
    """Statuses, phones, last talks and promises, in memory."""

    def __init__(self) -> None:
        self._statuses: dict[str, Status] = {}
        self._phones: dict[str, dict[str, PhoneState]] = {}
        self._idle_since: dict[str, datetime] = {}
        self._promised: dict[str, tuple[datetime, frozenset[str]]] = {}

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
        return gone | new

    def phones_changed(self, pbx: str, states: Mapping[str, PhoneState]) -> None:
        """Take note of phones' states, by extension."""
        self._phones.setdefault(pbx, {}).update(states)

    def forget_phones(self, pbx: str) -> None:
        """Nobody watches this PBX: every phone there is unknown."""
        self._phones.pop(pbx, None)

    def talked(self, office: Office, pbx: str, extension: str, until: datetime) -> None:
        """Somebody's talk is over; he is idle from now on."""
        for manager in office.managers.values():
            if manager.extension == extension and manager.pbx == pbx:
                self._idle_since[manager.key] = until

    def promise(self, call_id: str, decision: Decision, at: datetime) -> None:
        """Remember whom a living plan will ring first in each of its steps.

        No promise outlives the caller's patience: of a call that nobody watches no end is told.
        """
        steps = decision.plan.steps
        first = (s.targets[0] for s in steps if s.kind is StepKind.ONE)
        phones = frozenset(t.manager for t in first if t.kind is TargetKind.PHONE)
        if phones:
            until = at + timedelta(seconds=decision.plan.patience_seconds)
            self._promised[call_id] = (until, phones)

    def release(self, call_id: str) -> None:
        """A plan is over: its promises are void."""
        self._promised.pop(call_id, None)

    def forget_promises(self, now: datetime) -> None:
        """Promises whose time is over are void."""
        self._promised = {k: p for k, p in self._promised.items() if p[0] > now}

    def of(self, office: Office, now: datetime | None = None) -> dict[str, Presence]:
        """What is known of every manager of an office; `now` leaves out promises that are over."""
        living = (who for until, who in self._promised.values() if not now or until > now)
        promised = frozenset[str]().union(*living)
        return {
            key: Presence(
                status=self._statuses.get(key, Status.AVAILABLE),
                phone=self._phones.get(m.pbx, {}).get(m.extension, PhoneState.UNKNOWN),
                idle_since=self._idle_since.get(key),
                promised=key in promised,
            )
            for key, m in office.managers.items()
        }
