"""A link opens one recording for a while, and nobody makes one without the key."""

from __future__ import annotations

import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recordings.errors import LinkRefused
from recordings.signing import LinkTo, check, load_key, sign

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
KEY = bytes(range(32))


def refused(token: str, *, key: bytes = KEY, now: datetime = NOW) -> str:
    with pytest.raises(LinkRefused) as caught:
        check(key, token, now=now)
    return caught.value.why_id


def test_a_link_opens_its_recording_until_it_ends() -> None:
    token = sign(KEY, 7, "1.7", until=NOW + timedelta(hours=1))
    found = check(KEY, token, now=NOW)
    assert found == check(KEY, token, now=NOW + timedelta(minutes=59))
    assert (found.recording, found.call) == (7, LinkTo.of(KEY, 7, "1.7").call)
    assert refused(token, now=NOW + timedelta(hours=1)) == "link-old"


def test_another_key_makes_it_void() -> None:
    assert (
        refused(sign(KEY, 7, "1.7", until=NOW + timedelta(hours=1)), key=b"x" * 32) == "link-forged"
    )


def test_every_changed_letter_makes_it_void() -> None:
    """Only the last letter may hold bits that say nothing."""
    token = sign(KEY, 7, "1.7", until=NOW + timedelta(hours=1))
    for place in range(len(token) - 1):
        letter = "A" if token[place] != "A" else "B"
        assert refused(token[:place] + letter + token[place + 1 :]) == "link-forged"


def test_a_link_tells_its_call_to_nobody() -> None:
    """Only the key says which call its mark is of."""
    assert LinkTo.of(KEY, 7, "1.7") != LinkTo.of(KEY, 7, "1.8")
    assert LinkTo.of(KEY, 7, "1.7") != LinkTo.of(b"x" * 32, 7, "1.7")


@given(st.text(max_size=300))
def test_whatever_the_text_it_is_refused(token: str) -> None:
    assert refused(token) == "link-forged"


def test_the_key_is_made_once_and_is_the_services_alone(tmp_path: Path) -> None:
    first = load_key(tmp_path)
    assert load_key(tmp_path) == first
    (made,) = tmp_path.iterdir()
    assert stat.S_IMODE(made.stat().st_mode) == 0o600


def test_a_damaged_key_signs_nothing(tmp_path: Path) -> None:
    (tmp_path / "recording-links.key").write_bytes(b"short")
    with pytest.raises(LinkRefused):
        load_key(tmp_path)
