"""Puts the service together from its settings. Nothing is made anywhere else."""

from __future__ import annotations

import fcntl
import os
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace
from functools import partial
from importlib import metadata
from pathlib import Path
from zoneinfo import ZoneInfo

import structlog

import config.settings_http
from config.holiday_calendar import PublicHolidays
from config.office_file import load_office, read_office
from config.settings import PbxSettings, Settings
from crm_bridge.builtin.directory import BuiltinDirectory
from dozvon.alarms.composing import make_alarms
from dozvon.composing_recordings import make_archive, troubles_of
from dozvon.errors import CannotStart
from dozvon.setup.upgrades import upgrade
from pbx_adapters.asterisk.driver import AsteriskPbx
from pbx_adapters.asterisk.settings import AsteriskSettings
from pbx_adapters.cdr.source import open_source
from pbx_adapters.port import Pbx
from pbx_adapters.webhook import WebhookPbx, WebhookSettings
from router.office import Office
from storage.callback_recount import recount_open
from storage.database import Database, open_database
from storage.office_versions import OfficeVersions
from storage.sentences import Sentence
from storage.unit_of_work import UnitOfWork
from storage.writer import Writer
from switchboard.board import Board, Parts, utc_now
from switchboard.books import Records
from switchboard.control import Control
from switchboard.desk import manager_at
from switchboard.recording_told import ToldRecordings
from switchboard.recordings import Archive
from switchboard.troubles import FIRST_START
from web.app import listening, make_app
from web.parts import WebParts

log = structlog.get_logger()


@asynccontextmanager
async def service(
    settings: Settings, *, also: Callable[[Board], Pbx] | None = None
) -> AsyncIterator[Board]:
    """The whole service, ready to `run()`; everything is closed when the block ends.

    `also` makes one more PBX than the settings name (the simulator).

    Raises `CannotStart`, `StorageUnavailable` or `OfficeMistakes`, each with its sentence.
    """
    make_data_folder(settings.data_dir)
    with only_one_service(settings.data_dir):
        await upgrade(settings.database)
        async with open_database(settings.database) as database:
            talk = settings.callbacks.outbound_talk_seconds
            writer = Writer(database, outbound_talk_seconds=talk)
            async with writer.running():
                await _count_by(talk, writer)
                board = await _board(settings, database, writer)
                if also:
                    board.attach(also(board))
                await board.books.remember()
                archive = make_archive(settings, board, database, writer)
                async with _http(settings, board, writer, database, archive) as trouble:
                    alarms = make_alarms(
                        settings,
                        board,
                        writer,
                        database,
                        http_trouble=trouble,
                        recordings=partial(troubles_of, archive),
                    )
                    async with alarms.watching(board.news):
                        yield board


async def _count_by(talk_seconds: float, writer: Writer) -> None:
    """Has what is open counted again if another length of talk is a conversation than before."""
    counted = await writer.submit(partial(recount_open, talk_seconds=talk_seconds))
    if counted:
        log.info("callbacks were counted again", clients=counted, talk_seconds=talk_seconds)


async def _board(settings: Settings, database: Database, writer: Writer) -> Board:
    boards: list[Board] = []

    def manager_of(pbx: str, phone: str) -> str:
        """Whose phone this is in the office in force."""
        found = manager_at(boards[0].office(), pbx, phone)[0] if boards else None
        return found.key if found else ""

    office = await office_in_force(settings, database, writer)
    parts = Parts(
        database=database,
        writer=writer,
        directory=BuiltinDirectory(database, manager_of=manager_of),
        adapt=partial(with_templates, pbxs=settings.pbx),
        calendar=PublicHolidays(),
        office=office,
        lookup_seconds=settings.lookup_deadline_seconds,
        records=call_records(settings, office),
    )
    board = Board(parts)
    boards.append(board)
    told = ToldRecordings(board)
    for pbx in settings.pbx.values():
        driver = AsteriskPbx(asterisk_settings(pbx), board, now=utc_now, recordings=told.began)
        board.attach(driver)
    return board


@asynccontextmanager
async def _http(
    settings: Settings, board: Board, writer: Writer, database: Database, archive: Archive
) -> AsyncIterator[str]:
    """Listen for HTTP, if the settings say so, and give why that failed, or nothing.

    Without the port calls are routed all the same.
    """
    webhooks = _webhooks(settings, board)
    if not settings.http.port:
        yield ""
        return
    parts = WebParts(
        board=board,
        control=Control(board),
        writer=writer,
        database=database,
        links=board.pbxs,
        webhooks=webhooks,
        state_allow=settings.http.state_allow,
        version=metadata.version("dozvon"),
        language=settings.language,
        secure=settings.http.public_address.startswith("https"),
        public_address=settings.http.public_address,
        proxies=settings.http.proxies,
        lease_seconds=settings.callbacks.lease_minutes * 60,
        archive=archive,
        keep_days=settings.recordings.keep_days,
        keep_days_of=settings.recordings.days_by_department,
    )
    app = make_app(parts)
    async with listening(app, host=settings.http.host, port=settings.http.port) as trouble:
        for webhook in webhooks:
            webhook.trouble = trouble
        yield trouble


