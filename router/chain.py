"""The steps of a plan, built one after another against the line's patience.

Each method adds a step where somebody can answer, says why, and takes its longest time from what is
left of the patience. A step that would exceed it is shortened, one for which too little is left is
dropped with its reason, one of 0 s is switched off. The last step is a wait of whatever time is
left then: steps that turn out to have nobody free cost no time, and the caller is never sent away
early. Nobody is rung twice in a row: a step that would repeat only who has just let it ring is left
out, and the wait asks him last.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from router.candidates import (
    Scene,
    Standing,
    Team,
    free_mobile_of,
    in_turn,
    mobile_of,
    phone_of,
    status_now,
    team,
)
from router.office import AbsentRule, Manager, Status, Strategy
from router.plan import Step, StepKind, StepRole, Target, TargetKind, Why

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
    """A plan's steps while they are added. Lives for one `decide` only.

    `left_seconds` begins as the line's patience.
    """

    scene: Scene
    left_seconds: int
    patience_seconds: int = field(init=False)
    _steps: list[Step] = field(default_factory=list)
    _judged: Team | None = None

    def __post_init__(self) -> None:
        self.patience_seconds = self.left_seconds

    def steps(self) -> tuple[Step, ...]:
        """The steps added so far."""
        return tuple(self._steps)

    def for_owner(self, owner: Manager) -> tuple[Step, ...]:
        """Owner → another manager → the head's mobile → the department → a wait.

        He is rung whichever department he is in, and also if another living plan promised him:
        it is his client, and a phone that rings already is passed over by the PBX.
        """
        standing = self.scene.standing(owner)
        if standing is Standing.ABSENT:
            return self._for_absent(owner)
        if standing is Standing.FREE:
            ring = self.scene.department.owner_ring_seconds
            self._add(StepRole.OWNER, StepKind.ONE, (phone_of(owner),), ring)
        return self._after_owner(owner)

    def for_nobody(self, *, new_client: bool = False) -> tuple[Step, ...]:
        """A call without an owner: the department → the head's mobile → a wait.

        `new_client`: the caller is nobody's client yet, so those who take no new ones come last.
        """
        if self._everybody_busy(None):
            return self._wait_then_mobile(None)
        shy = self._shy() if new_client else ()
        self._add_department(shy)
        self._add_head_mobile()
        self._add_wait(None, last=shy)
        return self.steps()

    def add_duty(self) -> None:
        """After hours: the mobile of whoever is on duty."""
        department = self.scene.department
        duty = self.scene.office.managers.get(department.duty_mobile)
        if duty is None:
            self.scene.say(Why.NO_DUTY, department=department.name)
        elif mobile := free_mobile_of(self.scene, duty):
            ring = department.mobile_ring_seconds
            self._add(StepRole.DUTY, StepKind.ONE, (mobile,), ring)

    # The owner and who stands in for him --------------------------------------------------------

    def _for_absent(self, owner: Manager) -> tuple[Step, ...]:
        """An absent owner goes where his status says."""
        about = {"manager": owner.key, "name": owner.name}
        rule = self._absent_rule(owner)
        if rule is AbsentRule.MESSAGE:
            self.scene.say(Why.ABSENT_TO_MESSAGE, **about)
            return self.steps()
        if rule is AbsentRule.DEPARTMENT:
            self.scene.say(Why.ABSENT_TO_DEPARTMENT, **about)
            return self.for_nobody()
        if rule is AbsentRule.MOBILE:
            self._add_own_mobile(owner)
        elif rule is AbsentRule.DEPUTY:
            self._say_deputy(owner)
        return self._after_owner(owner)

    def _absent_rule(self, owner: Manager) -> AbsentRule:
        """His own rule for his status, else his department's; none for a phone out of reach."""
        status = status_now(self.scene, owner)
        if status is Status.AVAILABLE:
            return AbsentRule.COLLEAGUE
        return owner.when_absent.get(status, self.scene.home(owner).absent_rule)

    def _add_own_mobile(self, owner: Manager) -> None:
        if mobile := mobile_of(self.scene, owner):
            self.scene.say(Why.ABSENT_TO_MOBILE, manager=owner.key, name=owner.name)
            ring = self.scene.department.mobile_ring_seconds
            self._add(StepRole.OWN_MOBILE, StepKind.ONE, (mobile,), ring)

    def _say_deputy(self, owner: Manager) -> None:
        about = {"manager": owner.key, "name": owner.name}
        if deputy := self._deputy(owner):
            self.scene.say(Why.ABSENT_TO_DEPUTY, **about, deputy=deputy.name)
        else:
            self.scene.say(Why.NO_DEPUTY, **about)

    def _after_owner(self, owner: Manager) -> tuple[Step, ...]:
        deputy = self._deputy(owner)
        if not self._steps and not deputy and self._everybody_busy(owner):
            return self._wait_then_mobile(owner)
        self._add_colleague(owner, deputy)
        self._add_head_mobile()
        self._add_department()
        self._add_wait(owner)
        return self.steps()

    def _deputy(self, owner: Manager) -> Manager | None:
        """The first of the owner's named deputy, his deputy and so on who can answer now."""
        seen = {owner.key}
        deputy = self.scene.office.managers.get(owner.deputy)
        while deputy and deputy.key not in seen:
            if self.scene.standing(deputy) is Standing.FREE:
                return deputy
            seen.add(deputy.key)
            deputy = self.scene.office.managers.get(deputy.deputy)
        return None

    def _add_colleague(self, owner: Manager, deputy: Manager | None) -> None:
        """The deputy, else whom the strategy asks; the others stand by as alternates."""
        taken = {owner.key, deputy.key} if deputy else {owner.key}
        free = [m for m in self._team().free if m.key not in taken]
        if not deputy and not free:
            return
        others = [m for m in (*self._team().busy, *self._team().silent) if m.key not in taken]
        first = (deputy,) if deputy else ()
        phones = self._phones((*first, *in_turn(self.scene, free), *others))
        everyone = not deputy and self.scene.department.strategy is Strategy.RING_ALL
        kind = StepKind.ALL if everyone else StepKind.ONE
        role = StepRole.DEPUTY if deputy else StepRole.COLLEAGUE
        self._add(role, kind, phones, self.scene.department.colleague_ring_seconds)

    # The department and its head ----------------------------------------------------------------

    def _team(self) -> Team:
        if self._judged is None:
            self._judged = team(self.scene)
        return self._judged

    def _shy(self) -> tuple[Manager, ...]:
        """Who takes no new clients, unless there is nobody else."""
        able = (*self._team().free, *self._team().busy)
        shy = tuple(m for m in able if not m.takes_new_clients)
        if len(shy) == len(able):
            return ()
        for manager in shy:
            self.scene.skip(Why.SKIPPED_NEW_CLIENT, manager)
        return shy

    def _add_department(self, left_out: tuple[Manager, ...] = ()) -> None:
        ours = self._team()
        free = [m for m in ours.free if m not in left_out] if left_out else ours.free
        if not free:
            return
        others = (m for m in (*ours.busy, *ours.silent) if m not in left_out)
        phones = self._phones((*free, *others))
        ring = self._department_seconds()
        if just_rung := self._just_rung(len(free), phones):
            for manager in just_rung:
                self.scene.skip(Why.SKIPPED_TWICE, manager)
            return
        self._add(StepRole.DEPARTMENT, StepKind.ALL, phones, ring)

    def _department_seconds(self) -> int:
        """How long the department rings: as the first step no shorter than an owner would."""
        department = self.scene.department
        ring = department.group_ring_seconds
        return ring if self._steps or not ring else max(ring, department.owner_ring_seconds)

    def _just_rung(self, free: int, phones: tuple[Target, ...]) -> tuple[Manager, ...]:
        """The free ones of a step if the step before rings every one of them."""
        if not self._steps:
            return ()
        before = self._steps[-1]
        rung = before.targets if before.kind is StepKind.ALL else before.targets[:1]
        keys = {target.manager for target in rung if target.kind is TargetKind.PHONE}
        wanted = [phone.manager for phone in phones[:free]]
        if not keys.issuperset(wanted):
            return ()
        return tuple(self.scene.office.managers[key] for key in wanted)

    def _head_mobile(self) -> Target | None:
        """The head's mobile, unless it is switched off, was rung already, or he cannot answer."""
        department = self.scene.department
        head = self.scene.office.managers.get(department.head)
        if head is None or not department.mobile_ring_seconds:
            return None
        mobile = free_mobile_of(self.scene, head)
        if mobile and any(mobile in step.targets for step in self._steps):
            self.scene.skip(Why.SKIPPED_TWICE, head)
            return None
        return mobile

    def _add_head_mobile(self) -> None:
        if mobile := self._head_mobile():
            ring = self.scene.department.mobile_ring_seconds
            self._add(StepRole.HEAD_MOBILE, StepKind.ONE, (mobile,), ring)

    # Waiting ------------------------------------------------------------------------------------

    def _everybody_busy(self, owner: Manager | None) -> bool:
        ours = self._team()
        if owner and self.scene.standing(owner) is Standing.FREE:
            return False
        return not ours.free and bool(self._hopeful(owner))

    def _hopeful(self, owner: Manager | None) -> tuple[Manager, ...]:
        """Who may answer sooner or later; a busy owner first, one who was rung last."""
        ours = self._team()
        able = [*ours.free, *ours.busy]
        standing = self.scene.standing(owner) if owner else None
        if owner is None or standing not in {Standing.FREE, Standing.BUSY}:
            return in_turn(self.scene, able)
        others = in_turn(self.scene, (m for m in able if m.key != owner.key))
        return (owner, *others) if standing is Standing.BUSY else (*others, owner)

    def _wait_then_mobile(self, owner: Manager | None) -> tuple[Step, ...]:
        """Everybody is busy: wait for the first who is free, then try the head's mobile."""
        self.scene.say(Why.EVERYBODY_BUSY, department=self.scene.department.name)
        if mobile := self._head_mobile():
            confirm = CONFIRM_SECONDS if mobile.confirm else 0
            ring = self.scene.department.mobile_ring_seconds
            first = max(SHORTEST_STEP_SECONDS, self.left_seconds - ring - confirm)
            if self.left_seconds - first - confirm >= min(SHORTEST_STEP_SECONDS, ring):
                self._add_wait(owner, seconds=first)
            self._add(StepRole.HEAD_MOBILE, StepKind.ONE, (mobile,), ring)
        self._add_wait(owner)
        return self.steps()

    def _add_wait(
        self, owner: Manager | None, *, seconds: int = 0, last: tuple[Manager, ...] = ()
    ) -> None:
        """A wait of `seconds`, or (0) of whatever is left when it begins."""
        asked = self._hopeful(owner)
        if not asked:
            if not self._steps:
                self.scene.say(Why.NOBODY_REACHABLE, department=self.scene.department.name)
            return
        if last:
            asked = (*(m for m in asked if m not in last), *last)
        if seconds:
            self.scene.say(Why.STEP_WAIT, seconds=str(seconds))
        else:
            self.scene.say(Why.STEP_WAIT_REST, patience=str(self.patience_seconds))
        each = max(self.scene.department.colleague_ring_seconds, SHORTEST_STEP_SECONDS)
        step = Step(
            kind=StepKind.WAIT,
            role=StepRole.WAIT,
            targets=self._phones((*asked, *self._team().silent)),
            ring_seconds=seconds,
            each_seconds=each,
        )
        self.left_seconds -= seconds
        self._steps.append(step)

    # What all steps share -----------------------------------------------------------------------

    def _phones(self, managers: tuple[Manager, ...]) -> tuple[Target, ...]:
        return tuple([phone_of(manager) for manager in managers])

    def _add(
        self, role: StepRole, kind: StepKind, targets: tuple[Target, ...], ring_seconds: int
    ) -> None:
        """Add a step, shortened to the patience that is left; one of 0 s is switched off."""
        if ring_seconds <= 0:
            return
        confirm = CONFIRM_SECONDS if any(t.confirm for t in targets) else 0
        ring = min(ring_seconds, self.left_seconds - confirm)
        if ring < min(SHORTEST_STEP_SECONDS, ring_seconds):
            self.scene.say(Why.SKIPPED_PATIENCE, role=role, names=self._names(targets))
            return
        self._say_step(role, kind, targets, ring)
        if ring < ring_seconds:
            self.scene.say(Why.SHORTENED, role=role, seconds=str(ring), wanted=str(ring_seconds))
        self.left_seconds -= ring + confirm
        step = Step(
            kind=kind, role=role, targets=targets, ring_seconds=ring, confirm_seconds=confirm
        )
        self._steps.append(step)

    def _say_step(
        self, role: StepRole, kind: StepKind, targets: tuple[Target, ...], ring: int
    ) -> None:
        if kind is StepKind.ALL:
            why = Why.STEP_COLLEAGUES if role is StepRole.COLLEAGUE else _SAYS[role]
            self.scene.say(why, names=self._names(targets), seconds=str(ring))
        else:
            first = self.scene.office.managers[targets[0].manager]
            self.scene.say(_SAYS[role], manager=first.key, name=first.name, seconds=str(ring))

    def _names(self, targets: tuple[Target, ...]) -> str:
        managers = self.scene.office.managers
        return ", ".join([managers[target.manager].name for target in targets])
