"""`dozvon call`: click-to-call from a terminal. First the manager's own phone rings."""

from __future__ import annotations

import click

from dozvon.commands.facts.offices import people
from dozvon.commands.facts.people import People
from dozvon.commands.facts.service import Errand, ask_as
from dozvon.commands.facts.stored import reading, run
from dozvon.commands.terminal.exits import Exit, Trouble
from dozvon.commands.terminal.output import print_json, print_line
from dozvon.commands.terminal.speaking import SpeakingCommand, as_json, option
from dozvon.commands.terminal.texts import say
from dozvon.context import Context
from router.office import Manager
from storage.people import StoredPerson, folded, read_people
from web.access.roles import Permission
from web.api.commands import LONGEST_WAIT_SECONDS


@click.command("call", cls=SpeakingCommand, help="command-call")
@click.argument("number")
@option("--as", "manager", default="", help="help-call-as", metavar="MANAGER")
@as_json()
@click.pass_obj
def call(context: Context, *, number: str, manager: str, as_json: bool) -> None:
    """Places a call and says how it ended; it goes on when the command is interrupted."""
    known, found = run(context, _people(context))
    person, whom = _caller(context, known, found, manager)
    if not as_json:
        about = {"who": whom.name, "extension": whom.extension, "number": known.number(number)}
        print_line(context, say(context.language, "call-begins", **about))
    errand = Errand(
        path="/calls",
        body={"number": number, "wait_seconds": LONGEST_WAIT_SECONDS},
        scope=Permission.PLACE,
        act="call-by-command",
        about={"number": number[:40]},
    )
    told = run(context, ask_as(context, person.login, errand))
    if as_json:
        print_json({"manager": whom.key, **told})
    else:
        print_line(context, told["sentence"])
        if not told["done"]:
            print_line(context, say(context.language, "call-goes-on"))


async def _people(context: Context) -> tuple[People, tuple[StoredPerson, ...]]:
    async with reading(context) as database:
        active = (p for p in await read_people(database) if p.disabled_at is None)
        return await people(context, database), tuple(active)


def _caller(
    context: Context, known: People, found: tuple[StoredPerson, ...], text: str
) -> tuple[StoredPerson, Manager]:
    """Who calls: the manager that was named, else whoever sits here; raises `Trouble`."""
    if text:
        manager = known.find(text)
        person = next((p for p in found if p.manager == manager.key), None)
        if person is None:
            about = {"who": manager.name, "manager": manager.key}
            raise Trouble(Exit.REFUSED, "call-no-sign-in", **about)
        return person, manager
    mine = next((p for p in found if p.login == folded(context.user()) and p.manager), None)
    if mine is None:
        raise Trouble(Exit.WRONG, "call-as-whom", user=context.user())
    return mine, known.find(mine.manager)
