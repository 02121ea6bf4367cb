"""Every route of the service and who may use it: one line each.

A route without a line is refused to everybody, and a test fails for it. What of a noun one may see
(whose call, whose client) is judged in the use case by the person's reach.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum, auto

from web.access.roles import Permission


class Who(Enum):
    """Routes that need no permission. A `MACHINE`'s route proves by itself who asks."""

    EVERYBODY = auto()
    SIGNED_IN = auto()
    MACHINE = auto()


Needed = Permission | Who

ROUTES: Mapping[tuple[str, str], Needed] = {
    # the service, for machines
    ("GET", "/healthz"): Who.EVERYBODY,
    ("GET", "/readyz"): Who.MACHINE,
    ("GET", "/metrics"): Who.MACHINE,
    ("GET", "/pbx/openapi.json"): Who.EVERYBODY,
    ("GET", "/static/{name:.+}"): Who.EVERYBODY,
    ("GET", "/favicon.ico"): Who.EVERYBODY,
    # the workspace
    ("GET", "/"): Who.SIGNED_IN,
    # sign-in and people (web/signin)
    ("GET", "/signin"): Who.EVERYBODY,
    ("POST", "/signin"): Who.EVERYBODY,
    ("POST", "/signout"): Who.SIGNED_IN,
    # desk, live, stream
    ("GET", "/desk"): Permission.WORK,
    # callbacks
    # calls
    # clients
    # reports
    # office and connections
    # the API
}

PREFIXES: Mapping[str, Needed] = {"/pbx/": Who.MACHINE}
"""Routes that drivers bring with them: each proves its caller itself."""


def needed_for(method: str, route: str) -> Needed | None:
    """What a route asks for; None for a route that nobody wrote down."""
    found = ROUTES.get(("GET" if method == "HEAD" else method, route))
    if found is not None:
        return found
    return next((who for prefix, who in PREFIXES.items() if route.startswith(prefix)), None)
