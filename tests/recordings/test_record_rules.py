"""What is recorded by whose word, and what an exchange's own words of it mean. No exchange here."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pbx_adapters.asterisk.control_actions import place
from pbx_adapters.asterisk.dialplan import DialplanBlanks, extensions
from pbx_adapters.asterisk.journal import read_entry
from pbx_adapters.asterisk.mirror import recorded_lines
from pbx_adapters.asterisk.plan_variables import render
from pbx_adapters.asterisk.sound_names import (
    channels_of,
    leg_mark,
    parts_of,
    sound_name,
    trunk_of,
)
from pbx_adapters.port import OwnPhone, PlaceCall, RecordedKind, RecordedPart
from router.calls import Direction
from router.decide import decide
from router.explain import sentence
from router.facts import Client, Facts, Lookup, LookupOutcome, Offer
from router.hours import Hours, NoHolidays, Window
from router.numbers import NumberPlan, normalise
from router.office import Department, Line, Manager, Office
from router.plan import Decision, Why
from router.recording import Recorded, recorded
from switchboard.verdicts import call_from

NOON = datetime(2026, 3, 4, 9, tzinfo=UTC)
ALWAYS = Hours(
    week=tuple(
        Window(weekday=day, start=NOON.time().replace(hour=0), end=NOON.time().replace(hour=0))
        for day in range(7)
    )
)
SALES = Department(key="sales", name="Sales", hours=ALWAYS)
LINE = Line(key="main", number="74951230000", name="Main", department="sales")
CALL = "main-1795311023.7"


def office(department: Department = SALES, line: Line = LINE, *, confirmed: bool = True) -> Office:
    anna = Manager(key="anna", name="Anna", department="sales", extension="101")
    return Office(
        name="Office",
        default_department="sales",
        departments={"sales": department},
        managers={"anna": anna},
        lines={"main": line},
        recording_confirmed=confirmed,
    )


def decided(of: Office, *clients: Client) -> Decision:
    number = normalise("+79161112233", NumberPlan(region="RU"))
    offer = Offer(
        call_id=CALL, pbx="main", line=LINE.number, caller="79161112233", number=number, at=NOON
    )
    lookup = Lookup(outcome=LookupOutcome.FOUND if clients else LookupOutcome.UNKNOWN)
    facts = Facts(lookup=replace(lookup, clients=clients))
    return decide(offer, facts, of, NoHolidays())


# -- whose word ------------------------------------------------------------------------------------


def test_nothing_is_recorded_before_the_notice_about_the_law_is_confirmed() -> None:
    """Whatever the office says."""
    eager = replace(SALES, record=True, record_notice=True)
    assert recorded(office(eager, confirmed=False), eager, LINE) == Recorded(record=False)
    assert not decided(office(eager, confirmed=False)).plan.record
    assert recorded_lines(office(eager, confirmed=False)) == {}


@pytest.mark.parametrize(
    ("of_department", "of_line", "found"),
    [(True, None, True), (True, False, False), (False, None, False), (False, True, True)],
)
def test_the_line_s_word_is_stronger_than_the_department_s(
    *, of_department: bool, of_line: bool | None, found: bool
) -> None:
    of = office(replace(SALES, record=of_department), replace(LINE, record=of_line))
    assert decided(of).plan.record is found
    assert recorded_lines(of)["74951230000"] == ("1" if found else "0")
    assert recorded_lines(of)["default"] == ("1" if of_department else "0")


def test_a_notice_is_said_only_where_something_is_recorded() -> None:
    loud = replace(SALES, record_notice=True)
    plan = decided(office(loud)).plan
    assert (plan.record, plan.record_notice) == (True, True)
    mute = decided(office(replace(loud, record=False))).plan
    assert (mute.record, mute.record_notice) == (False, False)
    assert recorded_lines(office(loud))["default"] == "2"
    quiet_line = decided(office(loud, replace(LINE, record_notice=False))).plan
    assert (quiet_line.record, quiet_line.record_notice) == (True, False)


def test_a_client_who_does_not_want_it_is_not_recorded_and_the_reason_says_so() -> None:
    """Also if he shares his number with one who does not mind."""
    refuses = Client(key="b", name="Romashka", no_recording=True)
    decision = decided(office(), Client(key="a", name="Vasilyok"), refuses)
    assert not decision.plan.record
    (reason,) = [r for r in decision.reasons if r.why is Why.NOT_RECORDED]
    assert "Romashka" in sentence(reason, "en")
    assert Why.NOT_RECORDED not in {r.why for r in decided(office()).reasons}


def test_a_call_that_rings_nobody_is_not_recorded() -> None:
    """It ends with an announcement of ours."""
    closed = replace(SALES, hours=Hours())
    assert not decided(office(closed)).plan.record


def test_the_plan_says_to_the_dialplan_what_to_do_before_it_says_that_it_is_whole() -> None:
    for notice, mark in ((False, "1"), (True, "2")):
        of = office(replace(SALES, record_notice=notice))
        variables = render(decided(of), of, pbx="main", show="", call_id=CALL).variables
        assert [name for name, _ in variables][-2:] == ["DZ_REC", "DZ_OK"]
        assert dict(variables)["DZ_REC"] == mark
    off = office(replace(SALES, record=False))
    variables = render(decided(off), off, pbx="main", show="", call_id=CALL).variables
    assert "DZ_REC" not in dict(variables)


def test_a_call_that_we_place_is_recorded_where_it_is_asked_for() -> None:
    command = PlaceCall(
        id="place-1.1",
        phone=OwnPhone(extension="101"),
        number="+79161112233",
        outgoing="trunk",
        dial="PJSIP/79161112233@trunk",
    )
    assert "DZ_REC=1" not in place(command)["Variable"]
    assert "DZ_REC=1" in place(replace(command, record=True))["Variable"]


# -- the dialplan ----------------------------------------------------------------------------------


def _dialplan() -> str:
    blanks = DialplanBlanks(agi="agi://127.0.0.1:4573", phones_context="phones", fail_open="")
    return extensions(blanks)


def test_a_call_that_is_not_recorded_costs_one_check() -> None:
    """All the rest is behind that check, in contexts of its own or in an option that is empty."""
    before_dial = _context("dozvon-plan") + _context("dozvon-ring")
    assert len([line for line in before_dial if "DZ_REC" in line and "DB(" not in line]) == 1
    assert not any("MixMonitor" in line or "DZ_PARTS" in line for line in before_dial)


def test_every_leg_of_a_client_s_call_is_dialled_with_what_records_it() -> None:
    """But the inner leg of a mobile, which its Local channel stands for, and a consultation."""
    dials = re.findall(r"\[(dozvon-[a-z-]+)\]|[^a-zA-Z]Dial\((.*)\)$", _dialplan(), re.MULTILINE)
    here, bare = "", set()
    for context, dial in dials:
        here = context or here
        if dial and not dial.endswith("${DZ_LEG}"):
            bare.add(here)
    assert bare == {"dozvon-mobile", "dozvon-ask"}


def test_another_folder_may_be_asked_for() -> None:
    blanks = DialplanBlanks(
        agi="agi://127.0.0.1:4573", phones_context="phones", fail_open="", recordings="/srv/sound"
    )
    assert "Set(DZ_SOUND=/srv/sound/${REPLACE(DZ_SOUND,.,_)})" in extensions(blanks)
    assert "@RECORDINGS@" not in _dialplan()


def _context(name: str) -> list[str]:
    text = _dialplan().partition(f"[{name}]\n")[2].partition("\n[")[0]
    return [line for line in text.splitlines() if not line.startswith(";")]


# -- what was written ------------------------------------------------------------------------------


def test_files_are_named_after_call_and_leg_and_placed_in_time() -> None:
    """The client's begin with the first answer as far as the PBX can tell; they end with him."""
    ended = NOON + timedelta(minutes=1)
    told = "c@1772614800.100+lmain-1795311023.8/1@1772614805.250+lmain-1795311023.8/2@1772614830.5"
    mix, client, first, second = parts_of(CALL, told, ended)
    start = "main-1795311023_7"
    answered = NOON + timedelta(seconds=5.25)
    assert mix == RecordedPart(
        name=f"{start}.wav",
        kind=RecordedKind.CONVERSATION,
        began_at=answered,
        ended_at=ended,
    )
    assert client == replace(mix, name=f"{start}-client.wav", kind=RecordedKind.CLIENT)
    assert first == RecordedPart(
        name=f"{start}-main-1795311023_8.wav",
        kind=RecordedKind.LEG,
        leg_id="main-1795311023.8",
        began_at=answered,
    )
    assert second.name == f"{start}-main-1795311023_8-2.wav"
    assert channels_of(CALL, told) == (CALL, "main-1795311023.8")


