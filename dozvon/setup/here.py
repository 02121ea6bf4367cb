"""Looks at this machine: the office, the database, the disk, the ports, the service itself.

Nothing is changed and nothing is made: what the first start would make is said to be so.
"""

from __future__ import annotations

import asyncio
import fcntl
import ipaddress
import os
import shutil
import socket
import sqlite3
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from config.errors import OfficeMistakes
from config.office_file import load_office, read_office
from config.settings import Settings
from config.settings_values import is_loopback
from dozvon.setup.findings import Finding, Grade, error, fine, note, warning
from dozvon.setup.upgrades import FOLDER, revision_of, revisions
from router.lint import Severity, lint
from router.office import Office
from storage.database import Database, open_database
from storage.dialects import file_of
from storage.errors import StorageError
from storage.office_versions import OfficeVersion, OfficeVersions

LEAST_FREE_PERCENT = 10
_CONNECT_SECONDS = 1.0
_NOBODYS: Mapping[int, str] = {socket.AF_INET: "240.0.0.1", socket.AF_INET6: "100::1"}
"""Addresses that no machine has: `ip_nonlocal_bind` lets them be bound all the same."""


def service_runs(folder: Path) -> bool:
    """Whether a service holds the data folder."""
    try:
        descriptor = os.open(folder / "service.lock", os.O_RDWR)
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


async def is_here(host: str) -> bool:
    """Whether a host is this machine: every address that it has is one of ours.

    A name that cannot be read in time, or by anybody, is not known to be.
    """
    if is_loopback(host):
        return True
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(_CONNECT_SECONDS):
            found = await loop.getaddrinfo(host, 0, type=socket.SOCK_DGRAM)
    except (OSError, UnicodeError, TimeoutError):
        return False
    return bool(found) and all(_is_ours(family, at) for family, _, _, _, at in found)


def _is_ours(family: int, address: tuple[Any, ...]) -> bool:
    """Whether an address can be bound here, on a machine that is not let bind anybody's."""
    return _binds(family, address) and not _binds(family, (_NOBODYS[family], 0))


def _binds(family: int, address: tuple[Any, ...]) -> bool:
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as tried:
            tried.bind(address)
    except OSError:
        return False
    return True


def look_at_folder(settings: Settings) -> Iterator[Finding]:
    """The data folder and the disk below it."""
    folder = settings.data_dir
    if not folder.is_dir():
        yield error("folder-missing", folder=folder)
        return
    if not os.access(folder, os.W_OK | os.X_OK):
        yield error("folder-readonly", folder=folder)
    free = percent_free(folder)
    if free < LEAST_FREE_PERCENT:
        yield warning("disk-low", percent=free, folder=folder)
    else:
        yield fine("disk-right", percent=free)


def percent_free(folder: Path) -> int:
    """How much of the disk below a folder is free, in percent."""
    disk = shutil.disk_usage(folder)
    return disk.free * 100 // disk.total


async def look_at_database(settings: Settings) -> list[Finding]:
    """Whether the database opens, is of this version, and can be written."""
    file = file_of(settings.database)
    place = str(file or "PostgreSQL")
    if file is not None:
        if not file.is_file():
            return [note("database-new", where=place)] if settings.data_dir.is_dir() else []
        if trouble := _trouble_of_file(file):
            return [trouble]
    try:
        async with open_database(settings.database, readers=1):
            return [fine("database-right", where=place)]
    except StorageError as unavailable:
        return [error("database-trouble", detail=unavailable)]


def _trouble_of_file(file: Path) -> Finding | None:
    if not os.access(file, os.R_OK | os.W_OK):
        detail = f"{file}: {os.strerror(13)}"
        return error("database-trouble", detail=detail)
    try:
        revision, known = revision_of(file), revisions()
    except sqlite3.Error as damaged:
        return error("database-trouble", detail=f"{file}: {damaged}")
    if revision in known[1:]:
        return note("database-old", revision=revision, folder=file.parent / FOLDER)
    if revision and revision not in known:
        return error("database-newer", revision=revision)
    return None


