"""One call whole: who rang, why it went there, what the PBX says of it, and who may see it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from log_calls import NINE, ended_call, record

from router.calls import Direction, Disposition, LegOutcome, Transfer, TransferKind
from router.office import Office
from router.phones import Phone
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
from storage import callback_acts
from storage.database import Database
from storage.notes import Note, Notes
from storage.reach import Reach
from storage.records import EndedCall, MadeDecision, TrailEntry, Way
from storage.unit_of_work import UnitOfWork
from storage.writer import Writer
from switchboard.call_page import CallPage, call_page

ALL = Reach(everything=True)
DECISION = Decision(
    plan=Plan(
        steps=(
            Step(
                kind=StepKind.ONE,
                role=StepRole.OWNER,
                targets=(Target(kind=TargetKind.PHONE, manager="ivanova", number="101"),),
                ring_seconds=15,
            ),
            Step(
                kind=StepKind.WAIT,
                role=StepRole.WAIT,
                targets=(Target(kind=TargetKind.PHONE, manager="petrov", number="102"),),
                ring_seconds=0,
            ),
        ),
        ending=Ending.MESSAGE_BUSY,
        patience_seconds=60,
    ),
    reasons=(Reason(why=Why.CLIENT_FOUND, about={"client": "Ромашка"}),),
    department="sales",
    client="k1",
    office_version=3,
)
TRAIL = [
    {"step": "1", "who": ["ivanova/101"], "what": "rang", "seconds": 15, "result": "NOANSWER"},
    {"step": "2", "who": ["102"], "what": "lunch", "seconds": None, "result": ""},
    {"step": "x", "who": ["101>102"], "what": "transfer", "seconds": None, "result": ""},
]


def story(**about: object) -> EndedCall:
    made = ended_call("c-1", rang=("101", "79161230102"), client="k1", owner="ivanova", **about)  # type: ignore[arg-type]
    reported = {"way": "plan", "service": "HUNG", "restarted": False, "trail": TRAIL}
    trail = TrailEntry(
        call_id="c-1", pbx="main", entry="e", raw="1|raw", at=NINE, reported=reported
    )
    return replace(
        made,
        department="sales",
        way=Way.FAIL_OPEN,
        made=MadeDecision(made_at=NINE, decision=DECISION),
        trail=(trail,),
    )


async def shown(
    database: Database, office: Office, reach: Reach = ALL, *, language: str = "ru"
) -> CallPage:
    found = await call_page(database, office, reach, "c-1", language=language)
    assert found is not None
    return found


async def test_it_tells_why_in_the_readers_language(
    database: Database, writer: Writer, office: Office
) -> None:
    await record(writer, story())
    assert (await shown(database, office)).why == ("Звонит клиент: Ромашка.",)
    english = await shown(database, office, language="en")
    assert english.why != (await shown(database, office)).why


async def test_legs_bear_names_and_a_mobile_is_told_as_one(
    database: Database, writer: Writer, office: Office
) -> None:
    await record(writer, story())
    desk, mobile = (await shown(database, office)).legs
    assert (desk.name, desk.mobile, desk.outcome) == ("Анна Иванова", False, LegOutcome.NO_ANSWER)
    assert (mobile.name, mobile.mobile, mobile.at_seconds) == ("Пётр Петров", True, 17)


async def test_the_offer_says_when_each_step_begins_and_a_wait_lasts_to_the_patience(
    database: Database, writer: Writer, office: Office
) -> None:
    await record(writer, story())
    offer = (await shown(database, office)).offer
    assert offer is not None
    assert [(step.at_seconds, step.seconds) for step in offer.steps] == [(0, 15), (15, 45)]
    assert [step.people for step in offer.steps] == [("Анна Иванова",), ("Пётр Петров",)]
    assert (offer.office_version, offer.ending) == (3, Ending.MESSAGE_BUSY)


async def test_the_journal_is_told_with_names_and_with_what_it_noted_of_the_service(
    database: Database, writer: Writer, office: Office
) -> None:
    await record(writer, story())
    page = await shown(database, office)
    assert [(item.what, item.people) for item in page.trail] == [
        ("rang", ("Анна Иванова",)),
        ("lunch", ("Пётр Петров",)),
        ("transfer", ("Анна Иванова → Пётр Петров",)),
    ]
    assert (page.service, page.call.fail_open) == ("HUNG", True)


async def test_a_journal_that_nobody_could_read_is_shown_as_it_is(
    database: Database, writer: Writer, office: Office
) -> None:
    raw = TrailEntry(call_id="c-1", pbx="main", entry="e", raw="9|?|future", at=NINE)
    await record(writer, replace(story(), trail=(raw,)))
    assert (await shown(database, office)).unread_journal == ("9|?|future",)


async def test_it_tells_whom_the_client_was_handed_to(
    database: Database, writer: Writer, office: Office
) -> None:
    made = story()
    moved = Transfer(kind=TransferKind.BLIND, by="101", to="104", at=NINE + timedelta(seconds=20))
    await record(writer, replace(made, call=replace(made.call, transfers=(moved,))))
    [told] = (await shown(database, office)).handed_on
    assert (told.by, told.to, told.at_seconds) == ("Анна Иванова", "Дмитрий Орлов", 20)
    assert not told.completed


async def test_its_callback_its_notes_and_the_clients_other_calls_stand_beside_it(
    database: Database, writer: Writer, office: Office
) -> None:
    await record(writer, story(), ended_call("c-2", 5, client="k1", department="sales"))

    async def work(uow: UnitOfWork) -> None:
        await callback_acts.take(uow, "cb-c-1", by="petrov", at=NINE)
        note = Note(client="k1", call_id="c-1", by="anna", at=NINE, text="замер в пятницу")
        await Notes(uow.connection).write(note)

    await writer.submit(work)
    page = await shown(database, office)
    assert page.callback is not None
    assert (page.callback.id, page.callback.taken_by) == ("cb-c-1", "petrov")
    assert [note.text for note in page.notes] == ["замер в пятницу"]
    assert [other.id for other in page.others] == ["c-2"]


async def test_of_an_outbound_call_the_clients_leg_is_the_clients(
    database: Database, writer: Writer, office: Office
) -> None:
    made = ended_call(
        "c-1",
        direction=Direction.OUTBOUND,
        disposition=Disposition.NO_ANSWER,
        rang=("79161234567",),
        client_name="Ромашка",
        client="k1",
    )
    await record(writer, made)
    [leg] = (await shown(database, office)).legs
    assert (leg.client, leg.name) == (True, "Ромашка")


@pytest.mark.parametrize(
    ("reach", "sees"),
    [
        (ALL, True),
        (Reach(departments=frozenset({"sales"})), True),
        (Reach(managers=frozenset({"ivanova"})), True),
        (Reach(extensions=frozenset({Phone("main", "101")})), True),
        (Reach(extensions=frozenset({Phone("spb", "101")})), False),
        (Reach(departments=frozenset({"service"})), False),
        (Reach(managers=frozenset({"orlov"}), extensions=frozenset({Phone("main", "104")})), False),
        (Reach(), False),
    ],
)
async def test_whoever_may_not_see_it_is_told_that_there_is_none(
    database: Database, writer: Writer, office: Office, reach: Reach, *, sees: bool
) -> None:
    await record(writer, story())
    found = await call_page(database, office, reach, "c-1", language="ru")
    assert (found is not None) is sees
    assert await call_page(database, office, ALL, "never", language="ru") is None
