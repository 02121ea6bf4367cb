"""One call record: what Asterisk writes about one pair of channels, in whatever form.

Times: seconds since 1970 with or without a fraction are taken as they are; a written time is the
PBX's local one, without a zone. Where a unique id is there its beginning tells the instant to the
second, so the hour that comes twice in autumn is read right.

Source: https://docs.asterisk.org/Configuration/Reporting/Call-Detail-Records-CDR/CDR-Specification/
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

_UNIQUE = re.compile(r"(?:.*-)?(\d{9,11})\.\d+")
_EPOCH = re.compile(r"\d{9,11}(?:\.\d+)?")
_NEVER = {"", "0", "0.000000", "0000-00-00 00:00:00"}
_HOURS_APART = timedelta(minutes=90)


class Damaged(ValueError):  # noqa: N818 - what it is
    """A record that cannot be read; the rest of the file can."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CdrRow:
    """A record. `uniqueid` and `linkedid` are "" where the form has none of them.

    `did` is the line dialled where the form tells it (FreePBX); `dst` is the extension at which the
    dialplan stood, which is the line only in simple dialplans.
    """

    channel: str
    dst_channel: str
    src: str
    dst: str
    context: str
    did: str
    began_at: datetime
    answered_at: datetime | None
    ended_at: datetime
    answered: bool
    billed_seconds: float
    uniqueid: str
    linkedid: str


def row_of(fields: Mapping[str, object], zone: ZoneInfo) -> CdrRow:
    """Reads a record by its column names; raises `Damaged`."""
    text = {name: _text(value) for name, value in fields.items()}
    uniqueid = text.get("uniqueid", "")
    began_at = _instant(fields.get("start") or fields.get("calldate"), zone, uniqueid)
    if began_at is None:
        raise Damaged("a record without a beginning")
    seconds = _seconds(text.get("duration", ""))
    ended_at = _instant(fields.get("end"), zone, "") if "end" in fields else None
    if ended_at is None or not timedelta(0) <= ended_at - began_at < timedelta(days=7):
        ended_at = began_at + timedelta(seconds=seconds)
    return CdrRow(
        channel=text.get("channel", ""),
        dst_channel=text.get("dstchannel", ""),
        src=text.get("src", ""),
        dst=text.get("dst", ""),
        context=text.get("dcontext", ""),
        did=text.get("did", ""),
        began_at=began_at,
        answered_at=_instant(fields.get("answer"), zone, "") if "answer" in fields else None,
        ended_at=ended_at,
        answered=text.get("disposition", "").strip().upper() in {"ANSWERED", "8"},
        billed_seconds=_seconds(text.get("billsec", "")),
        uniqueid=uniqueid,
        linkedid=text.get("linkedid", ""),
    )


def is_unique_id(text: str) -> bool:
    """Whether a text looks like a channel's unique id."""
    return _UNIQUE.fullmatch(text) is not None


def _instant(value: object, zone: ZoneInfo, uniqueid: str) -> datetime | None:
    if isinstance(value, datetime):
        return _placed(value, zone, uniqueid)
    text = _text(value).strip()
    if text in _NEVER:
        return None
    if _EPOCH.fullmatch(text):
        return datetime.fromtimestamp(float(text), UTC)
    try:
        return _placed(datetime.fromisoformat(text), zone, uniqueid)
    except ValueError:
        raise Damaged(f"no time: {text[:40]}") from None


def _placed(written: datetime, zone: ZoneInfo, uniqueid: str) -> datetime:
    """An instant of a local time; of two that the clocks show, the one that the id speaks for."""
    if written.tzinfo is not None:
        return written.astimezone(UTC)
    first = written.replace(tzinfo=zone, fold=0).astimezone(UTC)
    second = written.replace(tzinfo=zone, fold=1).astimezone(UTC)
    told = _UNIQUE.fullmatch(uniqueid)
    if told is None or first == second:
        return first
    born = datetime.fromtimestamp(int(told[1]), UTC)
    return min(first, second, key=lambda at: abs(at - born))


def _text(value: object) -> str:
    return "" if value is None else str(value)


def _seconds(text: str) -> float:
    try:
        return max(0.0, float(text or 0))
    except ValueError:
        raise Damaged(f"no number of seconds: {text[:40]}") from None
