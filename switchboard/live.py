"""The calls of this moment, moved by events in the order in which they happened.

Applying an event is pure and immediate, so a call's order is the order of its events and no call
can hold up another; only ends are worked on later (see `endings`). ADR 0003.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from router.calls import Call, CallState
from router.events import AnyCallEvent, CallsJoined
from router.facts import Offer
from router.lifecycle import advance
from router.plan import Decision

LONGEST_MEMORY = timedelta(hours=12)
"""A decision whose call was never seen to begin or end is forgotten after this."""

MOST_DECISIONS = 10_000
"""So many decisions are kept at most: without a link to the exchange no end of a call is told."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A decision with the offer that it answers."""

    offer: Offer
    decision: Decision
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """A call after an event; `ended` says that this very event ended it."""

    call: Call
    ended: bool


class LiveCalls:
    """Every call that has begun and is not recorded yet, with the decisions made for them."""

    def __init__(self) -> None:
        self.ignored = 0
        self._calls: dict[str, Call] = {}
        self._aliases: dict[str, str] = {}
        self._made: dict[str, Made] = {}

    def __len__(self) -> int:
        return len(self._calls)

    def all(self) -> tuple[Call, ...]:
        """Every call that is not recorded yet."""
        return tuple(self._calls.values())

    def get(self, call_id: str) -> Call | None:
        """One call by its id, or by that of a call it absorbed."""
        return self._calls.get(self._aliases.get(call_id, call_id))

    def decided(self, made: Made) -> None:
        """Keep a decision until its call is recorded."""
        self._made[made.offer.call_id] = made
        if len(self._made) > MOST_DECISIONS:
            del self._made[next(iter(self._made))]

    def decision_of(self, call_id: str) -> Made | None:
        """The decision made for a call, if we made one."""
        return self._made.get(call_id)

    def apply(self, event: AnyCallEvent) -> Moved | None:
        """Move a call by an event; None when the event changed nothing."""
        call_id = self._aliases.get(event.call_id, event.call_id)
        before = self._calls.get(call_id)
        advanced = advance(before, event)
        if advanced.ignored or advanced.call is None:
            self.ignored += 1
            why = advanced.ignored or "no such call"
            log.debug("event changed nothing", call=call_id, kind=type(event).__name__, why=why)
            return None
        call = advanced.call
        self._calls[call.id] = call
        if isinstance(event, CallsJoined):
            self._absorb(call.id, event.absorbed_id)
        ended = call.state is CallState.ENDED
        return Moved(call=call, ended=ended and (not before or before.state is not CallState.ENDED))

    def forget(self, call_id: str) -> None:
        """A call is recorded: nothing of it is kept here."""
        call = self._calls.pop(call_id, None)
        self._made.pop(call_id, None)
        for alias in call.aliases if call else ():
            self._aliases.pop(alias, None)

    def forget_old(self, now: datetime) -> None:
        """Forget decisions whose calls never came."""
        old = [k for k, made in self._made.items() if now - made.at > LONGEST_MEMORY]
        for call_id in old:
            if call_id not in self._calls:
                del self._made[call_id]

    def _absorb(self, call_id: str, absorbed_id: str) -> None:
        """The older call adopts the younger; its alias is kept for late events."""
        self._calls.pop(absorbed_id, None)
        made = self._made.pop(absorbed_id, None)
        if made and call_id not in self._made:  # a call that we placed: now the client has it
            self._made[call_id] = made
        self._aliases[absorbed_id] = call_id
