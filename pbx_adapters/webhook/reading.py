"""Requests as plain parameters: bytes in, texts out.

Rules: bytes are split before they are decoded; UTF-8 is tried first, then the charset of the
settings; a text that is neither is read with its holes, never refused (a name in a strange charset
must not cost the call). Control characters become spaces. What is too large, too slow or of another
type is refused before anybody looks at it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import unquote_to_bytes

from aiohttp import web
from pydantic_core import from_json

from pbx_adapters.webhook.errors import Refusal, TooLarge, TooSlow, WrongType
from pbx_adapters.webhook.settings import WebhookSettings

JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
MOST_FIELDS = 100
LONGEST_TEXT = 4000


async def read_body(request: web.Request, settings: WebhookSettings) -> bytes:
    """The whole body; raises `TooLarge`, `TooSlow` or `WrongType`."""
    if not request.can_read_body:
        return b""
    if request.content_type not in {JSON, FORM}:
        raise WrongType("content-type-unknown", f"Send {JSON} or {FORM}.")
    too_large = TooLarge("body-too-large", f"More than {settings.body_bytes} bytes.")
    if (request.content_length or 0) > settings.body_bytes:
        raise too_large
    body = bytearray()
    try:
        async with asyncio.timeout(settings.body_seconds):
            async for chunk in request.content.iter_any():
                body += chunk
                if len(body) > settings.body_bytes:
                    raise too_large
    except TimeoutError:
        raise TooSlow("body-too-slow", f"Not here after {settings.body_seconds:g} s.") from None
    return bytes(body)


def read_fields(raw: bytes, charset: str) -> dict[str, str]:
    """The parameters of a query or a form; of doubled ones the first."""
    fields: dict[str, str] = {}
    for name, value in _pairs(raw):
        fields.setdefault(decoded(name, charset), decoded(value, charset))
    return fields


def read_json(body: bytes, charset: str) -> Any:
    """What a JSON body says; raises `Refusal`."""
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = body.decode(charset, "replace")
    try:
        return from_json(text, allow_inf_nan=False)
    except ValueError as trouble:
        raise Refusal("body-unreadable", f"This is no JSON: {trouble}.") from None


def query_bytes(request: web.Request) -> bytes:
    """The query as it was sent."""
    target = request.raw_path.encode("utf-8", "surrogateescape")
    return target.partition(b"?")[2].partition(b"#")[0]


def first(fields: Mapping[str, Any], names: tuple[str, ...]) -> str | None:
    """The first parameter that is there, by any of its names; None when there is none."""
    for name in names:
        if isinstance(value := fields.get(name), str | int) and not isinstance(value, bool):
            return clean(str(value))
    return None


def decoded(raw: bytes, charset: str) -> str:
    """Bytes as a text, whatever they are."""
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        text = raw.decode(charset, "replace")
    return clean(text)


def clean(text: str) -> str:
    """A text of one line, without anything that is not meant to be seen, cut at its limit."""
    kept = "".join(c if c.isprintable() else " " for c in text[:LONGEST_TEXT])
    return kept.strip()


def _pairs(raw: bytes) -> Iterator[tuple[bytes, bytes]]:
    pieces = raw.split(b"&", MOST_FIELDS)[:MOST_FIELDS]
    for piece in pieces:
        name, _, value = piece.replace(b"+", b" ").partition(b"=")
        if name:
            yield unquote_to_bytes(name), unquote_to_bytes(value)
