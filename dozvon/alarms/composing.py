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

_BOOKS = {
    "en": {
        "differ": "The books of {day} do not balance: {count} differences between the log and the "
        "exchange's own records. See each with `dozvon books --day {day}`.",
        "unread": "The books of {day} could not be balanced: {why}",
    },
    "ru": {
        "differ": "Сверка за {day} не сошлась: расхождений между журналом и записями самой АТС — "
        "{count}. Каждое покажет `dozvon books --day {day}`.",
        "unread": "Сверку за {day} провести не удалось: {why}",
    },
}


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
        why_down=dict.fromkeys(board.pbxs, "not connected yet"),
        http_trouble=http_trouble,
        rivals=board.rivals,
        recordings=recordings,
        books=lambda: books_sentence(board.books.state, settings.language),
    )
    return Alarms(
        lookout,
        [Delivery(channel) for channel in channels(wanted, settings.language)],
        remind_seconds=60.0 * wanted.remind_minutes,
        now=lambda: board.now,
    )


def books_sentence(state: BooksState | None, language: str) -> str:
    """What the last balancing found, for a person; empty where the books balance."""
    if state is None or (state.balanced and not state.trouble):
        return ""
    texts = _BOOKS["ru" if language == "ru" else "en"]
    day = state.day.isoformat()
    if state.trouble:
        return texts["unread"].format(day=day, why=state.trouble)
    return texts["differ"].format(day=day, count=state.differences)


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
