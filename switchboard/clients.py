"""The client base as people use it: find, read a card, see who is there already.

Rules:

1. Whoever sees a client by his reach may change him; whoever reads a card by the right that a call
   gave him (24 hours) only reads and notes, and that reading is kept.
2. Whom somebody may not know of is not there: None, told as 404.
3. A number or a name that is there already is shown before a client is added, and where it is
   another's client, only that and his owner.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select

from router.client_words import Wanted, wanted, words_in
from router.numbers import PhoneNumber, normalise
from router.office import Office
from storage import schema
from storage.audit import AuditRow
from storage.call_search import FoundCalls, Place, find_calls
from storage.call_search import Wanted as WantedCalls
from storage.card_rights import CardRights
from storage.client_records import records_of
from storage.client_search import Found, Sight, find_clients
from storage.clients import Clients, number_identity
from storage.database import Database
from storage.notes import Note, notes_of_client
from storage.reach import Reach
from storage.records import ClientRecord
from storage.unit_of_work import UnitOfWork
from storage.writer import Writer
from switchboard.routing import number_plan

FOUND = 50
CALLS = 20
SIMILAR = 5

_EVERYTHING = Reach(everything=True)


class Access(StrEnum):
    """Why somebody sees a card."""

    REACH = "reach"
    CALL = "call"


@dataclass(frozen=True, slots=True, kw_only=True)
class Viewer:
    """Who looks: his login, the manager whose desk he sees, how far he sees, from where.

    `desks`: at whose phones a call gives him the right to a card. `heads`: he may hand clients over
    and set marks.
    """

    login: str
    manager: str
    desks: tuple[str, ...]
    reach: Reach
    heads: bool = False
    address: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A client's card.

    `owed`: ids of open callbacks. `contacts`: notes whose next contact is open, the next first.
    """

    client: ClientRecord
    access: Access
    calls: FoundCalls
    notes: tuple[Note, ...] = ()
    contacts: tuple[Note, ...] = ()
    owed: tuple[str, ...] = ()

    @property
    def may_change(self) -> bool:
        """Whether whoever looks may change the client."""
        return self.access is Access.REACH


