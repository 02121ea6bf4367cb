"""A call's end over HTTP: confirmed only when it is safe, and made where the switch says nothing more."""

from __future__ import annotations

from lone_switch import lone
from told_events import ANSWERED, event, replayed
from webhook_house import MAIN, OF_IVANOVA

from router.calls import CallState, Disposition, MissedReason
from router.events import CallEnded


async def test_an_end_that_is_not_safe_is_not_confirmed_and_is_tried_again() -> None:
    """503: send it again. And whether it is sent again or not, we try until it is recorded."""
    async with lone(records=False) as found:
        ended = event("ended", 65, event_id="the-end")
        status, said = await found.events(*ANSWERED[:4], ended)
        assert (status, said["error"]["id"]) == (503, "not-recorded-yet")  # type: ignore[index]
        status, _ = await found.events(ended)
        assert (status, len(found.board.entries)) == (503, 2)
        found.board.records = True
        await found.pbx._sweep()
        assert len(found.board.entries) == 3
        assert {e.key for e in found.board.entries} == {"webhook/main-7"}
        status, said = await found.events(ended)
        assert (status, len(found.board.entries)) == (200, 3)


async def test_a_call_of_which_nothing_more_is_heard_is_ended() -> None:
    async with lone() as found:
        await found.events(event("began"), event("ringing", 1, who="101"))
        found.clock.forward(seconds=120)
        await found.pbx._sweep()
        assert not isinstance(found.board.events[-1], CallEnded)
        found.clock.forward(seconds=2)
        await found.pbx._sweep()
        call = replayed(found.board.events)
    assert (call.disposition, call.reason) == (Disposition.MISSED, MissedReason.NO_ANSWER)


async def test_the_switchs_late_word_counts_of_a_call_that_our_patience_had_ended() -> None:
    async with lone() as found:
        await found.events(event("began"), event("ringing", 1, who="101"))
        found.clock.forward(seconds=200)
        await found.pbx._sweep()
        assert await found.because({"event": "answered", "call": "7"}) == "the call has ended"
        late = {"event": "ended", "call": "7", "disposition": "answered", "who": "101"}
        assert await found.because(late) == ""
        (entry,) = found.board.entries
        assert (entry.disposition, entry.line, entry.caller) == ("answered", MAIN, OF_IVANOVA)
        assert await found.because(late) == "the call has ended"


async def test_a_long_talk_is_not_ended_for_its_silence() -> None:
    async with lone() as found:
        await found.events(*ANSWERED[:4])
        found.clock.forward(hours=3.9)
        await found.pbx._sweep()
        assert replayed(found.board.events).state is CallState.TALKING
        found.clock.forward(hours=0.2)
        await found.pbx._sweep()
        assert replayed(found.board.events).state is CallState.ENDED
