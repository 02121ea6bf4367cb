"""The office file: what it may say, and a sentence with its line for everything it may not."""

from __future__ import annotations

import tomllib
from datetime import date, time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config.errors import Mistake, OfficeMistakes
from config.office_file import _read, load_office, read_office
from config.reading import Notes, Table
from config.toml_lines import Lines
from router.office import AbsentRule, LastResort, Office, Status, Window

EXAMPLE = Path(__file__).parents[2] / "config" / "examples" / "office.toml"

SMALL = """\
[office]
name = "Окна"

[departments.sales]
name = "Продажи"
head = "ivanova"
hours = { mon-fri = "9:00-19:00" }

[managers.ivanova]
name = "Анна Иванова"
extension = "101"
department = "sales"
mobile = "8 (916) 123-45-67"

[managers.petrov]
extension = "102"
department = "sales"

[lines.main]
number = "+7 495 123-00-01"
department = "sales"

[outgoing.trunk]
dial = "PJSIP/{number}@trunk"
"""


def load(text: str = SMALL, language: str = "en") -> Office:
    return load_office(text, file="office.toml", language=language)


def mistakes(text: str, language: str = "en") -> list[Mistake]:
    with pytest.raises(OfficeMistakes) as caught:
        load(text, language)
    return caught.value.mistakes


def only(text: str, language: str = "en") -> Mistake:
    found = mistakes(text, language)
    assert len(found) == 1, [str(mistake) for mistake in found]
    return found[0]


def changed(old: str, new: str) -> str:
    assert SMALL.count(old) == 1, old
    return SMALL.replace(old, new)


def with_lines(table: str, *lines: str) -> str:
    """Puts lines under a table of the small office."""
    header = f"[{table}]\n"
    return changed(header, header + "".join(line + "\n" for line in lines))


def line_of(text: str, part: str) -> int:
    return text[: text.index(part)].count("\n") + 1


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


