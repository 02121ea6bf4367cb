"""Links to one recording that a CRM may follow without signing in, for a while.

A link holds the recording's number, when it ends, a mark of its call and a keyed hash over all;
nothing is kept of it, and it cannot be made without the key. A number is given out again once its
row was erased, so that only number and mark together name a recording. Changing the key makes all
links void at once. The key lies in a file of its own, never in the database; a backup with secrets
carries it, and links outlive a move.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import os
import secrets
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

from recordings.errors import LinkRefused

KEY_BYTES = 32
KEY_FILE = "recording-links.key"
_MAC_BYTES = 24
_LONGEST = 200
_MARK_DIGITS = 16
_PURPOSE = b"dozvon recording link 2\0"
_MARKING = b"dozvon recording link's call\0"


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkTo:
    """What a link opens: a recording by its number, and the mark of the call that it is of."""

    recording: int
    call: str

    @classmethod
    def of(cls, key: bytes, recording: int, call_id: str) -> Self:
        """What a link to this call's recording opens."""
        mark = hmac.new(key, _MARKING + call_id.encode(), hashlib.sha256).hexdigest()
        return cls(recording=recording, call=mark[:_MARK_DIGITS])


def load_key(folder: Path) -> bytes:
    """The key of this installation, made when it is asked for first; two at once get the same."""
    path = folder / KEY_FILE
    if not path.exists():
        made = folder / f".{KEY_FILE}.{secrets.token_hex(8)}"
        descriptor = os.open(made, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        try:
            os.write(descriptor, secrets.token_bytes(KEY_BYTES))
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        with suppress(FileExistsError):  # another one was faster: his is the key
            path.hardlink_to(made)
        made.unlink()
    key = path.read_bytes()
    if len(key) < KEY_BYTES:
        raise LinkRefused("bad-key-file", str(path))
    return key


def sign(key: bytes, recording: int, call_id: str, *, until: datetime) -> str:
    """The token of a link to a call's recording that ends at `until`."""
    link = LinkTo.of(key, recording, call_id)
    body = f"{link.recording}.{int(until.timestamp())}.{link.call}.".encode()
    return _text(body + _mac(key, body))


def check(key: bytes, token: str, *, now: datetime) -> LinkTo:
    """What a token opens, if it is there still; raises `LinkRefused` for a forged or old one."""
    try:
        whole = base64.urlsafe_b64decode(token.encode("ascii") + b"==") if token else b""
    except (ValueError, binascii.Error):
        raise LinkRefused("link-forged") from None
    body, mac = whole[:-_MAC_BYTES], whole[-_MAC_BYTES:]
    if len(token) > _LONGEST or not hmac.compare_digest(mac, _mac(key, body)):
        raise LinkRefused("link-forged")
    recording, until, call, _ = body.decode("ascii").split(".")
    if now >= datetime.fromtimestamp(int(until), UTC):
        raise LinkRefused("link-old")
    return LinkTo(recording=int(recording), call=call)


def _mac(key: bytes, body: bytes) -> bytes:
    return hmac.new(key, _PURPOSE + body, hashlib.sha256).digest()[:_MAC_BYTES]


def _text(token: bytes) -> str:
    return base64.urlsafe_b64encode(token).rstrip(b"=").decode("ascii")
