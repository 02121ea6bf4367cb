"""What the store answered is on the disk; and the key of links is one, whoever asks first."""

from __future__ import annotations

import base64
import errno
import hashlib
import hmac
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from recordings.errors import LinkRefused, StoreDamaged, StoreFull
from recordings.signing import KEY_FILE, check, load_key
from recordings.store import FolderStore

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest.fixture
def sound(tmp_path: Path) -> Path:
    path = tmp_path / "talk"
    path.write_bytes(bytes((1 << 20) + 5))
    return path


def test_a_sound_is_synced_before_its_name_and_its_name_before_the_answer(
    store: FolderStore, sound: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A power cut at any moment leaves the whole sound or none: bytes, new folder, new name."""
    synced: list[tuple[Path, int]] = []
    really = os.fsync

    def fsync(descriptor: int) -> None:
        path = Path(f"/proc/self/fd/{descriptor}").readlink()
        synced.append((path, os.fstat(descriptor).st_size if path.is_file() else -1))
        really(descriptor)

    monkeypatch.setattr(os, "fsync", fsync)
    kept = store.put(sound, "mp3")
    (bytes_of, size), *folders = synced
    assert bytes_of.parent.name == "unfinished"
    assert size == kept.size == sound.stat().st_size
    place = store.path(kept.key)
    assert folders == [(store.folder, -1), (place.parent, -1)]


def test_the_size_is_that_of_the_whole_sound(store: FolderStore, sound: Path) -> None:
    """A sound is read in pieces of a megabyte."""
    assert store.put(sound, "mp3").size == (1 << 20) + 5


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EFBIG])
def test_a_quota_and_a_limit_are_a_full_disk_too(
    store: FolderStore, sound: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    def full(_: int) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StoreFull):
        store.put(sound, "mp3")


def test_a_deleted_sound_leaves_no_empty_folder(store: FolderStore, sound: Path) -> None:
    kept = store.put(sound, "mp3")
    store.delete(kept.key)
    assert not (store.folder / kept.key).parent.exists()


def test_a_folder_in_the_place_of_a_sound_is_no_sound(store: FolderStore) -> None:
    key = "ab/" + "c" * 62 + ".mp3"
    (store.folder / key).mkdir(parents=True)
    with pytest.raises(StoreDamaged):
        store.path(key)


def test_a_prepared_store_has_a_place_for_what_arrives(store: FolderStore) -> None:
    assert store.incoming.is_dir()


def test_the_key_is_synced_before_anything_is_signed_with_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A key that a power cut takes would make every link void that was given away."""
    synced: list[int] = []
    monkeypatch.setattr(os, "fsync", lambda descriptor: synced.append(os.fstat(descriptor).st_size))
    key = load_key(tmp_path)
    assert synced == [len(key)]


def test_of_two_that_make_the_key_at_once_the_first_wins(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A command beside the service: both sign with the one key, and nothing else is left."""
    key = load_key(tmp_path)
    with monkeypatch.context() as patched:
        patched.setattr(Path, "exists", lambda _: False)
        assert load_key(tmp_path) == key
    assert [path.name for path in tmp_path.iterdir()] == [KEY_FILE]


def test_a_signature_made_for_something_else_opens_no_recording() -> None:
    """The same key over the same bytes, but without saying that it is a link to a recording."""
    key = bytes(range(32))
    body = f"7.{int((NOW + timedelta(hours=1)).timestamp())}.".encode()
    mac = hmac.new(key, body, hashlib.sha256).digest()[:24]
    token = base64.urlsafe_b64encode(body + mac).rstrip(b"=").decode()
    with pytest.raises(LinkRefused):
        check(key, token, now=NOW)
