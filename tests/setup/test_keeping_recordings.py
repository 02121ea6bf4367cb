"""The sounds of recordings beside a backup: once each, whole, and back where they were."""

from __future__ import annotations

import asyncio
import json
import shutil
import sqlite3
import stat
import tarfile
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from kept_machine import NOW, Machine

from dozvon.setup.sounds import FOLDER
from recordings.signing import KEY_FILE, check, load_key, sign
from recordings.store import FolderStore
from storage.database import open_database
from storage.recording_records import Heard, NewPart, NewRecording, StoredSound
from storage.unit_of_work import UnitOfWork
from storage.writer import Writer


class Archive(Machine):
    """A machine with recordings on it."""

    @property
    def store(self) -> FolderStore:
        return FolderStore(self.folder / "data" / "recordings")

    @property
    def beside(self) -> Path:
        return self.folder / FOLDER

    def record(self, text: str) -> str:
        """A conversation in the store and in the database; returns its key."""
        self.store.prepare()
        made = self.folder / "made.mp3"
        made.write_bytes(text.encode() * 10_000)
        kept = self.store.put(made, "mp3")
        made.unlink()
        sound = StoredSound(format="mp3", store_key=kept.key, sha256=kept.sha256, size=kept.size)
        asyncio.run(_record(self.database, text, sound))
        return kept.key

    def forget(self, key: str) -> None:
        """The recording is over: neither row nor sound."""
        with closing(sqlite3.connect(self.database)) as database:
            database.execute("DELETE FROM recording_sounds WHERE store_key = ?", (key,))
            database.commit()
        self.store.delete(key)

    def sounds(self, folder: Path | None = None) -> dict[str, bytes]:
        folder = folder or self.store.folder
        return {
            path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.glob("??/*")
        }


async def _record(file: Path, call: str, sound: StoredSound) -> None:
    new = NewRecording(
        call_id=call,
        pbx="main",
        began_at=NOW,
        expected_at=NOW,
        parts=(NewPart(name=f"{call}.wav", kind="conversation"),),
    )

    async def work(uow: UnitOfWork) -> None:
        number = await uow.recordings.expect(new, next_try_at=NOW)
        assert number
        await uow.recordings.ready(number, Heard(), [sound], at=NOW, expires_at=None)

    url = f"sqlite+aiosqlite:///{file}"
    async with open_database(url) as database, Writer(database).running() as writer:
        await writer.submit(work)


@pytest.fixture
def machine(tmp_path: Path) -> Archive:
    made = Archive(tmp_path)
    made.install()
    return made


def test_without_being_asked_for_the_sounds_stay_and_it_is_said_where(machine: Archive) -> None:
    machine.record("one")
    said = machine.fine("backup", str(machine.file))
    assert "The sounds of conversations are not in it (1)" in said
    assert str(Path("data") / "recordings") in said
    assert not machine.beside.exists()


def test_where_there_are_none_nothing_is_said_of_them(machine: Archive) -> None:
    assert "sounds" not in machine.fine("backup", str(machine.file))


def test_they_come_beside_it_and_back_after_a_destruction(machine: Archive) -> None:
    keys = {machine.record("one"), machine.record("two")}
    before = machine.sounds()
    said = machine.fine("backup", str(machine.file), "--with-recordings")
    assert "(2 new, 0 there already)" in said
    assert machine.sounds(machine.beside) == before
    assert stat.S_IMODE(machine.beside.stat().st_mode) == 0o700
    machine.destroy()
    said = machine.fine("restore", str(machine.file))
    assert "(2 brought back, 0 there already)" in said
    assert machine.sounds() == before
    assert before.keys() == keys
    for key in keys:
        assert machine.store.verify(key)


def test_the_next_one_copies_what_is_new_alone(machine: Archive) -> None:
    first = machine.record("one")
    machine.fine("backup", str(machine.file), "--with-recordings")
    old = (machine.beside / first).stat()
    machine.record("two")
    later = machine.folder / "later.tar.gz"
    said = machine.fine("backup", str(later), "--with-recordings", "--json")
    told = json.loads(said)["recordings"]["carried"]
    assert (told["copied"], told["there"]) == (1, 1)
    now = (machine.beside / first).stat()
    assert (now.st_ino, now.st_mtime_ns) == (old.st_ino, old.st_mtime_ns)


def test_a_copy_that_was_cut_off_is_made_again(machine: Archive) -> None:
    key = machine.record("one")
    machine.fine("backup", str(machine.file), "--with-recordings")
    (machine.beside / key).write_bytes(b"half")
    said = machine.fine("backup", str(machine.folder / "b.tar.gz"), "--with-recordings")
    assert "(1 new, 0 there already)" in said
    assert machine.sounds(machine.beside) == machine.sounds()


