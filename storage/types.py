"""Column types that keep two promises: instants are aware and UTC, enumerations are plain text.

SQLite stores text without a zone, PostgreSQL a moment in time; both read back the same here.
"""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import DateTime
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

from storage.errors import NaiveInstant


class Instant(TypeDecorator[datetime]):
    """An aware instant; refuses naive ones and always reads back in UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Turns an aware instant into what the database keeps."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise NaiveInstant(f"{value.isoformat()} has no time zone; instants are aware, in UTC")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - the signature is SQLAlchemy's
        """Gives an aware instant in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def as_instant(value: datetime | str | None) -> datetime | None:
    """An instant as a driver gives it without SQLAlchemy: text in SQLite."""
    if value is None:
        return None
    found = datetime.fromisoformat(value) if isinstance(value, str) else value
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
