"""A decision as a person reads it: the chain with its seconds, then the reasons in sentences."""

from __future__ import annotations

from dozvon.commands.facts.people import People
from dozvon.commands.terminal.output import Colour, clean, print_line, print_table
from dozvon.commands.terminal.texts import say, word
from dozvon.context import Context
from router.explain import story
from router.plan import Decision, Step, StepKind, Target, TargetKind


def print_plan(context: Context, decision: Decision, people: People) -> None:
    """Prints when whom is rung, and what happens when nobody answers."""
    language, plan = context.language, decision.plan
    if plan.steps:
        names = ("head-second", "head-step", "head-rings", "head-rings-for")
        patience = plan.patience_seconds
        rows = [_row(language, at, step, people, patience) for at, step in plan.steps_in_time()]
        print_table(context, [say(language, name) for name in names], rows)
    ending = word(language, "ending", plan.ending)
    last = say(language, "plan-ending" if plan.steps else "plan-at-once", ending=ending)
    print_line(context, last)
    if plan.steps:
        seconds = {"longest": plan.longest_seconds, "patience": plan.patience_seconds}
        print_line(context, say(language, "plan-length", **seconds))


def print_reasons(context: Context, decision: Decision) -> None:
    """Prints every reason as a sentence."""
    print_line(context, say(context.language, "reasons"), Colour.QUIET)
    for line in story(decision.reasons, context.language):
        print_line(context, f"  • {clean(line)}")


def _row(language: str, at: int, step: Step, people: People, patience: int) -> list[str]:
    rings = [_target(language, target, people) for target in step.targets]
    text = ", ".join(rings)
    if step.kind is StepKind.ONE and len(rings) > 1:
        text = say(language, "plan-alternates", first=rings[0], others=", ".join(rings[1:]))
    elif step.kind is StepKind.WAIT:
        text = say(language, "plan-first-free", who=text)
    waits = step.kind is StepKind.WAIT and not step.ring_seconds  # until the patience ends
    length = say(language, "plan-seconds", seconds=patience - at if waits else step.ring_seconds)
    if step.confirm_seconds:
        length = say(
            language, "plan-confirm", seconds=step.ring_seconds, confirm=step.confirm_seconds
        )
    return [say(language, "plan-at", at=at), word(language, "role", step.role), text, length]


def _target(language: str, target: Target, people: People) -> str:
    name = people.manager_name(target.manager)
    if target.kind is TargetKind.PHONE:
        return f"{name} ({target.number})"
    key = "target-mobile-confirm" if target.confirm else "target-mobile"
    return say(language, key, name=name, number=people.number(target.number))
