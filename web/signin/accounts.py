"""What administrators, and people themselves, change about people.

Each function is one piece of work of the writer: it judges and writes in one transaction, and
leaves a row of `audit`. Rules: one administrator always stays; a manager of the office belongs to
one person; whoever may no longer sign in has no session, invitation or token left; what cannot be
done raises `AccountRefused` and changes nothing.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Collection
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any

from storage.audit import AuditRow
from storage.people import StoredPerson, folded
from storage.sessions import ApiToken, Invitation, Session, digest_of
from storage.unit_of_work import UnitOfWork
from web.access.roles import Permission, Role
from web.signin.errors import AccountRefused, Why

INVITATION_HOURS = 72
LONGEST_NAME = 120
LONGEST_DAYS = 3650
CARD_OPENS = ("ring", "answer", "never")
THEMES = ("", "light", "dark")
CHOSEN_LANGUAGES = ("", "ru", "en")
_LOGIN = re.compile(r"[\w.@-]{2,64}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Doing:
    """Who does something, when, from where. `by` is a login, or "cli:" and a user's name."""

    by: str
    at: datetime
    address: str = ""

    def row(self, act: str, person_id: int, **about: Any) -> AuditRow:
        """The row of `audit` for a deed about a person."""
        return AuditRow(
            at=self.at,
            by=self.by,
            act=act,
            subject=f"person:{person_id}",
            about=about,
            address=self.address,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What an administrator says of a person; None leaves it as it is."""

    name: str | None = None
    role: str | None = None
    administrator: bool | None = None
    manager: str | None = None
    assists: str | None = None

    def told(self) -> dict[str, Any]:
        """What was said, by column."""
        values = ((f.name, getattr(self, f.name)) for f in fields(self))
        return {name: value for name, value in values if value is not None}


def new_secret() -> str:
    """256 random bits, fit for an address and a cookie."""
    return secrets.token_urlsafe(32)


async def add(
    uow: UnitOfWork, doing: Doing, login: str, about: About, *, managers: Collection[str]
) -> StoredPerson:
    """Adds a person, who can do nothing before he has a password. `managers`: the office's."""
    login = folded(login)
    if not _LOGIN.fullmatch(login):
        raise AccountRefused(Why.LOGIN_UNREADABLE)
    told: dict[str, Any] = {"name": "", "role": Role.MANAGER} | about.told()
    _judge(told)
    await _judge_keys(uow, told, managers, but="")
    person = await uow.people.add(login=login, at=doing.at, **told)
    if person is None:
        raise AccountRefused(Why.LOGIN_TAKEN, login=login)
    await uow.audit.add(doing.row("person-added", person.id, login=login, **told))
    return person


async def change(
    uow: UnitOfWork, doing: Doing, login: str, about: About, *, managers: Collection[str]
) -> StoredPerson:
    """Changes what an administrator says of a person; in force with the next request."""
    person = await known(uow, login)
    told = {k: v for k, v in about.told().items() if v != getattr(person, k)}
    _judge(told)
    await _judge_keys(uow, told, managers, but=person.login)
    if told.get("administrator") is False:
        await _keep_one_administrator(uow, person)
    if told:
        await uow.people.change(person.id, **told)
        await uow.audit.add(doing.row("person-changed", person.id, **told))
    return await known(uow, login)


async def disable(uow: UnitOfWork, doing: Doing, login: str) -> StoredPerson:
    """Lets a person in no more: every session, invitation and token of his is over at once."""
    person = await known(uow, login)
    if person.disabled_at is None:
        await _keep_one_administrator(uow, person)
        await uow.people.change(person.id, disabled_at=doing.at)
        await uow.invitations.withdraw(person.id)
        tokens = await uow.tokens.revoke_all(person.id, doing.at)
        sessions = await uow.sessions.close_all(person.id)
        told = {"sessions": sessions, "tokens": tokens}
        await uow.audit.add(doing.row("person-disabled", person.id, **told))
    return await known(uow, login)


async def enable(uow: UnitOfWork, doing: Doing, login: str) -> StoredPerson:
    """Lets a person in again, with the password that he had."""
    person = await known(uow, login)
    if person.disabled_at is not None:
        await _keep_managers_apart(uow, person.manager, but=person.login)
        await uow.people.change(person.id, disabled_at=None)
        await uow.audit.add(doing.row("person-enabled", person.id))
    return await known(uow, login)


async def invite(
    uow: UnitOfWork, doing: Doing, login: str, secret: str, *, hours: int = INVITATION_HOURS
) -> Invitation:
    """Makes the one link by which a person sets his password; an older link is over."""
    person = await known(uow, login)
    if person.disabled_at is not None:
        raise AccountRefused(Why.DISABLED, who=person.name)
    made = Invitation(
        digest=digest_of(secret),
        person_id=person.id,
        by=doing.by,
        made_at=doing.at,
        expires_at=doing.at + timedelta(hours=hours),
    )
    await uow.invitations.make(made)
    await uow.audit.add(doing.row("invited", person.id, hours=hours))
    return made


async def accept(
    uow: UnitOfWork, doing: Doing, secret: str, password_hash: str, session: Session | None
) -> StoredPerson:
    """Uses an invitation: the password is set, every older session ends, a new one begins."""
    invitation = await uow.invitations.use(digest_of(secret), doing.at)
    person = await uow.people.get(invitation.person_id) if invitation else None
    if person is None or person.disabled_at is not None:
        raise AccountRefused(Why.INVITATION_OVER)
    await uow.people.set_password(person.id, password_hash)
    await uow.sessions.close_all(person.id)
    if session is not None:
        await uow.sessions.open(session)
    doing = Doing(by=person.login, at=doing.at, address=doing.address)
    await uow.audit.add(doing.row("invitation-used", person.id))
    return person


async def set_password(
    uow: UnitOfWork, doing: Doing, login: str, password_hash: str, *, keep: str = ""
) -> StoredPerson:
    """Sets a password; every session but the one with the digest `keep` ends."""
    person = await known(uow, login)
    await uow.people.set_password(person.id, password_hash)
    await uow.invitations.withdraw(person.id)
    ended = await uow.sessions.close_all(person.id, but=keep)
    await uow.audit.add(doing.row("password-set", person.id, sessions=ended))
    return await known(uow, login)


async def sign_out_everywhere(
    uow: UnitOfWork, doing: Doing, login: str, *, but: str = ""
) -> tuple[StoredPerson, int]:
    """Ends a person's sessions, but the one with the digest `but`; returns how many."""
    person = await known(uow, login)
    ended = await uow.sessions.close_all(person.id, but=but)
    await uow.audit.add(doing.row("signed-out-everywhere", person.id, sessions=ended))
    return person, ended


async def choose(uow: UnitOfWork, login: str, **choices: str) -> StoredPerson:
    """Keeps how a person likes his pages: `language`, `theme`, `card_opens`."""
    allowed = {"language": CHOSEN_LANGUAGES, "theme": THEMES, "card_opens": CARD_OPENS}
    for name, value in choices.items():
        if value not in allowed[name]:
            raise AccountRefused(Why.CHOICE_UNKNOWN, value=value)
    person = await known(uow, login)
    await uow.people.change(person.id, **choices)
    return await known(uow, login)


async def make_token(  # noqa: PLR0913 - what a token consists of, all by keyword
    uow: UnitOfWork,
    doing: Doing,
    login: str,
    *,
    secret: str,
    name: str,
    scopes: Collection[str],
    days: int | None,
) -> ApiToken:
    """Makes a token that acts for a person within `scopes`, for ever with `days` None."""
    person = await known(uow, login)
    if person.disabled_at is not None:
        raise AccountRefused(Why.DISABLED, who=person.name)
    for scope in scopes:
        if scope not in {*Permission}:
            raise AccountRefused(Why.SCOPE_UNKNOWN, scope=scope)
    if not scopes:
        raise AccountRefused(Why.SCOPE_UNKNOWN, scope="—")
    if not 1 <= len(name.strip()) <= LONGEST_NAME:
        raise AccountRefused(Why.NAME_EMPTY)
    if days is not None and not 1 <= days <= LONGEST_DAYS:
        raise AccountRefused(Why.DAYS_WRONG, most=LONGEST_DAYS)
    made = ApiToken(
        digest=digest_of(secret),
        name=name.strip(),
        person_id=person.id,
        scopes=tuple(sorted(scopes)),
        made_at=doing.at,
        expires_at=doing.at + timedelta(days=days) if days is not None else None,
    )
    await uow.tokens.make(made)
    told = {"name": made.name, "scopes": list(made.scopes), "token": made.digest[:8]}
    await uow.audit.add(doing.row("token-made", person.id, **told))
    return made


async def revoke_token(uow: UnitOfWork, doing: Doing, begins: str) -> None:
    """Revokes the token that a list shows under the first eight signs of its digest."""
    if len(begins) < 8 or not await uow.tokens.revoke(begins, doing.at):
        raise AccountRefused(Why.NO_SUCH_TOKEN, who=begins)
    row = AuditRow(
        at=doing.at,
        by=doing.by,
        act="token-revoked",
        subject=f"token:{begins[:8]}",
        address=doing.address,
    )
    await uow.audit.add(row)


async def known(uow: UnitOfWork, login: str) -> StoredPerson:
    """The person with a login; raises `AccountRefused` where there is none."""
    person = await uow.people.by_login(login)
    if person is None:
        raise AccountRefused(Why.NO_SUCH_PERSON, who=login)
    return person


def _judge(told: dict[str, Any]) -> None:
    if "name" in told:
        told["name"] = " ".join(told["name"].split())
        if not 1 <= len(told["name"]) <= LONGEST_NAME:
            raise AccountRefused(Why.NAME_EMPTY)
    if "role" in told:
        if told["role"] not in {*Role}:
            raise AccountRefused(Why.ROLE_UNKNOWN, role=told["role"])
        told["role"] = str(told["role"])


async def _judge_keys(
    uow: UnitOfWork, told: dict[str, Any], managers: Collection[str], *, but: str
) -> None:
    for name in ("manager", "assists"):
        if told.get(name) and told[name] not in managers:
            raise AccountRefused(Why.MANAGER_UNKNOWN, manager=told[name])
    await _keep_managers_apart(uow, told.get("manager", ""), but=but)


async def _keep_managers_apart(uow: UnitOfWork, manager: str, *, but: str) -> None:
    for other in await uow.people.all() if manager else ():
        if other.manager == manager and other.login != but and other.disabled_at is None:
            raise AccountRefused(Why.MANAGER_TAKEN, manager=manager, login=other.login)


async def _keep_one_administrator(uow: UnitOfWork, person: StoredPerson) -> None:
    active = person.administrator and person.disabled_at is None
    if active and await uow.people.administrators() <= 1:
        raise AccountRefused(Why.LAST_ADMINISTRATOR)
