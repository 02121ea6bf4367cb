"""Two ways to people: e-mail and a webhook. Each call sends one notice or raises `NotSent`.

`smtplib` blocks, so it works in a daemon thread of its own: a mail server that hangs holds up
neither the service nor its end. When the deadline is over its socket is shut down, which ends the
thread as well.
"""

from __future__ import annotations

import asyncio
import smtplib
import socket
import ssl
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from pathlib import Path
from typing import Protocol

import aiohttp

from storage.system_words import system_reason
from switchboard import troubles
from switchboard.alarm_texts import sentence, title
from switchboard.alarms import Notice

DEADLINE_SECONDS = 20.0


class NotSent(Exception):  # noqa: N818 - the name is the sentence
    """A notice did not reach the other side; the message says why."""


class Channel(Protocol):
    """A way to people."""

    @property
    def name(self) -> str:
        """What this way is called in logs and alarms."""

    async def send(self, notice: Notice) -> None:
        """Sends one notice within the deadline or raises `NotSent`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """Sends notices by e-mail. `tls` is starttls, tls or none; `ca` a file that is trusted too."""

    host: str
    port: int
    tls: str
    sender: str
    recipients: tuple[str, ...]
    language: str
    user: str = ""
    password: str = ""
    ca: Path | None = None
    deadline_seconds: float = DEADLINE_SECONDS
    name: str = "e-mail"

    async def send(self, notice: Notice) -> None:
        """Sends one message."""
        talk = _Talk(self, self.message(notice))
        try:
            async with asyncio.timeout(self.deadline_seconds):
                await _in_a_thread(talk.run)
        except TimeoutError:
            seconds = f"{self.deadline_seconds:.0f}"
            raise NotSent(troubles.HOST_SILENT(host=self.host, seconds=seconds)) from None
        except (OSError, smtplib.SMTPException, ssl.SSLError, ValueError) as error:
            raise NotSent(troubles.HOST_FAILS(host=self.host, why=_why(error))) from None
        finally:
            talk.cut()

    def message(self, notice: Notice) -> EmailMessage:
        """The message of a notice; reminders and the all-clear answer the first one."""
        message = EmailMessage()
        message["Subject"] = _one_line(f"Dozvon. {title(notice, self.language)}")
        message["From"] = self.sender
        message["To"] = ", ".join(self.recipients)
        message["Date"] = format_datetime(notice.at)
        message["Message-ID"] = make_msgid(domain="dozvon.invalid")
        message["Auto-Submitted"] = "auto-generated"
        message["X-Dozvon-Alarm"] = _one_line(notice.alarm_id)
        message.set_content(sentence(notice, self.language) + "\n")
        return message


class _Talk:
    """One conversation with a mail server, in its thread, to be cut from outside."""

    def __init__(self, mail: Mail, message: EmailMessage) -> None:
        self._mail = mail
        self._message = message
        self._server: smtplib.SMTP | None = None

    def run(self) -> None:
        """Has it from the greeting to the end."""
        mail = self._mail
        context = ssl.create_default_context(cafile=str(mail.ca) if mail.ca else None)
        self._server = server = self._made(context)
        with server:
            server.connect(mail.host, mail.port)
            if mail.tls == "starttls":
                server.starttls(context=context)
            if mail.user:
                server.login(mail.user, mail.password)
            server.send_message(self._message)

    def cut(self) -> None:
        """Ends a conversation that is still going on."""
        found = self._server.sock if self._server else None
        if found is not None:
            with suppress(OSError):
                found.shutdown(socket.SHUT_RDWR)

    def _made(self, context: ssl.SSLContext) -> smtplib.SMTP:
        """Not connected yet, so that also a greeting that never comes can be cut."""
        seconds = self._mail.deadline_seconds
        server = (
            smtplib.SMTP_SSL(timeout=seconds, context=context)
            if self._mail.tls == "tls"
            else smtplib.SMTP(timeout=seconds)
        )
        server._host = self._mail.host  # type: ignore[attr-defined]  # noqa: SLF001 - TLS checks this name
        return server


@dataclass(frozen=True, slots=True, kw_only=True)
class Hook:
    """Posts notices as JSON to an address; anything but 2xx is a failure."""

    url: str
    language: str
    token: str = ""
    deadline_seconds: float = DEADLINE_SECONDS
    name: str = "webhook"

    async def send(self, notice: Notice) -> None:
        """Posts one notice."""
        headers = {"Idempotency-Key": notice.id}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        timeout = aiohttp.ClientTimeout(total=self.deadline_seconds)
        try:
            async with (
                aiohttp.ClientSession(timeout=timeout) as session,
                session.post(
                    self.url, json=self.body(notice), headers=headers, allow_redirects=False
                ) as answer,
            ):
                if not 200 <= answer.status < 300:
                    raise NotSent(troubles.ADDRESS_ANSWERS(status=answer.status))
        except TimeoutError:
            seconds = f"{self.deadline_seconds:.0f}"
            raise NotSent(troubles.NO_ANSWER_IN_TIME(seconds=seconds)) from None
        except (aiohttp.ClientError, ValueError, OSError) as error:
            raise NotSent(type(error).__name__) from None  # its text may hold the secret address

    def body(self, notice: Notice) -> dict[str, object]:
        """The JSON of a notice."""
        return {
            "id": notice.id,
            "event": notice.word,
            "alarm_id": notice.alarm_id,
            "alarm": notice.finding.kind,
            "subject": notice.finding.subject,
            "since_at": notice.since_at.isoformat(),
            "raised_at": notice.raised_at.isoformat(),
            "at": notice.at.isoformat(),
            "title": title(notice, self.language),
            "sentence": sentence(notice, self.language),
            "about": dict(notice.finding.about),
        }


async def _in_a_thread(work: Callable[[], None]) -> None:
    """Runs blocking work in a daemon thread, for which nobody has to wait at the end."""
    loop = asyncio.get_running_loop()
    done: asyncio.Future[None] = loop.create_future()

    def settle(error: Exception | None) -> None:
        if done.done():
            return
        if error is None:
            done.set_result(None)
        else:
            done.set_exception(error)

    def run() -> None:
        failure: Exception | None = None
        try:
            work()
        except Exception as error:  # noqa: BLE001 - told to whoever waits
            failure = error
        with suppress(RuntimeError):  # the loop may be closed by now
            loop.call_soon_threadsafe(settle, failure)

    threading.Thread(target=run, name="alarm mail", daemon=True).start()
    await done


def _why(error: Exception) -> str:
    """The system's reason; of TLS and the server itself, which are `OSError`s too, their words."""
    theirs = isinstance(error, ssl.SSLError | smtplib.SMTPException)
    if isinstance(error, OSError) and not theirs:
        return system_reason(error)
    return _one_line(str(error)) or type(error).__name__


def _one_line(text: str) -> str:
    return " ".join(text.split())
