"""The same service and the same stories where no Asterisk is to be had: over the simulator."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path

from config.office_dump import dump_office
from config.settings import Settings
from dozvon.demo.engine import EngineService
from dozvon.demo.people import DemoPerson, add_people
from dozvon.demo.premises import SETTINGS_NAME, fill_client_base, read_settings
from dozvon.demo.stage_simulator import SimulatorStage
from pbx_adapters.simulator import SimulatedPbx
from router.office import Office
from switchboard.board import Board, utc_now


class SimulatedService(EngineService):
    """The whole service with a simulated exchange attached."""

    def __init__(self, settings: Settings, office: Office, listener: object | None) -> None:
        super().__init__(settings, listener)
        self._example = office
        self._also = self._exchange
        self._pbx: SimulatedPbx | None = None

    @property
    def stage(self) -> SimulatorStage:
        """The stage around the exchange; there is one once the service was started."""
        return SimulatorStage(self._running(), self._example)

    def now(self) -> datetime:
        """The exchange's virtual clock."""
        return self._running().clock.now

    async def die(self) -> None:
        """The exchange hears nothing from us any more."""
        self._running().kill_service()

    async def live(self) -> None:
        """The exchange finds us again."""
        if not self._running().service_lives:
            self._running().revive_service()

    def _exchange(self, board: Board) -> SimulatedPbx:
        self._pbx = SimulatedPbx("main", board, start=utc_now())
        return self._pbx

    def _running(self) -> SimulatedPbx:
        if self._pbx is None:
            raise RuntimeError("the simulated service was not started")
        return self._pbx


@asynccontextmanager
async def simulated(  # noqa: PLR0913 - each is one fact about the demonstration
    folder: Path,
    office: Office,
    listener: object | None,
    *,
    people: Sequence[DemoPerson] = (),
    http_port: int = 0,
    language: str = "ru",
) -> AsyncIterator[SimulatedService]:
    """The service over the simulator, with the example clients, in a folder of its own.

    Without `http_port` there is no workspace.
    """
    data = folder / "data"
    data.mkdir(parents=True)
    (data / "office.toml").write_text(dump_office(office), "utf-8")
    path = folder / SETTINGS_NAME
    text = f'data_dir = "{data}"\nlanguage = "{language}"\n[http]\nport = {http_port}\n'
    path.write_text(text, "utf-8")
    settings = read_settings(path)
    await fill_client_base(settings, office)
    await add_people(settings, office, people)
    service = SimulatedService(settings, office, listener)
    await service.start()
    try:
        yield service
    finally:
        await service.stop()
