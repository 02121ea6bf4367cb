"""An open page sees as far as the office in force says, not the one at its opening."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest_asyncio
from live_house import LiveHouse, live_house, stream

from router.office import Office


@pytest_asyncio.fixture
async def floor(tmp_path: Path) -> AsyncIterator[LiveHouse]:
    async with live_house(tmp_path) as found:
        yield found


def moved(office: Office, manager: str, department: str, *, head: str = "") -> Office:
    """The office with somebody in another department, and a new head of sales."""
    person = replace(office.managers[manager], department=department)
    sales = replace(office.departments["sales"], head=head or office.departments["sales"].head)
    return replace(
        office,
        managers={**office.managers, manager: person},
        departments={**office.departments, "sales": sales},
    )


async def test_a_head_who_moves_sees_no_more_of_his_old_department(floor: LiveHouse) -> None:
    board = floor.house.board
    async with floor.people.signed_in("sokolova") as head, stream(head, "live-calls") as page:
        await (await floor.call()).rings("101")
        await page.sees("live-calls", "Иван Петров")
        office = board.office()
        await board.office_applied(moved(office, "sokolova", "service", head="petrov"))
        await page.misses("live-calls", "Иван Петров")
        await board.office_applied(office)
        await page.sees("live-calls", "Иван Петров")


async def test_lists_that_the_page_fetches_are_fetched_again(floor: LiveHouse) -> None:
    board = floor.house.board
    async with floor.people.signed_in("sokolova") as head, stream(head, "callbacks-list") as page:
        await board.office_applied(moved(board.office(), "sokolova", "service", head="petrov"))

        async def nudged() -> bool:
            return "callbacks-list" in page.nudged

        await floor.eventually(nudged)
