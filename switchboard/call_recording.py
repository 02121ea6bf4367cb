"""A call's recording as its page and its card show it: what can be heard, and who speaks when.

The conversation begins where `recordings.joining` lets it begin: with the client's own voice, else
the mixture, else the first of ours. The talks of the call's time line are told in that time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from recordings.port import PartKind
from recordings.sentences import sentence
from router.calls import Call, Direction
from storage.connection import AnyConnection
from storage.recording_records import OPEN, PartState, StoredRecording
from storage.recordings import Recordings
from storage.records import StoredCall
from switchboard.call_timeline import Doing, timeline
from switchboard.names import Names

_FIRST = (PartKind.CLIENT, PartKind.CONVERSATION, PartKind.LEG)


@dataclass(frozen=True, slots=True, kw_only=True)
class Speaker:
    """One of us who talked, from and to in seconds of the recording."""

    name: str
    from_seconds: float
    to_seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingMark:
    """What is known of a call's recording.

    `why` is a sentence on what is wrong with it, or on why it is not there yet. `formats` are the
    endings in which it is kept, the first is the one that is played.
    """

    id: int
    state: str
    why: str = ""
    seconds: float = 0.0
    formats: tuple[str, ...] = ()
    speakers: tuple[Speaker, ...] = ()

    @property
    def playable(self) -> bool:
        """Whether somebody may listen to it."""
        return bool(self.formats)


async def recording_of(
    connection: AnyConnection, stored: StoredCall, names: Names, language: str
) -> RecordingMark | None:
    """The recording of a call, None where there should be none; `stored` comes with its legs."""
    found = await Recordings(connection).of_call(stored.call.id)
    if found is None:
        return None
    return RecordingMark(
        id=found.id,
        state=found.state,
        why="" if found.state in OPEN else sentence(language, found.why_id, found.why),
        seconds=found.seconds,
        formats=tuple(sound.format for sound in found.sounds) if found.playable else (),
        speakers=_speakers(found, stored.call, names),
    )


def _speakers(found: StoredRecording, call: Call, names: Names) -> tuple[Speaker, ...]:
    begins = (_begins_at(found) or call.began_at) - call.began_at
    shift, end = begins.total_seconds(), found.seconds
    told: list[Speaker] = []
    for name, since, until in _talks(call, names):
        begin, over = max(0.0, since - shift), min(end, until - shift)
        if over > begin:
            told.append(Speaker(name=name, from_seconds=begin, to_seconds=over))
    return tuple(sorted(told, key=lambda one: one.from_seconds))


def _talks(call: Call, names: Names) -> Sequence[tuple[str, float, float]]:
    """Who of us talked, from and to in seconds of the call."""
    outbound = call.direction is Direction.OUTBOUND
    found: list[tuple[str, float, float]] = []
    for bar in timeline(call).bars:
        who = names.manager_at(bar.leg.target, call.pbx)
        to_line = who is None and bar.leg.target == call.line
        if outbound and (to_line or bar.leg.id == call.id):
            continue  # the client himself
        name = who.name if who else bar.leg.target
        found += [
            (name, part.from_seconds, part.to_seconds)
            for part in bar.stretches
            if part.doing is Doing.TALK
        ]
    return found


def _begins_at(found: StoredRecording) -> datetime | None:
    """When the recording's first second was."""
    used = [part for part in found.parts if part.state is PartState.USED]
    for kind in _FIRST:
        mine = [part for part in used if part.kind == kind]
        if mine:
            return min((part.began_at for part in mine if part.began_at), default=None)
    return None
