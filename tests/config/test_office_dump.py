"""The canonical office file: whatever office is written, the same office is read back."""

from __future__ import annotations

import tomllib
from datetime import date, time
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from config.office_dump import dump_office
from config.office_file import load_office, read_office
from config.week import ordered
from router.office import (
    AbsentRule,
    AfterHoursRule,
    Department,
    Hours,
    LastResort,
    Line,
    Manager,
    Office,
    OutgoingLine,
    Status,
    Strategy,
    Window,
)

EXAMPLE = Path(__file__).parents[2] / "config" / "examples" / "office.toml"

texts = (
    st.text(st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp")), min_size=1, max_size=20)
    .map(lambda text: text.strip(" "))
    .filter(bool)
)
clocks = st.times().map(lambda t: t.replace(microsecond=0))
weeks = st.lists(
    st.builds(Window, weekday=st.integers(0, 6), start=clocks, end=clocks), max_size=5
).map(ordered)
seconds = st.integers(0, 600)


@st.composite
def specials(draw: st.DrawFn) -> dict[date, tuple[Window, ...]]:
    days = draw(st.lists(st.dates(date(2020, 1, 1), date(2030, 1, 1)), max_size=3, unique=True))
    times = st.lists(st.tuples(clocks, clocks), max_size=2)
    return {
        day: ordered(Window(weekday=day.weekday(), start=a, end=b) for a, b in draw(times))
        for day in sorted(days)
    }


@st.composite
def departments(draw: st.DrawFn, key: str, outgoing: str) -> Department:
    hours = Hours(
        timezone=draw(st.sampled_from(["Europe/Moscow", "Asia/Yekaterinburg", "UTC"])),
        week=draw(weeks),
        holidays=draw(st.sampled_from(["", "RU", "KZ"])),
        special=draw(specials()),
    )
    return Department(
        key=key,
        name=draw(texts),
        head=draw(st.sampled_from(["", "anna"])),
        hours=hours,
        strategy=draw(st.sampled_from(Strategy)),
        owner_ring_seconds=draw(seconds),
        colleague_ring_seconds=draw(seconds),
        mobile_ring_seconds=draw(seconds),
        group_ring_seconds=draw(seconds),
        wrap_up_seconds=draw(st.integers(0, 3600)),
        confirm_mobile=draw(st.booleans()),
        after_hours=draw(st.sampled_from(AfterHoursRule)),
        duty_mobile=draw(st.sampled_from(["", "anna"])),
        last_resort=draw(st.sampled_from(LastResort)),
        voicemail=draw(st.sampled_from(["", "200", "200@default"])),
        outgoing_line=draw(st.sampled_from(["", outgoing])),
        absent_rule=draw(st.sampled_from(AbsentRule)),
        remember_last_talk=draw(st.booleans()),
    )


@st.composite
def managers(draw: st.DrawFn, key: str, extension: str, departments: list[str]) -> Manager:
    away = st.sampled_from([status for status in Status if status is not Status.AVAILABLE])
    return Manager(
        key=key,
        name=draw(texts),
        department=draw(st.sampled_from(departments)),
        extension=extension,
        pbx=draw(st.sampled_from(["main", "branch"])),
        dial=draw(st.sampled_from(["", "PJSIP/{extension}@branch"])),
        device=draw(st.sampled_from(["", "-", "PJSIP/{extension}"])),
        mobile="+79161230101" if key == "anna" else draw(st.sampled_from(["", "+79161230102"])),
        deputy="" if key == "anna" else "anna",
        shifts=draw(weeks),
        when_absent=draw(
            st.dictionaries(
                away, st.sampled_from(["colleague", "message"]).map(AbsentRule), max_size=2
            )
        ),
        takes_new_clients=draw(st.booleans()),
    )


@st.composite
def offices(draw: st.DrawFn) -> Office:
    keys = draw(st.sampled_from([["sales"], ["sales", "2-service_b"]]))
    trunk = draw(st.sampled_from(["", "trunk"]))
    outgoing = OutgoingLine(
        key="trunk",
        pbx="main",
        dial="PJSIP/{number}@trunk",
        caller_id=draw(st.sampled_from(["", "74951230001", "+74951230001"])),
        number_format=draw(st.sampled_from(["e164", "plain", "national"])),
        channels=draw(st.integers(1, 100)),
        prefixes=draw(st.sampled_from([("+7",), ("+7", "+375"), ()])),
    )
    line = Line(
        key="main",
        number=draw(st.sampled_from(["74951230001", "230001"])),
        name=draw(texts),
        department=keys[-1],
        patience_seconds=draw(st.integers(5, 600)),
        last_resort=draw(st.sampled_from([None, *LastResort])),
        language=draw(st.sampled_from(["ru", "en"])),
    )
    return Office(
        name=draw(texts),
        area_code=draw(st.sampled_from(["", "495"])),
        default_department=keys[0],
        departments={key: draw(departments(key, trunk)) for key in keys},
        managers={
            key: draw(managers(key, str(100 + n), keys))
            for n, key in enumerate(["anna", "petr", "i_v-3"])
        },
        lines={"main": line},
        outgoing={"trunk": outgoing} if trunk else {},
    )


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(offices())
def test_what_is_written_is_read_back_equal(office: Office) -> None:
    text = dump_office(office)
    again = load_office(text, language="en")
    assert again == office
    assert list(again.managers) == list(office.managers)
    assert dump_office(again) == text


def test_the_example_survives_being_written() -> None:
    office = read_office(EXAMPLE)
    assert load_office(dump_office(office)) == office


def test_quotes_and_backslashes_in_names_are_written_as_toml_has_them() -> None:
    office = load_office(
        EXAMPLE.read_text(encoding="utf-8").replace('"Окна и двери"', '"\\"Окна\\" \\\\"')
    )
    assert tomllib.loads(dump_office(office))["office"]["name"] == '"Окна" \\'


def test_a_window_to_midnight_is_read_back() -> None:
    late = (Window(weekday=0, start=time(9), end=time()),)
    office = read_office(EXAMPLE)
    text = dump_office(office).replace(
        'hours = { mon-fri = "9:00-18:00" }', 'hours = { mon = "9:00-24:00" }'
    )
    loaded = load_office(text)
    assert loaded.departments["service"].hours.week == late
    assert load_office(dump_office(loaded)) == loaded