CASES = [
    (
        "unknown key",
        ("managers.petrov", 'mobil = "1"'),
        "managers.petrov.mobil",
        "Did you mean “mobile”?",
    ),
    ("unknown table", None, "manager", "Did you mean “managers”?"),
    (
        "deputy",
        ("managers.petrov", 'deputy = "ivanowa"'),
        "managers.petrov.deputy",
        "Did you mean “ivanova”?",
    ),
    (
        "own deputy",
        ("managers.petrov", 'deputy = "petrov"'),
        "managers.petrov.deputy",
        "his own deputy",
    ),
    (
        "zone",
        ("departments.sales", 'timezone = "Moscow"'),
        "departments.sales.timezone",
        "Europe/Moscow",
    ),
    (
        "country",
        ("departments.sales", 'holidays = "ru"'),
        "departments.sales.holidays",
        "Did you mean “RU”?",
    ),
    (
        "country",
        ("departments.sales", 'holidays = "XX"'),
        "departments.sales.holidays",
        "two-letter code",
    ),
    (
        "strategy",
        ("departments.sales", 'strategy = "longest"'),
        "departments.sales.strategy",
        "longest_idle",
    ),
    (
        "flag",
        ("departments.sales", 'confirm_mobile = "yes"'),
        "departments.sales.confirm_mobile",
        "true or false",
    ),
    (
        "box",
        ("departments.sales", 'voicemail = "200,u"'),
        "departments.sales.voicemail",
        "no voicemail box",
    ),
    (
        "outgoing",
        ("departments.sales", 'outgoing_line = "trnk"'),
        "departments.sales.outgoing_line",
        "“trunk”",
    ),
    (
        "duty",
        ("departments.sales", 'duty_mobile = "x"'),
        "departments.sales.duty_mobile",
        "no manager “x”",
    ),
    (
        "mobile",
        ("managers.petrov", 'mobile = "7495123000"'),
        "managers.petrov.mobile",
        "no phone number",
    ),
    (
        "mobile",
        ("managers.petrov", 'mobile = "Неизвестный"'),
        "managers.petrov.mobile",
        "no phone number",
    ),
    (
        "mobile",
        ("managers.petrov", "mobile = true"),
        "managers.petrov.mobile",
        "A text in quotation marks",
    ),
    (
        "absent",
        ("managers.petrov", "when_absent = { lunch = 'mobile' }"),
        "managers.petrov.when_absent.lunch",
        "+7…",
    ),
    (
        "absent",
        ("managers.petrov", "when_absent = { lunch = 'deputy' }"),
        "managers.petrov.when_absent.lunch",
        "deputy",
    ),
    (
        "absent",
        ("managers.petrov", "when_absent = { lanch = 'message' }"),
        "managers.petrov.when_absent.lanch",
        "“lunch”",
    ),
    (
        "absent",
        ("managers.petrov", "when_absent = { available = 'message' }"),
        "managers.petrov.when_absent.available",
        "no absence",
    ),
    (
        "absent",
        ("managers.petrov", "when_absent = 'mobile'"),
        "managers.petrov.when_absent",
        "[managers.petrov.when_absent]",
    ),
    ("patience", ("lines.main", 'patience = "1 s"'), "lines.main.patience", "5 to 600 s"),
    ("language", ("lines.main", 'language = "de"'), "lines.main.language", "ru"),
    ("channels", ("outgoing.trunk", "channels = 0"), "outgoing.trunk.channels", "whole number"),
    (
        "prefix",
        ("outgoing.trunk", 'prefixes = ["7"]'),
        "outgoing.trunk.prefixes",
        "write + and digits",
    ),
    (
        "format",
        ("outgoing.trunk", 'number_format = "E164"'),
        "outgoing.trunk.number_format",
        "“e164”",
    ),
    (
        "caller id",
        ("outgoing.trunk", 'caller_id = "Anna <101>"'),
        "outgoing.trunk.caller_id",
        "digits only",
    ),
    ("area", ("office", 'area_code = "+7495"'), "office.area_code", "no area code"),
    ("region", ("office", 'region = "Russia"'), "office.region", "two Latin letters"),
    (
        "department",
        ("office", 'default_department = "salse"'),
        "office.default_department",
        "“sales”",
    ),
]


@pytest.mark.parametrize(("title", "where", "path", "said"), CASES, ids=lambda case: str(case)[:40])
def test_a_mistake_names_its_key_its_line_and_what_to_write(
    title: str, where: tuple[str, str] | None, path: str, said: str
) -> None:
    text = with_lines(*where) if where else SMALL + "\n[manager.x]\n"
    mistake = only(text)
    assert mistake.path == path
    assert said in mistake.sentence
    assert mistake.line == line_of(text, where[1] if where else "[manager.x]")
    assert mistake.file == "office.toml"
    russian = only(text, "ru")
    assert any("а" <= letter <= "я" for letter in russian.sentence)
    assert (russian.path, russian.line) == (mistake.path, mistake.line)


@pytest.mark.parametrize(
    ("old", "new", "path", "said"),
    [
        (
            'extension = "102"',
            'extension = "101"',
            "managers.petrov.extension",
            "“ivanova”'s already (line 11)",
        ),
        ('extension = "102"', 'extension = "10a"', "managers.petrov.extension", "no extension"),
        ('extension = "102"', 'extension = ""', "managers.petrov.extension", "no extension"),
        ('extension = "102"\n', "", "managers.petrov", 'add, for example, extension = "101"'),
        ('number = "+7 495 123-00-01"\n', "", "lines.main", "“number” is missing"),
        (
            'number = "+7 495 123-00-01"',
            'number = "7495123000"',
            "lines.main.number",
            "no phone number",
        ),
        ('dial = "PJSIP/{number}@trunk"\n', "", "outgoing.trunk", "“dial” is missing"),
        ('hours = { mon-fri = "9:00-19:00" }\n', "", "departments.sales", "“hours” is missing"),
        ('name = "Окна"\n', "", "office", "“name” is missing"),
        ('mobile = "8 (916) 123-45-67"\n', "", "departments.sales.head", "“ivanova” has no mobile"),
        ("[managers.petrov]", "[managers.Petrov]", "managers.Petrov", "small Latin letters"),
        ("[managers.petrov]", '[managers."Петров"]', "managers.Петров", "small Latin letters"),
        ('head = "ivanova"', 'head = "ivanovna"', "departments.sales.head", "“ivanova”"),
    ],
)
def test_a_value_that_does_not_fit_the_rest_is_a_mistake(
    old: str, new: str, path: str, said: str
) -> None:
    mistake = only(changed(old, new))
    assert mistake.path == path
    assert said in mistake.sentence


