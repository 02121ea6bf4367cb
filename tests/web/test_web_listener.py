"""The listener for HTTP: one shape of errors, a taken port, connections that say nothing or are too many."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from pathlib import Path

import pytest
from web_house import web_house

from web import app as web_app
from web import timely
from web.app import listening, make_app


async def test_errors_have_one_shape(tmp_path: Path) -> None:
    async with web_house(tmp_path) as found:
        assert (await found.json("/nothing"))[1] == {
            "error": {"id": "not-found", "message": "There is nothing under this address."}
        }
        async with found.http.post("/healthz") as reply:
            assert (reply.status, reply.headers["Allow"]) == (405, "GET,HEAD")
            assert (await reply.json())["error"]["id"] == "method-not-allowed"


async def test_a_fault_of_ours_is_said_to_be_ours_and_tells_nothing_else(tmp_path: Path) -> None:
    async with web_house(tmp_path) as found:
        found.board.live = None  # type: ignore[assignment]
        status, said = await found.json("/metrics")
        assert (status, said["error"]["id"]) == (500, "our-fault")  # type: ignore[index]
        assert "NoneType" not in str(said)


async def test_a_taken_port_is_one_sentence_and_no_more(tmp_path: Path) -> None:
    async with web_house(tmp_path) as found:
        again = make_app(found.app[web_app.PARTS])
        async with listening(again, host="127.0.0.1", port=found.port) as trouble:
            assert trouble.startswith(f"HTTP cannot be served on 127.0.0.1 port {found.port}: ")
            assert (await found.json("/healthz"))[0] == 200


@pytest.mark.parametrize("sent", [b"", b"GET /healthz HTTP/1.1\r\nHost: x\r\nX: "])
async def test_a_connection_that_never_says_what_it_wants_is_cut(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sent: bytes
) -> None:
    monkeypatch.setattr(timely, "FIRST_REQUEST_SECONDS", 0.05)
    async with web_house(tmp_path) as found:
        reader, writer = await asyncio.open_connection("127.0.0.1", found.port)
        writer.write(sent)
        async with asyncio.timeout(20):
            with suppress(ConnectionResetError):
                assert await reader.read() == b""
        writer.close()
        assert (await found.json("/healthz"))[0] == 200


async def test_a_connection_that_spoke_is_not_cut(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(timely, "FIRST_REQUEST_SECONDS", 0.5)
    asked = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"
    async with web_house(tmp_path) as found:
        reader, writer = await asyncio.open_connection("127.0.0.1", found.port)
        for _ in range(2):
            writer.write(asked)
            assert b"alive" in await reader.readuntil(b"}")
            silent = asyncio.open_connection("127.0.0.1", found.port)
            other, closing = await silent
            with pytest.raises((ConnectionResetError, asyncio.IncompleteReadError)):
                await other.readexactly(1)  # as long as a silent one lives
            closing.close()
        writer.close()


async def test_more_connections_than_can_be_served_are_cut(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(timely, "MOST_CONNECTIONS", 3)
    async with web_house(tmp_path) as found:
        pairs = [await asyncio.open_connection("127.0.0.1", found.port) for _ in range(4)]
        with pytest.raises((ConnectionResetError, asyncio.IncompleteReadError)):
            async with asyncio.timeout(20):
                await pairs[-1][0].readexactly(1)
        for _, writer in pairs:
            writer.close()
