"""A provider's link: where it never leads, and what is taken from where it does."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st

from recordings.errors import (
    AddressRefused,
    FileMissing,
    NoSound,
    SourceRefused,
    SourceUnavailable,
    TooLong,
)
from recordings.sources import LinkRules, LinkSource
from recordings.sources.fetching import NOT_TOLD, Deadlines
from recordings.sources.links import readable

MP3 = b"ID3\x04" + bytes(50_000)
MOST = 100_000
HERE = LinkRules(
    allow=("127.0.0.0/8",),
    most_bytes=MOST,
    deadlines=Deadlines(connect=1.0, silence=0.5, whole=2.0),
)
Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass
class Provider:
    """A provider's web server: what it answers by path, and what it was asked."""

    port: int = 0
    answers: dict[str, Answer] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    hosts: list[str] = field(default_factory=list)

    async def answer(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(request.path)
        self.hosts.append(request.headers["Host"])
        return await self.answers[request.path](request)

    def link(self, path: str, host: str = "sound.example") -> str:
        return f"http://{host}:{self.port}{path}"

    def gives(self, path: str, body: bytes = MP3, status: int = 200, **headers: str) -> str:
        """What stands under a path; returns its link."""

        async def answer(_: web.Request) -> web.Response:
            return web.Response(body=body, status=status, headers=headers)

        self.answers[path] = answer
        return self.link(path)


@asynccontextmanager
async def provider() -> AsyncIterator[Provider]:
    found = Provider()
    runner = web.ServerRunner(web.Server(found.answer))
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    found.port = runner.addresses[0][1]
    try:
        yield found
    finally:
        await runner.cleanup()


def known(*addresses: str) -> Callable[[str, int], Awaitable[Sequence[str]]]:
    """A DNS that knows these addresses of every host."""

    async def resolve(host: str, port: int) -> Sequence[str]:
        return addresses

    return resolve


def source(rules: LinkRules = HERE, *addresses: str) -> LinkSource:
    return LinkSource(rules, resolve=known(*(addresses or ("127.0.0.1",))))


def nothing_in(folder: Path) -> bool:
    """Whether a folder is empty."""
    return not list(folder.iterdir())


async def test_a_recording_is_fetched_from_the_pinned_address_under_its_own_name(
    tmp_path: Path,
) -> None:
    """The server is told the host of the link, so that one that serves many answers right."""
    async with provider() as there:
        link = there.gives("/r/1.mp3?key=s%2Fx")
        link = there.gives("/r/1.mp3")
        found = await source().look(link)
        assert found
        assert (found.size, found.changed_at) == (len(MP3), NOT_TOLD)
        got = await source().fetch(link, tmp_path / "ours", most_bytes=MOST)
        assert got.size == len(MP3)
        assert (tmp_path / "ours").read_bytes() == MP3
        assert set(there.hosts) == {f"sound.example:{there.port}"}


INSIDE = (
    "127.0.0.1",
    "10.1.2.3",
    "192.168.0.7",
    "172.16.0.1",
    "169.254.169.254",
    "100.64.0.1",
    "0.0.0.0",  # noqa: S104 - an address that must be refused
    "224.0.0.1",
    "255.255.255.255",
    "::1",
    "::",
    "fe80::1",
    "fc00::1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "2002:7f00:1::",
    "64:ff9b::7f00:1",
    "64:ff9b::a00:1",
    "ff02::1",
    "2001:db8::1",
)


@pytest.mark.parametrize("address", INSIDE)
async def test_a_host_that_lives_inside_is_never_asked(tmp_path: Path, address: str) -> None:
    """Also where only one of its addresses does: which one is taken must not be chance."""
    for addresses in ((address,), ("93.184.215.14", address)):
        with pytest.raises(AddressRefused, match="leads inside"):
            await source(LinkRules(), *addresses).look("https://innocent.example/a.mp3")
    with pytest.raises(AddressRefused):
        await source(LinkRules(), address).fetch(
            "https://innocent.example/a.mp3", tmp_path / "ours", most_bytes=MOST
        )


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "2130706433", "0x7f.1", "0177.0.0.1", "127.1", "[::1]", "localhost"]
)
async def test_an_address_spelt_oddly_is_judged_by_what_it_means(host: str) -> None:
    with pytest.raises((AddressRefused, SourceUnavailable)):
        await LinkSource(LinkRules()).look(f"http://{host}/a.mp3")


