"""What bytes are, told by their beginning and never by a name or a header. Pure.

Only what may be a conversation is taken: a provider that answers with its sign-in page, an error in
JSON or nothing at all is found out by the first bytes.
"""

from __future__ import annotations

from recordings.details import JSON, NOTHING, UNKNOWN_SOUND, WEB_PAGE
from storage.sentences import Sentence

HEAD_BYTES = 64
"""How many bytes are enough to judge."""

_BEGINNINGS = (
    (b"OggS", "ogg"),
    (b"ID3", "mp3"),
    (b"fLaC", "flac"),
    (b"#!AMR", "amr"),
    (b"\x1aE\xdf\xa3", "webm"),
)


def sound_of(head: bytes) -> str:
    """The kind of sound that begins so, or "" for anything else."""
    if head[:4] in {b"RIFF", b"RF64"} and head[8:12] == b"WAVE":
        return "wav"
    if head[4:8] == b"ftyp":
        return "m4a"
    if _is_mpeg_frame(head):
        return "mp3"
    return next((kind for begin, kind in _BEGINNINGS if head.startswith(begin)), "")


def looks_like(head: bytes) -> Sentence:
    """What bytes that are no sound are most likely, for a sentence."""
    text = head.lstrip().lower()
    if not head:
        return NOTHING()
    if text.startswith((b"<!doctype", b"<html", b"<?xml", b"<")):
        return WEB_PAGE()
    if text.startswith((b"{", b"[")):
        return JSON()
    return UNKNOWN_SOUND()


def _is_mpeg_frame(head: bytes) -> bool:
    """Whether it begins with the header of a frame of MPEG audio (ISO 11172-3, 2.4.1.3)."""
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE0 != 0xE0:
        return False
    version, layer = head[1] >> 3 & 3, head[1] >> 1 & 3
    bitrate, rate = head[2] >> 4, head[2] >> 2 & 3
    return version != 1 and layer != 0 and bitrate not in {0, 15} and rate != 3
