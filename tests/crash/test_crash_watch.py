"""One journal, one reader: the heartbeat in AstDB, with a clock of its own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import cast

import pytest

from pbx_adapters.asterisk import watch
from pbx_adapters.asterisk.astdb import AstDb
from pbx_adapters.asterisk.watch import STALE_SECONDS, Watch, service_name

KEY = "watch/service"


@dataclass
class SharedAstDb:
    """The part of one PBX's database that two services share. `after_put` happens between two."""

    values: dict[str, str] = field(default_factory=dict)
    after_put: list[str] = field(default_factory=list)

    async def tree(self, path: str) -> Mapping[str, str]:
        return {f"/dozvon/{k}": v for k, v in self.values.items() if k.startswith(f"{path}/")}

    async def put(self, path: str, value: str) -> None:
        self.values[path] = value
        if self.after_put:
            self.values[path] = self.after_put.pop()

    async def delete(self, paths: Iterable[str]) -> None:
        for path in paths:
            self.values.pop(path, None)


@dataclass
class Machine:
    """A service's machine: it has its own idea of the time of day."""

    name: str
    astdb: SharedAstDb
    off: timedelta = timedelta(0)
    seconds: float = 0.0
    watch: Watch = field(init=False)

    def __post_init__(self) -> None:
        astdb = cast("AstDb", self.astdb)
        self.watch = Watch("main", self.name, astdb, now=self.now, clock=lambda: self.seconds)

    def now(self) -> datetime:
        return datetime(2026, 3, 2, 9, tzinfo=UTC) + self.off + timedelta(seconds=self.seconds)


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watch, "SETTLE_SECONDS", 0.0)


async def test_the_first_service_reads_and_the_second_says_why_it_does_not(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """It names the other service, once."""
    astdb = SharedAstDb()
    first, second = Machine("one/port-1", astdb), Machine("two/port-1", astdb)
    assert await first.watch.beat()
    for _ in range(3):
        assert not await second.watch.beat()
        second.seconds += 5
        first.seconds += 5
        assert await first.watch.beat()
    assert second.watch.rival == "one/port-1"
    told = capsys.readouterr().out
    assert told.count("another service reads this exchange's journal") == 1
    assert "one/port-1" in told


@pytest.mark.parametrize("minutes", [-7, 0, 7])
async def test_a_silent_service_is_taken_over_from_after_20_s_and_a_living_one_never(
    minutes: int, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whatever the clocks of the two machines say."""
    astdb = SharedAstDb()
    first = Machine("one/port-1", astdb)
    second = Machine("two/port-1", astdb, off=timedelta(minutes=minutes))
    assert await first.watch.beat()
    for _ in range(10):
        assert not await second.watch.beat()
        for machine in (first, second):
            machine.seconds += 5
        assert await first.watch.beat()
    assert not await second.watch.beat()
    second.seconds += STALE_SECONDS - 0.1
    assert not await second.watch.beat()
    second.seconds += 0.2
    assert await second.watch.beat()
    assert "we take over" in capsys.readouterr().out
    assert not await first.watch.beat(), "the first sees it when it comes back"


async def test_the_same_service_started_again_does_not_wait() -> None:
    """After kill -9 the heartbeat of before is its own."""
    astdb = SharedAstDb()
    assert await Machine("one/port-1", astdb).watch.beat()
    assert await Machine("one/port-1", astdb).watch.beat()
    assert service_name(4573) == service_name(4573)
    assert service_name(4573) != service_name(4574)


async def test_of_two_that_start_at_once_the_last_to_write_reads() -> None:
    """Whoever finds another's name after its own does not read."""
    astdb = SharedAstDb(after_put=["two/port-1 1.000"])
    assert not await Machine("one/port-1", astdb).watch.beat()
    assert await Machine("two/port-1", astdb).watch.beat()


async def test_an_unreadable_heartbeat_is_another_service_until_it_is_stale() -> None:
    """Whatever stands there, nothing raises."""
    astdb = SharedAstDb({KEY: "\x00 \x7f inf"})
    machine = Machine("one/port-1", astdb)
    assert not await machine.watch.beat()
    machine.seconds += STALE_SECONDS + 1
    assert await machine.watch.beat()
