"""One open page of one person: what it wants to see, what it was sent, what waits to be sent.

What waits is the newest of each region, never a list of changes: a slow browser gets fewer states,
not older ones, and memory stays bounded. Of what was sent only a digest is kept.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from router.office import Office
from storage.reach import Reach
from switchboard.routing import number_plan
from web.access.person import Person
from web.access.reach import reach_of
from web.access.roles import Permission
from web.pages.formats import Formats
from web.pages.page import zone_of
from web.pages.texts import Words


@dataclass(slots=True, kw_only=True, eq=False)
class Viewer:
    """A stream. `ended` says why it is to end."""

    person: Person
    reach: Reach
    words: Words
    formats: Formats
    wanted: frozenset[str]
    ended: str = ""
    bell: asyncio.Event = field(default_factory=asyncio.Event)
    dirty: set[str] = field(default_factory=set)
    drawn_at: dict[str, float] = field(default_factory=dict)
    _sent: dict[str, int] = field(default_factory=dict)
    _waiting: dict[str, str | None] = field(default_factory=dict)

    @property
    def manager(self) -> str:
        """Whose desk he sees."""
        return self.person.acting

    def may(self, permission: Permission) -> bool:
        """Whether he may do such a thing."""
        return self.person.may(permission)

    def follow(self, office: Office) -> None:
        """Another office is in force: he sees as far as it says, in its zone."""
        self.reach = reach_of(self.person, office)
        zone, plan = zone_of(self.person, office), number_plan(office)
        self.formats = replace(self.formats, zone=zone, plan=plan)

    def put(self, region: str, html: str) -> bool:
        """Have a region shown so; False, and nothing is sent, when it is shown so already."""
        digest = hash(html)
        if self._sent.get(region) == digest:
            return False
        self._sent[region] = digest
        self._waiting[region] = html
        self.bell.set()
        return True

    def nudge(self, region: str) -> None:
        """Have a region fetched again by the page itself."""
        self._waiting[region] = None
        self.bell.set()

    def end(self, why: str) -> None:
        """Have the stream end after what waits was sent."""
        self.ended = why
        self.bell.set()

    def take(self) -> Iterator[tuple[str, str | None]]:
        """What waits, oldest region first; the page is then up to date."""
        self.bell.clear()
        while self._waiting:
            region = next(iter(self._waiting))
            yield region, self._waiting.pop(region)
