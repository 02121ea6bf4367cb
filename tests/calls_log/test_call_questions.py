"""A page of the log is few questions, however many ways lead to a person's calls."""

from __future__ import annotations

import pytest
from log_calls import ended_call, record

from router.phones import ANYWHERE, Phone
from storage.call_search import Wanted, find_calls
from storage.database import Database
from storage.reach import Reach
from storage.writer import Writer

NAMED = Wanted(naming=("ромашка", "Ромашка"))
PHONES = (Phone("main", "101"), *(Phone(ANYWHERE, n) for n in ("79161230101", "+79161230101")))


@pytest.mark.parametrize("wanted", [Wanted(), NAMED])
async def test_what_a_manager_sees_is_asked_as_quickly_as_what_the_director_sees(
    database: Database, writer: Writer, asked: list[object], wanted: Wanted
) -> None:
    """His clients' calls, and for each of his phones whom it rang, who talked and who dialled."""
    calls = [
        ended_call(f"c-{n}", n, owner="ivanova", client_name="Ромашка", rang=("101",))
        for n in range(3)
    ]
    await record(writer, *calls)
    his = Reach(managers=frozenset({"ivanova"}), extensions=frozenset(PHONES))
    questions = []
    for reach in (Reach(everything=True), his):
        asked.clear()
        found = await find_calls(database, wanted, reach)
        assert [stored.call.id for stored in found.calls] == ["c-2", "c-1", "c-0"]
        questions.append(len(asked))
    assert questions == [3, 3]
