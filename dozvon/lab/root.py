"""Where the lab's Asterisk comes from, and how it lies in its folder.

Tried in this order, the first that works wins:

1. the folder named by DOZVON_ASTERISK_ROOT ("/" means the machine's own installation);
2. the folder made by an earlier set-up in the user's cache: nothing is downloaded a second time;
3. a new one in that cache, unpacked from the machine's own Debian or Ubuntu archive by
   `asterisk_root.sh`;
4. an Asterisk that is installed on the machine, version 16 or later. It comes last on purpose: the
   tests should meet the same Asterisk everywhere, and an installation may lack modules or the
   Russian sounds.

A set-up is atomic: it is made beside its place under a lock and renamed; a killed one leaves a
folder that the next one removes; of two at once the second waits and then finds the first one's
work.
"""

import fcntl
import hashlib
import os
import re
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from dozvon.lab.errors import NoAsteriskError

SCRIPT = Path(__file__).with_name("asterisk_root.sh")
OLDEST = 16
NO_ARCHIVE = 3  # the script's exit code for "nothing at hand to take it from"
_PROGRAMS = ("bin/asterisk", "usr/sbin/asterisk", "usr/local/sbin/asterisk", "usr/bin/asterisk")
_MODULES = (
    "usr/lib/*/asterisk/modules",
    "usr/lib/asterisk/modules",
    "usr/lib64/asterisk/modules",
    "usr/local/lib/asterisk/modules",
)
_DATA = ("usr/share/asterisk", "var/lib/asterisk", "usr/local/share/asterisk")

Report = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class AsteriskRoot:
    """An Asterisk as it lies on disk: its program, its modules, its sounds and documentation."""

    program: Path
    modules: Path
    data: Path


def describe(root: Path) -> AsteriskRoot:
    """Finds the parts of an Asterisk below a folder.

    Raises `NoAsteriskError` that names the part which is missing.
    """
    programs = (root / name for name in _PROGRAMS)
    program = next((path for path in programs if os.access(path, os.X_OK)), None)
    if program is None:
        raise NoAsteriskError(f"{root} holds no program called asterisk")
    modules = next((path for path in _module_folders(root) if path.is_dir()), None)
    if modules is None:
        raise NoAsteriskError(f"{root} holds no modules of Asterisk")
    data = next((root / name for name in _DATA if (root / name / "sounds").is_dir()), None)
    if data is None:
        raise NoAsteriskError(f"{root} holds no sounds of Asterisk")
    return AsteriskRoot(program=program, modules=modules, data=data)


def version(root: Path) -> int:
    """Returns the major version of the Asterisk in a folder; raises `NoAsteriskError`."""
    program = describe(root).program
    try:
        ran = subprocess.run(  # noqa: S603 - the program that we are asked about
            [program, "-V"], capture_output=True, text=True, timeout=10, check=True
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise NoAsteriskError(f"{program} does not start: {error}") from error
    found = re.search(r"Asterisk (?:certified/)?(\d+)", ran.stdout)
    if found is None:
        raise NoAsteriskError(f"{program} does not tell its version: {ran.stdout.strip()!r}")
    return int(found[1])


def find(report: Report, environment: Mapping[str, str]) -> Path:
    """Returns the folder of an Asterisk, made if need be; raises `NoAsteriskError`."""
    given = environment.get("DOZVON_ASTERISK_ROOT", "")
    if given:
        usable(Path(given))  # what was asked for by name is never replaced by something else
        return Path(given)
    place = cached_place(environment)
    if not _is_usable(place):
        try:
            make(place, report)
        except NoAsteriskError as none:
            report(str(none))
            return _installed(none, report)
    return place


def usable(root: Path) -> None:
    """Raises `NoAsteriskError` unless this is an Asterisk that the lab can work with."""
    found = version(root)
    if found < OLDEST:
        raise NoAsteriskError(f"Asterisk {found} in {root} is older than {OLDEST}")


def cached_place(environment: Mapping[str, str]) -> Path:
    """Returns where the set-up keeps its Asterisk; another recipe is another folder."""
    recipe = hashlib.sha256(SCRIPT.read_bytes())
    recipe.update(environment.get("DOZVON_ASTERISK_SUITES", "").encode())
    home = environment.get("HOME", "") or str(Path.home())
    cache = environment.get("XDG_CACHE_HOME", "") or f"{home}/.cache"
    return Path(cache) / "dozvon" / f"asterisk-{recipe.hexdigest()[:10]}"


def make(place: Path, report: Report, script: Path = SCRIPT) -> None:
    """Makes an Asterisk at this place, unless somebody else has just done so.

    Raises `NoAsteriskError` with the script's own sentence.
    """
    place.parent.mkdir(parents=True, exist_ok=True)
    with _locked(place.with_name(f"{place.name}.lock"), report) as lock:
        if _is_usable(place):
            return
        shutil.rmtree(place, ignore_errors=True)  # the rest of a machine that has changed under it
        for left in place.parent.glob(f"{place.name}.part*"):
            shutil.rmtree(left, ignore_errors=True)
        part = Path(tempfile.mkdtemp(prefix=f"{place.name}.part", dir=place.parent))
        try:
            _run(script, part / "root", lock, report)
            (part / "root").rename(place)
        finally:
            shutil.rmtree(part, ignore_errors=True)


def _run(script: Path, dest: Path, lock: int, report: Report) -> None:
    """Runs the script, which holds the lock as well and so keeps others out if we are killed."""
    with (
        tempfile.TemporaryFile("w+") as errors,
        subprocess.Popen(  # noqa: S603 - our own script
            ["bash", script, dest],  # noqa: S607 - bash from PATH, as everywhere
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            pass_fds=(lock,),
            start_new_session=True,
        ) as process,
    ):
        try:
            for line in process.stdout or ():
                report(line.rstrip())
            process.wait()
        except BaseException:
            os.killpg(process.pid, signal.SIGTERM)
            raise
        errors.seek(0)
        said = errors.read().strip()
    if process.returncode == NO_ARCHIVE:
        raise NoAsteriskError(said.splitlines()[-1] if said else "there is no archive at hand")
    if process.returncode or not dest.is_dir():
        raise NoAsteriskError(f"making an Asterisk failed ({process.returncode}): {said[-500:]}")


@contextmanager
def _locked(path: Path, report: Report) -> Iterator[int]:
    """Holds a lock file; its name stays, because removing it would let two in."""
    number = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            report("waiting for another set-up of Asterisk")
            fcntl.flock(number, fcntl.LOCK_EX)
        yield number
    finally:
        os.close(number)


def _installed(none: NoAsteriskError, report: Report) -> Path:
    root = Path("/")
    if not _is_usable(root):
        raise none
    report(f"using the Asterisk {version(root)} that is installed on this machine")
    return root


def _is_usable(root: Path) -> bool:
    try:
        usable(root)
    except NoAsteriskError:
        return False
    return True


def _module_folders(root: Path) -> Iterator[Path]:
    note = root / ".moddir"
    if note.is_file():
        yield root / note.read_text(encoding="utf-8").strip()
    for pattern in _MODULES:
        yield from sorted(root.glob(pattern))
