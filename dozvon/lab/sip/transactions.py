"""One UDP socket that speaks SIP: transactions of both sides and their repeats (RFC 3261, 17).

Rules: repeated requests are answered from memory and never served twice; every request of ours
ends, after
32 s at the latest; a response goes back to where its request came from (RFC 3581, the lab is
   symmetric). What is remembered of finished transactions is thrown away after 32 s, when the next
   one is added: no timers.
"""

import asyncio
import secrets
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any

from dozvon.lab.errors import SipSyntaxError
from dozvon.lab.sip.messages import Request, Response, parse

T1 = 0.5
T2 = 4.0
GIVE_UP_SECONDS = 64 * T1

Peer = tuple[str, int]
Key = tuple[str, str]
OnResponse = Callable[[Response | None], None]


def new_branch() -> str:
    """Returns a branch that no other transaction has."""
    return "z9hG4bK" + secrets.token_hex(8)


def answer_to(  # noqa: PLR0913 - the parts of a response
    request: Request,
    status: int,
    reason: str,
    *,
    to_tag: str = "",
    extra: Iterable[tuple[str, str]] = (),
    body: bytes = b"",
) -> Response:
    """Returns the response to a request; the To field gets the tag unless it has one."""
    to = request.get("To")
    if to_tag and not request.address("To").tag:
        to = f"{to};tag={to_tag}"
    fields = [("Via", via) for via in request.all("Via")]
    fields += [("From", request.get("From")), ("To", to)]
    fields += [("Call-ID", request.call_id), ("CSeq", request.get("CSeq")), *extra]
    return Response(status=status, reason=reason, fields=tuple(fields), body=body)


@dataclass(slots=True, kw_only=True)
class _Asked:
    """A request of ours that waits for its end, or whose end may be repeated by the peer."""

    request: Request
    peer: Peer
    on_response: OnResponse
    began: float
    pause: float = T1
    timer: asyncio.TimerHandle | None = None
    finished: bool = False
    ack: bytes = b""

    def rest(self) -> None:
        if self.timer is not None:
            self.timer.cancel()
            self.timer = None


@dataclass(slots=True, kw_only=True)
class _Served:
    """A request of theirs and the last answer to it."""

    peer: Peer
    invite: bool
    last: bytes = b""
    repeats_left: int = 11  # T1, doubling up to T2: 32 s in all
    pause: float = T1
    timer: asyncio.TimerHandle | None = None

    def rest(self) -> None:
        if self.timer is not None:
            self.timer.cancel()
            self.timer = None


