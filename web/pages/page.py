"""How a page is made: template, language, rights, clock; and how a form is answered.

Rules: a handler reads, asks a use case and renders, nothing more. Every form works without
JavaScript: it is answered by 303 and a flash; htmx is answered by the changed fragment.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Any
from urllib.parse import quote, unquote, urlsplit
from zoneinfo import ZoneInfo

from aiohttp import web
from jinja2 import Environment, PackageLoader, StrictUndefined

from router.office import Office
from switchboard.routing import number_plan
from web.access.person import Person, signed_in
from web.access.roles import Permission
from web.pages.addresses import client_page, segment
from web.pages.formats import Formats
from web.pages.static import static_address
from web.pages.texts import Words, chosen_language
from web.parts import PARTS, WebParts

FLASH = "dozvon_flash"
_FLASHES = web.RequestKey("flashes", list[tuple[str, str]])
_LONGEST_FLASH = 600


def parts_of(request: web.Request) -> WebParts:
    """What the web is built of."""
    return request.app[PARTS]


def words(request: web.Request) -> Words:
    """The texts in the person's language; a program is answered in the one that it asks for."""
    person, accepted = signed_in(request), request.headers.get("Accept-Language", "")
    program = person is not None and person.scopes is not None
    wish = person.language if person and not (program and accepted) else ""
    return Words(chosen_language(wish, accepted, parts_of(request).language))


def zone_of(person: Person | None, office: Office) -> ZoneInfo:
    """The zone of the person's department, else of the default one."""
    manager = office.managers.get(person.acting) if person else None
    key = manager.department if manager else office.default_department
    return ZoneInfo(office.departments[key].hours.timezone)


def typed_instant(request: web.Request, text: str) -> datetime | None:
    """What was typed into a field of date and time, by the person's clock unless it has an offset.

    None for what cannot be read, and for years of which nobody speaks.
    """
    zone = zone_of(signed_in(request), parts_of(request).board.office())
    try:
        read = datetime.fromisoformat(text)
        at = (read if read.tzinfo else read.replace(tzinfo=zone)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return at if 1970 < at.year < 2200 else None


def formats(request: web.Request) -> Formats:
    """Instants and numbers as the person reads them."""
    parts = parts_of(request)
    office = parts.board.office()
    zone = zone_of(signed_in(request), office)
    return Formats(words(request), zone, parts.now(), number_plan(office))


def is_htmx(request: web.Request) -> bool:
    """Whether htmx asks, which wants a fragment and no whole page."""
    return request.headers.get("HX-Request") == "true"


def render(
    request: web.Request,
    template: str,
    *,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    **values: Any,
) -> web.Response:
    """A page or a fragment. Never cached: it shows what is so now, to one person."""
    now = parts_of(request).now().isoformat(timespec="milliseconds")
    kept = {
        "Cache-Control": "no-store",
        "Vary": "HX-Request",
        "Server-Timing": f'now;desc="{now}"',
        **(headers or {}),
    }
    flashes = _take_flashes(request)
    text = rendered(request, template, flashes=flashes, **values)
    answer = web.Response(text=text, content_type="text/html", status=status, headers=kept)
    if FLASH in request.cookies and not is_htmx(request):
        answer.del_cookie(FLASH, path="/")
    return answer


def rendered(request: web.Request, template: str, **values: Any) -> str:
    """The text of a template for whoever asks."""
    parts, person = parts_of(request), signed_in(request)
    return (
        environment()
        .get_template(template)
        .render(
            {
                "t": words(request),
                "fmt": formats(request),
                "person": person,
                "can": lambda what: person is not None and person.may(Permission(what)),
                "path": request.path,
                "office": parts.board.office(),
                "now": parts.now(),
                "version": parts.version,
                "theme": person.theme if person else "",
                "flashes": (),
                **values,
            }
        )
    )


def flash(request: web.Request, text: str, kind: str = "good") -> None:
    """A sentence for the next page: `good`, `bad` or `info`."""
    request.setdefault(_FLASHES, []).append((kind, text[:_LONGEST_FLASH]))


def back(request: web.Request, default: str) -> str:
    """Where the person came from, if that is a page of ours, else `default`."""
    came = urlsplit(request.headers.get("Referer", ""))
    if came.netloc != request.host or not came.path.startswith("/"):
        return default
    return came.path + (f"?{came.query}" if came.query else "")


@web.middleware
async def flashing(request: web.Request, handler: Any) -> web.StreamResponse:
    """Carry flashes over a redirect in a cookie that the next page takes away."""
    try:
        answer = await handler(request)
    except web.HTTPRedirection as redirect:
        _keep_flashes(request, redirect)
        raise
    if 300 <= answer.status < 400:
        _keep_flashes(request, answer)
    return answer  # type: ignore[no-any-return]


def _keep_flashes(request: web.Request, answer: web.StreamResponse) -> None:
    told = request.get(_FLASHES)
    if told:
        value = quote(json.dumps(told[-3:], ensure_ascii=False))
        answer.set_cookie(FLASH, value, max_age=60, httponly=True, samesite="Lax", path="/")


def _take_flashes(request: web.Request) -> tuple[tuple[str, str], ...]:
    told = [(str(kind), str(text)) for kind, text in request.get(_FLASHES, [])]
    if is_htmx(request):
        return tuple(told)
    try:
        carried = json.loads(unquote(request.cookies.get(FLASH, "[]")))
        told += [(str(kind), str(text)) for kind, text in carried]
    except (ValueError, TypeError):
        pass
    return tuple((kind if kind in {"good", "bad", "info"} else "info", text) for kind, text in told)


@cache
def environment() -> Environment:
    """The templates, compiled once. What is not defined is an error, what is text is escaped."""
    made = Environment(
        loader=PackageLoader("web", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    made.globals["static"] = static_address
    made.filters["segment"] = segment
    made.filters["client_page"] = client_page
    return made
