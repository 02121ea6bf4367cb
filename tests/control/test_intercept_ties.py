"""Ties in taking over a call, on a real Asterisk: one winner, and what is told is what is kept."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from floor_control import free_again, live_call, only_call, ringing_at_owner, talks
from sales_floor import caller_of, side_by_side

from pbx_adapters.port import Outcome
from router.calls import Disposition
from switchboard.control import Control

if TYPE_CHECKING:
    from sales_floor import Desk, Floor
    from two_services import Inside

    from dozvon.lab import Phone

pytestmark = [
    pytest.mark.asterisk,
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.usefixtures("quiet_floor"),
]

TRIES = 10


async def test_one_winner_of_two_who_take_at_once(
    floor: Floor, served: Inside, control: Control
) -> None:
    """Ten times: one has the call, one is told who has it, and the caller is never lost."""

    async def tries(desk: Desk) -> None:
        for _ in range(TRIES // 2):
            await _two_take(floor, served, control, desk)

    await side_by_side(tries(floor.desks[2]), tries(floor.desks[3]))


async def _two_take(floor: Floor, served: Inside, control: Control, desk: Desk) -> None:
    n = desk.number
    await free_again(served, desk)
    call = await ringing_at_owner(desk)
    found = await live_call(served, call)
    both = [asyncio.create_task(control.intercept(found.id, f"{who}{n}")) for who in "bc"]
    await asyncio.gather(desk.b.wait_ringing(3), desk.c.wait_ringing(3))
    await asyncio.gather(desk.b.answer(), desk.c.answer(), return_exceptions=True)
    answers = {who: (await asyncio.wait_for(t, 20)) for who, t in zip("bc", both, strict=True)}
    won = [who for who, told in answers.items() if told.answer is Outcome.TAKEN]
    assert len(won) == 1, answers
    loser = "c" if won == ["b"] else "b"
    assert answers[loser].answer is Outcome.TAKEN_BEFORE
    name = {"b": f"Boris {n}", "c": f"Vera {n}"}[won[0]]
    assert name in answers[loser].sentence("en")
    phones = {"b": desk.b, "c": desk.c}
    assert await call.wait_answered(2)
    await phones[loser].calls[-1].wait_ended(4)
    assert talks(phones[won[0]].calls[-1])
    await call.hang_up()
    logged = (await only_call(floor, call)).stored.call
    assert logged.answered_by == phones[won[0]].extension


async def test_one_winner_of_the_taker_and_the_owner_who_answers_in_the_same_instant(
    floor: Floor, served: Inside, control: Control
) -> None:
    """Often: exactly one of them talks and is told so, and no caller is lost.

    The owner answers up to 2 ms after the taker: in between lies the instant in which both do.
    """

    async def tries(desk: Desk) -> None:
        for n in range(TRIES // 2):
            await _owner_and_taker(floor, served, control, desk, n * 0.0005)

    await side_by_side(tries(floor.desks[4]), tries(floor.desks[5]))


async def _owner_and_taker(
    floor: Floor, served: Inside, control: Control, desk: Desk, later: float
) -> None:
    n = desk.number
    await free_again(served, desk)
    call = await ringing_at_owner(desk)
    taking = asyncio.create_task(control.intercept((await live_call(served, call)).id, f"b{n}"))
    await desk.b.wait_ringing(3)
    owner = asyncio.get_running_loop().create_future()
    asyncio.get_running_loop().call_later(later, owner.set_result, None)
    await asyncio.gather(_after(owner, desk.a), desk.b.answer(), return_exceptions=True)
    told = await asyncio.wait_for(taking, 20)
    assert told.answer in {Outcome.TAKEN, Outcome.TAKEN_BEFORE}
    won, lost = (desk.b, desk.a) if told.answer is Outcome.TAKEN else (desk.a, desk.b)
    assert await call.wait_answered(2)
    await lost.calls[-1].wait_ended(4)
    assert talks(won.calls[-1])
    if told.answer is Outcome.TAKEN_BEFORE:
        assert f"Anna {n}" in told.sentence("ru")
    await call.hang_up()
    story = await only_call(floor, call)
    assert story.stored.call.disposition is Disposition.ANSWERED
    named = story.stored.call.answered_by == won.extension
    assert named or story.stored.disagreement, "a tie in the exchange is at least shown"


async def _after(moment: asyncio.Future[None], phone: Phone) -> None:
    await moment
    await phone.answer()


async def test_a_caller_who_leaves_as_he_is_taken_is_talked_with_or_called_back(
    floor: Floor, served: Inside, control: Control
) -> None:
    """Ties of the two: what the taker is told, the log and the callback list say the same.

    Asterisk calls some of them answered, though nobody was connected: nobody would call back.
    """

    async def tries(desk: Desk) -> None:
        for n in range(TRIES):
            await _taken_as_he_leaves(floor, served, control, desk, n * 0.0002)

    await side_by_side(tries(floor.desks[0]), tries(floor.desks[1]))


async def _taken_as_he_leaves(
    floor: Floor, served: Inside, control: Control, desk: Desk, later: float
) -> None:
    await free_again(served, desk)
    call = await ringing_at_owner(desk)
    taking = asyncio.create_task(
        control.intercept((await live_call(served, call)).id, f"b{desk.number}")
    )
    await desk.b.wait_ringing(3)
    picking_up = asyncio.create_task(desk.b.answer())
    await asyncio.sleep(later)
    await asyncio.gather(call.hang_up(), picking_up, return_exceptions=True)
    told = await asyncio.wait_for(taking, 20)
    disposition = (await only_call(floor, call)).stored.call.disposition
    owed = await floor.owed(caller_of(call))
    said = (told.answer, disposition, len(owed))
    assert said in {
        (Outcome.TAKEN, Disposition.ANSWERED, 0),
        (Outcome.CALLER_LEFT, Disposition.MISSED, 1),
    }
