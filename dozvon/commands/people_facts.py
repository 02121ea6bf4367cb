"""How a command about people reads the office, asks for a password, has a change written."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable
from typing import TypeVar

import click

from dozvon.commands.facts.offices import office_if_any
from dozvon.commands.facts.offices import people as people_in_force
from dozvon.commands.facts.people import People
from dozvon.commands.facts.stored import has_database, reading, run, submit, writing
from dozvon.commands.terminal.exits import Exit, Trouble
from dozvon.commands.terminal.texts import say
from dozvon.context import Context
from storage.unit_of_work import UnitOfWork
from web.signin.accounts import Doing
from web.signin.errors import AccountRefused
from web.signin.passwords import Passwords, judge

T = TypeVar("T")


def office_people(context: Context) -> People:
    """Who is who in the office in force; nobody where there is none yet."""

    async def ask() -> People:
        async with reading(context) as database:
            return await people_in_force(context, database)

    return run(context, ask()) if has_database(context) else People.of(office_if_any(context))


def changed(context: Context, work: Callable[[UnitOfWork, Doing], Awaitable[T]]) -> T:
    """Has one change of people written, as the system's user; a refusal is a sentence."""
    doing = Doing(by=f"cli:{context.user()}", at=context.now())

    async def judged(uow: UnitOfWork) -> T:
        return await work(uow, doing)

    async def written() -> T:
        async with writing(context) as writer:
            return await submit(writer, judged)

    with _told(context):
        return run(context, written())


def asked_hash(context: Context, login: str) -> str:
    """The hash of a password that was asked for twice, or of a line of the input."""
    language = context.language
    if sys.stdin.isatty():
        text = say(language, "ask-password")
        again = say(language, "ask-password-again")
        secret = click.prompt(text, hide_input=True)
        repeated = click.prompt(again, hide_input=True)
    else:
        secret = repeated = sys.stdin.readline().rstrip("\r\n")
    with _told(context):
        judge(secret, login=login, again=repeated)
    return asyncio.run(_hashed(secret))


async def _hashed(secret: str) -> str:
    passwords = Passwords()
    try:
        return await passwords.hash(secret)
    finally:
        passwords.close()


class _told:  # noqa: N801 - reads as a word
    """Turns a refusal into a command's trouble, in the reader's language."""

    def __init__(self, context: Context) -> None:
        self._language = context.language

    def __enter__(self) -> None:
        """Nothing to begin."""

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        """Tell the refusal, if there is one."""
        if isinstance(error, AccountRefused):
            sentence = error.sentence(self._language)
            raise Trouble(Exit.REFUSED, "person-refused", sentence=sentence) from None
