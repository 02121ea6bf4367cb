"""A desk phone: registers, rings, is answered by a behaviour or by a test, holds, transfers, dials.

Rules: what the phone does by itself is one value, its `Behaviour`, exchanged at any time; a new
behaviour counts for calls that come after it. Whoever tests a conversation uses `LET_IT_RING` and
calls `answer()`. The current call is the last one that is not over.
"""

import asyncio
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Self
from urllib.parse import quote as percent

from dozvon.lab.errors import SipRefusedError
from dozvon.lab.sip import sdp
from dozvon.lab.sip.agent import DEFAULT_HERTZ, Agent
from dozvon.lab.sip.dialogs import ALLOW, USER_AGENT, authorised
from dozvon.lab.sip.digest import Credentials
from dozvon.lab.sip.messages import Address, Request, Response
from dozvon.lab.sip.records import OutsideCall, PhoneCall
from dozvon.lab.sip.rtp import Media
from dozvon.lab.sip.sessions import Session
from dozvon.lab.sip.transactions import Peer, new_branch


class Act(StrEnum):
    """What a phone does with a call."""

    ANSWER = "answer"
    RING = "ring"
    REFUSE = "refuse"


@dataclass(frozen=True, slots=True, kw_only=True)
class Behaviour:
    """What a phone does by itself.

    `after_seconds` of ringing pass before it answers or refuses; `hang_up_after_seconds` of talk
    before it hangs up (None: never); `status` is what it refuses with; an unregistered phone cannot
    be called at all.
    """

    act: Act = Act.RING
    after_seconds: float = 0.0
    hang_up_after_seconds: float | None = None
    status: int = 603
    registered: bool = True


def answer_after(seconds: float, *, hang_up_after: float | None = None) -> Behaviour:
    """Rings so long, then answers; hangs up after so many seconds of talk if told to."""
    return Behaviour(act=Act.ANSWER, after_seconds=seconds, hang_up_after_seconds=hang_up_after)


def decline_after(seconds: float) -> Behaviour:
    """Rings so long, then declines (603)."""
    return Behaviour(act=Act.REFUSE, after_seconds=seconds)


LET_IT_RING = Behaviour()
DECLINE = Behaviour(act=Act.REFUSE)
BUSY = Behaviour(act=Act.REFUSE, status=486)
DO_NOT_REGISTER = Behaviour(registered=False)

_RETRY_SECONDS = 5.0
_REASONS = {486: "Busy Here", 603: "Decline"}


