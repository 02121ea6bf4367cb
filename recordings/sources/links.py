"""Recordings behind a provider's link, as a webhook told it: an address that others chose.

Whoever can post to our webhook chooses where we go, so (SSRF, OWASP):

- http and https only, no user in the address, no odd spelling of a host;
- the host is resolved once, every address it has must be a public one (or in a network that a
  setting allows), and the connection goes to exactly that address: a name that resolves to another
  one a moment later changes nothing;
- a redirect is followed on the same host alone, never from https to http, three times at most, and
  each is judged like the first address;
- what comes is bounded in time and bytes and must begin like sound.

A link is its own name (`SoundPart.name`); nothing is ever deleted at a provider's.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from recordings import details as words
from recordings.errors import AddressRefused, FileMissing, LinkExpired, SourceUnavailable, TooLong
from recordings.port import Fetched, Found
from recordings.sources.copying import copied
from recordings.sources.fetching import Deadlines, answered, changed_at, pieces, place_of

LONGEST_LINK = 2_000
MOST_REDIRECTS = 3
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_GONE = frozenset({404, 410})
_NAT64 = ipaddress.ip_network("64:ff9b::/96")

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolve = Callable[[str, int], Awaitable[Sequence[str]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkRules:
    """What a link may lead to besides public addresses: networks, as `192.0.2.0/24`.

    `most_bytes` bounds what is read to learn the length of a file whose server does not tell it.
    """

    allow: tuple[str, ...] = ()
    most_bytes: int = 512 * 1024**2
    deadlines: Deadlines = field(default_factory=Deadlines)


async def resolved(host: str, port: int) -> Sequence[str]:
    """Every address of a host."""
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(each[4][0]) for each in found]


class LinkSource:
    """Keeps `recordings.port.RecordingSource` for links; a file's name is its address."""

    deletes: ClassVar[bool] = False

    def __init__(
        self,
        rules: LinkRules,
        *,
        resolve: Resolve = resolved,
        tls: ssl.SSLContext | bool = True,
    ) -> None:
        self._rules = rules
        self._allow = [ipaddress.ip_network(text) for text in rules.allow]
        self._resolve = resolve
        self._tls = tls

    async def look(self, name: str) -> Found | None:
        """The file as it stands now, or None while there is none."""
        async with self._asked(name) as answer:
            if answer.status in _GONE:
                return None
            size = answer.content_length
            if size is None:
                size = await self._counted(answer)
            return Found(size=size, changed_at=changed_at(answer))

    async def fetch(self, name: str, into: Path, *, most_bytes: int) -> Fetched:
        """Copies the file; refuses what is longer than `most_bytes` or no sound."""
        async with self._asked(name) as answer:
            if answer.status in _GONE:
                raise FileMissing(words.LINK_GONE(url=place_of(answer.url)))
            if (answer.content_length or 0) > most_bytes:
                raise TooLong(words.TOO_LONG(mebibytes=most_bytes // 1024**2))
            return await copied(pieces(answer), into, most_bytes=most_bytes)

    async def delete(self, name: str) -> None:
        """Does nothing: what lies at a provider's is his."""

    async def _counted(self, answer: aiohttp.ClientResponse) -> int:
        size = 0
        async for piece in pieces(answer):
            size += len(piece)
            if size > self._rules.most_bytes:
                raise TooLong(words.ENDLESS())
        return size

    @asynccontextmanager
    async def _asked(self, link: str) -> AsyncIterator[aiohttp.ClientResponse]:
        """The answer at the end of the redirects."""
        url, first = readable(link), readable(link)
        for _ in range(MOST_REDIRECTS + 1):
            pinned = await self._pinned(url)
            async with answered(
                "GET", url, deadlines=self._rules.deadlines, resolver=pinned, tls=self._tls
            ) as answer:
                if answer.status not in _REDIRECTS:
                    yield _sound(answer)
                    return
                url = _next(first, url, answer.headers.get("Location", ""))
        raise AddressRefused(words.REDIRECTS_ON(url=place_of(first)))

    async def _pinned(self, url: URL) -> _Pinned:
        """The one address that the connection goes to."""
        host, port = str(url.host), int(url.port or 0)
        try:
            async with asyncio.timeout(self._rules.deadlines.connect):
                texts = await self._resolve(host, port)
        except (OSError, UnicodeError, TimeoutError) as trouble:
            raise SourceUnavailable(words.HOST_UNKNOWN(host=host)) from trouble
        addresses = [ipaddress.ip_address(text.partition("%")[0]) for text in texts]
        if not addresses:
            raise SourceUnavailable(words.HOST_UNKNOWN(host=host))
        for address in addresses:
            if not self._may_go_to(address):
                raise AddressRefused(words.LEADS_INSIDE(url=place_of(url), address=address))
        return _Pinned(host, addresses[0])

    def _may_go_to(self, address: Address) -> bool:
        if any(address in network for network in self._allow):
            return True
        return all(_is_public(each) for each in _meant(address))


def readable(link: str) -> URL:
    """A link as an address. Raises `AddressRefused` for one that we never follow."""
    plain = link.isascii() and link.isprintable() and not set(link) & set(' \\"<>^`{|}')
    if not plain or len(link) > LONGEST_LINK:
        raise AddressRefused(words.ODD_LINK())
    try:
        url = URL(link, encoded=True)
        host, port = url.host, url.port
    except ValueError:
        raise AddressRefused(words.NO_ADDRESS()) from None
    if url.scheme not in {"http", "https"} or not host or not port:
        raise AddressRefused(words.NO_HTTP())
    if url.user is not None or url.password is not None:
        raise AddressRefused(words.LINK_WITH_USER())
    return url.with_fragment(None)


def _next(first: URL, here: URL, location: str) -> URL:
    """Where a redirect leads, if it stays where we are."""
    if not location:
        raise SourceUnavailable(words.REDIRECTS_NOWHERE(url=place_of(here)))
    try:
        url = readable(str(here.join(URL(location, encoded=True))))
    except ValueError:
        raise AddressRefused(words.REDIRECTS_TO_NO_ADDRESS(url=place_of(here))) from None
    if url.host != first.host or (here.scheme == "https" and url.scheme != "https"):
        raise AddressRefused(words.REDIRECTS_AWAY(url=place_of(here), other=place_of(url)))
    return url


def _sound(answer: aiohttp.ClientResponse) -> aiohttp.ClientResponse:
    """The answer, unless it is a refusal."""
    where = place_of(answer.url)
    if answer.status in {401, 403}:
        raise LinkExpired(words.LINK_REFUSED(url=where, status=answer.status))
    if answer.status not in _GONE and not 200 <= answer.status < 300:
        raise SourceUnavailable(words.ANSWERS(url=where, status=answer.status))
    if answer.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise SourceUnavailable(words.PACKED(url=where))
    return answer


def _meant(address: Address) -> tuple[Address, ...]:
    """An address, and the IPv4 addresses that hide in it."""
    if isinstance(address, ipaddress.IPv4Address):
        return (address,)
    hidden = [address.ipv4_mapped, address.sixtofour]
    if address in _NAT64:
        hidden.append(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
    if address.teredo:
        hidden += address.teredo
    inner = tuple(each for each in hidden if each is not None)
    return inner if address.ipv4_mapped else (address, *inner)


def _is_public(address: Address) -> bool:
    """Whether an address is one of the open Internet."""
    return address.is_global and not (address.is_multicast or address.is_reserved)


class _Pinned(AbstractResolver):
    """Knows one host at one address, whatever the DNS says meanwhile."""

    def __init__(self, host: str, address: Address) -> None:
        self._host = host
        self._address = address

    async def resolve(
        self,
        host: str,
        port: int = 0,
        family: socket.AddressFamily = socket.AF_UNSPEC,  # noqa: ARG002 - the library's signature
    ) -> list[ResolveResult]:
        """The one address."""
        if host != self._host:
            raise OSError(f"{host} was not asked for")
        is_four = isinstance(self._address, ipaddress.IPv4Address)
        return [
            ResolveResult(
                hostname=host,
                host=str(self._address),
                port=port,
                family=socket.AF_INET if is_four else socket.AF_INET6,
                proto=0,
                flags=socket.AI_NUMERICHOST,
            )
        ]

    async def close(self) -> None:
        """Nothing is open."""
