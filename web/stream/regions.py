"""The live parts of pages: elements with an id and `data-live`, kept up to date by the stream.

To make a part of your page live there are two ways.

1. *Drawn here*, for what stands in memory and must be there at once (a call that rings). Give a
   `Region` with a function that draws the element's inner HTML for a viewer, and add it to
   `REGIONS`. It is drawn when something it `hears` happens, at most every `pause_seconds`, and sent
   only when it differs from what the page shows:

       <section id="desk-take" data-live>{{ first drawing }}</section>

2. *Fetched again*, for what stands in the database. Give the element the address of its fragment,
   and add a `Nudge` with the news it `hears` to `NUDGES`; the page then fetches the fragment:

       <section id="callbacks-list" data-live="/callbacks/list">{{ first drawing }}</section>

The page keeps the focus and whatever somebody types in a form inside.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum, auto

from router.calls import Disposition
from switchboard.news import CallbackActed, CallRecorded, ClientChanged, News
from web.stream import drawing
from web.stream.scene import Scene
from web.stream.viewer import Viewer


class Hears(Enum):
    """What makes a region be drawn again."""

    MY_CALLS = auto()
    ALL_CALLS = auto()
    MY_STATUS = auto()
    PEOPLE = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """A part that is drawn here. `name` is the element's id; `also` is nudged when it changed."""

    name: str
    hears: frozenset[Hears]
    draw: Callable[[Scene, Viewer], str]
    pause_seconds: float = 0.0
    also: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Nudge:
    """A part that the page fetches again; `hears` tells which news concern it."""

    name: str
    hears: Callable[[News], bool]
    pause_seconds: float = 1.0


def _recorded(news: News) -> bool:
    return isinstance(news, CallRecorded)


def _never(_news: News) -> bool:
    return False


def _callbacks_changed(news: News) -> bool:
    """A call or a person did something to an item, or its client has another name or owner."""
    if isinstance(news, CallRecorded):
        talked = news.call.disposition is Disposition.ANSWERED
        return news.callback_opened or news.callback_closed or not talked
    if isinstance(news, ClientChanged):
        return not news.noted
    return isinstance(news, CallbackActed)


_MINE = frozenset({Hears.MY_CALLS})
_STATUS = frozenset({Hears.MY_STATUS, Hears.MY_CALLS})
_FLOOR = frozenset({Hears.ALL_CALLS, Hears.PEOPLE})

REGIONS: Mapping[str, Region] = {
    region.name: region
    for region in (
        Region(name="pops", hears=_MINE, draw=drawing.pops),
        Region(name="desk-take", hears=_MINE, draw=drawing.take, pause_seconds=0.25),
        Region(name="desk-info", hears=_MINE, draw=drawing.info, pause_seconds=0.25),
        Region(name="desk-talk", hears=_MINE, draw=drawing.talk, also="desk-after"),
        Region(name="desk-status", hears=_STATUS, draw=drawing.status, pause_seconds=0.1),
        Region(name="my-status", hears=_STATUS, draw=drawing.my_status, pause_seconds=0.1),
        Region(name="live-calls", hears=_FLOOR, draw=drawing.live_calls, pause_seconds=0.5),
        Region(name="live-people", hears=_FLOOR, draw=drawing.live_people, pause_seconds=0.5),
    )
}
"""Every part that is drawn here, by the id of its element."""

NUDGES: Mapping[str, Nudge] = {
    nudge.name: nudge
    for nudge in (
        Nudge(name="desk-after", hears=_recorded),
        Nudge(name="desk-today", hears=_recorded),
        Nudge(name="desk-due", hears=_never),
        Nudge(name="desk-callbacks", hears=_callbacks_changed),
        Nudge(name="rail-callbacks", hears=_callbacks_changed),
        Nudge(name="callbacks-list", hears=_callbacks_changed),
    )
}
"""Every part that the page fetches again, by the id of its element."""

OF_CALLBACKS = frozenset({"desk-callbacks", "rail-callbacks", "callbacks-list"})
"""Whoever changes a callback nudges these."""
