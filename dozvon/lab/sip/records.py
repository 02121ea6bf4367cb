"""What phones and carriers remember of a call: plain records that grow while the call lives.

Rules: instants are aware and UTC, None until it happens; a record outlives its call, so a test can
look at it after the fact.
"""

import asyncio
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from dozvon.lab.sip.sessions import Session, Side


class CallState(StrEnum):
    """Where a call stands."""

    CALLING = "calling"
    RINGING = "ringing"
    TALKING = "talking"
    ENDED = "ended"


@dataclass(slots=True, eq=False)
class Record:
    """One call as its phone or caller saw it."""

    session: Session

    @property
    def state(self) -> CallState:
        """Where the call stands now."""
        if self.session.ended:
            return CallState.ENDED
        if self.session.answered_at is not None:
            return CallState.TALKING
        return CallState.RINGING if self.session.ringing_at else CallState.CALLING

    @property
    def answered_at(self) -> datetime | None:
        """When it was answered."""
        return self.session.answered_at

    @property
    def confirmed_at(self) -> datetime | None:
        """When the answer was acknowledged: from here on the two sides hear each other."""
        return self.session.confirmed_at

    @property
    def ended_at(self) -> datetime | None:
        """When it ended, answered or not."""
        return self.session.ended_at

    @property
    def ended_by(self) -> Side | None:
        """Who ended it."""
        return self.session.ended_by

    @property
    def status(self) -> int:
        """The final status of the INVITE: 200 answered, 486 busy, 487 cancelled, ...; 0 before."""
        return self.session.status

    @property
    def reason(self) -> str:
        """The text that the PBX gave when it ended the call, as "Call completed elsewhere"."""
        return self.session.reason

    @property
    def keys_heard(self) -> str:
        """The keys that the other side pressed (needs sound: not with `Media.NONE`)."""
        return self.session.stream.received_keys

    @property
    def packets_heard(self) -> int:
        """How many packets of sound came in (0 with `Media.NONE`)."""
        return self.session.stream.received_packets

    async def wait_heard(self, packets: int, timeout: float) -> None:  # noqa: ASYNC109 - a deadline of this wait
        """Waits until so many packets of sound have come in; raises `TimeoutError`."""
        stream = self.session.stream
        await stream.until(lambda: stream.received_packets >= packets, timeout)

    def record(self) -> None:
        """Keeps the sound that comes in from now on."""
        self.session.stream.record()

    @property
    def recorded(self) -> bytes:
        """The PCMA sound kept since `record()`."""
        return self.session.stream.recorded

    async def wait_answered(self, timeout: float) -> bool:  # noqa: ASYNC109 - a deadline of this wait
        """Waits until it is answered (True) or over without an answer (False); `TimeoutError`."""
        await self.session.until(lambda: self.session.settled, timeout)
        return self.session.answered_at is not None

    async def wait_confirmed(self, timeout: float) -> bool:  # noqa: ASYNC109 - a deadline of this wait
        """Waits until the answer has been acknowledged (True) or the call is over (False)."""
        call = self.session
        await call.until(lambda: call.confirmed_at is not None or call.ended, timeout)
        return call.confirmed_at is not None

    async def wait_ended(self, timeout: float) -> None:  # noqa: ASYNC109 - a deadline of this wait
        """Waits until the call is over; raises `TimeoutError`."""
        await self.session.until(lambda: self.session.ended, timeout)

    async def hang_up(self, timeout: float = 5.0) -> None:  # noqa: ASYNC109 - a deadline of this wait
        """Ends the call by CANCEL, a refusal or BYE, as its state asks for, and waits for it."""
        self.session.hang_up()
        await self.wait_ended(timeout)

    async def press(self, digits: str) -> None:
        """Presses keys and returns when the last one has been sent."""
        await asyncio.wait([self.session.stream.press(digits)])


@dataclass(slots=True, eq=False)
class PhoneCall(Record):
    """A call that came to a phone (or to a mobile behind the carrier).

    `caller_number` and `caller_name` are what the display showed when it began to ring.
    """

    called: str
    caller_number: str
    caller_name: str

    @property
    def rang_at(self) -> datetime | None:
        """When it began to ring."""
        return self.session.ringing_at

    @property
    def shown_number(self) -> str:
        """The number that the display shows now (it changes by a pick-up or a transfer)."""
        return self.session.connected.user

    @property
    def shown_name(self) -> str:
        """The name that the display shows now."""
        return self.session.connected.name


@dataclass(slots=True, eq=False)
class OutsideCall(Record):
    """A call that we placed: a client's through the carrier, or a phone's own."""

    dialled: str

    @property
    def started_at(self) -> datetime:
        """When the INVITE was sent."""
        return self.session.began_at

    @property
    def trying_at(self) -> datetime | None:
        """When the PBX first answered anything."""
        return self.session.trying_at

    @property
    def progress_at(self) -> datetime | None:
        """When early sound began (183)."""
        return self.session.progress_at

    @property
    def ringing_at(self) -> datetime | None:
        """When the caller heard the ringing tone (180)."""
        return self.session.ringing_at

    async def wait_ringing(self, timeout: float) -> bool:  # noqa: ASYNC109 - a deadline of this wait
        """Waits for the ringing tone (True) or the end of the call (False); `TimeoutError`."""
        call = self.session
        await call.until(lambda: bool(call.ringing_at or call.answered_at or call.ended), timeout)
        return call.ringing_at is not None
