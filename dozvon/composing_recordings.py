"""Puts the recordings' room together from the settings; `dozvon.compose` and commands use it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from pathlib import Path

from config.settings import Settings
from config.settings_recordings import is_http
from dozvon.setup.files import hand_over
from pbx_adapters.asterisk.sound_names import own_sound
from recordings.converting import Converter, find_ffmpeg
from recordings.expecting import Expecting
from recordings.intake import Intake
from recordings.keeping import Rules
from recordings.looking import Patience
from recordings.port import RecordingSource
from recordings.sentences import sentence
from recordings.signing import KEY_FILE, load_key, sign
from recordings.sources import AsteriskHttpSource, FolderSource, LinkRules, LinkSource
from recordings.sources.asterisk_http import AriPlace
from recordings.store import FolderStore
from storage.database import Database
from storage.recording_records import StoredRecording
from storage.sentences import Sentence
from storage.writer import Writer
from switchboard.board import Board, utc_now
from switchboard.recordings import Archive
from switchboard.troubles import STORE

_FORMATS = {"mp3": "mp3", "opus": "ogg"}
"""What a format is called in the settings, and the ending of its files."""


def store_of(settings: Settings) -> FolderStore:
    """Where sounds are kept."""
    return FolderStore(settings.data_dir / settings.recordings.folder)


def rules_of(settings: Settings) -> Rules:
    """How recordings are brought in and kept."""
    wanted = settings.recordings
    return Rules(
        formats=tuple(_FORMATS[form] for form in wanted.formats),
        ffmpeg=find_ffmpeg(wanted.ffmpeg),
        most_bytes=wanted.most_megabytes << 20,
        days=wanted.days_by_department,
        usual_days=wanted.keep_days,
        delete_at_source=wanted.delete_at_pbx,
        patience=Patience(settle_seconds=wanted.settle_seconds),
    )


def sources_of(settings: Settings) -> Mapping[str, RecordingSource]:
    """Where each PBX keeps its recordings; one without a place is not there."""
    found: dict[str, RecordingSource] = {}
    for pbx in settings.pbx.values():
        if is_http(pbx.recordings):
            secret = pbx.recordings_password.get_secret_value()
            found[pbx.key] = AsteriskHttpSource(
                AriPlace(address=pbx.recordings, user=pbx.recordings_user, password=secret)
            )
        elif pbx.recordings:
            found[pbx.key] = FolderSource(Path(pbx.recordings))
    links = LinkRules(allow=settings.recordings.link_allow)
    return {**{key: LinkSource(links) for key in settings.webhook}, **found}


def make_archive(settings: Settings, board: Board, database: Database, writer: Writer) -> Archive:
    """The recordings of this installation; the board owns their task from now on."""
    store, rules, now = store_of(settings), rules_of(settings), utc_now
    intake = Intake(
        database=database,
        writer=writer,
        store=store,
        converter=Converter(),
        sources=sources_of(settings),
        rules=rules,
        now=now,
        own_sound=own_sound,
    )
    archive = Archive(
        database=database,
        writer=writer,
        news=board.news,
        store=store,
        intake=intake,
        expecting=expecting_of(database, writer, rules),
        link_key=partial(load_key, settings.data_dir),
        now=now,
    )
    board.own(lambda: archive.run(board.pbxs), "recordings")
    return archive


def troubles_of(archive: Archive) -> Mapping[str, str]:
    """Why recordings do not arrive, a sentence for each PBX; our own store has a name too."""
    return {
        where or STORE(): Sentence(sentence("en", *why), sentence("ru", *why))
        for where, why in archive.intake.state.troubles.items()
    }


def expecting_of(database: Database, writer: Writer, rules: Rules) -> Expecting:
    """What reads on in the journal."""
    wait = rules.patience.settle_seconds
    return Expecting(database, writer, now=utc_now, wait_seconds=wait)


def link_token(folder: Path, recording: StoredRecording, until: datetime) -> str:
    """The token of a link, for a command that runs beside the service.

    A key that is made here by root is the service's own from the beginning.
    """
    key = load_key(folder)
    hand_over(folder / KEY_FILE)
    return sign(key, recording.id, recording.call_id, until=until)
