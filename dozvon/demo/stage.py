"""Where a story is played, what was seen there, and whether it is the call that was promised.

Rules: a stage moves phones, mobiles and callers, never the service. It tells what *they* saw; the
service tells what it logged; `check` holds both against the story, and every difference is a
sentence. A stage resets every phone that a story may ring before the first caller dials.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from dozvon.demo.story import AND_SO_ON, Expected, Story, StoryCall
from pbx_adapters.port import TrailItem, Way
from router.calls import Call, Disposition, MissedReason
from router.office import Status
from router.plan import Reason, Why

_BUSY_WORDS = {
    Why.SKIPPED_TALKING: "busy",
    Why.SKIPPED_RINGING: "busy",
    Why.SKIPPED_WRAP_UP: "busy",
    Why.SKIPPED_UNREGISTERED: "unreachable",
}
_DONE = {"rang", "waited", "patience", "transfer"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Rang:
    """A phone or a mobile rang: when, counted from the story's beginning, and for how long."""

    target: str
    at_seconds: float
    rang_seconds: float
    answered: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CallerSaw:
    """A caller's own view. An announcement is picked up too: `picked_up` is not "answered"."""

    number: str
    line: str
    picked_up: bool
    lasted_seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """What everybody outside the service saw of a story; callers in the story's order."""

    story: str
    rang: tuple[Rang, ...]
    callers: tuple[CallerSaw, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedCall:
    """What the service has in its log of one call, as far as stories speak of it.

    `rang` in the order in which the legs began; `skipped` as in `Expected`.
    """

    line: str
    caller: str
    disposition: Disposition | None
    reason: MissedReason | None = None
    answered_by: str = ""
    rang: tuple[str, ...] = ()
    skipped: frozenset[tuple[str, str]] = frozenset()
    transferred_to: str = ""
    callback: bool = False
    way: Way | None = None


class Stage(Protocol):
    """A place where stories can be played."""

    async def play(self, story: Story) -> Played:
        """Play a story from its beginning until all its calls are over and all phones are quiet.

        Raises `TimeoutError` when that does not happen.
        """
        ...


class Service(Protocol):
    """Whatever decides and logs the calls of a stage: the engine, or a small one in a test."""

    async def prepare(self, story: Story) -> None:
        """Set the statuses of the story, all others to available; be dead if it says so."""
        ...

    async def logged(self, story: Story) -> Sequence[LoggedCall]:
        """The calls logged since `prepare`; a service that was dead comes back first."""
        ...


async def perform(story: Story, stage: Stage, service: Service) -> list[str]:
    """Play a story for a service and tell how what came of it differs from what was promised."""
    await service.prepare(story)
    played = await stage.play(story)
    return check(story, played, await service.logged(story))


def logged(
    call: Call,
    *,
    reasons: Iterable[Reason] = (),
    trail: Iterable[TrailItem] = (),
    callback: bool,
    way: Way | None,
) -> LoggedCall:
    """What stories ask, out of a call and what is recorded with it.

    Whom a call rang while nobody watched (it has no legs that rang) is told by the PBX's own trail.
    """
    trail = tuple(trail)
    seen = tuple(_digits(leg.target) for leg in call.legs if leg.rang_at is not None)
    transfers = [transfer.to for transfer in call.transfers if transfer.completed]
    if not seen and call.disposition is Disposition.ANSWERED:
        transfers = [to for item in trail[-1:] if (to := _handed_to(item))]
    return LoggedCall(
        line=call.line,
        caller=call.caller,
        disposition=call.disposition,
        reason=call.reason,
        answered_by=_digits(call.answered_by or ""),
        rang=seen or tuple(_rang_by_trail(trail)),
        skipped=frozenset((*_skipped_by_decision(reasons), *_skipped_by_dialplan(trail))),
        transferred_to=transfers[-1] if transfers else "",
        callback=callback,
        way=way,
    )


def check(story: Story, played: Played, calls: Sequence[LoggedCall]) -> list[str]:
    """Tell how what happened differs from what the story promises; empty: not at all."""
    differences: list[str] = []
    for call in story.calls:
        found = [c for c in calls if _is_of(c, call)]
        who = f"the call of {call.caller.number or 'a hidden number'}"
        if len(found) != 1:
            differences.append(f"{who} is in the log {len(found)} times instead of once")
            continue
        differences += [f"{who}: {text}" for text in _against(call.expected, found[0])]
    return differences + list(_seen(story, played))


def _against(expected: Expected, call: LoggedCall) -> Iterator[str]:
    wanted = (
        ("disposition", expected.disposition, call.disposition),
        ("reason", expected.reason, call.reason),
        ("answered by", expected.answered_by, call.answered_by),
        ("handed on to", expected.transferred_to, call.transferred_to),
        ("callback opened", expected.callback, call.callback),
        ("way", expected.way, call.way),
    )
    for what, promised, found in wanted:
        if promised != found:
            yield f"{what} is {_said(found)} instead of {_said(promised)}"
    if not rang_as(expected.rang, call.rang):
        yield f"rang {_said(' '.join(call.rang))} instead of {_said(' '.join(expected.rang))}"
    for manager, why in expected.skipped:
        if (manager, why) not in call.skipped:
            said = ", ".join(f"{m} {w}" for m, w in sorted(call.skipped))
            yield f"{manager} was not passed over as {why} (passed over: {_said(said)})"


def rang_as(expected: Sequence[str], rang: Sequence[str]) -> bool:
    """Whether targets rang in the expected order; of those that ring together any order will do."""
    rest = list(rang)
    for group in expected:
        if group == AND_SO_ON:
            return True
        together = group.split("+")
        if sorted(rest[: len(together)]) != sorted(together):
            return False
        del rest[: len(together)]
    return not rest


def _seen(story: Story, played: Played) -> Iterator[str]:
    """What the phones and the callers themselves saw, against the story."""
    promised = [group for call in story.calls for group in call.expected.rang]
    rang = [r.target for r in sorted(played.rang, key=lambda r: r.at_seconds)]
    whole = AND_SO_ON not in promised
    apart = len(story.calls) > 1
    each = sorted(target for group in promised for target in group.split("+"))
    if apart and whole and sorted(rang) != each:
        yield f"the phones that rang are {' '.join(rang)} instead of {' '.join(each)}"
    if not apart and not rang_as(promised, rang):
        yield f"the phones rang {_said(' '.join(rang))} instead of {_said(' '.join(promised))}"
    answered = {r.target for r in played.rang if r.answered}
    for call, caller in zip(story.calls, played.callers, strict=True):
        by = call.expected.answered_by
        taken = any(pick_up.by == by for pick_up in story.pick_ups)
        if by and not taken and by not in answered:
            yield f"nobody picked up at {by}"
        if by and not caller.picked_up:
            yield f"the caller {call.caller.number} never heard an answer"


def _rang_by_trail(trail: Iterable[TrailItem]) -> Iterator[str]:
    handed_to = ""
    for item in trail:
        if to := _handed_to(item):
            handed_to = to
            yield to
        elif item.what == "rang":
            numbers = [_digits(who.partition("/")[2]) for who in item.who]
            yield from (number for number in numbers if number != handed_to)


def _handed_to(item: TrailItem) -> str:
    """To whom a blind transfer went (`101>103`), or nothing: then the item is something else."""
    return _digits(item.who[0].partition(">")[2]) if item.what == "transfer" else ""


def _is_of(found: LoggedCall, call: StoryCall) -> bool:
    lines = (tail_of(found.line), tail_of(call.caller.line))
    return lines[0] == lines[1] and tail_of(found.caller) == tail_of(call.caller.number)


def tail_of(number: str) -> str:
    """The digits that tell numbers apart; a hidden number has none, whatever the PBX calls it."""
    return _digits(number)[-10:]


def _digits(number: str) -> str:
    return "".join(char for char in number if char.isdigit())


def _said(value: object) -> str:
    return str(value) if value not in {None, ""} else "nothing"


def _skipped_by_decision(reasons: Iterable[Reason]) -> Iterator[tuple[str, str]]:
    for reason in reasons:
        manager = reason.about.get("manager", "")
        if word := _BUSY_WORDS.get(reason.why):
            yield manager, word
        elif reason.why in {Why.SKIPPED_STATUS, Why.SKIPPED_SHIFT}:
            yield manager, reason.about.get("status", Status.OFFLINE)


def _skipped_by_dialplan(trail: Iterable[TrailItem]) -> Iterator[tuple[str, str]]:
    for item in trail:
        if item.what not in _DONE and item.who:
            yield item.who[0].partition("/")[0], item.what