def test_with_a_notice_the_client_s_files_begin_with_it() -> None:
    mix, client, _ = parts_of(CALL, "n@1772614800.5+lmain-1.2/1@1772614805.250")
    assert mix.began_at == client.began_at == NOON + timedelta(seconds=0.5)


def test_a_placed_call_has_its_manager_s_voice_under_his_own_channel() -> None:
    *_, own = parts_of(CALL, "n@1772614800.5+oplace-177.12@1772614800.5")
    assert (own.name, own.leg_id) == ("place-177_12-own.wav", "place-177.12")


def test_what_the_service_records_is_told_like_the_rest() -> None:
    at = NOON + timedelta(milliseconds=123)
    (part,) = parts_of(CALL, leg_mark("main-1.2", at))
    assert (part.leg_id, part.began_at) == ("main-1.2", at)


@pytest.mark.parametrize(
    "told",
    [
        "",
        "+",
        "x@1",
        "c@",
        "c@abc",
        "l../../etc@1772614800.1",
        "la/b/1@1772614800.1",
        "c@99",
        "l|@1",
    ],
)
def test_what_cannot_be_read_is_no_file(told: str) -> None:
    assert parts_of(CALL, told) == ()


def test_a_call_that_we_placed_is_read_from_the_journal_as_one_that_went_out() -> None:
    key = f"/dozvon/ended/2026030409/{CALL}"
    fields = ["1", CALL, "+79161112233", "101", "", "1772614800.1", "1772614860.2", "placed", ""]
    fields += ["answered", "", "", "", "55", "16", "", "", "n@1772614805.1+tPJSIP/mtt-1"]
    found = read_entry("main", key, "|".join(fields))
    assert (found.direction, found.way) == (Direction.OUTBOUND, None)
    assert (found.caller, found.answered_by, found.line) == ("101", "101", "+79161112233")
    assert (found.talk_seconds, found.trunk, len(found.recordings)) == (55.0, "mtt", 2)
    call = call_from(found)
    assert (call.direction, call.line) == (Direction.OUTBOUND, "+79161112233")


