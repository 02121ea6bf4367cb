"""Whoever is cancelled while a connection is opened leaves none open behind him."""

from __future__ import annotations

import asyncio

import pytest

from storage.opening import opened


class Thing:
    def __init__(self) -> None:
        self.closed = False

    async def close(self) -> None:
        self.closed = True


async def test_what_is_opened_for_nobody_is_closed() -> None:
    thing, may = Thing(), asyncio.Event()

    async def slowly() -> Thing:
        await may.wait()
        return thing

    waiting = asyncio.create_task(opened(slowly(), Thing.close))
    await asyncio.sleep(0)
    waiting.cancel()
    await asyncio.sleep(0)
    may.set()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert thing.closed


async def test_what_is_opened_in_time_stays_open_and_what_cannot_be_raises() -> None:
    thing = Thing()

    async def at_once() -> Thing:
        return thing

    async def never() -> Thing:
        raise OSError("no such file")

    assert await opened(at_once(), Thing.close) is thing
    assert not thing.closed
    with pytest.raises(OSError, match="no such file"):
        await opened(never(), Thing.close)
