"""What `dozvon people` shows: who signs in, a link of invitation, what was done."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from dozvon.commands.facts.moments import shown
from dozvon.commands.facts.offices import people as office_people
from dozvon.commands.facts.people import People
from dozvon.commands.facts.stored import reading, run
from dozvon.commands.terminal.output import Colour, print_json, print_line, print_table
from dozvon.commands.terminal.texts import say, word
from dozvon.context import Context
from storage.people import StoredPerson, read_people
from storage.sessions import Invitation

_COLUMNS = ("login", "person-name", "role", "manager", "state")


def list_people(context: Context, *, as_json: bool) -> None:
    """Prints who signs in."""
    found, known = run(context, _people(context))
    if as_json:
        print_json({"people": [person_json(person) for person in found]})
    elif found:
        head = [say(context.language, f"head-{column}") for column in _COLUMNS]
        print_table(context, head, [_row(context, person, known) for person in found])
    else:
        print_line(context, say(context.language, "people-none"))


def show_invitation(  # noqa: PLR0913 - who is invited, by what, and how it is shown
    context: Context,
    person: StoredPerson,
    invitation: Invitation | None,
    secret: str,
    known: People,
    *,
    as_json: bool,
) -> None:
    """Prints the link by which a person sets his password; without one only the person."""
    http = context.settings().http
    link = f"{http.address}/invitation/{secret}" if invitation else None
    if as_json:
        until = invitation.expires_at if invitation else None
        print_json({**person_json(person), "link": link, "link_until": until})
        return
    if invitation is None or link is None:
        return
    until_text = shown(invitation.expires_at, known.zone(), context.language, seconds=False)
    print_line(context, say(context.language, "person-invited", until=until_text))
    print_line(context, link)
    if not http.port:
        print_line(context, say(context.language, "person-no-http"), Colour.CAUTION)


def tell_person(
    context: Context, sentence: str, person: StoredPerson, *, as_json: bool, **about: object
) -> None:
    """Prints what was done with a person."""
    if as_json:
        print_json({**person_json(person), **about})
    else:
        told = say(context.language, sentence, name=person.name, **about)
        print_line(context, told, Colour.GOOD)


def person_json(person: StoredPerson) -> dict[str, Any]:
    """A person as JSON has him."""
    return {
        "login": person.login,
        "name": person.name,
        "role": person.role,
        "administrator": person.administrator,
        "manager": person.manager,
        "assists": person.assists,
        "state": _state(person.disabled_at, has_password=person.has_password),
        "created_at": person.created_at,
    }


async def _people(context: Context) -> tuple[tuple[StoredPerson, ...], People]:
    async with reading(context) as database:
        return await read_people(database), await office_people(context, database)


def _row(context: Context, person: StoredPerson, known: People) -> list[str]:
    language = context.language
    role = word(language, "role", person.role)
    if person.administrator:
        role += ", " + word(language, "role", "administrator")
    state = _state(person.disabled_at, has_password=person.has_password)
    whose = person.manager or person.assists
    manager = known.manager_name(whose)
    return [person.login, person.name, role, manager, word(language, "person-state", state)]


def _state(disabled_at: datetime | None, *, has_password: bool) -> str:
    if disabled_at is not None:
        return "disabled"
    return "active" if has_password else "invited"
