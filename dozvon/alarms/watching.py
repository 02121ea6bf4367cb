"""The alarms of a running service: look around, keep the book, hand out notices.

The book is kept in the database, so that an alarm of the service before gets its all-clear from
this one. Where the database cannot be written nobody waits for it.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime

import structlog
from sqlalchemy.exc import SQLAlchemyError

from dozvon.alarms.delivery import Delivery
from dozvon.alarms.lookout import Lookout
from storage.errors import StorageError
from storage.office_versions import OfficeVersions
from storage.unit_of_work import UnitOfWork
from switchboard.alarm_texts import sentence
from switchboard.alarms import Alarm, AlarmKind, Finding, look, standing
from switchboard.news import AlarmsStand, LinkChanged, Listener, Newsroom

LOOK_SECONDS = 5.0
KEEP_SECONDS = 2.0
_KEY = "alarms"

log = structlog.get_logger()


class Alarms:
    """Tells people what needs them; made and run by the composition root."""

    def __init__(
        self,
        lookout: Lookout,
        deliveries: Sequence[Delivery],
        *,
        remind_seconds: float,
        now: Callable[[], datetime],
    ) -> None:
        self.deliveries = tuple(deliveries)
        self._lookout = lookout
        lookout.undelivered = self._undelivered
        self._remind_seconds = remind_seconds
        self._now = now
        self._book: Mapping[str, Alarm] = {}
        self._kept = ""
        self._news: Newsroom | None = None
        self._said: tuple[Alarm, ...] = ()

    @property
    def standing(self) -> tuple[Alarm, ...]:
        """The alarms that were told and not taken back."""
        return standing(self._book)

    def raise_alarm(self, key: str, sentence: str) -> None:
        """Lets another part raise an alarm of its own; told once, however often it is raised."""
        self._lookout.reported[key] = sentence

    def clear_alarm(self, key: str) -> None:
        """Takes such an alarm back; nothing happens where there is none."""
        self._lookout.reported.pop(key, None)

    async def look_around(self) -> None:
        """Looks once and hands out what is to be told."""
        now = self._now()
        findings = await self._lookout.findings(now)
        self._book, notices = look(
            self._book, findings, now=now, remind_seconds=self._remind_seconds
        )
        for notice in notices:
            log.warning(
                "alarm", word=notice.word, key=notice.finding.key, says=sentence(notice, "en")
            )
            for delivery in self.deliveries:
                delivery.add(notice)
        self._say()
        await self._keep()

    @asynccontextmanager
    async def watching(self, news: Newsroom) -> AsyncIterator[None]:
        """Watches while the block lasts."""
        self._news = news
        await self._remember()
        with news.listening() as listener:
            tasks = [asyncio.create_task(d.run(), name="alarm delivery") for d in self.deliveries]
            tasks.append(asyncio.create_task(self._listen(listener), name="alarm links"))
            tasks.append(asyncio.create_task(self._run(), name="alarms"))
            try:
                yield
            finally:
                for task in tasks:
                    task.cancel()
                await asyncio.wait(tasks)

    async def _run(self) -> None:
        while True:
            try:
                await self.look_around()
            except StorageError as trouble:
                log.error("the alarms wait for the database", because=str(trouble))  # noqa: TRY400
            except Exception:
                log.exception("the alarms could not look around")
            await asyncio.sleep(LOOK_SECONDS)

    async def _listen(self, listener: Listener) -> None:
        async for news in listener:
            if isinstance(news, LinkChanged):
                self._lookout.heard(news)

    def _say(self) -> None:
        """Lets the rest of the service know which alarms stand, when these are others."""
        if self._news is not None and self.standing != self._said:
            self._said = self.standing
            self._news.tell(AlarmsStand(alarms=self._said))

    def _undelivered(self) -> list[tuple[str, str]]:
        return [(d.channel.name, d.trouble) for d in self.deliveries if d.trouble]

    async def _keep(self) -> None:
        """Keeps the raised alarms when they have changed and the database takes it."""
        told = json.dumps([_written(alarm) for alarm in self.standing])
        if told == self._kept or self._lookout.writer.trouble:
            return

        async def work(uow: UnitOfWork) -> None:
            await uow.offices.note(_KEY, told)

        try:
            async with asyncio.timeout(KEEP_SECONDS):
                await self._lookout.writer.submit(work)
        except (TimeoutError, StorageError) as error:
            log.warning("the alarms could not be kept", because=type(error).__name__)
        else:
            self._kept = told

    async def _remember(self) -> None:
        """Takes over the alarms of the service before."""
        try:
            async with self._lookout.database.reading() as connection:
                self._kept = await OfficeVersions(connection).noted(_KEY) or ""
            alarms = [_read(row) for row in json.loads(self._kept or "[]")]
        except (StorageError, SQLAlchemyError, ValueError, KeyError, TypeError) as error:
            log.warning("the alarms of before are not known", because=type(error).__name__)
            return
        self._book = {alarm.finding.key: alarm for alarm in alarms}


def _written(alarm: Alarm) -> dict[str, object]:
    finding = alarm.finding
    return {
        "kind": finding.kind,
        "subject": finding.subject,
        "about": dict(finding.about),
        "since_at": alarm.since_at.isoformat(),
        "raised_at": alarm.raised_at.isoformat() if alarm.raised_at else None,
        "told_at": alarm.told_at.isoformat() if alarm.told_at else None,
    }


def _read(row: Mapping[str, object]) -> Alarm:
    about = row["about"]
    finding = Finding(
        kind=AlarmKind(str(row["kind"])),
        subject=str(row["subject"]),
        about=about if isinstance(about, dict) else {},
    )
    return Alarm(
        finding=finding,
        since_at=datetime.fromisoformat(str(row["since_at"])),
        raised_at=datetime.fromisoformat(str(row["raised_at"])),
        told_at=datetime.fromisoformat(str(row["told_at"])),
    )
