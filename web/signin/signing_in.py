"""Signing in with a password or an invitation; what a session is worth and for how long.

Rules: an unknown login, a wrong password and a person who may no longer sign in are answered by the
same sentence after the same work; tries are counted before they are judged; a session ends after
`IDLE` without a request and after `LONGEST` in any case.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from storage.database import Database
from storage.people import People, StoredPerson, folded, read_person
from storage.sessions import Invitation, Invitations, Session, digest_of
from storage.unit_of_work import UnitOfWork
from storage.writer import Writer
from web.signin import accounts
from web.signin.accounts import Doing
from web.signin.errors import AccountRefused, Why
from web.signin.limit import TryLimit
from web.signin.passwords import Passwords, judge

IDLE = timedelta(days=3)
"""A weekend: who signed in on Friday finds his desk on Monday."""
LONGEST = timedelta(days=30)
NOTED_EVERY = timedelta(minutes=2)
LONGEST_AGENT = 200

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Browser:
    """From where somebody comes."""

    address: str
    agent: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """A person who has signed in, and the secret for his cookie."""

    person: StoredPerson
    secret: str


class SignIn:
    """The use cases; one for the whole service."""

    def __init__(
        self, *, database: Database, writer: Writer, passwords: Passwords, limit: TryLimit
    ) -> None:
        self.passwords = passwords
        self._database = database
        self._writer = writer
        self._limit = limit

    async def with_password(
        self, login: str, password: str, browser: Browser, now: datetime, *, instead: str = ""
    ) -> Signed:
        """Lets a person in; raises `AccountRefused`.

        `instead`: the digest of the session that this browser had, which ends.
        """
        if wait := self._limit.attempt(login, browser.address):
            raise AccountRefused(Why.TOO_MANY, minutes=math.ceil(wait / 60))
        found = await read_person(self._database, login[:64])
        person, kept = found or (None, "")
        fits = await self.passwords.fits(kept, password)
        if person is None or not fits or person.disabled_at is not None:
            log.info("a sign-in was refused", address=browser.address, known=person is not None)
            raise AccountRefused(Why.WRONG)
        self._limit.succeeded(login, browser.address)
        fresh = await self.passwords.hash(password) if self.passwords.is_old(kept) else ""
        secret = accounts.new_secret()
        session = new_session(secret, person.id, browser, now)

        async def work(uow: UnitOfWork) -> None:
            if await uow.people.password_hash(person.id) != kept:
                raise AccountRefused(Why.WRONG)  # it was changed while we judged the old one
            if fresh:
                await uow.people.set_password(person.id, fresh)
            await uow.sessions.forget(instead)
            await uow.sessions.open(session)
            doing = Doing(by=person.login, at=now, address=browser.address)
            await uow.audit.add(doing.row("sign-in", person.id))

        await self._writer.submit(work)
        return Signed(person=person, secret=secret)

    async def invited(self, secret: str, now: datetime) -> tuple[StoredPerson, Invitation]:
        """Whom a link invites; raises `AccountRefused` where it is over."""
        async with self._database.reading() as connection:
            found = await Invitations(connection).get(digest_of(secret))
            person = await People(connection).get(found.person_id) if found else None
        over = found is None or found.used_at is not None or found.expires_at <= now
        if found is None or over or person is None or person.disabled_at is not None:
            raise AccountRefused(Why.INVITATION_OVER)
        return person, found

    async def with_invitation(
        self, secret: str, password: str, again: str, browser: Browser, now: datetime
    ) -> Signed:
        """Sets the password of whoever was invited and lets him in; raises `AccountRefused`."""
        person, _ = await self.invited(secret, now)
        judge(password, login=person.login, again=again)
        kept = await self.passwords.hash(password)
        session_secret = accounts.new_secret()
        session = new_session(session_secret, person.id, browser, now)
        doing = Doing(by=person.login, at=now, address=browser.address)

        async def work(uow: UnitOfWork) -> StoredPerson:
            return await accounts.accept(uow, doing, secret, kept, session)

        return Signed(person=await self._writer.submit(work), secret=session_secret)

    async def change_password(
        self, doing: Doing, old: str, new: str, again: str, *, keep: str
    ) -> None:
        """Changes one's own password, proved by the old one; every other session ends."""
        if wait := self._limit.attempt(doing.by, doing.address):
            raise AccountRefused(Why.TOO_MANY, minutes=math.ceil(wait / 60))
        found = await read_person(self._database, doing.by)
        if found is None or not await self.passwords.fits(found[1], old):
            raise AccountRefused(Why.PASSWORD_OLD)
        self._limit.succeeded(doing.by, doing.address)
        judge(new, login=doing.by, again=again)
        kept = await self.passwords.hash(new)

        async def work(uow: UnitOfWork) -> None:
            await accounts.set_password(uow, doing, doing.by, kept, keep=keep)

        await self._writer.submit(work)

    async def sign_out(self, person_id: int, login: str, digest: str, doing: Doing) -> None:
        """Ends one session of a person."""

        async def work(uow: UnitOfWork) -> None:
            if await uow.sessions.close(digest, person_id=person_id):
                row = doing.row("sign-out", person_id, login=folded(login))
                await uow.audit.add(row)

        await self._writer.submit(work)


def new_session(secret: str, person_id: int, browser: Browser, now: datetime) -> Session:
    """A session that begins now."""
    return Session(
        digest=digest_of(secret),
        person_id=person_id,
        created_at=now,
        seen_at=now,
        expires_at=now + LONGEST,
        address=browser.address,
        agent="".join(c for c in browser.agent if c.isprintable())[:LONGEST_AGENT],
    )


def is_over(session: Session, now: datetime) -> bool:
    """Whether a session is worth nothing any more."""
    return now >= session.expires_at or now - session.seen_at >= IDLE
