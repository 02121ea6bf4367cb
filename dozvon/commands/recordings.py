"""`dozvon recordings`: what there is, what is missing, what is kept; the notice about the law."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import click

from dozvon.commands.facts.moments import read_day, shown, shown_seconds
from dozvon.commands.facts.offices import people
from dozvon.commands.facts.people import People
from dozvon.commands.facts.recordings import recording_json, tally_json
from dozvon.commands.facts.stored import reading, run, write
from dozvon.commands.terminal.exits import Exit, Trouble
from dozvon.commands.terminal.output import Colour, clean, print_json, print_line, print_table
from dozvon.commands.terminal.speaking import SpeakingGroup, as_json, option
from dozvon.commands.terminal.texts import say, word
from dozvon.context import Context
from recordings.sentences import sentence
from storage.audit import AuditRow
from storage.recording_records import RecordingFilter, RecordingState, StoredRecording
from storage.recordings import Recordings
from storage.unit_of_work import UnitOfWork
from switchboard import recordings as desk
from switchboard.recordings_found import Tally, tallies
from switchboard.recordings_found import sentence as tally_sentence

_COLUMNS = ("recording", "recorded-call", "began", "recorded-length", "recorded-state")
_TALLY = ("expected", "ready", "on-the-way", "missing", "broken", "deleted")


@click.group(cls=SpeakingGroup, help="command-recordings")
def recordings() -> None:
    """Everything about recordings."""


@recordings.command("list", help="command-recordings-list")
@option(
    "--state",
    multiple=True,
    type=click.Choice([s.value for s in RecordingState]),
    help="help-recordings-state",
)
@option("--limit", default=50, type=click.IntRange(1, 10_000), show_default=True, help="help-limit")
@as_json()
@click.pass_obj
def list_(context: Context, *, state: tuple[str, ...], limit: int, as_json: bool) -> None:
    """Lists recordings, newest first."""
    wanted = RecordingFilter(states=tuple(RecordingState(each) for each in state))
    found, known = run(context, _list(context, wanted, limit))
    if as_json:
        print_json({"recordings": [recording_json(each) for each in found]})
    elif found:
        head = [say(context.language, f"head-{column}") for column in _COLUMNS]
        head.append(say(context.language, "head-recorded-because"))
        print_table(context, head, [_row(context, each, known) for each in found])
    else:
        print_line(context, say(context.language, "recordings-none"))


@recordings.command("show", help="command-recordings-show")
@click.argument("which")
@as_json()
@click.pass_obj
def show(context: Context, *, which: str, as_json: bool) -> None:
    """Shows one recording with its files."""
    found, known = run(context, _show(context, which))
    if as_json:
        print_json(recording_json(found))
    else:
        _print(context, found, known)


@recordings.command("audit", help="command-recordings-audit")
@option("--since", default="yesterday", help="help-recordings-since")
@option("--until", default="today", help="help-recordings-until")
@as_json()
@click.pass_context
def audit(ctx: click.Context, *, since: str, until: str, as_json: bool) -> None:
    """Counts what should be there against what is; code 1 where conversations are lost."""
    context = ctx.ensure_object(Context)
    found, known = run(context, _audit(context, since, until))
    if as_json:
        print_json({"days": [tally_json(each) for each in found]})
    else:
        _print_audit(context, found, known)
    if any(each.lost for each in found):
        ctx.exit(Exit.FOUND)


@recordings.command("hold", help="command-recordings-hold")
@click.argument("which")
@option("--why", default="", help="help-recordings-why")
@click.pass_obj
def hold(context: Context, *, which: str, why: str) -> None:
    """Holds a recording whatever its age."""
    _hold(context, which, why, held=True)


@recordings.command("release", help="command-recordings-release")
@click.argument("which")
@option("--why", default="", help="help-recordings-why")
@click.pass_obj
def release(context: Context, *, which: str, why: str) -> None:
    """Lets a held recording go."""
    _hold(context, which, why, held=False)


@recordings.command("delete", help="command-recordings-delete")
@click.argument("which")
@option("--why", default="", help="help-recordings-why")
@option("--yes", is_flag=True, help="help-recordings-yes")
@click.pass_obj
def delete(context: Context, *, which: str, why: str, yes: bool) -> None:
    """Deletes a recording now."""
    number = run(context, _show(context, which))[0].id
    asked = say(context.language, "recordings-ask-delete", which=number)
    if not yes and not click.confirm(asked, default=False):
        raise click.exceptions.Exit(Exit.REFUSED)
    if not run(context, _delete(context, number, why)):
        raise Trouble(Exit.REFUSED, "recordings-delete-not", which=number)
    print_line(context, say(context.language, "recordings-delete-done", which=number), Colour.GOOD)


@recordings.command("retry", help="command-recordings-retry")
@click.argument("which")
@click.pass_obj
def retry(context: Context, *, which: str) -> None:
    """Looks for the files of a missing or broken recording once more."""
    number = run(context, _show(context, which))[0].id
    by, at = _by(context), context.now()
    done = _write(context, lambda uow: desk.retry(uow, number, by=by, at=at))
    if not done:
        raise Trouble(Exit.REFUSED, "recordings-retry-not", which=number)
    print_line(context, say(context.language, "recordings-retry-done", which=number), Colour.GOOD)


@recordings.command("link", help="command-recordings-link")
@click.argument("which")
@option(
    "--hours",
    default=24,
    type=click.IntRange(1, 24 * 366),
    show_default=True,
    help="help-recordings-hours",
)
@click.pass_obj
def link(context: Context, *, which: str, hours: int) -> None:
    """Makes a signed link that ends by itself."""
    from dozvon.composing_recordings import link_token  # noqa: PLC0415 - slow to import

    found = run(context, _show(context, which))[0]
    at = context.now()
    until = at + timedelta(hours=hours)
    row = desk.link_row(found.id, by=_by(context), at=at, until=until)
    _write(context, lambda uow: uow.audit.add(row))
    settings = context.settings()
    token = link_token(settings.data_dir, found, until)
    address = settings.http.address.rstrip("/")
    print_line(context, f"{address}/recordings/link/{token}")
    if not settings.http.public_address:
        told = say(context.language, "recordings-link-near", address=address)
        print_line(context, told, Colour.CAUTION, err=True)


@recordings.command("confirm-law", help="command-recordings-confirm-law")
@option("--withdraw", is_flag=True, help="help-recordings-withdraw")
@option("--yes", is_flag=True, help="help-recordings-yes")
@click.pass_obj
def confirm_law(context: Context, *, withdraw: bool, yes: bool) -> None:
    """Confirms the notice about the law, or withdraws that."""
    by, at, language = _by(context), context.now(), context.language
    if withdraw:
        _write(context, lambda uow: desk.withdraw_law(uow, by=by, at=at))
        print_line(context, say(language, "recordings-law-withdrawn"))
        return
    print_line(context, say(language, "recordings-law-notice"))
    if not yes and not click.confirm(say(language, "recordings-law-ask"), default=False):
        raise Trouble(Exit.REFUSED, "recordings-law-refused")
    _write(context, lambda uow: desk.confirm_law(uow, by=by, at=at))
    when = shown(at, ZoneInfo("UTC"), language)
    print_line(context, say(language, "recordings-law-done", who=by, at=f"{when} UTC"), Colour.GOOD)


def _by(context: Context) -> str:
    return f"cli:{context.user()}"


def _write(context: Context, work: Callable[[UnitOfWork], Awaitable[object]]) -> object:
    return run(context, write(context, work))


async def _list(
    context: Context, wanted: RecordingFilter, limit: int
) -> tuple[tuple[StoredRecording, ...], People]:
    async with reading(context) as database:
        async with database.reading() as connection:
            found = await Recordings(connection).listed(wanted, limit=limit)
        return found, await people(context, database)


async def _show(context: Context, which: str) -> tuple[StoredRecording, People]:
    async with reading(context) as database:
        async with database.reading() as connection:
            nouns = Recordings(connection)
            by_number = which.isascii() and which.isdigit() and len(which) < 10
            found = await nouns.get(int(which)) if by_number else None
            found = found or await nouns.of_call(which)
        if found is None:
            raise Trouble(Exit.FOUND, "recordings-unknown", which=which)
        return found, await people(context, database)


async def _audit(context: Context, since: str, until: str) -> tuple[tuple[Tally, ...], People]:
    async with reading(context) as database:
        known = await people(context, database)
        zone, now = known.zone(), context.now()
        begin, end = read_day(since, zone, now)[0], read_day(until, zone, now)[1]
        return await tallies(database, begin, end, zone, line_of=known.line_number), known


def _hold(context: Context, which: str, why: str, *, held: bool) -> None:
    number = run(context, _show(context, which))[0].id
    by, at = _by(context), context.now()
    if not _write(context, lambda u: desk.hold(u, number, held=held, by=by, at=at, why=why)):
        raise Trouble(Exit.FOUND, "recordings-unknown", which=which)
    done = "recordings-hold-done" if held else "recordings-release-done"
    print_line(context, say(context.language, done, which=number), Colour.GOOD)


async def _delete(context: Context, number: int, why: str) -> bool:
    from dozvon.composing_recordings import store_of  # noqa: PLC0415 - slow to import

    by, at = _by(context), context.now()

    async def work(uow: UnitOfWork) -> list[str] | None:
        found = await uow.recordings.get(number)
        if found is None or found.legal_hold or found.deleted_at:
            return None
        subject = desk.subject_of(number)
        about = {"why": why} if why else {}
        await uow.audit.add(
            AuditRow(at=at, by=by, act=desk.Act.DELETE, subject=subject, about=about)
        )
        return await uow.recordings.delete(number, by=by, at=at, why_id="deleted")

    unused = await write(context, work)
    store = store_of(context.settings())
    for key in unused or ():
        await asyncio.to_thread(store.delete, key)
    return unused is not None


def _row(context: Context, found: StoredRecording, known: People) -> list[str]:
    language = context.language
    return [
        str(found.id),
        found.call_id,
        shown(found.began_at, known.zone(found.department), language),
        shown_seconds(found.seconds) if found.seconds else "",
        word(language, "recording-state", found.state),
        sentence(language, found.why_id, found.why),
    ]


def _print(context: Context, found: StoredRecording, known: People) -> None:
    language, zone = context.language, known.zone(found.department)
    print_line(context, say(language, "recordings-of-call", call=found.call_id))
    state = word(language, "recording-state", found.state)
    because = sentence(language, found.why_id, clean(found.why))
    print_line(context, f"{shown(found.began_at, zone, language)}  {state}  {because}".rstrip())
    if found.seconds:
        figures = {
            "length": shown_seconds(found.seconds),
            "client": round(100 * found.client_share),
            "us": round(100 * found.our_share),
            "silence": round(found.silence_seconds),
        }
        print_line(context, say(language, "recordings-length", **figures))
    for part in found.parts:
        about = {"name": part.name, "state": part.state, "why": part.why}
        print_line(context, say(language, "recordings-part", **about).rstrip())
    if found.legal_hold:
        who = {"who": found.held_by, "why": found.held_why}
        print_line(context, say(language, "recordings-held", which=found.id, **who), Colour.CAUTION)
    elif found.expires_at:
        until: datetime = found.expires_at
        print_line(context, say(language, "recordings-kept-until", at=shown(until, zone, language)))


def _print_audit(context: Context, found: Sequence[Tally], known: People) -> None:
    language = context.language
    if not found:
        print_line(context, say(language, "recordings-nothing-expected"))
        return
    head = [say(language, "head-recorded-day"), say(language, "head-line")]
    head += [say(language, f"head-recorded-{column}") for column in _TALLY]
    print_table(context, head, [_tally_row(each, known, language) for each in found])
    for each in found:
        day, line = each.day.isoformat(), _line_of(each, known, language)
        if told := tally_sentence(each, language, day=day, line=clean(line)):
            print_line(context, told, Colour.BAD)
    if not any(each.lost for each in found):
        count = sum(each.ready for each in found)
        print_line(context, say(language, "recordings-complete", count=count), Colour.GOOD)


def _line_of(each: Tally, known: People, language: str) -> str:
    return known.line_name(each.line) if each.line else say(language, "recordings-no-line")


def _tally_row(each: Tally, known: People, language: str) -> list[str]:
    line = _line_of(each, known, language)
    counts = [getattr(each, column.replace("-", "_")) for column in _TALLY]
    return [each.day.isoformat(), f"{line} {each.trunk}".rstrip(), *map(str, counts)]
