"""The office file: what it may say, in which spellings, and how the file itself may be written."""

from __future__ import annotations

from datetime import date, time
from pathlib import Path

import pytest
from office_texts import SMALL, changed, load, mistakes, only, with_lines

from config.errors import OfficeMistakes
from config.office_file import load_office, read_office
from router.office import AbsentRule, LastResort, Status, Window

EXAMPLE = Path(__file__).parents[2] / "config" / "examples" / "office.toml"


def test_the_example_office_is_without_mistakes() -> None:
    office = read_office(EXAMPLE)
    assert [m.extension for m in office.managers.values()] == [
        "101",
        "102",
        "103",
        "104",
        "105",
        "106",
    ]
    assert [line.number for line in office.lines.values()] == [
        "74951230001",
        "74951230002",
        "74951230003",
    ]


def test_what_the_file_does_not_say_is_the_usual() -> None:
    office = load()
    assert office.default_department == "sales"
    assert office.departments["sales"].outgoing_line == "trunk"
    assert office.departments["sales"].owner_ring_seconds == 15
    assert office.lines["main"].patience_seconds == 60
    assert office.managers["petrov"].name == "petrov"


def test_numbers_are_kept_in_one_form_however_they_are_written() -> None:
    """A mobile is E.164, a line the digits that a PBX sends."""
    office = load()
    assert office.managers["ivanova"].mobile == "+79161234567"
    assert office.lines["main"].number == "74951230001"
    assert load(changed("+7 495 123-00-01", "230001")).lines["main"].number == "230001"


@pytest.mark.parametrize(
    ("written", "seconds"),
    [
        ("15", 15),
        ('"15"', 15),
        ('"15 s"', 15),
        ('"3 rings"', 15),
        ('"1 ring"', 5),
        ('"1 min"', 60),
        ('"1 min 30 s"', 90),
        ('"3 гудка"', 15),
        ('"20 сек."', 20),
        ('"0,5 мин"', 30),
        ("0", 0),
    ],
)
def test_durations_are_seconds_rings_or_minutes(written: str, seconds: int) -> None:
    office = load(with_lines("departments.sales", f"owner_ring = {written}"))
    assert office.departments["sales"].owner_ring_seconds == seconds


@pytest.mark.parametrize(
    "written", ['"3 rigs"', '"-5"', "-5", '""', "true", "1.5", '"601 s"', '"s"', "[15]", '"1e3"']
)
def test_other_durations_are_mistakes(written: str) -> None:
    assert (
        only(with_lines("departments.sales", f"owner_ring = {written}")).path
        == "departments.sales.owner_ring"
    )


def week(hours: str) -> tuple[Window, ...]:
    return load(changed('{ mon-fri = "9:00-19:00" }', hours)).departments["sales"].hours.week


def test_hours_may_be_written_in_several_ways() -> None:
    nine = Window(weekday=0, start=time(9), end=time(19))
    assert week('{ mon = "9:00-19:00" }') == (nine,)
    assert week('{ monday = ["9:00 – 19:00"], tue = "closed" }') == (nine,)
    assert week('{ "пн" = "09.00-19.00" }') == (nine,)
    assert len(week('"always"')) == 7
    assert week('{ mon = "13:00-24:00, 9:00-12:00" }') == (
        Window(weekday=0, start=time(9), end=time(12)),
        Window(weekday=0, start=time(13), end=time()),
    )
    assert [w.weekday for w in week('{ fri-mon = "9:00-10:00" }')] == [0, 4, 5, 6]
    assert [w.weekday for w in week('{ "tue, wed" = "9:00-10:00" }')] == [1, 2]
    assert week('"closed"') == ()


@pytest.mark.parametrize(
    ("hours", "said"),
    [
        ('{ mon = "9-19" }', "“9” in “9-19” is no time"),
        ('{ mon = "9:00-25:00" }', "“25:00” in “9:00-25:00” is no time"),
        ('{ mon = "24:00-9:00" }', "“24:00” in “24:00-9:00” is no time"),
        ('{ mon = "9:60-10:00" }', "“9:60”"),
        ('{ mon = "9:00" }', "“9:00” are no hours"),
        ("{ mon = 9 }", "“9” are no hours"),
        ('{ mon-fry = "9:00-19:00" }', "“mon-fry” is no day of the week"),
        ('{ mon-fri = "9:00-19:00", wed = "9:00-10:00" }', "The day wed stands here twice"),
        ('"9:00-19:00"', "Hours are written { mon-fri"),
        ("9", "Hours are written"),
    ],
)
def test_bad_hours_are_told_in_a_sentence(hours: str, said: str) -> None:
    mistake = only(changed('{ mon-fri = "9:00-19:00" }', hours))
    assert said in mistake.sentence
    assert mistake.line == 7