class Phone(Agent):
    """One phone of the office.

    `registrar` is the PBX's (host, port); `expires` the seconds that a registration is asked for,
    renewed at half of what is granted. `calls` holds every call that came, `dialled` those that
    this phone placed.
    """

    def __init__(  # noqa: PLR0913 - each is one fact about the phone
        self,
        extension: str,
        password: str,
        host: str = "127.0.0.1",
        port: int = 0,
        *,
        registrar: Peer,
        behaviour: Behaviour = LET_IT_RING,
        media: Media = Media.NONE,
        hertz: int = DEFAULT_HERTZ,
        expires: int = 300,
    ) -> None:
        super().__init__(
            extension,
            host=host,
            port=port,
            pbx=registrar,
            media=media,
            hertz=hertz,
            credentials=Credentials(username=extension, password=password),
        )
        self.extension = extension
        self.behaviour = behaviour
        self.calls: list[PhoneCall] = []
        self.dialled: list[OutsideCall] = []
        self.registered_until: datetime | None = None
        self.registration_refused: SipRefusedError | None = None
        self._expires = expires
        self._wanted = asyncio.Event()
        self._keeper: asyncio.Task[None] | None = None
        self._registration = f"{secrets.token_hex(10)}@{host}"
        self._registrations = 0

    # on the network

    async def start(self, timeout: float = 5.0) -> None:  # noqa: ASYNC109 - a deadline of this wait
        """Opens the port and registers, unless the behaviour says otherwise.

        Raises `SipRefusedError` if the PBX refuses, `TimeoutError` if it does not answer.
        """
        await self._open()
        self._keeper = asyncio.create_task(self._keep_registered(), name=f"phone {self.extension}")
        if self.behaviour.registered:
            await self.wait_registered(timeout)

    async def stop(self) -> None:
        """Hangs up, unregisters and lets the ports go."""
        if self._keeper is not None:
            self._keeper.cancel()
            await asyncio.wait([self._keeper])
            self._keeper = None
        try:
            if self.registered:
                async with asyncio.timeout(2):
                    await self._register(0)
        except (SipRefusedError, TimeoutError):
            self.registered_until = (
                None  # the PBX has gone before us; the registration expires there
            )
        finally:
            await self._close()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    @property
    def registered(self) -> bool:
        """Whether the PBX knows where we are."""
        return self.registered_until is not None and self.registered_until > datetime.now(UTC)

    def behave(self, behaviour: Behaviour) -> None:
        """Behaves like this from the next call on; (un)registers in the background if need be."""
        self.behaviour = behaviour
        self._wanted.set()

    async def register(self) -> None:
        """Registers at once, as phones do when they notice that the PBX was restarted."""
        self.registered_until = None
        self.registration_refused = None
        self._wanted.set()
        await self.wait_registered(5)

    async def wait_registered(self, timeout: float) -> None:  # noqa: ASYNC109 - a deadline of this wait
        """Waits until the PBX knows where we are."""
        await self.until(lambda: self.registered or self.registration_refused is not None, timeout)
        if self.registration_refused is not None:
            raise self.registration_refused

    async def wait_unregistered(self, timeout: float) -> None:  # noqa: ASYNC109 - a deadline of this wait
        """Waits until the PBX has forgotten us."""
        await self.until(lambda: not self.registered, timeout)

    async def _keep_registered(self) -> None:
        while True:
            self._wanted.clear()
            pause: float | None = None
            wanted = self.behaviour.registered
            try:
                if wanted or self.registered:
                    pause = await self._register(self._expires if wanted else 0)
            except SipRefusedError as refusal:
                self.registration_refused = refusal
                pause = _RETRY_SECONDS
                self.note_change()
            try:
                async with asyncio.timeout(pause):
                    await self._wanted.wait()
            except TimeoutError:
                continue

    async def _register(self, expires: int) -> float | None:
        """Registers or unregisters; returns after how many seconds to do it again."""
        request = self._registration_request(expires)
        response = await self.socket.asked(request, self.pbx)
        if response is not None and response.status in {401, 407} and self._credentials is not None:
            via = self.socket.via(new_branch())
            request = authorised(request, response, self._credentials, via)
            self._registrations = request.cseq
            response = await self.socket.asked(request, self.pbx)
        if response is None or response.status >= 300:
            status, reason = (response.status, response.reason) if response else (408, "no answer")
            raise SipRefusedError(f"phone {self.extension} cannot register", status, reason)
        granted = _granted(response, expires) if expires else 0
        now = datetime.now(UTC)
        self.registered_until = (
            datetime.fromtimestamp(now.timestamp() + granted, UTC) if granted else None
        )
        self.registration_refused = None
        self.note_change()
        return granted / 2 if granted else None

    def _registration_request(self, expires: int) -> Request:
        self._registrations += 1
        ours = Address(uri=self._user_at_pbx(self.extension))
        fields = (
            ("Via", self.socket.via(new_branch())),
            ("Max-Forwards", "70"),
            ("From", str(ours.tagged(secrets.token_hex(6)))),
            ("To", str(ours)),
            ("Call-ID", self._registration),
            ("CSeq", f"{self._registrations} REGISTER"),
            ("Contact", f"<sip:{self.extension}@{self.host}:{self.port}>"),
            ("Expires", str(expires)),
            ("Allow", ALLOW),
            ("User-Agent", USER_AGENT),
        )
        return Request(method="REGISTER", uri=f"sip:{self.pbx[0]}:{self.pbx[1]}", fields=fields)

    # being called

    @property
    def current(self) -> PhoneCall | None:
        """The last call that came and is not over."""
        return next((call for call in reversed(self.calls) if not call.session.ended), None)

    async def wait_ringing(self, timeout: float) -> PhoneCall:  # noqa: ASYNC109 - a deadline of this wait
        """Waits until a call rings here that nobody has answered, and returns it."""
        await self.until(lambda: self._ringing() is not None, timeout)
        call = self._ringing()
        if call is None:  # pragma: no cover - until() has just said the opposite
            raise TimeoutError
        return call

    def _ringing(self) -> PhoneCall | None:
        return next((c for c in self.calls if c.rang_at and not c.session.settled), None)

    async def answer(self, timeout: float = 5.0) -> PhoneCall:  # noqa: ASYNC109 - a deadline of this wait
        """Answers the call that rings, and returns it when the PBX has acknowledged.

        Raises `LookupError` if none rings. If the call has gone in that very instant, its
        `confirmed_at` stays None.
        """
        call = self._ringing()
        if call is None:
            raise LookupError(f"no call rings at {self.extension}")
        call.session.accept()
        await call.wait_confirmed(timeout)
        return call

    async def decline(self) -> PhoneCall:
        """Declines the call that rings (603)."""
        call = self._ringing()
        if call is None:
            raise LookupError(f"no call rings at {self.extension}")
        call.session.refuse(603, "Decline")
        return call

    async def hang_up(self) -> None:
        """Hangs up the current call, one that came or one that was dialled."""
        session = self._talk(talking=False)
        session.hang_up()
        await session.until(lambda: session.ended, 5)

    def _called(self, session: Session, invite: Request) -> None:  # noqa: ARG002 - a phone has one number
        shown = session.remote
        call = PhoneCall(session, self.extension, shown.user, shown.name)
        self.calls.append(call)
        behaviour = self.behaviour
        follow(session, behaviour, self.note_change)
        self.note_change()

    # during a talk

    def _talk(self, *, talking: bool = True) -> Session:
        for call in sorted(
            [*self.calls, *self.dialled], key=lambda call: call.session.began_at, reverse=True
        ):
            if call.session.talking or (not talking and not call.session.ended):
                return call.session
        raise LookupError(f"{self.extension} is in no call")

    async def press(self, digits: str) -> None:
        """Presses keys in the current talk and returns when the last one has been sent."""
        await asyncio.wait([self._talk().stream.press(digits)])

    async def hold(self) -> None:
        """Puts the current talk on hold."""
        await self._talk().change_sound(sdp.Direction.SEND)

    async def resume(self) -> None:
        """Takes the current talk back from hold."""
        await self._talk().change_sound(sdp.Direction.BOTH)

    async def dial(self, number: str) -> OutsideCall:
        """Dials a number and returns the call at once; wait on it for ringing or the answer."""
        local = Address(uri=self._user_at_pbx(self.extension))
        remote = Address(uri=self._user_at_pbx(number))
        session = self._session(local=local, remote=remote)
        call = OutsideCall(session, number)
        self.dialled.append(call)
        session.invite()
        return call

    async def blind_transfer(self, extension: str, timeout: float = 10.0) -> int:  # noqa: ASYNC109 - a deadline of this wait
        """Sends the current talk to another extension without asking; returns the status reported.

        Our own side of the call ends with it.
        """
        session = self._talk()
        status = await session.refer(f"<{self._user_at_pbx(extension)}>", timeout)
        if status < 300:
            session.hang_up()
        return status

    async def consult(self, extension: str, timeout: float = 10.0) -> OutsideCall:  # noqa: ASYNC109 - a deadline of this wait
        """Holds the current talk and asks a colleague; returns that second call once he answers.

        Raises `SipRefusedError` if he does not, `TimeoutError` if he lets it ring.
        """
        held = self._talk()
        await held.change_sound(sdp.Direction.SEND)
        call = await self.dial(extension)
        if not await call.wait_answered(timeout):
            raise SipRefusedError(f"consultation of {extension}", call.status, "not answered")
        return call

    async def complete_transfer(self, timeout: float = 10.0) -> int:  # noqa: ASYNC109 - a deadline of this wait
        """Joins the held talk and the consultation, leaves both, returns the status reported."""
        second = next((c.session for c in reversed(self.dialled) if not c.session.ended), None)
        others = [call.session for call in [*self.calls, *self.dialled] if call.session.talking]
        first = next((session for session in others if session is not second), None)
        if first is None or second is None:
            raise LookupError(f"{self.extension} has no two calls to join")
        replaced = percent(
            f"{second.call_id};to-tag={second.remote.tag};from-tag={second.local.tag}", safe=""
        )
        status = await first.refer(f"<{second.remote.uri}?Replaces={replaced}>", timeout)
        if status < 300:
            first.hang_up()
            second.hang_up()
        return status


def follow(session: Session, behaviour: Behaviour, note: Callable[[], None]) -> None:
    """Lets a behaviour take a call that has just come."""
    session.on_answer = note
    if behaviour.act is Act.REFUSE and not behaviour.after_seconds:
        session.refuse(behaviour.status, _REASONS.get(behaviour.status, "Refused"))
        return
    session.ring()
    if behaviour.act is Act.REFUSE:
        reason = _REASONS.get(behaviour.status, "Refused")
        session.later(behaviour.after_seconds, lambda: session.refuse(behaviour.status, reason))
    elif behaviour.act is Act.ANSWER:
        session.later(behaviour.after_seconds, session.accept)
    talk = behaviour.hang_up_after_seconds
    if talk is not None:
        session.on_confirmed = lambda: session.later(talk, session.hang_up)


def _granted(response: Response, asked: int) -> int:
    """The seconds that the registrar grants: the contact's parameter, else the Expires field."""
    said = dict(response.address("Contact").params).get("expires") or response.get("Expires")
    return int(said) if said.isascii() and said.isdigit() else asked
