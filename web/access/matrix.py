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
    ("GET", "/static/{name}"): Who.EVERYBODY,
    ("GET", "/favicon.ico"): Who.EVERYBODY,
    # the workspace
    ("GET", "/"): Who.SIGNED_IN,
    # sign-in and people (web/signin)
    ("GET", "/signin"): Who.EVERYBODY,
    ("POST", "/signin"): Who.EVERYBODY,
    ("POST", "/signout"): Who.SIGNED_IN,
    ("GET", "/invitation/{secret}"): Who.EVERYBODY,
    ("POST", "/invitation/{secret}"): Who.EVERYBODY,
    ("GET", "/my"): Who.SIGNED_IN,
    ("POST", "/my"): Who.SIGNED_IN,
    ("POST", "/my/password"): Who.SIGNED_IN,
    ("POST", "/my/sessions/{session}/end"): Who.SIGNED_IN,
    ("POST", "/my/signout-everywhere"): Who.SIGNED_IN,
    ("GET", "/people"): Permission.ADMINISTER,
    ("POST", "/people"): Permission.ADMINISTER,
    ("GET", "/people/{id}"): Permission.ADMINISTER,
    ("POST", "/people/{id}"): Permission.ADMINISTER,
    ("POST", "/people/{id}/invite"): Permission.ADMINISTER,
    ("POST", "/people/{id}/signout"): Permission.ADMINISTER,
    ("POST", "/people/{id}/disable"): Permission.ADMINISTER,
    ("POST", "/people/{id}/enable"): Permission.ADMINISTER,
    ("POST", "/people/{id}/tokens"): Permission.ADMINISTER,
    ("POST", "/people/{id}/tokens/{token}/revoke"): Permission.ADMINISTER,
    # calling by a click (web/dial)
    ("GET", "/dial"): Permission.PLACE,
    ("POST", "/dial"): Permission.PLACE,
    ("GET", "/dial/link/{uri}"): Permission.PLACE,
    ("GET", "/dial/dozvon.reg"): Permission.PLACE,
    ("GET", "/dial/dozvon.desktop"): Permission.PLACE,
    # desk, live, stream
    ("GET", "/stream"): Permission.WORK,
    ("GET", "/desk"): Permission.WORK,
    ("GET", "/desk/after"): Permission.WORK,
    ("GET", "/desk/today"): Permission.WORK,
    ("GET", "/desk/callbacks"): Permission.CALLBACKS,
    ("GET", "/desk/callbacks-count"): Permission.CALLBACKS,
    ("GET", "/desk/due"): Permission.WORK,
    ("GET", "/desk/next-contact"): Permission.WORK,
    ("POST", "/desk/status"): Permission.WORK,
    ("POST", "/desk/status/{manager}"): Permission.STATUS_OF_OTHERS,
    ("POST", "/notes"): Permission.WORK,
    ("POST", "/notes/{id}/done"): Permission.WORK,
    ("GET", "/live"): Permission.LIVE,
    ("POST", "/calls/live/{id}/take"): Permission.TAKE,
    ("POST", "/calls/live/{id}/transfer"): Permission.TRANSFER,
    ("POST", "/calls/live/{id}/hang-up"): Permission.HANG_UP,
    ("POST", "/calls/live/{id}/pause"): Permission.HANG_UP,
    # callbacks
    ("GET", "/callbacks"): Permission.CALLBACKS,
    ("GET", "/callbacks/list"): Permission.CALLBACKS,
    ("POST", "/callbacks/{id}/take"): Permission.CALLBACKS,
    ("POST", "/callbacks/{id}/give-back"): Permission.CALLBACKS,
    ("POST", "/callbacks/{id}/give"): Permission.CALLBACKS,
    ("POST", "/callbacks/{id}/note"): Permission.CALLBACKS,
    ("POST", "/callbacks/{id}/voicemail"): Permission.CALLBACKS,
    ("POST", "/callbacks/{id}/not-needed"): Permission.CALLBACKS,
    ("POST", "/callbacks/{id}/call"): Permission.PLACE,
    # calls
    ("GET", "/calls"): Permission.CALLS,
    ("GET", "/calls.csv"): Permission.CALLS,
    ("GET", "/calls/{id}"): Permission.CALLS,
    ("GET", "/calls/{id}/recording"): Permission.LISTEN,
    ("POST", "/calls/{id}/recording/link"): Permission.RECORDINGS_LINK,
    # recordings
    ("GET", "/recordings"): Permission.RECORDINGS,
    ("POST", "/recordings/{id}/retry"): Permission.RECORDINGS,
    ("POST", "/recordings/{id}/hold"): Permission.RECORDINGS,
    ("POST", "/recordings/{id}/release"): Permission.RECORDINGS,
    ("GET", "/recordings/{id}/sound"): Permission.LISTEN,
    ("GET", "/recordings/{id}/peaks.json"): Permission.LISTEN,
    ("GET", "/recordings/link/{token}"): Who.MACHINE,
    # clients
    ("GET", "/clients"): Permission.CLIENTS,
    ("GET", "/clients/new"): Permission.CLIENTS,
    ("POST", "/clients/new"): Permission.CLIENTS,
    ("GET", "/clients/hand-over"): Permission.CLIENTS_HAND_OVER,
    ("POST", "/clients/hand-over"): Permission.CLIENTS_HAND_OVER,
    ("GET", "/clients/{key}"): Permission.CLIENTS,
    ("POST", "/clients/{key}"): Permission.CLIENTS,
    ("POST", "/clients/{key}/numbers"): Permission.CLIENTS,
    ("POST", "/clients/{key}/numbers/drop"): Permission.CLIENTS,
    ("POST", "/clients/{key}/applications"): Permission.CLIENTS,
    ("POST", "/clients/{key}/notes"): Permission.CLIENTS,
    ("POST", "/clients/{key}/contacts/{note}/done"): Permission.CLIENTS,
    ("POST", "/clients/{key}/hand-over"): Permission.CLIENTS_HAND_OVER,
    # reports
    ("GET", "/reports"): Permission.REPORTS,
    ("GET", "/reports/{which}.csv"): Permission.REPORTS,
    # office and connections
    ("GET", "/office"): Permission.ADMINISTER,
    ("GET", "/office/general"): Permission.ADMINISTER,
    ("POST", "/office/general"): Permission.ADMINISTER,
    ("GET", "/office/new/{section}"): Permission.ADMINISTER,
    ("POST", "/office/new/{section}"): Permission.ADMINISTER,
    ("GET", "/office/{section}/{key}"): Permission.ADMINISTER,
    ("POST", "/office/{section}/{key}"): Permission.ADMINISTER,
    ("GET", "/office/text"): Permission.ADMINISTER,
    ("POST", "/office/text"): Permission.ADMINISTER,
    ("GET", "/office/file.toml"): Permission.ADMINISTER,
    ("GET", "/office/versions"): Permission.ADMINISTER,
    ("GET", "/office/versions/{number}"): Permission.ADMINISTER,
    ("POST", "/office/versions/{number}/restore"): Permission.ADMINISTER,
    ("GET", "/office/try"): Permission.ADMINISTER,
    ("GET", "/connections"): Permission.ADMINISTER,
    # the API
    ("GET", "/api/v1/openapi.json"): Who.EVERYBODY,
    ("GET", "/api/v1/me"): Who.SIGNED_IN,
    ("GET", "/api/v1/people"): Permission.ADMINISTER,
    ("POST", "/api/v1/people"): Permission.ADMINISTER,
    ("POST", "/api/v1/people/{login}"): Permission.ADMINISTER,
    ("POST", "/api/v1/people/{login}/invite"): Permission.ADMINISTER,
    ("POST", "/api/v1/people/{login}/disable"): Permission.ADMINISTER,
    ("POST", "/api/v1/people/{login}/enable"): Permission.ADMINISTER,
    ("POST", "/api/v1/people/{login}/sign-out"): Permission.ADMINISTER,
    ("POST", "/api/v1/people/{login}/tokens"): Permission.ADMINISTER,
    ("GET", "/api/v1/tokens"): Permission.ADMINISTER,
    ("POST", "/api/v1/tokens/{id}/revoke"): Permission.ADMINISTER,
    ("GET", "/api/v1/calls"): Permission.CALLS,
    ("POST", "/api/v1/calls"): Permission.PLACE,
    ("GET", "/api/v1/calls/{id}"): Permission.CALLS,
    ("POST", "/api/v1/calls/{id}/note"): Permission.CALLS,
    ("POST", "/api/v1/calls/{id}/recording/link"): Permission.RECORDINGS_LINK,
    ("GET", "/api/v1/recordings/{id}/sound"): Permission.LISTEN,
    ("GET", "/api/v1/live"): Permission.LIVE,
    ("GET", "/api/v1/desk"): Permission.WORK,
    ("POST", "/api/v1/live/{id}/take"): Permission.TAKE,
    ("POST", "/api/v1/live/{id}/transfer"): Permission.TRANSFER,
    ("POST", "/api/v1/live/{id}/hang-up"): Permission.HANG_UP,
    ("GET", "/api/v1/statuses"): Permission.LIVE,
    ("POST", "/api/v1/statuses/{manager}"): Permission.WORK,
    ("GET", "/api/v1/callbacks"): Permission.CALLBACKS,
    ("POST", "/api/v1/callbacks/{id}/take"): Permission.CALLBACKS,
    ("POST", "/api/v1/callbacks/{id}/give-back"): Permission.CALLBACKS,
    ("POST", "/api/v1/callbacks/{id}/give"): Permission.CALLBACKS,
    ("POST", "/api/v1/callbacks/{id}/note"): Permission.CALLBACKS,
    ("POST", "/api/v1/callbacks/{id}/voicemail"): Permission.CALLBACKS,
    ("POST", "/api/v1/callbacks/{id}/not-needed"): Permission.CALLBACKS,
    ("POST", "/api/v1/callbacks/{id}/call"): Permission.PLACE,
    ("GET", "/api/v1/clients"): Permission.CLIENTS,
    ("POST", "/api/v1/clients"): Permission.CLIENTS,
    ("GET", "/api/v1/clients/{key}"): Permission.CLIENTS,
    ("POST", "/api/v1/clients/{key}/note"): Permission.CLIENTS,
    ("POST", "/api/v1/clients/{key}/hand-over"): Permission.CLIENTS_HAND_OVER,
    ("GET", "/api/v1/reports"): Permission.REPORTS,
    ("GET", "/api/v1/office"): Permission.ADMINISTER,
    ("GET", "/api/v1/office/versions"): Permission.ADMINISTER,
    ("GET", "/api/v1/office/try"): Permission.ADMINISTER,
    ("GET", "/api/v1/connections"): Permission.ADMINISTER,
}

PREFIXES: Mapping[str, Needed] = {"/pbx/": Who.MACHINE}
"""Routes that drivers bring with them: each proves its caller itself."""


def needed_for(method: str, route: str) -> Needed | None:
    """What a route asks for; None for a route that nobody wrote down."""
    found = ROUTES.get(("GET" if method == "HEAD" else method, route))
    if found is not None:
        return found
    return next((who for prefix, who in PREFIXES.items() if route.startswith(prefix)), None)
