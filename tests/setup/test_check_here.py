"""Findings about this machine, and those about a PBX that no Asterisk here can be brought to show."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import socket
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from click.testing import CliRunner, Result
from judged_pbx import lets_in, pbx_at

from config.settings_values import is_loopback
from dozvon.cli import dozvon
from dozvon.commands.facts.stored import run
from dozvon.compose import only_one_service
from dozvon.context import Context
from dozvon.setup import upgrades
from dozvon.setup.exchange import ExchangeFacts
from dozvon.setup.findings import Grade, error, failed, fine, note, warning
from dozvon.setup.judging import judge
from dozvon.setup.texts_check import CHECKS
from storage.database import open_database
from storage.office_versions import OfficeVersions

DOCS = Path(__file__).parents[2] / "docs"
EXAMPLE = Path(__file__).parents[2] / "config" / "examples" / "office.toml"
SETTINGS = """\
data_dir = "data"
language = "en"

[http]
port = {http}

[[pbx]]
key = "main"
ami_port = 1
ami_user = "dozvon"
ami_secret = "calls"
journal_user = "dozvon-journal"
journal_secret = "journal"
systemname = "pbx1"
agi_port = {agi}
"""


class Machine:
    """A machine with an installation and no PBX; `http` and `agi` are ports nobody listens on."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.config = folder / "dozvon.toml"
        self.data = folder / "data"
        self.office = self.data / "office.toml"
        self.http, self.agi = free_port(), free_port()
        self.data.mkdir()
        self.write()
        self.office.write_text(EXAMPLE.read_text("utf-8"), "utf-8")

    def write(self, more: str = "", **other: str) -> None:
        text = SETTINGS.format(http=self.http, agi=self.agi)
        for key, value in other.items():
            assert f"{key} = " in text
            text = "\n".join(
                f"{key} = {value}" if line.startswith(f"{key} = ") else line
                for line in text.splitlines()
            )
        self.config.write_text(f"{text}\n{more}\n", "utf-8")

    @property
    def context(self) -> Context:
        return Context(environment={}, config=self.config, chosen_language="en")

    def run(self, *words: str) -> Result:
        options = ["--config", str(self.config), "--language", "en"]
        return CliRunner().invoke(dozvon, [*options, *words], obj=Context(environment={}))

    def found(self) -> dict[str, list[dict[str, Any]]]:
        by_id: dict[str, list[dict[str, Any]]] = {}
        for finding in json.loads(self.run("check", "--json").stdout)["findings"]:
            by_id.setdefault(finding["id"], []).append(finding)
        return by_id

    def graded(self, name: str) -> str:
        """The grade of the one finding of this name."""
        (finding,) = self.found()[name]
        return str(finding["grade"])

    def migrate(self) -> Path:
        run(self.context, upgrades.upgrade(self.context.settings().database))
        return self.data / "dozvon.sqlite3"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def listening(port: int) -> Iterator[None]:
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", port))
        listener.listen()
        yield


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def test_every_finding_stands_on_the_page_on_installing() -> None:
    page = (DOCS / "install.md").read_text("utf-8")
    assert [name for name in CHECKS if f"| `{name}` |" not in page] == []


@pytest.mark.parametrize("name", sorted(CHECKS))
def test_a_finding_says_the_same_in_both_languages(name: str) -> None:
    russian, english = CHECKS[name]
    assert russian.count("{") == english.count("{")
    assert (
        name in {"office-rule", "office-mistake", "settings-mistake"}
        or russian != english
        or (name in {"version-right", "systemname-right"})
    )


def test_only_errors_fail_a_check_unless_it_is_strict() -> None:
    harmless = [fine("clock-right"), note("ffmpeg-absent"), warning("clock-off", seconds=3)]
    assert not failed(harmless)
    assert failed(harmless, strict=True)
    assert failed([error("no-pbx")])


def test_a_mistake_in_the_settings_is_a_finding_with_its_line(machine: Machine) -> None:
    machine.write(agi_port='"many"')
    found = machine.found()
    assert list(found) == ["settings-mistake"]
    assert "dozvon.toml:" in found["settings-mistake"][0]["sentence"]


def test_settings_without_a_pbx_are_an_error(machine: Machine) -> None:
    machine.config.write_text('data_dir = "data"\n[http]\nport = 0\n', "utf-8")
    assert machine.graded("no-pbx") == "error"


