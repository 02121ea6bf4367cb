"""An Asterisk that does exactly what a test says, down to the bytes on the wire."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from typing import Self

from pbx_adapters.asterisk.ami import AmiLink
from pbx_adapters.asterisk.ami_state import LinkState, LinkTiming

QUICK = LinkTiming(first_retry=0.01, retry_ceiling=0.05, refused_ceiling=0.05)
WANTED = frozenset({"Newchannel", "Hangup", "Newstate"})

Fields = dict[str, str]
Answer = Callable[[Fields], bytes | None]

BOOTED = b"Event: FullyBooted\r\nPrivilege: system,all\r\nStatus: Fully Booted\r\n\r\n"


def message(**fields: str) -> bytes:
    """The bytes of one AMI message, its lines in the order given."""
    return "".join(f"{key}: {value}\r\n" for key, value in fields.items()).encode() + b"\r\n"


def success(action: Fields, **more: str) -> bytes:
    return message(Response="Success", ActionID=action["ActionID"], **more)


class FakeAsterisk:
    """Listens on loopback; `answers` says per action what is answered (None: silence)."""

    def __init__(self) -> None:
        self.secret = "right"
        self.booted = True
        self.greeting = b"Asterisk Call Manager/11.0.0\r\n"
        self.answers: dict[str, Answer] = {
            "Login": self._login,
            "Ping": lambda action: success(action, Ping="Pong", Timestamp="1700000000.250000"),
        }
        self.connections = 0
        self.actions: list[Fields] = []
        self.raw = b""
        self.port = 0
        self._changed = asyncio.Condition()
        self._writers: list[asyncio.StreamWriter] = []
        self._server: asyncio.Server | None = None

    async def __aenter__(self) -> Self:
        await self.listen()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.vanish()

    async def listen(self) -> None:
        """Opens the port (the same one again after `vanish`)."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def vanish(self) -> None:
        """Closes the port and all connections, as a restart does."""
        assert self._server is not None
        self._server.close()
        self.drop()
        await self._server.wait_closed()

    def drop(self) -> None:
        """Breaks all connections."""
        for writer in self._writers:
            writer.transport.abort()
        self._writers.clear()

    def say(self, data: bytes) -> None:
        """Sends bytes on the newest connection."""
        self._writers[-1].write(data)

    def named(self, name: str) -> list[Fields]:
        """The actions of that name which were received."""
        return [action for action in self.actions if action["Action"] == name]

    async def until(self, condition: Callable[[], object], seconds: float = 20.0) -> None:
        """Waits until something received makes the condition true."""
        async with asyncio.timeout(seconds), self._changed:
            await self._changed.wait_for(condition)

    async def got(self, name: str, times: int = 1) -> Fields:
        """Waits for an action of that name; gives the last one."""
        await self.until(lambda: len(self.named(name)) >= times)
        return self.named(name)[-1]

    async def _tell(self) -> None:
        async with self._changed:
            self._changed.notify_all()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self._writers.append(writer)
        writer.write(self.greeting)
        await self._tell()
        with contextlib.suppress(ConnectionError):
            async for action in self._read(reader):
                self.actions.append(action)
                answer = self.answers.get(action["Action"], lambda _: None)(action)
                if answer is not None:
                    writer.write(answer)
                await self._tell()
        writer.close()

    async def _read(self, reader: asyncio.StreamReader) -> AsyncIterator[Fields]:
        rest = b""
        while data := await reader.read(65536):
            self.raw += data
            *whole, rest = (rest + data).split(b"\r\n\r\n")
            for text in whole:
                lines = text.decode().split("\r\n")
                yield dict(line.split(": ", 1) for line in lines)

    def _login(self, action: Fields) -> bytes:
        if action["Secret"] != self.secret:
            return message(
                Response="Error", ActionID=action["ActionID"], Message="Authentication failed"
            )
        accepted = success(action, Message="Authentication accepted")
        return accepted + (BOOTED if self.booted else b"")


def event(name: str, **fields: str) -> bytes:
    return message(Event=name, **fields)


def make_link(pbx: FakeAsterisk, **settings: object) -> AmiLink:
    known = {"name": "office", "wanted_events": WANTED, "timing": QUICK, "jitter": lambda: 0.0}
    return AmiLink("127.0.0.1", pbx.port, "dozvon", "right", **(known | settings))  # type: ignore[arg-type]


@contextlib.asynccontextmanager
async def connected(pbx: FakeAsterisk, **settings: object) -> AsyncIterator[AmiLink]:
    """A link that has reached the fake; the whole test has ten seconds."""
    async with asyncio.timeout(10), make_link(pbx, **settings) as link:
        await link.wait_state(LinkState.CONNECTED)
        yield link
