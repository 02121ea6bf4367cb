"""The calls and people of this moment, and what is done with a call while it lives."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from router.office import Status
from storage.statuses import StatusRow
from switchboard.desk_cards import Desk, Known
from switchboard.status_changes import StatusChange, change_status
from web.access.reach import desks_of
from web.access.roles import Permission
from web.access.session import address_of
from web.api.commands import Done, carried_out
from web.api.endpoint import Endpoint, Turn
from web.api.errors import NotThere, Unfit
from web.stream.answers import scene_of, viewer_of
from web.stream.live_rows import LiveRow, PersonRow, live_floor


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveCall:
    """A call of this moment; of one that you may only take, as much as the take card tells."""

    id: str
    state: Annotated[str, "waiting, ringing, talking or held"]
    direction: str
    client: str
    client_name: str
    number: str
    application: str
    owner_name: str
    line_name: str
    department: str
    at: Annotated[tuple[str, ...], "who talks, else at whom it rings"]
    began_at: datetime
    since: datetime
    until: Annotated[datetime | None, "when the ringing ends by the plan"]
    may_take: bool
    may_transfer: bool
    may_hang_up: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LivePerson:
    """Somebody of the office: `busy` is empty, ringing or talking."""

    manager: str
    name: str
    extension: str
    status: Status
    until: datetime | None
    phone: Annotated[str, "the state of the phone"]
    busy: str
    since: datetime | None
    may_set: Annotated[bool, "whether you may set the status"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Live:
    """What you see of this moment."""

    calls: tuple[LiveCall, ...]
    more_calls: int
    people: tuple[LivePerson, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """What stands on a desk of one call."""

    call: str
    kind: Annotated[str, "ring, take, information or talk"]
    client: str
    client_name: str
    number: str
    application: str
    owner_name: str
    at: tuple[str, ...]
    since: datetime | None
    until: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskNow:
    """Your desk: what rings at you, what you may take, your clients elsewhere, your talk."""

    manager: str
    status: Status
    phone: str
    cards: tuple[Card, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Transfer:
    """To whom a client is handed on; with `ask` the two talk first."""

    to: Annotated[str, "a manager's key"]
    ask: bool = False
    wait_seconds: int = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class HangUp:
    """Which leg ends; the whole call where none is named."""

    leg: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Take:
    """How long to wait for the end of it."""

    wait_seconds: int = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class NewStatus:
    """A status, for ever or until an instant."""

    status: Status
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusNow:
    """A manager's status."""

    manager: str
    name: str
    status: Status
    since: datetime | None
    until: datetime | None
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Statuses:
    """The statuses of everybody whom you see."""

    items: tuple[StatusNow, ...]


async def live(turn: Turn) -> Live:
    """Everything of this moment."""
    scene = scene_of(turn.request)
    await scene.read_rows()
    floor = live_floor(scene, viewer_of(turn.request))
    return Live(
        calls=tuple(_call(row) for row in floor.calls),
        more_calls=floor.more_calls,
        people=tuple(_person(row) for _, rows in floor.groups for row in rows),
    )


async def desk(turn: Turn) -> DeskNow:
    """The desk of the manager for whom you work, with what rings and is said at your own phone."""
    scene = scene_of(turn.request)
    manager = turn.office.managers.get(turn.person.acting)
    if manager is None:
        raise NotThere("You have no desk: your sign-in has no manager in the office.")
    mine = [scene.desk(own) for own in desks_of(turn.person, turn.office)]
    cards = _cards(scene.desk(manager), mine)
    presence = scene.presence[manager.key]
    return DeskNow(
        manager=manager.key, status=presence.status, phone=presence.phone, cards=tuple(cards)
    )


def _cards(desk: Desk, mine: Sequence[Desk]) -> Iterator[Card]:
    rings = {ring.call_id: ring for d in mine for ring in d.rings_at_me}
    talks = {talk.call_id: talk for d in mine for talk in d.talking}
    for ring in rings.values():
        about = (ring.known, ring.owner_name, (), ring.since, ring.until)
        yield _card("ring", ring.call_id, *about)
    for offer in desk.may_take:
        if offer.call_id not in rings.keys() | talks.keys():
            yield Card(
                call=offer.call_id,
                kind="take",
                client="",
                client_name=offer.client_name,
                number=offer.number,
                application=offer.application,
                owner_name=offer.owner_name,
                at=tuple(name for name, _ in offer.rings_at),
                since=None,
                until=offer.until,
            )
    for told in desk.information:
        yield _card("information", told.call_id, told.known, "", told.who, told.since)
    for talk in talks.values():
        yield _card("talk", talk.call_id, talk.known, talk.owner_name, (), talk.since)


async def take(turn: Turn) -> Done:
    """Take over a call that rings at somebody else."""
    body, by = await turn.body(Take), turn.person.manager
    command = turn.parts.control.intercept(turn.name("id"), by)
    return await carried_out(turn, command, body.wait_seconds, by=by)


