"""A switchboard in a few lines: the real router, a table of clients, a dict of calls.

It is what the engine does without mailboxes, deadlines and storage, so that the simulator and the
stories can be judged by themselves. It keeps the port's `Switchboard` and the stories' `Service`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from dozvon.demo.stage import LoggedCall, logged
from dozvon.demo.stories import CLIENTS
from dozvon.demo.story import Story
from pbx_adapters.port import CallOffered, GapClosed, JournalEntry, LinkState
from pbx_adapters.simulator import SimulatedPbx
from router.callbacks import PartyCall, items
from router.calls import Call, Direction
from router.decide import decide
from router.events import AnyCallEvent, CallBegan
from router.facts import Client, Facts, Lookup, LookupOutcome, Offer, PhoneState, Presence
from router.hours import NoHolidays
from router.lifecycle import Disagreement, Verdict, advance, settle
from router.numbers import NumberPlan, normalise, same_number
from router.office import Office, Status
from router.plan import Decision


@dataclass
class SmallSwitchboard:
    """Decides, folds events, settles by the journal."""

    in_force: Office
    phones: dict[str, PhoneState] = field(default_factory=dict)
    said: dict[str, Status] = field(default_factory=dict)
    calls: dict[str, Call] = field(default_factory=dict)
    decisions: dict[str, Decision] = field(default_factory=dict)
    entries: dict[str, JournalEntry] = field(default_factory=dict)
    disagreements: list[Disagreement] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)
    gaps: list[GapClosed] = field(default_factory=list)
    told: list[AnyCallEvent] = field(default_factory=list)

    async def decide(self, offered: CallOffered) -> Decision:
        plan = NumberPlan(region=self.in_force.region, area_code=self.in_force.area_code or None)
        number = normalise(offered.caller, plan)
        found = tuple(
            Client(key=c.key, name=c.name, owner=c.owner)
            for c in CLIENTS
            if same_number(number, normalise(c.number, plan))
        )
        offer = Offer(
            call_id=offered.call_id,
            pbx=offered.pbx,
            line=offered.line,
            caller=offered.caller,
            caller_name=offered.caller_name,
            number=number,
            at=offered.at,
        )
        outcome = LookupOutcome.FOUND if found else LookupOutcome.UNKNOWN
        facts = Facts(lookup=Lookup(outcome=outcome, clients=found), presence=self._presence())
        decision = decide(offer, facts, self.in_force, NoHolidays())
        self.decisions[offered.call_id] = decision
        return decision

    def _presence(self) -> Mapping[str, Presence]:
        return {
            m.key: Presence(
                status=self.said.get(m.key, Status.AVAILABLE),
                phone=self.phones.get(m.extension, PhoneState.UNKNOWN),
            )
            for m in self.in_force.managers.values()
        }

    async def happened(self, event: AnyCallEvent) -> None:
        self.told.append(event)
        step = advance(self.calls.get(event.call_id), event)
        if step.ignored:
            self.ignored.append(f"{type(event).__name__} {step.ignored}")
        if step.call:
            self.calls[event.call_id] = step.call

    async def phones_changed(self, pbx: str, states: Mapping[str, PhoneState]) -> None:  # noqa: ARG002 - the port's signature; there is one PBX
        self.phones.update(states)

    async def record(self, entries: Sequence[JournalEntry]) -> Sequence[str]:
        for entry in entries:
            if entry.disposition is None or entry.ended_at is None:
                continue
            call = self.calls.get(entry.call_id) or _unseen(entry)
            verdict = Verdict(
                disposition=entry.disposition,
                ended_at=entry.ended_at,
                reason=entry.reason,
                answered_by=entry.answered_by.removeprefix("+") or None,
            )
            self.calls[entry.call_id], disagreement = settle(call, verdict)
            self.entries[entry.call_id] = entry
            if disagreement:
                self.disagreements.append(disagreement)
        return [entry.key for entry in entries]

    async def link_changed(self, pbx: str, state: LinkState, why: str) -> None:
        pass

    async def gap_closed(self, closed: GapClosed) -> None:
        self.gaps.append(closed)

    def office(self) -> Office:
        return self.in_force

    def statuses(self) -> Mapping[str, Status]:
        return self.said

    def logged_call(self, call_id: str) -> LoggedCall:
        call, entry = self.calls[call_id], self.entries[call_id]
        decision = self.decisions.get(call_id)
        open_items = [i for i in items("anybody", [PartyCall.of(call)]) if i.closing is None]
        return logged(
            call,
            reasons=decision.reasons if decision else (),
            trail=entry.trail,
            callback=bool(open_items),
            way=entry.way,
        )


@dataclass
class SmallService:
    """The stories' `Service` over a small switchboard and the simulated exchange."""

    switchboard: SmallSwitchboard
    pbx: SimulatedPbx
    before: frozenset[str] = frozenset()

    async def prepare(self, story: Story) -> None:
        board = self.switchboard
        self.before = frozenset(board.calls)
        for manager in board.in_force.managers:
            status = story.statuses.get(manager, Status.AVAILABLE)
            board.said[manager] = status
            await self.pbx.status_changed(manager, status)
        if story.service_dead:
            self.pbx.kill_service()

    async def logged(self, story: Story) -> Sequence[LoggedCall]:
        if story.service_dead:
            self.pbx.revive_service()
            await self.pbx.settled()
        board = self.switchboard
        return [board.logged_call(key) for key in board.calls if key not in self.before]


def _unseen(entry: JournalEntry) -> Call:
    """A call that only the journal knows."""
    began = CallBegan(
        pbx=entry.pbx,
        call_id=entry.call_id,
        at=entry.began_at,
        linked_id=entry.call_id,
        direction=Direction.INBOUND,
        caller=entry.caller,
        caller_name=entry.caller_name,
        line=entry.line,
    )
    call = advance(None, began).call
    assert call is not None
    return call
