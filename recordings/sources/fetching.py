"""One question over HTTP and its answer, bounded in every way: what both HTTP sources share.

Rules: nothing of the environment (proxies, netrc) and no cookies; no redirect is followed here; the
answer is taken as it is sent, never unpacked; who is silent for too long is left; each session is
closed with its question.
"""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import aiohttp
from aiohttp.abc import AbstractResolver
from yarl import URL

from recordings.details import CANNOT_BE_ASKED, LATE
from recordings.errors import SourceUnavailable
from recordings.sources.copying import PIECE_BYTES

NOT_TOLD = datetime.fromtimestamp(0, UTC)
"""When a file was changed, where its server does not say."""

LINE_BYTES = 8190


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadlines:
    """How long is waited: for a connection, for the next byte, and altogether; seconds."""

    connect: float = 5.0
    silence: float = 15.0
    whole: float = 900.0


@asynccontextmanager
async def answered(  # noqa: PLR0913 - what a question is made of
    method: str,
    url: URL,
    *,
    deadlines: Deadlines,
    headers: Mapping[str, str] | None = None,
    resolver: AbstractResolver | None = None,
    tls: ssl.SSLContext | bool = True,
) -> AsyncIterator[aiohttp.ClientResponse]:
    """The answer to one question. Raises `SourceUnavailable` when there is none, or no whole one.

    What goes wrong while the answer is read raises the same.
    """
    connector = aiohttp.TCPConnector(
        resolver=resolver, ssl=tls, use_dns_cache=False, force_close=True, limit=1
    )
    timeout = aiohttp.ClientTimeout(
        total=deadlines.whole, sock_connect=deadlines.connect, sock_read=deadlines.silence
    )
    asked = {"Accept-Encoding": "identity", **(headers or {})}
    try:
        async with (
            aiohttp.ClientSession(
                connector=connector,
                timeout=timeout,
                cookie_jar=aiohttp.DummyCookieJar(),
                auto_decompress=False,
                trust_env=False,
                max_line_size=LINE_BYTES,
                max_field_size=LINE_BYTES,
            ) as session,
            session.request(method, url, headers=asked, allow_redirects=False) as answer,
        ):
            yield answer
    except TimeoutError as late:
        raise SourceUnavailable(LATE(url=place_of(url))) from late
    except (aiohttp.ClientError, ValueError, OSError) as trouble:
        why = f"{type(trouble).__name__}: {trouble}"[:200]
        raise SourceUnavailable(CANNOT_BE_ASKED(url=place_of(url), why=why)) from trouble


async def pieces(answer: aiohttp.ClientResponse) -> AsyncIterator[bytes]:
    """The body of an answer."""
    async for piece in answer.content.iter_chunked(PIECE_BYTES):
        yield piece


def changed_at(answer: aiohttp.ClientResponse) -> datetime:
    """When the server says that the file was changed; `NOT_TOLD` where it says nothing."""
    try:
        found = parsedate_to_datetime(answer.headers.get("Last-Modified", ""))
    except ValueError:
        return NOT_TOLD
    return found.astimezone(UTC) if found.tzinfo else NOT_TOLD


def place_of(url: URL) -> str:
    """A server's name for a sentence: never the path, which may hold a secret."""
    return f"{url.scheme}://{url.host}" + (f":{url.port}" if url.explicit_port else "")
