"""Alarms reach a real mail server and a real HTTP server, or it is said that they do not."""

from __future__ import annotations

import asyncio
import shutil
import ssl
import subprocess
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from mail_sink import mail_sink

from dozvon.alarms.delivery import Delivery
from dozvon.alarms.sending import Channel, Hook, Mail, NotSent
from switchboard.alarms import AlarmKind, Finding, Notice, NoticeWord

MakeNotice = Callable[..., Notice]
PATIENCE_SECONDS = 20.0


def mail(port: int, **more: Any) -> Mail:
    said: dict[str, Any] = {
        "host": "127.0.0.1",
        "port": port,
        "tls": "none",
        "sender": "dozvon@example.org",
        "recipients": ("admin@example.org", "head@example.org"),
        "language": "ru",
    }
    return Mail(**(said | more))


async def test_a_notice_is_a_readable_message_to_everybody(notice: MakeNotice) -> None:
    async with mail_sink() as sink:
        await mail(sink.port).send(notice())
        found = sink.got.get_nowait()
    assert found["Subject"] == "Dozvon. Тревога: нет связи с АТС main"
    assert found["To"] == "admin@example.org, head@example.org"
    assert found["X-Dozvon-Alarm"] == notice().alarm_id
    text = found.get_content()
    assert "звонят все телефоны отдела" in text
    assert sum(c.startswith("rcpt") for c in map(str.lower, sink.commands)) == 2


async def test_what_a_pbx_says_cannot_become_a_header(notice: MakeNotice) -> None:
    about = {"pbx": "main\r\nBcc: thief@example.org", "why": "no\n.\nQUIT"}
    evil = Finding(kind=AlarmKind.LINK_DOWN, subject="main", about=about)
    async with mail_sink() as sink:
        await mail(sink.port).send(notice(finding=evil))
        found = sink.got.get_nowait()
    assert found["Bcc"] is None
    assert sum(c.lower().startswith("rcpt") for c in sink.commands) == 2