async def test_a_name_that_moves_inside_after_it_was_judged_gains_nothing() -> None:
    """DNS rebinding: the connection goes to the address that was judged, and asks no more."""
    asked: list[str] = []

    async def moving(host: str, port: int) -> Sequence[str]:
        asked.append(host)
        return ["192.0.2.1" if len(asked) == 1 else "127.0.0.1"]

    async with provider() as there:
        link = there.gives("/a.mp3")
        rules = LinkRules(
            allow=("192.0.2.0/24",), deadlines=Deadlines(connect=0.3, silence=0.3, whole=0.5)
        )
        with pytest.raises(SourceUnavailable):
            await LinkSource(rules, resolve=moving).look(link)
        assert asked == ["sound.example"]
        assert there.asked == []


@pytest.mark.parametrize(
    "link",
    [
        "file:///etc/passwd",
        "ftp://sound.example/a.mp3",
        "gopher://sound.example/a",
        "http:///a.mp3",
        "//sound.example/a.mp3",
        "a.mp3",
        "",
        "http://user:pass@sound.example/a.mp3",
        "http://sound.example:99999/a.mp3",
        "http://sound.example/a b.mp3",
        "http://sound.example/a\r\nX-Injected: 1",
        "http://sound.example/" + "a" * 3000,
        "http://sound.example\\@127.0.0.1/a.mp3",
        "http://[::1/a.mp3",
    ],
)
async def test_what_is_no_plain_address_is_never_followed(link: str) -> None:
    with pytest.raises(AddressRefused):
        await source().look(link)


@given(st.text(max_size=60))
def test_reading_a_link_raises_nothing_but_a_refusal(text: str) -> None:
    for link in (text, f"http://{text}", f"https://host.example/{text}"):
        try:
            found = readable(link)
        except AddressRefused:
            continue
        assert found.scheme in {"http", "https"}
        assert found.host
        assert found.user is None


async def test_a_redirect_is_followed_on_the_same_host_and_nowhere_else(tmp_path: Path) -> None:
    async with provider() as there:
        there.gives("/there.mp3")
        near = there.gives("/near", status=302, Location="/there.mp3")
        got = await source().fetch(near, tmp_path / "ours", most_bytes=MOST)
        assert got.size == len(MP3)
        for where in (
            there.link("/there.mp3", host="other.example"),
            f"http://127.0.0.1:{there.port}/there.mp3",
            "http://169.254.169.254/latest/meta-data/",
            "file:///etc/passwd",
        ):
            away = there.gives("/away", status=307, Location=where)
            with pytest.raises(AddressRefused):
                await source().fetch(away, tmp_path / "other", most_bytes=MOST)
        assert not (tmp_path / "other").exists()


async def test_redirects_in_a_ring_end() -> None:
    async with provider() as there:
        ring = there.gives("/ring", status=301, Location="/ring")
        with pytest.raises(AddressRefused, match="again and again"):
            await source().look(ring)
        assert len(there.asked) == 4


async def test_a_page_instead_of_a_sound_is_refused(tmp_path: Path) -> None:
    """Whatever the server calls it."""
    async with provider() as there:
        page = b"<html><title>Sign in</title>" + bytes(500)
        link = there.gives("/a.mp3", page, **{"Content-Type": "audio/mpeg"})
        with pytest.raises(NoSound, match="a web page"):
            await source().fetch(link, tmp_path / "ours", most_bytes=MOST)
        assert nothing_in(tmp_path)


