"""Which calls should have a recording: read from the journal entries that were taken over.

The journal names the files that the PBX wrote, also of calls that came and went while we were down.
An answered call that was to be recorded and has no file is expected all the same: it is missing,
and somebody is told. Each entry is looked at once; how far we have come is kept in the database.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, or_, select

from recordings.port import PartKind
from router.calls import Direction, Disposition
from storage import schema
from storage.database import Database
from storage.office_versions import OfficeVersions
from storage.recording_records import NewPart, NewRecording
from storage.unit_of_work import UnitOfWork
from storage.writer import Writer

SEEN = "recordings/trail-seen"
UNANSWERED_SEEN = "recordings/unanswered-seen/"
"""With a PBX's key behind it: up to where its unanswered calls were let go."""
PIECE = 500
_MOST_PARTS = 64
_LONGEST_NAME = 255
_trail, _calls, _decisions, _meta = schema.trail, schema.calls, schema.decisions, schema.meta


class Expecting:
    """Reads on in the journal entries; `wait` is how long after a call its files are looked at."""

    def __init__(
        self,
        database: Database,
        writer: Writer,
        *,
        now: Callable[[], datetime],
        wait_seconds: float = 4.0,
    ) -> None:
        self._database = database
        self._writer = writer
        self._now = now
        self._wait = timedelta(seconds=wait_seconds)

    async def begin(self) -> None:
        """On the very first start: what was recorded before this version is nobody's promise."""

        async def work(uow: UnitOfWork) -> None:
            if await uow.offices.noted(SEEN) is None:
                newest = await uow.connection.execute(select(func.max(_trail.c.id)))
                await uow.offices.note(SEEN, str(newest.scalar() or 0))

        await self._writer.submit(work)

    async def read_on(self) -> int:
        """Expects the recordings of every call told since; returns how many are new."""
        made = 0
        while found := await self._next():
            newest, wanted = found
            made += await self._write(newest, wanted)
        return made

    async def _next(self) -> tuple[int, list[NewRecording]] | None:
        async with self._database.reading() as connection:
            seen = int(await OfficeVersions(connection).noted(SEEN) or 0)
            query = (
                select(
                    _trail.c.id.label("entry_id"),
                    _trail.c.reported,
                    _decisions.c.plan,
                    *(_calls.c[name] for name in _CALL),
                )
                .outerjoin(_calls, _calls.c.id == _trail.c.call_id)
                .outerjoin(_decisions, _decisions.c.id == _calls.c.decision_id)
                .where(_trail.c.id > seen)
                .order_by(_trail.c.id)
                .limit(PIECE)
            )
            rows = (await connection.execute(query)).all()
        if not rows:
            return None
        now = self._now()
        calls = ({name: getattr(row, name) for name in _CALL} for row in rows)
        told = zip(calls, rows, strict=True)
        made = (expected_of(call, row.reported, row.plan, now) for call, row in told)
        return rows[-1].entry_id, [each for each in made if each]

    async def _write(self, newest: int, wanted: Sequence[NewRecording]) -> int:
        at = self._now() + self._wait

        async def work(uow: UnitOfWork) -> int:
            made = [await uow.recordings.expect(each, next_try_at=at) for each in wanted]
            await uow.offices.note(SEEN, str(newest))
            return sum(each is not None for each in made)

        return await self._writer.submit(work)


async def entries_erased(uow: UnitOfWork) -> None:
    """After journal entries were erased: a number that is given out again is looked at again."""
    newest = (await uow.connection.execute(select(func.max(_trail.c.id)))).scalar() or 0
    ours = or_(_meta.c.key == SEEN, _meta.c.key.startswith(UNANSWERED_SEEN, autoescape=True))
    for key, seen in (
        await uow.connection.execute(select(_meta.c.key, _meta.c.value).where(ours))
    ).all():
        if int(seen) > newest:
            await uow.offices.note(key, str(newest))


_CALL = ("id", "pbx", "direction", "line", "department", "began_at", "disposition")


def expected_of(
    call: Mapping[str, Any],
    reported: Mapping[str, Any],
    plan: Mapping[str, Any] | None,
    now: datetime,
) -> NewRecording | None:
    """The recording that a call should have by its journal entry; None where it should have none.

    A call that nobody answered has none: what its files hold is ringing, or a header. One that we
    placed came over no line of ours: what stands there is the client's number.
    """
    if call["id"] is None or call["disposition"] != Disposition.ANSWERED:
        return None
    parts = parts_of(reported.get("recordings"))
    if not parts and not (plan or {}).get("record"):
        return None
    return NewRecording(
        call_id=call["id"],
        pbx=call["pbx"],
        line="" if call["direction"] == Direction.OUTBOUND else call["line"],
        department=call["department"],
        trunk=str(reported.get("trunk") or "")[:_LONGEST_NAME],
        began_at=call["began_at"],
        expected_at=now,
        parts=parts,
    )


def parts_of(told: object) -> tuple[NewPart, ...]:
    """The files that an entry names; what cannot be one is left out."""
    if not isinstance(told, list):
        return ()
    found = (_part(each) for each in told[:_MOST_PARTS])
    return tuple({part.name: part for part in found if part}.values())


def _part(told: object) -> NewPart | None:
    if not isinstance(told, dict):
        return None
    name, kind = told.get("name"), told.get("kind")
    if kind not in set(PartKind) or not isinstance(name, str) or not _is_name(name):
        return None
    leg = told.get("leg_id") or ""
    return NewPart(name=name, kind=str(kind), leg_id=str(leg), began_at=_instant(told))


def _is_name(name: str) -> bool:
    bare = "/" not in name and "\\" not in name and "\0" not in name
    return bare and 0 < len(name) <= _LONGEST_NAME and not name.startswith(".")


def _instant(told: Mapping[str, Any]) -> datetime | None:
    try:
        found = datetime.fromisoformat(str(told.get("began_at") or ""))
    except ValueError:
        return None
    return found if found.tzinfo else None
