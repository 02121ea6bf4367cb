"""To whom a call belongs: the client, his unknown number, or nobody but the call itself.

A number becomes known when the client base learns it, or when a call from it was recognised. Then
the earlier calls from it move to the client, so that in the end it does not matter what came first.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import bindparam, select, union, update

from router.callbacks import party_of
from router.calls import Direction, Disposition
from router.numbers import NumberKind, PhoneNumber
from storage import schema
from storage.connection import AnyConnection

_calls = schema.calls
_clients, _numbers = schema.clients, schema.client_numbers

_CLIENTS_OF = union(
    select(_clients.c.key)
    .join(_numbers, _numbers.c.client_id == _clients.c.id)
    .where(_numbers.c.e164 == bindparam("number")),
    select(_calls.c.client_key).where(
        _calls.c.number_id == bindparam("number"), _calls.c.client_key != ""
    ),
)
_UNRECOGNISED = (_calls.c.client_key == "", _calls.c.direction != Direction.INTERNAL)
_HELD = (
    select(_calls.c.number_id, _calls.c.party)
    .distinct()
    .where(_calls.c.number_id.in_(bindparam("numbers", expanding=True)), *_UNRECOGNISED)
)
_MISSED_FROM = (
    select(_calls.c.party)
    .distinct()
    .where(
        _calls.c.number_id == bindparam("number"),
        _calls.c.disposition == Disposition.MISSED,
        _calls.c.direction == Direction.INBOUND,
    )
)


def number_id(number: PhoneNumber | None) -> str | None:
    """What identifies a number: E.164 where it may be matched, else the text; None when hidden."""
    if number is None or number.kind is NumberKind.HIDDEN:
        return None
    if number.e164 and number.is_matchable:
        return number.e164
    return f"raw:{number.value or number.raw.strip()}"


async def clients_of(connection: AnyConnection, number: str) -> set[str]:
    """Every client who is known to use a number, from the base or from recognised calls."""
    found = await connection.execute(_CLIENTS_OF, {"number": number})
    return set(found.scalars())


async def parties_missed_from(connection: AnyConnection, number: str) -> frozenset[str]:
    """Every party that the company missed from a number."""
    found = await connection.execute(_MISSED_FROM, {"number": number})
    return frozenset(found.scalars())


async def party_for(
    connection: AnyConnection, *, call_id: str, number: str | None, client: str
) -> str:
    """The party of a call that is about to be written."""
    known: set[str] = set()
    if not client and number:
        known = await clients_of(connection, number)
    return party_of(call_id=call_id, number_key=number, client=client, clients_of_number=known)


async def move_calls(connection: AnyConnection, numbers: Iterable[str]) -> set[str]:
    """Gives unrecognised calls from these numbers to whom they belong now.

    Returns every party that lost or won a call, and those that were missed from such a number:
    their callbacks must be counted again.
    """
    changed: set[str] = set()
    held = await connection.execute(_HELD, {"numbers": list(numbers)})
    for number, party in held.all():
        now = await party_for(connection, call_id="", number=number, client="")
        if now == party:
            continue
        here = (_calls.c.number_id == number, _calls.c.party == party, *_UNRECOGNISED)
        await connection.execute(update(_calls).where(*here).values(party=now))
        changed |= {party, now} | await parties_missed_from(connection, number)
    return changed
