"""The files that pages load: ours and the vendored ones, read once, kept by browsers."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable

from aiohttp import web

TYPES = {
    "css": "text/css",
    "js": "text/javascript",
    "svg": "image/svg+xml",
    "txt": "text/plain",
    "woff2": "font/woff2",
    "png": "image/png",
}

routes = web.RouteTableDef()


@routes.get("/static/{name:.+}")
async def static(request: web.Request) -> web.Response:
    """A static file; with its version in the address it never changes."""
    found = files().get(request.match_info["name"])
    if found is None:
        raise web.HTTPNotFound
    body, kind, tag = found
    headers = {"ETag": f'"{tag}"', "X-Content-Type-Options": "nosniff"}
    fixed = request.query.get("v") == tag[:10]
    headers["Cache-Control"] = "public, max-age=31536000, immutable" if fixed else "no-cache"
    if request.headers.get("If-None-Match") == headers["ETag"]:
        return web.Response(status=304, headers=headers)
    charset = "utf-8" if kind.startswith("text/") or kind.endswith("xml") else None
    return web.Response(body=body, content_type=kind, charset=charset, headers=headers)


@routes.get("/favicon.ico")
async def favicon(_request: web.Request) -> web.Response:
    """Browsers ask for it on their own."""
    body, kind, _ = files()["icon.svg"]
    return web.Response(body=body, content_type=kind)


def static_address(name: str) -> str:
    """The address of a static file; it changes with its content, so it may be kept for ever."""
    return f"/static/{name}?v={files()[name][2][:10]}"


@cache
def files() -> dict[str, tuple[bytes, str, str]]:
    """Every file by its name: what it holds, its media type, its SHA-256."""
    found: dict[str, tuple[bytes, str, str]] = {}
    _gather(resources.files("web") / "static", "", found)
    return found


def _gather(folder: Traversable, name: str, found: dict[str, tuple[bytes, str, str]]) -> None:
    for entry in folder.iterdir():
        if entry.is_dir():
            _gather(entry, f"{name}{entry.name}/", found)
            continue
        kind = TYPES.get(entry.name.rpartition(".")[2])
        if kind:
            body = entry.read_bytes()
            found[name + entry.name] = (body, kind, hashlib.sha256(body).hexdigest())
