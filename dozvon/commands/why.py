"""`dozvon why`: the story of a recorded call, from the decision to what was really done."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import click
from sqlalchemy import or_, select

from dozvon.commands.facts.moments import shown
from dozvon.commands.facts.offices import people
from dozvon.commands.facts.people import People
from dozvon.commands.facts.shapes import story_json
from dozvon.commands.facts.stored import reading, run
from dozvon.commands.terminal.exits import Exit, Trouble
from dozvon.commands.terminal.output import Colour, clean, print_json, print_line
from dozvon.commands.terminal.plans import print_plan, print_reasons
from dozvon.commands.terminal.speaking import SpeakingCommand, as_json
from dozvon.commands.terminal.stories import colour_of, ending, leg_lines, title, transfer_lines
from dozvon.commands.terminal.texts import TEXTS, say, word
from dozvon.context import Context
from router.calls import Direction
from storage import schema
from storage.database import Database
from storage.reading import CallFilter, list_calls, read_call
from storage.records import CallStory, Way
from switchboard.troubles import disagreement

LAST = "last"
_SHOWN_AT_MOST = 5


@click.command(cls=SpeakingCommand, help="command-why")
@click.argument("call")
@as_json()
@click.pass_obj
def why(context: Context, *, call: str, as_json: bool) -> None:
    """Tells one call."""
    story, known = run(context, _read(context, call))
    if as_json:
        print_json(story_json(story, context.language))
    else:
        _print(context, story, known)


async def _read(context: Context, call: str) -> tuple[CallStory, People]:
    async with reading(context) as database:
        story = await read_call(database, await _id_of(database, call))
        known = await people(context, database)
    if story is None:
        raise Trouble(Exit.FOUND, "unknown-call", call=call)
    return story, known


async def _id_of(database: Database, text: str) -> str:
    """The id that was meant: the whole one, `last`, or a beginning or ending that only it has."""
    if text == LAST:
        newest = await list_calls(database, CallFilter(), limit=1)
        if not newest:
            raise Trouble(Exit.FOUND, "no-calls")
        return newest[0].call.id
    column = schema.calls.c.id
    alike = or_(column.startswith(text, autoescape=True), column.endswith(text, autoescape=True))
    query = select(column).where(or_(column == text, alike)).limit(_SHOWN_AT_MOST + 1)
    async with database.reading() as connection:
        whole = (await connection.execute(select(column).where(column == text))).scalar()
        found = [str(row.id) for row in await connection.execute(query)] if text else []
    if whole or not found:
        return text
    if len(found) > 1:
        names = ", ".join(found[:_SHOWN_AT_MOST]) + ("…" if len(found) > _SHOWN_AT_MOST else "")
        raise Trouble(Exit.FOUND, "several-calls", call=text, known=names)
    return found[0]


def _print(context: Context, story: CallStory, known: People) -> None:
    language, stored = context.language, story.stored
    zone = known.zone(stored.department)
    print_line(context, title(language, stored.call, known, zone))
    about = f"{stored.call.id}, {stored.call.pbx}, {zone.key}"
    print_line(context, clean(about), Colour.QUIET)
    _print_client(context, story, known)
    _print_decision(context, story, known)
    _print_done(context, story, known)
    print_line(context)
    print_line(context, ending(language, stored.call, known), colour_of(stored.call))
    for line in _after(language, story):
        print_line(context, line)


def _print_client(context: Context, story: CallStory, known: People) -> None:
    language, stored = context.language, story.stored
    if stored.client:
        name = stored.client_name or stored.client
        print_line(context, say(language, "why-client", client=name, key=stored.client))
    if stored.application:
        print_line(context, say(language, "why-application", application=stored.application))
    if stored.owner:
        owner = known.manager_name(stored.owner)
        print_line(context, say(language, "why-owner", owner=owner))


def _print_decision(context: Context, story: CallStory, known: People) -> None:
    language, made = context.language, story.made
    if made is None:
        if story.stored.call.direction is Direction.INBOUND:
            print_line(context)
            print_line(context, say(language, "why-no-decision"))
        return
    at = shown(made.made_at, known.zone(story.stored.department), language)
    print_line(context)
    print_reasons(context, made.decision)
    print_line(context)
    version = made.decision.office_version
    print_line(context, say(language, "why-offer", at=at, version=version), Colour.QUIET)
    print_plan(context, made.decision, known)


def _print_done(context: Context, story: CallStory, known: People) -> None:
    language, stored = context.language, story.stored
    print_line(context)
    print_line(context, say(language, "why-done"), Colour.QUIET)
    if stored.way is Way.FAIL_OPEN:
        about = {"cause": _service_was(language, story)}
        print_line(context, f"  {say(language, 'why-fail-open', **about)}", Colour.CAUTION)
    lines = _trail(language, story, known) or leg_lines(language, stored.call, known)
    for line in lines + transfer_lines(language, stored.call, known):
        print_line(context, f"  {line}")
    if not lines:
        print_line(context, f"  {say(language, 'why-nothing-rang')}")


def _service_was(language: str, story: CallStory) -> str:
    """What the dialplan noted of the service, in words."""
    services = [str(entry.reported.get("service") or "") for entry in story.trail]
    return word(language, "service", next((name for name in services if name), "")) or "—"


def _trail(language: str, story: CallStory, known: People) -> list[str]:
    """What the PBX's own journal says was done, step by step."""
    pbx = story.stored.call.pbx
    items = [item for entry in story.trail for item in entry.reported.get("trail", ())]
    lines = [_item(language, item, known, pbx) for item in items]
    return lines or [clean(entry.raw) for entry in story.trail if not entry.reported]


def _item(language: str, item: Mapping[str, Any], known: People, pbx: str) -> str:
    whom = (str(target) for target in item.get("who", ()) if target)
    who = ", ".join(_target(target, known, pbx) for target in whom)
    what = str(item.get("what", ""))
    about = {
        "step": item.get("step", ""),
        "who": who,
        "seconds": item.get("seconds") or 0,
        "result": word(language, "result", item.get("result")),
        "what": word(language, "skipped", what),
    }
    known_what = f"trail-{what}" if f"trail-{what}" in TEXTS else "trail-skipped"
    return say(language, known_what, **about)


def _target(target: str, known: People, pbx: str) -> str:
    """`ivanova/101` as people know it."""
    key, slash, number = target.partition("/")
    name = known.manager_name(key)
    return f"{name} ({known.number(number)})" if slash else known.who(target, pbx)


def _after(language: str, story: CallStory) -> list[str]:
    stored = story.stored
    lines = []
    if stored.call.recovered:
        lines.append(say(language, "why-recovered"))
    if stored.disagreement:
        how = disagreement(stored.disagreement, language)
        lines.append(say(language, "why-disagreement", how=how))
    if story.callback_id:
        lines.append(say(language, "why-callback", item=story.callback_id))
    return lines
