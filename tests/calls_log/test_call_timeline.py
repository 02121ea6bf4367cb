"""The drawing of a call: who rang when, in percent of the width."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise

from log_calls import NINE, ended_call

from router.calls import Call, Leg, LegOutcome
from switchboard.call_timeline import Doing, timeline


def at(second: float) -> datetime:
    return NINE + timedelta(seconds=second)


def leg(target: str, began: float, ended: float, **about: object) -> Leg:
    made = Leg(id=target, target=target, began_at=at(began), rang_at=at(began), ended_at=at(ended))
    return replace(made, **about)  # type: ignore[arg-type] # names of its fields


def call(*legs: Leg, ends: float = 40) -> Call:
    return replace(ended_call("c").call, legs=legs, ended_at=at(ends))


RANG = leg("101", 0, 15, outcome=LegOutcome.NO_ANSWER, ring_seconds=15)
TALKED = leg(
    "102",
    15,
    335,
    answered_at=at(20),
    outcome=LegOutcome.ANSWERED,
    ring_seconds=5,
    talk_seconds=315,
)


def doings(made: Call, bar: int = 0) -> list[tuple[Doing, float, float]]:
    parts = timeline(made).bars[bar].stretches
    return [(part.doing, part.from_seconds, part.to_seconds) for part in parts]


def test_a_ring_that_nobody_answered_is_one_stretch_from_ring_to_end() -> None:
    assert doings(call(RANG)) == [(Doing.RING, 0, 15)]


def test_a_talk_follows_its_ring_and_lasts_to_the_end_of_the_leg() -> None:
    assert doings(call(TALKED, ends=335)) == [(Doing.RING, 15, 20), (Doing.TALK, 20, 335)]


def test_a_mobile_that_was_picked_up_and_not_confirmed_shows_the_question() -> None:
    asked = leg("79161230103", 0, 18, picked_up_at=at(10), outcome=LegOutcome.NOT_CONFIRMED)
    assert doings(call(asked)) == [(Doing.RING, 0, 10), (Doing.CONFIRM, 10, 18)]


def test_a_desk_phone_is_asked_nothing_though_its_answer_takes_a_moment_to_be_told() -> None:
    picked = leg(
        "101",
        0,
        30,
        picked_up_at=at(5),
        answered_at=at(5.2),
        outcome=LegOutcome.ANSWERED,
        talk_seconds=24.8,
    )
    assert doings(call(picked)) == [(Doing.RING, 0, 5), (Doing.TALK, 5.2, 30)]


def test_a_leg_that_never_rang_has_no_stretch() -> None:
    dead = leg("101", 0, 0, rang_at=None, outcome=LegOutcome.UNREACHABLE)
    assert doings(call(dead)) == []


def test_a_leg_without_an_end_ends_with_its_call() -> None:
    lost = leg("101", 5, 0, ended_at=None, outcome=LegOutcome.RINGING)
    assert doings(call(lost, ends=30)) == [(Doing.RING, 5, 30)]


def test_without_a_long_talk_the_axis_is_even() -> None:
    drawn = timeline(call(RANG, ends=30))
    assert drawn.broken_at is None
    [part] = drawn.bars[0].stretches
    assert (part.left, part.width) == (0, 50)


def test_a_long_talk_leaves_more_than_half_of_the_width_to_the_rings_before_it() -> None:
    drawn = timeline(call(RANG, TALKED, ends=335))
    assert drawn.broken_at == 58
    [ring] = drawn.bars[0].stretches
    assert ring.width == 43.5
    talk = drawn.bars[1].stretches[-1]
    assert (talk.left, talk.left + talk.width) == (58, 100)


def test_marks_are_in_order_apart_from_one_another_and_name_the_beginning_of_the_talk() -> None:
    for made in (call(RANG, TALKED, ends=335), call(RANG, ends=23), call(RANG, ends=3000)):
        ticks = timeline(made).ticks
        lefts = [tick.left for tick in ticks]
        assert lefts == sorted(lefts)
        assert all(b - a >= 8.9 for a, b in pairwise(lefts))
        assert (ticks[0].seconds, ticks[-1].left) == (0, 100)
    assert 20 in [tick.seconds for tick in timeline(call(RANG, TALKED, ends=335)).ticks]


def test_everything_stays_inside_the_drawing_also_where_clocks_disagree() -> None:
    odd = leg("101", -5, -1, outcome=LegOutcome.NO_ANSWER, ring_seconds=4)
    late = replace(TALKED, ended_at=at(2000))
    for bar in timeline(call(odd, late, ends=10)).bars:
        for part in bar.stretches:
            assert part.left >= 0
            assert part.left + part.width <= 100.01


def test_a_call_without_legs_and_length_is_drawn_all_the_same() -> None:
    drawn = timeline(call(ends=0))
    assert drawn.bars == ()
    assert drawn.seconds == 1
