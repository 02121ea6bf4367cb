"""A phone that a click could not reach: one call with its end, and nothing kept of it."""

from __future__ import annotations

import pytest
from tracked_frames import calls, client, event, run, shot

from pbx_adapters.asterisk.frames import Frame
from pbx_adapters.asterisk.tracking import Tracker


def failed(uid: str) -> Frame:
    """No channel came to be: Asterisk tells what it was asked for."""
    fields = {"Exten": "79161230000", "CallerIDNum": "79161230000"}
    asked = shot(uid, "PJSIP/101", 0) | fields
    return event("OriginateResponse", Response="Failure", Reason="0", **asked)


@pytest.mark.parametrize("caller", ["79161234567", "", "anonymous"])
def test_a_click_that_failed_is_told_while_a_client_waits(caller: str) -> None:
    """Also a client who hides his number: he is not the one whom the click was about."""
    tracker = Tracker("x")
    run(tracker, event("Newchannel", **client() | {"CallerIDNum": caller}))
    [call] = calls(run(tracker, failed("place-1")))
    assert (call.caller, call.line, call.disposition) == ("101", "79161230000", "failed")
    assert tracker.channels == 1


def test_a_take_that_failed_is_no_call() -> None:
    """The phone was to pick up what rings elsewhere."""
    tracker = Tracker("x")
    assert run(tracker, failed("take-1")) == []
    assert tracker.channels == 0
