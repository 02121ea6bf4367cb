"""`dozvon number`: any text has an answer."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from dozvon.cli import dozvon
from dozvon.context import Context
from router.numbers import NumberPlan, normalise, to_json


def answer(*words: str) -> str:
    done = CliRunner().invoke(dozvon, ["--language", "en", "number", *words], obj=Context())
    assert done.exit_code == 0, done.output
    return done.stdout


@pytest.mark.parametrize("text", ["8 (916) 123-45-67 доб. 12", "101", "hidden", "*72", "нет", ""])
def test_json_is_exactly_what_the_router_gives(text: str) -> None:
    found = json.loads(answer(text, "--json"))
    assert found == to_json(normalise(text, NumberPlan()))
    assert list(found) == ["kind", "e164", "region", "extension"]


def test_region_and_area_code_complete_local_numbers() -> None:
    assert json.loads(answer("1234567", "--area-code", "495", "--json"))["e164"] == "+74951234567"
    found = json.loads(answer("030 901820", "--region", "de", "--json"))
    assert found["e164"] == "+4930901820"


def test_no_settings_are_needed(tmp_path: Path) -> None:
    """A broken settings file does not keep a number from being read."""
    (tmp_path / "d.toml").write_text("[[[", "utf-8")
    words = ["--config", str(tmp_path / "d.toml"), "number", "101", "--json"]
    done = CliRunner().invoke(dozvon, words, obj=Context(environment={}))
    assert (done.exit_code, json.loads(done.stdout)["kind"]) == (0, "internal")


def test_the_text_form_is_a_few_lines() -> None:
    said = answer("8 (916) 123-45-67 доб. 12")
    assert said.splitlines() == [
        "+7 916 123-45-67: a number outside",
        "Country: RU",
        "Extension: 12",
    ]


def test_a_number_that_has_lost_a_digit_gets_no_plus() -> None:
    said = answer("8916123456, 8916765432")
    assert said.startswith("8916123456: ")
    assert "8916765432" in said.splitlines()[-1]
    assert "+" not in said


def test_what_could_steer_the_terminal_is_not_shown() -> None:
    assert "\x1b" not in answer("\x1b[31mred\x1b[0m 101\x07")
