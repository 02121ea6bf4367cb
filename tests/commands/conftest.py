"""The command line in a folder of its own: settings, a clock that stands, the example office."""

from __future__ import annotations

import asyncio
import json
import shutil
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from dozvon.cli import dozvon
from dozvon.context import Context
from router.calls import Call, CallState, Direction, Disposition, Leg, LegOutcome, MissedReason
from router.numbers import NumberPlan, normalise
from storage.database import open_database
from storage.recording import record_ended_call
from storage.records import EndedCall
from storage.unit_of_work import UnitOfWork
from storage.writer import Writer

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)  # a Monday, 12:00 in Moscow
OFFICE = Path(__file__).parents[2] / "config" / "examples" / "office.toml"


@dataclass(kw_only=True)
class Terminal:
    """A person before a terminal: types a command, reads the answer."""

    folder: Path
    language: str = "en"
    environment: dict[str, str] = field(default_factory=dict)
    clock: datetime = NOW

    @property
    def database(self) -> Path:
        return self.folder / "data" / "dozvon.sqlite3"

    def run(self, *words: str, typed: str | bytes | None = None) -> Result:
        context = Context(
            environment=self.environment,
            now=lambda: self.clock,
            config=self.folder / "dozvon.toml",
        )
        options = ["--language", self.language, "--config", str(self.folder / "dozvon.toml")]
        return CliRunner().invoke(dozvon, [*options, *words], obj=context, input=typed)

    def fine(self, *words: str, typed: str | bytes | None = None) -> str:
        done = self.run(*words, typed=typed)
        assert done.exit_code == 0, done.output
        return done.stdout

    def json(self, *words: str, code: int = 0) -> Any:
        done = self.run(*words, "--json")
        assert done.exit_code == code, done.output
        return json.loads(done.stdout)

    def write(self, *works: Callable[[UnitOfWork], Awaitable[object]]) -> None:
        """Writes what the service would have written."""

        async def work() -> None:
            url = f"sqlite+aiosqlite:///{self.database}"
            async with open_database(url) as database, Writer(database).running() as writer:
                for each in works:
                    await writer.submit(each)

        asyncio.run(work())

    def record(self, *ended: EndedCall) -> None:
        self.write(*(lambda uow, e=each: record_ended_call(uow, e) for each in ended))


def with_settings(folder: Path) -> Terminal:
    (folder / "dozvon.toml").write_text('data_dir = "data"\n', "utf-8")
    return Terminal(folder=folder)


@pytest.fixture
def bare(tmp_path: Path) -> Terminal:
    """Settings, and nothing else yet."""
    return with_settings(tmp_path)


@pytest.fixture(scope="session")
def applied(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which the command has applied the example office; for copies alone."""
    made = with_settings(tmp_path_factory.mktemp("applied"))
    made.fine("office", "apply", str(OFFICE), "--yes")
    return made.folder


@pytest.fixture
def terminal(bare: Terminal, applied: Path) -> Terminal:
    """An office that is applied."""
    shutil.copytree(applied, bare.folder, dirs_exist_ok=True)
    return bare


@pytest.fixture
def ended() -> Callable[..., EndedCall]:
    """Makes an ended call: its id, minutes before now, and what differs from a missed one."""

    def make(call_id: str, minutes_ago: float = 60, **other: Any) -> EndedCall:
        number = other.pop("number", "79161234567")
        answered_by = other.pop("answered_by", None)
        of_ended = {
            name: other.pop(name)
            for name in ("client", "client_name", "owner", "department", "made", "trail", "way")
            if name in other
        }
        disagreement = other.pop("disagreement", "")
        began = NOW - timedelta(minutes=minutes_ago)
        outcome = LegOutcome.ANSWERED if answered_by else LegOutcome.NO_ANSWER
        leg = Leg(
            id=f"{call_id}/1",
            target=answered_by or "101",
            began_at=began + timedelta(seconds=1),
            ended_at=began + timedelta(seconds=30),
            outcome=outcome,
            ring_seconds=4.0 if answered_by else 15.0,
            talk_seconds=25.0 if answered_by else 0.0,
        )
        values: dict[str, Any] = {
            "id": call_id,
            "pbx": "main",
            "linked_id": call_id,
            "direction": Direction.INBOUND,
            "caller": number,
            "line": "74951230001",
            "began_at": began,
            "ended_at": began + timedelta(seconds=30),
            "answered_at": began + timedelta(seconds=5) if answered_by else None,
            "state": CallState.ENDED,
            "disposition": Disposition.ANSWERED if answered_by else Disposition.MISSED,
            "reason": None if answered_by else MissedReason.ABANDONED,
            "answered_by": answered_by,
            "talk_seconds": 25.0 if answered_by else 0.0,
            "legs": (leg,),
        }
        return EndedCall(
            call=Call(**(values | other)),
            number=normalise(number, NumberPlan()),
            disagreement=disagreement,
            **of_ended,
        )

    return make