def _webhooks(settings: Settings, board: Board) -> list[WebhookPbx]:
    """The PBXs that ask over HTTP, attached to the board."""
    webhooks = [
        WebhookPbx(
            webhook_settings(w),
            board,
            now=utc_now,
            let_go=board.let_go,
            recordings=ToldRecordings(board).ready if w.recordings else None,
        )
        for w in settings.webhook.values()
    ]
    for webhook in webhooks:
        board.attach(webhook)
    return webhooks


def call_records(settings: Settings, office: Office) -> tuple[Records, ...]:
    """The call records of every PBX that has any, by the office's clock where none is named."""
    zone = ZoneInfo(office.departments[office.default_department].hours.timezone)
    found: list[Records] = []
    for pbx in settings.pbx.values():
        source = open_source(pbx, zone)
        if source is not None:
            found.append(Records(pbx=pbx.key, source=source, trunks=frozenset(pbx.trunks)))
    return tuple(found)


async def office_in_force(settings: Settings, database: Database, writer: Writer) -> Office:
    """The office applied last; on the very first start the office file is applied."""
    async with database.reading() as connection:
        current = await OfficeVersions(connection).current()
    if current is not None:
        office = load_office(current.text, file=f"office version {current.version}")
        return replace(office, version=current.version)
    path = settings.office_path
    if not path.is_file():
        raise CannotStart(
            Sentence(
                f"There is no office yet: {path} does not exist. Write it (docs/office-file.md), "
                "or apply one with `dozvon office apply FILE`.",
                f"Офиса ещё нет: файл {path} не существует. Напишите его (docs/office-file.md) или "
                "примените готовый: `dozvon office apply ФАЙЛ`.",
            )
        )
    office = read_office(path, language=settings.language)
    text = path.read_text("utf-8-sig")

    async def work(uow: UnitOfWork) -> int:
        by = str(FIRST_START())
        return await uow.offices.apply(text, by=by, at=utc_now(), note=str(path.name))

    return replace(office, version=await writer.submit(work))


def with_templates(office: Office, pbxs: Mapping[str, PbxSettings]) -> Office:
    """The office with its PBXs' dial and device templates where a manager has none of his own."""
    managers = {
        key: replace(
            manager,
            dial=manager.dial or pbxs[manager.pbx].dial,
            device=manager.device or pbxs[manager.pbx].device,
        )
        if manager.pbx in pbxs
        else manager
        for key, manager in office.managers.items()
    }
    return replace(office, managers=managers)


def asterisk_settings(pbx: PbxSettings) -> AsteriskSettings:
    """A PBX's settings in the driver's own terms."""
    return AsteriskSettings(
        key=pbx.key,
        host=pbx.host,
        ami_port=pbx.ami_port,
        calls_user=pbx.ami_user,
        calls_secret=pbx.ami_secret.get_secret_value(),
        journal_user=pbx.journal_user,
        journal_secret=pbx.journal_secret.get_secret_value(),
        agi_host=pbx.agi_host,
        agi_port=pbx.agi_port,
        agi_allow=tuple(str(net) for net in pbx.agi_allow),
        trunks=frozenset(pbx.trunks),
    )


def webhook_settings(webhook: config.settings_http.WebhookSettings) -> WebhookSettings:
    """The settings of a PBX that asks over HTTP in the driver's own terms."""
    return WebhookSettings(
        key=webhook.key,
        token=webhook.token.get_secret_value(),
        hmac_secret=webhook.hmac_secret.get_secret_value(),
        token_in_address=webhook.token_in_address,
        allow=webhook.allow,
        caller_names=webhook.caller_names,
        line_names=webhook.line_names,
        call_names=webhook.call_names,
        format=webhook.format,
        separator=webhook.separator,
        charset=webhook.charset,
        card_address=webhook.card_address,
        reports_calls=webhook.reports_calls,
        requests_per_second=webhook.requests_per_second,
    )


def make_data_folder(folder: Path) -> None:
    """Make the data folder, readable by the service alone."""
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as trouble:
        raise CannotStart(
            Sentence(
                f"The data folder {folder} cannot be made ({trouble.strerror}). Give the service's "
                "user the right to write there, or set `data_dir` elsewhere.",
                f"Папку данных {folder} не удалось создать ({trouble.strerror}). Дайте "
                "пользователю сервиса право писать туда или задайте другую: `data_dir`.",
            )
        ) from trouble


@contextmanager
def only_one_service(folder: Path) -> Iterator[None]:
    """Hold the data folder; a second service on the same folder is told so."""
    path = folder / "service.lock"
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CannotStart(
                Sentence(
                    f"Another Dozvon already serves {folder}. Stop it first, or give this one a "
                    "data folder of its own.",
                    f"С папкой {folder} уже работает другой Dozvon. Остановите его или дайте этому "
                    "свою папку данных.",
                )
            ) from None
        yield
    finally:
        os.close(descriptor)
