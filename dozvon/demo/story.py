"""What a story of a call is: who does what, and which call must come of it.

Rules: a story is data and knows no stage. Seconds count from the story's beginning, when every
phone is as the story says; stories of one department never run at the same time, because each may
ring every phone of it. What is expected is what a person would tell: who rang in which order, who
was passed over and why, who talked, what the company owes the client afterwards.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from pbx_adapters.port import Way
from pbx_adapters.simulator import CallerScript, MobileScript, PhoneScript
from router.calls import Disposition, MissedReason
from router.office import Office, Status

AND_SO_ON = "…"
"""As the last item of `Expected.rang`: what rings after it is left open."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoClient:
    """A client of the example client base; `owner` is a manager's key or empty."""

    key: str
    name: str
    number: str
    owner: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """The call that must come of it.

    `rang` holds extensions and mobile numbers in the order in which they rang, those that rang
    together joined by `+`. `skipped` tells of managers passed over and why: `busy`, `unreachable`
    or a status. `answered_by` is an extension or a mobile's number as it is dialled.
    """

    disposition: Disposition
    reason: MissedReason | None = None
    answered_by: str = ""
    rang: tuple[str, ...] = ()
    skipped: tuple[tuple[str, str], ...] = ()
    transferred_to: str = ""
    callback: bool = False
    way: Way = Way.PLAN


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryCall:
    """One caller of a story, and what becomes of his call."""

    caller: CallerScript
    expected: Expected


@dataclass(frozen=True, slots=True, kw_only=True)
class PickUp:
    """Somebody picks up what rings at a colleague's phone, so long after the story's beginning."""

    by: str
    rings_at: str
    after_seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """A telling call (or two). A phone that is not named lets it ring.

    `service_dead` says that the service must be dead while it is played; the stage does not kill
    it.
    """

    key: str
    title_ru: str
    title_en: str
    told_ru: str
    told_en: str
    calls: tuple[StoryCall, ...]
    phones: Mapping[str, PhoneScript] = field(default_factory=dict)
    mobiles: Mapping[str, MobileScript] = field(default_factory=dict)
    statuses: Mapping[str, Status] = field(default_factory=dict)
    pick_ups: tuple[PickUp, ...] = ()
    service_dead: bool = False

    def title(self, language: str) -> str:
        """The title in `ru` or `en`."""
        return self.title_ru if language == "ru" else self.title_en

    def told(self, language: str) -> str:
        """The story in a sentence or two, in `ru` or `en`."""
        return self.told_ru if language == "ru" else self.told_en

    def departments(self, office: Office) -> frozenset[str]:
        """The departments whose phones the story may ring."""
        numbers = {call.caller.line for call in self.calls}
        return frozenset(ln.department for ln in office.lines.values() if ln.number in numbers)


@dataclass(frozen=True, slots=True, kw_only=True)
class Programme:
    """Stories as they can be played: lanes side by side, each in order; then those alone."""

    lanes: tuple[tuple[Story, ...], ...]
    alone: tuple[Story, ...]


def programme(stories: Sequence[Story], office: Office) -> Programme:
    """Put stories that share no phones side by side; those of a dead service come at the end."""
    lanes: dict[frozenset[str], list[Story]] = {}
    for story in stories:
        if not story.service_dead:
            lanes.setdefault(story.departments(office), []).append(story)
    alone = tuple(story for story in stories if story.service_dead)
    return Programme(lanes=tuple(tuple(lane) for lane in lanes.values()), alone=alone)