def test_special_days_are_dates_or_stretches_of_dates() -> None:
    text = with_lines(
        "departments.sales",
        'special = { "2026-12-31" = "9:00-15:00", 2027-01-01 = "closed", "09.01.2027..10.01.2027" = "closed" }',
    )
    special = load(text).departments["sales"].hours.special
    assert special[date(2026, 12, 31)] == (Window(weekday=3, start=time(9), end=time(15)),)
    assert [day for day, windows in special.items() if not windows] == [
        date(2027, 1, 1),
        date(2027, 1, 9),
        date(2027, 1, 10),
    ]


@pytest.mark.parametrize(
    "written",
    ["2026-02-30", "31.12", "2026-12-31..2026-12-01", "2026-01-01..2028-01-01", "tomorrow"],
)
def test_a_bad_date_is_a_mistake(written: str) -> None:
    text = with_lines("departments.sales", f'special = {{ "{written}" = "closed" }}')
    assert "is no date" in only(text).sentence


def test_a_date_that_two_entries_name_is_a_mistake() -> None:
    text = with_lines(
        "departments.sales",
        'special = { "2026-12-30..2026-12-31" = "closed", "2026-12-31" = "9:00-15:00" }',
    )
    assert "2026-12-31 stands here twice" in only(text).sentence


def test_a_managers_rules_and_shifts_are_read() -> None:
    text = with_lines(
        "managers.petrov",
        'when_absent = { lunch = "message", do-not-disturb = "deputy" }',
        'deputy = "ivanova"',
        'shifts = { mon-fri = "9:00-14:00" }',
    )
    petrov = load(text).managers["petrov"]
    assert petrov.when_absent == {
        Status.LUNCH: AbsentRule.MESSAGE,
        Status.DO_NOT_DISTURB: AbsentRule.DEPUTY,
    }
    assert len(petrov.shifts) == 5


def test_a_line_may_have_its_own_last_resort() -> None:
    assert load().lines["main"].last_resort is None
    text = with_lines("lines.main", 'last_resort = "voicemail"')
    assert load(text).lines["main"].last_resort is LastResort.VOICEMAIL


def test_all_mistakes_are_told_at_once_in_the_order_of_the_lines() -> None:
    text = (
        SMALL.replace("9:00-19:00", "9-19")
        .replace('"102"', '"x"')
        .replace("+7 495 123-00-01", "12345678901")
    )
    text = text.replace("{number}@trunk", "{number},trunk")
    found = mistakes(text)
    assert [m.line for m in found] == sorted(m.line for m in found)
    assert [m.path for m in found] == [
        "departments.sales.hours.mon-fri",
        "managers.petrov.extension",
        "lines.main.number",
        "outgoing.trunk.dial",
    ]


@pytest.mark.parametrize(
    ("data", "line", "said"),
    [
        (SMALL.encode("cp1251"), 1, "looks like windows-1251"),
        (SMALL.encode("cp866"), 1, "looks like cp866"),
        (SMALL.encode("utf-16"), 1, "looks like UTF-16"),
        (changed('"Окна"', "«Окна»").encode(), 2, "typographic quotation marks («)"),
        (changed('"Окна"', "“Окна”").encode(), 2, "typographic quotation marks (“)"),
        (changed('name = "Окна"', 'name\u00a0= "Окна"').encode(), 2, "U+00A0"),
        (changed('"Окна"', "Окна").encode(), 2, "straight quotation marks"),
        (changed('"Окна"', '"Окна').encode(), 2, "cannot be read"),
        (changed("[lines.main]", "[lines.main").encode(), 19, "cannot be read"),
        (changed('name = "Окна"', 'имя = "Окна"').encode(), 2, "key cannot be read"),
        ((SMALL + '\n[managers.petrov]\nextension = "103"\n').encode(), 26, "written further up"),
        (
            changed('extension = "102"', 'extension = "102"\nextension = "103"').encode(),
            17,
            "written further up",
        ),
        (b"x = " + b"[" * 100_000, 1, ""),
        (b"#" * 5_000_000, 1, "larger than"),
    ],
)
def test_a_file_that_is_no_toml_gets_a_sentence_of_its_own(
    data: bytes, line: int, said: str
) -> None:
    with pytest.raises(OfficeMistakes) as caught:
        load_office(data, language="en")
    (mistake,) = caught.value.mistakes
    assert said in mistake.sentence
    assert mistake.line == line


def test_a_byte_order_mark_tabs_and_windows_line_ends_are_no_mistake() -> None:
    text = SMALL.replace(" = ", "\t=\t").replace("\n", "\r\n")
    assert load_office(b"\xef\xbb\xbf" + text.encode()) == load()


def test_lines_are_counted_through_windows_line_ends() -> None:
    text = changed('extension = "102"', 'extension = "x"')
    assert only(text.replace("\n", "\r\n")).line == only(text).line == 16


def test_a_file_that_is_not_there_is_told_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(OfficeMistakes, match="cannot be read"):
        read_office(tmp_path / "office.toml", language="en")
