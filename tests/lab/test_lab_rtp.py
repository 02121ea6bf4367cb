"""Packets of sound and keys, without a network."""

import struct

import pytest

from dozvon.lab.sip import rtp


def test_a_key_is_five_growing_events_and_three_ends_at_one_instant() -> None:
    """RFC 4733, 2.5.1: one timestamp, growing durations, the end said three times."""
    sender = rtp.Sender(ssrc=5, sequence=65_534, timestamp=1_000)

    packets = [rtp.parse(data) for data in sender.key("#", 101)]

    read = [packet for packet in packets if packet is not None]
    events = [struct.unpack("!BBH", packet.payload) for packet in read]
    assert [event[0] for event in events] == [11] * 8
    assert [event[2] for event in events] == [160, 320, 480, 640, 800, 800, 800, 800]
    assert [bool(event[1] & 0x80) for event in events] == [False] * 5 + [True] * 3
    assert {packet.timestamp for packet in read} == {1_000}
    assert [packet.sequence for packet in read] == [65_534, 65_535, 0, 1, 2, 3, 4, 5]
    assert [packet.marker for packet in read] == [True] + [False] * 7


def test_sound_after_a_key_goes_on_at_the_time_it_has_become() -> None:
    sender = rtp.Sender(ssrc=5)
    sender.key("1", 101)

    packet = rtp.parse(sender.sound(rtp.SILENT_FRAME))

    assert packet is not None
    assert (packet.timestamp, packet.payload_type) == (8 * rtp.FRAME, 8)


def test_what_is_no_rtp_is_not_read() -> None:
    assert rtp.parse(b"short") is None
    assert rtp.parse(b"\x00" * 40) is None


@pytest.mark.parametrize("hertz", [200, 400, 1_000])
def test_a_tone_is_found_again_and_others_are_not(hertz: int) -> None:
    sound = rtp.tone_frame(hertz) * 10

    assert rtp.tone_share(sound, hertz) > 0.95
    assert rtp.tone_share(sound, hertz + 150) < 0.05
    assert rtp.tone_share(rtp.SILENT_FRAME * 10, hertz) < 0.05
