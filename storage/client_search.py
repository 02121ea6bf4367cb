"""Finds clients by what somebody typed; quick whatever the size of the base.

Rules:

1. Every step looks at a bounded number of rows. Of several words the rarest leads, the others are
   only checked. Where a word is so common that its clients are more than `LOOKED_AT`, and the
   person may see few of them, his own clients are looked through instead.
2. Whom one may not see is left out by the question itself.
3. Better matches come first: the whole name, then whole words, then beginnings; equal ones by name.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    exists,
    func,
    literal,
    or_,
    select,
    union_all,
)

from router.client_words import Wanted, folded, words_in
from storage import schema
from storage.client_records import records_of
from storage.connection import AnyConnection
from storage.reach import Reach
from storage.records import ClientRecord

_t, _words, _numbers = schema.clients, schema.client_words, schema.client_numbers
_work, _rights = schema.applications, schema.card_rights

LOOKED_AT = 10_000
COUNTED = 3_000
RANKED = 200
_LAST = "\U0010ffff"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """Whose clients somebody sees: within his reach, of nobody, or by a right to a card.

    `managers`: under which keys a call may have given him such a right.
    """

    reach: Reach
    managers: tuple[str, ...] = ()
    at: datetime

    def condition(self) -> ColumnElement[bool] | None:
        """The condition on `clients`; None for whoever sees all."""
        if self.reach.everything:
            return None
        managers = self.reach.managers
        his = exists().where(_work.c.client_id == _t.c.id, _work.c.manager.in_(managers))
        told = exists().where(
            _rights.c.manager.in_(self.managers),
            _rights.c.client_key == _t.c.key,
            _rights.c.until > self.at,
        )
        return or_(_t.c.owner == "", _t.c.owner.in_(managers), his, told)


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Clients, best first; `more`: there are others that a longer question would show."""

    clients: tuple[ClientRecord, ...] = ()
    more: bool = False


async def find_clients(
    connection: AnyConnection, asked: Wanted, sight: Sight, *, limit: int = 50
) -> Found:
    """The clients that somebody may see and that are meant by what he typed."""
    search = _Search(connection, asked, sight)
    await search.run()
    best = sorted(search.names, key=lambda id_: _rank(search.names[id_], asked))
    clients = await records_of(connection, best[:limit])
    return Found(clients=clients, more=search.more or len(best) > limit)


async def few_clients(
    connection: AnyConnection, asked: Wanted, sight: Sight, *, most: int
) -> tuple[str, ...]:
    """The keys of all clients that are meant by what he typed; none where there are more than that.

    Whether there are more is all that is found out about them.
    """
    search = _Search(connection, asked, sight, most=most)
    await search.run()
    if search.more or not 0 < len(search.names) <= most:
        return ()
    keys = select(_t.c.key).where(_t.c.id.in_(list(search.names))).order_by(_t.c.key)
    return tuple((await connection.execute(keys)).scalars())


