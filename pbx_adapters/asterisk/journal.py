"""The journal that the dialplan keeps in AstDB, read back.

On entry `dozvon/live/<hour>/<call>` is written, at the end `dozvon/ended/<hour>/<call>`, and the
live entry is removed (see `dialplan/extensions.conf`). Shelves are cut by the hour (UTC) in which
calls began and listed under `dozvon/hours`: an AMI client that falls 4.2 MB behind is cut off, so
no piece may be large. An entry may be broken, foreign or from another
version of the dialplan: what can be read is used, and what cannot is said.
"""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import replace
from datetime import UTC, datetime
from enum import StrEnum

from pbx_adapters.asterisk.sound_names import parts_of, trunk_of
from pbx_adapters.errors import PbxProtocolError
from pbx_adapters.port import JournalEntry, TrailItem, Way
from router.calls import Direction, Disposition, MissedReason

FAMILY = "dozvon"
LONGEST_ENTRY = 16_384
"""Characters; a longer entry was not written by our dialplan."""

_PLACED = "placed"
"""The way of a call that a manager placed and the client answered (`dozvon-placed-bye`)."""
_ENDED_FIELDS = 17
_LIVE_FIELDS = 6
_ENTRY_KEY = re.compile(r"/?dozvon/(live|ended)/(\d{10})/([A-Za-z0-9_.:-]{1,120})\Z")


class Shelf(StrEnum):
    """The two parts of the journal."""

    LIVE = "live"
    ENDED = "ended"


def read_entry(pbx: str, key: str, value: str) -> JournalEntry:
    """Read one entry as `DBGetTree` or `database show` returns it.

    Raises `PbxProtocolError` with a sentence for one that our dialplan cannot have written.
    """
    found = _ENTRY_KEY.match(key)
    if not found:
        raise PbxProtocolError(f"journal key {key[:80]!r} is not one of ours")
    if len(value) > LONGEST_ENTRY:
        raise PbxProtocolError(f"journal entry {key[:80]!r} has {len(value)} characters; ignored")
    fields = value.split("|")
    if fields[0] != "1":
        version = fields[0][:20]
        raise PbxProtocolError(f"journal entry {key[:80]!r} is of unknown version {version!r}")
    try:
        return _read(pbx, key.removeprefix("/"), Shelf(found[1]), fields, value)
    except (ValueError, IndexError) as broken:
        raise PbxProtocolError(f"journal entry {key[:80]!r} is broken: {broken}") from broken


def _read(pbx: str, key: str, shelf: Shelf, fields: list[str], raw: str) -> JournalEntry:
    wanted = _LIVE_FIELDS if shelf is Shelf.LIVE else _ENDED_FIELDS
    if len(fields) < wanted:
        raise ValueError(f"{len(fields)} fields instead of {wanted}")
    _, call_id, line, caller, name, began = fields[:_LIVE_FIELDS]
    if not call_id:
        raise ValueError("it names no call")
    begun = JournalEntry(
        pbx=pbx,
        key=key,
        call_id=call_id,
        line=line,
        caller=caller,
        caller_name=_name(name),
        began_at=_instant(began),
        raw=raw,
    )
    return begun if shelf is Shelf.LIVE else _ended(begun, fields[_LIVE_FIELDS:])


def _ended(begun: JournalEntry, fields: list[str]) -> JournalEntry:
    """The entry of a call that is over: what was written as it began, and what its end added."""
    ended, way, service, disposition, reason, peer, confirmed, talked, cause, decision = fields[:10]
    way_gone, _, sound = "|".join(fields[10:]).partition("|")
    trail = _trail(way_gone)
    placed = way == _PLACED
    by = begun.caller if placed else _peer(peer, trail)
    return replace(
        begun,
        direction=Direction.OUTBOUND if placed else Direction.INBOUND,
        ended_at=_instant(ended),
        way=None if placed else Way.PLAN if way.startswith("plan") else Way.FAIL_OPEN,
        service=service,
        disposition=Disposition(disposition),
        reason=MissedReason(reason) if reason else None,
        answered_by=by if disposition == Disposition.ANSWERED else "",
        confirmed=confirmed == "1",
        talk_seconds=float(talked) if talked else 0.0,
        talk_told=talked != "",
        cause=int(cause) if cause.isdigit() else None,
        decision_call_id=decision,
        trail=trail,
        recordings=parts_of(begun.call_id, sound, _instant(ended)),
        trunk=trunk_of(sound),
    )


def _instant(epoch: str) -> datetime:
    return datetime.fromtimestamp(float(epoch), UTC)


def _name(encoded: str) -> str:
    try:
        return base64.b64decode(encoded, validate=True).decode("utf-8", "replace")
    except binascii.Error:
        return ""


def _trail(text: str) -> tuple[TrailItem, ...]:
    return tuple(_trail_item(item) for item in text.split(",") if "=" in item)


def _trail_item(item: str) -> TrailItem:
    """`2=petrov/102&sidorova/103:rang:10:NOANSWER`, `1=ivanova/101:busy`, `4=:waited:12`."""
    step, _, rest = item.partition("=")
    who, what, seconds, result = (*rest.split(":"), "", "", "", "")[:4]
    return TrailItem(
        step=step,
        who=tuple(w for w in who.split("&") if w),
        what=what,
        seconds=int(seconds) if seconds.isdigit() else None,
        result=result,
    )


def _peer(channel: str, trail: tuple[TrailItem, ...]) -> str:
    """Who was connected: an extension, or the number of the mobile that a Local channel rang."""
    name = channel.partition("/")[2]
    name = name.rpartition("-")[0] or name
    mobile = re.match(r"(\d+)x(\d+)@dozvon-mobile\Z", name)
    if not mobile:
        return name.partition("@")[0]
    rang = [t for t in trail if t.step == mobile[1] and t.what == "rang"]
    targets = [w.partition("/")[2] for t in rang for w in t.who]
    answered = targets[0] if len(targets) == 1 else ""
    mobiles = [t for t in targets if t.startswith("+")]
    return answered or (mobiles[0] if mobiles else name)
