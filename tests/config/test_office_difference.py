"""What applying an office changes is told in sentences, and only what changes."""

from __future__ import annotations

from dataclasses import fields, replace
from pathlib import Path

import pytest

from config.office_difference import Change, difference
from config.office_fields import FIELDS
from config.office_file import load_office, read_office
from router.office import Department, Hours, Line, Manager, Office, OutgoingLine

TEXT = (Path(__file__).parents[2] / "config" / "examples" / "office.toml").read_text(
    encoding="utf-8"
)
OLD = load_office(TEXT)


def told(old: str, new: str, language: str = "en") -> list[str]:
    assert TEXT.count(old) == 1, old
    return [
        c.sentence for c in difference(OLD, load_office(TEXT.replace(old, new)), language=language)
    ]


@pytest.mark.parametrize(
    ("old", "new", "english", "russian"),
    [
        (
            'extension = "101"',
            'extension = "107"',
            "manager Анна Иванова: extension 101 → 107",
            "менеджер Анна Иванова: внутренний номер 101 → 107",
        ),
        (
            'deputy = "petrov"',
            'deputy = "sokolova"',
            "manager Анна Иванова: deputy Пётр Петров → Мария Соколова",
            "менеджер Анна Иванова: заместитель Пётр Петров → Мария Соколова",
        ),
        (
            'name = "Основной номер"',
            'name = "Офис"',
            "line Офис: name Основной номер → Офис",
            "линия Офис: название Основной номер → Офис",
        ),
        (
            '{ mon-fri = "9:00-19:00", sat = "10:00-16:00" }',
            '{ mon-fri = "9:00-20:00" }',
            "department Продажи: hours mon-fri 9:00-19:00, sat 10:00-16:00 → mon-fri 9:00-20:00",
            "отдел Продажи: часы mon-fri 9:00-19:00, sat 10:00-16:00 → mon-fri 9:00-20:00",
        ),
        (
            '"2027-01-09" = "closed"',
            '"2027-01-10" = "closed"',
            "department Продажи: special day 2027-01-09 closed → none",
            "отдел Продажи: особый день 2027-01-09 closed → нет",
        ),
        (
            "channels = 4",
            "channels = 8",
            "outgoing line trunk: channels 4 → 8",
            "исходящая линия trunk: каналов 4 → 8",
        ),
        (
            'prefixes = ["+7"]',
            'prefixes = ["+7", "+375"]',
            "outgoing line trunk: allowed beginnings +7 → +7, +375",
            "исходящая линия trunk: разрешённые начала +7 → +7, +375",
        ),
        (
            "confirm_mobile = true",
            "confirm_mobile = false",
            "department Продажи: confirmation on the mobile yes → no",
            "отдел Продажи: подтверждение на мобильном да → нет",
        ),
        (
            'lunch = "mobile"',
            'lunch = "message"',
            "manager Пётр Петров: when absent lunch mobile → message",
            "менеджер Пётр Петров: когда нет lunch mobile → message",
        ),
        (
            'name = "Окна и двери"',
            'name = "Окна"',
            "office: name Окна и двери → Окна",
            "офис: название Окна и двери → Окна",
        ),
    ],
)
def test_a_change_is_a_sentence_in_both_languages(
    old: str, new: str, english: str, russian: str
) -> None:
    assert told(old, new)[0] == english
    assert told(old, new, "ru")[0] == russian


def test_a_time_is_told_in_seconds() -> None:
    new = replace(OLD, lines={**OLD.lines, "main": replace(OLD.lines["main"], patience_seconds=90)})
    assert difference(OLD, new, language="en") == [
        Change(
            path="lines.main.patience",
            sentence="line Основной номер: patience 60 s → 90 s",
            before="60 s",
            after="90 s",
        )
    ]


def test_another_way_of_writing_the_same_is_no_change() -> None:
    assert told('owner_ring = "3 rings"          # один', "owner_ring = 15 # один") == []
    assert difference(OLD, replace(OLD, version=7)) == []


def test_an_added_and_a_removed_manager_are_told() -> None:
    without = replace(OLD, managers={k: m for k, m in OLD.managers.items() if k != "volkov"})
    (removed,) = difference(OLD, without, language="en")
    (added,) = difference(without, OLD, language="en")
    assert removed.sentence == "manager Сергей Волков: removed (volkov)"
    assert added.sentence == "manager Сергей Волков: added (volkov)"


def test_the_first_office_is_all_added() -> None:
    changes = difference(None, OLD, language="en")
    assert len(changes) == 2 + 6 + 3 + 1
    assert all("added" in change.sentence for change in changes)


def test_another_order_of_managers_is_a_change_because_strategies_follow_it() -> None:
    turned = replace(OLD, managers=dict(reversed(OLD.managers.items())))
    (change,) = difference(OLD, turned, language="en")
    assert change.path == "managers"
    assert change.after.startswith("volkov, kuznetsova")


@pytest.mark.parametrize("part", [Office, Department, Hours, Manager, Line, OutgoingLine])
def test_every_field_of_an_office_has_a_name_for_people(part: type) -> None:
    sections = {"version", "departments", "managers", "lines", "outgoing", "hours"}
    assert {f.name for f in fields(part)} - sections <= set(FIELDS)


def test_the_example_is_not_different_from_itself() -> None:
    path = Path(__file__).parents[2] / "config" / "examples" / "office.toml"
    assert difference(OLD, read_office(path)) == []
