"""How a page that changed something has other people's pages fetch it again. Imports nothing."""

from __future__ import annotations

from typing import Protocol

from aiohttp import web


class Nudging(Protocol):
    """Whoever tells pages that a part of theirs is to be fetched again."""

    def nudge(self, *names: str) -> None:
        """Have these regions (`web.stream.regions.NUDGES`) fetched by every page showing them."""
        ...


NUDGING = web.AppKey("nudging", Nudging)
