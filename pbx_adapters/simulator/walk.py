"""A plan, walked exactly as the generated dialplan walks it.

Rules (those of `asterisk/dialplan/extensions.conf`; the conformance tests hold both to them):
every step begins with a look at the phones and the mirrored statuses as they are now; who is passed
over is written to the trail with its reason; no step outlasts the caller's patience; a step without
anybody to ring costs no time; a wait looks every 3 s, and whom it rang last it asks last.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from pbx_adapters.port import TrailItem
from pbx_adapters.simulator.happenings import Dialled
from pbx_adapters.simulator.live_call import LiveCall
from router.calls import MissedReason
from router.candidates import as_dialled, phone_of
from router.facts import PhoneState
from router.office import Office, Status
from router.plan import Ending, Plan, Step, StepKind, StepRole, Target, TargetKind

LOOK_SECONDS = 3
FAIL_OPEN_RING_SECONDS = 30
FAIL_OPEN_PATIENCE_SECONDS = 60
TRANSFER_RING_SECONDS = 15
MESSAGE_SECONDS = 4.0
VOICEMAIL_SECONDS = 20.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Picked:
    """Who can answer now, who comes after them in the list, and how many may become free."""

    chosen: tuple[Target, ...]
    rest: tuple[Target, ...]
    busy: int


@dataclass(slots=True, kw_only=True)
class Walker:
    """Walks one plan for one call. `number` is the step it stands at."""

    call: LiveCall
    plan: Plan
    until: int = field(init=False)
    number: int = 0

    async def walk(self) -> None:
        """Ring step after step; return after the ending was played, raise when the call ends."""
        self.until = self.call.second + self.plan.patience_seconds
        for step in self.plan.steps:
            self.number += 1
            if self.until - self.call.second < 1:
                self._note("patience")
                break
            if step.kind is StepKind.WAIT:
                await self._wait(step)
            elif picked := self._pick(step, step.targets).chosen:
                await self._ring(step, picked, step.longest_seconds)
        await self._end()

    async def _wait(self, step: Step) -> None:
        began = self.until - self.plan.patience_seconds
        deadline = min(self.call.second + step.ring_seconds, self.until)
        deadline = deadline if step.ring_seconds > 0 else self.until
        asked, quiet = step.targets, False
        while (left := deadline - self.call.second) >= 1:
            picked = self._pick(step, asked, quiet=quiet)
            quiet = True
            if picked.chosen:
                asked = (picked.rest + asked)[: len(asked)]
                await self._ring(step, picked.chosen, step.each_seconds)
            elif picked.busy:
                await self.call.pause(min(left, LOOK_SECONDS))
            else:
                break
        self._note("waited", seconds=self.call.second - began)

    def _pick(self, step: Step, targets: Sequence[Target], *, quiet: bool = False) -> Picked:
        chosen: list[Target] = []
        busy = 0
        for place, target in enumerate(targets, 1):
            if why_not := self._why_not(target):
                busy += why_not == "busy"
                if not quiet:
                    self._note(why_not, who=(_who(target),))
                continue
            chosen.append(target)
            if step.kind is not StepKind.ALL:
                return Picked(chosen=tuple(chosen), rest=tuple(targets[place:]), busy=busy)
        return Picked(chosen=tuple(chosen), rest=(), busy=busy)

    def _why_not(self, target: Target) -> str:
        """Why a target cannot answer now, in the trail's words, or an empty string."""
        if target.kind is TargetKind.MOBILE:
            return ""
        status = self.call.exchange.status(target.manager)
        if status not in {"", Status.AVAILABLE}:
            return status
        state = self.call.exchange.phones.state(target.number)
        watched = target.device != "-" and (target.device or not target.dial)
        if watched and state in {PhoneState.TALKING, PhoneState.RINGING}:
            return "busy"
        unreachable = state is PhoneState.UNREGISTERED and (watched or not target.dial)
        return "unreachable" if unreachable else ""

    async def _ring(self, step: Step, targets: Sequence[Target], seconds: int) -> None:
        seconds = max(1, min(seconds, self.until - self.call.second))
        office = self.call.exchange.office()
        dialled = [_dialled(target, step, office) for target in targets]
        began = self.call.second
        try:
            await self.call.ring(dialled, seconds)
        finally:
            who, lasted = tuple(_who(t) for t in targets), self.call.second - began
            self._note("rang", who=who, seconds=lasted, result=self.call.status)

    def _note(
        self, what: str, *, who: tuple[str, ...] = (), seconds: int | None = None, result: str = ""
    ) -> None:
        item = TrailItem(step=str(self.number), who=who, what=what, seconds=seconds, result=result)
        self.call.trail.append(item)

    async def _end(self) -> None:
        call, ending = self.call, self.plan.ending
        if ending is Ending.MESSAGE_CLOSED:
            reason = MissedReason.CLOSED
        elif any(item.what in {"rang", "waited"} for item in call.trail):
            reason = MissedReason.NO_ANSWER
        else:
            reason = MissedReason.NOBODY_REACHABLE
        call.why = call.why or reason
        call.rejected = ending is Ending.REJECT
        voicemail = ending is Ending.VOICEMAIL and self.plan.voicemail
        await call.pause(VOICEMAIL_SECONDS if voicemail else MESSAGE_SECONDS)


