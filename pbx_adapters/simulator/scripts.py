"""What phones, mobiles and callers do by themselves: plain values, read by every stage.

Rules: seconds of a phone count from its first ring, seconds of a talk from the answer, a caller's
from the moment he dials. Nobody here reacts to anything else, so a script gives the same call on
the simulator and on a real exchange.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Act(StrEnum):
    """What somebody does with a call that rings at him."""

    ANSWER = "answer"
    RING = "ring"
    DECLINE = "decline"
    BUSY = "busy"


@dataclass(frozen=True, slots=True, kw_only=True)
class PhoneScript:
    """What a desk phone does.

    `after_seconds` of ringing pass before it answers or declines. It hangs up after `talk_seconds`
    (None: never) or, if `transfer_to` names an extension, hands the talk on instead.
    `talks_until_seconds` says that it is in a talk of its own until then, counted from the
    beginning of the story.
    """

    act: Act = Act.RING
    after_seconds: float = 0.0
    talk_seconds: float | None = 2.0
    transfer_to: str = ""
    registered: bool = True
    talks_until_seconds: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class MobileScript:
    """What a mobile behind the trunk does.

    `press` is pressed `press_after_seconds` after the answer (empty: nothing is, as a voicemail
    does); `talk_seconds` count from the answer, the question included.
    """

    act: Act = Act.RING
    after_seconds: float = 0.0
    press: str = ""
    press_after_seconds: float = 1.0
    talk_seconds: float | None = 4.0


@dataclass(frozen=True, slots=True, kw_only=True)
class CallerScript:
    """Who calls, and for how long.

    `number` empty: he hides it. He dials `begins_after_seconds` after the story's beginning and
    hangs up `hang_up_after_seconds` after he dialled, answered or not (None: never by himself).
    """

    number: str
    line: str
    name: str = ""
    begins_after_seconds: float = 0.0
    hang_up_after_seconds: float | None = None


def answers(after_seconds: float = 1.0, *, talk_seconds: float | None = 2.0) -> PhoneScript:
    """A phone that is picked up after so many seconds, and hung up after such a talk."""
    return PhoneScript(act=Act.ANSWER, after_seconds=after_seconds, talk_seconds=talk_seconds)


def declines(after_seconds: float = 1.0) -> PhoneScript:
    """A phone that rings a while and then refuses the call."""
    return PhoneScript(act=Act.DECLINE, after_seconds=after_seconds)


LETS_RING = PhoneScript()
IS_BUSY = PhoneScript(act=Act.BUSY)
NOT_REGISTERED = PhoneScript(registered=False)


def mobile_confirms(after_seconds: float = 1.0, press_after_seconds: float = 1.0) -> MobileScript:
    """A person: answers the mobile and presses 1."""
    return MobileScript(
        act=Act.ANSWER,
        after_seconds=after_seconds,
        press="1",
        press_after_seconds=press_after_seconds,
    )


def mobile_voicemail(after_seconds: float = 1.0) -> MobileScript:
    """An operator's voicemail: answers and presses nothing."""
    return MobileScript(act=Act.ANSWER, after_seconds=after_seconds, talk_seconds=None)


MOBILE_RINGS = MobileScript()
MOBILE_BUSY = MobileScript(act=Act.BUSY)