def test_an_office_that_is_not_there_is_an_error(machine: Machine) -> None:
    machine.office.unlink()
    assert machine.graded("office-missing") == "error"


def test_a_mistake_in_the_office_file_is_told_with_its_line(machine: Machine) -> None:
    text = machine.office.read_text("utf-8")
    machine.office.write_text(text.replace('department = "sales"', 'department = "x"', 1), "utf-8")
    assert "office.toml:" in machine.found()["office-mistake"][0]["sentence"]


def test_a_rule_that_does_not_do_what_it_says_is_told(machine: Machine) -> None:
    text = machine.office.read_text("utf-8")
    machine.office.write_text(text.replace('patience = "60 s"', 'patience = "10 s"', 1), "utf-8")
    assert "lines.main" in machine.found()["office-rule"][0]["sentence"]


def test_an_office_file_that_was_changed_and_not_applied_is_a_warning(machine: Machine) -> None:
    machine.run("office", "apply", "--yes", str(machine.office))
    assert "office-not-applied" not in machine.found()
    machine.office.write_text(machine.office.read_text("utf-8") + "\n# more\n", "utf-8")
    assert machine.graded("office-not-applied") == "warning"


def test_an_applied_office_counts_and_not_the_file(machine: Machine) -> None:
    machine.run("office", "apply", "--yes", str(machine.office))
    machine.office.unlink()
    found = machine.found()
    assert "office-missing" not in found
    assert "office-right" in found


def test_a_database_that_the_first_start_makes_is_no_trouble(machine: Machine) -> None:
    assert machine.graded("database-new") == "note"
    machine.migrate()
    assert machine.graded("database-right") == "ok"


