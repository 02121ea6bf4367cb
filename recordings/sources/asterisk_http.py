"""Recordings of an Asterisk on another machine, over its own HTTP server: ARI's stored recordings.

`/ari/recordings/stored/<folder>%2F<name>` serves what lies below `<astspooldir>/recording` to users
of ari.conf (seen on Asterisk 22: no HEAD, no Last-Modified, a slash of a name is written %2F, the
length comes with the answer; a folder's `..` is refused by Asterisk itself). Static files of the
same server need a session of the Manager Interface in a cookie, and give everybody who has one
everything: not used. A user who is `read_only` cannot delete, and need not.
"""

from __future__ import annotations

import base64
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar

import aiohttp
from yarl import URL

from recordings.details import ARI_ANSWERS, NO_LENGTH, NOT_AT, USER_REFUSED
from recordings.errors import FileMissing, SourceRefused, SourceUnavailable
from recordings.port import Fetched, Found
from recordings.sources.copying import copied
from recordings.sources.fetching import Deadlines, answered, changed_at, pieces, place_of
from recordings.sources.names import checked


@dataclass(frozen=True, slots=True, kw_only=True)
class AriPlace:
    """Where an Asterisk's ARI is (`http://192.0.2.10:8088`), its user, the folder of our files."""

    address: str
    user: str
    password: str = field(repr=False)
    folder: str = "dozvon"


class AsteriskHttpSource:
    """Keeps `recordings.port.RecordingSource` for one Asterisk."""

    deletes: ClassVar[bool] = True

    def __init__(
        self,
        place: AriPlace,
        *,
        deadlines: Deadlines | None = None,
        tls: ssl.SSLContext | bool = True,
    ) -> None:
        self._place = place
        self._deadlines = deadlines or Deadlines()
        self._tls = tls

    async def look(self, name: str) -> Found | None:
        """The file as it stands now, or None while there is none."""
        async with self._asked("GET", name, "/file") as answer:
            if answer.status == 404:
                return None
            size = self._whole(answer).content_length
        if size is None:
            raise SourceUnavailable(NO_LENGTH(url=place_of(answer.url), name=name))
        return Found(size=size, changed_at=changed_at(answer))

    async def fetch(self, name: str, into: Path, *, most_bytes: int) -> Fetched:
        """Copies the file; refuses what is longer than `most_bytes` or no sound."""
        async with self._asked("GET", name, "/file") as answer:
            if answer.status == 404:
                raise FileMissing(NOT_AT(name=name, url=place_of(answer.url)))
            return await copied(pieces(self._whole(answer)), into, most_bytes=most_bytes)

    async def delete(self, name: str) -> None:
        """Deletes the file at the source; nothing happens when it is gone already."""
        async with self._asked("DELETE", name) as answer:
            if answer.status not in {204, 404}:
                self._whole(answer)

    @asynccontextmanager
    async def _asked(
        self, method: str, name: str, what: str = ""
    ) -> AsyncIterator[aiohttp.ClientResponse]:
        bare = checked(name).rpartition(".")[0] or name
        known = f"{self._place.folder}%2F{bare}" if self._place.folder else bare
        base = self._place.address.rstrip("/")
        url = URL(f"{base}/ari/recordings/stored/{known}{what}", encoded=True)
        pair = f"{self._place.user}:{self._place.password}".encode()
        headers = {"Authorization": f"Basic {base64.b64encode(pair).decode()}"}
        async with answered(
            method, url, deadlines=self._deadlines, headers=headers, tls=self._tls
        ) as answer:
            yield answer

    def _whole(self, answer: aiohttp.ClientResponse) -> aiohttp.ClientResponse:
        """The answer, unless it is a refusal."""
        where = place_of(answer.url)
        if answer.status in {401, 403}:
            raise SourceRefused(USER_REFUSED(url=where, user=repr(self._place.user)))
        if not 200 <= answer.status < 300:
            raise SourceUnavailable(ARI_ANSWERS(url=where, status=answer.status))
        return answer
