"""The conversation begins where its client does, and every doubt about a part is told once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from recordings.joining import LONGEST_SECONDS, Doubt, JoinPlan, PartFacts, plan_joining
from recordings.port import PartKind

NINE = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def part(name: str, kind: PartKind, after: float | None, *, channels: int = 1) -> PartFacts:
    at = None if after is None else NINE + timedelta(seconds=after)
    return PartFacts(name=name, kind=kind, channels=channels, began_at=at)


def plan(*parts: PartFacts) -> JoinPlan:
    return plan_joining(parts, rate=8000)


def offsets(found: JoinPlan) -> dict[str, int]:
    return {track.part: track.offset for track in found.tracks}


def test_of_several_parts_of_a_client_the_first_is_the_beginning() -> None:
    """A client who came back is recorded anew: the later file stands where it belongs."""
    found = plan(
        part("a", PartKind.CLIENT, 5), part("b", PartKind.CLIENT, 0), part("l", PartKind.LEG, 6)
    )
    assert found.began_at == NINE
    assert offsets(found) == {"a": 40_000, "b": 0, "l": 48_000}


def test_the_clients_own_part_is_the_beginning_not_the_mixture() -> None:
    found = plan(
        part("mix", PartKind.CONVERSATION, -2),
        part("c", PartKind.CLIENT, 0),
        part("l", PartKind.LEG, 1),
    )
    assert (found.began_at, offsets(found)) == (NINE, {"c": 0, "l": 8000})


def test_without_a_client_the_mixture_is_the_beginning() -> None:
    found = plan(part("mix", PartKind.CONVERSATION, -2), part("l", PartKind.LEG, 1))
    assert offsets(found) == {"mix": 0, "l": 24_000}


def test_a_part_from_the_day_before_is_left_out_and_told() -> None:
    found = plan(part("c", PartKind.CLIENT, 0), part("l", PartKind.LEG, -90_000))
    assert [track.part for track in found.tracks] == ["c"]
    assert found.doubts == (("l", Doubt.TOO_LATE),)


def test_a_part_alone_needs_no_time() -> None:
    """There is nothing that it could be out of step with."""
    found = plan(part("mix", PartKind.CONVERSATION, None))
    assert (found.doubts, found.began_at, offsets(found)) == ((), None, {"mix": 0})


def test_a_doubt_about_both_channels_of_a_part_is_told_once() -> None:
    found = plan(
        part("both", PartKind.CONVERSATION, None, channels=2), part("c", PartKind.CLIENT, 0)
    )
    assert found.doubts == (("both", Doubt.NO_TIME),)


def test_the_longest_conversation_is_counted_in_samples() -> None:
    assert plan(part("mix", PartKind.CONVERSATION, 0)).longest == LONGEST_SECONDS * 8000
