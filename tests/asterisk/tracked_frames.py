"""Frames as Asterisk sends them, made by hand, and the calls that come of them."""

from __future__ import annotations

from datetime import UTC, datetime

from pbx_adapters.asterisk.frames import Frame
from pbx_adapters.asterisk.tracking import Tracker
from router.calls import Call
from router.events import (
    AnyCallEvent,
)
from router.lifecycle import advance

T0 = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)


def event(name: str, **fields: str) -> Frame:
    return Frame("event", name, {"Event": name, **fields})


def shot(uid: str, channel: str, state: int, *, prefix: str = "", **more: str) -> dict[str, str]:
    fields = {
        "Uniqueid": uid,
        "Channel": channel,
        "Linkedid": uid,
        "ChannelState": str(state),
        **more,
    }
    return {f"{prefix}{key}": value for key, value in fields.items()}


def client(state: int = 4, **more: str) -> dict[str, str]:
    return shot(
        "1.1", "PJSIP/trunk-1", state, CallerIDNum="79161234567", Exten="74951230001", **more
    )


def phone(uid: str, extension: str, state: int, *, prefix: str = "") -> dict[str, str]:
    return shot(uid, f"PJSIP/{extension}-{uid}", state, prefix=prefix) | {
        f"{prefix}Linkedid": "1.1"
    }


def run(tracker: Tracker, *frames: Frame, at: datetime = T0) -> list[AnyCallEvent]:
    return [e for frame in frames for e in tracker.feed(frame, at)]


def calls(events: list[AnyCallEvent]) -> list[Call]:
    found: dict[str, Call] = {}
    for item in events:
        moved = advance(found.get(item.call_id), item).call
        if moved is not None:
            found[moved.id] = moved
    return list(found.values())
