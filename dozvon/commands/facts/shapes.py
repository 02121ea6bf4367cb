"""The JSON shapes of calls, callbacks and decisions: stable names, documented in docs/commands.md.

A shape only grows: names are added, never renamed or given another meaning.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from dozvon.commands.terminal.output import instant
from router.callbacks import Attempt, CallbackItem
from router.callbacks_report import DayReport
from router.calls import Leg, Transfer
from router.explain import sentence
from router.morning import Morning, Share
from router.plan import Decision, Step
from storage.gaps import Gap
from storage.records import CallStory, OpenCallback, StoredCall, TrailEntry

Json = dict[str, Any]


def call_json(stored: StoredCall) -> Json:
    """A recorded call without its legs."""
    call = stored.call
    return {
        "id": call.id,
        "pbx": call.pbx,
        "direction": call.direction,
        "caller": call.caller,
        "caller_name": call.caller_name,
        "number": stored.number_e164,
        "line": call.line,
        "department": stored.department,
        "began_at": instant(call.began_at),
        "answered_at": instant(call.answered_at),
        "ended_at": instant(call.ended_at),
        "disposition": call.disposition,
        "reason": call.reason,
        "answered_by": call.answered_by,
        "talk_seconds": call.talk_seconds,
        "client": stored.client,
        "client_name": stored.client_name,
        "application": stored.application,
        "owner": stored.owner,
        "way": stored.way,
        "disagreement": stored.disagreement,
        "recovered": call.recovered,
    }


def story_json(story: CallStory, language: str) -> Json:
    """One call whole."""
    made = story.made
    decision = decision_json(made.decision, language) if made else None
    if made and decision is not None:
        decision["made_at"] = instant(made.made_at)
    return call_json(story.stored) | {
        "legs": [_leg(leg) for leg in story.stored.call.legs],
        "transfers": [_transfer(transfer) for transfer in story.stored.call.transfers],
        "decision": decision,
        "trail": [item for entry in story.trail for item in _trail(entry)],
        "callback": story.callback_id,
    }


def decision_json(decision: Decision, language: str) -> Json:
    """A decision: who was recognised, whom it rings after how many seconds, and why."""
    plan = decision.plan
    return {
        "line": decision.line,
        "department": decision.department,
        "client": decision.client,
        "client_name": decision.client_name,
        "application": decision.application,
        "owner": decision.owner,
        "matches": list(decision.matches),
        "office_version": decision.office_version,
        "steps": [_step(step, at) for at, step in plan.steps_in_time()],
        "ending": plan.ending,
        "patience_seconds": plan.patience_seconds,
        "longest_seconds": plan.longest_seconds,
        "reasons": [
            {"why": reason.why, "about": dict(reason.about), "sentence": sentence(reason, language)}
            for reason in decision.reasons
        ],
    }


def callback_json(open_item: OpenCallback) -> Json:
    """An open item of the callback list."""
    return item_json(open_item.item) | {
        "caller": open_item.caller,
        "number": open_item.number_e164,
        "client": open_item.client,
        "client_name": open_item.client_name,
        "application": open_item.application,
        "owner": open_item.owner,
        "line": open_item.line,
        "department": open_item.department,
    }


def item_json(item: CallbackItem) -> Json:
    """An item by itself."""
    closing = item.closing
    return {
        "id": item.id,
        "first_missed_at": instant(item.first_missed_at),
        "last_missed_at": instant(item.last_missed_at),
        "missed": list(item.missed),
        "attempts": [_attempt(attempt) for attempt in item.attempts],
        "after_hours": item.after_hours,
        "taken_by": item.taken_by,
        "taken_at": instant(item.taken_at),
        "taken_until": instant(item.taken_until),
        "promised_at": instant(item.promised_at),
        "notes": [{"at": instant(n.at), "by": n.by, "text": n.text} for n in item.notes],
        "closed": {
            "how": closing.how,
            "at": instant(closing.at),
            "by": closing.by,
            "pbx": closing.pbx,
            "call": closing.call_id,
            "reason": closing.note,
        }
        if closing
        else None,
    }


def _attempt(attempt: Attempt) -> Json:
    return {
        "call": attempt.call_id,
        "at": instant(attempt.at),
        "by": attempt.by,
        "pbx": attempt.pbx,
        "talk_seconds": attempt.talk_seconds,
    }


def morning_json(made: Morning, shares: Sequence[Share], items: Mapping[str, OpenCallback]) -> Json:
    """The morning list."""
    return {
        "shares": [
            {"manager": s.manager, "callbacks": [callback_json(items[i.id]) for i in s.items]}
            for s in shares
        ],
        "unassigned": [callback_json(items[item.id]) for item in made.unassigned],
        "hidden": [
            {
                "department": h.department,
                "calls": h.calls,
                "first_at": instant(h.first_at),
                "last_at": instant(h.last_at),
            }
            for h in made.hidden
        ],
    }


def day_report_json(counted: DayReport) -> Json:
    """How the company called back on a day; people by extension and PBX, lengths seconds."""
    plain = asdict(counted)
    return plain | {"share_reached": counted.share_reached}


def gap_json(gap: Gap) -> Json:
    """A stretch in which a PBX was not watched."""
    return {
        "id": gap.id,
        "pbx": gap.pbx,
        "began_at": instant(gap.began_at),
        "ended_at": instant(gap.ended_at),
        "why": gap.why,
        "recovered_calls": gap.recovered_calls,
        "adopted_calls": gap.adopted_calls,
        "from_call_records": gap.from_call_records,
        "note": gap.note,
    }


def _step(step: Step, at: int) -> Json:
    return {
        "at_seconds": at,
        "kind": step.kind,
        "role": step.role,
        "ring_seconds": step.ring_seconds,
        "longest_seconds": step.longest_seconds,
        "targets": [
            {"kind": t.kind, "manager": t.manager, "number": t.number, "confirm": t.confirm}
            for t in step.targets
        ],
    }


def _leg(leg: Leg) -> Json:
    return {
        "target": leg.target,
        "outcome": leg.outcome,
        "began_at": instant(leg.began_at),
        "ring_seconds": leg.ring_seconds,
        "talk_seconds": leg.talk_seconds,
    }


def _transfer(transfer: Transfer) -> Json:
    return {
        "kind": transfer.kind,
        "by": transfer.by,
        "to": transfer.to,
        "at": instant(transfer.at),
        "completed": transfer.completed,
    }


def _trail(entry: TrailEntry) -> list[Json]:
    return [dict(item) for item in entry.reported.get("trail", ())]
