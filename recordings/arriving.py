"""One file on its way from a PBX: looked at, fetched, or given up, and what the row says of it.

A file that went into a conversation already (`PartState.USED`) is fetched once more where another
one is told late; whatever becomes of it then, its row stays as it is: we have what was made of it,
and only the very same bytes are that file.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from recordings.details import NO_ANSWER_WITHIN, NOT_COPIED_WITHIN
from recordings.errors import LinkExpired, SourceError, SourceUnavailable
from recordings.keeping import Keeping, Rules
from recordings.looking import Standing, standing
from recordings.port import Found, RecordingSource
from storage.recording_records import PartState, StoredPart
from storage.unit_of_work import UnitOfWork
from storage.writer import Writer

LOOK_SECONDS = 30.0
FETCH_SECONDS = 1800.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """How a file stood when it was looked at; `why` is a sentence where its link is closed."""

    part: StoredPart
    stand: Standing
    why: str = ""

    @property
    def here(self) -> bool:
        """Whether its place has given an answer that holds: the file, or a no for ever."""
        return self.stand not in {Standing.ABSENT, Standing.CLOSED}


class Arriving:
    """Looks at files and fetches them into the arrivals of `keeping`."""

    def __init__(
        self, *, writer: Writer, keeping: Keeping, rules: Rules, now: Callable[[], datetime]
    ) -> None:
        self._writer = writer
        self._keeping = keeping
        self._rules = rules
        self._now = now

    async def look(self, source: RecordingSource, part: StoredPart) -> Look:
        """How a file stands; raises `SourceError` for trouble of the whole PBX that may pass."""
        try:
            async with asyncio.timeout(LOOK_SECONDS):
                found = await source.look(part.name)
        except TimeoutError:
            raise SourceUnavailable(NO_ANSWER_WITHIN(seconds=f"{LOOK_SECONDS:.0f}")) from None
        except LinkExpired as closed:
            return Look(part=part, stand=Standing.CLOSED, why=str(closed))
        except SourceError as error:
            if error.again:
                raise
            await self._is_now(part, PartState.BROKEN, why=str(error))
            return Look(part=part, stand=Standing.REFUSED)
        stand = standing(part, found, self._now(), self._rules.patience)
        if found and stand is Standing.GROWING:
            await self._seen(part, found)
        return Look(part=part, stand=stand)

    async def settle(self, source: RecordingSource, look: Look) -> bool:
        """Takes a file as it stands; False when it changed under our hands."""
        if look.stand is Standing.WHOLE:
            return await self._fetch(source, look.part)
        if look.stand is Standing.EMPTY:
            await self._is_now(look.part, PartState.EMPTY)
        return True

    async def give_up(self, look: Look) -> None:
        """A file that was waited for long enough is not coming."""
        state = PartState.BROKEN if look.why else PartState.MISSING
        await self._is_now(look.part, state, why=look.why)

    async def _seen(self, part: StoredPart, found: Found) -> None:
        if part.seen_size == found.size and part.seen_changed_at == found.changed_at:
            return  # unchanged, but not for long enough yet: the first look counts
        about: dict[str, Any] = {"size": found.size, "changed_at": found.changed_at}

        async def work(uow: UnitOfWork) -> None:
            await uow.recordings.seen(part.id, **about, at=self._now())

        await self._writer.submit(work)

    async def _fetch(self, source: RecordingSource, part: StoredPart) -> bool:
        into = await asyncio.to_thread(self._keeping.place_for, part)
        try:
            async with asyncio.timeout(FETCH_SECONDS):
                got = await source.fetch(part.name, into, most_bytes=self._rules.most_bytes)
        except TimeoutError:
            raise SourceUnavailable(NOT_COPIED_WITHIN(seconds=f"{FETCH_SECONDS:.0f}")) from None
        except SourceError as error:
            if error.again:
                raise
            await self._is_now(part, PartState.BROKEN, why=str(error))
            return True
        if got.size != part.seen_size:
            return False
        await self._is_now(part, PartState.FETCHED, size=got.size, sha256=got.sha256)
        return True

    async def _is_now(self, part: StoredPart, state: PartState, **about: Any) -> None:
        if part.state is not PartState.USED:
            await self._writer.submit(lambda uow: uow.recordings.part(part.id, state, **about))
