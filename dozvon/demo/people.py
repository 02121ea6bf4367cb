"""Who signs in to the demonstration's workspace: one person of each role, with a new password.

Rules: passwords are made anew for each demonstration and shown once, on the terminal; they can be
read aloud and typed from a screen.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from config.settings import Settings
from router.office import Office
from storage.database import open_database
from storage.migrate import migrate
from storage.unit_of_work import UnitOfWork
from storage.writer import Writer
from switchboard.board import utc_now
from web.access.roles import Role
from web.signin import accounts
from web.signin.passwords import Passwords

_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
"""Those that no font makes look alike."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoPerson:
    """A person who may sign in; `manager` and `assists` are keys of the office."""

    login: str
    name: str
    role: Role
    password: str
    administrator: bool = False
    manager: str = ""
    assists: str = ""


def demo_people(office: Office) -> tuple[DemoPerson, ...]:
    """One of each role: two managers, their head, an assistant, the director, an administrator."""

    def staff(key: str, role: Role) -> DemoPerson:
        name = office.managers[key].name
        return DemoPerson(login=key, name=name, role=role, password=_password(), manager=key)

    return (
        DemoPerson(
            login="director", name="Ирина Власова", role=Role.DIRECTOR, password=_password()
        ),
        staff("sokolova", Role.CURATOR),
        staff("ivanova", Role.MANAGER),
        staff("petrov", Role.MANAGER),
        DemoPerson(
            login="assistant",
            name="Юлия Белова",
            role=Role.ASSISTANT,
            password=_password(),
            assists="ivanova",
        ),
        DemoPerson(
            login="admin",
            name="Олег Титов",
            role=Role.DIRECTOR,
            password=_password(),
            administrator=True,
        ),
    )


async def add_people(settings: Settings, office: Office, people: Sequence[DemoPerson]) -> None:
    """Give them their sign-ins."""
    await migrate(settings.database)
    hashes = await _hashed(person.password for person in people)

    async def work(uow: UnitOfWork) -> None:
        doing = accounts.Doing(by="demo", at=utc_now())
        for person, kept in zip(people, hashes, strict=True):
            about = accounts.About(
                name=person.name,
                role=person.role,
                administrator=person.administrator,
                manager=person.manager,
                assists=person.assists,
            )
            await accounts.add(uow, doing, person.login, about, managers=office.managers)
            await accounts.set_password(uow, doing, person.login, kept)

    async with open_database(settings.database) as database, Writer(database).running() as writer:
        await writer.submit(work)


async def _hashed(words: Iterable[str]) -> list[str]:
    passwords = Passwords()
    try:
        return [await passwords.hash(word) for word in words]
    finally:
        passwords.close()


def _password() -> str:
    """Some 59 random bits."""
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(3))