@pytest.fixture
def certificate(tmp_path: Path) -> tuple[Path, ssl.SSLContext]:
    """A certificate for localhost that nobody else trusts."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("no openssl to make a certificate with")
    file, key = tmp_path / "mail.pem", tmp_path / "mail.key"
    asked = "req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -addext"
    subprocess.run(  # noqa: S603 - fixed words
        [openssl, *asked.split(), "subjectAltName=DNS:localhost", "-keyout", key, "-out", file],
        check=True,
        capture_output=True,
    )
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(file, key)
    return file, context


async def test_a_password_goes_only_after_tls_with_a_certificate_that_is_trusted(
    notice: MakeNotice, certificate: tuple[Path, ssl.SSLContext]
) -> None:
    file, context = certificate
    safe = {"host": "localhost", "tls": "starttls", "user": "dozvon", "password": "pw"}
    async with mail_sink(tls=context) as sink:
        with pytest.raises(NotSent, match="CERTIFICATE_VERIFY_FAILED"):
            await mail(sink.port, **safe).send(notice())
        assert not any(c.startswith("AUTH") for c in sink.commands)
        await mail(sink.port, ca=file, **safe).send(notice())
        assert sink.commands.index("STARTTLS") < next(
            n for n, c in enumerate(sink.commands) if c.startswith("AUTH")
        )
    async with mail_sink() as bare:
        with pytest.raises(NotSent, match="STARTTLS"):
            await mail(bare.port, ca=file, **safe).send(notice())
        assert not any(c.startswith("AUTH") for c in bare.commands)


async def test_a_mail_server_that_never_ends_is_left_at_the_deadline(notice: MakeNotice) -> None:
    """Its connection is cut, so that no thread stays behind."""
    async with mail_sink(drips=True) as sink, asyncio.timeout(PATIENCE_SECONDS):
        with pytest.raises(NotSent, match="no answer"):
            await mail(sink.port, deadline_seconds=0.2).send(notice())
        await sink.let_go.wait()


@pytest.mark.parametrize("how", [{"refuses": "550 who is that"}, {}])
async def test_a_refusal_and_a_closed_port_are_told(
    notice: MakeNotice, how: dict[str, str]
) -> None:
    async with mail_sink(**how) as sink:
        port = sink.port
        if how:
            with pytest.raises(NotSent, match="550"):
                await mail(port).send(notice())
    if not how:
        with pytest.raises(NotSent, match=r"127\.0\.0\.1"):
            await mail(port).send(notice())


@asynccontextmanager
async def http_sink(
    answers: Callable[[web.Request], Awaitable[web.Response]],
) -> AsyncIterator[str]:
    app = web.Application()
    app.router.add_route("*", "/alarms", answers)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        host, port = runner.addresses[0][:2]
        yield f"http://{host}:{port}/alarms"
    finally:
        await runner.cleanup()


async def test_an_address_gets_json_with_ids_that_stay_the_same(notice: MakeNotice) -> None:
    got: list[tuple[dict[str, Any], str, str]] = []

    async def answer(request: web.Request) -> web.Response:
        head = request.headers
        got.append((await request.json(), head["Authorization"], head["Idempotency-Key"]))
        return web.Response(status=204)

    async with http_sink(answer) as url:
        hook = Hook(url=url, token="secret", language="en")
        await hook.send(notice())
        await hook.send(notice())
        await hook.send(notice(NoticeWord.CLEARED, minute=9))
    first, again, cleared = (body for body, _, _ in got)
    assert first == again
    assert {(token, key == body["id"]) for body, token, key in got} == {("Bearer secret", True)}
    assert (first["event"], first["alarm"], first["subject"]) == (
        "alarm-raised",
        "link-down",
        "main",
    )
    assert cleared["alarm_id"] == first["alarm_id"]
    assert cleared["id"] != first["id"]
    assert cleared["sentence"] == "Over (no link to the PBX main); it lasted 9 min."


@pytest.mark.parametrize("status", [500, 404, 302])
async def test_an_answer_that_is_not_2xx_is_a_failure(notice: MakeNotice, status: int) -> None:
    async def answer(_request: web.Request) -> web.Response:
        return web.Response(status=status, headers={"Location": "/alarms"})

    async with http_sink(answer) as url:
        with pytest.raises(NotSent, match=str(status)):
            await Hook(url=url, language="en").send(notice())


async def test_an_address_that_does_not_answer_is_left_at_the_deadline(notice: MakeNotice) -> None:
    async def answer(_request: web.Request) -> web.Response:
        await asyncio.Event().wait()
        return web.Response()

    async with http_sink(answer) as url:
        with pytest.raises(NotSent, match="no answer"):
            await Hook(url=url, language="en", deadline_seconds=0.2).send(notice())


class Post(Channel):
    """A channel that is dead until it is told otherwise."""

    name = "post"

    def __init__(self) -> None:
        self.dead = True
        self.got: list[Notice] = []
        self.asked = asyncio.Event()

    async def send(self, notice: Notice) -> None:
        self.asked.set()
        if self.dead:
            raise NotSent("the box is closed")
        self.got.append(notice)


async def delivered(delivery: Delivery, until: Callable[[], bool]) -> None:
    """Lets a delivery work until something is so."""
    work = asyncio.create_task(delivery.run())
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not until():  # noqa: ASYNC110 - gives the delivery its turns
            await asyncio.sleep(0)
    work.cancel()
    await asyncio.wait({work})


async def test_what_a_dead_server_did_not_take_is_delivered_in_order_when_it_lives(
    notice: MakeNotice,
) -> None:
    post, pauses = Post(), list[float]()

    async def pause(seconds: float) -> None:
        pauses.append(seconds)
        post.dead = len(pauses) < 9
        await asyncio.sleep(0)

    delivery = Delivery(post, pause=pause)
    delivery.add(notice())
    delivery.add(notice(NoticeWord.CLEARED, minute=5))
    await delivered(delivery, lambda: len(post.got) == 2)
    assert [n.word for n in post.got] == [NoticeWord.RAISED, NoticeWord.CLEARED]
    assert pauses == [5, 10, 20, 40, 80, 160, 300, 300, 300]
    assert (delivery.trouble, delivery.waiting) == ("", 0)


async def test_of_reminders_that_wait_only_the_newest_is_delivered(notice: MakeNotice) -> None:
    post = Post()
    delivery = Delivery(post)
    delivery.add(notice())
    for minute in (61, 121, 181):
        delivery.add(notice(NoticeWord.REMINDER, minute=minute))
    post.dead = False
    await delivered(delivery, lambda: not delivery.waiting)
    assert [n.at.hour for n in post.got] == [9, 12]


async def test_a_queue_never_grows_beyond_its_limit(notice: MakeNotice) -> None:
    delivery = Delivery(Post(), limit=3)
    for number in range(5):
        other = Finding(kind=AlarmKind.REPORTED, subject=str(number), about={"sentence": "x"})
        delivery.add(notice(finding=other))
    assert (delivery.waiting, delivery.lost) == (3, 2)
