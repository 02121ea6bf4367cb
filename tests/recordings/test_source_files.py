"""Files of a shared folder, and what every source makes of bytes and names."""

from __future__ import annotations

import asyncio
import errno
import hashlib
import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recordings.errors import (
    FileMissing,
    NameRefused,
    NoSound,
    SourceRefused,
    SourceUnavailable,
    StoreError,
    StoreFull,
    TooLong,
)
from recordings.sources import FolderSource, copying
from recordings.sources.names import checked
from recordings.sources.sniffing import looks_like, sound_of

WAV = b"RIFF\x24\x00\x00\x00WAVEfmt " + bytes(60_000)
MOST = 100_000


def names(folder: Path) -> list[str]:
    """What lies in a folder."""
    return sorted(path.name for path in folder.iterdir())


async def test_a_file_is_copied_whole_with_its_digest(tmp_path: Path) -> None:
    """And what lies at the source stays as it was."""
    place, into = tmp_path / "a-call.wav", tmp_path / "ours"
    place.write_bytes(WAV)
    got = await FolderSource(tmp_path).fetch("a-call.wav", into, most_bytes=MOST)
    assert (got.path, got.size) == (into, len(WAV))
    assert got.sha256 == hashlib.sha256(WAV).hexdigest()
    assert into.read_bytes() == place.read_bytes() == WAV


async def test_a_look_tells_size_and_change_and_nothing_of_what_is_not_there(
    tmp_path: Path,
) -> None:
    """A file that grew is another look."""
    source = FolderSource(tmp_path)
    assert await source.look("a-call.wav") is None
    (tmp_path / "a-call.wav").write_bytes(WAV)
    os.utime(tmp_path / "a-call.wav", (1_000_000, 1_000_000))
    first = await source.look("a-call.wav")
    assert first
    assert (first.size, first.changed_at.timestamp()) == (len(WAV), 1_000_000)
    (tmp_path / "a-call.wav").write_bytes(WAV + b"more")
    assert await source.look("a-call.wav") != first


async def test_a_link_in_the_folder_is_not_followed_and_a_folder_is_no_file(
    tmp_path: Path,
) -> None:
    """Nor does a pipe that nobody writes to hold anything up."""
    secret = tmp_path / "secret.wav"
    secret.write_bytes(WAV)
    shared = tmp_path / "shared"
    shared.mkdir()
    (shared / "link.wav").symlink_to(secret)
    (shared / "folder.wav").mkdir()
    os.mkfifo(shared / "pipe.wav")
    source = FolderSource(shared)
    for name in ("link.wav", "folder.wav", "pipe.wav"):
        assert await source.look(name) is None
        with pytest.raises((FileMissing, SourceUnavailable)):
            await source.fetch(name, tmp_path / "ours", most_bytes=MOST)
    assert not (tmp_path / "ours").exists()


@pytest.mark.parametrize(
    "name",
    [
        "../a.wav",
        "/etc/passwd",
        "a/b.wav",
        "..",
        ".hidden.wav",
        "a..b.wav",
        "",
        "a\x00.wav",
        "a\n.wav",
        "a b.wav",
        "ж.wav",
        "a" * 300,
        "a.wav\n",
        "%2e%2e",
        "a\\b.wav",
    ],
)
async def test_a_name_that_leads_anywhere_is_never_asked_for(tmp_path: Path, name: str) -> None:
    source = FolderSource(tmp_path)
    with pytest.raises(NameRefused):
        await source.look(name)
    with pytest.raises(NameRefused):
        await source.fetch(name, tmp_path / "ours", most_bytes=MOST)
    with pytest.raises(NameRefused):
        await source.delete(name)


@given(st.text(max_size=40))
def test_no_name_that_passes_is_a_path(name: str) -> None:
    try:
        checked(name)
    except NameRefused:
        return
    assert os.path.basename(name) == name  # noqa: PTH119 - the very meaning of it
    assert name not in {".", ".."}


async def test_a_folder_that_is_not_mounted_is_trouble_that_passes(tmp_path: Path) -> None:
    """A recording is not missing because its disk is; a folder not yet made is no trouble."""
    with pytest.raises(SourceUnavailable) as told:
        await FolderSource(tmp_path / "mount" / "dozvon").look("a.wav")
    assert told.value.again
    assert await FolderSource(tmp_path / "dozvon").look("a.wav") is None


