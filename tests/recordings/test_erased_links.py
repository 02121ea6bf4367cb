"""What was erased is not opened by its old link, and nothing told of it stays in the audit."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from recorded_arrivals import ANSWER, NINE, TALK, Arrivals, arrivals
from recorded_web import application, browsing

from storage.audit import read_audit
from storage.client_data import erase
from storage.unit_of_work import UnitOfWork
from switchboard.recordings import hold


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[Arrivals]:
    async with arrivals(tmp_path) as made:
        await kept(made, "1.1", TALK, client="K-1")
        yield made


async def kept(house: Arrivals, call_id: str, sound: bytes, *, client: str) -> None:
    """A call of a client and its recording."""
    house.pbx.files[f"{call_id}.wav"] = sound
    await house.call(call_id, client=client)
    await house.expect((f"{call_id}.wav", "conversation", 0), call_id=call_id, ended=False)
    assert (await house.rounds(0, 4)).playable


async def erased(house: Arrivals) -> None:
    async def work(uow: UnitOfWork) -> None:
        await erase(uow, "K-1", by="lena", at=NINE, why="asked")

    await house.writer.submit(work)


async def test_an_old_link_does_not_open_the_recording_that_has_its_number_now(
    house: Arrivals,
) -> None:
    """SQLite gives the number of an erased row to the next one."""
    archive = house.archive()
    old = await archive.link(1, by="lena", lasts=timedelta(days=9))
    await erased(house)
    async with browsing(application(house)) as browser:
        assert (await browser.get(f"/recordings/link/{old}")).status == 410
        await kept(house, "1.2", ANSWER, client="K-2")
        assert (await house.get(1)).call_id == "1.2"
        answer = await browser.get(f"/recordings/link/{old}")
        assert answer.status == 410
        assert "no longer there" in await answer.text()
        new = await archive.link(1, by="lena", lasts=timedelta(days=9))
        assert (await browser.get(f"/recordings/link/{new}")).status == 200


async def test_why_a_recording_was_held_is_erased_with_it(house: Arrivals) -> None:
    """What was done and by whom stays; what was told of the client does not."""
    about = {"by": "lena", "at": NINE}
    for held, why in ((True, "Иванов"), (False, "Иванов is content")):
        word = {"held": held, "why": why}
        await house.writer.submit(lambda uow, word=word: hold(uow, 1, **word, **about))
    await erased(house)
    rows = await read_audit(house.database, subject="recording:1")
    assert [row.act for row in rows] == ["release", "hold"]
    assert all(row.about == {} for row in rows)
