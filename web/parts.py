"""What the pages and routes of the web are given; every one finds it in the application by key."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from aiohttp import web

from pbx_adapters.webhook.driver import WebhookPbx
from recordings.retention import DAYS
from router.callbacks import LEASE_SECONDS
from storage.database import Database
from storage.writer import Writer
from switchboard.board import Board
from switchboard.control import Control
from switchboard.recordings import Archive


@dataclass(frozen=True, slots=True, kw_only=True)
class WebParts:
    """What the web is built of. `links` are the keys of all PBXs.

    `language` is the house's, for whoever chose none; `secure` says that people come by https.
    `card_address` is the template of a client's card in the CRM, empty for the built-in one.
    `public_address` is where people open the pages; `proxies` are believed when they say from where
    a request comes. `archive` are the recordings; None where a house is put together without them.
    `keep_days`: how long they are kept (0: for ever), and `keep_days_of` by department.
    """

    board: Board
    control: Control
    writer: Writer
    database: Database
    links: tuple[str, ...] = ()
    webhooks: Sequence[WebhookPbx] = ()
    state_allow: tuple[str, ...] = ("127.0.0.0/8", "::1/128")
    version: str = ""
    language: str = "ru"
    secure: bool = False
    card_address: str = ""
    public_address: str = ""
    proxies: tuple[str, ...] = ()
    lease_seconds: float = LEASE_SECONDS
    archive: Archive | None = None
    keep_days: int = DAYS
    keep_days_of: Mapping[str, int] = field(default_factory=dict)

    def now(self) -> datetime:
        """The service's clock."""
        return self.board.now


PARTS = web.AppKey("parts", WebParts)
