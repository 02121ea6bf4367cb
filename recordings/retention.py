"""How long recordings are kept: by department, 180 days where nothing else was said.

How long is settled once, as the recording is kept: a department that is renamed or removed later,
or another number of days, changes nothing of what is kept already. A legal hold keeps a recording
whatever its age; released, it goes when its time is over. Deleting takes the row's word first and
the sound after: killed in between, a sound is left that nobody can reach, never a row that promises
one. What is to be removed is noted in the same transaction, and the next tidying finishes it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

DAYS = 180


def expires_at(
    began_at: datetime, department: str, days: Mapping[str, int], *, usual: int = DAYS
) -> datetime | None:
    """When a recording's time is over; None where it is kept for ever (0 days)."""
    kept = days.get(department, usual)
    return began_at + timedelta(days=kept) if kept > 0 else None
