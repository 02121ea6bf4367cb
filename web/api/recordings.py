"""The sound of a recording, for programs, and links to it for those that cannot sign in."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from aiohttp import web

from web.api.endpoint import Endpoint, Turn
from web.api.errors import NotPossible, NotThere, Unfit
from web.recordings_http import LONGEST_LINK_HOURS, archive_of, link_to, may_hear, sound_of


@dataclass(frozen=True, slots=True, kw_only=True)
class SoundQuery:
    """Which of the formats that are kept, and whether it is to be saved or heard."""

    format: str = ""
    download: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRecordingLink:
    """How long the link shall live."""

    hours: Annotated[int, f"1 to {LONGEST_LINK_HOURS}"] = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingLink:
    """A link that opens one recording without signing in. It cannot be taken back."""

    address: str
    ends_at: datetime


async def sound(turn: Turn) -> web.StreamResponse:
    """What was said, for whoever may hear it; the audit has a row of it."""
    if not re.fullmatch("[0-9]{1,9}", turn.name("id")):
        raise NotThere
    turn.query(SoundQuery)
    return await sound_of(turn.request)


async def make_link(turn: Turn) -> RecordingLink:
    """Make a link to a call's recording; the audit has a row of it."""
    body = await turn.body(NewRecordingLink)
    if not 1 <= body.hours <= LONGEST_LINK_HOURS:
        raise Unfit("unreadable", f"hours is 1 to {LONGEST_LINK_HOURS}.")
    if turn.parts.archive is None:
        raise NotThere
    archive = archive_of(turn.request)
    recording = await archive.of_call(turn.name("id"))
    if recording is None or not await may_hear(turn.request, recording):
        raise NotThere
    if not recording.playable:
        raise NotPossible("no-sound", "There is nothing to listen to; see the recording's `why`.")
    address, ends_at = await link_to(turn.request, archive, recording, body.hours)
    return RecordingLink(address=address, ends_at=ends_at)


ENDPOINTS = (
    Endpoint(
        method="POST",
        path="/calls/{id}/recording/link",
        summary="Make a link that plays the recording without signing in",
        handle=make_link,
        body=NewRecordingLink,
        answer=RecordingLink,
        status=201,
        refusals=(409,),
    ),
    Endpoint(
        method="GET",
        path="/recordings/{id}/sound",
        summary="The sound of a recording, whole or in pieces (HTTP Range)",
        handle=sound,
        query=SoundQuery,
        media="audio/*",
    ),
)
