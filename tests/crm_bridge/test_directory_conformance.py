"""What every client base keeps. A new one joins by its line in `DIRECTORIES`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from structlog.testing import capture_logs

from crm_bridge.builtin.directory import BuiltinDirectory
from crm_bridge.port import ClientDirectory
from router.facts import Application, LookupOutcome
from router.numbers import NumberPlan, normalise
from storage.database import Database
from storage.unit_of_work import UnitOfWork
from storage.writer import Writer

Keep = Callable[..., Awaitable[None]]
DIRECTORIES = {"builtin": BuiltinDirectory}
PLAN = NumberPlan()


@pytest.fixture(params=DIRECTORIES)
def directory(request: pytest.FixtureRequest, database: Database) -> ClientDirectory:
    return DIRECTORIES[request.param](database)


@pytest.fixture
def break_it(writer: Writer) -> Callable[[], Awaitable[None]]:
    """Makes the client base unable to answer."""

    async def work(uow: UnitOfWork) -> None:
        await uow.connection.execute(text("ALTER TABLE client_numbers RENAME TO away"))

    async def breaking() -> None:
        await writer.submit(work)

    return breaking


@pytest.mark.parametrize("written", ["+7 916 123-45-67", "8 (916) 123-45-67", "9161234567"])
@pytest.mark.parametrize("calling", ["+79161234567", "89161234567", "79161234567"])
async def test_a_client_is_found_however_his_number_is_written(
    directory: ClientDirectory, keep: Keep, written: str, calling: str
) -> None:
    await keep("c1", written, name="Ромашка", owner="ivanova")
    found = await directory.look_up(normalise(calling, PLAN), 1.0)
    assert found.outcome is LookupOutcome.FOUND
    [client] = found.clients
    assert (client.key, client.name, client.owner) == ("c1", "Ромашка", "ivanova")


async def test_a_number_that_nobody_has_is_unknown(directory: ClientDirectory, keep: Keep) -> None:
    await keep("c1", "+79161234567")
    found = await directory.look_up(normalise("+79161234568", PLAN), 1.0)
    assert found.outcome is LookupOutcome.UNKNOWN
    assert found.clients == ()


async def test_the_same_digits_in_another_country_are_another_number(
    directory: ClientDirectory, keep: Keep
) -> None:
    await keep("c1", "+375291234567")
    found = await directory.look_up(normalise("+380291234567", PLAN), 1.0)
    assert found.clients == ()


@pytest.mark.parametrize("text", ["anonymous", "", "101", "*72101", "Неизвестный", "12345"])
async def test_what_identifies_nobody_is_not_asked(directory: ClientDirectory, text: str) -> None:
    found = await directory.look_up(normalise(text, PLAN), 1.0)
    assert found.outcome is LookupOutcome.NOT_ASKED


async def test_every_client_of_a_shared_number_is_returned(
    directory: ClientDirectory, keep: Keep
) -> None:
    await keep("c1", "+74951230000", owner="ivanova")
    await keep("c2", "+74951230000", owner="petrov")
    found = await directory.look_up(normalise("+74951230000", PLAN), 1.0)
    assert {client.owner for client in found.clients} == {"ivanova", "petrov"}


async def test_a_number_behind_a_clients_own_exchange_is_a_switchboard(
    directory: ClientDirectory, keep: Keep
) -> None:
    await keep("c1", "8 (495) 123-00-00 доб. 12")
    await keep("c2", "8 (495) 123-00-00 доб. 13")
    found = await directory.look_up(normalise("+74951230000", PLAN), 1.0)
    assert [(client.key, client.switchboard) for client in found.clients] == [
        ("c1", True),
        ("c2", True),
    ]
    named = await directory.look_up(normalise("+74951230000 доб. 13", PLAN), 1.0)
    assert [client.key for client in named.clients] == ["c2"]


async def test_open_applications_come_first_and_the_newest_of_them_before_the_others(
    directory: ClientDirectory, keep: Keep
) -> None:
    old, new = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 2, 1, tzinfo=UTC)
    work = (
        Application(key="closed", open=False, changed_at=new),
        Application(key="old", changed_at=old, manager="petrov", title="Окна"),
        Application(key="new", changed_at=new),
    )
    await keep("c1", "+79161234567", applications=work)
    found = await directory.look_up(normalise("+79161234567", PLAN), 1.0)
    assert found.clients[0].applications == (work[2], work[1], work[0])


async def test_a_blocked_client_is_told_as_blocked(directory: ClientDirectory, keep: Keep) -> None:
    await keep("c1", "+79161234567", blocked=True)
    found = await directory.look_up(normalise("+79161234567", PLAN), 1.0)
    assert found.clients[0].blocked is True


async def test_an_answer_that_is_late_is_told_as_late(
    directory: ClientDirectory, keep: Keep
) -> None:
    await keep("c1", "+79161234567")
    with capture_logs() as logs:
        found = await directory.look_up(normalise("+79161234567", PLAN), 0.0)
    assert found.outcome is LookupOutcome.LATE
    assert "did not answer in time" in logs[0]["event"]


async def test_a_broken_client_base_is_told_as_failed_and_logged_without_the_number(
    directory: ClientDirectory, keep: Keep, break_it: Callable[[], Awaitable[None]]
) -> None:
    await keep("c1", "+79161234567")
    await break_it()
    with capture_logs() as logs:
        found = await directory.look_up(normalise("+79161234567", PLAN), 1.0)
    assert found.outcome is LookupOutcome.FAILED
    assert "routed as an unknown number" in logs[0]["event"]
    assert "9161234567" not in str(logs)


@given(text=st.text(max_size=40))
@settings(
    max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
async def test_whatever_calls_a_look_up_never_raises(directory: ClientDirectory, text: str) -> None:
    found = await directory.look_up(normalise(text, PLAN), 1.0)
    assert found.outcome in {LookupOutcome.UNKNOWN, LookupOutcome.NOT_ASKED}
