"""What needs a person: a table of conditions, and when each is told, told again and taken back.

Pure: what holds and what time it is are arguments, so that every course can be played through.

1. A condition that holds shorter than its rule says is never told.
2. One that holds on is told once, then reminded of at most once in each reminder's time.
3. Every alarm that was told gets its all-clear, also after a restart: the book can be kept.

state     the condition holds              the condition does not hold
--------  -------------------------------  ---------------------------
quiet     waiting (raised without delay    quiet
          where the rule waits for nothing)
waiting   raised once its time is over     quiet
raised    a reminder when it is due        quiet, with an all-clear
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum


class AlarmKind(StrEnum):
    """What can need a person."""

    LINK_DOWN = "link-down"
    SERVICE_WAS_DOWN = "service-was-down"
    JOURNAL_NOT_READ = "journal-not-read"
    SECOND_SERVICE = "second-service"
    CALLBACK_OVERDUE = "callback-overdue"
    DISK_LOW = "disk-low"
    RECORDINGS_LATE = "recordings-late"
    RECORDINGS_LOST = "recordings-lost"
    DATABASE_TROUBLE = "database-trouble"
    HTTP_TROUBLE = "http-trouble"
    ALARMS_UNDELIVERED = "alarms-undelivered"
    REPORTED = "reported"
    """Raised by another part of the service, with a sentence of its own."""


AFTER_SECONDS: Mapping[AlarmKind, float] = {
    AlarmKind.LINK_DOWN: 60.0,
    AlarmKind.SERVICE_WAS_DOWN: 0.0,
    AlarmKind.JOURNAL_NOT_READ: 60.0,
    AlarmKind.SECOND_SERVICE: 30.0,
    AlarmKind.CALLBACK_OVERDUE: 0.0,
    AlarmKind.DISK_LOW: 0.0,
    AlarmKind.RECORDINGS_LATE: 600.0,
    AlarmKind.RECORDINGS_LOST: 0.0,
    AlarmKind.DATABASE_TROUBLE: 10.0,
    AlarmKind.HTTP_TROUBLE: 0.0,
    AlarmKind.ALARMS_UNDELIVERED: 30.0,
    AlarmKind.REPORTED: 0.0,
}
"""How long a condition must hold before it is told."""


class NoticeWord(StrEnum):
    """What a notice says of its alarm."""

    RAISED = "alarm-raised"
    REMINDER = "alarm-reminder"
    CLEARED = "alarm-cleared"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A condition that holds at this moment; `subject` tells two of one kind apart."""

    kind: AlarmKind
    subject: str = ""
    about: Mapping[str, str] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """The alarm's name."""
        return f"{self.kind}/{self.subject}" if self.subject else str(self.kind)


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """A condition since it began to hold; raised once `raised_at` is set."""

    finding: Finding
    since_at: datetime
    raised_at: datetime | None = None
    told_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """Something to tell. Its id is the same however often it is sent."""

    word: NoticeWord
    finding: Finding
    since_at: datetime
    raised_at: datetime
    at: datetime

    @property
    def alarm_id(self) -> str:
        """Names one alarm from its raising to its all-clear."""
        return f"{self.finding.key}@{self.raised_at.isoformat()}"

    @property
    def id(self) -> str:
        """Names this notice."""
        return f"{self.alarm_id}/{self.word}/{self.at.isoformat()}"


Book = Mapping[str, Alarm]


def look(
    book: Book, findings: Iterable[Finding], *, now: datetime, remind_seconds: float
) -> tuple[dict[str, Alarm], tuple[Notice, ...]]:
    """The book after a look around, and what is to be told because of it."""
    holds = {finding.key: finding for finding in findings}
    after: dict[str, Alarm] = {}
    notices: list[Notice] = []
    for key, finding in holds.items():
        before = book.get(key) or Alarm(finding=finding, since_at=now)
        alarm, notice = _held_on(replace(before, finding=finding), now, remind_seconds)
        after[key] = alarm
        notices += [notice] if notice else []
    for key, alarm in book.items():
        if key not in holds and alarm.raised_at is not None:
            notices.append(_notice(NoticeWord.CLEARED, alarm, alarm.raised_at, now))
    return after, tuple(notices)


def standing(book: Book) -> tuple[Alarm, ...]:
    """The alarms that were told and not taken back, the oldest first."""
    raised = [alarm for alarm in book.values() if alarm.raised_at is not None]
    return tuple(sorted(raised, key=lambda alarm: (alarm.since_at, alarm.finding.key)))


def _held_on(alarm: Alarm, now: datetime, remind_seconds: float) -> tuple[Alarm, Notice | None]:
    if alarm.raised_at is None:
        if now - alarm.since_at < timedelta(seconds=AFTER_SECONDS[alarm.finding.kind]):
            return alarm, None
        raised = replace(alarm, raised_at=now, told_at=now)
        return raised, _notice(NoticeWord.RAISED, raised, now, now)
    told_at = alarm.told_at or alarm.raised_at
    if not remind_seconds or now - told_at < timedelta(seconds=remind_seconds):
        return alarm, None
    reminded = replace(alarm, told_at=now)
    return reminded, _notice(NoticeWord.REMINDER, reminded, alarm.raised_at, now)


def _notice(word: NoticeWord, alarm: Alarm, raised_at: datetime, now: datetime) -> Notice:
    return Notice(
        word=word, finding=alarm.finding, since_at=alarm.since_at, raised_at=raised_at, at=now
    )
