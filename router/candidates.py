"""Who can answer now? Everyone passed over leaves a reason.

Each manager is judged once in a decision; the judgement has four grades:

- *free*: his phone can ring now. An unknown phone state means: ring it.
- *busy*: talks, is rung, or pauses after a talk. No target of the moment, but he may be free when a
  later step begins, so he stays an alternate.
- *silent*: his phone is not registered. It may come back before a later step begins, and the PBX
  looks again then, so he stays the last alternate; no step is made for silent phones alone.
- *absent*: by his status, his shift or his department's hours; on another exchange without a way
  there; or he is the caller. He is no target at all.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import lru_cache

from router.facts import Facts, PhoneState, Presence
from router.hours import HolidayCalendar, on_shift, opens
from router.office import (
    AfterHoursRule,
    Department,
    Manager,
    Office,
    OutgoingLine,
    Status,
    Strategy,
    Window,
    national,
)
from router.plan import Reason, Target, TargetKind, Why

_BUSY = {
    PhoneState.TALKING: Why.SKIPPED_TALKING,
    PhoneState.RINGING: Why.SKIPPED_RINGING,
}
_NOTHING_KNOWN = Presence()
_NEVER = datetime.min.replace(tzinfo=UTC)


class Standing(StrEnum):
    """Whether a manager's phone can ring; the grades are told at the head of this module."""

    FREE = "free"
    BUSY = "busy"
    SILENT = "silent"
    ABSENT = "absent"


@dataclass(slots=True, kw_only=True)
class Scene:
    """What one decision looks at, and the reasons it gathers. Lives for one `decide` only.

    `caller` is the key of the colleague who calls. The private fields remember what was concluded
    already: a manager is asked for in several steps and answers once.
    """

    facts: Facts
    office: Office
    department: Department
    calendar: HolidayCalendar
    at: datetime
    pbx: str
    caller: str = ""
    reasons: list[Reason] = field(default_factory=list)
    _told: set[tuple[Why, str]] = field(default_factory=set)
    _standings: dict[str, Standing] = field(default_factory=dict)
    _departments_open: dict[str, bool] = field(default_factory=dict)
    _shifts_on: dict[tuple[str, tuple[Window, ...]], bool] = field(default_factory=dict)

    def say(self, why: Why, **about: str) -> None:
        """Add a reason."""
        self.reasons.append(Reason(why=why, about=about))

    def skip(self, why: Why, manager: Manager, **about: str) -> None:
        """Add a reason for passing somebody over, once for each person and reason."""
        if (why, manager.key) not in self._told:
            self._told.add((why, manager.key))
            self.say(why, manager=manager.key, name=manager.name, **about)

    def presence(self, manager: Manager) -> Presence:
        """What is known of a manager; nothing known means available with an unknown phone."""
        return self.facts.presence.get(manager.key, _NOTHING_KNOWN)

    def home(self, manager: Manager) -> Department:
        """The department a manager belongs to: its hours, pauses and rules are his."""
        return self.office.departments.get(manager.department, self.department)

    def standing(self, manager: Manager) -> Standing:
        """Judge a manager; the first time the reason for passing him over is said."""
        found = self._standings.get(manager.key)
        if found is None:
            found = self._standings[manager.key] = _judge(self, manager)
        return found

    def works(self, manager: Manager) -> bool:
        """Tells whether it is his working time: his shift, within his own department's hours.

        The line's department is not asked again: it was found open, or takes calls after hours.
        """
        home = self.home(manager)
        if home is not self.department and not self._is_open(home):
            return False
        if not manager.shifts:
            return True
        asked = (home.key, manager.shifts)
        found = self._shifts_on.get(asked)
        if found is None:
            found = on_shift(manager.shifts, home.hours, self.at, self.calendar)
            self._shifts_on[asked] = found
        return found

    def _is_open(self, department: Department) -> bool:
        found = self._departments_open.get(department.key)
        if found is None:
            rings_always = department.after_hours is AfterHoursRule.RING
            found = rings_always or opens(department.hours, self.at, self.calendar)[0]
            self._departments_open[department.key] = found
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Team:
    """The managers of a department by their standing, each in the order of the office file."""

    free: tuple[Manager, ...]
    busy: tuple[Manager, ...]
    silent: tuple[Manager, ...]


def team(scene: Scene) -> Team:
    """Judge everybody of the line's department; the absent are left out with their reasons."""
    by: dict[Standing, list[Manager]] = {standing: [] for standing in Standing}
    for manager in scene.office.members(scene.department.key):
        by[scene.standing(manager)].append(manager)
    return Team(
        free=tuple(by[Standing.FREE]),
        busy=tuple(by[Standing.BUSY]),
        silent=tuple(by[Standing.SILENT]),
    )


