"""docs/settings.md lists every setting, and its example is one that works."""

from __future__ import annotations

from pathlib import Path

import pytest

from config.settings_file import load_settings, precedence, setting_names

DOCS = Path(__file__).parents[2] / "docs" / "settings.md"


@pytest.mark.parametrize("name", setting_names())
def test_every_setting_is_in_the_documentation(name: str) -> None:
    assert f"`{name}`" in DOCS.read_text(encoding="utf-8")


def test_the_documentation_names_no_setting_that_does_not_exist() -> None:
    documented = {
        line.split("`")[1]
        for line in DOCS.read_text(encoding="utf-8").splitlines()
        if line.startswith("| `")
    }
    assert documented == set(setting_names())


def test_the_precedence_is_told_in_both_languages() -> None:
    assert "DOZVON_SECRETS_DIR" in precedence("ru")
    assert precedence("en") in DOCS.read_text(encoding="utf-8").replace("\n", " ")


def test_the_example_of_the_documentation_is_without_mistakes(tmp_path: Path) -> None:
    text = DOCS.read_text(encoding="utf-8").split("```toml\n")[1].split("```")[0]
    for name in ("ami.secret", "journal.secret"):
        (tmp_path / name).write_text("x")
        (tmp_path / name).chmod(0o600)
    file = tmp_path / "dozvon.toml"
    file.write_text(text.replace("/etc/dozvon", str(tmp_path)))
    assert load_settings(file, environment={}).pbx["main"].systemname == "pbx1"
