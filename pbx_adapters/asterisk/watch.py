"""Who reads this PBX's journal: a heartbeat in AstDB, so that of two services one does.

Two services that drain one journal would each get a part of the calls. Rules:

- The one that drains writes its name and the time to `dozvon/watch/service` every 5 s.
- Another's heartbeat is alive as long as it changes. It is stale when it stood still for 20 s of
  *our* time: the clocks of two machines may differ by minutes, so the time in it is only told.
- Whoever takes over writes, lets a moment pass and reads again: of two that do so at once, the one
  that wrote last has it.
- The name is the same after a restart of the same service, which therefore does not wait.
"""

from __future__ import annotations

import asyncio
import os
import re
import socket
import time
from collections.abc import Callable
from datetime import UTC, datetime

import structlog

from pbx_adapters.asterisk.astdb import AstDb
from pbx_adapters.errors import PbxError

BEAT_SECONDS = 5.0
STALE_SECONDS = 20.0
SETTLE_SECONDS = 0.3
FRESH_SECONDS = 10.0
"""How long a heartbeat that we wrote is proof enough; half the time after which it is stale."""

_SHELF = "watch"
_KEY = f"{_SHELF}/service"

log = structlog.get_logger()


class Watch:
    """One service's claim to one PBX's journal. `name` tells services apart and outlives restarts.

    `clock` is monotonic, in seconds.
    """

    def __init__(
        self,
        pbx: str,
        name: str,
        astdb: AstDb,
        *,
        now: Callable[[], datetime],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.rival = ""
        self._pbx = pbx
        self._name = name
        self._astdb = astdb
        self._now = now
        self._clock = clock
        self._ours_at: float | None = None
        self._seen = ""
        self._seen_at = 0.0
        self._in_order = asyncio.Lock()

    async def hold(self) -> None:
        """Return when the journal is ours to drain. Raises `PbxError` if AstDB cannot be asked."""
        while not self._is_fresh() and not await self.beat():  # noqa: ASYNC110 - AstDB tells nobody
            await asyncio.sleep(BEAT_SECONDS)

    async def keep(self) -> None:
        """Write the heartbeat for ever, as long as the journal is ours; another's is noticed."""
        while True:
            await asyncio.sleep(BEAT_SECONDS)
            if self._ours_at is None:
                continue
            try:
                await self.beat()
            except PbxError as trouble:
                log.debug("no heartbeat could be written", pbx=self._pbx, because=str(trouble))

    async def beat(self) -> bool:
        """Look who drains, and write that we do if nobody else does; True if it is us."""
        async with self._in_order:
            theirs = await self._read()
            owner = theirs.partition(" ")[0]
            if owner in {"", self._name}:
                return await self._write(settled=owner == self._name)
            if self._is_alive(theirs):
                self._yield_to(owner, theirs)
                return False
            log.warning(
                "another service has stopped reading this exchange; we take over",
                pbx=self._pbx,
                other=owner,
                its_last_sign_at=_instant(theirs),
            )
            return await self._write(settled=False)

    def _is_fresh(self) -> bool:
        return self._ours_at is not None and self._clock() - self._ours_at < FRESH_SECONDS

    def _is_alive(self, theirs: str) -> bool:
        if theirs != self._seen:
            self._seen, self._seen_at = theirs, self._clock()
        return self._clock() - self._seen_at < STALE_SECONDS

    def _yield_to(self, owner: str, theirs: str) -> None:
        self._ours_at = None
        if self.rival == owner:
            return
        self.rival = owner
        log.error(
            "another service reads this exchange's journal; we leave it alone until it stops. "
            "Calls are routed all the same. Stop one of the two",
            pbx=self._pbx,
            we=self._name,
            other=owner,
            its_last_sign_at=_instant(theirs),
        )

    async def _write(self, *, settled: bool) -> bool:
        ours = f"{self._name} {self._now().timestamp():.3f}"
        await self._astdb.put(_KEY, ours)
        if not settled:
            await asyncio.sleep(SETTLE_SECONDS)
            if await self._read() != ours:
                return False
        self._ours_at = self._clock()
        self.rival = ""
        return True

    async def _read(self) -> str:
        found = await self._astdb.tree(_SHELF)
        return next((v for k, v in found.items() if k.endswith(f"/{_KEY}")), "")


def service_name(agi_port: int) -> str:
    """The same for every start of one service, another for every other service on one PBX.

    Two on one machine cannot listen on one port; 0 is a port of the system's choice (tests).
    """
    place = f"port-{agi_port}" if agi_port else f"process-{os.getpid()}"
    host = re.sub(r"[^A-Za-z0-9._-]", "-", socket.gethostname())[:100]
    return f"{host}/{place}"


def _instant(value: str) -> str:
    """The time in a heartbeat, for people; as it stands if it is none."""
    epoch = value.rpartition(" ")[2]
    try:
        return datetime.fromtimestamp(float(epoch), UTC).isoformat(timespec="seconds")
    except (ValueError, OverflowError, OSError):
        return epoch[:40]
