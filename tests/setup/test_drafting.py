"""What `init` makes of answers, before any PBX is asked."""

from __future__ import annotations

import asyncio
import os
import stat
import tomllib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from config.office_file import load_office
from config.settings_file import load_settings
from dozvon.cli import dozvon
from dozvon.context import Context
from dozvon.setup import files, installing
from dozvon.setup.drafting import OfficeAnswers, Person, Wanted, office_text, settings_data
from dozvon.setup.drafting import users_text as users
from dozvon.setup.greeting import asterisk_behind

WANTED = Wanted(
    key="main",
    host="127.0.0.1",
    ami_port=5038,
    calls_user="dozvon",
    journal_user="dozvon-journal",
    systemname="pbx1",
    listen_host="127.0.0.1",
    listen_port=4573,
)
FILES = {"ami_secret": "secrets/a", "journal_secret": "secrets/b"}


def saved(tmp_path: Path, data: dict[str, Any]) -> Path:
    config = tmp_path / "dozvon.toml"
    for name in FILES.values():
        files.secret_in(tmp_path / name)
    files.write_file(config, files.dump_toml(data))
    return config


def test_the_settings_that_are_drafted_can_be_read(tmp_path: Path) -> None:
    config = saved(tmp_path, settings_data({}, WANTED, FILES))
    settings = load_settings(config, environment={})
    assert settings.pbx["main"].systemname == "pbx1"
    assert settings.pbx["main"].ami_secret != settings.pbx["main"].journal_secret


def test_what_was_not_asked_stays(tmp_path: Path) -> None:
    """Other settings, other PBXs, and whatever else stands in this one."""
    before = tomllib.loads("""
        lookup_deadline_seconds = 0.5
        [log]
        level = "debug"
        [[pbx]]
        key = "main"
        device = "SIP/{extension}"
        [[pbx]]
        key = "second"
    """)
    after = tomllib.loads(files.dump_toml(settings_data(before, WANTED, FILES)))
    assert after["lookup_deadline_seconds"] == 0.5
    assert after["log"] == {"level": "debug"}
    assert [pbx["key"] for pbx in after["pbx"]] == ["main", "second"]
    assert after["pbx"][0]["device"] == "SIP/{extension}"
    assert after["pbx"][1] == {"key": "second"}


def test_a_second_pbx_asks_at_a_port_of_its_own() -> None:
    assert installing.free_port_for_questions({}) == 4573
    before = {"pbx": [{"key": "main"}, {"key": "b", "agi_port": 4574}]}
    assert installing.free_port_for_questions(before) == 4575


@pytest.mark.parametrize(
    "text", ['with "quotes"', "back\\slash", "line\nbreak", "Окна «Двери»", "tab\t", "\x00", "é"]
)
def test_any_text_comes_back_from_toml_as_it_was(text: str) -> None:
    assert tomllib.loads(f"x = {files.toml_value(text)}") == {"x": text}


def test_an_office_of_answers_is_one_that_can_be_followed() -> None:
    answers = OfficeAnswers(
        company='Окна "и" двери',
        department="Продажи",
        people=(Person(extension="101", name='Анна "А."'), Person(extension="102", name="")),
        lines=("74951230001", "+7 495 123-00-02"),
    )
    office = load_office(
        office_text(answers, pbx="main", trunks=("trunk",), language="ru"), pbxs=["main"]
    )
    assert office.name == 'Окна "и" двери'
    assert [m.name for m in office.managers.values()] == ['Анна "А."', "102"]
    assert len(office.lines) == 2
    assert office.departments["sales"].hours.week
    assert office.outgoing["trunk"].dial == "PJSIP/{number}@trunk"


def test_the_people_of_another_pbx_are_its_own() -> None:
    answers = OfficeAnswers(
        company="x", department="y", people=(Person(extension="101", name="A"),), lines=()
    )
    text = office_text(answers, pbx="second", trunks=("t",), language="en")
    office = load_office(text, pbxs=["second"])
    assert office.managers["m101"].pbx == office.outgoing["trunk"].pbx == "second"


