"""From call records to calls: which of them came in, on which line, and whether a person talked.

Asterisk writes a record for each pair of channels, so one call of a client is many records: one
for each phone that rang. Rules:

1. Records of one caller are those with his channel's unique id; where the form keeps none, those
   of his channel that follow one another.
2. It came in when the caller's channel belongs to a trunk. Where no trunks are known, when it came
   to one of our lines or into our dialplan.
3. The line is what the form says (`did`), else the extension dialled. Our own dialplan leaves that
   at once, so there the records do not tell the line, and the log does.
4. A person talked when a phone's channel was answered. Another trunk or a Local channel that was
   answered may be a mobile or its voicemail: the records cannot tell. An announcement or a
   voicemail of the PBX has no second channel: nobody talked.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import timedelta

from pbx_adapters.cdr.rows import CdrRow
from router.books import WitnessedCall, subscriber

OUR_CONTEXTS = "dozvon"
_FOLLOWS = timedelta(minutes=10)


def incoming(
    rows: Iterable[CdrRow], *, trunks: Collection[str], lines: Collection[str]
) -> tuple[WitnessedCall, ...]:
    """The incoming calls of records, oldest first.

    `trunks` are endpoints that lead outside; `lines` the office's numbers as they are written.
    """
    ours = {subscriber(line) for line in lines}
    found = (
        _call(group, trunks)
        for group in _groups(rows)
        if _came_in(group, trunks=trunks, lines=ours)
    )
    return tuple(sorted(found, key=lambda call: (call.began_at, call.id)))


def endpoint(channel: str) -> str:
    """The endpoint of a channel's name: `trunk` of `PJSIP/trunk-0000001a`."""
    return channel.partition("/")[2].rpartition("-")[0]


def _groups(rows: Iterable[CdrRow]) -> list[list[CdrRow]]:
    named: defaultdict[str, list[CdrRow]] = defaultdict(list)
    nameless: defaultdict[str, list[CdrRow]] = defaultdict(list)
    for row in sorted(rows, key=lambda row: row.began_at):
        (named[row.uniqueid] if row.uniqueid else nameless[row.channel]).append(row)
    found = list(named.values())
    for of_channel in nameless.values():
        found += _apart(of_channel)
    return found


def _apart(rows: Sequence[CdrRow]) -> list[list[CdrRow]]:
    """One channel's records, cut where the name was given to another call (a restart)."""
    found: list[list[CdrRow]] = []
    last: CdrRow | None = None
    for row in rows:
        if last is None or row.src != last.src or row.began_at - last.ended_at > _FOLLOWS:
            found.append([])
        found[-1].append(row)
        last = row
    return found


def _came_in(group: Sequence[CdrRow], *, trunks: Collection[str], lines: Collection[str]) -> bool:
    if trunks:
        return endpoint(group[0].channel) in trunks
    return any(
        row.context.startswith(OUR_CONTEXTS) or subscriber(row.did or row.dst) in lines
        for row in group
    ) and not group[0].channel.startswith("Local/")


def _call(group: Sequence[CdrRow], trunks: Collection[str]) -> WitnessedCall:
    talks = [row for row in group if row.answered and row.dst_channel]
    phones = [row for row in talks if _is_phone(row.dst_channel, trunks)]
    talked: bool | None = bool(phones)
    if talks and not phones:
        talked = None
    return WitnessedCall(
        id=group[0].uniqueid,
        line=_line(group),
        caller=group[0].src,
        began_at=group[0].began_at,
        ended_at=max(row.ended_at for row in group),
        talked=talked,
        talk_seconds=sum(row.billed_seconds for row in phones),
        answered_by=endpoint(phones[0].dst_channel) if phones else "",
    )


def _is_phone(channel: str, trunks: Collection[str]) -> bool:
    return not channel.startswith("Local/") and endpoint(channel) not in trunks


def _line(group: Sequence[CdrRow]) -> str:
    said = next((row.did for row in group if row.did), "")
    if said:
        return said
    foreign = (row.dst for row in group if not row.context.startswith(OUR_CONTEXTS))
    return next((dst for dst in foreign if _is_line(dst)), "")


def _is_line(dst: str) -> bool:
    return len(dst) > 2 and dst.lstrip("+").isdecimal()
