"""Signing in, signing out, and accepting an invitation."""

from __future__ import annotations

import asyncio
from typing import Any

from aiohttp import web

from storage.errors import StorageError
from web.access.person import person_of, signed_in
from web.access.session import forget_cookie, keep_signed_in, session_of
from web.pages.page import parts_of, render
from web.signin.errors import AccountRefused, Why
from web.signin.forms import (
    WRITE_SECONDS,
    browser_of,
    doing_of,
    fields,
    local_path,
    refusal,
    see,
)
from web.signin.passwords import LEAST_LETTERS
from web.signin.setup import SIGN_IN
from web.signin.signing_in import Signed

routes = web.RouteTableDef()

_STATUS = {Why.TOO_MANY: 429, Why.BUSY: 503, Why.NOT_NOW: 503, Why.INVITATION_OVER: 410}


@routes.get("/signin")
async def sign_in_page(request: web.Request) -> web.Response:
    """The form; whoever is signed in goes on."""
    there = local_path(request.query.get("next", "/"))
    if signed_in(request) is not None:
        return see(there)
    return render(request, "signin.html", next=there, login="", error="")


@routes.post("/signin")
async def sign_in(request: web.Request) -> web.Response:
    """Let a person in by his password."""
    form = await fields(request)
    there, login = local_path(form.get("next", "/")), form.get("login", "")[:64]
    entrance, before = request.app[SIGN_IN], session_of(request)
    try:
        async with asyncio.timeout(WRITE_SECONDS):
            signed = await entrance.with_password(
                login,
                form.get("password", ""),
                browser_of(request),
                parts_of(request).now(),
                instead=before.digest if before else "",
            )
    except (TimeoutError, StorageError):
        refused = AccountRefused(Why.NOT_NOW)
    except AccountRefused as caught:
        refused = caught
    else:
        return _let_in(request, signed, there)
    values: dict[str, Any] = {"next": there, "login": login, "error": refusal(request, refused)}
    return render(request, "signin.html", status=_status(refused), **values)


@routes.post("/signout")
async def sign_out(request: web.Request) -> web.Response:
    """End this session."""
    person, session = person_of(request), session_of(request)
    if session is not None:
        entrance = request.app[SIGN_IN]
        await entrance.sign_out(person.id, person.login, session.digest, doing_of(request))
    answer = see("/signin")
    forget_cookie(request, answer)
    return answer


@routes.get("/invitation/{secret}")
async def invitation_page(request: web.Request) -> web.Response:
    """The form in which an invited person chooses his password."""
    return await _invitation(request, "")


@routes.post("/invitation/{secret}")
async def accept_invitation(request: web.Request) -> web.Response:
    """Set the password and let the person in."""
    form = await fields(request)
    try:
        async with asyncio.timeout(WRITE_SECONDS):
            signed = await request.app[SIGN_IN].with_invitation(
                request.match_info["secret"],
                form.get("password", ""),
                form.get("again", ""),
                browser_of(request),
                parts_of(request).now(),
            )
    except (TimeoutError, StorageError):
        return await _invitation(request, refusal(request, AccountRefused(Why.NOT_NOW)), 503)
    except AccountRefused as refused:
        return await _invitation(request, refusal(request, refused), _status(refused))
    return _let_in(request, signed, "/my")


async def _invitation(request: web.Request, error: str, status: int = 200) -> web.Response:
    entrance, headers = request.app[SIGN_IN], {"Referrer-Policy": "no-referrer"}
    try:
        invited, _ = await entrance.invited(request.match_info["secret"], parts_of(request).now())
    except AccountRefused as refused:
        why, over = refusal(request, refused), _status(refused)
        return render(request, "signin_over.html", status=over, headers=headers, why=why)
    values: dict[str, Any] = {"invited": invited, "error": error, "least": LEAST_LETTERS}
    return render(request, "signin_invitation.html", status=status, headers=headers, **values)


def _let_in(request: web.Request, signed: Signed, there: str) -> web.Response:
    answer = see(there)
    keep_signed_in(request, answer, signed.secret)
    return answer


def _status(refused: AccountRefused) -> int:
    return _STATUS.get(refused.why, 422)
