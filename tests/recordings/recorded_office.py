"""An office as it works: real phones that sound, the whole service with its archive, a browser.

The floor and its tones are those of `recorded_floor`, the browsers those of `workspace_house`. The
service is a process of its own, as in an office: while it draws a page, no phone falls silent.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from playwright.async_api import Browser, Page
from recorded_floor import fetch_from_its_folder, sounding_floor
from sales_floor import Desk, Floor, eventually
from two_services import Outside
from workspace_house import Workspace

from config.office_dump import dump_office
from dozvon.demo.engine import EngineService
from dozvon.demo.people import DemoPerson, add_people
from router.office import Office
from storage.audit import AuditRow, read_audit
from storage.database import Database, open_database
from storage.reading import list_calls
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
    database: Database

    async def call_of(self, number: str) -> str:
        """The one call with this outside number in the log."""

        async def probe() -> list[str]:
            found = [row.call for row in await list_calls(self.database, limit=100)]
            return [call.id for call in found if number in call.caller or number in call.line]

        (only,) = await eventually(probe, 20, f"the call with {number} is in the log")
        return only

    async def ready(self, call_id: str) -> StoredRecording:
        """The recording of a call once it can be played."""
        told: list[StoredRecording | None] = []

        async def probe() -> StoredRecording | None:
            async with self.database.reading() as link:
                told[:] = [await Recordings(link).of_call(call_id)]
            found = told[0]
            return found if found and found.state is RecordingState.READY else None

        found = await eventually(probe, 60, f"the recording of {call_id} is ready: {told}")
        assert found
        return found

    async def audit(self, recording: StoredRecording) -> list[tuple[str, str]]:
        """Who did what with a recording, oldest first."""
        subject = f"recording:{recording.id}"
        rows: tuple[AuditRow, ...] = await read_audit(self.database, subject=subject)
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
        workspace = Workspace(
            office=floor.office,
            service=EngineService(floor.settings),  # never started: the one outside serves
            pbx=floor.pbx,
            carrier=floor.carrier,
            by_extension={p.extension: p for desk in floor.desks for p in desk.phones},
            people={person.login: person for person in people},
            browser=browser,
        )
        service = Outside(floor.config)
        try:
            await service.start()
            async with open_database(floor.settings.database) as database:
                yield SoundingOffice(floor=floor, workspace=workspace, database=database)
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
