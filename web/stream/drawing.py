"""How the live parts look: templates over the scene, each picture drawn once for all who share it.

What is drawn depends on nothing but its arguments, the language, the zone and the day, so that an
unchanged card is the same text, is found and not drawn, and is not sent again.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote

from markupsafe import Markup

from router.facts import Presence
from router.office import Manager, Status
from switchboard.client_facts import ClientFacts
from switchboard.desk import manager_at
from switchboard.desk_cards import Desk, Known, RingCard, TalkCard
from switchboard.reachable import Ask, Reachable, asked_about, reachable
from web.access.reach import desks_of
from web.access.roles import Permission
from web.pages.addresses import client_page
from web.pages.page import environment
from web.stream.live_rows import live_floor
from web.stream.scene import Scene
from web.stream.viewer import Viewer

MOST_CHARACTERS = 8_000_000
"""So much of what was drawn is kept; what was not asked for longest gives way."""

MOST_CARDS = 8
"""More cards than these are told by their number: nobody reads more while a phone rings."""

CHOICES = (
    Status.AVAILABLE,
    Status.LUNCH,
    Status.MEETING,
    Status.AWAY,
    Status.DO_NOT_DISTURB,
)


class _Pictures:
    """What was drawn last, bounded by its size."""

    def __init__(self) -> None:
        self._kept: OrderedDict[Any, Markup] = OrderedDict()
        self._characters = 0

    def get(self, key: Any) -> Markup | None:
        found = self._kept.get(key)
        if found is not None:
            self._kept.move_to_end(key)
        return found

    def keep(self, key: Any, html: Markup) -> None:
        self._kept[key] = html
        self._characters += len(html)
        while self._characters > MOST_CHARACTERS:
            self._characters -= len(self._kept.popitem(last=False)[1])


_PICTURES = _Pictures()


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A client as a card tells of him; names in place of keys."""

    href: str
    work_key: str = ""
    work_title: str = ""
    work_open: bool = False
    talk_at: Any = None
    talk_with: str = ""
    talk_seconds: float = 0.0
    talk_outgoing: bool = False
    note: str = ""
    note_by: str = ""
    note_at: Any = None


def picture(viewer: Viewer, scene: Scene, template: str, **values: Any) -> Markup:
    """A template over values that can be compared, drawn once for everybody who sees the same.

    The templates escape what stands in them, so what they draw may stand in a page as it is.
    """
    now = scene.parts.now()
    fmt = replace(viewer.formats, words=viewer.words, now=now)
    rights = tuple(p for p in Permission if viewer.may(p))
    day = now.astimezone(fmt.zone).date()
    key = (template, viewer.words.language, fmt.zone.key, day, rights, tuple(values.items()))
    found = _PICTURES.get(key)
    if found is None:
        template_ = environment().get_template(template)
        may = viewer.may
        found = Markup(  # noqa: S704 - drawn by a template that escapes
            template_.render(
                t=viewer.words, fmt=fmt, can=lambda what: may(Permission(what)), **values
            )
        )
        _PICTURES.keep(key, found)
    return found


def pops(scene: Scene, viewer: Viewer) -> str:
    """The calls that ring at him, on whatever page he is."""
    cards = {card.call_id: card for desk in _desks(scene, viewer) for card in desk.rings_at_me}
    acts = _may_act(viewer)
    return Markup().join(
        picture(viewer, scene, "desk_ring.html", card=card, told=_told(scene, card), acts=acts)
        for card in tuple(cards.values())[:MOST_CARDS]
    )


def take(scene: Scene, viewer: Viewer) -> str:
    """The calls that he may take over; not what he has or rings at himself."""
    manager = _manager(scene, viewer)
    if manager is None:
        return ""
    desks = _desks(scene, viewer)
    mine = {ring.call_id for desk in desks for ring in desk.rings_at_me}
    mine |= {talk.call_id for desk in desks for talk in desk.talking}
    cards = tuple(card for card in scene.desk(manager).may_take if card.call_id not in mine)
    return picture(
        viewer,
        scene,
        "desk_take.html",
        cards=cards[:MOST_CARDS],
        more=max(0, len(cards) - MOST_CARDS),
        acts=_may_act(viewer),
    )


def info(scene: Scene, viewer: Viewer) -> str:
    """His clients' calls at colleagues."""
    manager = _manager(scene, viewer)
    cards = scene.desk(manager).information[:MOST_CARDS] if manager else ()
    if not cards:
        return ""
    shown = tuple((card, told_of(scene, card.known, card.call_id)) for card in cards)
    return picture(viewer, scene, "desk_info.html", cards=shown)


def talk(scene: Scene, viewer: Viewer) -> str:
    """His talk, and that of the manager whom he assists."""
    managers = desks_of(viewer.person, scene.office)
    return Markup().join(_talks_at(scene, viewer, manager) for manager in managers)


def _talks_at(scene: Scene, viewer: Viewer, manager: Manager) -> str:
    cards = scene.desk(manager).talking[:MOST_CARDS]
    if not cards:
        return ""
    shown = tuple((card, _told(scene, card), _recording(scene, card)) for card in cards)
    return picture(
        viewer,
        scene,
        "desk_talk.html",
        cards=shown,
        acts=viewer.person.manager == manager.key,
        colleagues=colleagues(scene, manager),
    )


