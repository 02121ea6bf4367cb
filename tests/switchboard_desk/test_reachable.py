"""Why do I get no calls? One sentence, the first thing that stands in the way."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest

from router.facts import PhoneState, Presence
from router.hours import NoHolidays
from router.office import AfterHoursRule, Department, Hours, Manager, Office, Status, Window
from storage.statuses import StatusRow
from switchboard.reachable import Ask, Obstacle, Reachable, asked_about, reachable, shift_end

NOON = datetime(2026, 3, 4, 9, 0, tzinfo=UTC)
WEEK = tuple(Window(weekday=d, start=time(9), end=time(19)) for d in range(5))
SALES = Department(key="sales", name="Продажи", hours=Hours(week=WEEK), wrap_up_seconds=30)
ANNA = Manager(key="anna", name="Анна", department="sales", extension="101")
FREE = Presence(phone=PhoneState.FREE)


def office(department: Department = SALES) -> Office:
    return Office(
        name="x",
        default_department="sales",
        departments={"sales": department},
        managers={"anna": ANNA},
        lines={},
    )


def asked(manager: Manager = ANNA, department: Department = SALES, **changes: Any) -> Reachable:
    given: dict[str, Any] = {
        "office": office(department),
        "presence": FREE,
        "row": None,
        "link_up": True,
        "now": NOON,
        "calendar": NoHolidays(),
    }
    return reachable(manager, **(given | changes))


def test_nothing_stands_in_the_way() -> None:
    found = asked()
    assert found.obstacle is Obstacle.NONE
    assert found.well


def test_a_status_is_named_with_its_end() -> None:
    """Only an end that belongs to this status."""
    until = NOON + timedelta(hours=1)
    row = StatusRow(manager="anna", status=Status.LUNCH, since=NOON, until=until)
    presence = Presence(status=Status.LUNCH)
    found = asked(presence=presence, row=row)
    assert (found.obstacle, found.until) == (Obstacle.STATUS, until)
    assert not found.well
    other = replace(row, status=Status.AWAY)
    assert asked(presence=presence, row=other).until is None


@pytest.mark.parametrize(
    ("phone", "obstacle", "well"),
    [
        (PhoneState.UNREGISTERED, Obstacle.UNREGISTERED, False),
        (PhoneState.TALKING, Obstacle.TALKING, False),
        (PhoneState.UNKNOWN, Obstacle.UNKNOWN, True),
        (PhoneState.RINGING, Obstacle.NONE, True),
    ],
)
def test_the_phone_speaks_for_itself(phone: PhoneState, obstacle: Obstacle, *, well: bool) -> None:
    found = asked(presence=Presence(phone=phone))
    assert (found.obstacle, found.well) == (obstacle, well)


def test_a_closed_department_and_a_shift_that_does_not_run() -> None:
    """Each with the instant at which it changes."""
    night = NOON.replace(hour=20)
    closed = asked(now=night)
    assert (closed.obstacle, closed.until) == (Obstacle.CLOSED, NOON.replace(day=5, hour=6))
    late = replace(ANNA, shifts=(Window(weekday=2, start=time(15), end=time(19)),))
    off = asked(late)
    assert (off.obstacle, off.until) == (Obstacle.SHIFT, NOON.replace(hour=12))
    rings = replace(SALES, after_hours=AfterHoursRule.RING)
    assert asked(department=rings, now=night).well


def test_pauses_links_and_rules() -> None:
    paused = Presence(phone=PhoneState.FREE, idle_since=NOON - timedelta(seconds=10))
    found = asked(presence=paused)
    assert (found.obstacle, found.until) == (Obstacle.WRAP_UP, NOON + timedelta(seconds=20))
    assert asked(link_up=False).obstacle is Obstacle.NO_LINK
    assert asked(replace(ANNA, takes_new_clients=False)).obstacle is Obstacle.OWN_CLIENTS
    assert asked(replace(ANNA, extension="")).obstacle is Obstacle.NO_PHONE


def test_a_shift_ends_when_its_last_window_does() -> None:
    """Without shifts of his own, with the department's hours."""
    assert shift_end(ANNA, office(), NOON, NoHolidays()) == NOON.replace(hour=16)
    short = replace(ANNA, shifts=(Window(weekday=2, start=time(9), end=time(14)),))
    assert shift_end(short, office(), NOON, NoHolidays()) == NOON.replace(hour=11)
    assert shift_end(ANNA, office(), NOON.replace(hour=20), NoHolidays()) is None


def test_nobody_is_forgotten_on_lunch() -> None:
    """He is asked shortly before the end, after it, and every hour where there is none."""
    lunch = StatusRow(
        manager="anna", status=Status.LUNCH, since=NOON, until=NOON + timedelta(minutes=60)
    )

    def after(minutes: float, row: StatusRow = lunch) -> Ask | None:
        return asked_about(row, NOON + timedelta(minutes=minutes))

    assert after(54) is None
    assert after(55) is Ask.ENDS_SOON
    assert after(60) is Ask.IS_OVER
    assert after(79) is Ask.IS_OVER
    assert after(80) is None
    endless = replace(lunch, until=None)
    assert after(59, endless) is None
    assert after(60, endless) is Ask.STILL
    assert after(600, replace(lunch, status=Status.AVAILABLE, until=None)) is None
    assert asked_about(None, NOON) is None
