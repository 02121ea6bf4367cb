"""A PostgreSQL of the tests' own: in a temporary folder, on a unix socket, under no real user.

PostgreSQL refuses to run as root, so root hands it to `nobody`. The binaries are the machine's; where
there are none, the distribution's packages are fetched once and unpacked without being installed.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from dozvon.lab.errors import NoPackagesError
from dozvon.lab.packages import libraries, unpacked
from dozvon.lab.tools import POSTGRESQL

INSTALLED = Path("/usr/lib/postgresql")
READY = "database system is ready to accept connections"
QUICK = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "listen_addresses=")


class Missing(Exception):  # noqa: N818 - the name is the sentence
    """There is no PostgreSQL to be had here; the message says why."""


def binaries() -> Path:
    """The folder with initdb and postgres."""
    if found := _newest(INSTALLED):
        return found
    around = dict(os.environ)
    if os.geteuid() == 0:
        around["XDG_CACHE_HOME"] = "/var/cache"  # the server runs as somebody else and must read it
    try:
        root = unpacked(POSTGRESQL, lambda _: None, around)
    except NoPackagesError as none:
        raise Missing(str(none)) from none
    if found := _newest(root / "usr/lib/postgresql"):
        return found
    raise Missing("the packages hold no initdb")


def _newest(root: Path) -> Path | None:
    found = [p.parent for p in root.glob("*/bin/initdb") if (p.parent / "postgres").is_file()]
    return max(found, key=lambda folder: int(folder.parent.name.partition(".")[0]), default=None)


def _run(*words: str, cwd: Path | None = None, env: dict[str, str] | None = None) -> str:
    done = subprocess.run(  # noqa: S603 - fixed words
        words, cwd=cwd, env=env, capture_output=True, text=True, check=False, timeout=600
    )
    if done.returncode:
        last = (done.stderr or done.stdout).strip().splitlines()[-1:]
        raise Missing(f"{words[0]} failed: {' '.join(last)}")
    return done.stdout


@contextmanager
def private_postgres() -> Iterator[Callable[[str], str]]:
    """Runs a server; gives the URL of a database by its name."""
    folder = binaries()
    home = Path(tempfile.mkdtemp(prefix="dozvon-pg-"))
    try:
        if os.geteuid() == 0:
            shutil.chown(home, "nobody")
        _run(
            *_as_nobody(),
            str(folder / "initdb"),
            *_new(home / "data"),
            cwd=home,
            env=_around(folder),
        )
        with _running(folder, home):
            yield lambda name: f"postgresql+asyncpg://postgres@/{name}?host={home}"
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _new(data: Path) -> list[str]:
    words = "-U postgres --auth=trust --encoding=UTF8 --locale=C --no-sync -D"
    return [*words.split(), str(data)]


def _around(folder: Path) -> dict[str, str]:
    """The environment of the server's programs: unpacked packages bring their own libraries."""
    if folder.is_relative_to(INSTALLED):
        return dict(os.environ)
    return os.environ | {"LD_LIBRARY_PATH": ":".join(map(str, libraries(folder.parents[4])))}


def _as_nobody() -> tuple[str, ...]:
    if os.geteuid() != 0:
        return ()
    return ("setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups")


@contextmanager
def _running(folder: Path, home: Path) -> Iterator[None]:
    options = [word for setting in QUICK for word in ("-c", setting)]
    words = [*_as_nobody(), str(folder / "postgres"), "-D", str(home / "data"), "-k", str(home)]
    server = subprocess.Popen(  # noqa: S603 - our own server
        [*words, *options],
        stderr=subprocess.PIPE,
        text=True,
        cwd=home,
        env=_around(folder),
    )
    assert server.stderr is not None
    rest: threading.Thread | None = None
    try:
        said: list[str] = []
        for line in server.stderr:
            said.append(line)
            if READY in line:
                break
        else:
            pytest.fail("PostgreSQL did not start: " + "".join(said[-5:]))
        # Its log is read on, so that a full pipe never stops the server.
        rest = threading.Thread(target=deque, args=(server.stderr, 0), daemon=True)
        rest.start()
        yield
    finally:
        server.send_signal(signal.SIGINT)  # fast shutdown
        server.wait(timeout=60)
        if rest is not None:
            rest.join(timeout=60)  # it reads to the end; a file that is read is not to be closed
        server.stderr.close()
