"""A recording over HTTP: its sound, in pieces where a player asks for pieces, and its waveform.

Rules: nothing is opened before somebody has decided that this person may (`routes` below, or the
caller of `sound`), and nothing is sent before the audit has a row of it. A player asks for many
pieces of one sound: one row is enough for all that begin within a while. What one may not hear is
answered like what does not exist. Another site may play what a link leads to, and
nothing else.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from aiohttp import web

from recordings.errors import LinkRefused, StoreError
from recordings.sentences import sentence
from storage.ended_calls import Calls
from storage.recording_records import StoredRecording
from switchboard.recordings import Act, Archive, Opened
from web.access.person import Person, person_of
from web.access.reach import reach_of
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
    archive = _archive(request)
    try:
        recording = await archive.linked(request.match_info["token"])
    except LinkRefused as refused:
        language = request.app[PARTS].language
        raise web.HTTPForbidden(text=sentence(language, refused.why_id)) from None
    if recording is None:
        raise web.HTTPNotFound
    answer = await sound(request, archive, recording, by=f"link:{recording.id}")
    answer.headers["Cross-Origin-Resource-Policy"] = "cross-origin"  # a CRM's page plays it
    return answer


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
    archive = _archive(request)
    recording = await archive.get(int(request.match_info["id"]))
    if recording is None or not await _may_hear(request, person_of(request), recording):
        raise web.HTTPNotFound
    return archive, recording


async def _may_hear(request: web.Request, person: Person, recording: StoredRecording) -> bool:
    """Whether the call is within the person's reach; a recording without its call is nobody's."""
    parts = request.app[PARTS]
    reach = reach_of(person, parts.board.office())
    async with parts.database.reading() as connection:
        stored = await Calls(connection).get(recording.call_id)
    if stored is None:
        return reach.everything
    call = stored.call
    phones = [leg.target for leg in call.legs] + [call.answered_by or "", call.caller]
    return reach.sees_call(department=stored.department, owner=stored.owner, talked_or_rang=phones)


def _archive(request: web.Request) -> Archive:
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
    await archive.note(found.recording.id, act, by=by, address=request.remote or "")
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
