"""What every answer says to browsers: run only what is ours, show us nowhere else, keep nothing."""

from __future__ import annotations

from aiohttp import web

from web.access.session import is_secure

POLICY = (
    "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; "
    "object-src 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cache-Control": "no-store",
}
A_YEAR = "max-age=31536000"


async def guard_headers(request: web.Request, answer: web.StreamResponse) -> None:
    """Add what the answer does not say itself; a signal, so that streams have it too."""
    for name, value in HEADERS.items():
        answer.headers.setdefault(name, value)
    if is_secure(request):
        answer.headers.setdefault("Strict-Transport-Security", A_YEAR)
