"""The pages of the workspace; each module has its `routes`."""

from __future__ import annotations

from collections.abc import Sequence

from aiohttp import web

from web.pages import home, static

PAGES: Sequence[web.RouteTableDef] = (
    static.routes,
    home.routes,
)
"""Every page: a module that is not listed here is not served."""
