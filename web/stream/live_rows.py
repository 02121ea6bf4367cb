"""The live page's rows: who calls, where it rings, who talks, who is there.

Of a call within his reach a person sees everything; of one that he only may take over, what a take
card tells; of other calls nothing. The same holds for what his colleagues are busy with.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from router.calls import CallState, Direction
from router.facts import PhoneState
from router.office import Manager, Status
from switchboard import control_rights as rights
from switchboard.desk import owner_name
from switchboard.desk_cards import AtPhone, Seen
from web.access.roles import Permission
from web.stream.scene import Scene
from web.stream.viewer import Viewer

MOST_ROWS = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveRow:
    """A call; `state` is waiting, ringing, talking or held. `whole`: all of it may be seen.

    `recording` is `on`, `paused` or empty, for whoever may pause it.
    """

    call_id: str
    state: str
    direction: str
    client_name: str
    client: str
    number: str
    whole: bool
    owner_name: str
    application: str
    line_name: str
    department: str
    who: tuple[tuple[str, bool], ...]
    began_at: datetime
    since: datetime
    until: datetime | None
    may_take: bool
    may_transfer: bool
    may_hang_up: bool
    recording: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonRow:
    """Somebody of the office; `busy_with` is empty where it is not to be seen."""

    key: str
    name: str
    extension: str
    status: Status
    until: datetime | None
    phone: PhoneState
    busy: str
    busy_with: str
    since: datetime | None
    may_set: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveFloor:
    """All of it: people come by department; `targets` are those to whom a talk may be handed on."""

    calls: tuple[LiveRow, ...]
    more_calls: int
    groups: tuple[tuple[str, tuple[PersonRow, ...]], ...]
    targets: tuple[tuple[str, str, str], ...]


def live_floor(scene: Scene, viewer: Viewer) -> LiveFloor:
    """What somebody sees of this moment."""
    rows = [row for found in scene.calls() if (row := _row(scene, viewer, found))]
    return LiveFloor(
        calls=tuple(rows[:MOST_ROWS]),
        more_calls=max(0, len(rows) - MOST_ROWS),
        groups=_groups(scene, viewer),
        targets=_targets(scene),
    )


def sees(viewer: Viewer, found: Seen) -> bool:
    """Whether all of a call is within his reach."""
    reach = viewer.reach
    if reach.everything or found.department in reach.departments:
        return True
    keys = {at.manager for at in (*found.ringing, *found.talking)} | {found.known.owner}
    return not reach.managers.isdisjoint(keys - {""})


def _row(scene: Scene, viewer: Viewer, found: Seen) -> LiveRow | None:
    call = found.call
    if call.state is CallState.ENDED:
        return None
    whole = sees(viewer, found)
    me = scene.office.managers.get(viewer.person.manager)
    take = me is not None and _may_take(scene, viewer, me, found)
    if not (whole or take):
        return None
    who = found.talking or found.ringing
    untils = [at.until for at in found.ringing if at.until]
    return LiveRow(
        call_id=call.id,
        state=_state(found),
        direction=str(call.direction),
        client_name=found.known.client_name,
        client=found.known.client if whole else "",
        number=found.known.number if whole or not found.known.client else "",
        whole=whole,
        owner_name=owner_name(found.known, scene.office),
        application=found.known.application,
        line_name=found.line_name,
        department=_department(scene, found.department),
        who=tuple((at.name, at.mobile) for at in who),
        began_at=call.began_at,
        since=_since(found, who),
        until=max(untils, default=None) if not found.talking else None,
        may_take=take,
        may_transfer=me is not None and _may_transfer(scene, viewer, me, found),
        may_hang_up=me is not None
        and viewer.may(Permission.HANG_UP)
        and rights.may_hang_up(scene.office, me, call, found.department),
        recording=_recording(scene, me, found),
    )


def _state(found: Seen) -> str:
    if found.call.state is CallState.HELD:
        return "held"
    if found.talking:
        return "talking"
    return "ringing" if found.ringing else "waiting"


def _since(found: Seen, who: tuple[AtPhone, ...]) -> datetime:
    if not who:
        return found.call.began_at
    return min(at.since for at in who)


def _may_take(scene: Scene, viewer: Viewer, me: Manager, found: Seen) -> bool:
    at_me = any(at.manager == me.key and not at.mobile for at in found.ringing)
    if not (found.takeable and viewer.may(Permission.TAKE) and not at_me):
        return False
    return me.pbx == found.call.pbx and rights.may_take(scene.office, me, found.department)


def _may_transfer(scene: Scene, viewer: Viewer, me: Manager, found: Seen) -> bool:
    if not viewer.may(Permission.TRANSFER) or found.call.direction is Direction.INTERNAL:
        return False
    leg = rights.talking_leg(found.call, me)
    if leg is None:
        return False
    return rights.is_his(me, found.call, leg) or rights.is_head(scene.office, me, found.department)


def _recording(scene: Scene, me: Manager | None, found: Seen) -> str:
    """How the recording stands, for whoever may pause it."""
    may = me and rights.may_pause(scene.office, me, found.call, found.department)
    return scene.recording(found) if may else ""


def _department(scene: Scene, key: str) -> str:
    found = scene.office.departments.get(key)
    return found.name if found else key


def _groups(scene: Scene, viewer: Viewer) -> tuple[tuple[str, tuple[PersonRow, ...]], ...]:
    reach = viewer.reach
    me = scene.office.managers.get(viewer.manager)
    shown = set(reach.departments) | ({me.department} if me else set())
    groups = []
    for department in scene.office.departments.values():
        if reach.everything or department.key in shown:
            members = scene.office.members(department.key)
            rows = tuple(_person(scene, viewer, member) for member in members)
            if rows:
                groups.append((department.name, rows))
    return tuple(groups)


def _person(scene: Scene, viewer: Viewer, manager: Manager) -> PersonRow:
    presence = scene.presence[manager.key]
    row = scene.rows.get(manager.key)
    holds = row is not None and row.status is presence.status
    busy, with_whom, since = _busy(scene, viewer, manager)
    reach = viewer.reach
    in_reach = reach.everything or manager.department in reach.departments
    return PersonRow(
        key=manager.key,
        name=manager.name,
        extension=manager.extension,
        status=presence.status,
        until=row.until if row and holds else None,
        phone=presence.phone,
        busy=busy,
        busy_with=with_whom,
        since=since,
        may_set=in_reach and viewer.may(Permission.STATUS_OF_OTHERS),
    )


def _busy(scene: Scene, viewer: Viewer, manager: Manager) -> tuple[str, str, datetime | None]:
    """What he does now, with whom as far as the viewer may know, and since when."""
    for found in scene.calls_of(manager.key):
        for word, phones in (("talking", found.talking), ("ringing", found.ringing)):
            at = next((at for at in phones if at.manager == manager.key), None)
            if at:
                known = found.known
                whom = known.client_name or known.number if sees(viewer, found) else ""
                return word, whom, at.since
    return "", "", None


def _targets(scene: Scene) -> tuple[tuple[str, str, str], ...]:
    office = scene.office
    return tuple(
        (office.departments[m.department].name, m.key, m.name)
        for m in office.managers.values()
        if m.extension and m.department in office.departments
    )
