"""A plan of joining, carried out: what is written, how loud each side was, when it stops."""

from __future__ import annotations

import signal
from array import array
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from recorded_sounds import silent, tone

from recordings.audio import added
from recordings.joining import JoinPlan, PartFacts, Side, Track, plan_joining
from recordings.mixing import Mixed, mix
from recordings.port import PartKind
from recordings.waveform import measure

NINE = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
RATE = 8000
CLIENT, LEG, MIX = PartKind.CLIENT, PartKind.LEG, PartKind.CONVERSATION


@pytest.fixture(autouse=True)
def _bounded() -> Iterator[None]:
    """What waits for a voice for ever is ended: nothing else would tell."""

    def late(*_: object) -> None:
        raise AssertionError("it never ends")

    before = signal.signal(signal.SIGALRM, late)
    signal.alarm(20)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


class Samples:
    """A sound in memory."""

    rate = RATE

    def __init__(self, data: bytes, channels: int = 1) -> None:
        self.channels = channels
        self._data = data

    def read(self, samples: int) -> bytes:
        taken = samples * 2 * self.channels
        found, self._data = self._data[:taken], self._data[taken:]
        return found

    def close(self) -> None:
        """Nothing is open."""


def both(left: bytes, right: bytes) -> bytes:
    """Two sides interleaved."""
    whole = array("h", bytes(2 * len(left)))
    whole[0::2], whole[1::2] = array("h", left), array("h", right)
    return whole.tobytes()


def mixed(plan: JoinPlan, **sounds: Samples) -> tuple[Mixed, list[bytes]]:
    """What came of it, and the sides that were written."""
    out: list[bytes] = []
    found = mix(plan, sounds, out.append)
    values = array("h", b"".join(out))
    return found, [values[side :: plan.sides].tobytes() for side in range(plan.sides)]


def planned(*parts: tuple[str, PartKind, float], stereo: str = "", longest: float = 60) -> JoinPlan:
    facts = [
        PartFacts(
            name=name,
            kind=kind,
            channels=2 if name == stereo else 1,
            began_at=NINE + timedelta(seconds=after),
        )
        for name, kind, after in parts
    ]
    return plan_joining(facts, rate=RATE, longest_seconds=longest)


def test_what_a_leg_has_from_before_is_left_out_however_long_it_is() -> None:
    """More than is read at once."""
    leg = tone(600, 6) + tone(900, 2)
    plan = planned(("c", CLIENT, 0), ("l", LEG, -6))
    _, (left, right) = mixed(plan, c=Samples(tone(400, 2)), l=Samples(leg))
    assert (left, right) == (tone(400, 2), leg[-32_000:])


def test_two_of_us_who_talk_at_once_are_both_heard() -> None:
    plan = planned(("c", CLIENT, 0), ("l1", LEG, 0), ("l2", LEG, 1))
    sounds = {"c": Samples(silent(3)), "l1": Samples(tone(600, 2)), "l2": Samples(tone(900, 2))}
    _, (_, right) = mixed(plan, **sounds)
    assert right == added(tone(600, 2) + silent(1), silent(1) + tone(900, 2))


def test_a_leg_that_begins_long_after_all_others_ended_is_waited_for() -> None:
    """Nobody is heard for more than a piece of time; the time passes all the same."""
    plan = planned(("c", CLIENT, 0), ("l", LEG, 13))
    found, (left, right) = mixed(plan, c=Samples(tone(400, 1)), l=Samples(tone(600, 1)))
    assert found.samples == 14 * RATE
    assert (left, right) == (tone(400, 1) + silent(13), silent(13) + tone(600, 1))


@pytest.mark.parametrize(("longest", "too_long"), [(4.5, False), (4.0, True)])
def test_what_ends_in_the_last_piece_is_whole(longest: float, too_long: bool) -> None:  # noqa: FBT001
    sound = Samples(both(tone(400, 5), silent(5)), 2)
    found, _ = mixed(planned(("m", MIX, 0), stereo="m", longest=longest), m=sound)
    assert (found.too_long, found.samples) == (too_long, (4 if too_long else 5) * RATE)


def test_each_side_of_a_conversation_in_two_channels_is_measured_by_itself() -> None:
    sound = both(tone(400, 2) + silent(2), silent(3) + tone(600, 1))
    plan = planned(("m", MIX, 0), stereo="m")
    found, sides = mixed(plan, m=Samples(sound, 2))
    assert b"".join(sides) == tone(400, 2) + silent(2) + silent(3) + tone(600, 1)
    assert measure(found.levels, 4).talk_shares == pytest.approx((0.5, 0.25), abs=0.02)


def test_channels_the_other_way_round_are_turned() -> None:
    """Where a plan says that the first channel is ours, it is heard on the right."""
    tracks = tuple(
        Track(part="m", channel=channel, side=side)
        for channel, side in ((0, Side.US), (1, Side.CLIENT))
    )
    plan = JoinPlan(rate=RATE, sides=2, tracks=tracks, began_at=NINE, longest=60 * RATE)
    _, sides = mixed(plan, m=Samples(both(tone(400, 1), tone(600, 1)), 2))
    assert sides == [tone(600, 1), tone(400, 1)]


def test_a_conversation_in_two_channels_stands_where_it_began() -> None:
    """Later than the client's own part: the difference is silence."""
    plan = planned(("c", CLIENT, 0), ("m", MIX, 1), stereo="m")
    _, sides = mixed(plan, m=Samples(both(tone(400, 1), tone(600, 1)), 2))
    assert sides == [silent(1) + tone(400, 1), silent(1) + tone(600, 1)]


def test_how_much_was_heard_of_a_part_is_all_of_it() -> None:
    plan = planned(("c", CLIENT, 0), ("l", LEG, 2))
    found, _ = mixed(plan, c=Samples(tone(400, 9)), l=Samples(tone(600, 6)))
    assert found.heard == {"c": 9 * RATE, "l": 6 * RATE}
