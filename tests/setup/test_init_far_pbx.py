"""`dozvon init` for a PBX on another machine: it must be told where that PBX reaches us."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

import pytest
from click.testing import CliRunner, Result

from config.office_file import read_office
from dozvon.cli import dozvon
from dozvon.commands import init
from dozvon.commands.terminal.exits import Exit, Trouble
from dozvon.context import Context
from dozvon.setup.drafting import Wanted, dialplan_text

EVERY_ADDRESS = "0.0.0.0"  # noqa: S104 - written down, not bound
FAR = "10.0.0.9"
OFFICE = Path(__file__).parents[2] / "config" / "examples" / "office.toml"


@dataclass
class Machine:
    """Where an administrator types; `wanted` are his answers when the PBX is to be asked."""

    folder: Path
    wanted: list[Wanted] = field(default_factory=list)

    def run(self, *words: str, typed: str = "") -> Result:
        config = self.folder / "dozvon.toml"
        context = Context(environment={}, config=config)
        options = ("--language", "en", "--config", str(config), "init")
        return CliRunner().invoke(dozvon, [*options, *words], obj=context, input=typed)


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    """No PBX is asked: the answers are kept, and the command ends there."""
    made = Machine(tmp_path)

    def connected(_interview: Any, _place: Any, wanted: Wanted, _secrets: Any) -> NoReturn:
        made.wanted.append(wanted)
        raise Trouble(Exit.REFUSED, "said-no")

    monkeypatch.setattr(init, "_connected", connected)
    return made


@pytest.mark.parametrize(
    "words", [(), ("--listen-host", EVERY_ADDRESS), ("--listen-host", "127.0.0.1")]
)
def test_an_address_that_a_pbx_elsewhere_cannot_reach_is_refused(
    machine: Machine, words: tuple[str, ...]
) -> None:
    """Nothing is written, not even passwords, and the option that is missing is named."""
    done = machine.run("--yes", "--host", FAR, *words)
    assert (done.exit_code, "--listen-host" in done.output) == (Exit.WRONG, True), done.output
    assert machine.wanted == []
    assert list(machine.folder.iterdir()) == []


def test_a_person_is_asked_again_for_an_address_that_the_pbx_reaches(machine: Machine) -> None:
    typed = "\n".join((FAR, str(machine.folder), "", "", "", EVERY_ADDRESS, "10.0.0.5", "", ""))
    done = machine.run(typed=typed)
    assert [wanted.listen_host for wanted in machine.wanted] == ["10.0.0.5"], done.output
    assert done.output.count(EVERY_ADDRESS) >= 2


@pytest.mark.parametrize(
    ("host", "listens", "asked"),
    [
        ("127.0.0.1", EVERY_ADDRESS, "127.0.0.1:4573"),
        ("127.0.0.1", "127.0.0.1", "127.0.0.1:4573"),
        (FAR, "10.0.0.5", "10.0.0.5:4573"),
    ],
)
def test_the_dialplan_asks_where_the_pbx_reaches_us(host: str, listens: str, asked: str) -> None:
    wanted = Wanted(
        key="main",
        host=host,
        ami_port=5038,
        calls_user="dozvon",
        journal_user="dozvon-journal",
        systemname="pbx1",
        listen_host=listens,
        listen_port=4573,
    )
    text = dialplan_text(wanted, read_office(OFFICE), phones_context="", freepbx=False)
    assert f"agi://{asked}/dozvon/route" in text
    assert EVERY_ADDRESS not in text
