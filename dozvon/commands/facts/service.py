"""The running service as a command uses it: asked over its API, as a person of the office.

The service believes a token that is lent to the command for this one request. Nothing is ever sent
twice: where no answer comes, the command says that it does not know.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import aiohttp

from dozvon.commands.facts.stored import submit, writing
from dozvon.commands.terminal.exits import Exit, Trouble
from dozvon.context import Context
from storage.unit_of_work import UnitOfWork
from web.access.roles import Permission
from web.api.endpoint import ROOT
from web.signin.accounts import Doing, new_secret
from web.signin.errors import AccountRefused
from web.signin.lending import LENT_SECONDS, lend, take_back

DEADLINE_SECONDS = LENT_SECONDS / 2

_CODES = {422: Exit.WRONG, 503: Exit.UNREACHABLE}


@dataclass(frozen=True, slots=True, kw_only=True)
class Errand:
    """What is asked: a path below `/api/v1` with its body, and the deed that `audit` keeps."""

    path: str
    body: Mapping[str, Any]
    scope: Permission
    act: str
    about: Mapping[str, str]


async def ask_as(context: Context, login: str, errand: Errand) -> Mapping[str, Any]:
    """The service's answer to a person; raises `Trouble` with its sentence where it refuses."""
    if not context.settings().http.port:
        raise Trouble(Exit.UNREACHABLE, "service-no-http")
    secret, doing = new_secret(), Doing(by=f"cli:{context.user()}", at=context.now())

    async def lending(uow: UnitOfWork) -> None:
        await lend(
            uow,
            doing,
            login,
            secret=secret,
            scope=errand.scope,
            act=errand.act,
            about=errand.about,
        )

    async with writing(context) as writer:
        try:
            await submit(writer, lending)
        except AccountRefused as refused:
            told = refused.sentence(context.language)
            raise Trouble(Exit.REFUSED, "person-refused", sentence=told) from None
        try:
            return await _posted(context, secret, errand)
        finally:
            await submit(writer, lambda uow: take_back(uow, secret))


async def _posted(context: Context, secret: str, errand: Errand) -> Mapping[str, Any]:
    near = context.settings().http.near
    headers = {"Authorization": f"Bearer {secret}", "Accept-Language": context.language}
    timeout = aiohttp.ClientTimeout(total=DEADLINE_SECONDS)
    try:
        async with (
            aiohttp.ClientSession(headers=headers, timeout=timeout) as http,
            http.post(f"{near}{ROOT}{errand.path}", json=errand.body) as reply,
        ):
            return _judged(reply.status, await reply.json(), near)
    except aiohttp.ClientConnectorError:
        raise Trouble(Exit.UNREACHABLE, "service-away", place=near) from None
    except (aiohttp.ClientError, TimeoutError, ValueError):
        raise Trouble(Exit.UNREACHABLE, "service-silent", place=near) from None


def _judged(status: int, told: object, near: str) -> Mapping[str, Any]:
    """The answer, if it is one of ours that did what was wanted; raises `Trouble`."""
    said = told if isinstance(told, dict) else {}
    if status < 300 and said:
        return said
    message = said.get("error", {}).get("message")
    if status == 401 or not message:
        raise Trouble(Exit.UNREACHABLE, "service-stranger", place=near)
    raise Trouble(_CODES.get(status, Exit.REFUSED), "person-refused", sentence=message)