async def look_at_office(settings: Settings) -> tuple[Office | None, list[Finding]]:
    """The office in force, else the one that a first start would apply; and what is said of it."""
    findings: list[Finding] = []
    file, written = settings.office_path, None
    pbxs = [*settings.pbx, *settings.webhook]
    if file.is_file():
        try:
            written = read_office(file, language=settings.language, pbxs=pbxs)
        except OfficeMistakes as wrong:
            findings += [error("office-mistake", mistake=mistake) for mistake in wrong.mistakes]
    applied = await _applied(settings)
    office = written
    if applied is not None:
        try:
            office = load_office(applied.text, file="office", language=settings.language, pbxs=pbxs)
        except OfficeMistakes as wrong:
            findings += [error("office-mistake", mistake=mistake) for mistake in wrong.mistakes]
        if written is not None and file.read_text("utf-8-sig") != applied.text:
            findings.append(warning("office-not-applied", file=file))
    elif not file.is_file():
        findings.append(error("office-missing", file=file))
    return office, [*findings, *(_judged(office, settings.language) if office else ())]


def _judged(office: Office, language: str) -> Iterator[Finding]:
    counts: dict[str, object] = {
        "departments": len(office.departments),
        "managers": len(office.managers),
        "lines": len(office.lines),
    }
    counts["name"] = office.name
    yield Finding(id="office-right", grade=Grade.OK, about=counts)
    for found in lint(office):
        grade = error if found.severity is Severity.ERROR else warning
        yield grade("office-rule", path=found.path, sentence=found.sentence(language))


async def _applied(settings: Settings) -> OfficeVersion | None:
    file = file_of(settings.database)
    if file is not None and not file.is_file():
        return None
    try:
        async with open_database(settings.database, readers=1) as database:
            return await _current(database)
    except StorageError:
        return None  # told by `look_at_database`


async def _current(database: Database) -> OfficeVersion | None:
    async with database.reading() as connection:
        return await OfficeVersions(connection).current()


async def look_at_ports(settings: Settings, *, running: bool) -> list[Finding]:
    """Whether the PBXs' questions and HTTP reach the service, and who else could."""
    findings: list[Finding] = []
    seen: set[tuple[str, int]] = set()
    for pbx in settings.pbx.values():
        address = f"{pbx.agi_host}:{pbx.agi_port}"
        if (pbx.agi_host, pbx.agi_port) in seen:
            findings.append(error("agi-shared", pbx.key, address=address))
        seen.add((pbx.agi_host, pbx.agi_port))
        open_to = next((net for net in pbx.agi_allow if _is_everybody(net)), None)
        if open_to and not is_loopback(pbx.agi_host):
            findings.append(error("agi-open", pbx.key, address=address, network=open_to))
        answers = await _answers(pbx.agi_host, pbx.agi_port)
        findings += _port("agi", pbx.key, address, running=running, answers=answers)
    if settings.http.port:
        findings += await _http(settings, running=running)
    return findings


async def _http(settings: Settings, *, running: bool) -> list[Finding]:
    host, port = settings.http.host, settings.http.port
    address = f"{host}:{port}"
    answers = await _answers(host, port)
    findings = list(_port("http", "", address, running=running, answers=answers))
    if not is_loopback(host):
        findings.append(warning("http-open", address=address))
    return findings


def _port(
    kind: str, place: str, address: str, *, running: bool, answers: bool
) -> Iterator[Finding]:
    if running:
        yield (fine if answers else error)(
            f"{kind}-answers" if answers else f"{kind}-silent", place, address=address
        )
    elif answers:
        yield error(f"{kind}-taken", place, address=address)


def _is_everybody(network: str) -> bool:
    return ipaddress.ip_network(network, strict=False).prefixlen == 0


async def _answers(host: str, port: int) -> bool:
    """Whether somebody accepts a connection there."""
    near = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - looked for, not bound
    try:
        async with asyncio.timeout(_CONNECT_SECONDS):
            _, writer = await asyncio.open_connection(near, port)
    except (OSError, TimeoutError):
        return False
    writer.close()
    return True