async def transfer(turn: Turn) -> Done:
    """Hand a client on."""
    body, by = await turn.body(Transfer), turn.person.manager
    command = turn.parts.control.transfer(turn.name("id"), body.to, by, ask=body.ask)
    return await carried_out(turn, command, body.wait_seconds, by=by)


async def hang_up(turn: Turn) -> Done:
    """End a call, or a leg of it."""
    body, by = await turn.body(HangUp), turn.person.manager
    command = turn.parts.control.hang_up(turn.name("id"), by, leg_id=body.leg)
    return await carried_out(turn, command, 10, by=by)


async def statuses(turn: Turn) -> Statuses:
    """Who is there, as far as you see."""
    scene = scene_of(turn.request)
    await scene.read_rows()
    floor = live_floor(scene, viewer_of(turn.request))
    rows = [row for _, group in floor.groups for row in group]
    return Statuses(items=tuple(_status(row, scene.rows.get(row.key)) for row in rows))


async def set_status(turn: Turn) -> StatusNow:
    """Set a status: one's own, that of whom one assists, or of somebody within reach."""
    body, key = await turn.body(NewStatus), turn.name("manager")
    manager = turn.office.managers.get(key)
    own = {turn.person.manager, turn.person.acting} - {""}
    if manager is None or not (key in own or _heads(turn, manager.department)):
        raise NotThere
    if body.until is not None and body.until <= turn.parts.now():
        raise Unfit("past", "The end of the status is over already.")
    wanted = StatusChange(
        manager=key,
        status=body.status,
        until=body.until,
        by=turn.person.login,
        address=address_of(turn.request),
    )
    row = await change_status(turn.parts.board, turn.parts.database, wanted)
    if row is None:
        raise NotThere
    return StatusNow(
        manager=key,
        name=manager.name,
        status=row.status,
        since=row.since,
        until=row.until,
        by=row.by,
    )


def _heads(turn: Turn, department: str) -> bool:
    if not turn.person.may(Permission.STATUS_OF_OTHERS):
        return False
    return turn.reach.everything or department in turn.reach.departments


def _call(row: LiveRow) -> LiveCall:
    return LiveCall(
        id=row.call_id,
        state=row.state,
        direction=row.direction,
        client=row.client,
        client_name=row.client_name,
        number=row.number,
        application=row.application,
        owner_name=row.owner_name,
        line_name=row.line_name,
        department=row.department,
        at=tuple(name for name, _ in row.who),
        began_at=row.began_at,
        since=row.since,
        until=row.until,
        may_take=row.may_take,
        may_transfer=row.may_transfer,
        may_hang_up=row.may_hang_up,
    )


def _person(row: PersonRow) -> LivePerson:
    return LivePerson(
        manager=row.key,
        name=row.name,
        extension=row.extension,
        status=row.status,
        until=row.until,
        phone=row.phone,
        busy=row.busy,
        since=row.since,
        may_set=row.may_set,
    )


def _status(row: PersonRow, kept: StatusRow | None) -> StatusNow:
    holds = kept is not None and kept.status is row.status
    return StatusNow(
        manager=row.key,
        name=row.name,
        status=row.status,
        since=kept.since if kept and holds else None,
        until=row.until,
        by=kept.by if kept and holds else "",
    )


def _card(  # noqa: PLR0913, PLR0917 - what every card has
    kind: str,
    call: str,
    known: Known,
    owner_name: str,
    at: tuple[str, ...],
    since: datetime,
    until: datetime | None = None,
) -> Card:
    return Card(
        call=call,
        kind=kind,
        client=known.client,
        client_name=known.client_name,
        number=known.number,
        application=known.application,
        owner_name=owner_name,
        at=at,
        since=since,
        until=until,
    )


ENDPOINTS = (
    Endpoint(
        method="GET",
        path="/live",
        summary="The calls and people of this moment",
        handle=live,
        answer=Live,
        etag=True,
    ),
    Endpoint(
        method="GET",
        path="/desk",
        summary="What stands on your desk now",
        handle=desk,
        answer=DeskNow,
        etag=True,
        refusals=(404,),
    ),
    Endpoint(
        method="POST",
        path="/live/{id}/take",
        summary="Take over a call that rings at somebody else",
        handle=take,
        body=Take,
        answer=Done,
        refusals=(409,),
    ),
    Endpoint(
        method="POST",
        path="/live/{id}/transfer",
        summary="Hand a client on to a colleague",
        handle=transfer,
        body=Transfer,
        answer=Done,
        refusals=(409,),
    ),
    Endpoint(
        method="POST",
        path="/live/{id}/hang-up",
        summary="End a call, or one leg of it",
        handle=hang_up,
        body=HangUp,
        answer=Done,
        refusals=(409,),
    ),
    Endpoint(
        method="GET",
        path="/statuses",
        summary="Who is there",
        handle=statuses,
        answer=Statuses,
        etag=True,
    ),
    Endpoint(
        method="POST",
        path="/statuses/{manager}",
        summary="Set a status",
        handle=set_status,
        body=NewStatus,
        answer=StatusNow,
    ),
)
