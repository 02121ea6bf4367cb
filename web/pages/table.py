"""Every page of the workspace. It imports them all, so only the application imports it."""

from __future__ import annotations

from collections.abc import Sequence

from aiohttp import web

from web.dial import pages as dial
from web.pages import (
    call_recording,
    callbacks,
    calls,
    client_forms,
    clients,
    connections,
    home,
    office,
    office_try,
    recordings,
    reports,
    static,
)
from web.signin import my, people_pages
from web.signin import pages as signin

PAGES: Sequence[web.RouteTableDef] = (
    static.routes,
    home.routes,
    signin.routes,
    my.routes,
    people_pages.routes,
    dial.routes,
    office_try.routes,
    office.routes,
    connections.routes,
    callbacks.routes,
    calls.routes,
    call_recording.routes,
    client_forms.routes,
    clients.routes,
    reports.routes,
    recordings.routes,
)
"""Every page: a module that is not listed here is not served."""
