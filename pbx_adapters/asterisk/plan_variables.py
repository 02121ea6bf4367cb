"""A plan as channel variables: what the generated dialplan walks on its own.

The wire format is explained at the head of `dialplan/extensions.conf`; both sides change together
and carry `FORMAT`. Everything that could be read as syntax (of the format, of a dial string, of the
dialplan) is refused here, not quoted: a rendered plan is plain or it does not exist
(invariant *no_injection*).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from pbx_adapters.errors import CommandRejected
from router.office import Office, OutgoingLine
from router.plan import Decision, Ending, Plan, Step, StepKind, StepRole, Target, TargetKind

FORMAT = "1"
LONGEST_VALUE = 1900
"""Bytes of one value: an AGI command line may have 2,048, name and quotes included."""
LONGEST_IN_ASTDB = 900
"""Bytes of a step that is written over AMI: Asterisk cuts an AMI line at 1,022 in two."""

_SAFE_KEY = re.compile(r"[a-z0-9_.-]{1,64}\Z")
_SAFE_NUMBER = re.compile(r"[+*#0-9A-Za-z_.-]{1,64}\Z")
_SAFE_DIAL = re.compile(r"[A-Za-z0-9/@:;=+*#_.\[\]?-]{1,200}\Z")
_ENDINGS = {
    Ending.MESSAGE_BUSY: "busy",
    Ending.MESSAGE_CLOSED: "closed",
    Ending.VOICEMAIL: "voicemail",
    Ending.REJECT: "reject",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """Variables in the order in which they must be set, and what could not be expressed."""

    variables: tuple[tuple[str, str], ...]
    left_out: tuple[str, ...] = ()


def render(decision: Decision, office: Office, *, pbx: str, show: str, call_id: str) -> Rendered:
    """Render a decision for one Asterisk; the completeness mark comes last.

    `show` is what the phones display as the caller's name. A step with no target this PBX can dial
    is left out and named in `left_out`; the plan stays whole without it.
    """
    variables: list[tuple[str, str]] = []
    left_out: list[str] = []
    for step in decision.plan.steps:
        text, missing = _step(step, office, pbx)
        left_out += missing
        if text:
            variables.append((f"__DZ_STEP_{len(variables) + 1}", text))
    if name := plain_text(show):
        variables.append(("DZ_SHOW", name))
    if record := record_mark(record=decision.plan.record, notice=decision.plan.record_notice):
        variables.append(("DZ_REC", record))
    variables.append(("DZ_OK", _mark(decision.plan, call_id)))
    return Rendered(variables=tuple(variables), left_out=tuple(left_out))


def fail_open_step(managers: tuple[Target, ...], ring_seconds: int) -> str:
    """The one step that rings a department without the service, for AstDB."""
    fields = [_target(t, None) for t in managers]
    kept = [f for f in fields if f is not None]
    step = Step(
        kind=StepKind.ALL, role=StepRole.DEPARTMENT, targets=managers, ring_seconds=ring_seconds
    )
    return _assemble(step, kept, longest=LONGEST_IN_ASTDB)


def record_mark(*, record: bool, notice: bool) -> str:
    """How the dialplan is told to record; "" says nothing at all."""
    if not record:
        return ""
    return "2" if notice else "1"


def plain_text(text: str) -> str:
    """What is left of a text when everything is taken out that any syntax could read."""
    kept = "".join(c if c.isprintable() and c not in '"\\${}[](),;:|~!&^`<>' else " " for c in text)
    return " ".join(kept.split())[:60]


def _mark(plan: Plan, call_id: str) -> str:
    box = plan.voicemail if _SAFE_DIAL.match(plan.voicemail) else ""
    reference = call_id if _SAFE_NUMBER.match(call_id) else ""
    return "~".join((FORMAT, reference, _ENDINGS[plan.ending], box, str(plan.patience_seconds)))


def _step(step: Step, office: Office, pbx: str) -> tuple[str, list[str]]:
    kept: list[str] = []
    missing: list[str] = []
    for target in step.targets:
        out = _outgoing_of(target, office)
        foreign = target.pbx != pbx and not target.dial
        no_mobile_in_wait = step.kind is StepKind.WAIT and target.kind is TargetKind.MOBILE
        text = None if foreign or no_mobile_in_wait else _target(target, out)
        if text is None:
            missing.append(f"{step.role}: {target.manager}/{target.number}")
        else:
            kept.append(text)
    if not kept:
        return "", missing
    return _assemble(step, kept), missing


def _assemble(step: Step, targets: list[str], *, longest: int = LONGEST_VALUE) -> str:
    """A step's text; targets that would make it too long for its way are cut off."""
    times = (str(step.ring_seconds), str(step.confirm_seconds), str(step.each_seconds))
    while targets:
        text = "~".join((step.kind, *times, step.role, "|".join(targets)))
        if len(text.encode()) <= longest:
            return text
        targets = targets[:-1]
    return ""


@lru_cache(2048)
def _target(target: Target, out: OutgoingLine | None) -> str | None:
    """One target's fields, or None where something in it is not plain.

    Judged once: the same people are in every plan.
    """
    mobile = target.kind is TargetKind.MOBILE
    device = _device(target)
    checks = (
        _SAFE_KEY.match(target.manager),
        _SAFE_NUMBER.match(target.number),
        not device or _SAFE_DIAL.match(device),
        not target.dial or _SAFE_DIAL.match(target.dial),
        target.dial or not mobile,
    )
    if not all(checks):
        return None
    fields = (
        "m" if mobile else "p",
        target.manager,
        target.number,
        device,
        target.dial,
        target.caller_id if _SAFE_NUMBER.match(target.caller_id) else "",
        "1" if target.confirm else "0",
        out.key if out else "",
        str(out.channels if out else 99),
    )
    return "!".join(fields)


def _device(target: Target) -> str:
    """What Asterisk watches for the state of a target; "" where nothing is watched."""
    if target.device == "-" or target.kind is TargetKind.MOBILE:
        return ""
    return target.device or ("" if target.dial else f"PJSIP/{target.number}")


def _outgoing_of(target: Target, office: Office) -> OutgoingLine | None:
    return office.outgoing.get(target.outgoing) if target.outgoing else None


def reject_unplain(kind: str, value: str) -> str:
    """Return a key, number or dial string for a command, or raise `CommandRejected`."""
    pattern = {"key": _SAFE_KEY, "number": _SAFE_NUMBER, "dial": _SAFE_DIAL}[kind]
    if not pattern.match(value):
        raise CommandRejected(f"{kind} {value[:40]!r} holds characters that a PBX reads as syntax")
    return value
