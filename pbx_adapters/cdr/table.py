"""Call records in a database: FreePBX's `asteriskcdrdb.cdr`, or any table with the same columns.

Only the columns that are there are read; nothing is ever written. The driver of the database is the
administrator's to install (for MariaDB `pymysql`), because an office without FreePBX needs none.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Engine, MetaData, Select, Table, create_engine, select
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, NoSuchTableError, SQLAlchemyError

from pbx_adapters.cdr import troubles
from pbx_adapters.cdr.errors import CdrNotUnderstood, CdrUnreachable
from pbx_adapters.cdr.port import Reading
from pbx_adapters.cdr.rows import CdrRow, Damaged, row_of

MOST_ROWS = 1_000_000
_AROUND = timedelta(hours=3)
_NEEDED = ("calldate", "channel", "disposition")


class TableRecords:
    """Keeps `pbx_adapters.cdr.port.CdrSource`."""

    def __init__(self, url: str, *, zone: ZoneInfo, table: str = "cdr") -> None:
        self._url = url
        self._zone = zone
        self._table = table

    def read(self, since: datetime, until: datetime) -> Reading:
        """Records that began in [since, until); asks a database, so call it in a thread.

        Raises `CdrUnreachable`, and `CdrNotUnderstood` where the table or a column is not there.
        """
        engine = self._engine()
        try:
            return self._read(engine, since, until)
        except NoSuchTableError as error:
            raise CdrNotUnderstood(troubles.NO_TABLE(table=self._table)) from error
        except SQLAlchemyError as error:
            reason = str(getattr(error, "orig", None) or type(error).__name__)
            raise CdrUnreachable(troubles.DATABASE_AWAY(why=reason)) from error
        finally:
            engine.dispose()

    def _engine(self) -> Engine:
        try:
            return create_engine(make_url(self._url))
        except (ArgumentError, NoSuchModuleError) as error:
            raise CdrUnreachable(troubles.NO_ADDRESS()) from error
        except ModuleNotFoundError as error:
            raise CdrUnreachable(troubles.NO_DRIVER(driver=error.name)) from error

    def _read(self, engine: Engine, since: datetime, until: datetime) -> Reading:
        cdr = Table(self._table, MetaData(), autoload_with=engine)
        missing = [name for name in _NEEDED if name not in cdr.c]
        if missing:
            raise CdrNotUnderstood(troubles.NO_COLUMN(table=self._table, column=missing[0]))
        found: list[CdrRow] = []
        damaged = 0
        with engine.connect() as connection:
            for record in connection.execute(self._asked(cdr, since, until)).mappings():
                try:
                    row = row_of(dict(record), self._zone)
                except Damaged:
                    damaged += 1
                    continue
                if since <= row.began_at < until:
                    found.append(row)
        return Reading(rows=tuple(found), damaged=damaged)

    def _asked(self, cdr: Table, since: datetime, until: datetime) -> Select[tuple[object, ...]]:
        """Local times without a zone: asked for with some hours around, then told apart exactly."""
        low = (since - _AROUND).astimezone(self._zone).replace(tzinfo=None)
        high = (until + _AROUND).astimezone(self._zone).replace(tzinfo=None)
        when = cdr.c.calldate
        return select(cdr).where(when >= low, when < high).order_by(when).limit(MOST_ROWS)
