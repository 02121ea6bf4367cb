"""Links to one recording that a CRM may follow without signing in, for a while.

A link holds the recording's number, when it ends and a keyed hash over both; nothing is kept of it,
and it cannot be made without the key. Changing the key makes all links void at once. The key lies
in a file of its own, never in the database; a backup with secrets carries it, and links outlive a
move.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import os
import secrets
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from recordings.errors import LinkRefused

KEY_BYTES = 32
KEY_FILE = "recording-links.key"
_MAC_BYTES = 24
_LONGEST = 200
_PURPOSE = b"dozvon recording link 1\0"


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


def sign(key: bytes, recording: int, *, until: datetime) -> str:
    """The token of a link to a recording that ends at `until`."""
    body = f"{recording}.{int(until.timestamp())}.".encode()
    return _text(body + _mac(key, body))


def check(key: bytes, token: str, *, now: datetime) -> int:
    """The recording that a token opens; raises `LinkRefused` for a forged or old one."""
    try:
        whole = base64.urlsafe_b64decode(token.encode("ascii") + b"==") if token else b""
    except (ValueError, binascii.Error):
        raise LinkRefused("link-forged") from None
    body, mac = whole[:-_MAC_BYTES], whole[-_MAC_BYTES:]
    if len(token) > _LONGEST or not hmac.compare_digest(mac, _mac(key, body)):
        raise LinkRefused("link-forged")
    recording, until, _ = body.decode("ascii").split(".")
    if now >= datetime.fromtimestamp(int(until), UTC):
        raise LinkRefused("link-old")
    return int(recording)


def _mac(key: bytes, body: bytes) -> bytes:
    return hmac.new(key, _PURPOSE + body, hashlib.sha256).digest()[:_MAC_BYTES]


def _text(token: bytes) -> str:
    return base64.urlsafe_b64encode(token).rstrip(b"=").decode("ascii")
