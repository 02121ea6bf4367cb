"""Where the lab's Asterisk comes from, with a script in place of the archive."""

import fcntl
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from dozvon.lab import root
from dozvon.lab.errors import AsteriskFailedError, NoAsteriskError
from dozvon.lab.ports import claim
from dozvon.lab.setup import ensure_root

GOOD = """
mkdir -p "$1/bin" "$1/usr/lib/asterisk/modules" "$1/usr/share/asterisk/sounds"
printf '#!/bin/sh\\necho "Asterisk 22.1.0"\\n' >"$1/bin/asterisk"; chmod +x "$1/bin/asterisk"
"""


def script(folder: Path, body: str) -> Path:
    path = folder / "make.sh"
    path.write_text(f"set -e\necho made >>{folder}/runs\n{body}")
    return path


def runs(folder: Path) -> int:
    return len((folder / "runs").read_text().splitlines())


def test_a_folder_named_by_the_environment_is_taken_as_it_is(tmp_path: Path) -> None:
    root.make(tmp_path / "own", print, script(tmp_path, GOOD))

    found = root.find(print, {"DOZVON_ASTERISK_ROOT": str(tmp_path / "own")})

    assert found == tmp_path / "own"
    assert root.version(found) == 22


def test_a_named_folder_without_an_asterisk_is_never_replaced_by_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOZVON_ASTERISK_ROOT", str(tmp_path))
    said: list[str] = []

    assert ensure_root(said.append) is None

    assert said == [f"There is no Asterisk: {tmp_path} holds no program called asterisk"]


def test_a_second_set_up_does_nothing(tmp_path: Path) -> None:
    place = tmp_path / "cache" / "asterisk-1"
    good = script(tmp_path, GOOD)

    root.make(place, print, good)
    root.make(place, print, good)

    assert runs(tmp_path) == 1
    assert root.describe(place).program == place / "bin/asterisk"


def test_a_failed_set_up_leaves_nothing_and_says_why(tmp_path: Path) -> None:
    bad = script(tmp_path, f'{GOOD}\necho "no archive here" >&2; exit 3')
    place = tmp_path / "cache" / "asterisk-1"

    with pytest.raises(NoAsteriskError, match=r"^no archive here$"):
        root.make(place, print, bad)

    assert [path.name for path in place.parent.iterdir()] == ["asterisk-1.lock"]


def test_progress_is_reported_line_by_line(tmp_path: Path) -> None:
    said: list[str] = []

    root.make(tmp_path / "a", said.append, script(tmp_path, f"echo 1 s; echo 2 s; {GOOD}"))

    assert said == ["1 s", "2 s"]


def test_of_two_set_ups_at_once_one_works_and_both_are_served(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "gate")
    slow = script(tmp_path, f"read -r _ <{tmp_path}/gate\n{GOOD}")
    place = tmp_path / "cache" / "asterisk-1"
    waiting = threading.Event()
    first = threading.Thread(target=root.make, args=(place, print, slow))
    first.start()
    with (tmp_path / "gate").open("w") as gate:  # opens as soon as the first script reads
        second = threading.Thread(target=root.make, args=(place, lambda _: waiting.set(), slow))
        second.start()
        assert waiting.wait(10)
        gate.write("go\n")
    first.join(10)
    second.join(10)

    assert runs(tmp_path) == 1
    assert root.version(place) == 22


def test_a_killed_set_up_is_cleared_away_by_the_next(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "gate")
    place = tmp_path / "cache" / "asterisk-1"
    stuck = script(tmp_path, f'mkdir -p "$1/half"\necho there\nread -r _ <{tmp_path}/gate')
    program = "import sys; from pathlib import Path; from dozvon.lab import root; "
    program += "root.make(Path(sys.argv[1]), lambda s: print(s, flush=True), Path(sys.argv[2]))"
    with subprocess.Popen(  # noqa: S603 - our own program
        [sys.executable, "-c", program, place, stuck], stdout=subprocess.PIPE, text=True
    ) as victim:
        assert victim.stdout is not None
        assert victim.stdout.readline() == "there\n"
        victim.send_signal(signal.SIGKILL)
        victim.wait(10)
    assert not place.exists()
    assert list(place.parent.glob("*.part*"))
    with place.with_name("asterisk-1.lock").open() as lock, pytest.raises(BlockingIOError):
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)  # the orphaned script keeps others out
    (tmp_path / "gate").open("w").close()  # and now it ends

    root.make(place, print, script(tmp_path, GOOD))

    assert root.version(place) == 22
    assert not list(place.parent.glob("*.part*"))


def test_another_choice_of_suites_is_another_folder() -> None:
    usual = {"HOME": "/home/u"}
    assert root.cached_place(usual) == root.cached_place({"XDG_CACHE_HOME": "/home/u/.cache"})
    assert root.cached_place(usual) != root.cached_place(
        {**usual, "DOZVON_ASTERISK_SUITES": "bullseye"}
    )


def test_the_script_says_in_one_sentence_that_it_has_no_archive(tmp_path: Path) -> None:
    """Without apt nothing is tried and nothing is written."""
    for tool in ("bash", "rm"):
        found = next(p for p in ("/bin", "/usr/bin") if os.access(f"{p}/{tool}", os.X_OK))
        (tmp_path / tool).symlink_to(f"{found}/{tool}")

    ran = subprocess.run(  # noqa: S603 - our own script
        [tmp_path / "bash", root.SCRIPT, tmp_path / "dest"],
        env={"PATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert ran.returncode == root.NO_ARCHIVE
    assert ran.stderr == (
        "No Asterisk can be fetched here: apt-get is missing (Debian or Ubuntu is needed).\n"
    )
    assert not (tmp_path / "dest").exists()


def test_two_claims_never_hold_the_same_ports() -> None:
    first, second = claim(), claim()
    try:
        assert abs(first.ports.base - second.ports.base) >= 1_000
        with pytest.raises(AsteriskFailedError):
            claim(first.ports.base)
        ports = first.ports
        assert len({ports.sip, ports.trunk, ports.ami, ports.agi, ports.http}) == 5
        assert ports.rtp[-1] < ports.base + 1_000
    finally:
        first.release()
        second.release()
    again = claim(first.ports.base)
    again.release()
