"""Events as a switch posts them, and the call that they make."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from lone_switch import START
from webhook_house import MAIN, OF_IVANOVA

from router.calls import Call
from router.events import AnyCallEvent
from router.lifecycle import advance

CALL = {"call": "7", "line": MAIN, "caller": OF_IVANOVA}


def event(kind: str, second: float = 0.0, **about: object) -> dict[str, object]:
    at = (START + timedelta(seconds=second)).isoformat()
    return {"event": kind, "at": at, **CALL, **about}


ANSWERED = (
    event("began", 0),
    event("ringing", 1, who="101"),
    event("ringing", 1.5, who="102"),
    event("answered", 5, who="101"),
    event("ended", 65, who="101", disposition="answered"),
)


def replayed(events: Sequence[AnyCallEvent]) -> Call:
    """The call after its events, as the engine moves it; none of them may be ignored."""
    call: Call | None = None
    for happened in events:
        step = advance(call, happened)
        assert not step.ignored, (happened, step.ignored)
        call = step.call
    assert call is not None
    return call
