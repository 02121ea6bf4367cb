"""The two sides of a conversation in the store, as samples."""

from __future__ import annotations

import struct
import wave

from recorded_floor import RATE
from sales_floor import Floor

from recordings.store import FolderStore
from storage.recording_records import StoredRecording


def sides(floor: Floor, recording: StoredRecording) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The samples of the client's side and of ours."""
    settings = floor.settings
    store = FolderStore(settings.data_dir / settings.recordings.folder)
    sound = recording.sound("wav")
    assert sound
    with wave.open(str(store.path(sound.store_key))) as file:
        assert (file.getnchannels(), file.getframerate()) == (2, RATE)
        data = file.readframes(file.getnframes())
    both = struct.unpack(f"<{len(data) // 2}h", data)
    return both[0::2], both[1::2]
