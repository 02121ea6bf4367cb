"""What every client base keeps: it answers in time, and it never raises.

A call does not wait for a client base. Whatever goes wrong there is an outcome of the look-up:
LATE when the deadline passed, FAILED with a line in the log when something broke. Both route the
call like an unknown number's, and both are visible in the reasons of the decision.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import Protocol

import structlog

from router.facts import Lookup, LookupOutcome
from router.numbers import PhoneNumber, mask

_log = structlog.get_logger(__name__)


class ClientDirectory(Protocol):
    """A client base that can be asked whose number this is."""

    async def look_up(self, number: PhoneNumber, deadline_seconds: float) -> Lookup:
        """Every client to whom `number` belongs, within `deadline_seconds`; never raises.

        A number that identifies nobody (hidden, internal, invalid) is NOT_ASKED.
        """


async def in_time(
    question: Awaitable[Lookup], *, number: PhoneNumber, deadline_seconds: float
) -> Lookup:
    """The answer to `question`, or an explicit LATE or FAILED."""
    try:
        async with asyncio.timeout(deadline_seconds):
            return await question
    except TimeoutError:
        _log.warning(
            "the client base did not answer in time; the call is routed as an unknown number",
            number=mask(number.raw),
            deadline_seconds=deadline_seconds,
        )
        return Lookup(outcome=LookupOutcome.LATE)
    except Exception as error:  # noqa: BLE001 - a call is routed whatever a client base does
        _log.error(
            "the client base failed; the call is routed as an unknown number",
            number=mask(number.raw),
            because=f"{type(error).__name__}: {error}",
        )
        return Lookup(outcome=LookupOutcome.FAILED)
