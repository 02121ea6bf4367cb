"""Where the lab's Asterisk comes from, and how it lies in its folder.

Tried in this order, the first that works wins:

1. the folder named by DOZVON_ASTERISK_ROOT ("/" means the machine's own installation);
2. the folder made by an earlier set-up in the user's cache: nothing is downloaded a second time;
3. a new one in that cache, unpacked from the machine's own Debian or Ubuntu archive by
   `asterisk_root.sh`;
4. an Asterisk that is installed on the machine, version 16 or later. It comes last on purpose: the
   tests should meet the same Asterisk everywhere, and an installation may lack modules or the
   Russian sounds.
"""

import os
import re
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from dozvon.lab import packages
from dozvon.lab.errors import NoAsteriskError, NoPackagesError
from dozvon.lab.packages import NO_ARCHIVE, Report

__all__ = ["NO_ARCHIVE", "AsteriskRoot", "describe", "find", "make", "version"]

SCRIPT = Path(__file__).with_name("asterisk_root.sh")
OLDEST = 16
_PROGRAMS = ("bin/asterisk", "usr/sbin/asterisk", "usr/local/sbin/asterisk", "usr/bin/asterisk")
_MODULES = (
    "usr/lib/*/asterisk/modules",
    "usr/lib/asterisk/modules",
    "usr/lib64/asterisk/modules",
    "usr/local/lib/asterisk/modules",
)
_DATA = ("usr/share/asterisk", "var/lib/asterisk", "usr/local/share/asterisk")


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
    suites = environment.get("DOZVON_ASTERISK_SUITES", "")
    return packages.place("asterisk", SCRIPT, suites, environment=environment)


def make(place: Path, report: Report, script: Path = SCRIPT) -> None:
    """Makes an Asterisk at this place, unless somebody else has just done so.

    Raises `NoAsteriskError` with the script's own sentence.
    """
    try:
        packages.make(place, report, (script,), is_usable=_is_usable)
    except NoPackagesError as none:
        raise NoAsteriskError(str(none)) from none


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
