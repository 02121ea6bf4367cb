"""How far the import of a file has come, kept in the database with what it has taken.

Rules:

1. The note is written in the transaction of each piece: it never tells more or less than the base
   holds, wherever the import was killed.
2. A file is known by its content and by what its columns were said to be; its name does not count,
   and the standard input is as good as a file.
3. A place in a file is the last line that was taken: lines can be skipped quickly, and they stay
   the same in every encoding.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import BinaryIO

from sqlalchemy import delete

from storage import schema
from storage.connection import AnyConnection
from storage.office_versions import OfficeVersions
from storage.unit_of_work import UnitOfWork

_READ_BYTES = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """The last line of a file that was taken, and what had been counted by then."""

    line: int
    counts: Mapping[str, int] = field(default_factory=dict)


def identity(stream: BinaryIO, columns: Mapping[str, str]) -> str:
    """What a file is known by: its content, and what its columns were said to be."""
    digest = hashlib.sha256(json.dumps(sorted(columns.items())).encode())
    stream.seek(0)
    while piece := stream.read(_READ_BYTES):
        digest.update(piece)
    return digest.hexdigest()[:32]


async def reached(connection: AnyConnection, file: str) -> Place | None:
    """Where the import of a file was stopped; None where none is under way."""
    kept = await OfficeVersions(connection).noted(_key(file))
    return None if kept is None else Place(**json.loads(kept))


async def keep(uow: UnitOfWork, file: str, place: Place) -> None:
    """Notes how far an import has come."""
    await uow.offices.note(
        _key(file), json.dumps({"line": place.line, "counts": dict(place.counts)})
    )


async def forget(uow: UnitOfWork, file: str) -> None:
    """Forgets an import that is through."""
    await uow.execute(delete(schema.meta).where(schema.meta.c.key == _key(file)))


def _key(file: str) -> str:
    return f"import/{file}"