def test_a_damaged_or_missing_sound_is_told_and_never_copied(machine: Archive) -> None:
    whole, spoilt, gone = (machine.record(text) for text in ("one", "two", "three"))
    path = machine.store.path(spoilt)
    path.write_bytes(path.read_bytes()[:-1] + b"?")
    machine.store.path(gone).unlink()
    done = machine.run("backup", str(machine.file), "--with-recordings")
    assert done.exit_code == 1
    assert spoilt in done.output
    assert gone in done.output
    assert machine.sounds(machine.beside).keys() == {whole}
    assert machine.file.exists(), "the rest is kept all the same"


def test_restore_reads_what_is_there_mends_it_and_tells_what_is_missing(machine: Archive) -> None:
    fine, spoilt, gone = (machine.record(text) for text in ("one", "two", "three"))
    before = machine.sounds()
    machine.fine("backup", str(machine.file), "--with-recordings")
    path = machine.store.path(spoilt)
    path.write_bytes(path.read_bytes()[:-1] + b"?")  # of the same size
    (machine.beside / gone).unlink()
    machine.store.path(gone).unlink()
    done = machine.run("restore", str(machine.file), "--force")
    assert done.exit_code == 1
    assert "(1 brought back, 1 there already)" in done.output
    assert gone in done.output
    assert str(machine.beside) in done.output
    assert machine.sounds() == {key: before[key] for key in (fine, spoilt)}


def test_a_spoilt_copy_is_not_brought_back(machine: Archive) -> None:
    key = machine.record("one")
    machine.fine("backup", str(machine.file), "--with-recordings")
    copy = machine.beside / key
    copy.write_bytes(copy.read_bytes()[:-1] + b"?")
    machine.destroy()
    done = machine.run("restore", str(machine.file), "--json")
    assert done.exit_code == 1
    assert json.loads(done.output)["recordings"]["damaged"] == [key]
    assert machine.sounds() == {}


def test_they_may_lie_elsewhere(machine: Archive, tmp_path: Path) -> None:
    machine.record("one")
    before = machine.sounds()
    machine.fine("backup", str(machine.file), "--with-recordings")
    moved = tmp_path / "disk" / "sounds"
    shutil.move(machine.beside, moved)
    machine.destroy()
    machine.fine("restore", str(machine.file), "--recordings", str(moved))
    assert machine.sounds() == before


def test_what_was_deleted_leaves_the_folder_when_it_is_asked_for(machine: Archive) -> None:
    over, kept = machine.record("one"), machine.record("two")
    machine.fine("backup", str(machine.file), "--with-recordings")
    machine.forget(over)
    machine.fine("backup", str(machine.folder / "b.tar.gz"), "--with-recordings")
    assert machine.sounds(machine.beside).keys() == {over, kept}
    (machine.beside / "ab").mkdir(exist_ok=True)
    (machine.beside / "ab" / "notes.txt").write_text("somebody's own")
    options = ("--with-recordings", "--forget-deleted")
    said = machine.fine("backup", str(machine.folder / "c.tar.gz"), *options)
    assert "no recording uses it any more: 1" in said
    assert machine.sounds(machine.beside).keys() == {kept, "ab/notes.txt"}
    assert machine.run("backup", str(machine.folder / "d"), "--forget-deleted").exit_code == 2


def test_links_that_were_given_out_open_after_a_restore(machine: Archive) -> None:
    """Their key is in a backup with secrets, readable by nobody else, and comes back so."""
    data = machine.folder / "data"
    token = sign(load_key(data), 7, "1.7", until=NOW + timedelta(days=1))
    machine.fine("backup", str(machine.file), "--with-secrets")
    with tarfile.open(machine.file) as archive:
        assert stat.S_IMODE(archive.getmember(KEY_FILE).mode) == 0o600
    machine.destroy()
    machine.fine("restore", str(machine.file))
    assert check(load_key(data), token, now=NOW).recording == 7
    assert stat.S_IMODE((data / KEY_FILE).stat().st_mode) == 0o600


def test_another_folder_of_the_settings_is_where_they_come_back(machine: Archive) -> None:
    text = machine.config.read_text("utf-8") + '\n[recordings]\nfolder = "elsewhere"\n'
    machine.config.write_text(text, "utf-8")
    (machine.folder / "data" / "recordings").mkdir()
    machine.record("one")
    shutil.move(machine.store.folder, machine.folder / "data" / "elsewhere")
    machine.fine("backup", str(machine.file), "--with-recordings")
    machine.destroy()
    machine.fine("restore", str(machine.file))
    assert len(machine.sounds(machine.folder / "data" / "elsewhere")) == 1
