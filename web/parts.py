"""What the pages and routes of the web are given; every one finds it in the application by key."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from aiohttp import web

from pbx_adapters.webhook.driver import WebhookPbx
from storage.database import Database
from storage.writer import Writer
from switchboard.board import Board


@dataclass(frozen=True, slots=True, kw_only=True)
class WebParts:
    """What the web is built of. `links` are the keys of all PBXs."""

    board: Board
    writer: Writer
    database: Database
    links: tuple[str, ...] = ()
    webhooks: Sequence[WebhookPbx] = ()
    state_allow: tuple[str, ...] = ("127.0.0.0/8", "::1/128")
    version: str = ""


PARTS = web.AppKey("parts", WebParts)
