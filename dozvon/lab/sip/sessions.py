"""One call from its first INVITE to its BYE, on either side of it (RFC 3261, 13–15; RFC 3515).

Rules: a session never raises on what the peer sends, it answers with the status that the RFCs name;
each instant is noted as it happens (aware, UTC); whoever waits is woken; what a session does after
a time (answering, hanging up) is a timer that dies with it.
"""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime
from enum import StrEnum

from dozvon.lab.errors import SipRefusedError
from dozvon.lab.sip import sdp
from dozvon.lab.sip.dialogs import ALLOW, Dialog, Party, authorised, now
from dozvon.lab.sip.messages import Address, Request, Response, parse_address, reason_text
from dozvon.lab.sip.rtp import Stream
from dozvon.lab.sip.transactions import new_branch


class Side(StrEnum):
    """Who ended a call: our own phone or caller, or the PBX."""

    SELF = "self"
    PBX = "pbx"


class Session(Dialog):
    """The call itself.

    The instants and `status`, `ended_by` and `reason` are None or empty until they are known.
    `status` is the final status of the INVITE; `reason` the text of the Reason field with which the
    PBX ended it.
    """

    def __init__(
        self, party: Party, *, local: Address, remote: Address, call_id: str, stream: Stream
    ) -> None:
        super().__init__(party, local=local, remote=remote, call_id=call_id, stream=stream)
        self.began_at = now()
        self.trying_at: datetime | None = None
        self.progress_at: datetime | None = None
        self.ringing_at: datetime | None = None
        self.answered_at: datetime | None = None
        self.confirmed_at: datetime | None = None
        self.ended_at: datetime | None = None
        self.status = 0
        self.ended_by: Side | None = None
        self.reason = ""
        self.connected = remote
        self.on_end: Callable[[], None] = _nothing
        self.on_answer: Callable[[], None] = _nothing
        self.on_confirmed: Callable[[], None] = _nothing
        self._invite: Request | None = None
        self._incoming: Request | None = None
        self._cancelled = False
        self._timers: list[asyncio.TimerHandle] = []
        self._referred = 0
        self._confirmed = False

    # calling

    def invite(self, extra: Iterable[tuple[str, str]] = ()) -> None:
        """Calls the remote address."""
        body = self.describe()
        self._send_invite(self.build("INVITE", extra=extra, body=body, kind="application/sdp"))

    def _send_invite(self, request: Request) -> None:
        self._invite = request
        self.party.socket.ask(request, self.party.peer, self._on_invite_answer)

    def _on_invite_answer(self, response: Response | None) -> None:
        if response is None:
            self._end(Side.PBX, status=408)
        elif response.status < 200:
            self._on_progress(response)
        elif response.status < 300:
            self._on_accepted(response)
        elif not self._try_again(response):
            by = Side.SELF if self._cancelled else Side.PBX
            self._end(by, status=response.status, reason=reason_text(response.get("Reason")))

    def _on_progress(self, response: Response) -> None:
        self.trying_at = self.trying_at or now()
        if response.status == 180:
            self.ringing_at = self.ringing_at or now()
        if response.body:
            self.progress_at = self.progress_at or now()
            self.stream.aim(sdp.parse(response.body))
        if self._cancelled and self._invite is not None:
            self._send_cancel(self._invite)
        self.note_change()

    def _on_accepted(self, response: Response) -> None:
        self.status = response.status
        self.remote = replace(response.address("To"), name=self.remote.name)
        self.target = response.address("Contact").uri or self.target
        if self._invite is not None:
            self.acknowledge(self._invite)
        self.stream.aim(sdp.parse(response.body))
        self._note_identity(response.get("P-Asserted-Identity"))
        self.answered_at = now()
        if self._cancelled:  # the answer was quicker than our CANCEL
            self._bye()
            return
        self.on_answer()
        self._confirm()

    def _try_again(self, response: Response) -> bool:
        """Answers a challenge, once."""
        credentials = self.party.credentials
        request = self._invite
        if response.status not in {401, 407} or credentials is None or request is None:
            return False
        if self._cancelled or request.get("Authorization") or request.get("Proxy-Authorization"):
            return False
        again = authorised(request, response, credentials, self.party.socket.via(new_branch()))
        self.continue_after(again)
        self._send_invite(again)
        return True

    def _send_cancel(self, invite: Request) -> None:
        self._cancelled = True
        fields = [("Via", invite.get("Via")), ("Max-Forwards", "70"), ("From", invite.get("From"))]
        fields += [("To", invite.get("To")), ("Call-ID", self.call_id)]
        cancel = replace(
            invite, method="CANCEL", fields=(*fields, ("CSeq", f"{invite.cseq} CANCEL")), body=b""
        )
        self.party.socket.ask(cancel, self.party.peer, _ignore)

    # being called

    def offered(self, invite: Request) -> None:
        """Takes an INVITE of the PBX; nothing is answered yet but "trying"."""
        self._incoming = invite
        self.target = invite.address("Contact").uri or self.target
        self.trying_at = now()
        self.answer(invite, 100, "Trying")
        self.stream.aim(sdp.parse(invite.body))

    def ring(self) -> None:
        """Says that we ring."""
        if self._incoming is not None and not self.settled:
            self.ringing_at = now()
            self.answer(self._incoming, 180, "Ringing")
            self.note_change()

    def accept(self) -> None:
        """Answers; does nothing if the call has been answered or has ended."""
        if self._incoming is None or self.settled:
            return
        self.status = 200
        self.answered_at = now()
        self.answer_with_sound(self._incoming, sdp.parse(self._incoming.body))
        self.on_answer()
        self.note_change()

    def refuse(self, status: int, reason: str) -> None:
        """Declines; does nothing if the call has been answered or has ended."""
        if self._incoming is not None and not self.settled:
            self.answer(self._incoming, status, reason)
            self._end(Side.SELF, status=status)

    # both

    @property
    def settled(self) -> bool:
        """Whether the call has been answered or has ended."""
        return self.answered_at is not None or self.ended_at is not None

    @property
    def ended(self) -> bool:
        """Whether the call is over."""
        return self.ended_at is not None

    @property
    def talking(self) -> bool:
        """Whether the call has been answered and is not over."""
        return self.answered_at is not None and self.ended_at is None

    def later(self, seconds: float, act: Callable[[], None]) -> None:
        """Does something after a time, unless the call has ended by then."""
        if not self.ended:
            loop = asyncio.get_running_loop()
            self._timers.append(loop.call_later(seconds, act))

    def hang_up(self) -> None:
        """Ends the call in the way that its state asks for: CANCEL, a refusal, or BYE."""
        if self.ended:
            return
        if self.answered_at is not None:
            self._bye()
        elif self._incoming is not None:
            self.refuse(480, "Temporarily Unavailable")
        elif self._invite is not None and not self._cancelled:
            self._cancelled = True
            if self.trying_at is not None:  # before that a CANCEL is not allowed (RFC 3261, 9.1)
                self._send_cancel(self._invite)

    async def ask(self, method: str, extra: Iterable[tuple[str, str]] = ()) -> Response | None:
        """Sends a request inside the call and returns its final answer, or None."""
        request = self.build(method, extra=extra)
        return await self.send(request)

    async def change_sound(self, direction: sdp.Direction) -> None:
        """Puts on hold or resumes by a re-INVITE; raises `SipRefusedError` if it is refused."""
        self.direction = direction
        body = self.describe()
        request = self.build("INVITE", body=body, kind="application/sdp")
        response = await self.send(request)
        if response is None or response.status >= 300:
            raise _refused("re-INVITE", response)
        self.target = response.address("Contact").uri or self.target
        self.stream.aim(sdp.parse(response.body))

    async def refer(self, refer_to: str, timeout: float) -> int:  # noqa: ASYNC109 - a deadline of this wait
        """Asks the PBX to transfer and returns the status that it reports at the end (RFC 3515).

        `refer_to` is the value of the Refer-To field. Raises `SipRefusedError` if the request
        itself is refused, `TimeoutError` without a report. A call that the PBX ends meanwhile
        without a word counts as transferred.
        """
        self._referred = 0
        extra = (("Refer-To", refer_to), ("Referred-By", f"<{self.local.uri}>"))
        response = await self.ask("REFER", extra)
        if response is None or response.status >= 300:
            raise _refused("REFER", response)
        await self.until(lambda: self._referred >= 200 or self.ended, timeout)
        return self._referred or 200

    def receive(self, request: Request) -> None:
        """Answers a request of the PBX that belongs to this call."""
        answers: dict[str, Callable[[Request], None]] = {
            "ACK": self._on_ack,
            "BYE": self._on_bye,
            "CANCEL": self._on_cancel,
            "INVITE": self._on_change,
            "UPDATE": self._on_change,
            "NOTIFY": self._on_notify,
        }
        answers.get(request.method, self._on_other)(request)

    def _on_ack(self, request: Request) -> None:
        if self._incoming is not None:
            self.party.socket.acknowledged(self._incoming)
        if request.body:
            self.stream.aim(sdp.parse(request.body))
        if self.talking:
            self._confirm()

    def _confirm(self) -> None:
        if not self._confirmed:
            self._confirmed = True
            self.confirmed_at = now()
            self.stream.greet()
            self.on_confirmed()
        self.note_change()

    def _on_bye(self, request: Request) -> None:
        self.answer(request, 200, "OK")
        self._end(Side.PBX, reason=reason_text(request.get("Reason")))

    def _on_cancel(self, request: Request) -> None:
        self.answer(request, 200, "OK")
        if self._incoming is not None and not self.settled:
            self.answer(self._incoming, 487, "Request Terminated")
            self._end(Side.PBX, status=487, reason=reason_text(request.get("Reason")))

    def _on_change(self, request: Request) -> None:
        """A re-INVITE or an UPDATE: new sound, or only a new name on the display."""
        self._note_identity(request.get("P-Asserted-Identity"))
        self.target = request.address("Contact").uri or self.target
        offer = sdp.parse(request.body)
        if request.method == "INVITE":
            self._incoming = request
        if offer is not None or request.method == "INVITE":
            self.stream.aim(offer)
            self.answer_with_sound(request, offer)
        else:
            self.answer(request, 200, "OK")
        self.note_change()

    def _on_notify(self, request: Request) -> None:
        self.answer(request, 200, "OK")
        first = request.body.partition(b"\n")[0].decode("ascii", "replace").split(" ", 2)
        if len(first) >= 2 and first[0] == "SIP/2.0" and first[1].isdigit():
            self._referred = int(first[1])
            self.note_change()

    def _on_other(self, request: Request) -> None:
        known = request.method in ALLOW.split(", ")
        self.answer(request, *((200, "OK") if known else (501, "Not Implemented")))

    def _note_identity(self, value: str) -> None:
        if value:
            self.connected = parse_address(value)

    def _bye(self) -> None:
        bye = self.build("BYE")
        self._end(Side.SELF, status=self.status)
        self.party.socket.ask(bye, self.party.peer, _ignore)

    def _end(self, by: Side, *, status: int = 0, reason: str = "") -> None:
        if self.ended_at is not None:
            return
        self.ended_at, self.ended_by = now(), by
        self.status = status or self.status
        self.reason = reason
        for timer in self._timers:
            timer.cancel()
        self.stream.close()
        self.on_end()
        self.note_change()


def _refused(what: str, response: Response | None) -> SipRefusedError:
    if response is None:
        return SipRefusedError(what, 408, "no answer")
    return SipRefusedError(what, response.status, response.reason)


def _ignore(response: Response | None) -> None:
    """The answer to a BYE or CANCEL changes nothing: the call is over for us."""


def _nothing() -> None:
    """Nobody asked to be told."""
