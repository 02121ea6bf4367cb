"""How the service stands, for machines: alive, ready, and its metrics.

Rules: `/healthz` says only that the process lives; `/readyz` is 503 when a call could be lost or
not be written, with a sentence for each thing that is wrong; nothing here tells a number or a name.
Whoever may read it is named in the settings. Nothing is asked of the database more than once in a
second, however often somebody looks.
"""

from __future__ import annotations

import asyncio
import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog
from aiohttp import web
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from router.calls import CallState
from storage import schema
from storage.errors import StorageError
from storage.recording_records import RecordingState
from storage.unit_of_work import UnitOfWork
from storage.writer import QUEUE_LIMIT
from switchboard.alarms import Alarm, AlarmKind
from switchboard.recordings_found import state_counts
from web.access.session import address_of
from web.errors import trouble_answer
from web.links import Links
from web.metrics import Metrics
from web.parts import PARTS, WebParts

ASK_SECONDS = 1.0
RECENT = timedelta(days=7)
FULL = int(QUEUE_LIMIT * 0.8)

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One thing that must be so; `matters` is false for what is only told."""

    id: str
    ok: bool
    sentence: str
    matters: bool = True


@dataclass(slots=True, kw_only=True)
class Asked:
    """What the database said last, and when that was."""

    at: float = -1e9
    writable: bool = False
    readable: bool = False
    open_gaps: int = 0
    open_callbacks: int = 0
    recordings: Mapping[RecordingState, int] = field(default_factory=dict)
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)


METRICS = web.AppKey("metrics", Metrics)
LINKS = web.AppKey("links", Links)
ASKED = web.AppKey("asked", Asked)

routes = web.RouteTableDef()


@routes.get("/healthz")
async def healthz(_request: web.Request) -> web.Response:
    """The process lives."""
    return web.json_response({"alive": True})


@routes.get("/readyz")
async def readyz(request: web.Request) -> web.Response:
    """Whether calls are watched and written, with a sentence for each check."""
    if refused := _refused(request):
        return refused
    asked, found = await _asked(request.app), request.app[METRICS]
    checks = _checks(request.app[PARTS], request.app[LINKS], asked) + _alarms(found.alarms)
    ready = all(check.ok for check in checks if check.matters)
    told = [{"id": c.id, "ok": c.ok, "sentence": c.sentence} for c in checks]
    return web.json_response({"ready": ready, "checks": told}, status=200 if ready else 503)


@routes.get("/metrics")
async def metrics(request: web.Request) -> web.Response:
    """Everything that is counted."""
    if refused := _refused(request):
        return refused
    found, asked = request.app[METRICS], await _asked(request.app)
    _set_gauges(found, request.app[PARTS], request.app[LINKS], asked)
    page = web.Response(body=found.page())
    page.headers["Content-Type"] = "text/plain; version=0.0.4; charset=utf-8"
    return page


def _checks(parts: WebParts, links: Links, asked: Asked) -> list[Check]:
    writer = parts.writer
    because = writer.trouble or "It did not answer within a second."
    yes, no = "The database can be written.", f"The database cannot be written. {because}"
    waiting = f"{writer.waiting} changes wait to be written."
    gaps = f"{asked.open_gaps} stretches in which a PBX was not watched are not closed."
    checks = [
        Check(id="database", ok=asked.writable, sentence=yes if asked.writable else no),
        Check(id="writer", ok=writer.waiting < FULL, sentence=waiting),
        Check(id="gaps", ok=not asked.open_gaps, sentence=gaps, matters=False),
    ]
    rivals = parts.board.rivals()
    for pbx, why in sorted(links.why_down.items()):
        sentence = f"The PBX {pbx} is not watched: {why}." if why else f"The PBX {pbx} is watched."
        if other := rivals.get(pbx):
            sentence = f"Another service ({other}) reads the journal of the PBX {pbx}. Stop one."
        checks.append(Check(id=f"link-{pbx}", ok=not why and not other, sentence=sentence))
    return checks


def _alarms(standing: tuple[Alarm, ...]) -> list[Check]:
    """One check for each kind of alarm that stands; whom it is about is told by the alarm alone."""
    since: dict[AlarmKind, datetime] = {}
    for alarm in standing:
        kind = alarm.finding.kind
        since[kind] = min(alarm.since_at, since.get(kind, alarm.since_at))
    return [
        Check(
            id=f"alarm-{kind}",
            ok=False,
            sentence=f"The alarm {kind} stands since {at.isoformat(timespec='seconds')}.",
            matters=False,
        )
        for kind, at in sorted(since.items())
    ]


def _set_gauges(found: Metrics, parts: WebParts, links: Links, asked: Asked) -> None:
    for pbx, up in links.up.items():
        found.link_up.labels(pbx).set(up)
    calls = parts.board.live.all()
    for state in CallState:
        found.live_calls.labels(state).set(sum(call.state is state for call in calls))
    found.ignored_events.set(parts.board.live.ignored)
    found.writer_waiting.set(parts.writer.waiting)
    found.writer_trouble.set(bool(parts.writer.trouble) or not asked.writable)
    found.open_gaps.set(asked.open_gaps)
    found.open_callbacks.set(asked.open_callbacks)
    for how in RecordingState:
        found.recordings.labels(how).set(asked.recordings.get(how, 0))
    troubles = parts.archive.intake.state.troubles if parts.archive else {}
    for pbx in ("", *links.up):
        found.recordings_trouble.labels(pbx or "store").set(pbx in troubles)


async def _asked(app: web.Application) -> Asked:
    asked, parts = app[ASKED], app[PARTS]
    async with asked.turn:
        clock = asyncio.get_running_loop().time
        if clock() - asked.at >= ASK_SECONDS:
            asked.writable = await _writable(parts)
            await _count(parts, asked)
            asked.at = clock()
    return asked


async def _writable(parts: WebParts) -> bool:
    async def nothing(_uow: UnitOfWork) -> None:
        """The transaction alone is the question."""

    try:
        async with asyncio.timeout(ASK_SECONDS):
            await parts.writer.submit(nothing)
    except (TimeoutError, StorageError):
        return False
    return True


async def _count(parts: WebParts, asked: Asked) -> None:
    """Count what is open; while the database cannot be read the last counts stay."""
    gaps, callbacks = schema.gaps, schema.callbacks
    open_gaps = select(func.count()).where(gaps.c.ended_at.is_(None))
    open_callbacks = select(func.count()).where(callbacks.c.closed_at.is_(None))
    try:
        async with asyncio.timeout(ASK_SECONDS), parts.database.reading() as connection:
            asked.open_gaps = (await connection.execute(open_gaps)).scalar_one()
            asked.open_callbacks = (await connection.execute(open_callbacks)).scalar_one()
            asked.recordings = await state_counts(connection, since=parts.now() - RECENT)
            asked.readable = True
    except (TimeoutError, StorageError, SQLAlchemyError) as trouble:
        asked.readable = False
        log.warning("the state of the service could not be read", because=str(trouble))


def _refused(request: web.Request) -> web.Response | None:
    """The refusal for whoever asks from an address that the settings do not name."""
    try:
        address = ipaddress.ip_address(address_of(request).partition("%")[0])
    except ValueError:
        address = None
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    networks = (ipaddress.ip_network(n, strict=False) for n in request.app[PARTS].state_allow)
    if address is not None and any(address in network for network in networks):
        return None
    message = "This address may not read the state. Add it to `http.state_allow`."
    return trouble_answer(403, "address-not-allowed", message)
