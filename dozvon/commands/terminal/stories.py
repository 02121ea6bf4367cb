"""A call as a person reads it: who called whom, how it ended, who was rung for how long.

Where it is not `timed` (a record without times), no instant and no length is told.
"""

from __future__ import annotations

from zoneinfo import ZoneInfo

from dozvon.commands.facts.moments import shown, shown_seconds
from dozvon.commands.facts.people import People
from dozvon.commands.terminal.output import Colour, clean
from dozvon.commands.terminal.texts import say, word
from router.calls import Call, Direction, Disposition, Leg, MissedReason, Transfer


def title(language: str, call: Call, people: People, zone: ZoneInfo, *, timed: bool = True) -> str:
    """When, and who called whom."""
    inbound = call.direction is Direction.INBOUND
    caller = people.number(call.caller) if inbound else people.who(call.caller, call.pbx)
    if call.caller_name and clean(call.caller_name) != call.caller:
        caller = f"{caller} “{call.caller_name}”" if caller else call.caller_name
    line = people.line_name(call.line) if inbound else people.who(call.line, call.pbx)
    return say(
        language,
        f"title-{call.direction}",
        at=shown(call.began_at, zone, language) if timed else say(language, "time-unknown"),
        caller=caller or say(language, "nobody-known"),
        line=line or say(language, "nobody-known"),
    )


def ending(language: str, call: Call, people: People, *, timed: bool = True) -> str:
    """How it ended, in a sentence."""
    if call.disposition is None:
        return say(language, "ended-not")
    if call.disposition is Disposition.ANSWERED:
        who = people.who(call.answered_by, call.pbx)
        about = {"who": who, "talk": shown_seconds(call.talk_seconds)}
        key = "ended-answered" if call.answered_by else "ended-talked"
        return say(language, key if timed else f"{key}-untimed", **about)
    return say(language, "ended", how=how_ended(language, call))


def how_ended(language: str, call: Call) -> str:
    """The disposition with its reason, in words."""
    how = word(language, "disposition", call.disposition)
    reason = call.reason
    if call.disposition is Disposition.MISSED and isinstance(reason, MissedReason):
        return f"{how}: {word(language, 'reason', reason)}"
    return how


def colour_of(call: Call) -> Colour | None:
    """What catches the eye."""
    if call.disposition is Disposition.MISSED:
        return Colour.BAD
    return Colour.GOOD if call.disposition is Disposition.ANSWERED else None


def leg_lines(language: str, call: Call, people: People, *, timed: bool = True) -> list[str]:
    """One line for each attempt to ring somebody, with the second at which it began."""
    return [_leg(language, call, leg, people, timed=timed) for leg in call.legs]


def transfer_lines(language: str, call: Call, people: People) -> list[str]:
    """One line for each time the client was handed on."""
    return [_transfer(language, call, transfer, people) for transfer in call.transfers]


def _leg(language: str, call: Call, leg: Leg, people: People, *, timed: bool) -> str:
    at = max(0, round((leg.began_at - call.began_at).total_seconds()))
    about = {
        "at": at,
        "who": people.who(leg.target, call.pbx) or say(language, "nobody-known"),
        "rang": round(leg.ring_seconds),
        "outcome": word(language, "outcome", leg.outcome),
        "talk": shown_seconds(leg.talk_seconds),
    }
    key = "leg-talked" if leg.talk_seconds else "leg"
    return say(language, key if timed else "leg-untimed", **about)


def _transfer(language: str, call: Call, transfer: Transfer, people: People) -> str:
    kind = word(language, "transfer", transfer.kind)
    key = "transferred" if transfer.completed else "transferred-in-vain"
    by, to = people.who(transfer.by, call.pbx), people.who(transfer.to, call.pbx)
    return say(language, key, kind=kind, by=by, to=to)
