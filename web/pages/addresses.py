"""Addresses of nouns whose names come from others and hold what they hold.

Rules:

1. A name is one part of a path, percent-encoded whole (`segment`); a route takes any such part
   (`any_name`), also braces, which aiohttp's own `{name}` refuses and which a GUID may have.
2. A client's key that would be taken for something else is written with "~" before it: "new" and
   "hand-over" are pages of ours, "." and ".." are walked by browsers even when they are encoded
   (WHATWG URL, "double-dot URL path segment"). So is such a key that has "~" before it already:
   each address is one key's, and every other key is written as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import quote

from aiohttp import web

_TAKEN = re.compile(r"~*(?:\.{1,2}|new|hand-over)")
_PLAIN = re.compile(r"\{([A-Za-z_]\w*)\}")


def segment(name: str) -> str:
    """A name as one part of an address's path, whatever it holds; `urlencode` leaves "/" alone."""
    return quote(name, safe="")


def client_page(key: str) -> str:
    """Where a client's card is."""
    return f"/clients/{segment(f'~{key}' if _TAKEN.fullmatch(key) else key)}"


def client_in(name: str) -> str:
    """The client's key that a part of a path names, decoded."""
    return name[1:] if name.startswith("~") and _TAKEN.fullmatch(name) else name


def any_name(routes: Iterable[web.AbstractRouteDef]) -> list[web.AbstractRouteDef]:
    """The same routes, which take any name where they take one."""
    return [_any_name(route) for route in routes]


def _any_name(route: web.AbstractRouteDef) -> web.AbstractRouteDef:
    if not isinstance(route, web.RouteDef):
        return route
    path = _PLAIN.sub(r"{\1:[^/]+}", route.path)
    return web.RouteDef(route.method, path, route.handler, route.kwargs)