@dataclass(frozen=True, slots=True, kw_only=True)
class Likeness:
    """A client who may be the same. `hidden`: another's; only his owner is told."""

    key: str
    name: str
    owner: str
    number: str = ""
    hidden: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientBase:
    """The client base for one person at one moment.

    `changed` is told whom he changed, by key; "" for many at once.
    """

    database: Database
    writer: Writer
    office: Office
    viewer: Viewer
    now: datetime
    changed: Callable[[str], None] = lambda _: None

    async def find(self, typed: str, *, limit: int = FOUND) -> Found:
        """Clients by name, number or application; only those whom the viewer may see."""
        asked = wanted(typed, number_plan(self.office))
        if asked.is_empty:
            return Found()
        async with self.database.reading() as connection:
            return await find_clients(connection, asked, self._sight(), limit=limit)

    async def recent(self, *, limit: int = FOUND) -> tuple[ClientRecord, ...]:
        """The viewer's own clients that changed last; the director's are everybody's."""
        t = schema.clients.c
        query = select(t.id).order_by(t.id.desc()).limit(limit)
        managers = self.viewer.reach.managers
        if not self.viewer.reach.everything:
            query = query.where(t.owner.in_(managers))
        async with self.database.reading() as connection:
            ids = (await connection.execute(query)).scalars().all()
            return await records_of(connection, ids)

    async def card(
        self, key: str, *, application: str = "", before: Place | None = None
    ) -> Card | None:
        """A client's card; reading it by a call's right is kept in the audit.

        With an application the calls are those that were about it.
        """
        client, access = await self._seen(key)
        if client is None or access is None:
            return None
        if access is Access.CALL and before is None:
            await self._note_reading(client)
        notes = await notes_of_client(self.database, key)
        open_contacts = (n for n in notes if n.next_contact_at and not n.done_at)
        return Card(
            client=client,
            access=access,
            notes=notes,
            contacts=tuple(sorted(open_contacts, key=lambda n: n.next_contact_at or self.now)),
            calls=await self.calls_of(key, before, application=application),
            owed=await self._owed(key),
        )

    async def seen(self, key: str) -> ClientRecord | None:
        """A client whom the viewer may change; None for every other."""
        client, access = await self._seen(key)
        return client if access is Access.REACH else None

    async def readable(self, key: str) -> ClientRecord | None:
        """A client whose card the viewer may read."""
        return (await self._seen(key))[0]

    async def calls_of(
        self, key: str, before: Place | None = None, *, application: str = ""
    ) -> FoundCalls:
        """A page of a client's calls, newest first: whoever sees the card sees them all."""
        asked = WantedCalls(clients=(key,), application=application)
        return await find_calls(self.database, asked, _EVERYTHING, before=before, limit=CALLS)

    async def alike(self, name: str, numbers: Sequence[PhoneNumber]) -> tuple[Likeness, ...]:
        """Who has one of these numbers already, or much the same name."""
        found: dict[str, Likeness] = {}
        async with self.database.reading() as connection:
            everybody = Sight(reach=_EVERYTHING, at=self.now)
            for number in numbers:
                if number.e164 is None or not number.is_matchable:
                    continue
                asked = Wanted(key=number.e164, e164=number.e164)
                for client in (await find_clients(connection, asked, everybody)).clients:
                    found.setdefault(client.key, self._likeness(client, number.e164))
            said = words_in(name)
            if said:
                asked = Wanted(key=name, words=tuple((word,) for word in said))
                named = await find_clients(connection, asked, self._sight(), limit=SIMILAR)
                for client in named.clients:
                    found.setdefault(client.key, self._likeness(client))
        return tuple(found.values())

    def read_numbers(self, typed: str) -> tuple[tuple[PhoneNumber, ...], tuple[str, ...]]:
        """The numbers in what was typed, one or more in a line, and what is none."""
        good: dict[str, PhoneNumber] = {}
        bad: list[str] = []
        for line in typed.splitlines():
            if not line.strip():
                continue
            first = normalise(line, number_plan(self.office))
            for number in (first, *first.more):
                if number.is_matchable:
                    good.setdefault(number_identity(number), number)
                else:
                    bad.append(line.strip()[:60])
        return tuple(good.values()), tuple(bad)

    def _likeness(self, client: ClientRecord, number: str = "") -> Likeness:
        seen = self._within(client)
        return Likeness(
            key=client.key if seen else "",
            name=client.name if seen else "",
            owner=client.owner,
            number=number,
            hidden=not seen,
        )

    def _within(self, client: ClientRecord) -> bool:
        managers = [work.manager for work in client.applications]
        return self.viewer.reach.sees_client(client.owner, managers)

    async def _seen(self, key: str) -> tuple[ClientRecord | None, Access | None]:
        async with self.database.reading() as connection:
            client = await Clients(connection).get(key)
            if client is None:
                return None, None
            if self._within(client):
                return client, Access.REACH
            if await CardRights(connection).may(self.viewer.desks, key, self.now):
                return client, Access.CALL
        return None, None

    async def _owed(self, key: str) -> tuple[str, ...]:
        t = schema.callbacks.c
        query = select(t.id).where(t.party == f"client:{key}", t.closed_at.is_(None))
        async with self.database.reading() as connection:
            return tuple((await connection.execute(query)).scalars())

    async def _note_reading(self, client: ClientRecord) -> None:
        deed = self.deed("read-card", client.key, because="a call rang at him or he took it")

        async def work(uow: UnitOfWork) -> None:
            await uow.audit.add(deed)

        await self.writer.submit(work)

    def deed(self, act: str, key: str, **about: object) -> AuditRow:
        """What the viewer did to a client, for the audit."""
        return AuditRow(
            at=self.now,
            by=self.viewer.login,
            act=act,
            subject=f"client:{key}",
            about=about,
            address=self.viewer.address,
        )

    def _sight(self) -> Sight:
        return Sight(reach=self.viewer.reach, managers=self.viewer.desks, at=self.now)
