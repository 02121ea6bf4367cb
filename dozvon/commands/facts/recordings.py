"""The JSON shapes of recordings; names are added, never renamed."""

from __future__ import annotations

from typing import Any

from dozvon.commands.terminal.output import instant
from recordings.sentences import sentence
from storage.recording_records import StoredRecording
from switchboard.recordings_found import Tally


def recording_json(found: StoredRecording) -> dict[str, Any]:
    """A recording with its files, without its waveform."""
    return {
        "id": found.id,
        "call": found.call_id,
        "pbx": found.pbx,
        "line": found.line,
        "department": found.department,
        "began_at": instant(found.began_at),
        "state": found.state,
        "because": found.why_id or None,
        "sentence": sentence("en", found.why_id, found.why) or None,
        "seconds": found.seconds,
        "sides": found.sides,
        "client_share": found.client_share,
        "our_share": found.our_share,
        "silence_seconds": found.silence_seconds,
        "legal_hold": found.legal_hold,
        "expires_at": instant(found.expires_at),
        "deleted_at": instant(found.deleted_at),
        "deleted_by": found.deleted_by or None,
        "sounds": [
            {"format": each.format, "size": each.size, "sha256": each.sha256}
            for each in found.sounds
        ],
        "parts": [
            {"name": part.name, "kind": part.kind, "leg": part.leg_id, "state": part.state}
            for part in found.parts
        ],
    }


def tally_json(found: Tally) -> dict[str, Any]:
    """One line's day."""
    return {
        "day": found.day.isoformat(),
        "pbx": found.pbx,
        "line": found.line,
        "trunk": found.trunk,
        "expected": found.expected,
        "ready": found.ready,
        "on_the_way": found.on_the_way,
        "missing": found.missing,
        "broken": found.broken,
        "deleted": found.deleted,
    }
