"""Recordings over HTTP from a real Asterisk: ARI's stored recordings, with a user and a password."""

from __future__ import annotations

import hashlib
import socket
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
import pytest_asyncio

from dozvon.lab import AsteriskInstance
from recordings.errors import FileMissing, NameRefused, NoSound, SourceRefused, SourceUnavailable
from recordings.sources import AsteriskHttpSource
from recordings.sources.asterisk_http import AriPlace
from recordings.sources.fetching import NOT_TOLD, Deadlines

pytestmark = [pytest.mark.asterisk, pytest.mark.asyncio(loop_scope="module")]

NAME = "floor-1795311363_42-client.wav"
WAV = b"RIFF\x24\x00\x00\x00WAVEfmt " + bytes(900_000)
MOST = 2_000_000
DEADLINES = Deadlines(connect=1, silence=2, whole=5)
MODULES = (
    "res_http_websocket",
    "res_websocket_client",
    "res_stasis",
    "res_stasis_recording",
    "res_ari_model",
    "res_ari",
    "res_ari_recordings",
)
HTTP = "[general]\nenabled = yes\nbindaddr = 127.0.0.1\nbindport = {port}\n"
ARI = """\
[general]
enabled = yes
[dozvon]
type = user
password = secret
[reader]
type = user
read_only = yes
password = secret
"""


class Exchange:
    """An Asterisk with its HTTP server, and the folder that it serves."""

    def __init__(self, pbx: AsteriskInstance) -> None:
        self.folder = pbx.layout.home / "spool" / "recording" / "dozvon"
        address = f"http://127.0.0.1:{pbx.ports.http}"
        self.place = AriPlace(address=address, user="dozvon", password="secret")
        self.source = AsteriskHttpSource(self.place, deadlines=DEADLINES)

    def put(self, name: str, data: bytes = WAV) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / name).write_bytes(data)

    def has(self, name: str) -> bool:
        return (self.folder / name).exists()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def exchange(
    asterisk_root: Path, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Exchange]:
    home = tmp_path_factory.mktemp("ari") / "pbx"
    pbx = AsteriskInstance(asterisk_root, home, extensions_conf="[from-phones]\n", manager_conf="")
    async with pbx:
        (pbx.layout.etc / "http.conf").write_text(HTTP.format(port=pbx.ports.http))
        (pbx.layout.etc / "ari.conf").write_text(ARI)
        await pbx.cli("module reload http")
        for module in MODULES:
            assert "Loaded" in await pbx.cli(f"module load {module}.so")
        yield Exchange(pbx)


async def test_a_recording_is_looked_at_and_fetched_whole(
    exchange: Exchange, tmp_path: Path
) -> None:
    exchange.put(NAME)
    found = await exchange.source.look(NAME)
    assert found
    assert (found.size, found.changed_at) == (len(WAV), NOT_TOLD)
    got = await exchange.source.fetch(NAME, tmp_path / "ours", most_bytes=MOST)
    assert (got.size, got.sha256) == (len(WAV), hashlib.sha256(WAV).hexdigest())
    assert (tmp_path / "ours").read_bytes() == WAV


async def test_a_file_that_grew_is_another_look(exchange: Exchange) -> None:
    exchange.put("grows.wav", WAV[:5000])
    first = await exchange.source.look("grows.wav")
    exchange.put("grows.wav", WAV)
    assert await exchange.source.look("grows.wav") != first
    assert await exchange.source.look("grows.wav") == await exchange.source.look("grows.wav")


async def test_what_is_not_there_is_none_and_never_another_file(
    exchange: Exchange, tmp_path: Path
) -> None:
    """Asterisk is never even asked for a path."""
    assert await exchange.source.look("nothing.wav") is None
    with pytest.raises(FileMissing):
        await exchange.source.fetch("nothing.wav", tmp_path / "ours", most_bytes=MOST)
    for name in ("../../etc/ari.conf", "..%2F..%2Fari.wav", "a/b.wav"):
        with pytest.raises(NameRefused):
            await exchange.source.look(name)


async def test_deleting_needs_the_right_to_and_twice_does_no_harm(exchange: Exchange) -> None:
    exchange.put("gone.wav")
    reader = AsteriskHttpSource(replace(exchange.place, user="reader"), deadlines=DEADLINES)
    assert await reader.look("gone.wav")
    with pytest.raises(SourceRefused, match="reader"):
        await reader.delete("gone.wav")
    assert exchange.has("gone.wav")
    await exchange.source.delete("gone.wav")
    await exchange.source.delete("gone.wav")
    assert not exchange.has("gone.wav")


async def test_a_wrong_password_is_said_and_never_shown(exchange: Exchange) -> None:
    wrong = AsteriskHttpSource(replace(exchange.place, password="wr0ng"), deadlines=DEADLINES)
    with pytest.raises(SourceRefused, match=r"ari\.conf") as told:
        await wrong.look(NAME)
    assert told.value.again
    assert "wr0ng" not in str(told.value) + repr(wrong._place)


async def test_a_text_with_a_sound_s_name_is_refused(exchange: Exchange, tmp_path: Path) -> None:
    exchange.put("text.wav", b"<html>" + bytes(200))
    with pytest.raises(NoSound):
        await exchange.source.fetch("text.wav", tmp_path / "ours", most_bytes=MOST)


async def test_an_exchange_that_is_away_is_trouble_that_passes(tmp_path: Path) -> None:
    """Refused, and accepted but never answered."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        for port in (silent.getsockname()[1], 9):
            place = AriPlace(address=f"http://127.0.0.1:{port}", user="dozvon", password="secret")
            quick = Deadlines(connect=0.3, silence=0.3, whole=0.5)
            source = AsteriskHttpSource(place, deadlines=quick)
            with pytest.raises(SourceUnavailable) as told:
                await source.look(NAME)
            assert told.value.again
            with pytest.raises(SourceUnavailable):
                await source.fetch(NAME, tmp_path / "ours", most_bytes=MOST)