@pytest.mark.parametrize(
    ("channel", "trunk"),
    [
        ("PJSIP/trunk-0000001a", "trunk"),
        ("PJSIP/mtt-msk.2-0000001a", "mtt-msk.2"),
        ("IAX2/beeline-7", "beeline"),
        ("Local/7916@mobiles-00000003;2", ""),
        ("Local/7916mobiles-000000032", ""),
        ("PJSIP/", ""),
        ("../../etc", ""),
    ],
)
def test_the_trunk_is_told_beside_the_files_and_is_none_of_them(channel: str, trunk: str) -> None:
    """A reader from before leaves it out, as it leaves out everything that it does not know."""
    told = f"c@1772614800.1+t{channel}+l1.2/1@1772614801.5"
    assert trunk_of(told) == trunk
    assert len(parts_of(CALL, told)) == 3
    assert trunk_of(told.replace("+t", "+x")) == ""


@given(st.text(max_size=60), st.text(max_size=60))
def test_no_name_is_a_path_whatever_is_said(call_id: str, told: str) -> None:
    for text in (told, f"c@1772614800.1+l{told}/1@1772614800.1"):
        for part in parts_of(call_id, text):
            assert re.fullmatch(r"[0-9A-Za-z_-]*\.wav", part.name, re.ASCII)
    assert "." not in sound_name(call_id)


def test_the_journal_names_the_files_and_an_entry_without_any_reads_as_before() -> None:
    """One that was written by a dialplan from before recordings, and one that was not recorded."""
    key = f"/dozvon/ended/2026030409/{CALL}"
    fields = ["1", CALL, "74951230000", "7916", "", "1772614800.1", "1772614860.2", "plan"]
    fields += ["SUCCESS", "answered", "", "PJSIP/101-00000001", "", "55", "16", CALL]
    trail = "1=anna/101:rang:5:ANSWER,"
    old = read_entry("main", key, "|".join([*fields, trail]))
    new = read_entry("main", key, "|".join([*fields, trail, "c@1772614800.1"]))
    assert old.recordings == ()
    assert old.trail == new.trail
    assert [part.kind for part in new.recordings] == ["conversation", "client"]
    assert new.recordings[0].ended_at == new.ended_at
    told = "c@1772614800.1+tPJSIP/mtt-0000001a"
    assert (old.trunk, new.trunk) == ("", "")
    assert read_entry("main", key, "|".join([*fields, trail, told])).trunk == "mtt"
