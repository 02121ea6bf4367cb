"""Every mistake in an office file is told with its line and what to write instead."""

from __future__ import annotations

import pytest
from office_texts import SMALL, changed, line_of, load, mistakes, only, with_lines

from config.errors import OfficeMistakes
from config.office_file import load_office

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
