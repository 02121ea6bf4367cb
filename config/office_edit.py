"""Changes single entries of an office file and leaves the rest of its text as it was written.

What a form sends are texts by the names of the file's own keys; they become the file's own values
here, and nothing is judged: `load_office` reads the result like any other file. Comments and order
are kept. Rules: a field left empty is taken out of the file, so that its default holds again; what
a form did not show is not touched.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

import tomlkit
from tomlkit.items import InlineTable, Table

from router.office import AbsentRule, AfterHoursRule, LastResort, Status, Strategy


class Kind(StrEnum):
    """How a field is shown and written."""

    TEXT = "text"
    SECONDS = "seconds"
    WHOLE = "whole"
    FLAG = "flag"
    CHOICE = "choice"
    MANAGER = "manager"
    DEPARTMENT = "department"
    OUTGOING = "outgoing"
    DAYS = "days"
    LIST = "list"
    RULES = "rules"


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One key of an entry. `usual` is what holds where the file says nothing (a flag's value)."""

    name: str
    kind: Kind = Kind.TEXT
    choices: tuple[str, ...] = ()
    usual: str = ""


def _choice(name: str, words: type[StrEnum], usual: str = "") -> Field:
    return Field(name=name, kind=Kind.CHOICE, choices=tuple(words), usual=usual)


def _seconds(*names: str) -> tuple[Field, ...]:
    return tuple(Field(name=name, kind=Kind.SECONDS) for name in names)


ABSENT = tuple(status for status in Status if status is not Status.AVAILABLE)

FIELDS: Mapping[str, tuple[Field, ...]] = {
    "office": (
        Field(name="name"),
        Field(name="region"),
        Field(name="area_code"),
        Field(name="default_department", kind=Kind.DEPARTMENT),
    ),
    "departments": (
        Field(name="name"),
        Field(name="head", kind=Kind.MANAGER),
        Field(name="timezone"),
        Field(name="hours", kind=Kind.DAYS),
        Field(name="holidays"),
        Field(name="special", kind=Kind.DAYS),
        _choice("strategy", Strategy, Strategy.LONGEST_IDLE),
        *_seconds("owner_ring", "colleague_ring", "mobile_ring", "group_ring", "wrap_up"),
        Field(name="confirm_mobile", kind=Kind.FLAG, usual="yes"),
        _choice("when_absent", AbsentRule, AbsentRule.COLLEAGUE),
        _choice("after_hours", AfterHoursRule, AfterHoursRule.MESSAGE),
        Field(name="duty_mobile", kind=Kind.MANAGER),
        _choice("last_resort", LastResort, LastResort.MESSAGE),
        Field(name="voicemail"),
        Field(name="outgoing_line", kind=Kind.OUTGOING),
        Field(name="remember_last_talk", kind=Kind.FLAG),
        Field(name="record", kind=Kind.FLAG, usual="yes"),
        Field(name="record_notice", kind=Kind.FLAG),
    ),
    "managers": (
        Field(name="name"),
        Field(name="department", kind=Kind.DEPARTMENT),
        Field(name="extension"),
        Field(name="mobile"),
        Field(name="deputy", kind=Kind.MANAGER),
        Field(name="shifts", kind=Kind.DAYS),
        Field(name="when_absent", kind=Kind.RULES, choices=tuple(AbsentRule)),
        Field(name="takes_new_clients", kind=Kind.FLAG, usual="yes"),
        Field(name="pbx"),
        Field(name="dial"),
        Field(name="device"),
    ),
    "lines": (
        Field(name="number"),
        Field(name="name"),
        Field(name="department", kind=Kind.DEPARTMENT),
        Field(name="patience", kind=Kind.SECONDS),
        _choice("last_resort", LastResort),
        Field(name="language", kind=Kind.CHOICE, choices=("ru", "en"), usual="ru"),
        Field(name="record", kind=Kind.CHOICE, choices=("yes", "no")),
        Field(name="record_notice", kind=Kind.CHOICE, choices=("yes", "no")),
    ),
    "outgoing": (
        Field(name="dial"),
        Field(name="pbx"),
        Field(name="caller_id"),
        Field(
            name="number_format",
            kind=Kind.CHOICE,
            choices=("e164", "plain", "national"),
            usual="plain",
        ),
        Field(name="channels", kind=Kind.WHOLE),
        Field(name="prefixes", kind=Kind.LIST),
    ),
}
"""The keys of each section's entries, in the order in which a form shows them."""

SECTIONS = tuple(name for name in FIELDS if name != "office")
_KEY = re.compile(r"[a-z0-9_-]{1,40}")
_DAYS = re.compile(r"[;\n]+")


class NoSuchEntry(ValueError):  # noqa: N818 - a state of the file, not of the program
    """The section or the entry is not in the file, or its new key cannot be one."""


