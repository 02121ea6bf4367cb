"""The journal's word about a call, as a verdict, as a call and as what the log keeps."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime, timedelta

from pbx_adapters.port import JournalEntry, RecordedPart, TrailItem, Way
from router.calls import Call, CallState, Disposition, Leg, LegOutcome, MissedReason
from router.lifecycle import Verdict
from storage.records import TrailEntry
from storage.records import Way as StoredWay

_RESULTS = {
    "ANSWER": LegOutcome.ANSWERED,
    "NOANSWER": LegOutcome.NO_ANSWER,
    "BUSY": LegOutcome.BUSY,
    "CANCEL": LegOutcome.CANCELLED,
    "CHANUNAVAIL": LegOutcome.UNREACHABLE,
    "CONGESTION": LegOutcome.FAILED,
}


def verdict_of(entry: JournalEntry, call: Call | None, now: datetime) -> Verdict:
    """What the journal says of a call's end; a call that the PBX lost was missed or cut off."""
    ended_at = entry.ended_at or now
    if entry.restarted or entry.disposition is None:
        if call and call.answered_at:
            return Verdict(disposition=Disposition.ANSWERED, ended_at=ended_at)
        reason = MissedReason.PBX_RESTARTED
        return Verdict(disposition=Disposition.MISSED, reason=reason, ended_at=ended_at)
    answered = entry.disposition is Disposition.ANSWERED
    return Verdict(
        disposition=entry.disposition,
        reason=entry.reason,
        ended_at=ended_at,
        answered_by=_who_talked(entry.answered_by, call) if answered else None,
        answered_at=ended_at - timedelta(seconds=entry.talk_seconds) if answered else None,
        talk_seconds=entry.talk_seconds if answered else 0.0,
        connected=entry.talk_told,
    )


def call_from(entry: JournalEntry) -> Call:
    """A call that only the journal has seen; rings and talk are known by the second."""
    return Call(
        id=entry.call_id,
        pbx=entry.pbx,
        linked_id=entry.call_id,
        direction=entry.direction,
        caller=entry.caller,
        caller_name=entry.caller_name,
        line=entry.line,
        began_at=entry.began_at,
        state=CallState.OFFERED,
        talk_seconds=entry.talk_seconds,
        hangup_cause=entry.cause,
        legs=_legs(entry),
        recovered=True,
    )


def trail_entry(entry: JournalEntry) -> TrailEntry:
    """The entry as it is kept: raw, and as it was understood."""
    return TrailEntry(
        call_id=entry.call_id,
        pbx=entry.pbx,
        entry=entry.key,
        raw=entry.raw,
        at=entry.ended_at or entry.began_at,
        reported={
            "way": entry.way,
            "service": entry.service,
            "confirmed": entry.confirmed,
            "restarted": entry.restarted,
            "trail": [asdict(item) for item in entry.trail],
            "recordings": [_part(part) for part in entry.recordings],
            "trunk": entry.trunk,
        },
    )


def _part(part: RecordedPart) -> dict[str, str | None]:
    """A file of the call as plain values; instants in ISO 8601, by the PBX's clock."""
    return {
        "name": part.name,
        "kind": part.kind,
        "leg_id": part.leg_id,
        "began_at": part.began_at.isoformat() if part.began_at else None,
        "ended_at": part.ended_at.isoformat() if part.ended_at else None,
    }


def way_of(entry: JournalEntry) -> StoredWay:
    """Which way the dialplan went."""
    if entry.way is None:
        return StoredWay.NONE
    return StoredWay.PLAN if entry.way is Way.PLAN else StoredWay.FAIL_OPEN


def _who_talked(who: str, call: Call | None) -> str | None:
    """Who talked first: events decide legs and talk, so the journal names him only without them.

    Where a call was taken or handed on, the exchange remembers the partner of its last dial. What
    events saw from its middle only (after a gap) may be the name of a Local channel: not believed.
    """
    said = (call.answered_by if call else None) or ""
    seen = said.removeprefix("+").isdigit() and call and not (call.recovered or call.talk_partial)
    return said if seen else who.removeprefix("+") or said or None


def _legs(entry: JournalEntry) -> tuple[Leg, ...]:
    legs: list[Leg] = []
    at = entry.began_at
    for number, item in enumerate(entry.trail):
        seconds = item.seconds or 0
        if item.what == "rang":
            legs += [_leg(entry, item, who, f"{number}", at) for who in item.who]
        at += timedelta(seconds=seconds)
    return tuple(legs)


def _leg(entry: JournalEntry, item: TrailItem, who: str, number: str, at: datetime) -> Leg:
    target = who.partition("/")[2].removeprefix("+") or who
    answered = item.result == "ANSWER"
    by = entry.answered_by.removeprefix("+")
    outcome = _RESULTS.get(item.result, LegOutcome.FAILED)
    if answered and target != by:
        outcome = LegOutcome.ELSEWHERE
    seconds = item.seconds or 0
    talked = entry.talk_seconds if outcome is LegOutcome.ANSWERED else 0.0
    ring = max(0.0, seconds - talked)
    return Leg(
        id=f"{entry.call_id}/{number}/{target}",
        target=target,
        began_at=at,
        rang_at=at,
        answered_at=at + timedelta(seconds=ring) if outcome is LegOutcome.ANSWERED else None,
        ended_at=at + timedelta(seconds=seconds),
        outcome=outcome,
        ring_seconds=ring,
        talk_seconds=talked,
    )
