"""The calls and people of this moment, made once for everybody who looks.

`refresh` compares by identity: a call that did not move costs one look. `changed` says whose desks
are to be drawn again, so that a change of one call draws a few desks and not all of them. Every
page that is opened refreshes the scene; what it finds is kept until `changed` is asked, for
whoever looks on.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from router.calls import Call, Direction
from router.decide import line_of
from router.facts import PhoneState, Presence
from router.office import Manager, Office, Status
from router.recording import recorded
from storage.statuses import Statuses, StatusRow
from switchboard.callers import Callers
from switchboard.client_facts import FactsOfClients
from switchboard.desk import concerned, desk_of, seen
from switchboard.desk_cards import Desk, Seen
from web.parts import WebParts


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """What a refresh found: whose desks, whether anything of the live page, who stands anew.

    `office` says that another office is in force, which changes what anybody may see.
    """

    managers: frozenset[str] = frozenset()
    calls: bool = False
    people: frozenset[str] = frozenset()
    office: bool = False


@dataclass(slots=True)
class _Kept:
    """A call as it was seen last, and what that was made of."""

    call: Call
    source: object
    found: Seen
    whom: frozenset[str]


@dataclass(slots=True)
class Scene:
    """What all streams and pages draw from.

    `watched`: somebody looks on, so that a client's card is read before it is drawn.
    """

    parts: WebParts
    links: Mapping[str, str]
    callers: Callers = field(init=False)
    facts: FactsOfClients = field(init=False)
    rows: dict[str, StatusRow] = field(default_factory=dict)
    watched: bool = False
    paused: set[str] = field(default_factory=set)
    presence: Mapping[str, Presence] = field(default_factory=dict)
    _calls: dict[str, _Kept] = field(default_factory=dict)
    _of_manager: dict[str, set[str]] = field(default_factory=dict)
    _desks: dict[str, Desk] = field(default_factory=dict)
    _office: Office | None = None
    _learned: set[str] = field(default_factory=set)
    _untold: Changed = Changed()

    def __post_init__(self) -> None:
        board, database = self.parts.board, self.parts.database
        self.callers = Callers(board, database)
        self.facts = FactsOfClients(board, database, self._learned.add)

    @property
    def office(self) -> Office:
        """The office in force."""
        return self.parts.board.office()

    def changed(self) -> Changed:
        """What has changed since this was asked last, whoever had the scene refreshed meanwhile."""
        self.refresh()
        changed, self._untold = self._untold, Changed()
        return changed

    def refresh(self) -> None:
        """Take over how things stand now; what is new is kept for `changed`."""
        touched: set[str] = set()
        office = self.office
        another = office is not self._office
        if another:
            touched |= {*office.managers}
            self._office = office
            self._calls.clear()
            self._of_manager.clear()
        calls = {call.id: call for call in self.parts.board.live.all()}
        moved = [call for call in calls.values() if self._is_new(call)]
        gone = [call_id for call_id in self._calls if call_id not in calls]
        for call_id in gone:
            touched |= self._drop(call_id)
        for call in moved:
            touched |= self._take_in(call)
        touched |= self._by_facts()
        people = self._people(office)
        managers = frozenset(touched) | people
        for key in managers:
            self._desks.pop(key, None)
        self._untold = Changed(
            managers=self._untold.managers | managers,
            calls=self._untold.calls or bool(moved or gone),
            people=self._untold.people | people,
            office=self._untold.office or another,
        )

    def calls(self) -> tuple[Seen, ...]:
        """Every living call, in the order in which they began."""
        found = (kept.found for kept in self._calls.values())
        return tuple(sorted(found, key=lambda x: (x.call.began_at, x.call.id)))

    def call(self, call_id: str) -> Seen | None:
        """One living call."""
        kept = self._calls.get(call_id)
        return kept.found if kept else None

    def calls_of(self, manager: str) -> tuple[Seen, ...]:
        """The living calls that concern a manager, in the order in which they began."""
        found = [self._calls[key].found for key in self._of_manager.get(manager, ())]
        return tuple(sorted(found, key=lambda x: (x.call.began_at, x.call.id)))

    def desk(self, manager: Manager) -> Desk:
        """What stands on a manager's desk."""
        found = self._desks.get(manager.key)
        if found is None:
            presence = self.presence.get(manager.key, Presence())
            found = desk_of(manager, self.calls_of(manager.key), self.office, presence)
            self._desks[manager.key] = found
        return found

    def recording(self, found: Seen) -> str:
        """Whether a talk is recorded by the office's rules: `on`, `paused` or empty."""
        office, call = self.office, found.call
        department = office.departments.get(found.department)
        if department is None or not found.talking or call.direction is Direction.INTERNAL:
            return ""
        line = line_of(call.line, office) if call.direction is Direction.INBOUND else None
        if not recorded(office, department, line).record:
            return ""
        return "paused" if call.id in self.paused else "on"

    def pause(self, call_id: str, *, paused: bool) -> None:
        """The recording of a call was paused, or goes on."""
        if paused:
            self.paused.add(call_id)
        else:
            self.paused.discard(call_id)

    def phone(self, manager: str) -> PhoneState:
        """How a manager's phone stands."""
        return self.presence.get(manager, Presence()).phone

    def link_up(self, pbx: str) -> bool:
        """Whether an exchange is watched; one that never links is not asked for."""
        return not self.links.get(pbx, "")

    async def read_rows(self) -> None:
        """Read who set which status, and until when."""
        async with self.parts.database.reading() as connection:
            self.rows = await Statuses(connection).all()

    # -- taking over -------------------------------------------------------------------------------

    def _is_new(self, call: Call) -> bool:
        kept = self._calls.get(call.id)
        return kept is None or kept.call is not call or kept.source is not self.callers.source(call)

    def _take_in(self, call: Call) -> frozenset[str]:
        kept, known = self._calls.get(call.id), self.callers.known(call)
        before = self._drop(call.id, forget=False)
        if self.watched:
            again = kept is None or kept.found.known.client != known.client
            self._read_facts(known.client, again=again)
        department = self.parts.control.department_of(call)
        found = seen(call, known, self.office, department)
        whom = concerned(found, self.office)
        source = self.callers.source(call)
        self._calls[call.id] = _Kept(call=call, source=source, found=found, whom=whom)
        for key in whom:
            self._of_manager.setdefault(key, set()).add(call.id)
        return before | whom

    def _read_facts(self, client: str, *, again: bool) -> None:
        """Have a client's card read; what is remembered from an earlier call may be old."""
        if again:
            self.facts.changed(client)
        self.facts.of(client)

    def _drop(self, call_id: str, *, forget: bool = True) -> frozenset[str]:
        kept = self._calls.pop(call_id, None)
        if forget:
            self.callers.forget(call_id)
            self.paused.discard(call_id)
        if kept is None:
            return frozenset()
        for key in kept.whom:
            self._of_manager[key].discard(call_id)
        if forget:
            self.facts.changed(kept.found.known.client)
        return kept.whom

    def _by_facts(self) -> frozenset[str]:
        """Whose calls are of clients of whom more is known since."""
        learned, touched = set(self._learned), set[str]()
        self._learned.clear()
        if learned:
            for kept in self._calls.values():
                if kept.found.known.client in learned:
                    touched |= kept.whom
        return frozenset(touched)

    def _people(self, office: Office) -> frozenset[str]:
        now, before = self.parts.board.presence.standing(office), self.presence
        if now is before:
            return frozenset()
        self.presence = now
        return frozenset(
            key for key, p in now.items() if _standing(p) != _standing(before.get(key))
        )


def _standing(presence: Presence | None) -> tuple[PhoneState, Status] | None:
    return (presence.phone, presence.status) if presence else None
