"""Recordings as nouns of a unit of work: expected, on their way, kept, held, deleted.

Every change of a state is one statement with its reason beside it. What is deleted keeps its row:
that there was a recording, and who deleted it, is never forgotten.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, insert, select, union_all, update

from storage import schema as whole
from storage import schema_recordings as schema
from storage.connection import AnyConnection
from storage.dialects import upsert
from storage.recording_records import (
    OPEN,
    Heard,
    NewRecording,
    PartState,
    RecordingFilter,
    RecordingState,
    StoredPart,
    StoredRecording,
    StoredSound,
)

calls, clients, client_numbers = whole.calls, whole.clients, whole.client_numbers
_meta = whole.meta
TO_REMOVE = "recordings/to-remove/"
"""With a sound's key behind it: what deletions promised, until it is done."""
_t, _parts, _sounds = schema.recordings, schema.recording_parts, schema.recording_sounds


class Recordings:
    """The recordings of calls."""

    def __init__(self, connection: AnyConnection) -> None:
        self._connection = connection

    # -- on the way ----------------------------------------------------------------------------

    async def expect(self, new: NewRecording, *, next_try_at: datetime) -> int | None:
        """Notes that a call should have a recording; parts told later are added.

        Returns its id, None where nothing new was told. Of one that was deleted parts are noted, so
        that they go at the PBX too, and nothing brings it back.
        """
        dialect = self._connection.dialect.name
        row = {
            name: getattr(new, name)
            for name in ("call_id", "pbx", "line", "department", "trunk", "began_at", "expected_at")
        }
        state = RecordingState.EXPECTED if new.parts else RecordingState.MISSING
        row |= {"state": state, "why_id": "" if new.parts else "never-began"}
        row["next_try_at"] = next_try_at if new.parts else None
        statement = upsert(_t, dialect, keys=["call_id"], change=())
        made = bool((await self._connection.execute(statement, row)).rowcount)
        known = await self._connection.execute(
            select(_t.c.id, _t.c.state).where(_t.c.call_id == new.call_id)
        )
        found = known.one()
        added = await self._add_parts(found.id, new)
        if found.state == RecordingState.DELETED:
            return None
        if added and not made:
            await self._begin_again(found.id, next_try_at)
        return int(found.id) if made or added else None

    async def due(self, pbx: str, now: datetime, *, limit: int = 20) -> tuple[StoredRecording, ...]:
        """Recordings of a PBX with something to do by now, the longest waiting first."""
        query = select(_t).where(_t.c.state.in_(OPEN), _t.c.pbx == pbx, _t.c.next_try_at <= now)
        return await self._whole(query.order_by(_t.c.next_try_at, _t.c.id).limit(limit))

    async def next_at(self, pbx: str) -> datetime | None:
        """When there is something to do next for a PBX."""
        query = select(func.min(_t.c.next_try_at)).where(_t.c.state.in_(OPEN), _t.c.pbx == pbx)
        found: datetime | None = (await self._connection.execute(query)).scalar()
        return found

    async def again(
        self, recording: int, *, at: datetime, tries: int, why_id: str = "", why: str = ""
    ) -> None:
        """Looks again then; says why nothing came of it so far."""
        state = RecordingState.ARRIVING
        about = {"state": state, "tries": tries, "why_id": why_id, "why": why}
        await self._set(recording, **about, next_try_at=at)

    async def seen(self, part: int, *, size: int, changed_at: datetime, at: datetime) -> None:
        """Notes how a file stood when it was looked at."""
        await self._set_part(part, seen_size=size, seen_changed_at=changed_at, seen_at=at)
        new = (_parts.c.id == part, _parts.c.state == PartState.EXPECTED)
        arriving = {"state": PartState.ARRIVING}
        await self._connection.execute(update(_parts).where(*new).values(**arriving))

    async def part(self, part: int, state: PartState, **about: Any) -> None:
        """Sets what became of a file (`why`, `size`, `sha256`, `store_key`)."""
        await self._set_part(part, state=state, **about)

    async def ready(  # noqa: PLR0913 - what the row says, by keyword
        self,
        recording: int,
        heard: Heard,
        sounds: Sequence[StoredSound],
        *,
        at: datetime,
        expires_at: datetime | None,
        why_id: str = "",
        why: str = "",
    ) -> None:
        """A conversation can be played from now on."""
        await self._connection.execute(delete(_sounds).where(_sounds.c.recording_id == recording))
        rows = [{"recording_id": recording, **asdict(sound)} for sound in sounds]
        await self._connection.execute(insert(_sounds), rows)
        figures = asdict(heard)
        state = {"state": RecordingState.READY, "next_try_at": None, "ready_at": at}
        await self._set(
            recording, **figures, **state, why_id=why_id, why=why, expires_at=expires_at
        )

    async def stays(self, recording: int, *, why_id: str = "", why: str = "") -> None:
        """What was kept before is not joined anew."""
        about = {"state": RecordingState.READY, "why_id": why_id, "why": why, "next_try_at": None}
        await self._set(recording, **about)

    async def give_up(
        self,
        recording: int,
        state: RecordingState,
        *,
        why_id: str,
        why: str = "",
        expires_at: datetime | None = None,
    ) -> None:
        """Nothing more is tried: broken or missing."""
        about = {"state": state, "why_id": why_id, "why": why, "next_try_at": None}
        await self._set(recording, **about, expires_at=expires_at)

    async def retry(self, recording: int, *, at: datetime) -> bool:
        """Begins anew with the files of the PBX, for one that was given up."""
        given_up = (RecordingState.BROKEN, RecordingState.MISSING)
        lost = (PartState.BROKEN, PartState.MISSING, PartState.EMPTY, PartState.FETCHED)
        done = await self._connection.execute(
            update(_t)
            .where(_t.c.id == recording, _t.c.state.in_(given_up))
            .values(state=RecordingState.EXPECTED, why_id="", why="", tries=0, next_try_at=at)
        )
        mine = (_parts.c.recording_id == recording, _parts.c.state.in_(lost))
        if done.rowcount:
            fresh = {"state": PartState.EXPECTED, "why": "", "seen_size": -1, "seen_at": None}
            await self._connection.execute(update(_parts).where(*mine).values(**fresh))
        return bool(done.rowcount)

    async def deleted_at_source(self, part: int, at: datetime) -> None:
        """The PBX's copy is gone."""
        await self._set_part(part, source_deleted_at=at)

    # -- reading -------------------------------------------------------------------------------

    async def get(self, recording: int) -> StoredRecording | None:
        """One recording with its parts and sounds."""
        return next(iter(await self._whole(select(_t).where(_t.c.id == recording))), None)

    async def is_deleted(self, recording: int) -> bool:
        """Whether somebody has deleted it, or everything about its client was erased."""
        query = select(_t.c.state).where(_t.c.id == recording)
        state = (await self._connection.execute(query)).scalar()
        return state is None or state == RecordingState.DELETED

    async def of_call(self, call_id: str) -> StoredRecording | None:
        """The recording of a call."""
        return next(iter(await self._whole(select(_t).where(_t.c.call_id == call_id))), None)

    async def of_calls(self, calls: Sequence[str]) -> dict[str, StoredRecording]:
        """The recordings of some calls (a page of them), by call."""
        found = await self._whole(select(_t).where(_t.c.call_id.in_(list(calls))))
        return {recording.call_id: recording for recording in found}

    async def listed(
        self, wanted: RecordingFilter, *, limit: int = 50
    ) -> tuple[StoredRecording, ...]:
        """Recordings by their calls' beginnings, newest first."""
        query = select(_t).order_by(_t.c.began_at.desc(), _t.c.id.desc()).limit(limit)
        equal = {_t.c.pbx: wanted.pbx, _t.c.line: wanted.line, _t.c.department: wanted.department}
        query = query.where(*(column == value for column, value in equal.items() if value))
        if wanted.states:
            query = query.where(_t.c.state.in_(wanted.states))
        if wanted.since:
            query = query.where(_t.c.began_at >= wanted.since)
        if wanted.until:
            query = query.where(_t.c.began_at < wanted.until)
        if wanted.held:
            query = query.where(_t.c.legal_hold)
        return await self._whole(query)

    async def open_ids(self) -> frozenset[int]:
        """Every recording with something left to do."""
        query = select(_t.c.id).where(_t.c.state.in_(OPEN))
        return frozenset((await self._connection.execute(query)).scalars())

    async def left_at_source(
        self, pbx: str, *, ended_before: datetime, besides: Sequence[int] = (), limit: int = 20
    ) -> tuple[StoredRecording, ...]:
        """Recordings of which the PBX need not keep anything, and does.

        Those that we keep, with what was used of them; and those that were deleted, with all that
        there is, once their call has ended in the log or began before `ended_before`.
        """
        left = select(_parts.c.recording_id).where(
            _parts.c.pbx == pbx, _parts.c.source_deleted_at.is_(None)
        )
        used = left.where(_parts.c.state.in_((PartState.USED, PartState.EMPTY)))
        known = select(calls.c.id).where(calls.c.id == _t.c.call_id).exists()
        over = known | (_t.c.began_at < ended_before)
        kept = (_t.c.state == RecordingState.READY) & _t.c.id.in_(used)
        gone = (_t.c.state == RecordingState.DELETED) & _t.c.id.in_(left) & over
        query = select(_t).where(kept | gone, _t.c.pbx == pbx, _t.c.id.not_in(list(besides)))
        return await self._whole(query.order_by(_t.c.id).limit(limit))

    # -- keeping and deleting ------------------------------------------------------------------

    async def hold(self, recording: int, *, held: bool, by: str, why: str) -> bool:
        """Puts a recording under legal hold, or lets it go; False where there is none."""
        row = {"legal_hold": held, "held_by": by, "held_why": why}
        there = (_t.c.id == recording, _t.c.state != RecordingState.DELETED)
        done = await self._connection.execute(update(_t).where(*there).values(**row))
        return bool(done.rowcount)

    async def expired(self, now: datetime, *, limit: int = 50) -> tuple[StoredRecording, ...]:
        """Recordings whose time is over and that nobody holds."""
        over = (_t.c.state != RecordingState.DELETED, _t.c.expires_at <= now, ~_t.c.legal_hold)
        return await self._whole(select(_t).where(*over).order_by(_t.c.expires_at).limit(limit))

    async def unwanted(self, call_id: str) -> bool:
        """Whether a client of this call does not want his conversations to be recorded.

        Who was recognised, to whom the call belongs by now, and everybody who shares its number.
        What somebody holds is kept all the same.
        """
        held = await self._connection.execute(
            select(_t.c.legal_hold).where(_t.c.call_id == call_id)
        )
        if held.scalar():
            return False
        about = (calls.c.client_key, calls.c.party, calls.c.number_id)
        found = await self._connection.execute(select(*about).where(calls.c.id == call_id))
        call = found.one_or_none()
        if call is None:
            return False
        keys = {call.client_key, call.party.removeprefix("client:")}
        by_key = select(clients.c.id).where(clients.c.key.in_(sorted(keys)), clients.c.no_recording)
        by_number = (
            select(clients.c.id)
            .join(client_numbers, client_numbers.c.client_id == clients.c.id)
            .where(client_numbers.c.e164 == call.number_id, clients.c.no_recording)
        )
        wishes = await self._connection.execute(union_all(by_key, by_number).limit(1))
        return wishes.first() is not None

    async def delete(
        self, recording: int, *, by: str, at: datetime, why_id: str, why: str = ""
    ) -> list[str]:
        """Forgets the sound of a recording; returns the keys that no other recording uses."""
        keys = await self._keys(recording)
        await self._connection.execute(delete(_sounds).where(_sounds.c.recording_id == recording))
        mine = update(_parts).where(_parts.c.recording_id == recording)
        await self._connection.execute(mine.values(store_key=""))
        state = {"state": RecordingState.DELETED, "deleted_at": at, "deleted_by": by}
        empty: dict[str, Any] = {"peaks": [], "silences": [], "next_try_at": None}
        await self._set(recording, **state, **empty, why_id=why_id, why=why)
        return await self.release(keys)

    async def wanted_by(self, client: str, *, recorded: bool) -> bool:
        """Whether a client's conversations are recorded; False where there is no such client."""
        mine = update(clients).where(clients.c.key == client)
        done = await self._connection.execute(mine.values(no_recording=not recorded))
        return bool(done.rowcount)

    async def erase(self, calls: Sequence[str]) -> tuple[int, list[str]]:
        """Removes the recordings of calls without a trace; how many, and the keys left unused."""
        query = select(_t.c.id).where(_t.c.call_id.in_(list(calls)))
        ids = list((await self._connection.execute(query)).scalars())
        keys = [key for recording in ids for key in await self._keys(recording)]
        for table in (_parts, _sounds):
            await self._connection.execute(delete(table).where(table.c.recording_id.in_(ids)))
        await self._connection.execute(delete(_t).where(_t.c.id.in_(ids)))
        return len(ids), await self.release(keys)

    async def release(self, keys: Iterable[str]) -> list[str]:
        """Which of these keys nobody uses any more; noted, so that a kill forgets none of them."""
        unused = await self.unused(keys)
        rows = [{"key": f"{TO_REMOVE}{key}", "value": ""} for key in unused]
        if rows:
            dialect = self._connection.dialect.name
            await self._connection.execute(upsert(_meta, dialect, keys=["key"], change=()), rows)
        return unused

    async def to_remove(self, *, limit: int = 500) -> list[str]:
        """Sounds that were deleted and may still lie in the store; some are used again by now."""
        query = select(_meta.c.key).where(_meta.c.key.startswith(TO_REMOVE, autoescape=True))
        found = (await self._connection.execute(query.order_by(_meta.c.key).limit(limit))).scalars()
        return [key.removeprefix(TO_REMOVE) for key in found]

    async def removed(self, keys: Sequence[str]) -> None:
        """These no longer lie in the store, or belong to another recording."""
        noted = [f"{TO_REMOVE}{key}" for key in keys]
        await self._connection.execute(delete(_meta).where(_meta.c.key.in_(noted)))

    async def unused(self, keys: Iterable[str]) -> list[str]:
        """Which of these keys nobody uses: the same sound may belong to two recordings."""
        wanted = sorted(set(keys))
        held = select(_sounds.c.store_key).where(_sounds.c.store_key.in_(wanted))
        also = select(_parts.c.store_key).where(_parts.c.store_key.in_(wanted))
        used = set((await self._connection.execute(union_all(held, also))).scalars())
        return [key for key in wanted if key not in used]

    # -- rows ----------------------------------------------------------------------------------

    async def _begin_again(self, recording: int, at: datetime) -> None:
        """A file is told late: it is joined to the others, or goes on behind what is kept."""
        used = (_parts.c.recording_id == recording, _parts.c.state == PartState.USED)
        unseen = {"seen_size": -1, "seen_at": None}
        await self._connection.execute(update(_parts).where(*used).values(**unseen))
        again = {"state": RecordingState.EXPECTED, "why_id": "", "why": "", "tries": 0}
        await self._set(recording, **again, next_try_at=at)

    async def _add_parts(self, recording: int, new: NewRecording) -> int:
        """Notes the files of a recording that nobody has told of; returns how many."""
        if not new.parts:
            return 0
        statement = upsert(_parts, self._connection.dialect.name, keys=["pbx", "name"], change=())
        added = 0
        for part in new.parts:
            row = {"recording_id": recording, "pbx": new.pbx, "state": PartState.EXPECTED}
            done = await self._connection.execute(statement, row | asdict(part))
            added += bool(done.rowcount)
        return added

    async def _keys(self, recording: int) -> list[str]:
        sounds = select(_sounds.c.store_key).where(_sounds.c.recording_id == recording)
        mine = (_parts.c.recording_id == recording, _parts.c.store_key != "")
        parts = select(_parts.c.store_key).where(*mine)
        return list((await self._connection.execute(union_all(sounds, parts))).scalars())

    async def _set(self, recording: int, **values: Any) -> None:
        """What was deleted stays deleted, whoever is still at work on it."""
        there = (_t.c.id == recording, _t.c.state != RecordingState.DELETED)
        await self._connection.execute(update(_t).where(*there).values(**values))

    async def _set_part(self, part: int, **values: Any) -> None:
        await self._connection.execute(update(_parts).where(_parts.c.id == part).values(**values))

    async def _whole(self, query: Any) -> tuple[StoredRecording, ...]:
        rows = (await self._connection.execute(query)).all()
        ids = [row.id for row in rows]
        parts: defaultdict[int, list[StoredPart]] = defaultdict(list)
        sounds: defaultdict[int, list[StoredSound]] = defaultdict(list)
        asked = select(_parts).where(_parts.c.recording_id.in_(ids)).order_by(_parts.c.id)
        for row in (await self._connection.execute(asked)) if ids else ():
            parts[row.recording_id].append(_part(row))
        kept = select(_sounds).where(_sounds.c.recording_id.in_(ids)).order_by(_sounds.c.format)
        for row in (await self._connection.execute(kept)) if ids else ():
            sounds[row.recording_id].append(_sound(row))
        return tuple(_recording(row, parts[row.id], sounds[row.id]) for row in rows)


def _part(row: Any) -> StoredPart:
    return StoredPart(**{**row._mapping, "state": PartState(row.state)})  # noqa: SLF001 - SQLAlchemy's public name


def _sound(row: Any) -> StoredSound:
    return StoredSound(format=row.format, store_key=row.store_key, sha256=row.sha256, size=row.size)


def _recording(
    row: Any, parts: Sequence[StoredPart], sounds: Sequence[StoredSound]
) -> StoredRecording:
    changed = {
        "state": RecordingState(row.state),
        "silences": tuple((begin, end) for begin, end in row.silences),
        "peaks": tuple(tuple(side) for side in row.peaks),
        "parts": tuple(parts),
        "sounds": tuple(sounds),
    }
    return StoredRecording(**{**row._mapping, **changed})  # noqa: SLF001 - SQLAlchemy's public name
