"""An office as it works: real phones that sound, the whole service with its archive, a browser.

The floor and its tones are those of `recorded_floor`, the browsers those of `workspace_house`.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from playwright.async_api import Browser, Page
from recorded_floor import fetch_from_its_folder, sounding_floor
from sales_floor import Desk, Floor, eventually
from workspace_house import Workspace

from config.office_dump import dump_office
from dozvon.demo.engine import EngineService
from dozvon.demo.people import DemoPerson, add_people
from router.calls import Call
from router.office import Office
from storage.audit import AuditRow, read_audit
from storage.database import open_database
from storage.recording_records import RecordingState, StoredRecording
from storage.recordings import Recordings
from web.access.roles import Role

LONG_RING_SECONDS = 25
"""As long as a person with a browser may need to press a button."""


@dataclass(kw_only=True)
class SoundingOffice:
    """The desks, the service that serves them, and everybody's browser."""

    floor: Floor
    workspace: Workspace

    async def live(self, number: str) -> Call:
        """The call with this outside number, as the service knows it while it lives."""

        async def probe() -> Call | None:
            calls = self.workspace.board.live.all()
            return next((c for c in calls if number in c.caller or number in c.line), None)

        found = await eventually(probe, 10, f"the service knows the call with {number}")
        assert found
        return found

    async def ready(self, call_id: str) -> StoredRecording:
        """The recording of a call once it can be played."""
        told: list[StoredRecording | None] = []

        async def probe() -> StoredRecording | None:
            async with (
                open_database(self.floor.settings.database) as database,
                database.reading() as link,
            ):
                told[:] = [await Recordings(link).of_call(call_id)]
            found = told[0]
            return found if found and found.state is RecordingState.READY else None

        found = await eventually(probe, 60, f"the recording of {call_id} is ready: {told}")
        assert found
        return found

    async def audit(self, recording: StoredRecording) -> list[tuple[str, str]]:
        """Who did what with a recording, oldest first."""
        async with open_database(self.floor.settings.database) as database:
            rows: tuple[AuditRow, ...] = await read_audit(
                database, subject=f"recording:{recording.id}"
            )
        return [(row.by, row.act) for row in reversed(rows)]

    async def open_call(self, login: str, recording: StoredRecording) -> Page:
        """A person at the page of the call, in a browser of his own."""
        return await self.workspace.sign_in(login, f"/calls/{recording.call_id}")


@asynccontextmanager
async def sounding_office(
    root: Path, folder: Path, browser: Browser, ffmpeg: Path, *, patient: int
) -> AsyncIterator[SoundingOffice]:
    """Five desks; the owner's phone of desk `patient` rings long enough for somebody to click."""
    async with sounding_floor(root, folder, desks=5) as floor:
        fetch_from_its_folder(floor, ffmpeg=str(ffmpeg))
        floor.office = _patient(floor.office, f"d{patient}")
        (floor.settings.data_dir / "office.toml").write_text(dump_office(floor.office), "utf-8")
        people = tuple(_people(floor.office))
        await add_people(floor.settings, floor.office, people)
        service = EngineService(floor.settings)
        await service.start()
        workspace = Workspace(
            office=floor.office,
            service=service,
            pbx=floor.pbx,
            carrier=floor.carrier,
            by_extension={p.extension: p for desk in floor.desks for p in desk.phones},
            people={person.login: person for person in people},
            browser=browser,
        )
        try:
            yield SoundingOffice(floor=floor, workspace=workspace)
        finally:
            for context in workspace.contexts:
                await context.close()
            await service.stop()


def _patient(office: Office, key: str) -> Office:
    slow = replace(office.departments[key], owner_ring_seconds=LONG_RING_SECONDS)
    return replace(office, departments={**office.departments, key: slow})


def _people(office: Office) -> Iterable[DemoPerson]:
    """Everybody of the desks signs in by his key; the third of each is the head."""
    for key, manager in office.managers.items():
        role = Role.CURATOR if key.startswith("c") else Role.MANAGER
        yield DemoPerson(login=key, name=manager.name, role=role, password=key * 6, manager=key)


def who(desk: Desk, letter: str) -> str:
    """The key, and the login, of one of a desk's three people."""
    return f"{letter}{desk.number}"
