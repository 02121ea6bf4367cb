"""`dozvon callbacks`: whom the company owes a talk, and what is done about it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial

import click

from dozvon.commands.callbacks_views import print_list, print_morning, print_report
from dozvon.commands.facts.moments import read_moment, shown
from dozvon.commands.facts.offices import office_if_any, people
from dozvon.commands.facts.people import People
from dozvon.commands.facts.shapes import item_json
from dozvon.commands.facts.stored import reading, run, write
from dozvon.commands.terminal.exits import Exit, Trouble
from dozvon.commands.terminal.output import print_json, print_line
from dozvon.commands.terminal.speaking import SpeakingGroup, as_json, option
from dozvon.commands.terminal.texts import say
from dozvon.context import Context
from router.callbacks import ActKind, CallbackItem
from storage import callback_acts
from storage.reading import open_callbacks
from storage.unit_of_work import UnitOfWork

Doing = Callable[..., Awaitable[CallbackItem]]


@click.group(cls=SpeakingGroup, help="command-callbacks", invoke_without_command=True)
@option("--morning", is_flag=True, help="help-morning")
@option("--mine", default="", help="help-mine")
@as_json()
@click.pass_context
def callbacks(ctx: click.Context, *, morning: bool, mine: str, as_json: bool) -> None:
    """Lists open items; an empty list is good news and no finding."""
    context = ctx.ensure_object(Context)
    if ctx.invoked_subcommand:
        return
    if morning:
        print_morning(context, mine, as_json=as_json)
    else:
        print_list(context, mine, as_json=as_json)


@callbacks.command("take", help="command-callbacks-take")
@click.argument("item")
@option("--by", required=True, help="help-by")
@option("--note", default="", help="help-note")
@as_json()
@click.pass_obj
def take(context: Context, *, item: str, by: str, note: str, as_json: bool) -> None:
    """Takes an item for the time that the settings say."""
    lease = context.settings().callbacks.lease_minutes * 60
    doing = partial(callback_acts.take, note=note, lease_seconds=lease)
    _do(context, ActKind.TAKEN, doing, item=item, by=by, as_json=as_json)


@callbacks.command("give-back", help="command-callbacks-give-back")
@click.argument("item")
@option("--by", required=True, help="help-by")
@option("--note", default="", help="help-note")
@as_json()
@click.pass_obj
def give_back(context: Context, *, item: str, by: str, note: str, as_json: bool) -> None:
    """Gives an item back."""
    doing = partial(callback_acts.give_back, note=note)
    _do(context, ActKind.GIVEN_BACK, doing, item=item, by=by, as_json=as_json)


@callbacks.command("note", help="command-callbacks-note")
@click.argument("item")
@option("--by", required=True, help="help-by")
@option("--note", default="", help="help-note")
@option("--at", default="", help="help-promised")
@as_json()
@click.pass_obj
def note(context: Context, *, item: str, by: str, note: str, at: str, as_json: bool) -> None:  # noqa: PLR0913 - click's way
    """Notes something, or a promise."""
    if not note and not at:
        raise Trouble(Exit.WRONG, "callback-note-empty")
    zone = People.of(office_if_any(context)).zone()
    promised = read_moment(at, zone, context.now()) if at else None
    doing = partial(callback_acts.add_note, note=note, promised_at=promised)
    _do(context, ActKind.NOTED, doing, item=item, by=by, as_json=as_json)


@callbacks.command("voicemail", help="command-callbacks-voicemail")
@click.argument("item")
@option("--by", required=True, help="help-by")
@as_json()
@click.pass_obj
def voicemail(context: Context, *, item: str, by: str, as_json: bool) -> None:
    """Says that nobody was reached but a machine."""
    doing = callback_acts.voicemail
    _do(context, ActKind.VOICEMAIL, doing, item=item, by=by, as_json=as_json)


@callbacks.command("not-needed", help="command-callbacks-not-needed")
@click.argument("item")
@option("--by", required=True, help="help-by")
@option("--reason", "--note", "reason", required=True, help="help-reason")
@as_json()
@click.pass_obj
def not_needed(context: Context, *, item: str, by: str, reason: str, as_json: bool) -> None:
    """Closes an item."""
    doing = partial(callback_acts.not_needed, reason=reason)
    _do(context, ActKind.NOT_NEEDED, doing, item=item, by=by, as_json=as_json)


@callbacks.command("report", help="command-callbacks-report")
@option("--day", default="today", help="help-report-day")
@as_json()
@click.pass_obj
def report(context: Context, *, day: str, as_json: bool) -> None:
    """Counts a day."""
    print_report(context, day, as_json=as_json)


def _do(  # noqa: PLR0913 - what every act needs, all by keyword
    context: Context, kind: ActKind, doing: Doing, *, item: str, by: str, as_json: bool
) -> None:
    done, known = run(context, _write(context, doing, item, by))
    if as_json:
        print_json(item_json(done))
        return
    until = shown(done.taken_until, known.zone(), context.language, seconds=False)
    names = {"item": done.id, "who": known.find(by).name, "until": until}
    print_line(context, say(context.language, f"callback-{kind}", **names))


async def _write(context: Context, doing: Doing, item: str, by: str) -> tuple[CallbackItem, People]:
    async with reading(context) as database:
        known = await people(context, database)
        manager = known.find(by).key
        meant = _meant(item, [found.item.id for found in await open_callbacks(database)])

    async def work(uow: UnitOfWork) -> CallbackItem:
        return await doing(uow, meant, by=manager, at=context.now())

    return await write(context, work), known


def _meant(text: str, known: list[str]) -> str:
    """The id of the open item that a whole id, its beginning or its ending names."""
    found = [name for name in known if text and (name.startswith(text) or name.endswith(text))]
    if text in known or not found:
        return text
    if len(found) > 1:
        raise Trouble(Exit.FOUND, "several-callbacks", item=text, known=", ".join(found[:5]))
    return found[0]
