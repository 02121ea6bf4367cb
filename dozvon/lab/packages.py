"""Programs out of the distribution's packages, for a machine on which they are not installed.

The lab and the tests need real programs (Asterisk, a browser, ffmpeg, PostgreSQL), and neither root
nor Docker may be asked for. So apt's packages are fetched and unpacked into the user's cache, once;
the scripts beside this module do it, and this module sees to it that it happens whole or not at
all.

A set-up is atomic: it is made beside its place under a lock and renamed; a killed one leaves a
folder that the next one removes; of two at once the second waits and then finds the first one's
work. A folder is named by its recipe: another recipe is another folder.

A `Tool` is a program of which any installed one will do. Where there is none, `program` returns a
small launcher in the cache, to be started like the program itself, by root or by anybody.
"""

import fcntl
import hashlib
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from dozvon.lab.errors import NoPackagesError

FETCHING = Path(__file__).with_name("packages.sh")
SCRIPT = Path(__file__).with_name("tool_root.sh")
NO_ARCHIVE = 3  # the scripts' exit code for "nothing at hand to take it from"

Report = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tool:
    """A program and where it comes from.

    `programs` are the names under which it is on PATH where it is installed; `inside` are the
    programs in the unpacked packages, each of which gets a launcher of its last name; `around` is
    the environment of the launchers, in which `$root` stands for the folder; `words` are arguments
    that every start gets.
    """

    name: str
    programs: tuple[str, ...]
    packages: tuple[str, ...]
    inside: tuple[str, ...]
    around: Mapping[str, str] = field(default_factory=dict)
    words: tuple[str, ...] = ()
    files: Mapping[str, str] = field(default_factory=dict)


def cache(environment: Mapping[str, str]) -> Path:
    """Returns the folder in which all that is unpacked lies."""
    home = environment.get("HOME", "") or str(Path.home())
    return Path(environment.get("XDG_CACHE_HOME", "") or f"{home}/.cache") / "dozvon"


def place(name: str, *recipe: str | Path, environment: Mapping[str, str]) -> Path:
    """Returns the folder of what is made by this recipe: files count by their contents."""
    digest = hashlib.sha256(FETCHING.read_bytes())
    for part in recipe:
        digest.update(part.read_bytes() if isinstance(part, Path) else part.encode())
    return cache(environment) / f"{name}-{digest.hexdigest()[:10]}"


def program(tool: Tool, report: Report, environment: Mapping[str, str]) -> Path:
    """Returns what to start: the installed program or a launcher in the cache.

    Raises `NoPackagesError`.
    """
    for name in tool.programs:
        found = shutil.which(name, path=environment.get("PATH"))
        if found is not None and starts(Path(found)):
            return Path(found)
    return unpacked(tool, report, environment) / "launch" / Path(tool.inside[0]).name


def unpacked(tool: Tool, report: Report, environment: Mapping[str, str]) -> Path:
    """Returns the folder with the tool's packages, made if need be; raises `NoPackagesError`."""
    folder = place(tool.name, SCRIPT, repr(tool), environment=environment)
    if not _is_whole(folder, tool):
        make(
            folder,
            report,
            (SCRIPT, tool.name, *tool.packages),
            is_usable=lambda at: _is_whole(at, tool),
            finish=lambda at: _launchers(at, tool),
        )
    return folder


def libraries(root: Path) -> list[Path]:
    """Returns the folders below which a loader looks for libraries."""
    names = ("usr/lib/**/*.so", "usr/lib/**/*.so.*")
    found = {path.parent for name in names for path in root.glob(name) if path.is_file()}
    return sorted(found, key=lambda folder: (len(folder.parts), folder))


def starts(program: Path) -> bool:
    """Tells whether a program says its version: a stub, or one without its libraries, does not."""
    for word in ("--version", "-version"):
        try:
            ran = subprocess.run(  # noqa: S603 - the program that we are asked about
                [program, word], capture_output=True, timeout=30, check=False
            )
        except (OSError, subprocess.SubprocessError):
            return False
        if ran.returncode == 0:
            return True
    return False


def make(
    folder: Path,
    report: Report,
    recipe: tuple[Path | str, ...],
    *,
    is_usable: Callable[[Path], bool],
    finish: Callable[[Path], None] = lambda _: None,
) -> None:
    """Makes a folder by a script, unless somebody else has just done so.

    `recipe` is the script and its arguments after the folder; `finish` completes what it made
    before anybody sees it. Raises `NoPackagesError` with the script's own sentence.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    with _locked(folder.with_name(f"{folder.name}.lock"), report) as lock:
        if is_usable(folder):
            return
        shutil.rmtree(folder, ignore_errors=True)  # the rest of a machine that changed under it
        for left in folder.parent.glob(f"{folder.name}.part*"):
            shutil.rmtree(left, ignore_errors=True)
        part = Path(tempfile.mkdtemp(prefix=f"{folder.name}.part", dir=folder.parent))
        try:
            _run(recipe, part / "root", lock, report)
            finish(part / "root")
            (part / "root").rename(folder)
        finally:
            shutil.rmtree(part, ignore_errors=True)


def _run(recipe: tuple[Path | str, ...], dest: Path, lock: int, report: Report) -> None:
    """Runs the script, which holds the lock as well and so keeps others out if we are killed."""
    script, *words = recipe
    with (
        tempfile.TemporaryFile("w+") as errors,
        subprocess.Popen(  # noqa: S603 - our own script
            ["bash", script, dest, *words],  # noqa: S607 - bash from PATH, as everywhere
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
        raise NoPackagesError(said.splitlines()[-1] if said else "there is no archive at hand")
    if process.returncode or not dest.is_dir():
        raise NoPackagesError(f"{script} failed ({process.returncode}): {said[-500:]}")


@contextmanager
def _locked(path: Path, report: Report) -> Iterator[int]:
    """Holds a lock file; its name stays, because removing it would let two in."""
    number = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            report(f"waiting for another set-up of {path.stem.partition('-')[0]}")
            fcntl.flock(number, fcntl.LOCK_EX)
        yield number
    finally:
        os.close(number)


def _is_whole(folder: Path, tool: Tool) -> bool:
    launchers = [folder / "launch" / Path(inside).name for inside in tool.inside]
    return folder.is_dir() and all(starts(launcher) for launcher in launchers)


def _launchers(root: Path, tool: Tool) -> None:
    """Writes a launcher for each program and sees each of them start."""
    for name, text in tool.files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    (root / "launch").mkdir()
    below = [f"$root/{path.relative_to(root)}" for path in libraries(root)]
    around = {"LD_LIBRARY_PATH": ":".join(below), **tool.around}
    exports = "".join(f'export {name}="{value}"\n' for name, value in around.items())
    words = "".join(f' "{word}"' for word in tool.words)
    for inside in tool.inside:
        if not (root / inside).is_file():
            raise NoPackagesError(f"the packages of {tool.name} hold no {inside}")
        launcher = root / "launch" / Path(inside).name
        launcher.write_text(
            '#!/bin/sh\nroot=$(dirname "$(dirname "$(readlink -f "$0")")")\n'
            f'{exports}exec "$root/{inside}"{words} "$@"\n',
            encoding="utf-8",
        )
        launcher.chmod(0o755)
        if not starts(launcher):
            raise NoPackagesError(
                f"{tool.name} was fetched, and its {launcher.name} does not start"
            )
