"""What the dialplan must know without the service: whom to ring, what to record, the statuses.

Written to AstDB on every connect and whenever it changes, so that a plan made at 0 s still skips
who went to lunch at 20 s, and a dead service leaves the right people ringing and recorded.
"""

from __future__ import annotations

from collections.abc import Mapping

from pbx_adapters.asterisk.astdb import AstDb
from pbx_adapters.asterisk.plan_variables import fail_open_step, record_mark
from router.candidates import phone_of
from router.office import Line, Office, Status
from router.recording import recorded

FAIL_OPEN_RING_SECONDS = 30


def fail_open_targets(office: Office, pbx: str) -> dict[str, str]:
    """The fail-open step of every line, and of calls to numbers that are no line (`default`)."""
    steps = {
        spelling: _department_step(office, line.department, pbx)
        for line in office.lines.values()
        for spelling in spellings(line.number)
    }
    steps["default"] = _department_step(office, office.default_department, pbx)
    return {key: step for key, step in steps.items() if step}


def recorded_lines(office: Office) -> dict[str, str]:
    """Whether calls are recorded, for every line and for numbers that are no line (`default`).

    Nothing at all where nobody has confirmed the notice about the law.
    """
    if not office.recording_confirmed:
        return {}
    marks = {
        spelling: _record_mark(office, line.department, line)
        for line in office.lines.values()
        for spelling in spellings(line.number)
    }
    marks["default"] = _record_mark(office, office.default_department)
    return marks


def _record_mark(office: Office, department: str, line: Line | None = None) -> str:
    found = recorded(office, office.departments[department], line)
    return record_mark(record=found.record, notice=found.notice) or "0"


def spellings(number: str) -> tuple[str, ...]:
    """A line's number as a trunk may say it: 7495…, +7495…, 8495…, 495…."""
    plain = number.removeprefix("+")
    if len(plain) == 11 and plain.startswith("7"):
        return (plain, f"+{plain}", f"8{plain[1:]}", plain[1:])
    return (plain, f"+{plain}")


def _department_step(office: Office, department: str, pbx: str) -> str:
    members = [m for m in office.members(department) if m.pbx == pbx or m.dial]
    return fail_open_step(tuple(phone_of(m) for m in members), FAIL_OPEN_RING_SECONDS)


class Mirror:
    """Keeps AstDB like the office and the statuses."""

    def __init__(self, astdb: AstDb, pbx: str) -> None:
        self._astdb = astdb
        self._pbx = pbx

    async def office(self, office: Office) -> int:
        """Write fail-open targets and what is recorded; returns how many had to be changed."""
        changed = await self._astdb.replace("failopen", fail_open_targets(office, self._pbx))
        return changed + await self._astdb.replace("record", recorded_lines(office))

    async def statuses(self, statuses: Mapping[str, Status]) -> int:
        """Write all statuses; only those that are not "available" have an entry."""
        away = {k: str(s) for k, s in statuses.items() if s is not Status.AVAILABLE}
        return await self._astdb.replace("status", away)

    async def status(self, manager: str, status: Status) -> None:
        """Write one status."""
        if status is Status.AVAILABLE:
            await self._astdb.delete((f"status/{manager}",))
        else:
            await self._astdb.put(f"status/{manager}", str(status))
