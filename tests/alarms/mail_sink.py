"""A real SMTP server that keeps what it is sent; as dead, slow or strict as a test wants it."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage


@dataclass(kw_only=True)
class MailSink:
    """`drips`: never ends its greeting, and never pauses for long. `refuses`: this answer to every recipient."""

    tls: ssl.SSLContext | None = None
    drips: bool = False
    refuses: str = ""
    port: int = 0
    commands: list[str] = field(default_factory=list)
    got: asyncio.Queue[EmailMessage] = field(default_factory=asyncio.Queue)
    let_go: asyncio.Event = field(default_factory=asyncio.Event)

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await self._talk(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.drips:
            await self._drip(reader, writer)
            return
        self._say(writer, "220 sink ESMTP")
        while line := await reader.readline():
            words = line.decode().strip()
            self.commands.append(words)
            match words.upper().split(" ")[0]:
                case "EHLO" if self.tls and not writer.get_extra_info("ssl_object"):
                    self._say(writer, "250-sink\r\n250 STARTTLS")
                case "STARTTLS" if self.tls:
                    self._say(writer, "220 go ahead")
                    await writer.start_tls(self.tls)
                case "EHLO":
                    self._say(writer, "250-sink\r\n250 AUTH PLAIN")
                case "AUTH":
                    self._say(writer, "235 welcome")
                case "RCPT" if self.refuses:
                    self._say(writer, self.refuses)
                case "DATA":
                    self._say(writer, "354 go on")
                    data = await reader.readuntil(b"\r\n.\r\n")
                    self._say(writer, "250 kept")
                    found = message_from_bytes(data[:-5], policy=policy.default)
                    assert isinstance(found, EmailMessage)
                    self.got.put_nowait(found)
                case "QUIT":
                    self._say(writer, "221 bye")
                    return
                case _:
                    self._say(writer, "250 ok")

    async def _drip(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """A letter now and then: no time-out of a single read ever ends that."""
        gone = asyncio.create_task(reader.read(1))
        while not gone.done():
            writer.write(b"2")
            await asyncio.wait({gone}, timeout=0.05)
        self.let_go.set()

    def _say(self, writer: asyncio.StreamWriter, text: str) -> None:
        writer.write(f"{text}\r\n".encode())


@asynccontextmanager
async def mail_sink(**how: object) -> AsyncIterator[MailSink]:
    """A server on a port of its own."""
    sink = MailSink(**how)  # type: ignore[arg-type]
    server = await asyncio.start_server(sink.talk, "127.0.0.1", 0)
    sink.port = server.sockets[0].getsockname()[1]
    try:
        yield sink
    finally:
        server.close()