class _Search:
    """One search on its way; `names` are the clients found, by id, `most` of one question."""

    def __init__(
        self, connection: AnyConnection, asked: Wanted, sight: Sight, *, most: int = RANKED
    ) -> None:
        self._connection = connection
        self._asked = asked
        self._sight = sight
        self._most = most
        self.names: dict[int, str] = {}
        self.more = False

    async def run(self) -> None:
        asked = self._asked
        await self._keep(self._visible(_t.c.key == asked.key))
        if asked.e164:
            await self._keep(self._visible(_has_number(_numbers.c.e164 == asked.e164)))
            return
        if asked.tail:
            await self._by_words([(asked.tail,)])
        if asked.prefix:
            await self._by_prefix(asked.prefix)
        if asked.words:
            await self._by_words(asked.words)

    async def _by_prefix(self, prefix: str) -> None:
        begins = _between(_numbers.c.number_key, prefix)
        led = select(_numbers.c.client_id).where(begins).order_by(_numbers.c.number_key)
        await self._keep(self._visible(_t.c.id.in_(_looked_at(led))))

    async def _by_words(self, words: Sequence[tuple[str, ...]]) -> None:
        """The rarest word leads."""
        counts = await self._counts(words)
        order = sorted(range(len(words)), key=lambda n: (counts[n], -len(words[n][0])))
        first, rest = words[order[0]], [words[n] for n in order[1:]]
        if not counts[order[0]]:
            return
        others = [_has_word(word) for word in rest]
        led = union_all(*(_led_by(beginning) for beginning in first)).subquery()
        whole = await self._keep(self._visible(_t.c.id.in_(select(led.c.client_id)), *others))
        if whole and counts[order[0]] >= COUNTED:
            self.more = self.more or await self._cut(first)
            if self._sight.reach.managers and not self._sight.reach.everything:
                await self._own(words)

    async def _own(self, words: Sequence[tuple[str, ...]]) -> None:
        """Looks through the person's own clients instead of everybody's."""
        managers = self._sight.reach.managers
        owned = select(_t.c.id).where(_t.c.owner.in_(managers)).limit(LOOKED_AT)
        worked = select(_work.c.client_id).where(_work.c.manager.in_(managers)).limit(LOOKED_AT)
        own = union_all(owned.subquery().select(), worked.subquery().select()).subquery()
        his = select(_t.c.id, _t.c.name).where(_t.c.id.in_(select(own.c[0])))
        await self._keep(his.where(*(_has_word(word) for word in words)))

    async def _cut(self, word: tuple[str, ...]) -> bool:
        """Whether there are more clients with a word than were looked at."""
        most = [select(func.count()).select_from(_led_by(b).subquery()) for b in word]
        counts = (await self._connection.execute(union_all(*most))).scalars().all()
        return bool(max(counts) >= LOOKED_AT)

    async def _counts(self, words: Sequence[tuple[str, ...]]) -> list[int]:
        """How many clients have each word, counted no further than is needed."""
        if len(words) == 1 and self._sight.reach.everything:
            return [1]
        counts = [
            select(literal(n).label("n"), func.count()).select_from(_counted(beginning))
            for n, word in enumerate(words)
            for beginning in word
        ]
        found = [0] * len(words)
        for n, count in (await self._connection.execute(union_all(*counts))).all():
            found[n] += count
        return found

    def _visible(self, *conditions: ColumnElement[bool]) -> Select[Any]:
        query = select(_t.c.id, _t.c.name).where(*conditions)
        seen = self._sight.condition()
        return query if seen is None else query.where(seen)

    async def _keep(self, query: Select[Any]) -> bool:
        """Takes in the clients of a question; gives whether these were all of them."""
        rows = (await self._connection.execute(query.limit(self._most + 1))).all()
        self.more = self.more or len(rows) > self._most
        for row in rows[: self._most]:
            self.names.setdefault(row.id, row.name)
        return len(rows) <= self._most


def _led_by(beginning: str) -> Select[Any]:
    query = select(_words.c.client_id).where(_between(_words.c.word, beginning))
    return _looked_at(query.order_by(_words.c.word, _words.c.client_id))


def _looked_at(query: Select[Any]) -> Select[Any]:
    """No further than is bearable; apart, so that no database mixes the limit with the rest."""
    return select(query.limit(LOOKED_AT).subquery().c.client_id)


def _counted(beginning: str) -> Any:
    there = select(_words.c.client_id).where(_between(_words.c.word, beginning))
    return there.limit(COUNTED).subquery()


def _has_word(word: Iterable[str]) -> ColumnElement[bool]:
    meant = or_(*(_between(_words.c.word, beginning) for beginning in word))
    return exists().where(_words.c.client_id == _t.c.id, meant)


def _has_number(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    return _t.c.id.in_(select(_numbers.c.client_id).where(condition).limit(LOOKED_AT))


def _between(column: Any, beginning: str) -> ColumnElement[bool]:
    return and_(column >= beginning, column < beginning + _LAST)


def _rank(name: str, asked: Wanted) -> tuple[bool, int, str]:
    """Sorts before others what fits better."""
    told, said = words_in(name), [word[0] for word in asked.words]
    whole = sum(word not in told for word in said)
    return folded(name) != folded(asked.key), whole, folded(name)