def test_a_line_without_a_department_is_a_mistake() -> None:
    text = SMALL + '\n[lines.advert]\nnumber = "74951230003"\n'
    mistake = only(text)
    assert mistake.path == "lines.advert"
    assert 'department = "sales"' in mistake.sentence


@pytest.mark.parametrize("number", ["74951230001", "8 495 123-00-01", "+7 (495) 1230001"])
def test_two_lines_with_one_number_are_a_mistake_however_it_is_written(number: str) -> None:
    text = SMALL + f'\n[lines.copy]\nnumber = "{number}"\ndepartment = "sales"\n'
    mistake = only(text)
    assert mistake.path == "lines.copy.number"
    assert "line “main”'s already (line 20)" in mistake.sentence


def test_one_extension_on_two_pbxs_is_no_mistake() -> None:
    assert load(changed('extension = "102"', 'extension = "101"\npbx = "branch"'))


def test_deputies_in_a_circle_are_told_once_with_the_circle() -> None:
    text = SMALL
    for key, deputy in (("ivanova", "petrov"), ("petrov", "sidorov")):
        text = text.replace(f"[managers.{key}]\n", f'[managers.{key}]\ndeputy = "{deputy}"\n')
    text += '\n[managers.sidorov]\nextension = "103"\ndepartment = "sales"\ndeputy = "ivanova"\n'
    assert "ivanova → petrov → sidorov → ivanova" in only(text).sentence


def test_a_head_without_a_mobile_is_fine_where_no_rule_rings_it() -> None:
    text = changed('mobile = "8 (916) 123-45-67"\n', "").replace(
        "hours =", "mobile_ring = 0\nhours ="
    )
    assert load(text)


def test_an_unreadable_mobile_is_one_mistake_not_two() -> None:
    assert only(changed("8 (916) 123-45-67", "916")).path == "managers.ivanova.mobile"


def test_several_departments_need_a_default() -> None:
    text = SMALL + '\n[departments.service]\nhours = "always"\n'
    assert 'default_department = "sales"' in only(text).sentence


def test_an_office_without_departments_is_a_mistake() -> None:
    assert any("no department" in m.sentence for m in mistakes('[office]\nname = "x"\n'))


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


def test_a_zone_unlike_any_other_is_told_without_a_hint() -> None:
    mistake = only(with_lines("departments.sales", 'timezone = "Qqqq"'))
    assert "write for example Europe/Moscow." in mistake.sentence


@pytest.mark.parametrize(
    "zone",
    ["Europe", "../etc/passwd", "/etc/localtime", "localtime", "Europe/moscow", "UTC+3", "MSK"],
)
def test_a_zone_is_a_name_of_the_time_zone_database_and_no_path(zone: str) -> None:
    assert (
        only(with_lines("departments.sales", f'timezone = "{zone}"')).path
        == "departments.sales.timezone"
    )


def test_a_pbx_that_the_settings_do_not_have_is_a_mistake_where_they_are_known() -> None:
    text = with_lines("managers.petrov", 'pbx = "mian"')
    assert load(text).managers["petrov"].pbx == "mian"
    with pytest.raises(OfficeMistakes) as caught:
        load_office(text, language="en", pbxs=["main"])
    (mistake,) = caught.value.mistakes
    assert mistake.path == "managers.petrov.pbx"
    assert "Did you mean “main”?" in mistake.sentence
