"""The parts become one conversation: the client left, us right, every voice in its time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from recordings.joining import Doubt, JoinPlan, PartFacts, Side, plan_joining
from recordings.port import PartKind

NINE = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def part(name: str, kind: PartKind, after: float | None = 0.0, *, channels: int = 1) -> PartFacts:
    at = None if after is None else NINE + timedelta(seconds=after)
    return PartFacts(name=name, kind=kind, channels=channels, began_at=at)


def plan(*parts: PartFacts) -> JoinPlan:
    return plan_joining(parts, rate=8000)


def heard(found: JoinPlan) -> list[tuple[str, str, int, int]]:
    return [(t.part, str(t.side), t.offset, t.skip) for t in found.tracks]


MIX = part("mix", PartKind.CONVERSATION)
CLIENT = part("client", PartKind.CLIENT)


def test_the_client_is_left_and_every_leg_right_in_its_time() -> None:
    """After a transfer the second leg begins where the first one's talk went on."""
    found = plan(MIX, CLIENT, part("first", PartKind.LEG, 2.5), part("second", PartKind.LEG, 60.25))
    assert found.sides == 2
    assert heard(found) == [
        ("client", "client", 0, 0),
        ("first", "us", 20_000, 0),
        ("second", "us", 482_000, 0),
    ]


def test_without_a_clients_own_part_the_mixture_is_left() -> None:
    found = plan(MIX, part("leg", PartKind.LEG, 1))
    assert [(t.part, t.side) for t in found.tracks] == [("mix", Side.CLIENT), ("leg", Side.US)]


def test_without_any_leg_the_mixture_is_right() -> None:
    found = plan(MIX, CLIENT)
    assert [(t.part, t.side) for t in found.tracks] == [("client", Side.CLIENT), ("mix", Side.US)]


def test_a_mixture_alone_is_one_side() -> None:
    assert plan(MIX).sides == 1


def test_a_leg_alone_is_ours_and_the_client_is_silent() -> None:
    found = plan(part("leg", PartKind.LEG, 3))
    assert (found.sides, heard(found)) == (2, [("leg", "us", 0, 0)])


def test_a_conversation_in_two_channels_is_taken_as_it_is() -> None:
    found = plan(part("both", PartKind.CONVERSATION, channels=2), part("leg", PartKind.LEG, 1))
    assert [(t.part, t.channel, t.side) for t in found.tracks] == [
        ("both", 0, Side.CLIENT),
        ("both", 1, Side.US),
    ]


def test_what_a_leg_has_from_before_the_conversation_is_cut_off() -> None:
    assert heard(plan(CLIENT, part("leg", PartKind.LEG, -1.5)))[1] == ("leg", "us", 0, 12_000)


def test_a_part_without_a_time_begins_with_the_conversation_and_is_told() -> None:
    found = plan(CLIENT, part("leg", PartKind.LEG, None))
    assert heard(found)[1] == ("leg", "us", 0, 0)
    assert found.doubts == (("leg", Doubt.NO_TIME),)


def test_a_part_from_another_day_is_left_out_and_told() -> None:
    found = plan(CLIENT, part("leg", PartKind.LEG, 90_000))
    assert [t.part for t in found.tracks] == ["client"]
    assert found.doubts == (("leg", Doubt.TOO_LATE),)
