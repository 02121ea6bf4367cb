"""A sound is in the store whole or not at all, and only keys of the store's own making open it."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recordings.errors import KeyRefused, StoreDamaged, StoreError, StoreFull
from recordings.store import FolderStore


@pytest.fixture
def sound(tmp_path: Path) -> Path:
    path = tmp_path / "talk"
    path.write_bytes(b"talk" * 1000)
    return path


def everything(store: FolderStore) -> list[Path]:
    return [path for path in store.folder.rglob("*") if path.is_file()]


def test_the_same_sound_twice_is_one_file(store: FolderStore, sound: Path) -> None:
    first, second = store.put(sound, "mp3"), store.put(sound, "mp3")
    assert first == second
    assert len(everything(store)) == 1


def test_the_key_is_the_hash_of_the_bytes(store: FolderStore, sound: Path) -> None:
    kept = store.put(sound, "mp3")
    assert kept.key == f"{kept.sha256[:2]}/{kept.sha256[2:]}.mp3"
    assert store.verify(kept.key)


def test_a_sound_that_changed_in_the_store_is_found_out(store: FolderStore, sound: Path) -> None:
    kept = store.put(sound, "mp3")
    store.path(kept.key).write_bytes(b"talk" * 999 + b"tall")
    assert not store.verify(kept.key)


def test_a_sound_that_is_gone_is_told(store: FolderStore, sound: Path) -> None:
    kept = store.put(sound, "mp3")
    store.delete(kept.key)
    store.delete(kept.key)
    assert not store.verify(kept.key)
    with pytest.raises(StoreDamaged):
        store.path(kept.key)


def test_only_the_service_may_read_it(store: FolderStore, sound: Path) -> None:
    path = store.path(store.put(sound, "mp3").key)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(store.folder.stat().st_mode) == 0o700


@pytest.mark.parametrize(
    "key",
    [
        "../../etc/passwd",
        "/etc/passwd",
        "ab/../../x.mp3",
        "ab/" + "c" * 62,
        "ab/" + "c" * 61 + "/.mp3",
        "ab/" + "c" * 62 + ".mp3\n",
        "ab/" + "c" * 62 + ".mp3/..",
        "",
    ],
)
def test_a_key_that_is_a_path_opens_nothing(store: FolderStore, key: str) -> None:
    for ask in (store.path, store.verify, store.delete):
        with pytest.raises(KeyRefused):
            ask(key)


@given(st.text(max_size=80))
def test_no_text_leads_out_of_the_folder(key: str) -> None:
    store = FolderStore(Path("/nowhere"))
    try:
        path = store._path(key)
    except KeyRefused:
        return
    assert path.is_relative_to("/nowhere")
    assert ".." not in path.parts


def test_a_full_disk_in_the_middle_leaves_nothing_behind(
    store: FolderStore, sound: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StoreFull):
        store.put(sound, "mp3")
    assert everything(store) == []


def test_another_trouble_of_the_disk_is_told_with_its_words(
    store: FolderStore, sound: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_: int) -> None:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(os, "fsync", broken)
    with pytest.raises(StoreError, match="Input/output error"):
        store.put(sound, "mp3")


def test_a_start_takes_away_what_was_never_finished(store: FolderStore, sound: Path) -> None:
    kept = store.put(sound, "mp3")
    (store.folder / "unfinished" / "tmpx").write_bytes(b"half")
    store.prepare()
    assert everything(store) == [store.path(kept.key)]
