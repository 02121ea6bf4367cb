"""`dozvon init` beside what is told elsewhere: passwords in the environment, an office file's place."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from config.settings_file import load_settings
from dozvon.cli import dozvon
from dozvon.commands import init
from dozvon.commands.terminal.exits import Exit
from dozvon.context import Context
from dozvon.setup import installing
from dozvon.setup.exchange import ExchangeFacts, Login, UserFacts
from dozvon.setup.installing import Secrets

OFFICE = Path(__file__).parents[2] / "config" / "examples" / "office.toml"
TOLD = {"DOZVON_PBX__MAIN__AMI_SECRET": "calls-told", "DOZVON_PBX__MAIN__JOURNAL_SECRET": "j-told"}


@dataclass
class Machine:
    """Where an administrator types, beside a PBX that lets everybody in."""

    folder: Path
    environment: dict[str, str] = field(default_factory=dict)
    tried: list[Secrets] = field(default_factory=list)

    @property
    def config(self) -> Path:
        return self.folder / "dozvon.toml"

    @property
    def office(self) -> Path:
        return self.folder / "data" / "office.toml"

    def run(self, *words: str) -> Result:
        context = Context(environment=self.environment, config=self.config)
        options = ("--language", "en", "--config", str(self.config), "init", "--yes")
        if not self.config.exists():
            self.config.write_text('data_dir = "data"\n', "utf-8")
        return CliRunner().invoke(dozvon, [*options, *words], obj=context)

    def fine(self, *words: str) -> str:
        done = self.run(*words)
        assert done.exit_code == 0, (done.output, done.exception)
        return done.output

    def written(self) -> dict[str, Any]:
        return tomllib.loads(self.config.read_text("utf-8"))


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    made = Machine(tmp_path)

    def connected(_interview: Any, _place: Any, _wanted: Any, secrets: Secrets) -> ExchangeFacts:
        made.tried.append(secrets)
        calls = UserFacts(name="dozvon", login=Login.CONNECTED)
        journal = UserFacts(name="dozvon-journal", login=Login.CONNECTED)
        return ExchangeFacts(calls=calls, journal=journal, systemname="pbx1")

    async def nobody(_facts: Any, _link: Any) -> tuple[()]:
        return ()

    monkeypatch.setattr(init, "_connected", connected)
    monkeypatch.setattr(installing, "people_of", nobody)
    return made


def test_passwords_of_the_environment_are_tried_and_no_others_are_made(machine: Machine) -> None:
    """The service takes them before any file: other ones in the PBX would lock it out."""
    machine.environment = dict(TOLD)
    machine.fine("--manager", "101=Anna", "--line", "74951230001")
    [tried] = machine.tried
    assert (tried.calls, tried.journal, dict(tried.files)) == ("calls-told", "j-told", {})
    assert not (machine.folder / "secrets").exists()
    [pbx] = machine.written()["pbx"]
    assert not [name for name in pbx if "secret" in name]
    settings = load_settings(machine.config, environment=machine.environment)
    assert settings.pbx["main"].ami_secret.get_secret_value() == "calls-told"


def test_passwords_of_the_folder_of_secrets_are_tried_and_one_that_is_missing_is_made(
    machine: Machine,
) -> None:
    folder = machine.folder / "told"
    folder.mkdir()
    (folder / "pbx__main__ami_secret").write_text("calls-told\n", "utf-8")
    (folder / "pbx__main__ami_secret").chmod(0o600)
    machine.environment = {"DOZVON_SECRETS_DIR": str(folder)}
    machine.fine("--manager", "101=Anna", "--line", "74951230001")
    [tried] = machine.tried
    assert tried.calls == "calls-told"
    assert list(tried.files) == ["journal_secret"]
    assert [file.name for file in (machine.folder / "secrets").iterdir()] == [
        "pbx__main__journal_secret"
    ]


def test_the_environment_goes_before_a_password_in_the_settings(machine: Machine) -> None:
    machine.fine("--manager", "101=Anna", "--line", "74951230001")
    machine.environment = dict(TOLD)
    machine.fine()
    assert machine.tried[-1].calls == "calls-told"


def test_a_variable_that_cannot_be_read_is_told_before_anything_is_made(machine: Machine) -> None:
    machine.environment = {"DOZVON_PBX__MAIN__AMI_SECRET_FILE": str(machine.folder / "gone")}
    done = machine.run()
    assert (done.exit_code, machine.tried) == (Exit.WRONG, [])
    assert "DOZVON_PBX__MAIN__AMI_SECRET_FILE" in done.output
    assert list(machine.folder.iterdir()) == [machine.config]


def test_an_empty_password_is_told_as_the_service_tells_it(machine: Machine) -> None:
    """A variable that a compose file names and nobody has set."""
    machine.environment = {**TOLD, "DOZVON_PBX__MAIN__AMI_SECRET": ""}
    done = machine.run()
    assert (done.exit_code, machine.tried) == (Exit.WRONG, [])
    assert "DOZVON_PBX__MAIN__AMI_SECRET" in done.output
    assert "empty" in done.output


def test_a_relative_folder_for_data_is_the_one_that_the_service_takes(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    typed_in = machine.folder / "typed-in"
    typed_in.mkdir()
    monkeypatch.chdir(typed_in)
    machine.environment = {"DOZVON_DATA_DIR": "kept"}
    machine.config.write_text("", "utf-8")
    machine.fine("--manager", "101=Anna", "--line", "74951230001")
    settings = load_settings(machine.config, environment=machine.environment)
    assert settings.data_dir.absolute() == typed_in / "kept"
    assert settings.office_path.is_file()


@pytest.mark.parametrize("by", ["settings", "environment"])
def test_an_office_file_elsewhere_stays_and_none_is_made_in_the_usual_place(
    machine: Machine, by: str
) -> None:
    """It is the one that the service reads."""
    elsewhere = machine.folder / "ours" / "office.toml"
    elsewhere.parent.mkdir()
    elsewhere.write_bytes(OFFICE.read_bytes())
    if by == "settings":
        machine.config.write_text(f'data_dir = "data"\noffice_file = "{elsewhere}"\n', "utf-8")
    else:
        machine.environment = {"DOZVON_OFFICE_FILE": str(elsewhere)}
    assert str(elsewhere) in machine.fine()
    assert not machine.office.exists()
    assert elsewhere.read_bytes() == OFFICE.read_bytes()


def test_a_new_office_is_written_where_the_settings_say(machine: Machine) -> None:
    """A relative place begins at the folder for data, as the service reads it."""
    machine.config.write_text('data_dir = "data"\noffice_file = "kept/sales.toml"\n', "utf-8")
    machine.fine("--manager", "101=Anna", "--line", "74951230001")
    settings = load_settings(machine.config, environment={})
    assert settings.office_path == machine.folder / "data" / "kept" / "sales.toml"
    assert "Anna" in settings.office_path.read_text("utf-8")
    assert not machine.office.exists()


def test_a_folder_for_data_that_the_environment_names_is_the_one_that_is_taken(
    machine: Machine,
) -> None:
    """The settings file names another one, and the service does not look there."""
    machine.config.write_text('data_dir = "data"\n', "utf-8")
    machine.environment = {"DOZVON_DATA_DIR": str(machine.folder / "elsewhere")}
    machine.fine("--manager", "101=Anna", "--line", "74951230001")
    assert (machine.folder / "elsewhere" / "office.toml").is_file()
    assert not machine.office.exists()
