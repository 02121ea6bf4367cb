"""From what a switch posts to what happened: domain events, and a journal entry at the end.

Rules:

1. Events come twice, late and in any order; the answer is then "ignored, because …", and nothing
   raises. What must have happened before (a call began before it rang) is concluded.
2. A named event (`event_id`) counts once. One person has one open attempt at a time, unless the
   switch names its attempts.
3. The switch's word decides how a call ended; where it says nothing, its own events do. A client
   who was not served is missed, by whatever word the switch says it.
4. A call of which nothing more is heard is ended by us, long after its patience.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta

from pbx_adapters.port import JournalEntry, TrailItem, Way
from pbx_adapters.webhook.changes import CHANGES
from pbx_adapters.webhook.known_calls import KnownCall, KnownCalls
from pbx_adapters.webhook.wire import EventIn, Kind
from router.calls import Direction, Disposition, MissedReason
from router.endings import placed_word, unanswered, why_missed
from router.events import (
    AnyCallEvent,
    CallBegan,
    CallDescribed,
    CallEnded,
)

MOST_EVENT_IDS = 10_000
OF_THESE_DAYS = timedelta(days=31)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingReady:
    """A switch says where a call's recording is."""

    pbx: str
    call_id: str
    address: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Fed:
    """What came of an event; `ignored` says why nothing did."""

    events: tuple[AnyCallEvent, ...] = ()
    entry: JournalEntry | None = None
    ignored: str = ""


class Calls:
    """Follows the calls of one switch."""

    def __init__(self, pbx: str) -> None:
        self.known = KnownCalls()
        self._pbx = pbx
        self._ids: OrderedDict[str, None] = OrderedDict()

    def id_of(self, call: str) -> str:
        """A call's id in this house: two switches may count alike."""
        return f"{self._pbx}-{call}"

    def asked(self, call: str, *, line: str, caller: str, name: str, at: datetime) -> Fed:
        """The switch asks about a call, so it has begun."""
        call_id = self.id_of(call)
        if call_id in self.known.ended:
            return Fed(ignored="the call has ended")
        if self.known.full and call_id not in self.known.live:
            return Fed(ignored="too many calls go on at the same time")
        told = EventIn(event=Kind.BEGAN, call=call, line=line, caller=caller, name=name)
        events = self._described(call_id, told, at)
        self.known.live[call_id].asked = True
        return Fed(events=tuple(events))

    def patience(self, call: str, seconds: float) -> None:
        """A plan was given that may take so long."""
        if known := self.known.live.get(self.id_of(call)):
            known.patience = timedelta(seconds=seconds)

    def feed(self, event: EventIn, now: datetime) -> Fed:
        """Take an event; `now` is its instant where it tells none."""
        at = event.happened_at(now)
        why_not = self._why_not(event, at, now)
        if why_not:
            return Fed(ignored=why_not)
        call_id = self.id_of(event.call)
        if call_id in self.known.ended:
            return self._ended_before(call_id, event, at)
        if event.event is Kind.ENDED:
            return self._ended(call_id, event, at)
        before = self._described(call_id, event, at)
        call = self.known.live[call_id]
        changed = CHANGES[event.event](self._pbx, call, event, at)
        if isinstance(changed, str) and not before:
            return Fed(ignored=changed)
        call.last_at = max(call.last_at, at)
        return Fed(events=(*before, *(changed if isinstance(changed, list) else ())))

    def came_before(self, event: EventIn) -> bool:
        """True of a named event that is safe already."""
        return event.event_id in self._ids

    def done(self, event: EventIn) -> None:
        """An event is safe: the same one again is ignored."""
        if event.event_id:
            self._ids[event.event_id] = None
            while len(self._ids) > MOST_EVENT_IDS:
                self._ids.popitem(last=False)

    def sweep(self, now: datetime) -> list[AnyCallEvent]:
        """End the calls of which nothing was heard for too long."""
        events: list[AnyCallEvent] = []
        for call in self.known.silent(now):
            self.known.end(call.id, call)
            about = {"pbx": self._pbx, "call_id": call.id, "at": now}
            events.append(CallEnded(**about, unsure=not call.legs))  # type: ignore[arg-type]
        return events

    def _why_not(self, event: EventIn, at: datetime, now: datetime) -> str:
        known = self.known
        call_id = self.id_of(event.call)
        unknown = call_id not in known.live and call_id not in known.ended
        checks = (
            (not event.call, "it does not say of which call it is"),
            (abs(at - now) > OF_THESE_DAYS, "its time is not of these days"),
            (
                unknown and not event.line and not event.caller,
                "nobody knows this call; say `line` and `caller` as well",
            ),
            (
                unknown and known.full and event.event is not Kind.ENDED,
                "too many calls go on at the same time",
            ),
        )
        return next((because for applies, because in checks if applies), "")

    def _described(self, call_id: str, event: EventIn, at: datetime) -> list[AnyCallEvent]:
        """The call begins with the first that is told of it; later it is described better."""
        call = self.known.live.get(call_id)
        if call is None:
            began_at = min(event.call_began_at or at, at)
            self.known.live[call_id] = KnownCall(
                id=call_id,
                direction=event.direction,
                line=event.line,
                caller=event.caller,
                name=event.name,
                began_at=began_at,
                last_at=at,
            )
            return [_began(self._pbx, self.known.live[call_id])]
        line, caller = event.line or call.line, event.caller or call.caller
        name = event.name or call.name
        if (line, caller, name) == (call.line, call.caller, call.name):
            return []
        call.line, call.caller, call.name = line, caller, name
        return [
            CallDescribed(
                pbx=self._pbx, call_id=call_id, at=at, line=line, caller=caller, caller_name=name
            )
        ]

    def _ended_before(self, call_id: str, event: EventIn, at: datetime) -> Fed:
        """Of an ended call nothing counts but the word of its end that was not heard yet."""
        kept = self.known.ended[call_id]
        if event.event is not Kind.ENDED or kept is None:
            return Fed(ignored="the call has ended")
        if isinstance(kept, KnownCall):
            if kept.direction is Direction.INTERNAL:
                return Fed(ignored="the call has ended")
            kept = _entry(self._pbx, kept, event, at)
            self.known.end(call_id, kept)
        return Fed(entry=kept)

    def _ended(self, call_id: str, event: EventIn, at: datetime) -> Fed:
        call = self.known.live.get(call_id)
        seen = call or KnownCall(
            id=call_id,
            direction=event.direction,
            line=event.line,
            caller=event.caller,
            name=event.name,
            began_at=min(event.call_began_at or at, at),
            last_at=at,
        )
        logged = seen.direction is not Direction.INTERNAL
        entry = _entry(self._pbx, seen, event, at) if logged else None
        self.known.end(call_id, entry)
        if call is None:
            return Fed(entry=entry)
        return Fed(events=(_call_ended(self._pbx, seen, event, at, entry),), entry=entry)


