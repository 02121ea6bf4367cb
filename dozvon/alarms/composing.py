"""The alarms of a service, put together from its settings."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta

from config.settings import Settings
from config.settings_alarms import AlarmSettings
from dozvon.alarms.delivery import Delivery
from dozvon.alarms.lookout import Lookout
from dozvon.alarms.sending import Channel, Hook, Mail
from dozvon.alarms.watching import Alarms
from storage.database import Database
from storage.writer import Writer
from switchboard.board import Board
from switchboard.bookkeeper import BooksState
from switchboard.troubles import BOOKS_DIFFER, BOOKS_UNREAD, NOT_CONNECTED_YET


def make_alarms(  # noqa: PLR0913 - what it looks at, the rest by keyword
    settings: Settings,
    board: Board,
    writer: Writer,
    database: Database,
    *,
    http_trouble: str,
    recordings: Callable[[], Mapping[str, str]] = dict,
) -> Alarms:
    """The alarms of a service, to be run by `watching`; `recordings` as in `Lookout`."""
    wanted = settings.alarms
    lookout = Lookout(
        database=database,
        writer=writer,
        folder=settings.data_dir,
        overdue=timedelta(minutes=wanted.callback_overdue_minutes),
        disk_free_percent=wanted.disk_free_percent,
        why_down=dict.fromkeys(board.pbxs, NOT_CONNECTED_YET()),
        http_trouble=http_trouble,
        rivals=board.rivals,
        recordings=recordings,
        books=lambda: books_sentence(board.books.state),
    )
    return Alarms(
        lookout,
        [Delivery(channel) for channel in channels(wanted, settings.language)],
        remind_seconds=60.0 * wanted.remind_minutes,
        now=lambda: board.now,
    )


def books_sentence(state: BooksState | None) -> str:
    """What the last balancing found, for a person; empty where the books balance."""
    if state is None or (state.balanced and not state.trouble):
        return ""
    day = state.day.isoformat()
    if state.trouble:
        return BOOKS_UNREAD(day=day, why=state.trouble)
    return BOOKS_DIFFER(day=day, count=state.differences, when=day)


def channels(wanted: AlarmSettings, language: str) -> list[Channel]:
    """The ways to people that the settings name."""
    found: list[Channel] = []
    if wanted.mail_host:
        found.append(
            Mail(
                host=wanted.mail_host,
                port=wanted.mail_port,
                tls=wanted.mail_tls,
                ca=wanted.mail_ca,
                user=wanted.mail_user,
                password=wanted.mail_password.get_secret_value(),
                sender=wanted.mail_from,
                recipients=wanted.mail_to,
                language=language,
            )
        )
    if url := wanted.webhook_url.get_secret_value():
        token = wanted.webhook_token.get_secret_value()
        found.append(Hook(url=url, token=token, language=language))
    return found
