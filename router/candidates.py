"""Who can answer now? Everyone passed over leaves a reason.

An unknown phone state means: ring it. A manager who is busy is no target of the moment but may be
free when a later step begins, so he stays an alternate; an absent one does not.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from router.facts import Facts, PhoneState, Presence
from router.hours import HolidayCalendar, on_shift
from router.office import Department, Manager, Office, OutgoingLine, Status, Strategy
from router.plan import Reason, Target, TargetKind, Why

_BUSY = {
    PhoneState.TALKING: Why.SKIPPED_TALKING,
    PhoneState.RINGING: Why.SKIPPED_RINGING,
}


@dataclass(slots=True, kw_only=True)
class Scene:
    """What one decision looks at, and the reasons it gathers. Lives for one `decide` only."""

    facts: Facts
    office: Office
    department: Department
    calendar: HolidayCalendar
    at: datetime
    pbx: str
    caller: str = ""
    reasons: list[Reason] = field(default_factory=list)
    told: set[tuple[Why, str]] = field(default_factory=set)

    def say(self, why: Why, **about: str) -> None:
        """Add a reason."""
        self.reasons.append(Reason(why=why, about=about))

    def skip(self, why: Why, manager: Manager, **about: str) -> None:
        """Add a reason for passing somebody over, once for each person and reason."""
        if (why, manager.key) not in self.told:
            self.told.add((why, manager.key))
            self.say(why, manager=manager.key, name=manager.name, **about)

    def presence(self, manager: Manager) -> Presence:
        """What is known of a manager; nothing known means available with an unknown phone."""
        return self.facts.presence.get(manager.key, Presence())


def status_now(scene: Scene, manager: Manager) -> Status:
    """His status, where a finished shift counts as offline."""
    status = scene.presence(manager).status
    if status is not Status.AVAILABLE:
        return status
    hours = _home(scene, manager).hours
    works = on_shift(manager.shifts, hours, scene.at, scene.calendar)
    return Status.AVAILABLE if works else Status.OFFLINE


def is_absent(scene: Scene, manager: Manager) -> bool:
    """Tells whether he cannot be rung at all for now, and says why."""
    if manager.key == scene.caller:
        scene.skip(Why.SKIPPED_IS_CALLER, manager)
        return True
    status = status_now(scene, manager)
    if status is not Status.AVAILABLE:
        off_shift = scene.presence(manager).status is Status.AVAILABLE
        why = Why.SKIPPED_SHIFT if off_shift else Why.SKIPPED_STATUS
        scene.skip(why, manager, status=status)
        return True
    if manager.pbx != scene.pbx and not manager.dial:
        scene.skip(Why.SKIPPED_OTHER_PBX, manager, pbx=manager.pbx)
        return True
    if scene.presence(manager).phone is PhoneState.UNREGISTERED:
        scene.skip(Why.SKIPPED_UNREGISTERED, manager, number=manager.extension)
        return True
    return False


def is_busy(scene: Scene, manager: Manager) -> bool:
    """Tells whether he talks, is rung or pauses after a talk, and says so."""
    presence = scene.presence(manager)
    if why := _BUSY.get(presence.phone):
        scene.skip(why, manager)
        return True
    pause = timedelta(seconds=_home(scene, manager).wrap_up_seconds)
    if presence.idle_since and scene.at < presence.idle_since + pause:
        scene.skip(Why.SKIPPED_WRAP_UP, manager)
        return True
    return False


def in_turn(scene: Scene, managers: Iterable[Manager]) -> tuple[Manager, ...]:
    """The order in which the department's strategy asks these managers; promised ones come last."""
    listed = list(managers)
    strategy = scene.department.strategy
    if strategy is Strategy.LONGEST_IDLE:
        listed.sort(key=lambda m: _idle_since(scene, m))
    elif strategy is Strategy.ROUND_ROBIN and listed:
        turn = scene.facts.round_robin % len(listed)
        listed = listed[turn:] + listed[:turn]
    for manager in listed:
        if scene.presence(manager).promised:
            scene.skip(Why.SKIPPED_PROMISED, manager)
    return tuple(sorted(listed, key=lambda m: scene.presence(m).promised))


def phone_of(manager: Manager) -> Target:
    """A manager's phone. Without a template or a device the PBX's usual ones are meant."""
    return Target(
        kind=TargetKind.PHONE,
        manager=manager.key,
        number=manager.extension,
        pbx=manager.pbx,
        dial=manager.dial.replace("{extension}", manager.extension),
        device=manager.device.replace("{extension}", manager.extension),
    )


def mobile_of(scene: Scene, manager: Manager) -> Target | None:
    """A manager's mobile through the department's outgoing line, or None with the reason said."""
    if not manager.mobile:
        scene.skip(Why.SKIPPED_NO_MOBILE, manager)
        return None
    line = _outgoing(scene)
    if line is None:
        scene.skip(Why.SKIPPED_NO_OUTGOING_LINE, manager)
        return None
    if not manager.mobile.startswith(line.prefixes):
        scene.skip(Why.SKIPPED_PREFIX, manager, line=line.key)
        return None
    return Target(
        kind=TargetKind.MOBILE,
        manager=manager.key,
        number=manager.mobile,
        pbx=line.pbx,
        dial=line.dial.replace("{number}", as_dialled(manager.mobile, line)),
        device="-",
        confirm=scene.department.confirm_mobile,
        caller_id=line.caller_id,
        outgoing=line.key,
    )


def as_dialled(e164: str, line: OutgoingLine) -> str:
    """An E.164 number in the spelling that the outgoing line wants."""
    if line.number_format == "plain":
        return e164.removeprefix("+")
    if line.number_format == "national" and e164.startswith("+7"):
        return "8" + e164[2:]
    if line.number_format == "national":
        return "810" + e164.removeprefix("+")
    return e164


def _outgoing(scene: Scene) -> OutgoingLine | None:
    wanted = scene.department.outgoing_line
    if wanted:
        return scene.office.outgoing.get(wanted)
    return next((o for o in scene.office.outgoing.values() if o.pbx == scene.pbx), None)


def _home(scene: Scene, manager: Manager) -> Department:
    return scene.office.departments.get(manager.department, scene.department)


def _idle_since(scene: Scene, manager: Manager) -> float:
    idle_since = scene.presence(manager).idle_since
    return idle_since.timestamp() if idle_since else float("-inf")
