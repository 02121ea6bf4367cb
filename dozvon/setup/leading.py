"""Whether a call that comes in through a trunk can reach our dialplan at all.

The commonest slip of an installation: everything is pasted, and the trunk's context leads past it.
From the trunk's context we follow includes and jumps as they are written. What is computed while a
call runs cannot be followed, so a trunk that seems to lead past us is a warning and no error.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from pbx_adapters.asterisk.ami import AmiLink
from pbx_adapters.asterisk.errors import ActionRefused
from pbx_adapters.asterisk.frames import Frame
from pbx_adapters.errors import PbxError

_MOST_CONTEXTS = 60
_OURS = re.compile(r"(^|[^A-Za-z0-9_-])dozvon(-in|-freepbx)?([^A-Za-z0-9_-]|$)")
_JUMPS = frozenset({"Goto", "GotoIf", "Gosub", "GosubIf", "Macro"})
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")


async def trunks_astray(
    calls: AmiLink, journal: AmiLink, trunks: Collection[str]
) -> dict[str, str] | None:
    """The trunks that do not lead to us, with their contexts; None where that cannot be asked."""
    astray: dict[str, str] = {}
    try:
        for trunk in trunks:
            context = await _context_of(journal, trunk)
            if context and not await _leads_here(calls, context):
                astray[trunk] = context
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


async def _leads_here(calls: AmiLink, context: str) -> bool:
    seen: set[str] = set()
    ahead = [context]
    while ahead and len(seen) < _MOST_CONTEXTS:
        current = ahead.pop()
        if current in seen:
            continue
        seen.add(current)
        for step in await _steps(calls, current):
            written = step.get("IncludeContext") or step.get("AppData")
            if _OURS.search(written):
                return True
            ahead += _next(step)
    return bool(ahead)  # too wide to be followed to its end: nothing is said against it


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
