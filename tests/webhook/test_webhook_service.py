"""The whole service under load, and without its port."""

from __future__ import annotations

import asyncio
import socket
from dataclasses import replace
from pathlib import Path
from typing import Any

from webhook_house import MAIN, OF_IVANOVA, House, house, prepared

from config.settings import Settings
from dozvon.compose import service
from dozvon.demo.premises import example_office, fill_client_base
from pbx_adapters.port import CallOffered
from storage.reading import list_calls
from switchboard.board import utc_now
from switchboard.news import LinkChanged

CALLS = 300


async def told(settings: Settings) -> tuple[str, str]:
    """What is told of the link of a service whose port is taken, and whom it rings all the same."""
    async with service(settings) as board:
        with board.news.listening() as news:
            task = asyncio.create_task(board.run())
            async for found in news:
                if isinstance(found, LinkChanged):
                    break
        offered = CallOffered(pbx="main", call_id="1", line=MAIN, caller=OF_IVANOVA, at=utc_now())
        decision = await board.decide(offered)
        task.cancel()
        await asyncio.wait({task})
    assert isinstance(found, LinkChanged)
    assert not found.up
    return found.why, decision.owner


async def test_without_its_port_the_service_says_so_and_routes_calls_all_the_same(
    tmp_path: Path,
) -> None:
    settings = prepared(tmp_path)
    await fill_client_base(settings, example_office())
    with socket.create_server(("127.0.0.1", settings.http.port)):
        why, owner = await told(settings)
    assert why.startswith(f"HTTP cannot be served on 127.0.0.1 port {settings.http.port}: ")
    assert owner == "ivanova"


async def whole_call(found: House, number: int, turn: asyncio.Semaphore) -> list[int]:
    """Ask and tell one call; the statuses of both answers."""
    async with turn:
        return await _whole_call(found, number)


async def _whole_call(found: House, number: int) -> list[int]:
    call = {"call": f"load-{number}", "line": MAIN, "caller": OF_IVANOVA}
    params = {"phone": OF_IVANOVA, "did": MAIN, "call": call["call"]}
    async with found.http.get("/pbx/main/route", params=params) as reply:
        await reply.read()
    async with found.http.post(
        "/pbx/main/events", json=call | {"event": "ended", "disposition": "missed"}
    ) as ended:
        await ended.read()
    return [reply.status, ended.status]


async def test_three_hundred_calls_in_a_burst_are_answered_recorded_and_forgotten(
    tmp_path: Path,
) -> None:
    """No error, every call in the log, nothing of them left in memory.

    No deadline: past it, "come again" is the right answer of a machine that stood still (see
    `test_webhook_answers.py`), and whoever tests on one would measure it.
    """
    async with house(tmp_path, requests_per_second=10_000) as found:
        webhook: Any = found.board._pbxs["main"]
        webhook._settings = replace(webhook._settings, answer_seconds=60, record_seconds=60)
        turn = asyncio.Semaphore(20)
        calls = (whole_call(found, number, turn) for number in range(CALLS))
        statuses = await asyncio.gather(*calls)
        assert [status for status in statuses if status != [200, 200]] == []
        stored = await list_calls(found.board._parts.database, limit=2 * CALLS)
        assert len(stored) == CALLS
        assert not webhook.calls.known.live
        assert not any(webhook.calls.known.ended.values())
        assert len(found.board.live) == 0
        assert not found.board.presence._promises._made


async def test_a_number_that_no_line_has_rings_the_default_department(tmp_path: Path) -> None:
    """Nobody is turned away because somebody forgot to write a line into the office file."""
    async with house(tmp_path) as found:
        params = {"phone": "79990001122", "did": "74959999999", "call": "1"}
        async with found.http.get("/pbx/main/route", params=params) as reply:
            assert reply.status == 200
            answer = await reply.json()
    assert {"line-unknown", "caller-unknown"} <= set(answer["reasons"])
    assert [t["number"] for t in answer["plan"]["steps"][0]["targets"]] == ["101", "102", "103"]
    assert (answer["order"], answer["ext"], answer["name"]) == ("", "", "")
