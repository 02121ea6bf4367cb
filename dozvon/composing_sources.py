"""Where each PBX's recordings come from, as the settings say."""

from __future__ import annotations

from pathlib import Path

from config.settings import PbxSettings, Settings
from config.settings_recordings import is_http
from recordings.port import RecordingSource
from recordings.sources import AsteriskHttpSource, FolderSource, LinkRules, LinkSource
from recordings.sources.asterisk_http import AriPlace


def recording_sources(settings: Settings) -> dict[str, RecordingSource]:
    """The source of each PBX that has one, by the PBX's key."""
    found = {key: _source(pbx) for key, pbx in settings.pbx.items() if pbx.recordings}
    wanted = settings.recordings
    rules = LinkRules(allow=wanted.link_allow, most_bytes=wanted.most_megabytes << 20)
    links = {key: LinkSource(rules) for key, pbx in settings.webhook.items() if pbx.recordings}
    return {**found, **links}


def _source(pbx: PbxSettings) -> RecordingSource:
    if not is_http(pbx.recordings):
        return FolderSource(Path(pbx.recordings))
    place = AriPlace(
        address=pbx.recordings,
        user=pbx.recordings_user,
        password=pbx.recordings_password.get_secret_value(),
    )
    return AsteriskHttpSource(place)