def test_a_pbx_elsewhere_may_ask_and_nobody_else(tmp_path: Path) -> None:
    """We listen where it reaches us; its AMI users let in our address only."""
    far = replace(WANTED, host="192.0.2.5", listen_host="192.0.2.9")
    settings = load_settings(saved(tmp_path, settings_data({}, far, FILES)), environment={})
    assert settings.pbx["main"].agi_allow == ("127.0.0.0/8", "192.0.2.5/32")
    text = users(far, asterisk=22, calls_secret="a", journal_secret="b")
    assert text.count("permit = 192.0.2.9/255.255.255.255") == 2


@pytest.mark.parametrize(
    ("host", "listens", "permit"),
    [
        ("127.0.0.1", "0.0.0.0", "127.0.0.1/255.255.255.255"),  # noqa: S104 - written down
        ("192.0.2.5", "fd00::5", "fd00::5/128"),
        ("::1", "::1", "::1/128"),
    ],
)
def test_the_users_are_let_in_from_one_address(host: str, listens: str, permit: str) -> None:
    wanted = replace(WANTED, host=host, listen_host=listens)
    text = users(wanted, asterisk=22, calls_secret="a", journal_secret="b")
    assert text.count(f"permit = {permit}\n") == text.count("permit = ") == 2


def test_a_file_that_is_replaced_stays_beside_the_new_one(tmp_path: Path) -> None:
    file = tmp_path / "x"
    assert not files.write_file(file, "one")
    assert not files.write_file(file, "one")
    assert files.write_file(file, "two")
    assert (tmp_path / "x.before").read_text() == "one"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert sorted(p.name for p in tmp_path.iterdir()) == ["x", "x.before"]


def test_what_root_makes_belongs_to_the_owner_of_its_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: list[tuple[str, int, int]] = []
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(os, "chown", lambda at, uid, gid: given.append((Path(at).name, uid, gid)))
    files.secret_in(tmp_path / "secrets" / "a")
    owner = tmp_path.stat()
    assert given == [(name, owner.st_uid, owner.st_gid) for name in ("secrets", ".a.part")]


def test_settings_that_could_not_be_read_are_never_saved(tmp_path: Path) -> None:
    config = saved(tmp_path, settings_data({}, WANTED, FILES))
    before = config.read_bytes()
    place = installing.Place(config=config, data_dir=tmp_path)
    with pytest.raises(Exception, match="agi_port"):
        installing.save_settings(place, "agi_port = 1\n", "en", {})
    assert config.read_bytes() == before
    assert not list(tmp_path.glob(".*trial"))


def init(folder: Path, port: int) -> Result:
    config = str(folder / "dozvon.toml")
    words = ("init", "--yes", "--ami-port", str(port), "--data-dir", str(folder / "data"))
    return CliRunner().invoke(
        dozvon, ["--language", "en", "--config", config, *words], obj=Context(environment={})
    )


async def greeted(line: bytes, folder: Path) -> tuple[Result, int | None]:
    """`init` before something that says `line` and lets nobody in."""

    async def greet(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(line)
        writer.close()

    async with await asyncio.start_server(greet, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        return await asyncio.to_thread(init, folder, port), await asterisk_behind("127.0.0.1", port)


@pytest.mark.parametrize(
    ("line", "major", "filters"),
    [
        (b"Asterisk Call Manager/5.0.4\r\n", 16, "eventfilter = Event: "),
        (b"Asterisk Call Manager/9.0.0\r\n", 20, "eventfilter = Event: "),
        (b"Asterisk Call Manager/11.0.0\r\n", 22, "eventfilter(action(include)"),
        (b"Asterisk Call Manager/99.0.0\r\n", 0, "eventfilter(action(include)"),
        (b"SSH-2.0-OpenSSH_9.2\r\n", None, "eventfilter(action(include)"),
        (b"x" * 5000, None, "eventfilter(action(include)"),
    ],
)
async def test_the_users_to_paste_are_written_for_the_asterisk_that_greets(
    tmp_path: Path, line: bytes, major: int | None, filters: str
) -> None:
    """Its version is known before it lets anybody in; what is no AMI is told as such."""
    done, found = await greeted(line, tmp_path)
    assert found == major
    assert done.exit_code == 3, done.output
    assert ("No AMI answers" in done.output) == (major is None)
    assert filters in (tmp_path / "asterisk" / "manager.conf").read_text("utf-8")
    assert not (tmp_path / "dozvon.toml").exists()