def status(scene: Scene, viewer: Viewer) -> str:
    """His status, what he is to be asked, and why calls do not reach him."""
    manager = _manager(scene, viewer)
    if manager is None:
        return ""
    row = scene.rows.get(manager.key)
    return picture(
        viewer,
        scene,
        "desk_status.html",
        status=_status(scene, manager),
        until=row.until if row and row.status is _status(scene, manager) else None,
        ask=asked_about(row, scene.parts.now()),
        asked_status=row.status if row else None,
        asked_at=(row.until or row.since) if row else None,
        why=_why(scene, manager),
        choices=CHOICES,
        manager=manager.key,
        manager_name="" if manager.key == viewer.person.manager else manager.name,
    )


def my_status(scene: Scene, viewer: Viewer) -> str:
    """The status in the bar at the top of every page."""
    manager = _manager(scene, viewer)
    if manager is None:
        return ""
    row = scene.rows.get(manager.key)
    ask = asked_about(row, scene.parts.now())
    return picture(
        viewer,
        scene,
        "desk_my_status.html",
        status=_status(scene, manager),
        until=row.until if row and ask is not Ask.IS_OVER else None,
        ask=ask,
        well=_why(scene, manager).well,
    )


def live_calls(scene: Scene, viewer: Viewer) -> str:
    """The calls within his reach."""
    floor = live_floor(scene, viewer)
    acts = viewer.person.manager in scene.office.managers
    return picture(
        viewer,
        scene,
        "live_calls.html",
        rows=floor.calls,
        more=floor.more_calls,
        acts=acts,
        targets=floor.targets,
    )


def live_people(scene: Scene, viewer: Viewer) -> str:
    """The people within his reach."""
    floor = live_floor(scene, viewer)
    return picture(viewer, scene, "live_people.html", groups=floor.groups, choices=CHOICES)


def colleagues(scene: Scene, but: Manager) -> tuple[tuple[str, str, str], ...]:
    """To whom a talk may be handed on: department, key and name."""
    office = scene.office
    return tuple(
        (office.departments[m.department].name, m.key, m.name)
        for m in office.managers.values()
        if m.key != but.key and m.pbx == but.pbx and m.extension
    )


def told_of(scene: Scene, known: Known, call_id: str) -> Told:
    """What stands beside a client's name, from what has been read of him so far."""
    href = card_address(scene, known, call_id)
    facts = scene.facts.of(known.client)
    if facts is None:
        return Told(href=href, work_key=known.application)
    work, talk, note = facts.application(known.application), facts.last_talk, facts.last_note
    return Told(
        href=href,
        work_key=work.key if work else known.application,
        work_title=work.title if work else "",
        work_open=bool(work and work.open),
        talk_at=talk.at if talk else None,
        talk_with=_who(scene, facts),
        talk_seconds=talk.seconds if talk else 0.0,
        talk_outgoing=bool(talk and talk.outgoing),
        note=note.text if note else "",
        note_by=_name(scene, note.manager) or note.by if note else "",
        note_at=note.at if note else None,
    )


def card_address(scene: Scene, known: Known, call_id: str) -> str:
    """Where the client's card is: in the CRM by the settings' template, else ours."""
    if not known.client:
        return ""
    template = scene.parts.card_address
    if not template:
        return client_page(known.client)
    fields = {
        "client": known.client,
        "application": known.application,
        "number": known.number,
        "call": call_id,
    }
    return template.format(**{name: quote(value, safe="") for name, value in fields.items()})


def _told(scene: Scene, card: RingCard | TalkCard) -> Told:
    return told_of(scene, card.known, card.call_id)


def _recording(scene: Scene, card: TalkCard) -> str:
    found = scene.call(card.call_id)
    return scene.recording(found) if found else ""


def _who(scene: Scene, facts: ClientFacts) -> str:
    talk = facts.last_talk
    if talk is None or not talk.with_whom:
        return ""
    for pbx in sorted({m.pbx for m in scene.office.managers.values()}):
        manager, _ = manager_at(scene.office, pbx, talk.with_whom)
        if manager:
            return manager.name
    return talk.with_whom


def _name(scene: Scene, manager: str) -> str:
    found = scene.office.managers.get(manager)
    return found.name if found else ""


def _may_act(viewer: Viewer) -> bool:
    """Whether he has a phone to take a call with, and may."""
    return bool(viewer.person.manager) and viewer.may(Permission.TAKE)


def _desks(scene: Scene, viewer: Viewer) -> tuple[Desk, ...]:
    return tuple(scene.desk(manager) for manager in desks_of(viewer.person, scene.office))


def _manager(scene: Scene, viewer: Viewer) -> Manager | None:
    return scene.office.managers.get(viewer.manager)


def _status(scene: Scene, manager: Manager) -> Status:
    found = scene.presence.get(manager.key)
    return found.status if found else Status.AVAILABLE


def _why(scene: Scene, manager: Manager) -> Reachable:
    presence = scene.presence.get(manager.key, Presence())
    return reachable(
        manager,
        office=scene.office,
        presence=presence,
        row=scene.rows.get(manager.key),
        rings=bool(scene.desk(manager).rings_at_me),
        link_up=scene.link_up(manager.pbx),
        now=scene.parts.now(),
        calendar=scene.parts.board.calendar,
    )
