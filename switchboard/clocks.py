"""How far each PBX's clock is ahead of ours, measured by its driver on connect and now and then.

A driver that cannot tell has no offset: then the PBX's times are taken as they are.
"""

from __future__ import annotations

from typing import Protocol, runtime_checkable

import structlog

from pbx_adapters.errors import PbxError
from router.pbx_clock import offset_in_force

log = structlog.get_logger()


@runtime_checkable
class Clocked(Protocol):
    """A driver that can ask its PBX for the time."""

    async def clock_offset_seconds(self) -> float:
        """How far the PBX's clock is ahead of ours; raises `PbxError` while it cannot be asked."""
        ...


class Clocks:
    """The offsets in force, by PBX."""

    def __init__(self) -> None:
        self._ahead: dict[str, float] = {}

    def ahead(self, pbx: str) -> float:
        """What is taken out of a PBX's times."""
        return self._ahead.get(pbx, 0.0)

    async def measure(self, key: str, pbx: object) -> None:
        """Ask a PBX for its time; while it cannot be asked the last offset stays in force."""
        if not isinstance(pbx, Clocked):
            return
        try:
            found = offset_in_force(await pbx.clock_offset_seconds())
        except PbxError as trouble:
            log.debug("a clock could not be measured", pbx=key, because=str(trouble))
            return
        if abs(found - self.ahead(key)) >= 1.0:
            log.warning(
                "the exchange's clock differs from ours; its times are corrected",
                pbx=key,
                seconds_ahead=round(found, 1),
            )
        self._ahead[key] = found
