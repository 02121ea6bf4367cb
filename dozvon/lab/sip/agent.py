"""What a phone and a carrier share: a socket, calls by Call-ID, and answers to everything else.

Rules: a request for a call that we do not know gets 481 (RFC 3261, 12.2.2); out of a call, OPTIONS,
NOTIFY and MESSAGE are taken with 200, all other methods with 405.
"""

import secrets
import socket

from dozvon.lab.sip.dialogs import ALLOW, Party
from dozvon.lab.sip.digest import Credentials
from dozvon.lab.sip.messages import Address, Request
from dozvon.lab.sip.rtp import Media, Stream, bound_socket
from dozvon.lab.sip.sessions import Session
from dozvon.lab.sip.transactions import Peer, SipSocket, answer_to
from dozvon.lab.sip.watched import Watched

DEFAULT_HERTZ = 400


class Agent(Watched):
    """One SIP user agent.

    `pbx` is the address of the PBX; `port` 0 takes a free one; `media` says what its calls send.
    """

    def __init__(  # noqa: PLR0913 - each is one fact about the agent
        self,
        user: str,
        *,
        host: str,
        port: int,
        pbx: Peer,
        media: Media,
        credentials: Credentials | None = None,
        hertz: int = DEFAULT_HERTZ,
    ) -> None:
        super().__init__()
        self.user = user
        self.host = host
        self.port = port
        self.pbx = pbx
        self.media = media
        self.hertz = hertz
        self.socket = SipSocket(self._serve)
        self.socket.on_finished = self.note_change
        self._credentials = credentials
        self._sessions: dict[str, Session] = {}
        self._silent: socket.socket | None = None

    @property
    def live_calls(self) -> int:
        """How many calls are not over yet."""
        return len(self._sessions)

    async def _open(self) -> None:
        await self.socket.open(self.host, self.port)
        self.port = self.socket.port
        self._silent = bound_socket(self.host)

    async def _close(self, timeout: float = 5.0) -> None:  # noqa: ASYNC109 - a deadline of this wait
        """Hangs up what is left, waits for it a little, and lets the ports go."""
        for session in [*self._sessions.values()]:
            session.hang_up()
        try:
            await self.until(lambda: not self._sessions and not self.socket.waiting, timeout)
        except TimeoutError:
            pass
        finally:
            for session in [*self._sessions.values()]:
                session.stream.close()
            self.socket.close()
            if self._silent is not None:
                self._silent.close()

    def _session(self, *, local: Address, remote: Address, call_id: str = "") -> Session:
        if self._silent is None:
            raise RuntimeError("start() comes first")
        stream = Stream(self.media, host=self.host, shared=self._silent, hertz=self.hertz)
        party = Party(
            socket=self.socket,
            peer=self.pbx,
            contact=f"sip:{self.user}@{self.host}:{self.port}",
            credentials=self._credentials,
        )
        call_id = call_id or f"{secrets.token_hex(10)}@{self.host}"
        session = Session(party, local=local, remote=remote, call_id=call_id, stream=stream)
        self._sessions[call_id] = session
        session.on_end = lambda: self._gone(call_id)
        return session

    def _gone(self, call_id: str) -> None:
        self._sessions.pop(call_id, None)
        self.note_change()

    def _serve(self, request: Request) -> None:
        session = self._sessions.get(request.call_id)
        if session is not None:
            session.receive(request)
        elif request.method == "ACK":
            return
        elif request.method == "INVITE" and not request.address("To").tag:
            local, remote = request.address("To"), request.address("From")
            new = self._session(local=local, remote=remote, call_id=request.call_id)
            new.offered(request)
            self._called(new, request)
        elif request.address("To").tag or request.method in {"CANCEL", "BYE"}:
            self.socket.respond(request, answer_to(request, 481, "Call Does Not Exist"))
        elif request.method in {"OPTIONS", "NOTIFY", "MESSAGE"}:
            extra = (("Allow", ALLOW), ("Accept", "application/sdp"))
            answer = answer_to(request, 200, "OK", to_tag=secrets.token_hex(6), extra=extra)
            self.socket.respond(request, answer)
        else:
            answer = answer_to(request, 405, "Method Not Allowed", extra=(("Allow", ALLOW),))
            self.socket.respond(request, answer)

    def _called(self, session: Session, invite: Request) -> None:
        raise NotImplementedError

    def _user_at_pbx(self, user: str) -> str:
        return f"sip:{user}@{self.pbx[0]}:{self.pbx[1]}"
