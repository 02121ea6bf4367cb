"""A recording over HTTP: its sound, in pieces where a player asks for pieces, and its waveform.

Rules: nothing is opened before somebody has decided that this person may (`routes` below, or the
caller of `sound`), and nothing is sent before the audit has a row of it. A player asks for many
pieces of one sound: one row is enough for all that begin within a while. What one may not hear is
answered like what does not exist. Another site may play what a link leads to, and nothing else. A
link that is over is told apart from one that never was, in the language of whoever follows it.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from aiohttp import web

from recordings.errors import LinkRefused, StoreError
from recordings.sentences import sentence
from storage.ended_calls import Calls
from storage.recording_records import StoredRecording
from switchboard.call_sight import may_see
from switchboard.recordings import Act, Archive, Opened
from web.access.person import person_of
from web.access.reach import reach_of
from web.access.session import address_of, house_of
from web.pages.page import render, words
from web.parts import PARTS

routes = web.RouteTableDef()

MEDIA = {
    "mp3": "audio/mpeg",
    "ogg": "audio/ogg",
    "wav": "audio/wav",
    "flac": "audio/flac",
    "m4a": "audio/mp4",
}
ONE_LISTENING = timedelta(minutes=10)
MOST_LISTENINGS = 10_000
LONGEST_LINK_HOURS = 24 * 366
_OVER = 410

_Heard = dict[tuple[str, int, str], datetime]
HEARD: web.AppKey[_Heard] = web.AppKey("recordings heard", dict)
"""Who listens to what since when: further pieces of the same listening are no new row."""


@routes.get("/recordings/{id:[0-9]{1,9}}/sound")
async def sound_of(request: web.Request) -> web.StreamResponse:
    """The sound, for whoever may see the call."""
    archive, recording = await _seen(request)
    return await sound(request, archive, recording, by=person_of(request).login)


@routes.get("/recordings/{id:[0-9]{1,9}}/peaks.json")
async def peaks_of(request: web.Request) -> web.Response:
    """The waveform, for whoever may see the call."""
    _, recording = await _seen(request)
    return peaks(recording)


@routes.get("/recordings/link/{token:[A-Za-z0-9_-]{1,200}}")
async def linked(request: web.Request) -> web.StreamResponse:
    """The sound behind a signed link; the link itself is the permission."""
    archive = archive_of(request)
    try:
        recording = await archive.linked(request.match_info["token"])
    except LinkRefused as refused:
        status = _OVER if refused.why_id == "link-old" else 404
        return _told(request, status, refused.why_id)
    if recording is None or recording.deleted_at:
        return _told(request, _OVER, "link-gone")
    answer = await sound(request, archive, recording, by=f"link:{recording.id}")
    answer.headers["Cross-Origin-Resource-Policy"] = "cross-origin"  # a CRM's page plays it
    return answer


def _told(request: web.Request, status: int, why_id: str) -> web.Response:
    """Why a link opens nothing: a page where a person looks on, else the sentence alone."""
    why = sentence(words(request).language, why_id)
    if "text/html" in request.headers.get("Accept", ""):
        return render(request, "recording_link_over.html", status=status, why=why)
    return web.Response(status=status, text=why, headers={"Cache-Control": "no-store"})


async def link_to(
    request: web.Request, archive: Archive, recording: StoredRecording, hours: int
) -> tuple[str, datetime]:
    """The address of a link that whoever asks gives away, and when it ends; it is in the audit."""
    lasts = timedelta(hours=hours)
    by, address = person_of(request).login, address_of(request)
    token = await archive.link(recording.id, by=by, lasts=lasts, address=address)
    return f"{house_of(request)}/recordings/link/{token}", request.app[PARTS].now() + lasts


async def sound(
    request: web.Request, archive: Archive, recording: StoredRecording, *, by: str
) -> web.StreamResponse:
    """The sound of a recording that `by` may hear; HTTP Range, one row in the audit."""
    try:
        found = await archive.find(recording, request.query.get("format", ""))
    except StoreError:
        found = None
    if found is None:
        raise web.HTTPNotFound
    act = Act.DOWNLOAD if "download" in request.query else Act.PLAY
    if request.method != "HEAD":
        await _note(request, archive, found, by, act)
    answer = web.FileResponse(found.path, headers=_headers(found, act))
    answer.content_type = MEDIA.get(found.sound.format, "application/octet-stream")
    return answer


def peaks(recording: StoredRecording) -> web.Response:
    """What a player draws: heights from 0 to 100 for each side, and where nobody talks."""
    about = {
        "seconds": recording.seconds,
        "sides": recording.sides,
        "peaks": recording.peaks,
        "silences": recording.silences,
        "client_share": recording.client_share,
        "our_share": recording.our_share,
    }
    return web.json_response(about, headers={"Cache-Control": "private, max-age=300"})


async def _seen(request: web.Request) -> tuple[Archive, StoredRecording]:
    archive = archive_of(request)
    recording = await archive.get(int(request.match_info["id"]))
    if recording is None or not await may_hear(request, recording):
        raise web.HTTPNotFound
    return archive, recording


async def may_hear(request: web.Request, recording: StoredRecording) -> bool:
    """Whether whoever asks may see the call; a recording without its call is the director's."""
    parts = request.app[PARTS]
    reach = reach_of(person_of(request), parts.board.office())
    async with parts.database.reading() as connection:
        stored = await Calls(connection).get(recording.call_id)
        if stored is None:
            return reach.everything
        return await may_see(connection, stored, reach)


def archive_of(request: web.Request) -> Archive:
    """The recordings of this house; where it was put together without them there are none."""
    archive = request.app[PARTS].archive
    if archive is None:
        raise web.HTTPNotFound
    return archive


async def _note(request: web.Request, archive: Archive, found: Opened, by: str, act: Act) -> None:
    heard, now = request.app[HEARD], request.app[PARTS].now()
    key = (by, found.recording.id, str(act))
    before = heard.get(key)
    if before and now - before < ONE_LISTENING:
        return
    await archive.note(found.recording.id, act, by=by, address=address_of(request))
    if len(heard) >= MOST_LISTENINGS:
        for old in [k for k, at in heard.items() if now - at >= ONE_LISTENING]:
            del heard[old]
        if len(heard) >= MOST_LISTENINGS:
            heard.clear()
    heard[key] = now


def _headers(found: Opened, act: Act) -> dict[str, str]:
    recording = found.recording
    name = f"{recording.began_at:%Y-%m-%d-%H%M}-{recording.id}.{found.sound.format}"
    shown = "attachment" if act is Act.DOWNLOAD else "inline"
    return {
        "Content-Disposition": f'{shown}; filename="{name}"',
        "Cache-Control": "private, no-store",
        "X-Content-Type-Options": "nosniff",
        "Cross-Origin-Resource-Policy": "same-origin",
    }