async def _flood(request: web.Request) -> web.StreamResponse:
    answer = web.StreamResponse()
    await answer.prepare(request)
    try:
        while True:
            await answer.write(b"ID3\x04" + bytes(60_000))
    except (ConnectionError, asyncio.CancelledError):
        return answer


async def test_an_answer_that_never_ends_is_left(tmp_path: Path) -> None:
    """By its bytes, while looking and while copying; nothing of it stays."""
    async with provider() as there:
        there.answers["/flood"] = _flood
        with pytest.raises(TooLong):
            await source().look(there.link("/flood"))
        with pytest.raises(TooLong):
            await source().fetch(there.link("/flood"), tmp_path / "ours", most_bytes=MOST)
        assert nothing_in(tmp_path)


async def test_an_answer_that_stops_in_the_middle_is_tried_again_later(tmp_path: Path) -> None:
    """Silence, and a connection that breaks before the length that was told."""
    let_go = asyncio.Event()

    async def silent(request: web.Request) -> web.StreamResponse:
        answer = web.StreamResponse(headers={"Content-Length": str(len(MP3))})
        await answer.prepare(request)
        await answer.write(MP3[:1000])
        await let_go.wait()
        return answer

    async def broken(request: web.Request) -> web.StreamResponse:
        answer = web.StreamResponse(headers={"Content-Length": str(len(MP3))})
        await answer.prepare(request)
        await answer.write(MP3[:1000])
        assert request.transport
        request.transport.close()
        return answer

    async with provider() as there:
        there.answers |= {"/silent": silent, "/broken": broken}
        for path in ("/silent", "/broken"):
            with pytest.raises(SourceUnavailable) as told:
                await source().fetch(there.link(path), tmp_path / "ours", most_bytes=MOST)
            assert told.value.again
        let_go.set()
        assert nothing_in(tmp_path)


async def test_a_length_that_is_told_is_believed_only_as_a_refusal(tmp_path: Path) -> None:
    """Too long by its own word: not a byte is copied."""
    async with provider() as there:
        link = there.gives("/long", b"ID3" + bytes(MOST))
        with pytest.raises(TooLong):
            await source().fetch(link, tmp_path / "ours", most_bytes=MOST)


async def test_a_recording_that_is_gone_or_guarded_says_so(tmp_path: Path) -> None:
    async with provider() as there:
        gone = there.gives("/gone", b"", 404)
        assert await source().look(gone) is None
        with pytest.raises(FileMissing):
            await source().fetch(gone, tmp_path / "ours", most_bytes=MOST)
        with pytest.raises(SourceRefused, match="expired"):
            await source().look(there.gives("/guarded", b"", 403))
        with pytest.raises(SourceUnavailable, match="500"):
            await source().look(there.gives("/ill", b"", 500))


async def test_a_packed_answer_is_not_unpacked(tmp_path: Path) -> None:
    """A few bytes must never become a disk full of them."""
    async with provider() as there:
        link = there.gives("/packed", b"\x1f\x8b" + bytes(40), **{"Content-Encoding": "gzip"})
        with pytest.raises(SourceUnavailable, match="packs"):
            await source().fetch(link, tmp_path / "ours", most_bytes=MOST)


async def test_nothing_is_deleted_at_a_provider(tmp_path: Path) -> None:
    async with provider() as there:
        await source().delete(there.gives("/a.mp3"))
        assert there.asked == []


async def test_a_host_that_nobody_knows_is_trouble_that_passes() -> None:
    async def nowhere(host: str, port: int) -> Sequence[str]:
        raise OSError("no such host")

    with pytest.raises(SourceUnavailable, match="DNS") as told:
        await LinkSource(HERE, resolve=nowhere).look("https://sound.example/a.mp3")
    assert told.value.again
    assert "a.mp3" not in str(told.value), "a path may hold a secret"
