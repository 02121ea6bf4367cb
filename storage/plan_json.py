"""Plans and reasons as JSON, and back.

A decision is kept as it was made: when the dataclasses grow, old rows still read (missing fields
take their defaults, a reason that is no longer known is left out rather than raising).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any

from router.plan import Ending, Plan, Reason, Step, StepKind, StepRole, Target, TargetKind, Why

Json = Mapping[str, Any]


_PLAN, _STEP, _TARGET = (
    tuple(field.name for field in fields(kind)) for kind in (Plan, Step, Target)
)


def plan_to_json(plan: Plan) -> dict[str, Any]:
    """A plan as plain values.

    Every value below a plan, a step or a target is plain already: `dataclasses.asdict`, which looks
    into each of them, takes fifteen times as long, and a decision is written for every call.
    """
    steps = [
        _values(step, _STEP) | {"targets": [_values(target, _TARGET) for target in step.targets]}
        for step in plan.steps
    ]
    return _values(plan, _PLAN) | {"steps": steps}


def _values(of: Plan | Step | Target, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: getattr(of, name) for name in names}


def plan_from_json(found: Json) -> Plan:
    """The plan that was written."""
    steps = tuple(_step(step) for step in found["steps"])
    return Plan(**{**found, "steps": steps, "ending": Ending(found["ending"])})


def reasons_to_json(reasons: Sequence[Reason]) -> list[dict[str, Any]]:
    """Reasons as plain values, in their order."""
    return [{"why": reason.why, "about": dict(reason.about)} for reason in reasons]


def reasons_from_json(found: Sequence[Json]) -> tuple[Reason, ...]:
    """The reasons that were written."""
    known = set(Why)
    return tuple(
        Reason(why=Why(row["why"]), about=row["about"]) for row in found if row["why"] in known
    )


def _step(found: Json) -> Step:
    fields = {
        "kind": StepKind(found["kind"]),
        "role": StepRole(found["role"]),
        "targets": tuple(_target(target) for target in found["targets"]),
    }
    return Step(**{**found, **fields})


def _target(found: Json) -> Target:
    return Target(**{**found, "kind": TargetKind(found["kind"])})
