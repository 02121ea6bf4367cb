"""A form changes one entry of the office file; the rest of the text stays as it was written."""

from pathlib import Path

import pytest

from config.office_edit import (
    FIELDS,
    SECTIONS,
    NoSuchEntry,
    entry_keys,
    values_of,
    with_entry,
    with_new_entry,
    without_entry,
)
from config.office_file import load_office

TEXT = (Path(__file__).parents[2] / "config" / "examples" / "office.toml").read_text("utf-8")


@pytest.mark.parametrize("section", SECTIONS)
def test_a_form_sent_back_unchanged_changes_no_letter(section: str) -> None:
    for key in entry_keys(TEXT, section):
        assert with_entry(TEXT, section, key, values_of(TEXT, section, key)) == TEXT


def test_one_field_changes_one_line_and_comments_stay() -> None:
    values = values_of(TEXT, "departments", "sales") | {"confirm_mobile": "no"}
    changed = with_entry(TEXT, "departments", "sales", values)
    differ = [
        (a, b) for a, b in zip(TEXT.splitlines(), changed.splitlines(), strict=True) if a != b
    ]
    assert len(differ) == 1
    assert differ[0][1].startswith("confirm_mobile = false")
    assert "#" in differ[0][1]


def test_hours_are_written_a_line_for_each_stretch_of_days() -> None:
    values = {"hours": "mon-fri 8:00-20:00\r\nsun 10:00-14:00"}
    department = load_office(with_entry(TEXT, "departments", "sales", values)).departments["sales"]
    assert {w.weekday for w in department.hours.week} == {0, 1, 2, 3, 4, 6}


def test_rules_for_absence_change_one_by_one() -> None:
    changed = with_entry(
        TEXT, "managers", "petrov", {"when_absent.lunch": "", "when_absent.away": "deputy"}
    )
    rules = load_office(changed).managers["petrov"].when_absent
    assert rules == {"meeting": "deputy", "away": "deputy"}
    emptied = with_entry(
        changed,
        "managers",
        "petrov",
        dict.fromkeys(("when_absent.meeting", "when_absent.away"), ""),
    )
    assert load_office(emptied).managers["petrov"].when_absent == {}


def test_an_empty_field_means_the_default_again() -> None:
    changed = with_entry(TEXT, "lines", "main", {"patience": ""})
    assert "patience" not in values_of(changed, "lines", "main")["patience"]
    assert load_office(changed).lines["main"].patience_seconds == 60


def test_entries_come_and_go() -> None:
    values = {"name": "Новый", "department": "sales", "extension": "107"}
    more = with_new_entry(TEXT, "managers", "novy", values)
    assert load_office(more).managers["novy"].extension == "107"
    assert load_office(without_entry(more, "managers", "novy")) == load_office(TEXT)


@pytest.mark.parametrize("key", ["ivanova", "", "Новый", "a b", "x" * 41, "a]\n[managers.b"])
def test_a_key_that_is_taken_or_no_key_makes_no_entry(key: str) -> None:
    with pytest.raises(NoSuchEntry):
        with_new_entry(TEXT, "managers", key, {})


@pytest.mark.parametrize(("section", "key"), [("managers", "nobody"), ("secrets", "x"), ("", "")])
def test_what_is_not_there_cannot_be_changed(section: str, key: str) -> None:
    for change in (without_entry, values_of):
        with pytest.raises(NoSuchEntry):
            change(TEXT, section, key)
    with pytest.raises(NoSuchEntry):
        with_entry(TEXT, section, key, {})


def test_hostile_text_stays_a_text() -> None:
    hostile = 'x"\n[managers.evil]\nname = "y'
    changed = with_entry(TEXT, "managers", "ivanova", {"name": hostile})
    assert "evil" not in load_office(changed.replace("\\n", " ")).managers
    assert entry_keys(changed, "managers") == entry_keys(TEXT, "managers")


def test_every_key_of_the_file_has_a_field() -> None:
    """A key that the file may have and no form shows would be invisible to the administrator."""
    import re  # noqa: PLC0415

    source = (Path(__file__).parents[2] / "config" / "office_file.py").read_text("utf-8")
    known = {field.name for fields in FIELDS.values() for field in fields}
    named = set(re.findall(r'table\.\w+\("([a-z_]+)"', source))
    named |= set(re.findall(r'read_(?:week|special)\(table, "([a-z_]+)"', source))
    assert named <= known
