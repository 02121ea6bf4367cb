"""The steps of a plan, built one after another against the line's patience.

Each method adds a step where somebody can answer, says why, and takes its longest time from what is
left of the patience. A step that would exceed it is shortened, one for which too little is left is
dropped with its reason. The last step is a wait of whatever time is left then: steps that turn out
to have nobody free cost no time, and the caller is never sent away early.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from router.candidates import (
    Scene,
    in_turn,
    is_absent,
    is_busy,
    mobile_of,
    phone_of,
    status_now,
)
from router.facts import PhoneState
from router.office import AbsentRule, Manager, Status, Strategy
from router.plan import Step, StepKind, StepRole, Target, Why

CONFIRM_SECONDS = 8
"""The longest that the question "press 1" may take on a mobile (the dialplan holds it)."""

SHORTEST_STEP_SECONDS = 5
"""A step that rings for less than one ring is none."""

_SAYS = {
    StepRole.OWNER: Why.STEP_OWNER,
    StepRole.COLLEAGUE: Why.STEP_COLLEAGUE,
    StepRole.DEPUTY: Why.STEP_DEPUTY,
    StepRole.HEAD_MOBILE: Why.STEP_HEAD_MOBILE,
    StepRole.OWN_MOBILE: Why.STEP_OWN_MOBILE,
    StepRole.DEPARTMENT: Why.STEP_DEPARTMENT,
    StepRole.DUTY: Why.STEP_DUTY,
}


@dataclass(slots=True, kw_only=True)
class Chain:
    """A plan's steps while they are added. Lives for one `decide` only."""

    scene: Scene
    left_seconds: int
    _steps: list[Step] = field(default_factory=list)

    def steps(self) -> tuple[Step, ...]:
        """The steps added so far."""
        return tuple(self._steps)

    def for_owner(self, owner: Manager) -> tuple[Step, ...]:
        """Owner → another manager → the head's mobile → the department → a wait."""
        department = self.scene.department
        rule = AbsentRule.COLLEAGUE
        if is_absent(self.scene, owner):
            rule = self._absent_rule(owner)
        elif not is_busy(self.scene, owner):
            ring = department.owner_ring_seconds
            self._add(StepRole.OWNER, StepKind.ONE, (phone_of(owner),), ring)
        if rule is AbsentRule.MESSAGE:
            self.scene.say(Why.ABSENT_TO_MESSAGE, manager=owner.key, name=owner.name)
            return self.steps()
        if rule is AbsentRule.MOBILE:
            self._add_own_mobile(owner)
        if rule is AbsentRule.DEPARTMENT:
            self.scene.say(Why.ABSENT_TO_DEPARTMENT, manager=owner.key, name=owner.name)
            return self.for_nobody()
        return self._after_owner(owner, deputy_first=rule is AbsentRule.DEPUTY)

    def for_nobody(self) -> tuple[Step, ...]:
        """A call without an owner: the department → the head's mobile → a wait."""
        if self._everybody_busy():
            return self._wait_then_mobile()
        self._add_department()
        self._add_head_mobile()
        self._add_wait()
        return self.steps()

    def add_duty(self) -> None:
        """After hours: the mobile of whoever is on duty."""
        duty = self.scene.office.managers.get(self.scene.department.duty_mobile)
        if duty and (mobile := mobile_of(self.scene, duty)):
            ring = self.scene.department.mobile_ring_seconds
            self._add(StepRole.DUTY, StepKind.ONE, (mobile,), ring)

    def _after_owner(self, owner: Manager, *, deputy_first: bool) -> tuple[Step, ...]:
        if not self._steps and self._everybody_busy():
            return self._wait_then_mobile()
        self._add_colleague(owner, deputy_first=deputy_first)
        self._add_head_mobile()
        self._add_department()
        self._add_wait()
        return self.steps()

    def _absent_rule(self, owner: Manager) -> AbsentRule:
        status = status_now(self.scene, owner)
        if status is Status.AVAILABLE:  # his phone is not registered, or he is the caller
            return AbsentRule.COLLEAGUE
        return owner.when_absent.get(status, self.scene.department.absent_rule)

    def _add_own_mobile(self, owner: Manager) -> None:
        self.scene.say(Why.ABSENT_TO_MOBILE, manager=owner.key, name=owner.name)
        if mobile := mobile_of(self.scene, owner):
            ring = self.scene.department.mobile_ring_seconds
            self._add(StepRole.OWN_MOBILE, StepKind.ONE, (mobile,), ring)

    def _add_colleague(self, owner: Manager, *, deputy_first: bool) -> None:
        deputies = self._deputies(owner)
        others = [
            m
            for m in self._members()
            if m.key != owner.key and m not in deputies and not is_absent(self.scene, m)
        ]
        free = [m for m in others if not is_busy(self.scene, m)]
        busy = [m for m in others if m not in free]
        asked = (*deputies, *in_turn(self.scene, free), *in_turn(self.scene, busy))
        if not deputies and not free:
            return
        if deputy_first and deputies:
            about = {"manager": owner.key, "name": owner.name, "deputy": deputies[0].name}
            self.scene.say(Why.ABSENT_TO_DEPUTY, **about)
        everyone = self.scene.department.strategy is Strategy.RING_ALL and not deputies
        kind = StepKind.ALL if everyone else StepKind.ONE
        role = StepRole.DEPUTY if deputies else StepRole.COLLEAGUE
        ring = self.scene.department.colleague_ring_seconds
        self._add(role, kind, tuple(phone_of(m) for m in asked), ring)

    def _deputies(self, owner: Manager) -> tuple[Manager, ...]:
        """The first of the owner's named deputies, his deputy and so on who can answer now."""
        seen = {owner.key}
        deputy = self.scene.office.managers.get(owner.deputy)
        while deputy and deputy.key not in seen:
            seen.add(deputy.key)
            if not is_absent(self.scene, deputy) and not is_busy(self.scene, deputy):
                return (deputy,)
            deputy = self.scene.office.managers.get(deputy.deputy)
        return ()

    def _add_head_mobile(self) -> None:
        head = self.scene.office.managers.get(self.scene.department.head)
        if head is None:
            return
        if head.key == self.scene.caller:
            self.scene.skip(Why.SKIPPED_IS_CALLER, head)
        elif self.scene.presence(head).phone is PhoneState.TALKING:
            self.scene.skip(Why.SKIPPED_TALKING, head)
        elif self.scene.presence(head).status is Status.DO_NOT_DISTURB:
            self.scene.skip(Why.SKIPPED_STATUS, head, status=Status.DO_NOT_DISTURB)
        elif mobile := mobile_of(self.scene, head):
            ring = self.scene.department.mobile_ring_seconds
            self._add(StepRole.HEAD_MOBILE, StepKind.ONE, (mobile,), ring)

    def _add_department(self) -> None:
        here = [m for m in self._members() if not is_absent(self.scene, m)]
        if any(not is_busy(self.scene, m) for m in here):
            ring = self.scene.department.group_ring_seconds
            phones = tuple(phone_of(m) for m in here)
            self._add(StepRole.DEPARTMENT, StepKind.ALL, phones, ring)

    def _add_wait(self, seconds: int = 0) -> None:
        """A wait of `seconds`, or (0) of whatever is left when it begins."""
        here = [m for m in self._members() if not is_absent(self.scene, m)]
        if not here:
            if not self._steps:
                self.scene.say(Why.NOBODY_REACHABLE, department=self.scene.department.name)
            return
        self.scene.say(Why.STEP_WAIT, seconds=str(seconds or self.left_seconds))
        self.left_seconds -= seconds
        self._steps.append(
            Step(
                kind=StepKind.WAIT,
                role=StepRole.WAIT,
                targets=tuple(phone_of(m) for m in in_turn(self.scene, here)),
                ring_seconds=seconds,
                each_seconds=self.scene.department.colleague_ring_seconds,
            )
        )

    def _everybody_busy(self) -> bool:
        here = [m for m in self._members() if not is_absent(self.scene, m)]
        return bool(here) and all(is_busy(self.scene, m) for m in here)

    def _wait_then_mobile(self) -> tuple[Step, ...]:
        """Everybody is busy: wait for the first who is free, then try the head's mobile."""
        self.scene.say(Why.EVERYBODY_BUSY, department=self.scene.department.name)
        mobile = Chain(scene=self.scene, left_seconds=self.left_seconds)
        mobile._add_head_mobile()
        reserved = sum(step.longest_seconds for step in mobile.steps())
        first = self.left_seconds - reserved
        if reserved and first >= SHORTEST_STEP_SECONDS:
            self._add_wait(first)
            self._steps += mobile.steps()
            self.left_seconds -= reserved
        self._add_wait()
        return self.steps()

    def _members(self) -> tuple[Manager, ...]:
        return self.scene.office.members(self.scene.department.key)

    def _add(
        self, role: StepRole, kind: StepKind, targets: tuple[Target, ...], ring_seconds: int
    ) -> None:
        """Add a step, shortened to the patience that is left."""
        names = ", ".join(self.scene.office.managers[t.manager].name for t in targets)
        confirm = CONFIRM_SECONDS if any(t.confirm for t in targets) else 0
        ring = min(ring_seconds, self.left_seconds - confirm)
        if ring < min(SHORTEST_STEP_SECONDS, ring_seconds):
            self.scene.say(Why.SKIPPED_PATIENCE, role=role, names=names)
            return
        first = self.scene.office.managers[targets[0].manager].name
        told = first if kind is StepKind.ONE else names
        self.scene.say(_SAYS[role], name=told, names=names, seconds=str(ring))
        if ring < ring_seconds:
            self.scene.say(Why.SHORTENED, role=role, seconds=str(ring), wanted=str(ring_seconds))
        self.left_seconds -= ring + confirm
        self._steps.append(
            Step(
                kind=kind,
                role=role,
                targets=targets,
                ring_seconds=ring,
                confirm_seconds=confirm,
            )
        )
