"""The page about oneself: how the workspace looks, the password, the browsers signed in."""

from __future__ import annotations

from aiohttp import web

from storage.sessions import Sessions
from storage.unit_of_work import UnitOfWork
from storage.writer import Work
from web.access.person import person_of
from web.access.session import session_of
from web.pages.page import flash, parts_of, render, words
from web.pages.texts import Words
from web.signin import accounts
from web.signin.accounts import CARD_OPENS
from web.signin.errors import AccountRefused
from web.signin.forms import doing_of, fields, refusal, see, written
from web.signin.passwords import LEAST_LETTERS
from web.signin.setup import SIGN_IN

routes = web.RouteTableDef()

SHOWN = 16
"""So much of a session's digest names it in a form: too little to be worth anything."""


@routes.get("/my")
async def my_page(request: web.Request) -> web.Response:
    """My settings."""
    return await _page(request)


@routes.post("/my")
async def choose(request: web.Request) -> web.Response:
    """Keep language, theme, and when a card opens by itself."""
    form, login = await fields(request), person_of(request).login
    known = ("language", "theme", "card_opens")
    choices = {name: form[name] for name in known if name in form}

    async def work(uow: UnitOfWork) -> None:
        await accounts.choose(uow, login, **choices)

    try:
        await written(request, work)
    except AccountRefused as refused:
        flash(request, refusal(request, refused), "bad")
    else:
        chosen = Words(choices.get("language") or words(request).language)
        flash(request, chosen("signin.saved"))
    return see("/my")


@routes.post("/my/password")
async def change_password(request: web.Request) -> web.Response:
    """Change my password; my other browsers are signed out."""
    form, session = await fields(request), session_of(request)
    try:
        await request.app[SIGN_IN].change_password(
            doing_of(request),
            form.get("old", ""),
            form.get("password", ""),
            form.get("again", ""),
            keep=session.digest if session else "",
        )
    except AccountRefused as refused:
        return await _page(request, error=refusal(request, refused), status=422)
    flash(request, words(request)("signin.password-changed"))
    return see("/my")


@routes.post("/my/sessions/{session}/end")
async def end_session(request: web.Request) -> web.Response:
    """Sign one of my other browsers out."""
    person, begins = person_of(request), request.match_info["session"]

    async def work(uow: UnitOfWork) -> None:
        for session in await uow.sessions.of(person.id):
            if session.digest[:SHOWN] == begins:
                await uow.sessions.close(session.digest, person_id=person.id)

    await _do(request, work, "signin.session-ended")
    return see("/my")


@routes.post("/my/signout-everywhere")
async def sign_out_everywhere(request: web.Request) -> web.Response:
    """Sign all my other browsers out."""
    person, session, doing = person_of(request), session_of(request), doing_of(request)
    but = session.digest if session else ""

    async def work(uow: UnitOfWork) -> None:
        await accounts.sign_out_everywhere(uow, doing, person.login, but=but)

    await _do(request, work, "signin.sessions-ended")
    return see("/my")


_BROWSERS = {
    "YaBrowser": "Yandex",
    "Edg": "Edge",
    "OPR": "Opera",
    "Firefox": "Firefox",
    "Chrome": "Chrome",
    "Safari": "Safari",
}
_SYSTEMS = {
    "Windows": "Windows",
    "Android": "Android",
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Mac OS X": "macOS",
    "Linux": "Linux",
}


def browser_name(agent: str) -> str:
    """What a person calls his browser; empty for a program that says something else."""
    browser = next((name for word, name in _BROWSERS.items() if f"{word}/" in agent), "")
    system = next((name for word, name in _SYSTEMS.items() if word in agent), "")
    return ", ".join(part for part in (browser, system) if part)


async def _do(request: web.Request, work: Work[None], sentence: str) -> None:
    try:
        await written(request, work)
    except AccountRefused as refused:
        flash(request, refusal(request, refused), "bad")
    else:
        flash(request, words(request)(sentence))


async def _page(request: web.Request, *, error: str = "", status: int = 200) -> web.Response:
    person, session = person_of(request), session_of(request)
    async with parts_of(request).database.reading() as connection:
        sessions = await Sessions(connection).of(person.id)
    return render(
        request,
        "signin_my.html",
        status=status,
        error=error,
        least=LEAST_LETTERS,
        sessions=[(s, s.digest[:SHOWN]) for s in sessions],
        browsers={s.digest[:SHOWN]: browser_name(s.agent) for s in sessions},
        this=session.digest if session else "",
        card_choices=[(way, words(request)(f"signin.card-opens-{way}")) for way in CARD_OPENS],
    )
