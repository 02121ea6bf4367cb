"""What a switch tells of its calls: in any order, twice, late, in parts, and always recorded once."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, timedelta
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lone_switch import START, lone
from told_events import ANSWERED, event, replayed
from webhook_house import MAIN, OF_IVANOVA

from pbx_adapters.port import JournalEntry, LinkState, Way
from pbx_adapters.webhook import known_calls
from pbx_adapters.webhook.calls import Calls
from pbx_adapters.webhook.wire import EventIn, Kind
from router.calls import Call, CallState, Disposition, MissedReason
from router.events import AnyCallEvent, CallBegan, CallDescribed, CallEnded
from router.facts import PhoneState
from router.lifecycle import advance


async def test_a_call_is_followed_from_its_first_ring_to_its_end() -> None:
    async with lone() as found:
        assert await found.events(*ANSWERED) == (200, {"accepted": 5, "ignored": []})
        call = replayed(found.board.events)
        (entry,) = found.board.entries
    assert (call.state, call.answered_by, call.talk_seconds) == (CallState.ENDED, "101", 60)
    assert [(leg.target, leg.outcome) for leg in call.legs] == [
        ("101", "answered"),
        ("102", "elsewhere"),
    ]
    assert (entry.disposition, entry.answered_by) == (Disposition.ANSWERED, "101")
    assert (entry.talk_seconds, entry.way) == (60, Way.FAIL_OPEN)
    assert (entry.began_at, entry.ended_at) == (START, START + timedelta(seconds=65))


async def test_who_takes_what_rings_at_a_colleague_is_the_one_who_answered() -> None:
    async with lone() as found:
        await found.events(
            *ANSWERED[:2],
            event("taken", 3, who="101", to="103"),
            event("answered", 3, who="103"),
            event("held", 5),
            event("resumed", 6),
            event("transferred", 8, who="103", to="102"),
            event("stopped", 9, who="103"),
            event("answered", 10, who="102"),
            event("ended", 20, disposition="answered"),
        )
        call = replayed(found.board.events)
    assert call.answered_by == "103"
    assert [(leg.target, leg.outcome, leg.talk_seconds) for leg in call.legs] == [
        ("101", "elsewhere", 0),
        ("103", "answered", 6),
        ("102", "answered", 10),
    ]
    assert call.transfers[0].completed


async def test_the_word_of_the_switch_decides_how_a_call_ended() -> None:
    async with lone() as found:
        told = {"disposition": "missed", "reason": "lost_in_transfer", "who": ""}
        await found.events(*ANSWERED[:-1], ANSWERED[-1] | told)
        (entry,) = found.board.entries
    assert (entry.disposition, entry.reason) == (
        Disposition.MISSED,
        MissedReason.LOST_IN_TRANSFER,
    )
    assert (entry.answered_by, entry.talk_seconds) == ("", 0)


@pytest.mark.parametrize(
    ("told", "disposition", "reason"),
    [
        (ANSWERED[:4], Disposition.ANSWERED, None),
        (ANSWERED[:3], Disposition.MISSED, MissedReason.NO_ANSWER),
        (ANSWERED[:1], Disposition.MISSED, MissedReason.NOBODY_REACHABLE),
    ],
)
async def test_a_switch_that_says_nothing_of_the_end_is_judged_by_its_events(
    told: Sequence[object], disposition: Disposition, reason: MissedReason | None
) -> None:
    async with lone() as found:
        await found.events(*told, event("ended", 65))
        (entry,) = found.board.entries
    assert (entry.disposition, entry.reason) == (disposition, reason)


async def test_a_call_that_was_given_a_plan_went_by_the_plan() -> None:
    async with lone() as found:
        params = {"phone": OF_IVANOVA, "did": MAIN, "call": "7"}
        async with found.http.get("/pbx/main/route", params=params) as reply:
            assert reply.status == 200
        assert [type(e) for e in found.board.events] == [CallBegan]
        await found.events(event("ended", 65))
        (entry,) = found.board.entries
        assert (entry.way, entry.decision_call_id) == (Way.PLAN, "main-7")
        assert await found.because(event("ringing", 66, who="101")) == "the call has ended"


async def test_every_event_posted_twice_counts_once() -> None:
    named = [e | {"event_id": f"n{i}"} for i, e in enumerate(ANSWERED)]
    async with lone() as found:
        for told in (ANSWERED, ANSWERED, named, named):
            await found.events(*told)
        assert replayed(found.board.events).disposition is Disposition.ANSWERED
        assert len(found.board.entries) == 1


async def test_a_named_event_counts_once_even_where_it_might_happen_again() -> None:
    held = event("held", 6, event_id="h")
    async with lone() as found:
        await found.events(*ANSWERED[:4])
        assert await found.because(held) == ""
        assert await found.because(held) == "this event came before"


@pytest.mark.parametrize("order", list(permutations(range(4))))
def test_in_whatever_order_events_come_the_call_is_the_same(order: tuple[int, ...]) -> None:
    """Whoever talked, how long, and that the others rang in vain, does not depend on the order."""
    calls, events = Calls("main"), list[AnyCallEvent]()
    for index in order:
        events += calls.feed(EventIn.model_validate(ANSWERED[index]), START).events
    events += calls.feed(EventIn.model_validate(ANSWERED[4]), START).events
    call: Call | None = None
    for happened in events:
        call = advance(call, happened).call
    assert call
    assert (call.disposition, call.answered_by, call.talk_seconds) == ("answered", "101", 60)
    assert {(leg.target, leg.outcome) for leg in call.legs} == {
        ("101", "answered"),
        ("102", "elsewhere"),
    }


async def test_what_comes_after_the_end_changes_nothing() -> None:
    async with lone() as found:
        assert await found.because(event("ended", 65)) == ""
        for late in ANSWERED:
            assert await found.because(late) == "the call has ended"
        assert len(found.board.entries) == 1


async def test_a_question_that_comes_after_the_end_is_answered_and_begins_nothing() -> None:
    """A scenario that tries again too late gets its answer; the call is not begun anew."""
    async with lone() as found:
        await found.events(event("ended", 65))
        params = {"phone": OF_IVANOVA, "did": MAIN, "call": "7"}
        async with found.http.get("/pbx/main/route", params=params) as reply:
            assert reply.status == 200
        assert found.board.events == []
        assert not found.pbx.calls.known.live
        found.clock.forward(seconds=15)
        await found.pbx._sweep()
        assert found.board.let_go == ["main-7"]


@pytest.mark.parametrize(
    ("told", "because"),
    [
        ({"event": "ringing", "call": "9", "who": "101"}, "nobody knows this call; say `line`"),
        ({"event": "ringing", "who": "101", "caller": "1"}, "does not say of which call"),
        (event("ringing", 86_400 * 32, who="101"), "not of these days"),
        (event("ringing"), "says who rings|does not say who rings"),
        (event("answered"), "does not say who answered"),
        (event("stopped", who="101"), "nobody rings or talks there"),
        (event("picked_up", who="101"), "nobody rings there"),
        (event("taken", who="101", to="102"), "nobody rings there"),
        (event("transferred", who="101"), "does not say who handed on"),
        (event("began"), "says nothing new"),
        ({"event": "recording", "call": "7"}, "does not say where the recording is"),
    ],
)
async def test_an_event_that_changes_nothing_is_no_error_and_says_why(
    told: dict[str, object], because: str
) -> None:
    async with lone() as found:
        await found.events(event("began"))
        found.board.events.clear()
        said = await found.because(told)
        assert any(part in said for part in because.split("|")), said
        assert found.board.events == []


async def test_a_call_is_described_better_by_what_comes_later() -> None:
    async with lone() as found:
        await found.events({"event": "ringing", "call": "7", "caller": "1", "who": "101"})
        await found.events({"event": "began", "call": "7", "line": MAIN, "caller": OF_IVANOVA})
        call = replayed(found.board.events)
        assert (call.line, call.caller) == (MAIN, OF_IVANOVA)
        assert isinstance(found.board.events[-1], CallDescribed)


async def test_phones_and_recordings_are_told_on() -> None:
    async with lone() as found:
        url = "https://pbx.example/rec/7.mp3"
        _, said = await found.events(
            {"event": "phone", "who": "101", "state": "talking"},
            {"event": "recording", "call": "7", "url": url, "at": START.isoformat()},
        )
        assert said == {"accepted": 2, "ignored": []}
        assert found.board.phones == {"101": PhoneState.TALKING}
        assert [(r.call_id, r.address, r.at) for r in found.recordings] == [("main-7", url, START)]


@pytest.mark.parametrize(
    "at", [START.timestamp(), str(START.timestamp()), "2026-03-02T12:00+03:00"]
)
async def test_instants_are_unix_seconds_or_have_their_zone(at: object) -> None:
    async with lone() as found:
        assert await found.because(event("began") | {"at": at}) == ""
        assert found.board.events[0].at == START
        assert found.board.events[0].at.tzinfo is UTC


async def test_a_form_tells_an_event_as_well() -> None:
    async with lone() as found:
        form = {"event": "ended", "call_id": "7", "did": MAIN, "phone": OF_IVANOVA, "reason": ""}
        async with found.http.post("/pbx/main/events", data=form) as reply:
            assert reply.status == 200, await reply.text()
        (entry,) = found.board.entries
    assert (entry.call_id, entry.line, entry.caller) == ("main-7", MAIN, OF_IVANOVA)


@pytest.mark.parametrize(
    ("told", "field"),
    [
        ({"event": "exploded", "call": "7"}, "event"),
        ({"call": "7"}, "event"),
        (event("began") | {"at": "2026-03-02T12:00"}, "at"),
        (event("began") | {"at": "yesterday"}, "at"),
        (event("ended", disposition="lost"), "disposition"),
        (event("ended", talk_seconds=-1), "talk_seconds"),
        (event("ended", trail=[{"what": "rang"}] * 101), "trail"),
        (event("began") | {"caller": "9" * 5000}, "caller"),
        (event("began") | {"call": "x" * 200}, "call"),
        (event("began") | {"line": {"a": 1}}, "line"),
        ("began", ""),
        (None, ""),
    ],
)
async def test_what_cannot_be_read_is_refused_whole_with_the_field_at_fault(
    told: object, field: str
) -> None:
    async with lone() as found:
        status, said = await found.events(event("began"), told)
        assert status == 422
        error = said["error"]
        assert error["id"] == "event-unreadable"  # type: ignore[index]
        assert error["details"][0]["index"] == 1  # type: ignore[index]
        assert error["details"][0]["field"].startswith(field)  # type: ignore[index]
        assert found.board.events == []


async def test_more_than_a_hundred_events_are_refused() -> None:
    async with lone() as found:
        status, said = await found.events(*[event("began")] * 101)
        assert (status, said["error"]["id"]) == (422, "too-many-events")  # type: ignore[index]


HOSTILE = "\r\nAction: Originate\x00\u202e${SHELL(touch /tmp/x)}'; DROP TABLE calls;--<script>🙂"


async def test_hostile_texts_are_texts_on_one_line() -> None:
    async with lone() as found:
        told = dict.fromkeys(("call", "line", "caller", "name"), HOSTILE)
        await found.events({"event": "ringing", "who": HOSTILE[:60], **told})
        await found.events({"event": "ended", **told})
        began, entry = found.board.events[0], found.board.entries[0]
    assert isinstance(began, CallBegan)
    for text in (began.call_id, began.line, began.caller, began.caller_name, entry.raw):
        assert text.isprintable()
        assert "DROP TABLE" in text


async def test_phones_that_are_no_managers_are_not_kept() -> None:
    async with lone() as found:
        stranger = {"event": "phone", "who": "999", "state": "talking"}
        assert "no manager" in await found.because(stranger)
        assert found.board.phones == {}


async def test_a_named_recording_is_told_on_once() -> None:
    told = {"event": "recording", "call": "7", "url": "https://x/1.mp3", "event_id": "r"}
    async with lone() as found:
        assert await found.because(told) == ""
        assert await found.because(told) == "this event came before"
        assert len(found.recordings) == 1


async def test_nothing_grows_without_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    """Calls beyond the bound are routed, not followed; their ends are recorded all the same."""
    monkeypatch.setattr(known_calls, "MOST_LIVE", 3)
    monkeypatch.setattr(known_calls, "MOST_ENDED", 2)
    async with lone() as found:
        for number in range(6):
            params = {"phone": OF_IVANOVA, "did": MAIN, "call": str(number)}
            async with found.http.get("/pbx/main/route", params=params) as reply:
                assert reply.status == 200
        assert len(found.pbx.calls.known.live) == 3
        for number in range(6):
            assert await found.because(event("ended") | {"call": str(number)}) == ""
        assert len(found.board.entries) == 6
        assert (len(found.pbx.calls.known.live), len(found.pbx.calls.known.ended)) == (0, 2)


async def test_a_switch_that_cannot_be_listened_to_is_told_to_be_down() -> None:
    async with lone(runs=False) as found:
        found.pbx.trouble = "HTTP cannot be served on 127.0.0.1 port 80: permission denied"
        task = asyncio.create_task(found.pbx.run())
        await found.board.changed.wait()
        task.cancel()
        assert found.board.links == [(LinkState.DOWN, found.pbx.trouble)]


NUMBERS = st.sampled_from(["101", "102", "103", ""])
EVENTS = st.builds(
    lambda kind, who, to, second: {**event(kind, second), "who": who, "to": to},
    st.sampled_from([kind for kind in Kind if kind not in {Kind.PHONE, Kind.RECORDING}]),
    NUMBERS,
    NUMBERS,
    st.integers(0, 100),
)


@given(st.lists(EVENTS, max_size=25))
def test_whatever_comes_a_call_ends_once_and_no_event_is_one_that_the_engine_must_ignore(
    told: list[dict[str, object]],
) -> None:
    calls = Calls("main")
    happened: list[AnyCallEvent] = []
    entries: list[JournalEntry] = []
    for one in told:
        fed = calls.feed(EventIn.model_validate(one), START)
        happened += fed.events
        if fed.entry and fed.events:
            entries.append(fed.entry)
    assert sum(isinstance(e, CallEnded) for e in happened) == len(entries) <= 1
    assert sum(isinstance(e, CallBegan) for e in happened) <= 1
