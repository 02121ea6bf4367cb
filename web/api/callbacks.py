"""The callback list, and what is done to an item of it."""

from __future__ import annotations

from collections.abc import Awaitable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from router.callbacks import CallbackItem
from switchboard.callback_desk import CallbackLine, CallbackList, Seer, Which, callback_list
from switchboard.callback_doing import Desk, Refused, Why, number_of
from switchboard.callbacks import floor_now
from web.api.commands import LONGEST_WAIT_SECONDS, Done, carried_out
from web.api.endpoint import Endpoint, Handle, Nothing, Turn
from web.api.errors import NotPossible, NotThere, Unfit
from web.pages.page import formats, words


@dataclass(frozen=True, slots=True, kw_only=True)
class CallbacksQuery:
    """Whose items: `mine` is your share of the work, `all` what you may see."""

    which: Which = Which.MINE


@dataclass(frozen=True, slots=True, kw_only=True)
class Callback:
    """A client who waits for a call. `number` is empty for a hidden caller."""

    id: str
    number: str
    client: str
    client_name: str
    application: str
    owner: str
    owner_name: str
    line: str
    line_name: str
    department: str
    first_missed_at: datetime
    last_missed_at: datetime
    calls: Annotated[tuple[str, ...], "the missed calls"]
    after_hours: bool
    promised_at: datetime | None
    holder: Annotated[str, "the key of who has it now"]
    holder_name: str
    taken_until: datetime | None
    tries: int
    notes: tuple[str, ...]
    mine: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Callbacks:
    """The open items in the order in which to call."""

    items: tuple[Callback, ...]
    hidden: Annotated[tuple[Callback, ...], "callers whose number nobody knows"]
    mine_count: int
    all_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Give:
    """To whom an item is given."""

    to: Annotated[str, "a manager's key"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CallbackNote:
    """How it went, and the hour at which a call was promised."""

    text: str = ""
    promised_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NotNeeded:
    """Why nobody has to call back."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CallIt:
    """How long to wait for the end of it."""

    wait_seconds: Annotated[int, f"0 to {LONGEST_WAIT_SECONDS}"] = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Acted:
    """An item after an act."""

    id: str
    open: bool
    holder: str
    taken_until: datetime | None
    promised_at: datetime | None


async def list_callbacks(turn: Turn) -> Callbacks:
    """What is open."""
    found = await _listed(turn, turn.query(CallbacksQuery).which)
    return Callbacks(
        items=tuple(_told(line) for line in found.items),
        hidden=tuple(_told(line) for line in found.hidden),
        mine_count=found.mine_count,
        all_count=found.all_count,
    )


async def take(turn: Turn) -> Acted:
    """Take an item for a while."""
    await turn.body(Nothing)
    desk = await _desk(turn)
    return await _acted(turn, desk.take(turn.name("id")))


async def give_back(turn: Turn) -> Acted:
    """Give it back to everybody."""
    await turn.body(Nothing)
    desk = await _desk(turn)
    return await _acted(turn, desk.give_back(turn.name("id")))


async def give(turn: Turn) -> Acted:
    """Give it to a colleague."""
    body, desk = await turn.body(Give), await _desk(turn)
    return await _acted(turn, desk.give(turn.name("id"), body.to))


async def note(turn: Turn) -> Acted:
    """Note how it went."""
    body, desk = await turn.body(CallbackNote), await _desk(turn)
    doing = desk.note(turn.name("id"), body.text, promised_at=body.promised_at)
    return await _acted(turn, doing)


async def voicemail(turn: Turn) -> Acted:
    """Say that the last callback reached a voicemail."""
    await turn.body(Nothing)
    desk = await _desk(turn)
    return await _acted(turn, desk.voicemail(turn.name("id")))


async def not_needed(turn: Turn) -> Acted:
    """Close an item that nobody has to call back."""
    body, desk = await turn.body(NotNeeded), await _desk(turn)
    return await _acted(turn, desk.not_needed(turn.name("id"), body.reason))


async def call(turn: Turn) -> Done:
    """Call the client of an item: to call is to take."""
    body, desk, key = await turn.body(CallIt), await _desk(turn), turn.name("id")
    try:
        number, client = await number_of(turn.parts.database, desk.floor, desk.seer, key)
    except Refused as refused:
        raise _refusal(turn, refused) from None
    if not number:
        raise NotPossible("hidden", words(turn.request)("callbacks.refused-hidden"))
    await _acted(turn, desk.take(key))
    by = turn.person.manager
    command = turn.parts.control.place(number, by, client=client)
    return await carried_out(turn, command, body.wait_seconds, by=by)


async def _listed(turn: Turn, which: Which) -> CallbackList:
    desk = await _desk(turn)
    return await callback_list(turn.parts.database, desk.floor, desk.seer, which)


async def _desk(turn: Turn) -> Desk:
    parts, person = turn.parts, turn.person
    now, calendar = parts.now(), parts.board.calendar
    floor = await floor_now(parts.database, turn.office, now, calendar)
    seer = Seer(reach=turn.reach, manager=person.acting, by=person.manager or person.login)
    lease = parts.lease_seconds
    return Desk(write=parts.board.write, floor=floor, seer=seer, lease_seconds=lease)


async def _acted(turn: Turn, doing: Awaitable[CallbackItem]) -> Acted:
    try:
        item = await doing
    except Refused as refused:
        raise _refusal(turn, refused) from None
    return Acted(
        id=item.id,
        open=item.closing is None,
        holder=item.holder(turn.parts.now()),
        taken_until=item.taken_until,
        promised_at=item.promised_at,
    )


def _refusal(turn: Turn, refused: Refused) -> NotThere | NotPossible | Unfit:
    until = formats(turn.request).time(refused.until)
    text = words(turn.request)(f"callbacks.refused-{refused.why}", who=refused.who, until=until)
    if refused.why is Why.GONE:
        return NotThere(text)
    if refused.why in {Why.NO_REASON, Why.NO_NOTE, Why.NO_COLLEAGUE, Why.PAST}:
        return Unfit(refused.why.value, text)
    return NotPossible(refused.why.value, text)


def _told(line: CallbackLine) -> Callback:
    return Callback(
        id=line.id,
        number=line.number,
        client=line.client,
        client_name=line.client_name,
        application=line.application,
        owner=line.owner,
        owner_name=line.owner_name,
        line=line.line,
        line_name=line.line_name,
        department=line.department,
        first_missed_at=line.first_missed_at,
        last_missed_at=line.last_missed_at,
        calls=line.calls,
        after_hours=line.after_hours,
        promised_at=line.promised_at,
        holder=line.holder,
        holder_name=line.holder_name,
        taken_until=line.taken_until,
        tries=len(line.tries),
        notes=tuple(said.text for said in line.notes),
        mine=line.mine,
    )


def _act(name: str, summary: str, handle: Handle, body: type = Nothing) -> Endpoint:
    return Endpoint(
        method="POST",
        path=f"/callbacks/{{id}}/{name}",
        summary=summary,
        handle=handle,
        body=body,
        answer=Done if name == "call" else Acted,
        refusals=(409,),
    )


ENDPOINTS = (
    Endpoint(
        method="GET",
        path="/callbacks",
        summary="Whom the company owes a call, in the order to call",
        handle=list_callbacks,
        query=CallbacksQuery,
        answer=Callbacks,
        etag=True,
    ),
    _act("take", "Take an item for a while", take),
    _act("give-back", "Give an item back to everybody", give_back),
    _act("give", "Give an item to a colleague", give, Give),
    _act("note", "Note how it went, and what was promised", note, CallbackNote),
    _act("voicemail", "Say that the last callback reached a voicemail", voicemail),
    _act("not-needed", "Close an item that nobody has to call back", not_needed, NotNeeded),
    _act("call", "Call the client: to call is to take", call, CallIt),
)
