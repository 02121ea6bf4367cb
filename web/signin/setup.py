"""Puts sign-in into the application: who a request is, and what lets people in."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator

from aiohttp import web

from storage.sessions import Proofs
from web.access.guard import RECOGNISE
from web.access.session import PROOFS, recognise
from web.parts import WebParts
from web.signin.limit import TryLimit
from web.signin.passwords import Passwords
from web.signin.signing_in import SignIn

SIGN_IN = web.AppKey("sign_in", SignIn)


def install(app: web.Application, parts: WebParts) -> None:
    """Make the application know people."""
    app[PROOFS] = Proofs(parts.database)
    app[RECOGNISE] = recognise
    app[SIGN_IN] = SignIn(
        database=parts.database,
        writer=parts.writer,
        passwords=Passwords(),
        limit=TryLimit(time.monotonic),
    )
    app.cleanup_ctx.append(_threads)


async def _threads(app: web.Application) -> AsyncIterator[None]:
    yield
    app[SIGN_IN].passwords.close()
