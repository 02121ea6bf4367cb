"""Placing a call: which number, through which outgoing line, and what is known of the client.

The outgoing line is the department's if it is on the manager's PBX, else that PBX's first one. A
number outside the line's prefixes is refused before anything rings. What is known of the client is
kept for the call's record as it is for a call that comes in: of the one whose card or callback the
click came from, else of the only one who has the number. Of several none is chosen by chance.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pbx_adapters.port import LiveControl, Outcome, OwnPhone, PlaceCall
from router.candidates import as_dialled, phone_of
from router.facts import Client, Offer
from router.numbers import NumberKind, PhoneNumber, normalise
from router.office import Manager, OutgoingLine
from router.plan import Decision, Ending, Plan
from router.recording import recorded
from switchboard.board import Board
from switchboard.control_texts import Refusal
from switchboard.live import Made
from switchboard.routing import LOOKUP_SECONDS, client_meant, look_up, number_plan

NOTHING_DONE = frozenset({Outcome.REJECTED, Outcome.REFUSED, Outcome.NO_LINK})
_NO_PLAN = Plan(steps=(), ending=Ending.MESSAGE_BUSY, patience_seconds=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A number that may be called, the line that carries it, and the client who is meant.

    `client` is a key, "" where the click told none.
    """

    number: PhoneNumber
    e164: str
    line: OutgoingLine
    client: str = ""


class Places:
    """Prepares and carries out the placing of calls for one board."""

    def __init__(self, board: Board) -> None:
        self._board = board

    def wanted(self, text: str, manager: Manager, *, client: str = "") -> Wanted | Refusal:
        """What is to be dialled, or why it is not."""
        if not text.isprintable():  # nobody types a line break into a number
            return Refusal.BAD_NUMBER
        number = normalise(text, number_plan(self._board.office()))
        if number.kind is NumberKind.INTERNAL:
            return Refusal.COLLEAGUE
        if not (number.is_matchable and number.e164):
            return Refusal.BAD_NUMBER
        line = self.line(manager)
        if line is None:
            return Refusal.NO_OUTGOING_LINE
        if not number.e164.startswith(line.prefixes):
            return Refusal.PREFIX
        return Wanted(number=number, e164=number.e164, line=line, client=client)

    def line(self, manager: Manager) -> OutgoingLine | None:
        """The outgoing line of a manager."""
        office = self._board.office()
        department = office.departments.get(manager.department)
        wanted = office.outgoing.get(department.outgoing_line) if department else None
        if wanted and wanted.pbx == manager.pbx:
            return wanted
        return next((line for line in office.outgoing.values() if line.pbx == manager.pbx), None)

    def line_name(self, manager: Manager) -> str:
        """The outgoing line's key, for a sentence."""
        line = self.line(manager)
        return line.key if line else ""

    async def command(
        self, wanted: Wanted, manager: Manager, command_id: str, ring_seconds: int
    ) -> PlaceCall:
        """The command; what is known of the client is kept for the record."""
        lookup = await look_up(self._board.directory, wanted.number, LOOKUP_SECONDS)
        client = client_meant(lookup.clients, wanted.client)
        self._remember(command_id, wanted, manager, client, lookup.clients)
        phone = phone_of(manager)
        return PlaceCall(
            id=command_id,
            phone=OwnPhone(extension=phone.number, dial=phone.dial),
            number=wanted.e164,
            name=client.name if client else "",
            outgoing=wanted.line.key,
            dial=wanted.line.dial.replace("{number}", as_dialled(wanted.e164, wanted.line)),
            caller_id=wanted.line.caller_id,
            channels=wanted.line.channels,
            ring_seconds=ring_seconds,
            record=self._recorded(manager, lookup.clients),
        )

    def _recorded(self, manager: Manager, clients: Sequence[Client]) -> bool:
        """Whether the department records and no client of this number refuses it."""
        office = self._board.office()
        department = office.departments.get(manager.department)
        wanted = department is not None and recorded(office, department).record
        return wanted and not any(client.no_recording for client in clients)

    async def carry_out(self, command: PlaceCall, control: LiveControl) -> Outcome:
        """Place the call; returns when they talk, or when it is known why not."""
        outcome = await control.place(command)
        if outcome in NOTHING_DONE:
            self._board.let_go(command.id)
        return outcome

    def _remember(
        self,
        call_id: str,
        wanted: Wanted,
        manager: Manager,
        client: Client | None,
        matches: Sequence[Client],
    ) -> None:
        now = self._board.now
        offer = Offer(
            call_id=call_id,
            pbx=manager.pbx,
            line=wanted.e164,
            caller=manager.extension,
            number=wanted.number,
            at=now,
        )
        known = Decision(
            plan=_NO_PLAN,
            reasons=(),
            department=manager.department,
            client=client.key if client else "",
            client_name=client.name if client else "",
            owner=client.owner if client else "",
            matches=tuple(sorted(match.key for match in matches)),
        )
        self._board.live.decided(Made(offer=offer, decision=known, at=now))