def status_now(scene: Scene, manager: Manager) -> Status:
    """His status, where a finished shift counts as offline."""
    status = scene.presence(manager).status
    if status is Status.AVAILABLE and not scene.works(manager):
        return Status.OFFLINE
    return status


def _judge(scene: Scene, manager: Manager) -> Standing:
    presence = scene.presence(manager)
    if manager.key == scene.caller:
        scene.skip(Why.SKIPPED_IS_CALLER, manager)
        return Standing.ABSENT
    if presence.status is not Status.AVAILABLE:
        scene.skip(Why.SKIPPED_STATUS, manager, status=presence.status)
        return Standing.ABSENT
    if not scene.works(manager):
        scene.skip(Why.SKIPPED_SHIFT, manager)
        return Standing.ABSENT
    if manager.pbx != scene.pbx and not manager.dial:
        scene.skip(Why.SKIPPED_OTHER_PBX, manager, pbx=manager.pbx)
        return Standing.ABSENT
    if presence.phone is PhoneState.UNREGISTERED:
        scene.skip(Why.SKIPPED_UNREGISTERED, manager, number=manager.extension)
        return Standing.SILENT
    return _free_or_busy(scene, manager, presence)


def _free_or_busy(scene: Scene, manager: Manager, presence: Presence) -> Standing:
    if why := _BUSY.get(presence.phone):
        scene.skip(why, manager)
        return Standing.BUSY
    pause = scene.home(manager).wrap_up_seconds
    if pause and presence.idle_since:
        over_at = presence.idle_since + timedelta(seconds=pause)
        if scene.at < over_at:
            scene.skip(Why.SKIPPED_WRAP_UP, manager)
            return Standing.BUSY
    return Standing.FREE


def in_turn(scene: Scene, managers: Iterable[Manager]) -> tuple[Manager, ...]:
    """The order in which the department's strategy asks these managers; promised ones come last."""
    listed = list(managers)
    strategy = scene.department.strategy
    if strategy is Strategy.LONGEST_IDLE:
        listed.sort(key=lambda m: scene.presence(m).idle_since or _NEVER)
    elif strategy is Strategy.ROUND_ROBIN and listed:
        turn = scene.facts.round_robin % len(listed)
        listed = listed[turn:] + listed[:turn]
    promised = [m for m in listed if scene.presence(m).promised]
    if not promised or len(promised) == len(listed):
        return tuple(listed)
    for manager in promised:
        scene.skip(Why.SKIPPED_PROMISED, manager)
    return (*(m for m in listed if not scene.presence(m).promised), *promised)


def phone_of(manager: Manager) -> Target:
    """A manager's phone. Without a template or a device the PBX's usual ones are meant."""
    return _phone(manager.key, manager.extension, manager.pbx, manager.dial, manager.device)


@lru_cache(maxsize=4096)
def _phone(key: str, extension: str, pbx: str, dial: str, device: str) -> Target:
    """Made once for each phone: a large department's phones were half the time of a decision."""
    return Target(
        kind=TargetKind.PHONE,
        manager=key,
        number=extension,
        pbx=pbx,
        dial=dial.replace("{extension}", extension),
        device=device.replace("{extension}", extension),
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


def free_mobile_of(scene: Scene, manager: Manager) -> Target | None:
    """The mobile of somebody who may be called on it now, or None with the reason said.

    Lunch, a meeting or the end of a shift do not stop it: a mobile is for those who are not at
    their desk. "Do not disturb" does, and so does a talk on the desk phone.
    """
    presence = scene.presence(manager)
    if manager.key == scene.caller:
        scene.skip(Why.SKIPPED_IS_CALLER, manager)
    elif presence.status is Status.DO_NOT_DISTURB:
        scene.skip(Why.SKIPPED_STATUS, manager, status=presence.status)
    elif presence.phone is PhoneState.TALKING:
        scene.skip(Why.SKIPPED_TALKING, manager)
    else:
        return mobile_of(scene, manager)
    return None


def as_dialled(e164: str, line: OutgoingLine) -> str:
    """An E.164 number in the spelling that the outgoing line wants."""
    if line.number_format == "plain":
        return e164.removeprefix("+")
    return national(e164) if line.number_format == "national" else e164


def _outgoing(scene: Scene) -> OutgoingLine | None:
    """The department's outgoing line if the call's PBX has it, else that PBX's first one."""
    lines = scene.office.outgoing
    wanted = lines.get(scene.department.outgoing_line)
    if wanted and wanted.pbx == scene.pbx:
        return wanted
    return next((line for line in lines.values() if line.pbx == scene.pbx), None)
