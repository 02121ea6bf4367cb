"""Whether recordings are complete: what is lost and why, what waits, what is held, how long.

Heads see what their departments recorded; a director and an administrator the whole house. Nothing
is played here: a row leads to its call, where that may be seen.
"""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import TypedDict
from urllib.parse import urlencode

from aiohttp import web

from recordings.sentences import sentence
from storage.unit_of_work import UnitOfWork
from switchboard.names import Names
from switchboard.recordings import hold as hold_it
from switchboard.recordings import law_confirmed
from switchboard.recordings import retry as retry_it
from switchboard.recordings_desk import (
    MOST_DAYS,
    NO_LINE,
    Asked,
    Show,
    department_of,
    list_recordings,
    room_used,
    tallies_of,
)
from switchboard.recordings_found import Tally
from switchboard.recordings_found import sentence as lost_sentence
from web.access.person import person_of
from web.access.reach import reach_of
from web.access.session import address_of
from web.pages.calls import place_of, place_text
from web.pages.page import back, flash, formats, parts_of, render, words
from web.pages.periods import YEARS, day_of, spans

HERE = "/recordings"
MOST_SENTENCES = 5
LONGEST = 300

routes = web.RouteTableDef()


class _Doing(TypedDict):
    by: str
    at: datetime
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Lost:
    """A sentence on conversations without a recording, and where exactly those are listed."""

    text: str
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """The store's bytes, `free` None where the disk does not tell."""

    used: int
    free: int | None


@routes.get(HERE)
async def recordings(request: web.Request) -> web.Response:
    """Everything of some days."""
    parts, asked = parts_of(request), asked_for(request)
    office, language = parts.board.office(), words(request).language
    before = place_of(request.query.get("before", ""))
    counted = await tallies_of(parts.database, office, asked)
    page = await list_recordings(
        parts.database, office, _span(asked), language=language, before=before
    )
    names, lost = Names.of(office), list(_lost(request, asked, counted))
    return render(
        request,
        "recordings.html",
        asked=asked,
        page=page,
        days=[day for day in counted if day.expected],
        sums=_sums(counted),
        lost=lost[:MOST_SENTENCES],
        lost_more=len(lost[MOST_SENTENCES:]),
        shows=list(Show),
        lines=_lines(request),
        periods=list(_periods(request, asked)),
        address=lambda **other: address(asked, **other),
        line_name=lambda key: _line_name(request, key),
        people=names,
        before=before,
        older=address(asked, before=place_text(page.next)) if page.next else "",
        whole=asked.departments is None,
        law=await law_confirmed(parts.database),
        room=await _room(request) if asked.departments is None else None,
        troubles=_troubles(request) if asked.departments is None else [],
        keeps=[(names.department(k), days) for k, days in sorted(parts.keep_days_of.items())],
        keep_days=parts.keep_days,
    )


@routes.post("/recordings/{id:[0-9]{1,9}}/retry")
async def retry(request: web.Request) -> web.Response:
    """Look for the files of a lost recording once more."""
    number, parts = await _mine(request), parts_of(request)
    who = _doing(request)
    done = await _written(request, lambda uow: retry_it(uow, number, **who))
    if done and parts.archive:
        parts.archive.intake.wake()
    _say(request, "recordings.retry-done" if done else "recordings.retry-not", good=done)
    raise web.HTTPSeeOther(back(request, HERE))


@routes.post("/recordings/{id:[0-9]{1,9}}/hold")
async def hold(request: web.Request) -> web.Response:
    """Keep a recording whatever its age, and say why."""
    return await _hold(request, held=True)


@routes.post("/recordings/{id:[0-9]{1,9}}/release")
async def release(request: web.Request) -> web.Response:
    """Let a held recording go when its time is over, and say why."""
    return await _hold(request, held=False)


async def _hold(request: web.Request, *, held: bool) -> web.Response:
    number = await _mine(request)
    why = " ".join(str((await request.post()).get("why", "")).split())[:LONGEST]
    if not why:
        _say(request, "recordings.why-needed", good=False)
        raise web.HTTPSeeOther(back(request, HERE))
    who = _doing(request)
    done = await _written(request, lambda uow: hold_it(uow, number, held=held, why=why, **who))
    said = "recordings.held-now" if held else "recordings.released"
    _say(request, said if done else "recordings.gone", good=done)
    raise web.HTTPSeeOther(back(request, HERE))


async def _mine(request: web.Request) -> int:
    """The recording that is meant, for whoever answers for it; to others it does not exist."""
    number = int(request.match_info["id"])
    department = await department_of(parts_of(request).database, number)
    theirs = _who_asks(request).departments
    if department is None or (theirs is not None and department not in theirs):
        raise web.HTTPNotFound
    return number


