"""What the dialplan says of the files it writes, read back. Pure.

`DZ_PARTS` is `c@<epoch>+tPJSIP/trunk-0000001a+l<channel>/<nth>@<epoch>+…` (see
`dialplan/recording.conf`). The names of the files follow from it: of what a Uniqueid holds only
letters, digits, `_` and `-` stay as they are, a dot becomes `_`, so that no name is a path or leads
anywhere. Whatever cannot be read is left out: a file that is not told is found missing later, and
nothing else depends on it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime

from pbx_adapters.asterisk.tracking.parties import endpoint
from pbx_adapters.port import PLACE_PREFIX, RecordedKind, RecordedPart

_PART = re.compile(
    r"([clno])([0-9A-Za-z._-]{0,150})(?:/([0-9]{1,3}))?@([0-9]{9,11}(?:\.[0-9]+)?)\Z"
)
_TRUNK = re.compile(r"t((?!Local/)[0-9A-Za-z]{1,20}/[0-9A-Za-z._/-]{1,120})\Z")
_UNSAFE = re.compile(r"[^0-9A-Za-z_-]")


def sound_name(channel: str) -> str:
    """How the names of a channel's files begin."""
    return _UNSAFE.sub("", channel.replace(".", "_"))


def own_sound(channel: str) -> str:
    """The file that a manager's phone begins as he calls by a click; "" of any other channel."""
    return _own(channel) if channel.startswith(PLACE_PREFIX) else ""


def _own(channel: str) -> str:
    return f"{sound_name(channel)}-own.wav"


def leg_mark(channel: str, began_at: datetime) -> str:
    """How a leg that is recorded from outside the dialplan is told like the others."""
    return f"l{channel}/1@{began_at.timestamp():.3f}"


def channels_of(call_id: str, told: str) -> tuple[str, ...]:
    """The channels on which a call is recorded, the outside party's first."""
    found = [p.leg_id or call_id for p in parts_of(call_id, told)]
    return tuple(dict.fromkeys(found))


def trunk_of(told: str) -> str:
    """The endpoint of the outside party's channel; "" where a Local channel hides it."""
    found = (_TRUNK.match(piece) for piece in told.split("+"))
    return next((endpoint(m[1]) for m in found if m), "")


def parts_of(call_id: str, told: str, ended_at: datetime | None = None) -> tuple[RecordedPart, ...]:
    """The files of a call. The outside party's begin with the first sound that passes.

    That is the notice where there is one (`n`), else the moment in which the first leg answered:
    before that moment Asterisk has not told the caller where to send his sound, unless a leg lets
    sound through while it rings. Then the files are longer, and `ended_at` tells when they began.
    """
    found = [m for piece in told.split("+") if (m := _PART.match(piece))]
    heard = next((_instant(m[4]) for m in found if m[1] == "l"), None)
    return tuple(part for m in found for part in _read(call_id, m, heard, ended_at))


def _read(
    call_id: str, m: re.Match[str], heard: datetime | None, ended: datetime | None
) -> Iterator[RecordedPart]:
    mark, channel, nth, began = m[1], m[2], m[3] or "1", _instant(m[4])
    start = sound_name(call_id)
    if mark in "cn":
        at = began if mark == "n" else heard
        for name, kind in (
            (f"{start}.wav", RecordedKind.CONVERSATION),
            (f"{start}-client.wav", RecordedKind.CLIENT),
        ):
            yield RecordedPart(name=name, kind=kind, began_at=at, ended_at=ended)
        return
    again = "" if nth == "1" else f"-{nth}"
    of_leg = f"{start}-{sound_name(channel)}{again}.wav"
    name = of_leg if mark == "l" else _own(channel)
    yield RecordedPart(name=name, kind=RecordedKind.LEG, leg_id=channel, began_at=began)


def _instant(epoch: str) -> datetime:
    return datetime.fromtimestamp(float(epoch), UTC)
