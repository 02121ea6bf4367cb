"""The end of a call: one transaction, idempotent, whatever the order of arrival."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select

from router.callbacks import CallbackItem, ClosedHow
from router.calls import (
    Direction,
    Disposition,
    Leg,
    LegOutcome,
    MissedReason,
    Transfer,
    TransferKind,
)
from router.numbers import NumberPlan, normalise
from router.office import LastResort
from router.plan import (
    Decision,
    Ending,
    Plan,
    Reason,
    Step,
    StepKind,
    StepRole,
    Target,
    TargetKind,
    Why,
)
from storage import schema
from storage.callback_acts import not_needed, take
from storage.callback_list import _IN_ORDER
from storage.database import Database
from storage.parties import move_calls
from storage.reading import CallFilter, list_calls, open_callbacks, read_call
from storage.recording import amend_ended_call, record_ended_call, refold_parties
from storage.records import (
    CallbackChange,
    ClientRecord,
    EndedCall,
    MadeDecision,
    Recorded,
    TrailEntry,
    Way,
)
from storage.unit_of_work import UnitOfWork
from storage.writer import Writer

Make = Callable[..., EndedCall]
NINE = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

DECISION = Decision(
    plan=Plan(
        steps=(
            Step(
                kind=StepKind.ONE,
                role=StepRole.OWNER,
                targets=(Target(kind=TargetKind.PHONE, manager="ivanova", number="101"),),
                ring_seconds=15,
            ),
        ),
        ending=Ending.from_last_resort(LastResort.MESSAGE),
        patience_seconds=60,
    ),
    reasons=(
        Reason(why=Why.CLIENT_FOUND, about={"client": "Ромашка"}),
        Reason(why=Why.OWNER_OF_CLIENT, about={"manager": "ivanova"}),
    ),
    line="main",
    department="sales",
    client="c1",
    client_name="Ромашка",
    owner="ivanova",
    matches=("c1",),
    office_version=3,
)


async def record(writer: Writer, *ended: EndedCall) -> list[Recorded]:
    async def work(uow: UnitOfWork) -> list[Recorded]:
        return [await record_ended_call(uow, one) for one in ended]

    return await writer.submit(work)


async def test_a_call_is_read_back_whole(writer: Writer, database: Database, ended: Make) -> None:
    missed = ended("c-1")
    legs = (
        Leg(
            id="l-1",
            target="101",
            channel="PJSIP/101-1",
            began_at=NINE,
            rang_at=NINE + timedelta(seconds=0.2),
            ended_at=NINE + timedelta(seconds=15),
            outcome=LegOutcome.NO_ANSWER,
            ring_seconds=14.8,
        ),
        Leg(id="l-2", target="102", began_at=NINE, outcome=LegOutcome.BUSY),
    )
    moved = (Transfer(kind=TransferKind.BLIND, by="101", to="102", at=NINE, completed=True),)
    call = replace(missed.call, legs=legs, transfers=moved, aliases=frozenset({"x", "y"}))
    made = MadeDecision(made_at=NINE, decision=DECISION, facts_digest="abc")
    trail = TrailEntry(
        call_id="c-1",
        pbx="main",
        entry="dozvon/ended/1/c-1",
        raw="v=1;…",
        at=NINE,
        reported={"way": "plan"},
    )
    whole = replace(
        missed,
        call=call,
        made=made,
        trail=(trail,),
        way=Way.PLAN,
        department="sales",
        client="c1",
        client_name="Ромашка",
        owner="ivanova",
        application="a-7",
        disagreement="events say answered",
    )
    [recorded] = await record(writer, whole)
    story = await read_call(database, "c-1")
    assert recorded.first
    assert story is not None
    assert story.stored.call == call
    assert story.made == made
    assert story.trail == (trail,)
    assert (story.callback_id,) == recorded.callbacks.opened
    assert story.stored.way is Way.PLAN
    assert (story.stored.client, story.stored.application) == ("c1", "a-7")


async def test_a_call_recovered_after_a_kill_still_knows_why_it_went_there(
    writer: Writer, database: Database, ended: Make
) -> None:
    """A decision kept when it was made is joined to the call that the journal alone tells."""
    call = ended("c-1")
    kept = MadeDecision(made_at=NINE, decision=DECISION)

    async def keep(uow: UnitOfWork) -> None:
        await uow.decisions.keep(call.call.id, kept)

    await writer.submit(keep)
    await record(writer, replace(call, made=None, client="", client_name="", owner=""))
    story = await read_call(database, call.call.id)
    assert story is not None
    assert story.made == kept
    assert story.stored.client == DECISION.client
    assert story.stored.owner == DECISION.owner


async def test_recording_the_same_call_again_changes_nothing(
    writer: Writer, database: Database, ended: Make
) -> None:
    first, second = await record(writer, ended("c-1"), ended("c-1", lasts_seconds=99))
    assert (first.first, second.first) == (True, False)
    [stored] = await list_calls(database)
    assert stored.call.ended_at == NINE + timedelta(seconds=30)
    assert len(await open_callbacks(database)) == 1


async def test_a_missed_call_opens_one_callback_and_the_next_one_joins_it(
    writer: Writer, database: Database, ended: Make
) -> None:
    first, second = await record(writer, ended("c-1"), ended("c-2", 5))
    assert first.callbacks.opened == ("cb-c-1",)
    assert second.callbacks.joined == ("cb-c-1",)
    [owed] = await open_callbacks(database)
    assert owed.item.missed == ("c-1", "c-2")


async def test_a_conversation_closes_the_callback(
    writer: Writer, database: Database, ended: Make
) -> None:
    await record(writer, ended("c-1"))
    [answered] = await record(
        writer, ended("c-2", 5, disposition=Disposition.ANSWERED, talk_seconds=10)
    )
    assert answered.callbacks.closed == ("cb-c-1",)
    assert await open_callbacks(database) == ()


async def test_a_short_outbound_call_is_an_attempt(
    writer: Writer, database: Database, ended: Make
) -> None:
    await record(writer, ended("c-1"))
    short = ended(
        "c-2", 5, direction=Direction.OUTBOUND, disposition=Disposition.ANSWERED, talk_seconds=19.9
    )
    await record(writer, short)
    [owed] = await open_callbacks(database)
    assert [attempt.call_id for attempt in owed.item.attempts] == ["c-2"]
    long = ended(
        "c-3", 9, direction=Direction.OUTBOUND, disposition=Disposition.ANSWERED, talk_seconds=20
    )
    await record(writer, long)
    assert await open_callbacks(database) == ()


async def test_a_client_with_two_numbers_has_one_item(
    writer: Writer, database: Database, ended: Make
) -> None:
    await save_client(writer, "c1", "+79161234567", "+74951230000")
    await record(writer, ended("c-1"), ended("c-2", 5, number="+74951230000"))
    [owed] = await open_callbacks(database)
    assert owed.item.missed == ("c-1", "c-2")
    assert owed.client == "c1"


async def test_hidden_numbers_have_one_item_each(
    writer: Writer, database: Database, ended: Make
) -> None:
    await record(writer, ended("c-1", number="anonymous"), ended("c-2", number="anonymous"))
    assert len(await open_callbacks(database)) == 2


async def test_an_unknown_number_that_becomes_known_joins_the_item_of_its_client(
    writer: Writer, database: Database, ended: Make
) -> None:
    await save_client(writer, "c1", "+74951230000")
    await record(writer, ended("c-1"), ended("c-2", 5, number="+74951230000"))
    assert len(await open_callbacks(database)) == 2
    await save_client(writer, "c1", "+79161234567")
    [owed] = await open_callbacks(database)
    assert owed.item.missed == ("c-1", "c-2")


async def test_a_call_that_was_recognised_brings_the_unrecognised_ones_with_it(
    writer: Writer, database: Database, ended: Make
) -> None:
    await record(writer, ended("c-1"), ended("c-2", 5, client="c1"))
    [owed] = await open_callbacks(database)
    assert owed.item.missed == ("c-1", "c-2")
    assert owed.item.party == "client:c1"


async def test_the_journal_puts_a_disposition_right_and_the_list_with_it(
    writer: Writer, database: Database, ended: Make
) -> None:
    await record(writer, ended("c-1"))
    settled = replace(ended("c-1").call, disposition=Disposition.ANSWERED, reason=None)

    async def amend(uow: UnitOfWork) -> CallbackChange:
        return await amend_ended_call(uow, settled, disagreement="events said missed", way=Way.PLAN)

    change = await writer.submit(amend)
    assert change.closed == ()
    assert await open_callbacks(database) == ()
    [stored] = await list_calls(database, CallFilter(disputed=True))
    assert stored.call.disposition is Disposition.ANSWERED
    assert stored.way is Way.PLAN


async def test_a_person_takes_an_item_and_closes_it_as_not_needed(
    writer: Writer, database: Database, ended: Make
) -> None:
    await record(writer, ended("c-1"))
    later = NINE + timedelta(hours=1)

    async def taking(uow: UnitOfWork) -> CallbackItem:
        return await take(uow, "cb-c-1", by="ivanova", at=later)

    async def closing(uow: UnitOfWork) -> CallbackItem:
        return await not_needed(uow, "cb-c-1", by="ivanova", at=later, reason="спам")

    assert (await writer.submit(taking)).taken_by == "ivanova"
    closed = await writer.submit(closing)
    assert closed.closing is not None
    assert closed.closing.how is ClosedHow.NOT_NEEDED
    assert closed.closing.note == "спам"
    await record(writer, ended("c-2", 90))
    [owed] = await open_callbacks(database)
    assert owed.item.missed == ("c-2",)


async def test_a_long_missed_call_from_before_a_conversation_keeps_its_closing(
    writer: Writer, database: Database, ended: Make
) -> None:
    """Only what follows the last conversation is counted again, also when calls overlap."""
    talk = ended("c-2", 1, disposition=Disposition.ANSWERED, talk_seconds=60, lasts_seconds=90)
    later = ended("c-3", 0, disposition=Disposition.ANSWERED, talk_seconds=60, lasts_seconds=900)
    await record(writer, ended("c-1", 2, lasts_seconds=600), talk, later)
    await record(writer, ended("c-4", 5))
    async with database.reading() as connection:
        found = await UnitOfWork(connection).callbacks.get("cb-c-1")
    assert found is not None
    assert found.closing is not None
    assert found.closing.call_id == "c-2"


async def test_a_number_that_turns_out_to_be_shared_leaves_no_attempt_behind(
    writer: Writer, database: Database, ended: Make
) -> None:
    """The item goes from the client back to the number; the call to that client stays his."""
    out = {"direction": Direction.OUTBOUND, "disposition": Disposition.ANSWERED}
    tried = ended("c-2", 1, client="c1", talk_seconds=5, **out)
    await record(writer, ended("c-1"), tried, ended("c-3", 2, client="c2"))
    found = {item.item.party: item.item for item in await open_callbacks(database)}
    assert found["number:+79161234567"].attempts == ()


async def test_after_hours_calls_are_marked(
    writer: Writer, database: Database, ended: Make
) -> None:
    await record(writer, ended("c-1", reason=MissedReason.CLOSED))
    [owed] = await open_callbacks(database)
    assert owed.item.after_hours


async def save_client(writer: Writer, key: str, *numbers: str) -> None:
    async def work(uow: UnitOfWork) -> None:
        read = tuple(normalise(number, NumberPlan()) for number in numbers)
        record = ClientRecord(key=key, name=key, numbers=read)
        known = await uow.clients.save([record], at=NINE)
        await refold_parties(uow, await move_calls(uow.connection, known))

    await writer.submit(work)


NUMBERS = ("+79161234567", "+74951230000")
stories = st.lists(
    st.tuples(
        st.integers(0, 20),
        st.sampled_from(NUMBERS),
        st.sampled_from(["", "c1", "c2"]),
        st.sampled_from(["missed", "missed", "closed", "answered", "short", "long"]),
        st.integers(0, 400),
    ),
    min_size=1,
    max_size=8,
)


@given(story=stories, data=st.data())
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
async def test_any_order_of_arrival_gives_the_same_rows(
    story: list[tuple[int, str, str, str, int]],
    data: st.DataObject,
    writer: Writer,
    database: Database,
    ended: Make,
) -> None:
    """The rows written call by call are the same for every order in which calls arrive."""
    calls = []
    for n, (minute, number, client, kind, lasts) in enumerate(story):
        outbound = kind in {"short", "long"}
        call = ended(
            f"c-{n}",
            minute,
            number=number,
            client=client,
            lasts_seconds=lasts,
            direction=Direction.OUTBOUND if outbound else Direction.INBOUND,
            disposition=Disposition.MISSED
            if kind in {"missed", "closed"}
            else Disposition.ANSWERED,
            reason=MissedReason.CLOSED if kind == "closed" else MissedReason.NO_ANSWER,
            talk_seconds=5 if kind == "short" else lasts,
        )
        calls.append(call)
    seen = []
    for order in (calls, data.draw(st.permutations(calls))):
        await writer.submit(empty)
        for one in order:
            await record(writer, one)
        seen.append(await rows(database))
    await writer.submit(count_everything_again)
    assert seen == [await rows(database)] * 2, "the stretch that was read was enough"


async def rows(database: Database) -> set[CallbackItem]:
    async with database.reading() as connection:
        return set(await UnitOfWork(connection).callbacks._items(_IN_ORDER))


async def count_everything_again(uow: UnitOfWork) -> None:
    parties = await uow.connection.execute(select(schema.calls.c.party).distinct())
    await refold_parties(uow, set(parties.scalars()))


async def empty(uow: UnitOfWork) -> None:
    for table in (schema.callbacks, schema.calls):
        await uow.connection.execute(delete(table))
