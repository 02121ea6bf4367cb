"""Settings of recordings are refused in sentences, and mean what they say."""

from __future__ import annotations

from pathlib import Path

import pytest
from test_settings_books import PBX, loaded, refused

SECRET = "hush-hush-hush"


@pytest.mark.parametrize("place", ["", "/var/spool/asterisk/recording/dozvon", "/mnt/записи"])
def test_recordings_lie_nowhere_or_in_a_folder(tmp_path: Path, place: str) -> None:
    assert loaded(tmp_path, f'{PBX}recordings = "{place}"\n').pbx["main"].recordings == place


def test_a_pbx_may_be_asked_over_http_by_a_user_with_a_password(tmp_path: Path) -> None:
    """The password is never shown."""
    text = f'{PBX}recordings = "https://pbx.example:8089"\nrecordings_user = "dozvon"\n'
    settings = loaded(tmp_path, f'{text}recordings_password = "{SECRET}"\n')
    assert settings.pbx["main"].recordings == "https://pbx.example:8089"
    assert SECRET not in repr(settings)
    assert "recordings_password" in refused(tmp_path, text)


@pytest.mark.parametrize(
    "place",
    ["spool", "ftp://pbx", "http://", "http://user:word@pbx", "http://pbx/ari?x=1", "http://pbx:0"],
)
def test_a_place_that_is_none_is_told(tmp_path: Path, place: str) -> None:
    assert "/var/spool" in refused(tmp_path, f'{PBX}recordings = "{place}"\n')


def test_recordings_are_kept_as_a_department_says(tmp_path: Path) -> None:
    text = '[recordings]\nkeep_days_of = ["sales=365", "service = 0"]\nformats = ["opus", "MP3"]\n'
    found = loaded(tmp_path, text).recordings
    assert found.days_by_department == {"sales": 365, "service": 0}
    assert (found.keep_days, found.formats) == (180, ("opus", "mp3"))
    assert not found.delete_at_pbx


@pytest.mark.parametrize(
    "line",
    [
        'keep_days_of = ["sales"]',
        'keep_days_of = ["sales=99999"]',
        'keep_days_of = ["sales=-1"]',
        'formats = ["wma"]',
        "formats = []",
        "keep_days = -1",
        "settle_seconds = 0",
        "most_megabytes = 0",
        'link_allow = ["everything"]',
    ],
)
def test_what_cannot_be_is_refused(tmp_path: Path, line: str) -> None:
    assert refused(tmp_path, f"[recordings]\n{line}\n")
