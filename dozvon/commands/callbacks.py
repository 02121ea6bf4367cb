"""`dozvon callbacks`: whom the company owes a talk, and what is done about it."""

from __future__ import annotations

from dataclasses import dataclass

import click

from dozvon.commands.facts.moments import shown
from dozvon.commands.facts.offices import people
from dozvon.commands.facts.people import People
from dozvon.commands.facts.shapes import callback_json, item_json
from dozvon.commands.facts.stored import reading, run, write
from dozvon.commands.terminal.exits import Exit, Trouble
from dozvon.commands.terminal.output import print_json, print_line, print_table
from dozvon.commands.terminal.speaking import SpeakingGroup, as_json, option
from dozvon.commands.terminal.texts import say
from dozvon.context import Context
from router.callbacks import ActKind, CallbackItem
from storage.reading import open_callbacks
from storage.records import OpenCallback
from storage.unit_of_work import UnitOfWork

_COLUMNS = ("missed-at", "times", "client", "number", "line", "owner", "taken", "id")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Act:
    """What somebody does to an item, as it was written."""

    kind: ActKind
    item: str
    by: str
    note: str


@click.group(cls=SpeakingGroup, help="command-callbacks", invoke_without_command=True)
@as_json()
@click.pass_context
def callbacks(ctx: click.Context, *, as_json: bool) -> None:
    """Lists open items; an empty list is good news and no finding."""
    context = ctx.ensure_object(Context)
    if ctx.invoked_subcommand:
        return
    found, known = run(context, _list(context))
    if as_json:
        print_json({"callbacks": [callback_json(item) for item in found]})
    elif found:
        head = [say(context.language, f"head-{column}") for column in _COLUMNS]
        print_table(context, head, [_row(context.language, item, known) for item in found])
    else:
        print_line(context, say(context.language, "callbacks-none"))


async def _list(context: Context) -> tuple[tuple[OpenCallback, ...], People]:
    async with reading(context) as database:
        return await open_callbacks(database), await people(context, database)


def _row(language: str, found: OpenCallback, known: People) -> list[str]:
    item = found.item
    number = found.number_e164 or found.caller
    return [
        shown(item.last_missed_at, known.zone(found.department), language, seconds=False),
        str(len(item.missed)),
        found.client_name,
        known.number(number) or say(language, "nobody-known"),
        known.line_name(found.line),
        known.manager_name(found.owner),
        known.manager_name(item.taken_by),
        item.id,
    ]


@callbacks.command("take", help="command-callbacks-take")
@click.argument("item")
@option("--by", required=True, help="help-by")
@option("--note", default="", help="help-note")
@as_json()
@click.pass_obj
def take(context: Context, *, item: str, by: str, note: str, as_json: bool) -> None:
    """Takes an item."""
    _do(context, _Act(kind=ActKind.TAKEN, item=item, by=by, note=note), as_json=as_json)


@callbacks.command("give-back", help="command-callbacks-give-back")
@click.argument("item")
@option("--by", required=True, help="help-by")
@option("--note", default="", help="help-note")
@as_json()
@click.pass_obj
def give_back(context: Context, *, item: str, by: str, note: str, as_json: bool) -> None:
    """Gives an item back."""
    _do(context, _Act(kind=ActKind.GIVEN_BACK, item=item, by=by, note=note), as_json=as_json)


@callbacks.command("not-needed", help="command-callbacks-not-needed")
@click.argument("item")
@option("--by", required=True, help="help-by")
@option("--note", default="", help="help-note")
@as_json()
@click.pass_obj
def not_needed(context: Context, *, item: str, by: str, note: str, as_json: bool) -> None:
    """Closes an item."""
    _do(context, _Act(kind=ActKind.NOT_NEEDED, item=item, by=by, note=note), as_json=as_json)


def _do(context: Context, act: _Act, *, as_json: bool) -> None:
    item, known = run(context, _write(context, act))
    if as_json:
        print_json(item_json(item))
        return
    names = {"item": item.id, "who": known.find(act.by).name}
    print_line(context, say(context.language, f"callback-{act.kind}", **names))


async def _write(context: Context, act: _Act) -> tuple[CallbackItem, People]:
    async with reading(context) as database:
        known = await people(context, database)
        manager = known.find(act.by).key
        item = _meant(act.item, [found.item.id for found in await open_callbacks(database)])

    async def work(uow: UnitOfWork) -> CallbackItem:
        return await uow.callbacks.act(item, act.kind, by=manager, at=context.now(), note=act.note)

    return await write(context, work), known


def _meant(text: str, known: list[str]) -> str:
    """The id of the open item that a whole id, its beginning or its ending names."""
    found = [name for name in known if text and (name.startswith(text) or name.endswith(text))]
    if text in known or not found:
        return text
    if len(found) > 1:
        raise Trouble(Exit.FOUND, "several-callbacks", item=text, known=", ".join(found[:5]))
    return found[0]