def _began(pbx: str, call: KnownCall) -> CallBegan:
    return CallBegan(
        pbx=pbx,
        call_id=call.id,
        at=call.began_at,
        linked_id=call.id,
        direction=call.direction,
        caller=call.caller,
        caller_name=call.name,
        line=call.line,
    )


def _call_ended(
    pbx: str, call: KnownCall, event: EventIn, at: datetime, entry: JournalEntry | None
) -> CallEnded:
    return CallEnded(
        pbx=pbx,
        call_id=call.id,
        at=at,
        cause=event.cause,
        reason=entry.reason if entry else event.reason,
        rejected=event.disposition is Disposition.REJECTED,
        unsure=not call.legs,
        word_follows=entry is not None,
    )


@dataclass(frozen=True, slots=True)
class _End:
    """How a call ended; `answered_by` is empty and `reason` None where they do not belong."""

    disposition: Disposition
    reason: MissedReason | None = None
    answered_by: str = ""


def _end_of_clients(call: KnownCall, event: EventIn) -> _End:
    answered_by = event.who or call.answered_by
    usual = Disposition.ANSWERED if answered_by else Disposition.MISSED
    word = event.disposition or usual
    if missed := why_missed(word, rang=bool(call.legs)):
        return _End(Disposition.MISSED, reason=event.reason or missed)
    return _End(word, answered_by=answered_by if word is Disposition.ANSWERED else "")


def _end_of_placed(call: KnownCall, event: EventIn) -> _End:
    """Of a call placed whoever dialled talked, whatever `who` says."""
    caller = call.caller or event.caller
    last = call.legs[-1] if call.legs else None
    talked = call.answered_at is not None or event.talk_seconds
    unserved = unanswered(last.outcome, own=last.who == caller) if last else unanswered(None)
    word = placed_word(event.disposition or (Disposition.ANSWERED if talked else unserved))
    return _End(word, answered_by=caller if word is Disposition.ANSWERED else "")


def _entry(pbx: str, call: KnownCall, event: EventIn, at: datetime) -> JournalEntry:
    placed = call.direction is Direction.OUTBOUND
    end = (_end_of_placed if placed else _end_of_clients)(call, event)
    talked = (at - call.answered_at).total_seconds() if call.answered_at else 0.0
    talk_seconds = event.talk_seconds if event.talk_seconds is not None else max(0.0, talked)
    usual_way = Way.PLAN if call.asked else Way.FAIL_OPEN
    way = Way(event.way) if event.way else usual_way
    return JournalEntry(
        pbx=pbx,
        key=f"webhook/{call.id}",
        call_id=call.id,
        line=call.line or event.line,
        caller=call.caller or event.caller,
        caller_name=call.name or event.name,
        began_at=call.began_at,
        direction=call.direction,
        ended_at=max(at, call.began_at),
        way=None if placed else way,
        service="HTTP",
        disposition=end.disposition,
        reason=end.reason,
        answered_by=end.answered_by,
        confirmed=event.confirmed,
        talk_seconds=talk_seconds if end.disposition is Disposition.ANSWERED else 0.0,
        cause=event.cause,
        decision_call_id=call.id if call.asked else "",
        trail=tuple(TrailItem(**item.model_dump()) for item in event.trail),
        raw=event.model_dump_json(exclude_defaults=True),
    )
