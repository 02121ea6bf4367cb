"""What happens to one leg, apart from its call: it rings, is picked up, talks, ends.

Every function gives a new leg. Seconds never run backwards: events of different channels may come
with instants a little out of order, and a stretch is then nought, not negative. A leg that talked
stays answered, whatever its end is called; an outcome once told is final.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from router.calls import Leg, LegOutcome


def rings(leg: Leg) -> bool:
    """True while nobody picked up and nothing ended the attempt."""
    return leg.ended_at is None and leg.picked_up_at is None


def seconds(since: datetime, until: datetime) -> float:
    """The time between two instants, never negative, to the millisecond."""
    return max(0.0, round((until - since).total_seconds(), 3))


def picked_up(leg: Leg, at: datetime) -> Leg:
    """The leg off the hook: it does not ring any more."""
    if leg.picked_up_at:
        return leg
    return replace(leg, picked_up_at=at, ring_seconds=seconds(leg.rang_at or leg.began_at, at))


def talking(leg: Leg, at: datetime) -> Leg:
    """The leg in talk with the outside party, for the first time or again."""
    leg = picked_up(leg, at)
    return replace(
        leg,
        answered_at=leg.answered_at or at,
        outcome=LegOutcome.ANSWERED,
        talking_since=at,
    )


def never_heard(leg: Leg, at: datetime) -> Leg:
    """The leg in whose place somebody else is now.

    No exchange lets anybody pick up a talk: a leg that is told to talk and then to be taken was
    answered and picked up in the same instant, and never heard the client.
    """
    unheard = replace(leg, answered_at=None, talking_since=None, talk_seconds=0.0)
    return closed(unheard, LegOutcome.ELSEWHERE, at)


def silent(leg: Leg, at: datetime) -> Leg:
    """The leg out of the talk; the stretch is added to its seconds."""
    if leg.talking_since is None:
        return leg
    stretch = seconds(leg.talking_since, at)
    return replace(leg, talking_since=None, talk_seconds=round(leg.talk_seconds + stretch, 3))


def closed(leg: Leg, outcome: LegOutcome, at: datetime) -> Leg:
    """The leg at its end."""
    leg = silent(leg, at)
    if rings(leg):
        leg = replace(leg, ring_seconds=seconds(leg.rang_at or leg.began_at, at))
    if outcome is LegOutcome.RINGING:
        outcome = LegOutcome.FAILED
    return replace(leg, ended_at=at, outcome=LegOutcome.ANSWERED if leg.answered_at else outcome)
