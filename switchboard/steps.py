"""Until when a phone rings by the plan: the step that is at work, and when it is over.

The PBX walks the plan without us and may skip steps and targets, so the step is found from what
really rang: legs that began together are a *wave*, and each wave belongs to the first step, not
before the wave's predecessor's, that has one of its targets. Nothing is guessed where that fails.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from router.calls import Call, Leg
from router.plan import Plan, Step, StepKind

TOGETHER = timedelta(seconds=1)
_DIGITS = 10


def rings_until(call: Call, leg: Leg, plan: Plan | None) -> datetime | None:
    """When the leg stops ringing by the plan, or None where no plan tells it."""
    step = step_of(call, leg, plan)
    if plan is None or step is None:
        return None
    seconds = step.each_seconds if step.kind is StepKind.WAIT else step.ring_seconds
    if step.kind is StepKind.WAIT and step.ring_seconds:
        seconds = min(seconds, step.ring_seconds)
    patience = call.began_at + timedelta(seconds=plan.patience_seconds)
    return min(leg.began_at + timedelta(seconds=seconds), patience)


def step_of(call: Call, leg: Leg, plan: Plan | None) -> Step | None:
    """The step of the plan that made this leg ring."""
    position = 0
    for wave in _waves(call):
        found = _next_step(plan, position, wave)
        if any(x.id == leg.id for x in wave):
            return plan.steps[found] if plan and found is not None else None
        if plan and found is not None:
            waits = plan.steps[found].kind is StepKind.WAIT
            position = found if waits else found + 1
    return None


def _next_step(plan: Plan | None, position: int, wave: list[Leg]) -> int | None:
    numbers = {_digits(leg.target) for leg in wave}
    steps = plan.steps if plan else ()
    for index in range(position, len(steps)):
        if any(_digits(target.number) in numbers for target in steps[index].targets):
            return index
    return None


def _waves(call: Call) -> list[list[Leg]]:
    waves: list[list[Leg]] = []
    for leg in sorted(call.legs, key=lambda x: x.began_at):
        if waves and leg.began_at - waves[-1][0].began_at < TOGETHER:
            waves[-1].append(leg)
        else:
            waves.append([leg])
    return waves


def _digits(target: str) -> str:
    return target.lstrip("+")[-_DIGITS:]
