"""Whoever a call rings at, or who takes it, may read the client's card until 24 h after the call.

The right is written as soon as it rings, before anybody can ask for the card, and every one of them
is kept among the deeds. An owner needs none.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from router.calls import Call
from storage.audit import AuditRow
from storage.card_rights import CardRights
from storage.unit_of_work import UnitOfWork
from switchboard.board import Board
from switchboard.desk_cards import Seen
from web.stream.scene import Scene

LASTS = timedelta(hours=24)
FORGOTTEN = timedelta(days=7)
"""Rights that ended so long ago are removed; that they were given stays among the deeds."""

MOST_CALLS = 10_000


class Granting:
    """Writes the rights that calls give; each once, and again when the call has ended."""

    def __init__(self, board: Board) -> None:
        self._board = board
        self._given: dict[str, tuple[str, set[str]]] = {}

    def look(self, managers: Iterable[str], scene: Scene) -> None:
        """Give what the calls of these managers give now."""
        for manager in managers:
            for found in scene.calls_of(manager):
                if _reads(manager, found):
                    self._give(manager, found)

    def recorded(self, call: Call) -> None:
        """A call has ended: its rights last for a while from now on."""
        client, managers = self._given.pop(call.id, ("", set[str]()))
        if managers:
            until = (call.ended_at or self._board.now) + LASTS
            self._board.start(self._write(client, managers, call.id, until), "card rights")

    def _give(self, manager: str, found: Seen) -> None:
        call_id, client = found.call.id, found.known.client
        _, managers = self._given.setdefault(call_id, (client, set()))
        if manager in managers:
            return
        managers.add(manager)
        while len(self._given) > MOST_CALLS:
            del self._given[next(iter(self._given))]
        until = self._board.now + LASTS
        work = self._write(client, {manager}, call_id, until, first=True)
        self._board.start(work, "card rights")

    async def _write(
        self, client: str, managers: set[str], call_id: str, until: datetime, *, first: bool = False
    ) -> None:
        now = self._board.now

        async def work(uow: UnitOfWork) -> None:
            rights = CardRights(uow.connection)
            if not first:
                await rights.forget(now - FORGOTTEN)
            for manager in sorted(managers):
                await rights.grant(manager, client, call_id, until)
                if first:
                    await uow.audit.add(
                        AuditRow(
                            at=now,
                            by="service",
                            act="card-right",
                            subject=f"client:{client}",
                            about={"manager": manager, "call": call_id},
                        )
                    )

        await self._board.write(work)


def _reads(manager: str, found: Seen) -> bool:
    at = (*found.ringing, *found.talking)
    known = found.known
    is_his = known.owner == manager
    return bool(known.client) and not is_his and any(x.manager == manager for x in at)
