"""docs/alarms.md tells of every alarm, and its example is one that works."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from config.settings_file import load_settings
from switchboard.alarms import AlarmKind

PAGE = (Path(__file__).parents[2] / "docs" / "alarms.md").read_text("utf-8")


def test_every_alarm_stands_on_the_page_and_no_other() -> None:
    table = PAGE.split("\n## ")[0]
    assert re.findall(r"^\| `([a-z-]+)` \|", table, re.MULTILINE) != []
    assert set(re.findall(r"^\| `([a-z-]+)` \|", table, re.MULTILINE)) == set(AlarmKind)


@pytest.mark.parametrize("language", ["ru", "en"])
def test_its_example_is_without_mistakes(tmp_path: Path, language: str) -> None:
    text = re.search(r"```toml\n(.*?)```", PAGE, re.DOTALL)
    assert text
    for name, kept in (("mail.secret", "x"), ("alarms.url", "https://alarms.example.org/x")):
        (tmp_path / name).write_text(kept)
        (tmp_path / name).chmod(0o600)
    file = tmp_path / "dozvon.toml"
    file.write_text(text[1].replace("/etc/dozvon", str(tmp_path)))
    found = load_settings(file, environment={}, language=language)
    assert found.alarms.mail_to == ("admin@example.org", "head@example.org")
