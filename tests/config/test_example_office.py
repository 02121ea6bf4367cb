"""The example office that an administrator starts from."""

from __future__ import annotations

from pathlib import Path

from config.holiday_calendar import known_countries
from config.office_file import read_office
from router.lint import lint

EXAMPLE = Path(__file__).parents[2] / "config" / "examples" / "office.toml"


def test_the_example_office_has_nothing_that_the_linter_would_say() -> None:
    office = read_office(EXAMPLE)
    assert [finding.sentence("en") for finding in lint(office)] == []


def test_the_example_office_rings_as_the_documentation_promises() -> None:
    """3 rings, 2 rings, 20 s on the mobile, 60 s of patience."""
    office = read_office(EXAMPLE)
    for department in office.departments.values():
        times = (department.owner_ring_seconds, department.colleague_ring_seconds)
        assert (*times, department.mobile_ring_seconds) == (15, 10, 20)
        assert department.hours.holidays in known_countries()
    assert {line.patience_seconds for line in office.lines.values()} == {60}


def test_every_comment_of_the_example_is_in_russian_and_in_english() -> None:
    text = EXAMPLE.read_text(encoding="utf-8")
    assert sum("а" <= letter <= "я" for letter in text.casefold()) > 500
    assert sum("a" <= letter <= "z" for letter in text.casefold()) > 500