def test_a_database_of_an_earlier_version_is_a_note_and_of_a_newer_one_an_error(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = machine.migrate()
    newest = upgrades.revisions()[0]
    monkeypatch.setattr("dozvon.setup.here.revisions", lambda: ("9001", newest))
    assert machine.graded("database-old") == "note"
    monkeypatch.undo()
    with closing(sqlite3.connect(file)) as database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")
        database.commit()
    assert machine.graded("database-newer") == "error"


def test_a_damaged_database_is_an_error(machine: Machine) -> None:
    (machine.data / "dozvon.sqlite3").write_bytes(b"This is a letter, not a database. " * 100)
    assert machine.graded("database-trouble") == "error"


def test_a_database_that_may_not_be_written_is_an_error(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine.migrate()
    monkeypatch.setattr(os, "access", lambda _, mode: not mode & os.W_OK)
    assert machine.graded("database-trouble") == "error"
    assert machine.graded("folder-readonly") == "error"


def test_a_data_folder_that_is_not_there_is_one_error(machine: Machine) -> None:
    shutil.rmtree(machine.data)
    found = machine.found()
    assert {"folder-missing", "office-missing"} <= found.keys()
    assert "database-new" not in found


@pytest.mark.parametrize(("free", "finding"), [(9, "disk-low"), (10, "disk-right")])
def test_less_than_a_tenth_of_the_disk_is_a_warning(
    machine: Machine, monkeypatch: pytest.MonkeyPatch, free: int, finding: str
) -> None:
    disk = SimpleNamespace(total=100, used=100 - free, free=free)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: disk)
    assert finding in machine.found()


def test_a_service_that_runs_is_seen_and_not_disturbed(machine: Machine) -> None:
    """The check takes no lock that would keep a service from starting."""
    assert machine.graded("service-stopped") == "note"
    with only_one_service(machine.data):
        assert machine.graded("service-running") == "ok"
    with only_one_service(machine.data):
        pass


def test_a_service_that_runs_and_does_not_listen_is_an_error(machine: Machine) -> None:
    with only_one_service(machine.data):
        found = machine.found()
        assert {"agi-silent", "http-silent"} <= found.keys()
        with listening(machine.agi), listening(machine.http):
            assert {"agi-answers", "http-answers"} <= machine.found().keys()


def test_another_program_on_our_ports_is_an_error(machine: Machine) -> None:
    with listening(machine.agi), listening(machine.http):
        found = machine.found()
    assert {"agi-taken", "http-taken"} <= found.keys()


def test_http_that_is_switched_off_is_not_looked_for(machine: Machine) -> None:
    machine.http = 0
    machine.write()
    with only_one_service(machine.data):
        assert not [name for name in machine.found() if name.startswith("http-")]


def test_a_port_for_questions_that_is_open_to_everybody_is_an_error(machine: Machine) -> None:
    machine.write('agi_host = "0.0.0.0"\nagi_allow = ["0.0.0.0/0"]')
    assert machine.graded("agi-open") == "error"
    machine.write('agi_host = "0.0.0.0"\nagi_allow = ["192.0.2.7/32"]')
    assert "agi-open" not in machine.found()


def test_two_pbxs_on_one_port_for_questions_are_an_error(machine: Machine) -> None:
    text = machine.config.read_text("utf-8")
    second = text[text.index("[[pbx]]") :].replace('"main"', '"second"')
    machine.config.write_text(text + second, "utf-8")
    assert machine.graded("agi-shared") == "error"


def test_http_beyond_this_machine_is_a_warning(machine: Machine) -> None:
    text = machine.config.read_text("utf-8").replace("[http]", '[http]\nhost = "0.0.0.0"')
    machine.config.write_text(text, "utf-8")
    assert machine.graded("http-open") == "warning"


def test_prompts_nobody_recorded_are_a_note(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dozvon.setup.examine.usual_sounds", lambda: machine.folder)
    assert machine.graded("prompts-missing") == "note"


def test_ffmpeg_that_is_not_there_is_only_a_note(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "which", lambda _: None)
    assert machine.graded("ffmpeg-absent") == "note"


def test_a_person_is_told_a_line_for_each_and_a_total(machine: Machine) -> None:
    done = machine.run("check")
    assert done.exit_code == 1
    lines = done.output.splitlines()
    assert any(line.startswith("error: main: the AMI") for line in lines)
    assert lines[-1].startswith("Errors: ")
    quiet = machine.run("check", "--quiet").output
    assert "ok:" not in quiet
    assert "error:" in quiet


def test_a_check_changes_no_file(machine: Machine) -> None:
    machine.run("office", "apply", "--yes", str(machine.office))

    async def version() -> int:
        url = machine.context.settings().database
        async with open_database(url) as database, database.reading() as connection:
            current = await OfficeVersions(connection).current()
            return current.version if current else 0

    machine.run("check")
    assert asyncio.run(version()) == 1
    kept = {p.name for p in machine.data.iterdir()}
    assert kept <= {"dozvon.sqlite3", "dozvon.sqlite3-wal", "dozvon.sqlite3-shm", "office.toml"}


# -- what no Asterisk here shows ----------------------------------------------------------------


def facts(**other: Any) -> ExchangeFacts:
    more = {"version": "22.5.0", "systemname": "pbx1", "clock_offset_seconds": 0.0}
    return lets_in(**(more | other))


def judged(*, host: str = "127.0.0.1", **other: Any) -> Counter[tuple[str, Grade]]:
    pbx = pbx_at(host)
    found = list(judge(pbx, facts(**other), None, here=is_loopback(host)))
    assert all(finding.sentence("ru") and finding.sentence("en") for finding in found)
    return Counter((finding.id, finding.grade) for finding in found)


@pytest.mark.parametrize(
    ("other", "finding", "grade"),
    [
        ({"version": "13.38.3"}, "version-unknown", Grade.WARNING),
        ({"version": "23.0.0"}, "version-unknown", Grade.WARNING),
        ({"version": "16.28.0~dfsg"}, "version-right", Grade.OK),
        ({"systemname": ""}, "systemname-missing", Grade.ERROR),
        ({"clock_offset_seconds": 2.5}, "clock-off", Grade.WARNING),
        ({"clock_offset_seconds": -2.5}, "clock-off", Grade.WARNING),
        ({"clock_offset_seconds": 1.5}, "clock-right", Grade.OK),
        ({"host": "192.0.2.1"}, "ami-far", Grade.WARNING),
        ({"ami_address": "::"}, "ami-open", Grade.WARNING),
    ],
)
def test_what_a_pbx_says_is_judged(other: dict[str, Any], finding: str, grade: Grade) -> None:
    assert judged(**other)[finding, grade] == 1


def test_what_could_not_be_asked_is_not_judged() -> None:
    """Only that the dialplan could not be read is said: without it no call comes."""
    silent = {"version": "", "clock_offset_seconds": None}
    ids = {name for name, _ in judged(**silent)}
    assert ids == {"ami-right", "rights-narrow-calls", "rights-narrow-journal", "dialplan-unknown"}
