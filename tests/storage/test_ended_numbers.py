"""Which number of a call is kept as one that may be called back."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from router.numbers import NumberPlan, normalise
from storage.database import Database
from storage.reading import CallFilter, list_calls
from storage.recording import record_ended_call
from storage.records import EndedCall
from storage.unit_of_work import UnitOfWork
from storage.writer import Writer


@pytest.mark.parametrize(
    ("caller", "kept"),
    [
        ("89161234567", "+79161234567"),
        ("83361234567", "+73361234567"),
        ("8916123456", None),
        ("anonymous", None),
    ],
)
async def test_a_number_that_has_lost_a_digit_is_not_kept_as_a_whole_one(
    writer: Writer,
    database: Database,
    ended: Callable[..., EndedCall],
    caller: str,
    kept: str | None,
) -> None:
    """Read again from the log, it would be a good number and be dialled."""

    async def work(uow: UnitOfWork) -> None:
        await record_ended_call(uow, ended("c-1", number=caller))

    await writer.submit(work)
    [call] = await list_calls(database, CallFilter())
    assert call.number_e164 == kept
    assert normalise(call.number_e164 or caller, NumberPlan()).is_matchable is (kept is not None)
