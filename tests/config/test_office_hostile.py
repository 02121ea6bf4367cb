"""Whatever stands in an office file: nothing of it is dialplan, and nothing ends the reader."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from office_texts import SMALL, changed, load, mistakes, only, with_lines

from config.errors import OfficeMistakes
from config.office_file import _read, load_office
from config.reading import Notes, Table
from config.toml_lines import Lines

EXAMPLE = Path(__file__).parents[2] / "config" / "examples" / "office.toml"

DANGEROUS = [
    ",",
    "&",
    "${EXTEN}",
    "\n",
    "\r",
    "\x00",
    "|",
    "(",
    ")",
    "^",
    " ",
    '"',
    "'",
    ";",
    "$",
    "[",
    "]",
    "\\",
    "=",
    "!",
    "%",
    "`",
    "{caller}",
    "я",
]


@pytest.mark.parametrize("poison", DANGEROUS)
@pytest.mark.parametrize("table", ["managers.petrov", "outgoing.trunk"])
def test_no_injection_a_dial_template_holds_nothing_that_is_dialplan(
    poison: str, table: str
) -> None:
    gap = "{extension}" if table == "managers.petrov" else "{number}"
    escaped = "".join(f"\\u{ord(c):04X}" for c in f"PJSIP/{gap}{poison}x")
    text = changed('dial = "PJSIP/{number}@trunk"\n', "") if table == "outgoing.trunk" else SMALL
    text = text.replace(f"[{table}]\n", f'[{table}]\ndial = "{escaped}"\n')
    assert only(text).path == f"{table}.dial"


@pytest.mark.parametrize("poison", DANGEROUS)
def test_no_injection_a_device_a_box_and_a_key_hold_nothing_that_is_dialplan(poison: str) -> None:
    escaped = "".join(f"\\u{ord(c):04X}" for c in f"PJSIP/1{poison}1")
    assert (
        only(with_lines("managers.petrov", f'device = "{escaped}"')).path
        == "managers.petrov.device"
    )
    assert (
        only(with_lines("departments.sales", f'voicemail = "{escaped}"')).path
        == "departments.sales.voicemail"
    )
    found = mistakes(SMALL + f'\n[managers."{escaped}"]\nextension = "103"\ndepartment = "sales"\n')
    assert any("cannot be used" in mistake.sentence for mistake in found)


@pytest.mark.parametrize(
    "dial",
    [
        "PJSIP/{extension}",
        "Local/{extension}@phones/n",
        "SIP/{extension}",
        "PJSIP/{extension}@branch",
    ],
)
def test_usual_dial_templates_are_accepted(dial: str) -> None:
    assert load(with_lines("managers.petrov", f'dial = "{dial}"')).managers["petrov"].dial == dial


@pytest.mark.parametrize("dial", ["PJSIP/101", "{extension}", "PJSIP/{number}", ""])
def test_a_dial_template_without_its_gap_or_technology_is_a_mistake(dial: str) -> None:
    text = with_lines("managers.petrov", f'dial = "{dial}"')
    if dial:
        assert "PJSIP/{extension}" in only(text).sentence or "{extension}" in only(text).sentence
    else:
        assert load(text).managers["petrov"].dial == ""


@pytest.mark.parametrize("poison", ["\n", "\r", "\x00", "\t", "\x1b", "\u2028", "\x7f"])
def test_no_injection_a_name_is_one_line_without_control_characters(poison: str) -> None:
    escaped = f"\\u{ord(poison):04X}"
    mistake = only(with_lines("managers.petrov", f'name = "Пётр{escaped}Петров"'))
    assert "control character" in mistake.sentence
    assert poison not in mistake.sentence


@pytest.mark.parametrize(
    "text",
    [
        "office = 1",
        "departments = 1",
        "departments = []",
        "[[managers]]",
        "lines.main = 5",
        "managers = { a = 1 }",
    ],
)
def test_a_value_in_place_of_a_table_is_a_mistake_and_never_an_error_of_the_program(
    text: str,
) -> None:
    assert mistakes(text)


LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=20),
    st.sampled_from(
        [
            "9:00-",
            "..",
            "-",
            ",",
            "mon",
            "24:00-24:00",
            "1" * 400,
            "\ud800",
            "²",
            "+7",
            "{",
            "a" * 5000,
        ]
    ),
    st.dates(),
    st.lists(st.text(max_size=3), max_size=2),
    st.dictionaries(st.text(max_size=3), st.text(max_size=3), max_size=2),
)
KNOWN = {
    "office": ["name", "region", "area_code", "default_department"],
    "departments": [
        "name",
        "head",
        "hours",
        "timezone",
        "holidays",
        "special",
        "strategy",
        "owner_ring",
        "voicemail",
        "when_absent",
        "confirm_mobile",
        "outgoing_line",
    ],
    "managers": [
        "name",
        "extension",
        "pbx",
        "mobile",
        "department",
        "deputy",
        "shifts",
        "when_absent",
        "dial",
        "device",
    ],
    "lines": ["number", "name", "department", "patience", "last_resort", "language"],
    "outgoing": ["pbx", "dial", "caller_id", "number_format", "channels", "prefixes"],
}


@settings(max_examples=400)
@given(section=st.sampled_from(sorted(KNOWN)), pick=st.integers(0, 100), value=LEAVES, table=LEAVES)
def test_no_value_whatever_it_is_makes_the_reader_fail_otherwise_than_by_mistakes(
    section: str, pick: int, value: object, table: object
) -> None:
    data = tomllib.loads(SMALL)
    keys = KNOWN[section]
    inner = data[section] if section == "office" else next(iter(data[section].values()))
    inner[keys[pick % len(keys)]] = value
    for broken in (data, {**data, section: table}, {**data, section: {"x": table}}):
        notes = Notes(file="office.toml", lines=Lines(SMALL), language="ru")
        _read(Table(notes, (), broken))
        for mistake in notes.mistakes:
            assert mistake.sentence
            assert mistake.line >= 1


@given(st.binary(max_size=200))
def test_no_bytes_make_the_reader_fail_otherwise_than_by_mistakes(data: bytes) -> None:
    with pytest.raises(OfficeMistakes):
        load_office(data)
