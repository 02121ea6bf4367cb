"""The section [alarms]: what is refused, and which ways to people it makes."""

from __future__ import annotations

from pathlib import Path

import pytest

from config.errors import SettingsMistakes
from config.settings import Settings
from config.settings_file import load_settings
from dozvon.alarms.composing import channels
from dozvon.alarms.sending import Hook, Mail

MAIL = 'mail_host = "smtp.example.org"\nmail_from = "d@example.org"\n'
TO = 'mail_to = ["a@example.org", "b@example.org"]\n'


def read(folder: Path, text: str) -> Settings:
    file = folder / "dozvon.toml"
    file.write_text(f'data_dir = "data"\n[alarms]\n{text}', "utf-8")
    return load_settings(file, environment={}, language="en")


def test_mail_and_address_are_two_ways(tmp_path: Path) -> None:
    text = MAIL + TO + 'mail_password = "pw"\nwebhook_url = "https://example.org/a?key=1"\n'
    found = read(tmp_path, text)
    mail, hook = channels(found.alarms, "ru")
    assert isinstance(mail, Mail)
    assert isinstance(hook, Hook)
    assert (mail.port, mail.tls, mail.recipients) == (
        587,
        "starttls",
        ("a@example.org", "b@example.org"),
    )
    assert hook.url == "https://example.org/a?key=1"
    assert "key=1" not in repr(found)
    assert "pw" not in repr(found)


def test_without_settings_there_is_no_way_but_the_log(tmp_path: Path) -> None:
    assert channels(read(tmp_path, "").alarms, "ru") == []


@pytest.mark.parametrize(
    ("text", "word"),
    [
        (MAIL, "mail_to"),
        (MAIL + 'mail_to = ["Boss <a@example.org>"]', "no e-mail address"),
        (MAIL + TO + 'mail_tls = "none"\nmail_user = "u"', "in the open"),
        ('webhook_url = "ftp://example.org"', "https://"),
        ("remind_minutes = -1", "whole number"),
        ("callback_overdue_minutes = 0", "whole number"),
    ],
)
def test_what_would_not_work_is_refused_in_a_sentence(tmp_path: Path, text: str, word: str) -> None:
    with pytest.raises(SettingsMistakes, match=word):
        read(tmp_path, text)