def entry_keys(text: str, section: str) -> tuple[str, ...]:
    """The keys of a section's entries, in the file's order."""
    return tuple(str(key) for key in _plain(text).get(section, {}))


def values_of(text: str, section: str, key: str = "") -> dict[str, str]:
    """What a form shows of an entry: a text for each field, rules as `when_absent.lunch`.

    Raises `NoSuchEntry` for an entry that is not there.
    """
    entry = _entry(_plain(text), section, key)
    found: dict[str, str] = {}
    for field in FIELDS[section]:
        if field.kind is Kind.RULES:
            rules = entry.get(field.name, {})
            told = {str(k).replace("-", "_"): str(v) for k, v in dict(rules).items()}
            found |= {f"{field.name}.{status}": told.get(status, "") for status in ABSENT}
        else:
            found[field.name] = _shown(field, entry.get(field.name))
    return found


def with_entry(text: str, section: str, key: str, values: Mapping[str, str]) -> str:
    """The text with an entry changed to what a form says; fields it did not send stay."""
    document = tomlkit.parse(text)
    entry = _entry(document, section, key)
    for field in FIELDS[section]:
        if field.kind is Kind.RULES:
            _put_rules(entry, field.name, values)
        elif field.name in values:
            _put(entry, field, values[field.name].strip())
    return tomlkit.dumps(document)


def with_new_entry(text: str, section: str, key: str, values: Mapping[str, str]) -> str:
    """The text with one more entry at the section's end.

    Raises `NoSuchEntry` where the key is taken or cannot be one.
    """
    if section not in SECTIONS or not _KEY.fullmatch(key) or key in entry_keys(text, section):
        raise NoSuchEntry(f"{section}.{key}")
    addition = with_entry(f"[{section}.{key}]\n", section, key, values)
    return f"{text.rstrip()}\n\n{addition}"


def without_entry(text: str, section: str, key: str) -> str:
    """The text without an entry. Raises `NoSuchEntry` for one that is not there."""
    document = tomlkit.parse(text)
    if section not in SECTIONS:
        raise NoSuchEntry(section)
    _entry(document, section, key)
    entries: Any = document[section]
    del entries[key]
    return tomlkit.dumps(document)


def _plain(text: str) -> Mapping[str, Any]:
    return tomlkit.parse(text).unwrap()


def _entry(document: Any, section: str, key: str) -> Any:
    found = document.get(section) if section in FIELDS else None
    if found is not None and section != "office":
        found = found.get(key)
    if found is None or not hasattr(found, "get"):
        raise NoSuchEntry(f"{section}.{key}".rstrip("."))
    return found


def _shown(field: Field, value: Any) -> str:
    if value is None:
        return field.usual if field.kind in {Kind.FLAG, Kind.CHOICE} else ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dict):
        return "\n".join(f"{name} {hours}" for name, hours in value.items())
    if isinstance(value, list):
        return ", ".join(str(element) for element in value)
    return value.isoformat() if isinstance(value, date) else str(value)


def _put(entry: Table, field: Field, text: str) -> None:
    if text == _shown(field, _unwrapped(entry.get(field.name))):
        return
    if text == "" or (text == field.usual and field.name not in entry):
        entry.pop(field.name, None)
        return
    entry[field.name] = _value(field, text)


def _unwrapped(value: Any) -> Any:
    return value.unwrap() if hasattr(value, "unwrap") else value


def _value(field: Field, text: str) -> Any:
    if field.kind is Kind.FLAG or set(field.choices) == {"yes", "no"}:
        return text == "yes"
    if field.kind is Kind.LIST:
        return [part.strip() for part in text.split(",") if part.strip()]
    if field.kind is Kind.WHOLE and text.isascii() and text.isdecimal() and len(text) < 10:
        return int(text)
    if field.kind is Kind.DAYS and len(text.split()) > 1:
        return _days(text)
    return text


def _days(text: str) -> InlineTable:
    """`mon-fri 9:00-19:00; sat 10:00-16:00` as the table that the file holds."""
    table = tomlkit.inline_table()
    for part in _DAYS.split(text):
        name, _, hours = part.strip().partition(" ")
        if name:
            table[name] = hours.strip()
    return table


def _put_rules(entry: Table, name: str, values: Mapping[str, str]) -> None:
    before = dict[str, str](_unwrapped(entry.get(name)) or {})
    spelled = {key.replace("-", "_"): key for key in before}
    for status in ABSENT:
        rule = values.get(f"{name}.{status}")
        key = spelled.get(status, status.value)
        if rule is None or rule == before.get(key, ""):
            continue
        if name not in entry:
            entry[name] = tomlkit.inline_table()
        rules: Any = entry[name]
        if rule:
            rules[key] = rule
        else:
            del rules[key]
    if name in entry and not entry[name]:
        entry.pop(name)
