"""A PBX's clock: a call moves as a whole, and the way back leads to what the PBX said."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from router.callbacks import PartyCall, items
from router.calls import Call, Direction, Disposition, Leg, Transfer, TransferKind
from router.pbx_clock import moved_back

NINE = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
offsets = st.sampled_from([-3600.0, -7.25, 0.0, 0.5, 180.0, 86400.0])


def call(name: str, minute: int, pbx: str, *, talked: bool) -> Call:
    at = NINE + timedelta(minutes=minute)
    end = at + timedelta(minutes=2)
    leg = Leg(id="l", target="101", began_at=at, answered_at=at, ended_at=end)
    moved = Transfer(kind=TransferKind.BLIND, by="101", to="102", at=at)
    return Call(
        id=name,
        pbx=pbx,
        linked_id=name,
        direction=Direction.INBOUND,
        caller="1",
        line="2",
        began_at=at,
        ended_at=end,
        disposition=Disposition.ANSWERED if talked else Disposition.MISSED,
        legs=(leg,),
        transfers=(moved,),
    )


stories = st.lists(
    st.tuples(st.integers(0, 60), st.sampled_from(["a", "b"]), st.booleans()), max_size=10
)


@given(offset=offsets)
def test_the_way_back_leads_to_what_the_pbx_said(offset: float) -> None:
    told = call("x", 3, "a", talked=True)
    assert moved_back(moved_back(told, offset), -offset) == told


@given(offset=offsets)
def test_all_instants_of_a_call_move_together(offset: float) -> None:
    told = call("x", 3, "a", talked=True)
    found = moved_back(told, offset)
    by = timedelta(seconds=offset)
    assert found.began_at == told.began_at - by
    assert found.legs[0].answered_at == told.began_at - by
    assert found.transfers[0].at == told.began_at - by


@given(story=stories, fast=offsets, slow=offsets, data=st.data())
def test_one_callback_wrong_clocks_and_any_order_give_the_list_of_right_clocks(
    story: list[tuple[int, str, bool]], fast: float, slow: float, data: st.DataObject
) -> None:
    """Two PBXs, each with its own error that was measured."""
    right = [call(f"c{n}", m, pbx, talked=t) for n, (m, pbx, t) in enumerate(story)]
    wrong = {"a": fast, "b": slow}
    told = [moved_back(each, -wrong[each.pbx]) for each in data.draw(st.permutations(right))]
    corrected = [moved_back(each, wrong[each.pbx]) for each in told]
    expected = items("client:c", [PartyCall.of(each) for each in right])
    assert items("client:c", [PartyCall.of(each) for each in corrected]) == expected
