"""The example office, made quick enough to be watched, and open whenever somebody watches.

Rules: nobody waits three real rings in a demonstration, so rings are seconds; the departments are
open around the clock on every day; one more department is closed at every hour of every day, for
the story after hours. The order of colleagues is the office file's, so that no story depends on the
one before it. Whom a call rings, and in which order, stays as in the office that is given.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import time

from router.office import (
    AfterHoursRule,
    Department,
    Hours,
    Line,
    Manager,
    Office,
    OutgoingLine,
    Strategy,
    Window,
)

OWNER_SECONDS = 4
COLLEAGUE_SECONDS = 3
MOBILE_SECONDS = 6
GROUP_SECONDS = 4
PATIENCE_SECONDS = 40
SHORT_PATIENCE_SECONDS = 12

CLOSED_DEPARTMENT = "evening"
CLOSED_LINE = "74951230004"
IMPATIENT_LINE = "advert"

_MIDNIGHT = time(0)
_ALWAYS = tuple(Window(weekday=day, start=_MIDNIGHT, end=_MIDNIGHT) for day in range(7))


def quick(office: Office, *, dial: str = "") -> Office:
    """The office with short rings, always open, and with a department that never is.

    The line `advert` loses its patience early. `dial` replaces the outgoing lines' dial template,
    where the stage has a trunk of another name.
    """
    departments = {key: _quick(found) for key, found in office.departments.items()}
    lines = {key: _patient(found) for key, found in office.lines.items()}
    zone = office.departments[office.default_department].hours.timezone
    departments[CLOSED_DEPARTMENT] = Department(
        key=CLOSED_DEPARTMENT,
        name="Вечерняя линия",
        hours=Hours(timezone=zone),
        after_hours=AfterHoursRule.MESSAGE,
    )
    lines[CLOSED_DEPARTMENT] = Line(
        key=CLOSED_DEPARTMENT,
        number=CLOSED_LINE,
        name="Вечерняя линия",
        department=CLOSED_DEPARTMENT,
    )
    return replace(
        office,
        departments=departments,
        lines=lines,
        managers={key: _on_shift(found) for key, found in office.managers.items()},
        outgoing={key: _through(found, dial) for key, found in office.outgoing.items()},
    )


def _quick(department: Department) -> Department:
    return replace(
        department,
        hours=Hours(timezone=department.hours.timezone, week=_ALWAYS),
        strategy=Strategy.FIXED_ORDER,
        owner_ring_seconds=OWNER_SECONDS,
        colleague_ring_seconds=COLLEAGUE_SECONDS,
        mobile_ring_seconds=MOBILE_SECONDS,
        group_ring_seconds=GROUP_SECONDS,
        wrap_up_seconds=0,
    )


def _patient(line: Line) -> Line:
    impatient = line.key == IMPATIENT_LINE
    return replace(line, patience_seconds=SHORT_PATIENCE_SECONDS if impatient else PATIENCE_SECONDS)


def _on_shift(manager: Manager) -> Manager:
    return replace(manager, shifts=())


def _through(line: OutgoingLine, dial: str) -> OutgoingLine:
    return replace(line, dial=dial or line.dial)