async def hand_on(call: LiveCall, *, by: str, to: str, department: Plan) -> None:
    """A blind transfer: 15 s to the target, 15 s back to who handed on, then the department."""
    call.why = MissedReason.LOST_IN_TRANSFER
    call.trail.append(TrailItem(step="x", who=(f"{by}>{to}",), what="transfer"))
    for extension in (to, by):
        who = f"/{extension}"
        target = Dialled(kind=TargetKind.PHONE, who=who, number=extension, answerer=extension)
        status = await call.ring((target,), TRANSFER_RING_SECONDS)
        call.trail.append(TrailItem(step="x", who=(who,), what="rang", result=status))
    await Walker(call=call, plan=department).walk()


def dialable(plan: Plan, pbx: str) -> Plan:
    """The plan as this PBX can ring it, without targets that it cannot dial and empty steps."""
    steps = (replace(step, targets=_dialable(step, pbx)) for step in plan.steps)
    return replace(plan, steps=tuple(step for step in steps if step.targets))


def _dialable(step: Step, pbx: str) -> tuple[Target, ...]:
    here = (t for t in step.targets if t.pbx == pbx or t.dial)
    wait = step.kind is StepKind.WAIT
    return tuple(t for t in here if not (wait and t.kind is TargetKind.MOBILE))


def fail_open_plan(office: Office, pbx: str, line: str) -> Plan:
    """Whom a call rings without the service: the line's department, then whoever gets free."""
    found = next((ln for ln in office.lines.values() if _same_line(ln.number, line)), None)
    department = found.department if found else office.default_department
    members = _phones(office, department, pbx) or _phones(office, office.default_department, pbx)
    ring = Step(
        kind=StepKind.ALL,
        role=StepRole.DEPARTMENT,
        targets=members,
        ring_seconds=FAIL_OPEN_RING_SECONDS,
    )
    patience = FAIL_OPEN_PATIENCE_SECONDS
    wait = Step(kind=StepKind.WAIT, role=StepRole.WAIT, targets=members, ring_seconds=patience)
    return Plan(steps=(ring, wait), ending=Ending.MESSAGE_BUSY, patience_seconds=patience)


def _phones(office: Office, department: str, pbx: str) -> tuple[Target, ...]:
    here = (m for m in office.members(department) if m.pbx == pbx or m.dial)
    return tuple(phone_of(m) for m in here)


def _same_line(number: str, dialled: str) -> bool:
    return number.removeprefix("+")[-10:] == dialled.removeprefix("+")[-10:]


def _who(target: Target) -> str:
    return f"{target.manager}/{target.number}"


def _dialled(target: Target, step: Step, office: Office) -> Dialled:
    line = office.outgoing.get(target.outgoing)
    mobile = target.kind is TargetKind.MOBILE
    return Dialled(
        kind=target.kind,
        who=_who(target),
        number=as_dialled(target.number, line) if mobile and line else target.number,
        answerer=target.number,
        ring_seconds=step.ring_seconds,
        confirm=target.confirm,
        outgoing=target.outgoing,
        channels=line.channels if line else 99,
    )
