"""What `dozvon callbacks` shows: the list in order, the morning's shares, a day in figures."""

from __future__ import annotations

from collections.abc import Iterable

from config.holiday_calendar import PublicHolidays
from dozvon.commands.facts.moments import read_day, shown, shown_seconds
from dozvon.commands.facts.offices import people
from dozvon.commands.facts.people import People
from dozvon.commands.facts.shapes import callback_json, day_report_json, morning_json
from dozvon.commands.facts.stored import reading, run
from dozvon.commands.terminal.exits import Exit, Trouble
from dozvon.commands.terminal.output import print_json, print_line, print_table
from dozvon.commands.terminal.texts import say
from dozvon.context import Context
from router.callbacks_order import Floor
from router.callbacks_report import DayReport
from router.morning import Morning
from storage.database import Database
from storage.records import OpenCallback
from switchboard.callbacks import day_report, floor_now, listed, morning_list

_COLUMNS = ("missed-at", "times", "client", "number", "line", "owner", "taken", "tries", "marks")
_PEOPLE = ("person", "first-callbacks", "attempts", "reached", "median", "missed-rings")


def print_list(context: Context, mine: str, *, as_json: bool) -> None:
    """Prints what is open in the order to call, or one manager's part of it."""
    found, known = run(context, _list(context, mine))
    if as_json:
        print_json({"callbacks": [callback_json(item) for item in found]})
    elif found:
        _print_items(context, found, known)
    else:
        print_line(context, say(context.language, "callbacks-none"))


def print_morning(context: Context, mine: str, *, as_json: bool) -> None:
    """Prints the morning list, everybody's or one manager's."""
    made, items, known = run(context, _morning(context))
    wanted = known.find(mine).key if mine else ""
    shares = [share for share in made.shares if not wanted or share.manager == wanted]
    if as_json:
        print_json(morning_json(made, shares, items))
        return
    for share in shares:
        names = {"who": known.manager_name(share.manager), "count": len(share.items)}
        print_line(context, say(context.language, "morning-of", **names))
        _print_items(context, [items[item.id] for item in share.items], known)
    if not wanted:
        _print_rest(context, made, items, known)
    if not shares and not made.unassigned and not made.hidden:
        print_line(context, say(context.language, "callbacks-none"))


def print_report(context: Context, day: str, *, as_json: bool) -> None:
    """Prints how the company called back on a day."""
    counted, known = run(context, _report(context, day))
    if as_json:
        print_json(day_report_json(counted))
    elif not counted.items and not counted.people:
        print_line(context, say(context.language, "report-none"))
    else:
        _print_report(context, counted, known)


async def _list(context: Context, mine: str) -> tuple[tuple[OpenCallback, ...], People]:
    async with reading(context) as database:
        known = await people(context, database)
        floor = await _floor(context, database, known) if mine else None
        who = known.find(mine).key if mine else ""
        return await listed(database, context.now(), floor, manager=who), known


async def _morning(context: Context) -> tuple[Morning, dict[str, OpenCallback], People]:
    async with reading(context) as database:
        known = await people(context, database)
        made, items = await morning_list(database, await _floor(context, database, known))
        return made, items, known


async def _report(context: Context, day: str) -> tuple[DayReport, People]:
    async with reading(context) as database:
        known = await people(context, database)
        since, until = read_day(day, known.zone(), context.now())
        counted = await day_report(
            database, since, until, office=known.office, calendar=PublicHolidays()
        )
        return counted, known


async def _floor(context: Context, database: Database, known: People) -> Floor:
    if known.office is None:
        raise Trouble(Exit.REFUSED, "no-office")
    return await floor_now(database, known.office, context.now(), PublicHolidays())


def _print_items(context: Context, found: Iterable[OpenCallback], known: People) -> None:
    head = [say(context.language, f"head-{column}") for column in (*_COLUMNS, "id")]
    print_table(context, head, [_row(context, item, known) for item in found])


def _print_rest(
    context: Context, made: Morning, items: dict[str, OpenCallback], known: People
) -> None:
    if made.unassigned:
        count = len(made.unassigned)
        print_line(context, say(context.language, "morning-unassigned", count=count))
        _print_items(context, [items[item.id] for item in made.unassigned], known)
    for hidden in made.hidden:
        names = {"department": known.department_name(hidden.department), "calls": hidden.calls}
        print_line(context, say(context.language, "morning-hidden", **names))


def _row(context: Context, found: OpenCallback, known: People) -> list[str]:
    item, language = found.item, context.language
    number = found.number_e164 or found.caller
    zone = known.zone(found.department)
    return [
        shown(item.last_missed_at, zone, language, seconds=False),
        str(len(item.missed)),
        found.client_name,
        known.number(number) or say(language, "nobody-known"),
        known.line_name(found.line),
        known.manager_name(found.owner),
        known.manager_name(item.holder(context.now())),
        str(len(item.attempts)),
        _marks(context, found, known),
        item.id,
    ]


def _marks(context: Context, found: OpenCallback, known: People) -> str:
    """What else a caller should know, in one cell."""
    item, language = found.item, context.language
    marks = [say(language, "mark-after-hours")] if item.after_hours else []
    if item.promised_at:
        at = shown(item.promised_at, known.zone(found.department), language, seconds=False)
        marks.append(f"{say(language, 'head-promised')} {at}")
    marks += [note.text for note in item.notes[-1:]]
    return "; ".join(marks)


def _print_report(context: Context, counted: DayReport, known: People) -> None:
    language = context.language
    share = "" if counted.share_reached is None else f"{counted.share_reached:.0%}"
    about = {
        "items": counted.items,
        "open": counted.still_open,
        "not_needed": counted.not_needed,
        "came_through": counted.came_through,
        "called": counted.called,
        "needed": counted.needed,
        "reached": counted.reached,
        "share": share or "-",
        "median": _length(counted.median_seconds),
        "longest": _length(counted.longest_seconds),
    }
    for sentence in ("report-items", "report-reached", "report-wait"):
        print_line(context, say(language, sentence, **about))
    rows = [
        [
            known.who(p.person, p.pbx),
            str(p.first_callbacks),
            str(p.attempts),
            str(p.reached),
            _length(p.median_seconds),
            str(p.missed_rings),
        ]
        for p in counted.people
    ]
    if rows:
        print_table(context, [say(language, f"head-{column}") for column in _PEOPLE], rows)


def _length(seconds: float | None) -> str:
    return "-" if seconds is None else shown_seconds(seconds)
