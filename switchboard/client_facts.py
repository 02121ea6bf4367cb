"""What is read of a client beside his name while his call rings: applications, last talk and note.

Read by a task of the board's as soon as the client is known, so that no card waits for the
database; read again when a call of his begins or has ended, and when somebody changed him or noted
something. What another process wrote (an import) is thus seen with his next call.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from router.calls import Call, Direction, Disposition
from router.facts import Application
from storage.call_search import Wanted, find_calls
from storage.clients import Clients
from storage.database import Database
from storage.notes import Note, Notes
from storage.reach import Reach
from switchboard.board import Board

MOST = 2_000
"""So many clients are remembered; the oldest give way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LastTalk:
    """The last conversation; `with_whom` is an extension or a number of ours."""

    at: datetime
    with_whom: str
    outgoing: bool
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientFacts:
    """What a card tells of a client."""

    key: str
    name: str
    owner: str
    applications: tuple[Application, ...] = ()
    last_talk: LastTalk | None = None
    last_note: Note | None = None

    def application(self, key: str) -> Application | None:
        """One of his applications, else the first."""
        found = (work for work in self.applications if work.key == key)
        return next(found, self.applications[0] if self.applications else None)


class FactsOfClients:
    """The clients of the calls of this moment, read once each."""

    def __init__(
        self, board: Board, database: Database, learned: Callable[[str], None] = lambda _: None
    ) -> None:
        self.learned = learned
        self._board = board
        self._database = database
        self._known: dict[str, ClientFacts | None] = {}
        self._asked = 0
        self._newest: dict[str, int] = {}

    def of(self, client: str) -> ClientFacts | None:
        """What is known of a client now; what is not is read, and `learned` called."""
        if not client:
            return None
        if client not in self._known:
            while len(self._known) >= MOST:
                del self._known[next(iter(self._known))]
            self._known[client] = None
            self.changed(client)
        return self._known[client]

    def changed(self, client: str) -> None:
        """Something of a client may have changed: what is remembered of him is read again."""
        if client in self._known:
            self._asked += 1
            self._newest[client] = self._asked
            self._board.start(self._read(client, self._asked), "facts of a client")

    async def _read(self, client: str, asked: int) -> None:
        """Read a client; an answer that was overtaken by a later question is older, and left."""
        found = await read_facts(self._database, client)
        if self._newest.get(client) != asked:
            return
        del self._newest[client]
        if client in self._known and self._known[client] != found:
            self._known[client] = found
            self.learned(client)


async def read_facts(database: Database, client: str) -> ClientFacts | None:
    """What the client base and the log tell of a client; None for one who is not there."""
    async with database.reading() as connection:
        record = await Clients(connection).get(client)
        notes = await Notes(connection).of_client(client, limit=5)
    if record is None:
        return None
    wanted = Wanted(clients=(client,), disposition=Disposition.ANSWERED)
    talks = (await find_calls(database, wanted, Reach(everything=True), limit=1)).calls
    return ClientFacts(
        key=client,
        name=record.name,
        owner=record.owner,
        applications=record.applications,
        last_talk=next((_talk(stored.call) for stored in talks), None),
        last_note=next((note for note in notes if note.text), None),
    )


def _talk(call: Call) -> LastTalk:
    outgoing = call.direction is Direction.OUTBOUND
    return LastTalk(
        at=call.answered_at or call.began_at,
        with_whom=(call.caller if outgoing else call.answered_by) or "",
        outgoing=outgoing,
        seconds=call.talk_seconds,
    )
