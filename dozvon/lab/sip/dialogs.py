"""The identity of a call in SIP, and the requests and answers that carry it (RFC 3261, 12).

Rules: numbers and tags are kept here and nowhere else; what is said about our sound is versioned,
so that the PBX notices a change; a challenge is answered once.
"""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from dozvon.lab.sip import sdp
from dozvon.lab.sip.digest import Credentials, authorization
from dozvon.lab.sip.messages import Address, Request, Response
from dozvon.lab.sip.rtp import Stream
from dozvon.lab.sip.transactions import Peer, SipSocket, answer_to, new_branch
from dozvon.lab.sip.watched import Watched

ALLOW = "INVITE, ACK, CANCEL, BYE, OPTIONS, NOTIFY, UPDATE, INFO, REFER, MESSAGE"
USER_AGENT = "dozvon-lab"


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """What every call of one phone or carrier has in common."""

    socket: SipSocket
    peer: Peer
    contact: str
    credentials: Credentials | None = None


def now() -> datetime:
    """Returns this instant."""
    return datetime.now(UTC)


def authorised(request: Request, refusal: Response, credentials: Credentials, via: str) -> Request:
    """Returns the request again with the answer to a 401 or 407, as a new transaction."""
    asked, said = (
        ("WWW-Authenticate", "Authorization")
        if refusal.status == 401
        else ("Proxy-Authenticate", "Proxy-Authorization")
    )
    value = authorization(
        refusal.get(asked),
        credentials,
        method=request.method,
        uri=request.uri,
        cnonce=secrets.token_hex(8),
    )
    dropped = {"via", "cseq", said.lower()}
    kept = [field for field in request.fields if field[0].lower() not in dropped]
    cseq = f"{request.cseq + 1} {request.method}"
    return replace(request, fields=(("Via", via), *kept, ("CSeq", cseq), (said, value)))


class Dialog(Watched):
    """Who talks to whom under which Call-ID, and the messages that belong to it (RFC 3261, 12)."""

    def __init__(
        self, party: Party, *, local: Address, remote: Address, call_id: str, stream: Stream
    ) -> None:
        super().__init__()
        self.party = party
        self.local = local if local.tag else local.tagged(secrets.token_hex(6))
        self.remote = remote
        self.call_id = call_id
        self.stream = stream
        self.target = remote.uri
        self.direction = sdp.Direction.BOTH
        self._cseq = secrets.randbits(15)
        self._version = 0

    def continue_after(self, request: Request) -> None:
        """Numbers the next request after this one."""
        self._cseq = request.cseq

    def acknowledge(self, invite: Request) -> None:
        """Acknowledges the 2xx to an INVITE of ours."""
        ack = self.build("ACK", cseq=invite.cseq)
        self.party.socket.acknowledge(invite, ack, self.party.peer)

    async def send(self, request: Request) -> Response | None:
        """Sends a request, answers a challenge once, and returns the final answer, or None."""
        socket, peer = self.party.socket, self.party.peer
        response = await socket.asked(request, peer)
        credentials = self.party.credentials
        if response is not None and response.status in {401, 407} and credentials is not None:
            request = authorised(request, response, credentials, socket.via(new_branch()))
            self.continue_after(request)
            response = await socket.asked(request, peer)
        if request.method == "INVITE" and response is not None and response.status < 300:
            self.acknowledge(request)
        return response

    def build(
        self,
        method: str,
        *,
        extra: Iterable[tuple[str, str]] = (),
        body: bytes = b"",
        kind: str = "",
        cseq: int = 0,
    ) -> Request:
        """Returns a new request of this dialog; `cseq` 0 takes the next number."""
        if not cseq:
            self._cseq += 1
        fields = [
            ("Via", self.party.socket.via(new_branch())),
            ("Max-Forwards", "70"),
            ("From", str(self.local)),
            ("To", str(self.remote)),
            ("Call-ID", self.call_id),
            ("CSeq", f"{cseq or self._cseq} {method}"),
            ("Contact", f"<{self.party.contact}>"),
            ("Allow", ALLOW),
            ("User-Agent", USER_AGENT),
            *extra,
        ]
        if kind:
            fields.append(("Content-Type", kind))
        return Request(method=method, uri=self.target, fields=tuple(fields), body=body)

    def describe(self, offer: sdp.Description | None = None) -> bytes:
        """Returns a description of our sound, as an answer if there is an offer."""
        self._version += 1
        direction = offer.answered() if offer is not None else self.direction
        host = self.party.socket.host
        described = sdp.Description(
            host=host,
            port=self.stream.port,
            direction=direction,
            events=offer.events if offer is not None else sdp.EVENTS,
        )
        return sdp.build(described, version=self._version)

    def answer_with_sound(self, request: Request, offer: sdp.Description | None) -> None:
        """Answers an INVITE or UPDATE with 200 and a description of our sound."""
        body = self.describe(offer)
        self.answer(request, 200, "OK", body=body)

    def answer(self, request: Request, status: int, reason: str, body: bytes = b"") -> None:
        """Answers a request of the PBX."""
        extra = [("Allow", ALLOW), ("User-Agent", USER_AGENT)]
        tag = "" if status == 100 else self.local.tag
        if 101 <= status < 300 and request.method in {"INVITE", "UPDATE"}:
            extra.append(("Contact", f"<{self.party.contact}>"))
        if body:
            extra.append(("Content-Type", "application/sdp"))
        answer = answer_to(request, status, reason, to_tag=tag, extra=extra, body=body)
        self.party.socket.respond(request, answer)
