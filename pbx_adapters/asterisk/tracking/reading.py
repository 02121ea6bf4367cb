"""Reading AMI events by names that are written down once.

A key that Asterisk does not send would read as an empty string and pass in silence. So every key
that tracking reads stands in this file, and a test finds each one in recorded traces or in
`NOT_IN_TRACES`, with the Asterisk source that sends it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from types import MappingProxyType

from pbx_adapters.asterisk.frames import Frame


class Key(StrEnum):
    """Keys of single events, besides the snapshots of channels."""

    TIMESTAMP = "Timestamp"
    BRIDGE = "BridgeUniqueid"
    BRIDGE_COUNT = "BridgeNumChannels"
    BRIDGE_TECHNOLOGY = "BridgeTechnology"
    DIAL_STRING = "DialString"
    DIAL_STATUS = "DialStatus"
    CAUSE = "Cause"
    TECH_CAUSE = "TechCause"
    RESULT = "Result"
    RESPONSE = "Response"
    EXTENSION = "Extension"
    DEST_TYPE = "DestType"
    OPTIMIZATION = "Id"
    NEW_NAME = "Newname"
    HINT = "Hint"
    HINT_EXTEN = "Exten"
    ROW_BRIDGE = "BridgeId"
    ROW_DURATION = "Duration"
    ROW_APPLICATION = "Application"


class Part(StrEnum):
    """The keys of one channel's snapshot; an event may carry several, each with a prefix."""

    CHANNEL = "Channel"
    UNIQUEID = "Uniqueid"
    LINKEDID = "Linkedid"
    STATE = "ChannelState"
    NUMBER = "CallerIDNum"
    NAME = "CallerIDName"
    CONNECTED = "ConnectedLineNum"
    EXTEN = "Exten"
    CONTEXT = "Context"


class Prefix(StrEnum):
    """Whose snapshot it is."""

    SELF = ""
    DEST = "Dest"
    TARGET = "Target"
    TRANSFERER = "Transferer"
    TRANSFEREE = "Transferee"
    ORIG_TRANSFERER = "OrigTransferer"
    SECOND_TRANSFERER = "SecondTransferer"
    TRANSFER_TARGET = "TransferTarget"
    SOURCE = "Source"


NOT_IN_TRACES: Mapping[str, str] = MappingProxyType(
    {
        "Newname": "event Rename, main/channel.c",
        "Hint": "event ExtensionStatus, main/manager.c (no story needs one)",
    }
)
"""Keys that no recorded trace holds, and where Asterisk sends them."""

UNKNOWN = frozenset({"<unknown>", "<null>"})

_KEYS: Mapping[Prefix, tuple[str, ...]] = {
    prefix: tuple(f"{prefix}{part}" for part in Part) for prefix in Prefix
}
"""Joined once, in the order of `Part`: an event asks for all of them."""
_STAMP = re.compile(r"[0-9]{1,10}(?:\.[0-9]{1,6})?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """A channel as an event shows it. Empty strings stand for what Asterisk does not know.

    `state` is Asterisk's number: 0 down, 4 somebody calls us, 5 rings, 6 up; -1 not told.
    """

    uid: str
    name: str
    linked: str
    state: int
    number: str
    caller_name: str
    connected: str
    exten: str
    context: str


def snapshot(frame: Frame, prefix: Prefix = Prefix.SELF) -> Snapshot | None:
    """The channel of that prefix, or None where the event has none."""
    get = frame.fields.get
    channel, unique, linked, told, number, name, connected, exten, context = _KEYS[prefix]
    uid = get(unique, "")
    if not uid or uid in UNKNOWN:
        return None
    state = get(told, "")
    return Snapshot(
        uid=uid,
        name=get(channel, ""),
        linked=get(linked, "") or uid,
        state=int(state) if state.isdecimal() and len(state) < 4 else -1,
        number=known(get(number, "")),
        caller_name=known(get(name, "")),
        connected=known(get(connected, "")),
        exten=get(exten, ""),
        context=get(context, ""),
    )


def text(frame: Frame, key: Key) -> str:
    """The value of a key, or an empty string."""
    return frame.fields.get(key, "")


def number(frame: Frame, key: Key) -> int | None:
    """The value of a key as a number, or None."""
    value = frame.fields.get(key, "")
    return int(value) if value.isdecimal() and len(value) < 10 else None


def known(value: str) -> str:
    """The value, or an empty string where Asterisk says that it does not know."""
    return "" if value in UNKNOWN else value


def instant(frame: Frame, otherwise: datetime) -> datetime:
    """When Asterisk says that the event happened (`timestampevents`), or `otherwise`."""
    return timestamp(frame.fields.get(Key.TIMESTAMP, "")) or otherwise


def timestamp(value: str) -> datetime | None:
    """Seconds and microseconds since 1970 as an instant, or None for anything else."""
    if _STAMP.fullmatch(value):  # a float holds a microsecond until the year 2242
        return datetime.fromtimestamp(float(value), UTC)
    seconds, _, micros = value.partition(".")
    if not (seconds.isascii() and seconds.isdecimal() and len(seconds) <= 10):
        return None
    if micros and not (micros.isascii() and micros.isdecimal()):
        return None
    fraction = int((micros + "000000")[:6])
    return datetime.fromtimestamp(int(seconds), UTC) + timedelta(microseconds=fraction)
