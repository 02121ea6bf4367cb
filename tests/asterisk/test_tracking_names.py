"""Who is behind a channel's name and a dial string: a phone, a trunk, a number."""

from __future__ import annotations

import pytest
from tracked_frames import calls, client, event, phone, run, shot

from pbx_adapters.asterisk.tracking import PartyRules, Tracker
from pbx_adapters.asterisk.tracking.parties import Kind, Parties, dialled_number, endpoint
from router.events import (
    LegBegan,
    LegEnded,
)


@pytest.mark.parametrize(
    ("channel", "kind"),
    [
        ("PJSIP/101-0000005d", Kind.PHONE),
        ("SIP/4501-1", Kind.PHONE),
        ("PJSIP/trunk-00000004", Kind.TRUNK),
        ("PJSIP/mango-office-00000004", Kind.TRUNK),
        ("IAX2/74951230001-77", Kind.TRUNK),
        ("DAHDI/i1/79161234567-3", Kind.TRUNK),
        ("Local/101@from-phones-00000001;2", Kind.LOCAL),
        ("Announcer/ARI-1;2", Kind.NOBODY),
        ("", Kind.NOBODY),
    ],
)
def test_a_channels_name_tells_who_is_behind_it(channel: str, kind: Kind) -> None:
    assert Parties().kind(channel) is kind


def test_the_administrators_word_wins() -> None:
    """A trunk whose name is a number, a phone whose name is a word."""
    parties = Parties(rules=PartyRules(trunks=frozenset({"4950"}), phones=frozenset({"reception"})))
    assert parties.kind("PJSIP/4950-1") is Kind.TRUNK
    assert parties.kind("PJSIP/reception-1") is Kind.PHONE
    parties.learn_hint("110", "PJSIP/4950")
    assert parties.kind("PJSIP/4950-1") is Kind.TRUNK


def test_a_hint_tells_the_extension_of_a_named_phone() -> None:
    tracker = Tracker("x")
    run(tracker, event("ExtensionStatus", Exten="117", Hint="PJSIP/anna&Custom:DND"))
    events = run(
        tracker,
        event("Newchannel", **client()),
        event("DialBegin", **client(), **phone("1.2", "anna", 0, prefix="Dest"), DialString="anna"),
    )
    assert [e.target for e in events if isinstance(e, LegBegan)] == ["117"]


def test_who_is_dialled_by_his_bare_name_is_a_phone() -> None:
    events = run(
        Tracker("x"),
        event("Newchannel", **client()),
        event("DialBegin", **client(), **phone("1.2", "anna", 0, prefix="Dest"), DialString="anna"),
        event("Hangup", **phone("1.2", "anna", 5), Cause="21"),
    )
    assert [e.target for e in events if isinstance(e, LegBegan)] == ["anna"]
    assert [e.outcome for e in events if isinstance(e, LegEnded)] == ["declined"]


@pytest.mark.parametrize(
    ("string", "number"),
    [
        ("79035550000@trunk", "79035550000"),
        ("trunk/79035550000", "79035550000"),
        ("trunk/sip:79035550000@sip.example.org", "79035550000"),
        ("+79035550000", "+79035550000"),
        ("101", ""),
    ],
)
def test_the_number_in_a_dial_string(string: str, number: str) -> None:
    assert dialled_number(string) == number


def test_endpoint_names_may_hold_dashes() -> None:
    assert endpoint("PJSIP/mango-office-00000004") == "mango-office"


def test_a_named_phone_that_calls_is_known_by_its_context() -> None:
    """`anna` calls with her short number from where 101 calls from: she dials out, no client in."""
    tracker = Tracker("x")
    run(tracker, event("Newchannel", **shot("0.1", "PJSIP/101-0", 4, Context="office")))
    anna = shot("3.1", "PJSIP/anna-3", 4, Context="office", CallerIDNum="117", Exten="79161234567")
    dest = shot("3.2", "PJSIP/trunk-3", 0, prefix="Dest")
    events = run(
        tracker, event("Newchannel", **anna), event("DialBegin", **anna, **dest, DialString="79161234567@trunk")
    )  # fmt: skip
    [call] = calls(events)
    assert (call.id, call.direction, call.caller, call.line) == (
        "3.2", "outbound", "117", "79161234567",
    )  # fmt: skip


@pytest.mark.parametrize(("context", "number"), [("office", "79161234567"), ("trunks", "900")])
def test_a_trunk_is_no_phone_for_a_shared_context_or_a_short_number_alone(
    context: str, number: str
) -> None:
    """Both together make a phone; a bank that calls as 900, and a trunk beside phones, do not."""
    tracker = Tracker("x")
    run(tracker, event("Newchannel", **shot("0.1", "PJSIP/101-0", 4, Context="office")))
    caller = shot(
        "3.1", "PJSIP/mango-3", 4, Context=context, CallerIDNum=number, Exten="74951230001"
    )
    [call] = calls(run(tracker, event("Newchannel", **caller)))
    assert (call.direction, call.caller) == ("inbound", number)
    later = shot(
        "4.1", "PJSIP/mango-4", 4, Context="office", CallerIDNum="101", Exten="74951230001"
    )
    assert [c.direction for c in calls(run(tracker, event("Newchannel", **later)))] == ["inbound"]
