"""The other side of the trunk: clients who call the company, and mobiles that the company calls.

Rules: one carrier stands for all outside numbers; what a mobile does is a `Mobile` per number, with
a default for all others; nothing is sent as sound unless asked for, so that a thousand calls cost
little.
"""

from dataclasses import dataclass
from typing import Self

from dozvon.lab.sip.agent import DEFAULT_HERTZ, Agent
from dozvon.lab.sip.messages import Address, Request
from dozvon.lab.sip.phone import LET_IT_RING, Behaviour, answer_after, follow
from dozvon.lab.sip.records import OutsideCall, PhoneCall
from dozvon.lab.sip.rtp import Media
from dozvon.lab.sip.sessions import Session
from dozvon.lab.sip.transactions import Peer


@dataclass(frozen=True, slots=True, kw_only=True)
class Mobile:
    """What an outside number does when it is called.

    `press` are keys pressed `press_after_seconds` after it has answered.
    """

    behaviour: Behaviour = LET_IT_RING
    press: str = ""
    press_after_seconds: float = 1.0


def confirms(answer_seconds: float, press_seconds: float = 1.0, key: str = "1") -> Mobile:
    """A person: answers and presses 1."""
    behaviour = answer_after(answer_seconds)
    return Mobile(behaviour=behaviour, press=key, press_after_seconds=press_seconds)


def voicemail(answer_seconds: float) -> Mobile:
    """An operator's voicemail: answers and presses nothing."""
    return Mobile(behaviour=answer_after(answer_seconds))


class Carrier(Agent):
    """The carrier, at an address of its own so that the PBX knows it by that.

    `pbx` is the PBX's (host, port). `mobiles` tells what a called number does, `default` what all
    others do; `received` holds every call that the PBX placed, `placed` those of our clients.
    """

    def __init__(
        self,
        host: str = "127.0.0.2",
        port: int = 0,
        *,
        pbx: Peer,
        media: Media = Media.NONE,
        hertz: int = DEFAULT_HERTZ,
    ) -> None:
        super().__init__("carrier", host=host, port=port, pbx=pbx, media=media, hertz=hertz)
        self.mobiles: dict[str, Mobile] = {}
        self.default = Mobile()
        self.received: list[PhoneCall] = []
        self.placed: list[OutsideCall] = []

    async def start(self) -> None:
        """Opens the port."""
        await self._open()

    async def stop(self) -> None:
        """Hangs up what is left and lets the ports go."""
        await self._close()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def call(
        self,
        line: str,
        caller_number: str,
        caller_name: str = "",
        *,
        hangup_after: float | None = None,
        anonymous: bool = False,
    ) -> OutsideCall:
        """Calls one of the company's lines and returns the call at once.

        The caller hangs up by himself after `hangup_after` seconds, counted from the INVITE,
        answered or not. An anonymous caller hides his number (RFC 3323): the PBX sees no number at
        all.
        """
        host = f"{self.host}:{self.port}"
        local = Address(uri=f"sip:{caller_number}@{host}", name=caller_name)
        extra: tuple[tuple[str, str], ...] = ()
        if anonymous:
            local = Address(uri="sip:anonymous@anonymous.invalid", name="Anonymous")
            extra = (("Privacy", "id"),)
        session = self._session(local=local, remote=Address(uri=self._user_at_pbx(line)))
        call = OutsideCall(session, line)
        self.placed.append(call)
        session.invite(extra)
        if hangup_after is not None:
            session.later(hangup_after, session.hang_up)
        return call

    async def wait_called(self, number: str, timeout: float) -> PhoneCall:  # noqa: ASYNC109 - a deadline of this wait
        """Waits until this outside number is called and not yet answered, and returns that call."""
        await self.until(lambda: self._ringing(number) is not None, timeout)
        call = self._ringing(number)
        if call is None:  # pragma: no cover - until() has just said the opposite
            raise TimeoutError
        return call

    def _ringing(self, number: str) -> PhoneCall | None:
        unanswered = (call for call in self.received if not call.session.settled)
        return next((call for call in unanswered if call.called == number), None)

    def _called(self, session: Session, invite: Request) -> None:
        number = Address(uri=invite.uri).user
        shown = session.remote
        self.received.append(PhoneCall(session, number, shown.user, shown.name))
        mobile = self.mobiles.get(number, self.default)
        follow(session, mobile.behaviour, self.note_change)
        if mobile.press:
            already = session.on_confirmed

            def confirmed() -> None:
                already()
                session.later(mobile.press_after_seconds, lambda: _press(session, mobile.press))

            session.on_confirmed = confirmed
        self.note_change()


def _press(session: Session, digits: str) -> None:
    session.stream.press(digits)
