"""no_injection: what becomes part of a command is checked first, and what is shown is plain."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pbx_adapters.asterisk import control_actions as actions
from pbx_adapters.asterisk.ami_wire import encode_action
from pbx_adapters.errors import CommandRejected
from pbx_adapters.port import HangUp, OwnPhone, PlaceCall, TakeCall, TransferCall

HOSTILE = (
    "101\r\nAction: Logoff",
    "101&PJSIP/102",
    "${SHELL(id)}",
    "101,30,tT",
    "101~9~",
    "a|b",
    "/.*",
    "",
    "x" * 300,
)
TAKE = TakeCall(id="take-1.2", call_id="main-1.2", phone=OwnPhone(extension="102"), caller="7916")
PLACE = PlaceCall(
    id="place-1.2",
    phone=OwnPhone(extension="102"),
    number="+79161234567",
    name="Ivan",
    outgoing="trunk",
    dial="PJSIP/79161234567@trunk",
    caller_id="74951230000",
)


def test_a_take_rings_the_takers_phone_once_with_an_id_of_ours() -> None:
    """The id is the channel's and the action's, so that every event of it is known."""
    action = actions.take(TAKE)
    assert action["Channel"] == "PJSIP/102"
    assert action["ChannelId"] == action["ActionID"] == "take-1.2"
    assert action["Variable"] == ["DZ_TAKE=main-1.2"]
    assert action["Async"] == "true"
    assert action["Timeout"] == "15000"


def test_a_placed_call_shows_the_client_and_dials_him_by_the_line() -> None:
    """The phone shows name and number; line, channels, caller id and dial string go along."""
    action = actions.place(PLACE)
    assert action["CallerID"] == '"Ivan" <+79161234567>'
    assert action["Exten"] == "+79161234567"
    dialled = "DZ_OUT=trunk~2~74951230000~45~PJSIP/79161234567@trunk"
    assert action["Variable"] == [dialled, "DZ_BY=102"]


@pytest.mark.parametrize("hostile", HOSTILE)
@pytest.mark.parametrize("field", ["number", "outgoing", "dial", "caller_id", "id"])
def test_no_injection_a_placed_call_with_syntax_in_it_is_not_sent(field: str, hostile: str) -> None:
    """Whatever field it stands in; an empty caller id is none."""
    if (field, hostile) == ("caller_id", ""):
        return
    fields = {name: getattr(PLACE, name) for name in PlaceCall.__slots__}
    if field == "dial" and hostile == "/.*":
        hostile = "(.*)"
    with pytest.raises(CommandRejected):
        actions.place(PlaceCall(**{**fields, field: hostile}))


@pytest.mark.parametrize("hostile", HOSTILE)
def test_no_injection_no_other_command_is_sent_with_syntax_in_it(hostile: str) -> None:
    """Channels, extensions, dial strings; a pattern for many channels is no channel."""
    commands = (
        lambda: actions.hang_up(HangUp(channel_id=hostile)),
        lambda: actions.take(_taking(call_id=hostile)),
        lambda: actions.take(_taking(phone=OwnPhone(extension=hostile))),
        lambda: actions.take(_taking(id=hostile)),
        lambda: actions.transfer(_handing(leg_id=hostile)),
        lambda: actions.transfer(_handing(to=hostile)),
        lambda: actions.transfer(_handing(call_id=hostile, ask=True)),
        lambda: actions.transfer(_handing(by=hostile, ask=True)),
    )
    for command in commands:
        with pytest.raises(CommandRejected):
            command()


@given(name=st.text(), caller=st.text())
def test_no_injection_a_hostile_name_is_shown_and_not_executed(name: str, caller: str) -> None:
    """Any name and number of a caller give one action of the same fields, in plain text."""
    action = actions.take(_taking(caller=caller, caller_name=name))
    lines = encode_action(action).decode().split("\r\n")
    assert len(lines) == len(actions.take(TAKE)) + 2
    shown = str(action["CallerID"])
    assert shown.count('"') == 2
    assert shown.count("<") == shown.count(">") == 1
    assert not set("${}[](),;|\\") & set(shown)


def test_a_phone_with_a_dial_string_of_its_own_is_rung_by_it() -> None:
    """As the office file says; else by its extension."""
    phone = OwnPhone(extension="102", dial="SIP/102")
    assert actions.take(_taking(phone=phone))["Channel"] == "SIP/102"


def _taking(**other: object) -> TakeCall:
    fields = {name: getattr(TAKE, name) for name in TakeCall.__slots__}
    return TakeCall(**(fields | other))


def _handing(**other: object) -> TransferCall:
    fields = {"call_id": "main-1.2", "leg_id": "main-1.3", "by": "101", "to": "102"}
    return TransferCall(**(fields | other))  # type: ignore[arg-type]
