"""The engine stops while calls go on: what comes in between is left to the next start, quietly."""

from __future__ import annotations

import asyncio
import gc
from datetime import UTC, datetime
from pathlib import Path

import pytest
from web_house import web_house

from router.calls import Direction
from router.events import CallBegan, CallEnded
from switchboard.board import Board

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)


async def test_a_call_that_ends_while_the_engine_stops_breaks_nothing(tmp_path: Path) -> None:
    async with web_house(tmp_path) as found:
        board, said, begun = Board(found.board._parts), list[str](), asyncio.Event()

        async def last_word() -> None:
            began = CallBegan(
                pbx="main",
                call_id="main-1.1",
                at=AT,
                linked_id="1.1",
                direction=Direction.INBOUND,
                caller="+74951112233",
                caller_name="",
                line="74951230001",
            )
            await board.happened(began)
            begun.set()
            try:
                await asyncio.Event().wait()
            finally:
                await board.happened(CallEnded(pbx="main", call_id="main-1.1", at=AT))
                said.append("ended")

        board.own(last_word, "last word")
        running = asyncio.create_task(board.run())
        async with asyncio.timeout(20):
            await begun.wait()
        running.cancel()
        await asyncio.wait({running})
        assert said == ["ended"]
        assert running.cancelled()


@pytest.mark.filterwarnings("error")
async def test_work_that_is_cancelled_before_its_first_step_is_closed(tmp_path: Path) -> None:
    """A call ends and the engine stops in one breath: nothing is left that nobody awaits."""

    async def work() -> None:
        raise AssertionError("it never begins")

    async with web_house(tmp_path) as found:
        board, begun = Board(found.board._parts), asyncio.Event()

        async def told() -> None:
            begun.set()
            await asyncio.Event().wait()

        board.own(told, "told")
        running = asyncio.create_task(board.run())
        async with asyncio.timeout(20):
            await begun.wait()
        running.cancel()
        left = work()
        board.start(left, "late work")
        await asyncio.wait({running})
        assert left.cr_frame is None, "closed, not only forgotten"
        gc.collect()
