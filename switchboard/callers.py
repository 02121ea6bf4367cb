"""Who the outside party of a living call is: the decision's word, else asked for again.

Rules: the answer is given at once from memory, never waited for. What is missing (the decision of a
service that was started again in mid-call, a call that never came by us) is looked up by a task of
the board's: first the kept decision, else the client base by the number, where of several clients
none is chosen. `learned` is then called with the call's id. A call is looked up once.
"""

from __future__ import annotations

from collections.abc import Callable

from router.calls import Call, Direction
from router.facts import LookupOutcome
from router.numbers import NumberKind, PhoneNumber, normalise, read_caller
from router.plan import Decision
from storage.database import Database
from storage.decisions import Decisions
from switchboard.board import Board
from switchboard.desk_cards import Known
from switchboard.routing import LOOKUP_SECONDS, client_meant, look_up, number_plan


class Callers:
    """What is known of every living call of one board."""

    def __init__(
        self, board: Board, database: Database, learned: Callable[[str], None] = lambda _: None
    ) -> None:
        self.learned = learned
        self._board = board
        self._database = database
        self._found: dict[str, Known] = {}
        self._asked: set[str] = set()

    def known(self, call: Call) -> Known:
        """What is known now; what is not is asked for."""
        made = self._board.live.decision_of(call.id)
        if made:
            return _known(made.decision, made.offer.number)
        if found := self._found.get(call.id):
            return found
        if call.direction is Direction.INTERNAL:
            return Known(asked=True)
        if call.id not in self._asked:
            self._asked.add(call.id)
            self._board.start(self._ask(call), f"who calls in {call.id}")
        return Known(number=_shown(self._number(call)))

    def source(self, call: Call) -> object:
        """What the answer is made of: the same object as long as nothing new is known."""
        return self._board.live.decision_of(call.id) or self._found.get(call.id)

    def forget(self, call_id: str) -> None:
        """The call is over."""
        self._found.pop(call_id, None)
        self._asked.discard(call_id)

    def _number(self, call: Call) -> PhoneNumber:
        plan = number_plan(self._board.office())
        if call.direction is Direction.INBOUND:
            return read_caller(call.caller, plan)
        return normalise(call.line, plan)

    async def _ask(self, call: Call) -> None:
        number = self._number(call)
        async with self._database.reading() as connection:
            kept = await Decisions(connection).newest_of(call.id)
        found = _known(kept.decision, number) if kept else await self._looked_up(number)
        if call.id in self._asked:
            self._found[call.id] = found
            self.learned(call.id)

    async def _looked_up(self, number: PhoneNumber) -> Known:
        lookup = await look_up(self._board.directory, number, LOOKUP_SECONDS)
        client = client_meant(lookup.clients)
        if client is None:
            asked = lookup.outcome not in {LookupOutcome.LATE, LookupOutcome.FAILED}
            return Known(number=_shown(number), others=len(lookup.clients), asked=asked)
        work = next((a for a in client.applications if a.open), None)
        return Known(
            number=_shown(number),
            client=client.key,
            client_name=client.name,
            application=work.key if work else "",
            owner=(work.manager if work else "") or client.owner,
            asked=True,
        )


def _known(decision: Decision, number: PhoneNumber) -> Known:
    return Known(
        number=_shown(number),
        client=decision.client,
        client_name=decision.client_name,
        application=decision.application,
        owner=decision.owner,
        others=len(set(decision.matches) - {decision.client}),
        plan=decision.plan if decision.plan.steps else None,
        asked=True,
    )


def _shown(number: PhoneNumber) -> str:
    return "" if number.kind is NumberKind.HIDDEN else number.whole_e164 or number.raw
