"""Requests and answers over a lossy UDP: the other side is a bare socket in the test's hands."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from dozvon.lab.sip import transactions
from dozvon.lab.sip.agent import Agent
from dozvon.lab.sip.messages import Address, Request, Response, parse
from dozvon.lab.sip.rtp import Media
from dozvon.lab.sip.sessions import Session
from dozvon.lab.sip.transactions import answer_to


class Pbx(asyncio.DatagramProtocol):
    """The far end: keeps what arrives, answers only when told to."""

    def __init__(self) -> None:
        self.inbox: asyncio.Queue[Request | Response] = asyncio.Queue()
        self.address = ("", 0)
        self.peer = ("", 0)
        self.transport: asyncio.DatagramTransport | None = None

    async def open(self) -> None:
        loop = asyncio.get_running_loop()
        opened = await loop.create_datagram_endpoint(lambda: self, local_addr=("127.0.0.1", 0))
        self.transport = opened[0]
        self.address = self.transport.get_extra_info("sockname")

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        self.peer = addr
        self.inbox.put_nowait(parse(data))

    async def receive(self, what: str) -> Request | Response:
        async with asyncio.timeout(20):
            while True:
                message = await self.inbox.get()
                name = message.method if isinstance(message, Request) else str(message.status)
                if name == what:
                    return message

    def send(self, message: Request | Response, peer: tuple[str, int] | None = None) -> None:
        assert self.transport is not None
        self.transport.sendto(message.encode(), peer or self.peer)


class Ear(Agent):
    """An agent that rings for ever."""

    def __init__(self, pbx: tuple[str, int]) -> None:
        super().__init__("101", host="127.0.0.1", port=0, pbx=pbx, media=Media.NONE)
        self.came: list[Session] = []

    def _called(self, session: Session, invite: Request) -> None:  # noqa: ARG002 - rings for any
        self.came.append(session)
        session.ring()
        self.note_change()

    async def open(self) -> None:
        await self._open()

    def call(self) -> Session:
        session = self._session(
            local=Address(uri="sip:101@lab"), remote=Address(uri=self._user_at_pbx("600"))
        )
        session.invite()
        return session


@pytest.fixture
async def pbx_end() -> AsyncIterator[Pbx]:
    end = Pbx()
    await end.open()
    yield end
    assert end.transport is not None
    end.transport.close()


@pytest.fixture
async def ear(pbx_end: Pbx, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Ear]:
    monkeypatch.setattr(transactions._Asked, "__init__", _quick(transactions._Asked.__init__))
    monkeypatch.setattr(transactions._Served, "__init__", _quick(transactions._Served.__init__))
    agent = Ear(pbx_end.address)
    await agent.open()
    yield agent
    await agent._close(0.05)


def _quick(init: object) -> object:
    """The first repeat after 20 ms instead of 500, so that the tests take no time."""

    def quick(self: object, **values: object) -> None:
        init(self, **{"pause": 0.02, **values})  # type: ignore[operator]

    return quick


def _invite(pbx: Pbx, branch: str = "z9hG4bK-1", call_id: str = "c1") -> Request:
    host = f"{pbx.address[0]}:{pbx.address[1]}"
    fields = (
        ("Via", f"SIP/2.0/UDP {host};branch={branch}"),
        ("From", f"<sip:7916@{host}>;tag=them"),
        ("To", "<sip:101@lab>"),
        ("Call-ID", call_id),
        ("CSeq", "1 INVITE"),
        ("Contact", f"<sip:{host}>"),
    )
    return Request(method="INVITE", uri="sip:101@lab", fields=fields)


def _follow(invite: Request, method: str, answer: Response, branch: str = "") -> Request:
    fields = tuple(
        (key, answer.get("To")) if key == "To" else (key, value) for key, value in invite.fields
    )
    fields = tuple(
        (key, f"{invite.cseq} {method}") if key == "CSeq" else (key, value) for key, value in fields
    )
    if branch:
        fields = (("Via", invite.get("Via").replace("z9hG4bK-1", branch)), *fields[1:])
    return Request(method=method, uri=invite.uri, fields=fields)


async def test_an_unanswered_invite_is_repeated_until_a_provisional_answer(
    pbx_end: Pbx, ear: Ear
) -> None:
    ear.call()
    first = await pbx_end.receive("INVITE")
    second = await pbx_end.receive("INVITE")
    assert isinstance(first, Request)
    assert first == second

    pbx_end.send(answer_to(first, 180, "Ringing", to_tag="x"))
    session = next(iter(ear._sessions.values()))
    await session.until(lambda: session.ringing_at is not None, 1)
    assert ear.socket._asked[first.branch, "INVITE"].timer is None
    pbx_end.send(answer_to(first, 180, "Ringing", to_tag="x"))
    pbx_end.send(answer_to(first, 486, "Busy", to_tag="x"))

    assert await pbx_end.receive("ACK")
    assert session.status == 486


async def test_a_repeated_200_gets_its_ack_again(pbx_end: Pbx, ear: Ear) -> None:
    session = ear.call()
    invite = await pbx_end.receive("INVITE")
    assert isinstance(invite, Request)
    for _ in range(2):
        pbx_end.send(answer_to(invite, 200, "OK", to_tag="x"))
        ack = await pbx_end.receive("ACK")
        assert ack.cseq == invite.cseq
        assert ack.branch != invite.branch
    assert session.talking


async def test_a_call_given_up_before_any_answer_is_cancelled_after_the_first(
    pbx_end: Pbx, ear: Ear
) -> None:
    """RFC 3261, 9.1: no CANCEL before a provisional answer."""
    session = ear.call()
    invite = await pbx_end.receive("INVITE")
    assert isinstance(invite, Request)
    session.hang_up()
    async with asyncio.timeout(20):
        assert await pbx_end.inbox.get() == invite  # a repeat, and no CANCEL before it
    pbx_end.send(answer_to(invite, 100, "Trying"))

    cancel = await pbx_end.receive("CANCEL")
    assert isinstance(cancel, Request)
    assert cancel.branch == invite.branch
    pbx_end.send(answer_to(cancel, 200, "OK", to_tag="x"))
    pbx_end.send(answer_to(invite, 487, "Request Terminated", to_tag="x"))
    await session.until(lambda: session.ended, 1)
    assert session.status == 487


async def test_an_answer_that_crosses_the_cancel_is_hung_up(pbx_end: Pbx, ear: Ear) -> None:
    session = ear.call()
    invite = await pbx_end.receive("INVITE")
    assert isinstance(invite, Request)
    pbx_end.send(answer_to(invite, 180, "Ringing", to_tag="x"))
    await session.until(lambda: session.ringing_at is not None, 1)
    session.hang_up()
    await pbx_end.receive("CANCEL")

    pbx_end.send(answer_to(invite, 200, "OK", to_tag="x"))

    await pbx_end.receive("ACK")
    bye = await pbx_end.receive("BYE")
    assert isinstance(bye, Request)
    pbx_end.send(answer_to(bye, 200, "OK"))
    assert session.ended


async def test_a_repeated_invite_is_one_call(pbx_end: Pbx, ear: Ear) -> None:
    invite = _invite(pbx_end)
    here = (ear.host, ear.port)
    pbx_end.send(invite, here)
    first = await pbx_end.receive("180")
    pbx_end.send(invite, here)
    second = await pbx_end.receive("180")

    assert first == second
    assert len(ear.came) == 1


async def test_our_200_is_repeated_until_the_ack(pbx_end: Pbx, ear: Ear) -> None:
    invite = _invite(pbx_end)
    pbx_end.send(invite, (ear.host, ear.port))
    await pbx_end.receive("180")
    ear.came[0].accept()
    answer = await pbx_end.receive("200")
    assert answer == await pbx_end.receive("200")
    assert isinstance(answer, Response)

    pbx_end.send(_follow(invite, "ACK", answer, "z9hG4bK-2"))
    await ear.came[0].until(lambda: ear.came[0].confirmed_at is not None, 1)

    served = ear.socket._served[invite.branch, "INVITE"]
    assert served.timer is None


async def test_a_cancel_ends_the_ringing_with_487(pbx_end: Pbx, ear: Ear) -> None:
    invite = _invite(pbx_end)
    pbx_end.send(invite, (ear.host, ear.port))
    answer = await pbx_end.receive("180")
    assert isinstance(answer, Response)
    pbx_end.send(_follow(invite, "CANCEL", answer_to(invite, 100, "Trying")))

    assert (await pbx_end.receive("200")).cseq_method == "CANCEL"
    refusal = await pbx_end.receive("487")
    assert isinstance(refusal, Response)
    pbx_end.send(_follow(invite, "ACK", refusal))
    assert ear.came[0].status == 487
    assert ear.live_calls == 0


@pytest.mark.parametrize(
    ("method", "tag", "status"),
    [
        ("OPTIONS", "", "200"),
        ("NOTIFY", "", "200"),
        ("SUBSCRIBE", "", "405"),
        ("BYE", ";tag=unknown", "481"),
        ("INVITE", ";tag=unknown", "481"),
        ("CANCEL", "", "481"),
    ],
)
async def test_what_belongs_to_no_call_is_answered_by_the_book(
    pbx_end: Pbx, ear: Ear, method: str, tag: str, status: str
) -> None:
    asked = _invite(pbx_end, branch=f"z9hG4bK-{method}", call_id="nobody")
    fields = tuple(
        (key, value + tag if key == "To" else value.replace("INVITE", method))
        for key, value in asked.fields
    )
    pbx_end.send(Request(method=method, uri=asked.uri, fields=fields), (ear.host, ear.port))

    assert (await pbx_end.receive(status)).cseq_method == method


async def test_memory_of_finished_transactions_is_given_back(pbx_end: Pbx, ear: Ear) -> None:
    asked = _invite(pbx_end, call_id="nobody")
    for number in range(3):
        fields = tuple(
            (key, value.replace("z9hG4bK-1", f"z9hG4bK-o{number}").replace("INVITE", "OPTIONS"))
            for key, value in asked.fields
        )
        request = Request(method="OPTIONS", uri=asked.uri, fields=fields)
        pbx_end.send(request, (ear.host, ear.port))
        await pbx_end.receive("200")
    assert len(ear.socket._served) == 3

    now = asyncio.get_running_loop().time() + transactions.GIVE_UP_SECONDS + 1
    ear.socket._now = lambda: now  # type: ignore[method-assign]
    ear.socket._forget()

    assert not ear.socket._served
