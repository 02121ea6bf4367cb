"""How an attempt to ring ended: read from the phone channel's hang-up cause, then from the dial.

Asterisk's DialEnd says NOANSWER also of a phone that declined, and CANCEL of every phone of a queue
round that ran out; the truth is in the cause of the phone's own Hangup, where it has one (Q.850):
21 declined, 17 busy, 19 no answer, 26 answered elsewhere. 0, 16 and 127 say nothing, and the dial's
word counts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from router.calls import LegOutcome

_SAYS_NOTHING = frozenset({0, 16, 31, 127})
_BY_CAUSE: Mapping[int, LegOutcome] = MappingProxyType(
    {
        17: LegOutcome.BUSY,
        18: LegOutcome.NO_ANSWER,
        19: LegOutcome.NO_ANSWER,
        21: LegOutcome.DECLINED,
        26: LegOutcome.ELSEWHERE,
    }
    | dict.fromkeys((1, 2, 3, 20, 22, 27, 28), LegOutcome.UNREACHABLE)
)
_BY_STATUS: Mapping[str, LegOutcome] = MappingProxyType(
    {
        "BUSY": LegOutcome.BUSY,
        "NOANSWER": LegOutcome.NO_ANSWER,
        "CONGESTION": LegOutcome.FAILED,
        "CHANUNAVAIL": LegOutcome.UNREACHABLE,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """What is known of an attempt at its end.

    `elsewhere`: another leg of the call was answered; `caller_gone`: the caller hung up (or nobody
    but he could have stopped the ringing); `waits_for_yes`: picked up, but not put through.
    """

    cause: int | None
    dial_status: str
    talked: bool = False
    picked_up: bool = False
    waits_for_yes: bool = False
    elsewhere: bool = False
    caller_gone: bool = False


def outcome_of(attempt: Attempt) -> LegOutcome:
    """The one word for how it ended."""
    if attempt.talked or (attempt.picked_up and not attempt.waits_for_yes):
        return LegOutcome.ANSWERED
    if attempt.picked_up:
        return LegOutcome.CANCELLED if attempt.caller_gone else LegOutcome.NOT_CONFIRMED
    if attempt.cause is not None and attempt.cause not in _SAYS_NOTHING:
        return _BY_CAUSE.get(attempt.cause, LegOutcome.FAILED)
    if attempt.dial_status in _BY_STATUS:
        return _BY_STATUS[attempt.dial_status]
    if attempt.elsewhere:
        return LegOutcome.ELSEWHERE
    return LegOutcome.CANCELLED if attempt.caller_gone else LegOutcome.NO_ANSWER
