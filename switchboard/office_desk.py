"""The administrator's use cases: look at the office, draft a change, apply it, take it back.

Rules: a change is drafted first (what is wrong, what the linter says, what becomes different) and
applied as a new version, which the board takes over at once. Whoever drafted over a version that is
no longer the newest is told so and loses nothing: his text comes back to him.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from config.errors import Mistake, OfficeMistakes
from config.office_difference import Change, difference
from config.office_dump import dump_office
from config.office_file import load_office
from router.lint import Finding, lint
from router.office import Office
from storage.audit import AuditRow
from storage.database import Database
from storage.office_versions import OfficeVersion, OfficeVersions
from storage.unit_of_work import UnitOfWork
from switchboard.board import Board

LONGEST = 200_000
"""Characters of an office file that are still read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A text that could become the office. Without an `office` it has `mistakes` and no changes.

    `base` is the version it was written over.
    """

    text: str
    base: int
    office: Office | None = None
    mistakes: tuple[Mistake, ...] = ()
    findings: tuple[Finding, ...] = ()
    changes: tuple[Change, ...] = ()

    def mistakes_at(self, path: str) -> tuple[Mistake, ...]:
        """What is wrong in one key, or under it."""
        return tuple(m for m in self.mistakes if m.path == path or m.path.startswith(f"{path}."))

    def findings_at(self, path: str) -> tuple[Finding, ...]:
        """What the linter says about one key, or under it."""
        return tuple(f for f in self.findings if f.path == path or f.path.startswith(f"{path}."))


class Overtaken(Exception):  # noqa: N818 - a state of the office, not of the program
    """Somebody applied another version meanwhile."""

    def __init__(self, newest: OfficeVersion) -> None:
        super().__init__(f"version {newest.version} was applied meanwhile")
        self.newest = newest


class OfficeDesk:
    """The office of one board, and its versions."""

    def __init__(self, board: Board, database: Database) -> None:
        self._board = board
        self._database = database

    async def current(self) -> OfficeVersion:
        """The version in force; the office as a text where none was applied yet."""
        async with self._database.reading() as connection:
            found = await OfficeVersions(connection).current()
        if found is not None:
            return found
        text = dump_office(self._board.office())
        return OfficeVersion(version=0, text=text, by="", at=self._board.now)

    async def version(self, number: int) -> OfficeVersion | None:
        """One version."""
        async with self._database.reading() as connection:
            return await OfficeVersions(connection).get(number)

    async def history(self, limit: int = 50) -> tuple[OfficeVersion, ...]:
        """The versions, newest first."""
        async with self._database.reading() as connection:
            return await OfficeVersions(connection).history(limit=limit)

    def findings(self) -> tuple[Finding, ...]:
        """What the linter says of the office in force."""
        return lint(self._board.office())

    def draft(self, text: str, base: int, language: str) -> Draft:
        """What a text would change, or what is wrong with it. Nothing is written."""
        try:
            office = load_office(text, language=language, pbxs=self._board.pbxs or None)
        except OfficeMistakes as found:
            return Draft(text=text, base=base, mistakes=tuple(found.mistakes))
        return Draft(
            text=text,
            base=base,
            office=office,
            findings=lint(office),
            changes=tuple(self.difference(office, language)),
        )

    def difference(self, office: Office, language: str) -> list[Change]:
        """What an office changes over the one in force."""
        adapted = self._board.adapted(office)
        before = self._board.office()
        return difference(before, replace(adapted, version=before.version), language=language)

    def changes_of(
        self, version: OfficeVersion, before: OfficeVersion | None, language: str
    ) -> Sequence[Change]:
        """What a version changed over the one before it; nothing where a text cannot be read."""
        try:
            new = load_office(version.text)
            old = load_office(before.text) if before else None
        except OfficeMistakes:
            return ()
        return difference(old, new, language=language)

    async def apply(self, draft: Draft, *, by: str, note: str, address: str = "") -> int:
        """Make a draft the office; returns its version. Raises `Overtaken`, `ValueError`."""
        if draft.office is None:
            raise ValueError("a draft with mistakes is never applied")
        at = self._board.now

        async def work(uow: UnitOfWork) -> int:
            newest = await uow.offices.current()
            if newest is not None and newest.version != draft.base:
                raise Overtaken(newest)
            version = await uow.offices.apply(draft.text, by=by, at=at, note=note)
            await uow.audit.add(_deed(version, by, at, note, address))
            return version

        version = await self._board.write(work)
        await self._board.refresh()
        return version


def _deed(version: int, by: str, at: datetime, note: str, address: str) -> AuditRow:
    return AuditRow(
        at=at,
        by=by,
        act="office-applied",
        subject=f"office:{version}",
        about={"note": note},
        address=address,
    )
