"""Where call records are, and how the callback list judges: read, refused with a sentence, masked."""

from __future__ import annotations

from pathlib import Path

import pytest

from config.errors import SettingsMistakes
from config.settings import Settings, show
from config.settings_file import load_settings

PBX = """
[[pbx]]
key = "main"
systemname = "pbx1"
ami_user = "a"
ami_secret = "b"
journal_user = "c"
journal_secret = "d"
"""


def loaded(folder: Path, text: str) -> Settings:
    file = folder / "dozvon.toml"
    file.write_text(text, "utf-8")
    return load_settings(file, environment={})


def refused(folder: Path, text: str) -> str:
    with pytest.raises(SettingsMistakes) as caught:
        loaded(folder, text)
    [mistake] = caught.value.mistakes
    return f"{mistake.path}: {mistake.sentence}"


@pytest.mark.parametrize(
    "place",
    [
        "csv:/var/log/asterisk/cdr-csv/Master.csv",
        "custom:/var/log/asterisk/cdr-custom/calls.csv",
        "mysql+pymysql://user:password@127.0.0.1/asteriskcdrdb",
    ],
)
def test_call_records_are_in_a_file_or_in_a_database(tmp_path: Path, place: str) -> None:
    found = loaded(tmp_path, f'{PBX}cdr = "{place}"\n').pbx["main"]
    assert found.cdr.get_secret_value() == place


@pytest.mark.parametrize("place", ["/var/log/Master.csv", "csv:Master.csv", "csv:", "a b"])
def test_another_place_is_refused_with_the_three_ways_of_writing_it(
    tmp_path: Path, place: str
) -> None:
    assert "csv:/" in refused(tmp_path, f'{PBX}cdr = "{place}"\n')


def test_the_password_of_the_database_of_call_records_is_never_shown(tmp_path: Path) -> None:
    settings = loaded(tmp_path, f'{PBX}cdr = "mysql+pymysql://user:hush@127.0.0.1/cdr"\n')
    assert "hush" not in repr(settings)
    assert "hush" not in str(show(settings))


def test_the_address_of_call_records_may_stand_in_a_file_of_its_own(tmp_path: Path) -> None:
    secret = tmp_path / "cdr.secret"
    secret.write_text("csv:/x/Master.csv\n", "utf-8")
    secret.chmod(0o600)
    found = loaded(tmp_path, f'{PBX}cdr_file = "{secret}"\n').pbx["main"]
    assert found.cdr.get_secret_value() == "csv:/x/Master.csv"


@pytest.mark.parametrize(
    ("line", "path"),
    [
        ('cdr_zone = "Moscow"', "cdr_zone"),
        ('cdr_zone = "../etc/passwd"', "cdr_zone"),
        ('cdr_table = "cdr; DROP"', "cdr_table"),
        ('cdr_columns = ["start; channel"]', "cdr_columns"),
    ],
)
def test_a_zone_a_table_and_columns_are_checked(tmp_path: Path, line: str, path: str) -> None:
    assert path in refused(tmp_path, f"{PBX}{line}\n")


@pytest.mark.parametrize(
    "line",
    [
        "lease_minutes = 0",
        "lease_minutes = 1441",
        "lease_minutes = true",
        'lease_minutes = "soon"',
        "outbound_talk_seconds = -1",
        "outbound_talk_seconds = nan",
    ],
)
def test_times_of_the_callback_list_are_numbers_that_make_sense(tmp_path: Path, line: str) -> None:
    assert line.split(maxsplit=1)[0] in refused(tmp_path, f"[callbacks]\n{line}\n")
