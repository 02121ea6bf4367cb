"""Who talked last with a number: a phone of one exchange, not of every one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from crm_bridge.builtin.directory import BuiltinDirectory
from router.calls import Call, CallState, Direction, Disposition
from router.numbers import NumberPlan, normalise
from storage.database import Database
from storage.recording import record_ended_call
from storage.records import EndedCall
from storage.writer import Writer

NUMBER = normalise("+79161234567", NumberPlan(region="RU"))
NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)
TALK = Call(
    id="main-1.1",
    pbx="main",
    linked_id="main-1.1",
    direction=Direction.INBOUND,
    caller="79161234567",
    line="74951230001",
    began_at=NINE,
    ended_at=NINE + timedelta(seconds=90),
    state=CallState.ENDED,
    disposition=Disposition.ANSWERED,
    answered_by="101",
    talk_seconds=60,
)


async def test_the_exchange_of_the_talk_says_whose_phone_it_was(
    database: Database, writer: Writer
) -> None:
    branch = replace(TALK, id="spb-2.1", pbx="spb", began_at=NINE + timedelta(hours=1))
    for call in (TALK, branch):
        ended = EndedCall(call=call, number=NUMBER)
        await writer.submit(lambda uow, e=ended: record_ended_call(uow, e))
    at: Callable[[str, str], str] = "{}/{}".format
    found = await BuiltinDirectory(database, manager_of=at).look_up(NUMBER, 1.0)
    assert found.last_talk_manager == "spb/101"