def _doing(request: web.Request) -> _Doing:
    """Who does it, when and from where, for the audit."""
    by, at = person_of(request).login, parts_of(request).now()
    return {"by": by, "at": at, "address": address_of(request)}


async def _written(request: web.Request, work: Callable[[UnitOfWork], Awaitable[bool]]) -> bool:
    return await parts_of(request).writer.submit(work)


def _say(request: web.Request, key: str, *, good: bool) -> None:
    flash(request, words(request)(key), "good" if good else "bad")


# -- what was asked for --------------------------------------------------------------------------


def asked_for(request: web.Request) -> Asked:
    """What the address asks for; what makes no sense is left out. A week, where nothing is said."""
    query, asked = request.query, _who_asks(request)
    since, until = day_of(query.get("since", "")), day_of(query.get("until", ""))
    if until and since and since <= until:
        since = max(since, until - timedelta(days=MOST_DAYS - 1))
        asked = replace(asked, since=since, until=until)
    show, line = query.get("show", ""), query.get("line", "")
    return replace(
        asked,
        show=Show(show) if show in set(Show) else Show.LOST,
        line=line if line in dict(_lines(request)) else "",
        trunk=query.get("trunk", "")[:LONGEST],
    )


def _who_asks(request: web.Request) -> Asked:
    person, office = person_of(request), parts_of(request).board.office()
    fmt = formats(request)
    today = fmt.now.astimezone(fmt.zone).date()
    return Asked(
        since=today - timedelta(days=6),
        until=today,
        zone=fmt.zone,
        reach=reach_of(person, office),
        whole=person.administrator,
    )


def _span(asked: Asked) -> Asked:
    """The days of the list: what is held is held whatever its age."""
    if asked.show is Show.HELD:
        return replace(asked, since=date(YEARS.start, 1, 1))
    return asked


def address(asked: Asked, **other: str) -> str:
    """The same page with something else asked for."""
    told = {
        "since": asked.since.isoformat(),
        "until": asked.until.isoformat(),
        "show": asked.show.value,
        "line": asked.line,
        "trunk": asked.trunk,
    } | other
    return f"{HERE}?{urlencode({name: text for name, text in told.items() if text})}"


def _periods(request: web.Request, asked: Asked) -> Iterator[tuple[str, str, bool]]:
    """The periods of one click: text, address, whether it is the present one."""
    fmt = formats(request)
    today = fmt.now.astimezone(fmt.zone).date()
    for key, since, until in spans(today):
        place = address(asked, since=since.isoformat(), until=until.isoformat())
        yield key, place, (since, until) == (asked.since, asked.until)


def _lines(request: web.Request) -> list[tuple[str, str]]:
    office = parts_of(request).board.office()
    lines = [(key, found.name) for key, found in office.lines.items()]
    return [*lines, (NO_LINE, words(request)("recordings.no-line"))]


def _line_name(request: web.Request, key: str) -> str:
    return dict(_lines(request)).get(key, key)


# -- what is told --------------------------------------------------------------------------------


def _lost(request: web.Request, asked: Asked, counted: Sequence[Tally]) -> Iterator[Lost]:
    """A sentence for each day and line with lost conversations, the newest first."""
    fmt, language = formats(request), words(request).language
    for tally in counted:
        day = fmt.day(tally.day)
        said = {"day": day[:1].upper() + day[1:], "line": _line_name(request, tally.line)}
        if text := lost_sentence(tally, language, **said):
            that = tally.day.isoformat()
            about = {"since": that, "until": that, "line": tally.line, "trunk": tally.trunk}
            yield Lost(text=text, address=address(asked, show=Show.LOST.value, **about))


def _sums(counted: Sequence[Tally]) -> dict[str, int]:
    fields = ("expected", "ready", "on_the_way", "lost", "deleted")
    return {name: sum(getattr(tally, name) for tally in counted) for name in fields}


def _troubles(request: web.Request) -> list[tuple[str, str]]:
    """Why nothing arrives: a sentence for each PBX, and for our own store."""
    archive, t = parts_of(request).archive, words(request)
    told = archive.intake.state.troubles.items() if archive else ()
    return [
        (where or t("recordings.our-store"), sentence(t.language, why_id, why))
        for where, (why_id, why) in told
    ]


async def _room(request: web.Request) -> Room | None:
    parts = parts_of(request)
    if parts.archive is None:
        return None
    try:
        disk = await asyncio.to_thread(shutil.disk_usage, parts.archive.store.folder)
        free: int | None = disk.free
    except OSError:
        free = None
    return Room(used=await room_used(parts.database), free=free)
