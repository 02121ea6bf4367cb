"""Whether a call that comes in through a trunk can reach our dialplan at all.

The commonest slip of an installation: everything is pasted, and the trunk's context leads past it.
From the trunk's context we follow includes and jumps as they are written. What is computed while a
call runs cannot be followed, so a trunk that seems to lead past us is a warning and no error.

Asterisk takes a context's own lines before its includes, and these in their order: an include of
ours is worth nothing to a number that something before it matches. Behind a jump the number may be
another one, so there it is enough that anything leads to us.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from dozvon.setup.patterns import best_match
from pbx_adapters.asterisk.ami import AmiLink
from pbx_adapters.asterisk.errors import ActionRefused
from pbx_adapters.asterisk.frames import Frame
from pbx_adapters.errors import PbxError

_MOST_CONTEXTS = 60
_OURS = re.compile(r"(^|[^A-Za-z0-9_-])dozvon(-in|-freepbx)?([^A-Za-z0-9_-]|$)")
_JUMPS = frozenset({"Goto", "GotoIf", "Gosub", "GosubIf", "Macro"})
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")
_COMPUTED = re.compile(r"\$[{\[][^{}\[\]]*[}\]]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Astray:
    """Where a trunk's calls end up: its context, and what takes our numbers before us, if any."""

    context: str
    taken_by: tuple[str, ...] = ()


async def trunks_astray(
    calls: AmiLink, journal: AmiLink, trunks: Collection[str], numbers: Collection[str]
) -> dict[str, Astray] | None:
    """The trunks whose calls, to these numbers, do not lead to us; None where none can be asked."""
    astray: dict[str, Astray] = {}
    plan = _Plan(calls)
    try:
        for trunk in trunks:
            context = await _context_of(journal, trunk)
            if not context:
                continue
            takers = [await plan.taker(context, number) for number in sorted(numbers)]
            taken_by = tuple(dict.fromkeys(taker for taker in takers if taker))
            if taken_by or not await plan.leads_here([context]):
                astray[trunk] = Astray(context=context, taken_by=taken_by)
    except PbxError:
        return None
    return astray


async def _context_of(journal: AmiLink, trunk: str) -> str:
    """The context of an endpoint, empty for one that is not there."""
    try:
        found = await journal.send_list({"Action": "PJSIPShowEndpoint", "Endpoint": trunk})
    except ActionRefused as refused:
        if "permission" in str(refused).lower():
            raise
        return ""
    return next((item.get("Context") for item in found if item.get("Context")), "")


@dataclass(slots=True)
class _Plan:
    """The dialplan of an Asterisk, each context asked for once."""

    _calls: AmiLink
    _known: dict[str, list[Frame]] = field(default_factory=dict)

    async def taker(self, context: str, number: str) -> str | None:
        """What takes a number without leading to us, as `exten@context`.

        Empty where it comes to us, None where nothing takes it.
        """
        return await self._taker(context, number, set())

    async def _taker(self, context: str, number: str, seen: set[str]) -> str | None:
        if context in seen or len(seen) >= _MOST_CONTEXTS:
            return None
        seen.add(context)
        steps = await self._steps(context)
        own = best_match((s.get("Extension") for s in steps if s.get("Extension")), number)
        if own is not None:
            taking = [step for step in steps if step.get("Extension") == own]
            walked = steps if any(map(_stays, taking)) else taking
            return "" if await self._lead_here(walked) else f"{own}@{context}"
        for step in steps:
            included, _, hours = step.get("IncludeContext").partition(",")
            if _OURS.search(included):
                return ""
            taker = await self._taker(included, number, seen) if included else None
            if taker == "" or (taker and not hours):
                return taker
        return None

    async def leads_here(self, contexts: Iterable[str]) -> bool:
        """Whether anything that is written in these contexts leads to us."""
        seen: set[str] = set()
        ahead = list(contexts)
        while ahead and len(seen) < _MOST_CONTEXTS:
            current = ahead.pop()
            if current in seen:
                continue
            seen.add(current)
            steps = await self._steps(current)
            if any(map(_is_ours, steps)):
                return True
            ahead += (name for step in steps for name in _next(step))
        return bool(ahead)  # too wide to be followed to its end: nothing is said against it

    async def _lead_here(self, steps: Collection[Frame]) -> bool:
        if any(map(_is_ours, steps)):
            return True
        return await self.leads_here(name for step in steps for name in _next(step))

    async def _steps(self, context: str) -> list[Frame]:
        if context not in self._known:
            self._known[context] = await _steps(self._calls, context)
        return self._known[context]


def _is_ours(step: Frame) -> bool:
    return bool(_OURS.search(step.get("IncludeContext") or step.get("AppData")))


def _stays(step: Frame) -> bool:
    """Whether a step may jump to another extension of its context (`Goto(s,1)`)."""
    if step.get("Application") not in _JUMPS - {"Macro"}:
        return False
    plain = text = step.get("AppData")
    while (plain := _COMPUTED.sub("-", text)) != text:
        text = plain
    targets = plain.rpartition("?")[2].split(":")
    return any(len(target.split("(")[0].split(",")) == 2 for target in targets)


def _next(step: Frame) -> list[str]:
    """The contexts to which a step may lead; a name that is none leads nowhere."""
    if included := step.get("IncludeContext"):
        return [included.partition(",")[0]]
    if step.get("Application") in _JUMPS:
        return _NAME.findall(step.get("AppData"))
    return []


async def _steps(calls: AmiLink, context: str) -> list[Frame]:
    try:
        return await calls.send_list({"Action": "ShowDialPlan", "Context": context})
    except ActionRefused as refused:
        if "permission" in str(refused).lower():
            raise
        return []
