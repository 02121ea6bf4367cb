"""What there is to hear of one call, in place; and a link to it for somebody without a sign-in.

A card with a hundred talks loads no waveform: each is asked for when it is opened. Without
JavaScript the same place leads to the call's page.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from aiohttp import web

from storage.ended_calls import Calls
from storage.recording_records import StoredRecording
from switchboard.call_recording import RecordingMark, recording_of
from switchboard.call_sight import may_see
from switchboard.names import Names
from switchboard.recordings import Archive
from web.access.person import person_of
from web.access.reach import reach_of
from web.pages.addresses import segment
from web.pages.page import is_htmx, parts_of, render, words
from web.recordings_http import LONGEST_LINK_HOURS, archive_of, link_to, may_hear

routes = web.RouteTableDef()


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeLink:
    """A link that was given away, and when it ends."""

    address: str
    ends_at: datetime


@routes.get("/calls/{id}/recording")
async def recording(request: web.Request) -> web.Response:
    """The player of a call, or why there is none; a fragment."""
    if not is_htmx(request):
        raise web.HTTPSeeOther(f"{page_of(request.match_info['id'])}#recording")
    found, mark = await _mark(request)
    return render(request, "recording_here.html", status=200 if found else 404, recording=mark)


@routes.post("/calls/{id}/recording/link")
async def give_link(request: web.Request) -> web.Response:
    """Make a link to the call's recording; who did is kept."""
    archive = archive_of(request)
    found = await _playable(request, archive)
    hours = str((await request.post()).get("hours", ""))
    if not (hours.isascii() and hours.isdigit() and 1 <= int(hours[:9]) <= LONGEST_LINK_HOURS):
        raise web.HTTPBadRequest
    address, ends_at = await link_to(request, archive, found, int(hours))
    template = "recording_link.html" if is_htmx(request) else "recording_link_page.html"
    made = MadeLink(address=address, ends_at=ends_at)
    return render(request, template, made=made, place=page_of(request.match_info["id"]))


def page_of(call_id: str) -> str:
    """Where a call's page is."""
    return f"/calls/{segment(call_id)}"


async def _mark(request: web.Request) -> tuple[bool, RecordingMark | None]:
    """Whether there is such a call for whoever asks, and its recording."""
    parts = parts_of(request)
    office = parts.board.office()
    reach = reach_of(person_of(request), office)
    async with parts.database.reading() as connection:
        stored = await Calls(connection).get(request.match_info["id"])
        if stored is None or not await may_see(connection, stored, reach):
            return False, None
        names = Names.of(office)
        return True, await recording_of(connection, stored, names, words(request).language)


async def _playable(request: web.Request, archive: Archive) -> StoredRecording:
    found = await archive.of_call(request.match_info["id"])
    if found is None or not found.playable or not await may_hear(request, found):
        raise web.HTTPNotFound
    return found
