"""Whose request this is: by the session in its cookie, or by the token that a program shows.

Rules: asked of the database with each request, so that a revoked session is over at once; a token
opens the API alone and never beside a cookie; over https the cookie's name is one that no other
page of the domain can set (`__Host-`); where the person comes from is believed of proxies that the
settings name, of nobody else.
"""

from __future__ import annotations

import ipaddress
from datetime import datetime

from aiohttp import web

from storage.people import StoredPerson
from storage.sessions import ApiToken, Proofs, Session
from storage.unit_of_work import UnitOfWork
from web.access.person import Person
from web.access.roles import Permission, Role
from web.parts import PARTS
from web.signin.signing_in import LONGEST, NOTED_EVERY, is_over

COOKIE = "dozvon"
SECURE_COOKIE = "__Host-dozvon"
API = "/api/"
LONGEST_SECRET = 100

PROOFS = web.AppKey("proofs", Proofs)
SESSION = web.RequestKey("session", Session)


async def recognise(request: web.Request) -> Person | None:
    """The person behind a request; None for nobody that we know."""
    kind, _, secret = request.headers.get("Authorization", "").partition(" ")
    if kind.casefold() == "bearer":
        return await _by_token(request, secret.strip())
    return await _by_session(request)  # a proxy before us may ask for a password of its own


def session_of(request: web.Request) -> Session | None:
    """The session of a request, None for a program's."""
    return request.get(SESSION)


async def still_signed_in(request: web.Request) -> bool:
    """Whether the person of a long answer (a stream) may still see it; asked now and then.

    False after a sign-out, a revoked token, a disabled person, an end of the session.
    """
    return await recognise(request) is not None


def keep_signed_in(request: web.Request, answer: web.StreamResponse, secret: str) -> None:
    """Put a new session into the browser's cookie."""
    secure = is_secure(request)
    answer.set_cookie(
        _cookie(secure=secure),
        secret,
        max_age=int(LONGEST.total_seconds()),
        path="/",
        httponly=True,
        samesite="Lax",
        secure=secure,
    )


def forget_cookie(request: web.Request, answer: web.StreamResponse) -> None:
    """Take the session out of the browser."""
    secure = is_secure(request)
    name = _cookie(secure=secure)
    answer.del_cookie(name, path="/", httponly=True, samesite="Lax", secure=secure)


def is_secure(request: web.Request) -> bool:
    """Whether the person came by https, as far as we or a proxy of ours can tell."""
    if request.app[PARTS].secure or request.secure:
        return True
    told = request.headers.get("X-Forwarded-Proto", "")
    return told.strip().casefold() == "https" and _is_proxy(request, request.remote or "")


def house_of(request: web.Request) -> str:
    """Where people open the pages: as the settings say, else as this person did."""
    scheme = "https" if is_secure(request) else "http"
    return request.app[PARTS].public_address or f"{scheme}://{request.host}"


def address_of(request: web.Request) -> str:
    """The address from which a person comes: the last that is no proxy of ours."""
    address = request.remote or ""
    told = request.headers.get("X-Forwarded-For", "")
    for before in reversed([part.strip() for part in told.split(",")[-20:]]):
        if not before or not _is_proxy(request, address):
            break
        address = before[:64]
    return address


def _cookie(*, secure: bool) -> str:
    return SECURE_COOKIE if secure else COOKIE


async def _by_session(request: web.Request) -> Person | None:
    secret = request.cookies.get(_cookie(secure=is_secure(request)), "")
    if not secret or len(secret) > LONGEST_SECRET:
        return None
    found = await request.app[PROOFS].session(secret)
    now = request.app[PARTS].now()
    if found is None or found[0].disabled_at is not None or is_over(found[1], now):
        return None
    person, session = found
    request[SESSION] = session
    if now - session.seen_at >= NOTED_EVERY:
        _note_session(request, session.digest, now)
    return as_person(person)


async def _by_token(request: web.Request, secret: str) -> Person | None:
    if not request.path.startswith(API) or not 1 <= len(secret) <= LONGEST_SECRET:
        return None
    found = await request.app[PROOFS].token(secret)
    now = request.app[PARTS].now()
    if found is None or found[0].disabled_at is not None or not _is_valid(found[1], now):
        return None
    person, token = found
    if token.seen_at is None or now - token.seen_at >= NOTED_EVERY:
        _note_token(request, token.digest, now)
    return as_person(person, scopes=frozenset(token.scopes))


def as_person(stored: StoredPerson, *, scopes: frozenset[str] | None = None) -> Person:
    """A row of the database as the pages know a person."""
    return Person(
        id=stored.id,
        login=stored.login,
        name=stored.name,
        role=Role(stored.role),
        administrator=stored.administrator,
        manager=stored.manager,
        assists=stored.assists,
        language=stored.language,
        theme=stored.theme,
        card_opens=stored.card_opens,
        scopes=scopes,
    )


def scopes_of(person: Person) -> tuple[Permission, ...]:
    """What a token of this person could be allowed."""
    return tuple(p for p in Permission if p is not Permission.WORK and person.may(p))


def _is_valid(token: ApiToken, now: datetime) -> bool:
    return token.revoked_at is None and (token.expires_at is None or now < token.expires_at)


def _note_session(request: web.Request, digest: str, now: datetime) -> None:
    """Note in the background that it is used: the answer does not wait for the database."""
    parts = request.app[PARTS]

    async def work(uow: UnitOfWork) -> None:
        await uow.sessions.seen(digest, now)

    if parts.writer.trouble is None:
        parts.board.start(parts.writer.submit(work), "note of a session")


def _note_token(request: web.Request, digest: str, now: datetime) -> None:
    parts = request.app[PARTS]

    async def work(uow: UnitOfWork) -> None:
        await uow.tokens.seen(digest, now)

    if parts.writer.trouble is None:
        parts.board.start(parts.writer.submit(work), "note of a token")


def _is_proxy(request: web.Request, address: str) -> bool:
    networks = request.app[PARTS].proxies
    if not networks:
        return False
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    return any(found in ipaddress.ip_network(n, strict=False) for n in networks)
