"""Look-ups in the built-in client base: one indexed question by E.164.

Rules: the number is compared as `router.numbers.same_number` does (E.164 is equal, and two
different extensions of a client's own exchange are two people); every match is returned; open
applications come first, the one changed last before the others.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import bindparam, select

from crm_bridge.port import in_time
from router.calls import Direction, Disposition
from router.facts import Application, Client, Lookup, LookupOutcome
from router.numbers import PhoneNumber
from storage import schema
from storage.database import Database
from storage.types import as_instant

MATCHES_READ = 500
_EARLIEST = datetime.min.replace(tzinfo=UTC)


class BuiltinDirectory:
    """The built-in base as a `ClientDirectory`.

    `manager_of` turns a PBX and a phone of it into a manager's key; given it, a look-up also tells
    who talked last with this number.
    """

    def __init__(
        self, database: Database, *, manager_of: Callable[[str, str], str] | None = None
    ) -> None:
        self._database = database
        self._manager_of = manager_of
        self._clients = database.prepare(_clients_question())
        self._last_talk = database.prepare(_last_talk_question())

    async def look_up(self, number: PhoneNumber, deadline_seconds: float) -> Lookup:
        """Every client to whom `number` belongs; see `ClientDirectory`."""
        if number.e164 is None or not number.is_matchable:
            return Lookup(outcome=LookupOutcome.NOT_ASKED)
        answer = self._ask(number, number.e164)
        return await in_time(answer, number=number, deadline_seconds=deadline_seconds)

    async def _ask(self, number: PhoneNumber, e164: str) -> Lookup:
        rows = await self._database.ask(self._clients, e164=e164)
        clients = _clients(row for row in rows if _same_extension(number, row[5]))
        return Lookup(
            outcome=LookupOutcome.FOUND if clients else LookupOutcome.UNKNOWN,
            clients=clients,
            last_talk_manager=await self._talked_last(e164),
        )

    async def _talked_last(self, e164: str) -> str:
        if self._manager_of is None:
            return ""
        rows = await self._database.ask(self._last_talk, number=e164)
        if not rows:
            return ""
        pbx, direction, caller, answered_by = rows[0]
        who = caller if direction == Direction.OUTBOUND else answered_by or ""
        return self._manager_of(pbx, who)


def _clients_question() -> Any:
    clients, numbers, work = schema.clients.c, schema.client_numbers.c, schema.applications.c
    joined = schema.client_numbers.join(schema.clients).outerjoin(
        schema.applications, work.client_id == clients.id
    )
    return (
        select(
            clients.key,
            clients.name,
            clients.owner,
            clients.blocked,
            clients.switchboard,
            numbers.extension,
            work.key.label("application"),
            work.title,
            work.open,
            work.manager,
            work.changed_at,
        )
        .select_from(joined)
        .where(numbers.e164 == bindparam("e164"))
        .order_by(work.open.desc())
        .limit(MATCHES_READ)
    )


def _last_talk_question() -> Any:
    calls = schema.calls.c
    return (
        select(calls.pbx, calls.direction, calls.caller, calls.answered_by)
        .where(calls.number_id == bindparam("number"), calls.disposition == Disposition.ANSWERED)
        .order_by(calls.began_at.desc())
        .limit(1)
    )


def _same_extension(number: PhoneNumber, extension: str) -> bool:
    return not (number.extension and extension) or number.extension == extension


def _clients(rows: Iterable[Sequence[Any]]) -> tuple[Client, ...]:
    """Clients out of rows of client × application."""
    heads: dict[str, Sequence[Any]] = {}
    work: dict[str, dict[str, Application]] = {}
    for row in rows:
        heads.setdefault(row[0], row)
        found = work.setdefault(row[0], {})
        if row[6] is not None:
            found[row[6]] = _application(row[6:])
    return tuple(_client(heads[key], work[key].values()) for key in sorted(heads))


def _client(head: Sequence[Any], applications: Iterable[Application]) -> Client:
    key, name, owner, blocked, switchboard, extension = head[:6]
    return Client(
        key=key,
        name=name,
        owner=owner,
        blocked=bool(blocked),
        switchboard=bool(switchboard) or bool(extension),
        applications=tuple(sorted(applications, key=_urgency)),
    )


def _application(row: Sequence[Any]) -> Application:
    key, title, is_open, manager, changed_at = row
    return Application(
        key=key,
        title=title,
        open=bool(is_open),
        manager=manager,
        changed_at=as_instant(changed_at),
    )


def _urgency(found: Application) -> tuple[bool, float, str]:
    changed = found.changed_at or _EARLIEST
    return not found.open, -(changed - _EARLIEST).total_seconds(), found.key
