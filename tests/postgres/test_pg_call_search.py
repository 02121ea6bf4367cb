"""Several ways that lead to a person's calls are asked at once on PostgreSQL too."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from router.calls import Direction, Disposition, Leg, LegOutcome
from router.phones import ANYWHERE, Phone
from storage.call_search import Wanted, find_calls
from storage.database import Database
from storage.reach import Reach
from storage.recording import record_ended_call
from storage.records import EndedCall
from storage.writer import Writer

HIS = Reach(
    managers=frozenset({"ivanova"}),
    extensions=frozenset({Phone("main", "101"), Phone(ANYWHERE, "79161230101")}),
)


async def test_each_way_finds_its_calls_and_pages_follow_one_another(
    database: Database, writer: Writer, ended: Callable[..., EndedCall]
) -> None:
    """His client's, one that rang at him, one that he dialled; a colleague's is not his to see."""
    rang = ended("rang", 1)
    leg = Leg(id="1", target="101", began_at=rang.call.began_at, outcome=LegOutcome.NO_ANSWER)
    dialled = {"direction": Direction.OUTBOUND, "disposition": Disposition.ANSWERED}
    calls = [
        replace(ended("owned", 0), owner="ivanova"),
        replace(rang, call=replace(rang.call, legs=(leg,))),
        ended("dialled", 2, **dialled),
        replace(ended("other", 3), owner="petrov"),
    ]
    for each in calls:
        await writer.submit(lambda uow, e=each: record_ended_call(uow, e))
    first = await find_calls(database, Wanted(), HIS, limit=2)
    rest = await find_calls(database, Wanted(), HIS, limit=2, before=first.next)
    found = [stored.call.id for stored in (*first.calls, *rest.calls)]
    assert (found, rest.next) == (["dialled", "rang", "owned"], None)
