"""The sound of a recording, for programs."""

from __future__ import annotations

import re
from dataclasses import dataclass

from aiohttp import web

from web.api.endpoint import Endpoint, Turn
from web.api.errors import NotThere
from web.recordings_http import sound_of


@dataclass(frozen=True, slots=True, kw_only=True)
class SoundQuery:
    """Which of the formats that are kept, and whether it is to be saved or heard."""

    format: str = ""
    download: str = ""


async def sound(turn: Turn) -> web.StreamResponse:
    """What was said, for whoever may hear it; the audit has a row of it."""
    if not re.fullmatch("[0-9]{1,9}", turn.name("id")):
        raise NotThere
    turn.query(SoundQuery)
    return await sound_of(turn.request)


ENDPOINTS = (
    Endpoint(
        method="GET",
        path="/recordings/{id}/sound",
        summary="The sound of a recording, whole or in pieces (HTTP Range)",
        handle=sound,
        query=SoundQuery,
        media="audio/*",
    ),
)