async def test_deleting_twice_does_no_harm(tmp_path: Path) -> None:
    (tmp_path / "a.wav").write_bytes(WAV)
    source = FolderSource(tmp_path)
    await source.delete("a.wav")
    await source.delete("a.wav")
    assert not (tmp_path / "a.wav").exists()


async def test_what_is_longer_than_allowed_is_not_taken(tmp_path: Path) -> None:
    """And leaves nothing behind; what was there before stays."""
    (tmp_path / "long.wav").write_bytes(WAV)
    into = tmp_path / "ours"
    into.write_bytes(b"before")
    with pytest.raises(TooLong):
        await FolderSource(tmp_path).fetch("long.wav", into, most_bytes=len(WAV) - 1)
    assert into.read_bytes() == b"before"
    assert names(tmp_path) == ["long.wav", "ours"]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"<!DOCTYPE html><html>sign in</html>", "a web page"),
        (b'{"error": "no such call"}', "JSON"),
        (b"", "nothing"),
        (b"\x7fELF" + bytes(100), "no sound"),
        (b"RIFF\x24\x00\x00\x00AVI " + bytes(100), "no sound"),
        (b"MZ" + bytes(100), "no sound"),
    ],
)
async def test_what_is_no_sound_is_refused_whatever_its_name(
    tmp_path: Path, data: bytes, said: str
) -> None:
    (tmp_path / "call.mp3").write_bytes(data)
    with pytest.raises(NoSound, match=said):
        await FolderSource(tmp_path).fetch("call.mp3", tmp_path / "ours", most_bytes=MOST)
    assert names(tmp_path) == ["call.mp3"]


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (WAV[:64], "wav"),
        (b"OggS\0\2" + bytes(58), "ogg"),
        (b"ID3\x04" + bytes(60), "mp3"),
        (b"\xff\xfb\x90\x64" + bytes(60), "mp3"),
        (b"\xff\xf3\x40\xc4" + bytes(60), "mp3"),
        (b"fLaC" + bytes(60), "flac"),
        (b"\0\0\0\x20ftypM4A " + bytes(52), "m4a"),
        (b"\xff\xff\xff\xff" + bytes(60), ""),
        (b"\xff\xd8\xff\xe0JFIF" + bytes(56), ""),
        (b"", ""),
        (b"RIFF", ""),
    ],
)
def test_sound_is_known_by_its_beginning(head: bytes, kind: str) -> None:
    assert sound_of(head) == kind


@given(st.binary(max_size=80))
def test_judging_bytes_never_raises(head: bytes) -> None:
    assert isinstance(sound_of(head), str)
    assert looks_like(head)


@pytest.mark.parametrize(("number", "error"), [(errno.ENOSPC, StoreFull), (errno.EIO, StoreError)])
async def test_trouble_of_our_own_disk_in_the_middle_is_told_as_ours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, error: type[StoreError]
) -> None:
    """The source has done nothing wrong, and nothing half is left."""

    async def many() -> AsyncIterator[bytes]:
        for _ in range(4):
            yield WAV

    def full(_: int) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(copying.os, "fsync", full)
    with pytest.raises(error):
        await copying.copied(many(), tmp_path / "ours", most_bytes=10 * MOST)
    assert names(tmp_path) == []


async def test_a_copy_that_is_given_up_leaves_nothing(tmp_path: Path) -> None:
    """Also when the service is stopped in its middle."""
    begun = asyncio.Event()

    async def endless() -> AsyncIterator[bytes]:
        yield WAV
        begun.set()
        await asyncio.Event().wait()

    copy = copying.copied(endless(), tmp_path / "ours", most_bytes=MOST)
    task = asyncio.create_task(copy)
    await begun.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert names(tmp_path) == []


async def test_a_file_that_we_may_not_read_says_which_right_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody has to give it; until then it is tried again."""

    def forbidden(*_: object) -> int:
        raise PermissionError(errno.EACCES, "Permission denied")

    (tmp_path / "a.wav").write_bytes(WAV)
    monkeypatch.setattr(os, "open", forbidden)
    with pytest.raises(SourceRefused, match="right") as told:
        await FolderSource(tmp_path).fetch("a.wav", tmp_path / "ours", most_bytes=MOST)
    assert told.value.again