class SipSocket(asyncio.DatagramProtocol):
    """Sends requests, answers requests, and repeats what UDP may have lost.

    `serve` gets every new request of the peer (also the ACK of a 2xx) and answers with `respond`;
    `on_finished` is told whenever a request of ours has ended.
    """

    def __init__(self, serve: Callable[[Request], None]) -> None:
        self._serve = serve
        self.on_finished: Callable[[], None] = lambda: None
        self._transport: asyncio.DatagramTransport | None = None
        self._asked: dict[Key, _Asked] = {}
        self._served: dict[Key, _Served] = {}
        self._finished: deque[tuple[float, dict[Key, Any], Key]] = deque()
        self.host, self.port = "", 0
        self.unreadable = 0
        self.repeats = 0

    async def open(self, host: str, port: int) -> None:
        """Binds the socket; port 0 takes a free one."""
        loop = asyncio.get_running_loop()
        opened = await loop.create_datagram_endpoint(lambda: self, local_addr=(host, port))
        self._transport = opened[0]
        self.host, self.port = self._transport.get_extra_info("sockname")[:2]

    def close(self) -> None:
        """Closes the socket; requests under way end without an answer."""
        for asked in [*self._asked.values()]:
            asked.rest()
            if not asked.finished:
                asked.finished = True
                asked.on_response(None)
        for served in self._served.values():
            served.rest()
        self._asked.clear()
        self._served.clear()
        if self._transport is not None:
            self._transport.close()
            self._transport = None

    def via(self, branch: str) -> str:
        """Returns our Via field for a transaction."""
        return f"SIP/2.0/UDP {self.host}:{self.port};rport;branch={branch}"

    def ask(self, request: Request, peer: Peer, on_response: OnResponse) -> None:
        """Sends a request until it is answered; `on_response` gets each answer, or None at last."""
        self._forget()
        asked = _Asked(request=request, peer=peer, on_response=on_response, began=self._now())
        self._asked[request.branch, request.method] = asked
        self.send(request.encode(), peer)
        self._repeat_later(asked)

    @property
    def waiting(self) -> bool:
        """Whether a request of ours is still without its end."""
        return any(not asked.finished for asked in self._asked.values())

    async def asked(self, request: Request, peer: Peer) -> Response | None:
        """Sends a request and returns its final answer; None when none came within 32 s."""
        done: asyncio.Future[Response | None] = asyncio.get_running_loop().create_future()

        def note(response: Response | None) -> None:
            if not done.done() and (response is None or response.status >= 200):
                done.set_result(response)

        self.ask(request, peer, note)
        return await done

    def acknowledge(self, invite: Request, ack: Request, peer: Peer) -> None:
        """Sends the ACK of a 2xx, now and whenever the 2xx is repeated."""
        data = ack.encode()
        asked = self._asked.get((invite.branch, "INVITE"))
        if asked is not None:
            asked.ack = data
        self.send(data, peer)

    def respond(self, request: Request, response: Response) -> None:
        """Answers a request; a final answer to an INVITE is repeated until its ACK."""
        served = self._served.get((request.branch, request.method))
        if served is None:
            return
        served.last = response.encode()
        self.send(served.last, served.peer)
        if response.status >= 200:
            self._remember(self._served, (request.branch, request.method))
            if served.invite:
                self._repeat_answer(served)

    def acknowledged(self, invite: Request) -> None:
        """Stops repeating the 2xx to this INVITE: its ACK has come."""
        served = self._served.get((invite.branch, "INVITE"))
        if served is not None:
            served.rest()

    def send(self, data: bytes, peer: Peer) -> None:
        """Sends one datagram; after `close` it does nothing."""
        if self._transport is not None:
            self._transport.sendto(data, peer)

    # asyncio.DatagramProtocol

    def datagram_received(self, data: bytes, addr: Peer) -> None:
        """Sorts a datagram: an answer, a request, or noise, which is counted."""
        try:
            message = parse(data)
        except SipSyntaxError:
            self.unreadable += 1
            return
        if isinstance(message, Response):
            self._response(message)
        else:
            self._request(message, (addr[0], addr[1]))

    def error_received(self, exc: Exception) -> None:
        """Ignores ICMP errors: the repeats and the 32 s decide."""

    # what the peer sent

    def _response(self, response: Response) -> None:
        asked = self._asked.get((response.branch, response.cseq_method))
        if asked is None:
            return
        if asked.finished:
            if asked.ack and response.status >= 200:
                self.send(asked.ack, asked.peer)
            return
        if asked.request.method == "INVITE" or response.status >= 200:
            asked.rest()
        if response.status >= 200:
            asked.finished = True
            self._remember(self._asked, (response.branch, response.cseq_method))
            if asked.request.method == "INVITE" and response.status >= 300:
                asked.ack = _refusal_ack(asked.request, response).encode()
                self.send(asked.ack, asked.peer)
        asked.on_response(response)
        if asked.finished:
            self.on_finished()

    def _request(self, request: Request, peer: Peer) -> None:
        if request.method == "ACK":
            served = self._served.get((request.branch, "INVITE"))
            if served is not None:
                served.rest()
            else:
                self._serve(request)
            return
        key = (request.branch, request.method)
        known = self._served.get(key)
        if known is not None:
            if known.last:
                self.send(known.last, peer)
            return
        self._forget()
        self._served[key] = _Served(peer=peer, invite=request.method == "INVITE")
        self._serve(request)

    # repeats

    def _repeat_later(self, asked: _Asked) -> None:
        loop = asyncio.get_running_loop()
        asked.timer = loop.call_later(asked.pause, self._repeat, asked)

    def _repeat(self, asked: _Asked) -> None:
        if self._now() - asked.began >= GIVE_UP_SECONDS:
            asked.finished = True
            self._remember(self._asked, (asked.request.branch, asked.request.method))
            asked.on_response(None)
            self.on_finished()
            return
        self.repeats += 1
        self.send(asked.request.encode(), asked.peer)
        longest = GIVE_UP_SECONDS if asked.request.method == "INVITE" else T2
        asked.pause = min(asked.pause * 2, longest)
        self._repeat_later(asked)

    def _repeat_answer(self, served: _Served) -> None:
        served.rest()
        loop = asyncio.get_running_loop()
        served.timer = loop.call_later(served.pause, self._answer_again, served)

    def _answer_again(self, served: _Served) -> None:
        served.timer = None
        if not served.repeats_left:
            return
        served.repeats_left -= 1
        self.repeats += 1
        self.send(served.last, served.peer)
        served.pause = min(served.pause * 2, T2)
        self._repeat_answer(served)

    # memory of what is finished

    def _remember(self, where: dict[Key, Any], key: Key) -> None:
        self._finished.append((self._now() + GIVE_UP_SECONDS, where, key))

    def _forget(self) -> None:
        now = self._now()
        while self._finished and self._finished[0][0] < now:
            _, where, key = self._finished.popleft()
            entry = where.pop(key, None)
            if entry is not None:
                entry.rest()

    @staticmethod
    def _now() -> float:
        return asyncio.get_running_loop().time()


def _refusal_ack(invite: Request, response: Response) -> Request:
    """The ACK of a 3xx–6xx belongs to the INVITE's own transaction (RFC 3261, 17.1.1.3)."""
    kept = [("Via", invite.get("Via")), ("Max-Forwards", "70"), ("From", invite.get("From"))]
    kept += [("To", response.get("To")), ("Call-ID", invite.call_id)]
    return replace(invite, method="ACK", fields=(*kept, ("CSeq", f"{invite.cseq} ACK")), body=b"")
