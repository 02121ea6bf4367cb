"""One private Asterisk on loopback, in a folder of its own, that never outlives its parent.

Rules: nothing is written outside `home`; the process is our child, in a session of its own (Ctrl-C
reaches us, not it), and the kernel kills it when the thread that started it ends, whatever happens
to us (prctl PR_SET_PDEATHSIG): start instances from the main thread.
"""

import asyncio
import csv
import ctypes
import os
import signal
from asyncio.subprocess import DEVNULL, PIPE, STDOUT, Process
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Self

from dozvon.lab import configuration
from dozvon.lab.configuration import CDR_FIELDS, LabPhone, Layout, Office, Ports
from dozvon.lab.errors import AsteriskFailedError
from dozvon.lab.ports import Claim, claim
from dozvon.lab.root import describe

BOOT_SECONDS = 10.0
STOP_SECONDS = 5.0
CLI_SECONDS = 10.0
_RETRY_SECONDS = 0.05
_PR_SET_PDEATHSIG = 1
_LONGEST_SOCKET_PATH = 100  # a UNIX socket's path fits into 108 bytes
_libc = ctypes.CDLL(None, use_errno=True)


def _die_with(parent: int) -> Callable[[], None]:
    def in_child() -> None:
        _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:  # it has died before we could ask
            os._exit(1)

    return in_child


class AsteriskInstance:
    """A private Asterisk.

    `root` is a folder found by `ensure_root`; `home` a folder for this instance alone, made if need
    be; `extensions_conf` the whole dialplan but for the phones' hints; `manager_conf` manager.conf
    without [general], to which `manager_general` adds lines; `trunk_context` where the carrier's
    calls come in; `name` the systemname, which begins every Uniqueid.
    """

    def __init__(  # noqa: PLR0913 - each is one fact about the instance
        self,
        root: Path,
        home: Path,
        *,
        extensions_conf: str,
        manager_conf: str,
        phones: Sequence[LabPhone] = (),
        manager_general: str = "",
        trunk_context: str = "from-trunk",
        name: str = "lab",
        base_port: int | None = None,
        verbose: int = 3,
        language: str = "ru",
    ) -> None:
        found = describe(root)
        self.layout = Layout(
            program=found.program, modules=found.modules, data=found.data, home=home.absolute()
        )
        self.office = Office(
            name=name,
            extensions_conf=extensions_conf,
            manager_conf=manager_conf,
            phones=tuple(phones),
            trunk_context=trunk_context,
            manager_general=manager_general,
            verbose=verbose,
            language=language,
        )
        self._base_port = base_port
        self._claim: Claim | None = None
        self._ports: Ports | None = None
        self._process: Process | None = None

    # life

    @property
    def ports(self) -> Ports:
        """Where it listens: claimed on the first look, given back by `stop`, known after it."""
        if self._ports is None:
            self._claim = claim(self._base_port)
            self._ports = self._claim.ports
        return self._ports

    @property
    def pid(self) -> int | None:
        """The process id while it runs."""
        running = self._process is not None and self._process.returncode is None
        return self._process.pid if self._process is not None and running else None

    @property
    def sip(self) -> tuple[str, int]:
        """The address that phones register at and the carrier calls."""
        return configuration.PHONES_HOST, self.ports.sip

    @property
    def recordings(self) -> Path:
        """Where MixMonitor writes relative names."""
        return self.layout.recordings

    async def start(self) -> None:
        """Writes the configuration and starts; returns when Asterisk has fully booted.

        Raises `AsteriskFailedError` with the end of its log if it has not after 10 s.
        """
        if self.pid is not None:
            return
        self._check_home()
        if self._claim is None:
            self._claim = claim(self._ports.base if self._ports else self._base_port)
            self._ports = self._claim.ports
        for folder in self.layout.folders():
            folder.mkdir(parents=True, exist_ok=True)
        self._write(configuration.files(self.layout, self.ports, self.office))
        with (self.layout.log / "stdout").open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                *self._command("-f"),
                stdin=DEVNULL,
                stdout=log,
                stderr=STDOUT,
                start_new_session=True,
                preexec_fn=_die_with(os.getpid()),
            )
        try:
            async with asyncio.timeout(BOOT_SECONDS):
                await self._booted(self._process)
        except TimeoutError:
            await self.stop()
            raise AsteriskFailedError(self._complaint("did not boot within 10 s")) from None
        except BaseException:
            await self.stop()
            raise

    async def stop(self) -> None:
        """Stops it and gives its ports back; stopping twice does no harm."""
        await self._end()
        if self._claim is not None:
            self._claim.release()
            self._claim = None

    async def kill(self) -> None:
        """Kills it as a power cut would (SIGKILL); the ports stay ours, for `start`."""
        process = self._process
        if process is not None and process.returncode is None:
            process.kill()
            await process.wait()
        self._process = None

    async def restart(self) -> None:
        """Stops it in an orderly way and starts it again on the same ports."""
        await self._end()
        await self.start()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    # questions

    async def cli(self, command: str) -> str:
        """Runs a command of Asterisk's console and returns what it prints."""
        process = await asyncio.create_subprocess_exec(
            *self._command("-rx", command), stdin=DEVNULL, stdout=PIPE, stderr=STDOUT
        )
        try:
            async with asyncio.timeout(CLI_SECONDS):
                said, _ = await process.communicate()
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        if process.returncode:
            raise AsteriskFailedError(f"{command!r}: {said.decode(errors='replace').strip()}")
        return said.decode(errors="replace")

    async def reload(
        self, *, extensions_conf: str | None = None, manager_conf: str | None = None
    ) -> None:
        """Exchanges the dialplan or the AMI users: while it runs, or for the next start."""
        if extensions_conf is not None:
            self.office = replace(self.office, extensions_conf=extensions_conf)
        if manager_conf is not None:
            self.office = replace(self.office, manager_conf=manager_conf)
        if self.pid is None:
            return
        if extensions_conf is not None:
            self._write({"extensions.conf": configuration.extensions(self.office)})
            await self.cli("dialplan reload")
        if manager_conf is not None:
            self._write({"manager.conf": configuration.manager(self.ports, self.office)})
            await self.cli("manager reload")

    async def channels(self) -> int:
        """Returns how many channels are up."""
        said = await self.cli("core show channels count")
        number = next((line for line in said.splitlines() if "active channel" in line), "0")
        return int(number.split()[0])

    async def astdb(self, family: str = "") -> dict[str, str]:
        """Returns what AstDB holds, all of it or one family: "/family/key" to value."""
        said = await self.cli(f"database show {family}".strip())
        pairs = (line.partition(": ") for line in said.splitlines() if line.startswith("/"))
        return {key.strip(): value.strip() for key, _, value in pairs}

    def cdr_rows(self) -> list[dict[str, str]]:
        """Returns Asterisk's own call records, oldest first, by the names in `CDR_FIELDS`.

        `start`, `answer` and `end` are seconds since 1970 with microseconds, 0 for "never".
        """
        path = self.layout.log / "cdr-custom" / "calls.csv"
        if not path.exists():
            return []
        with path.open(encoding="utf-8", errors="replace", newline="") as rows:
            return [dict(zip(CDR_FIELDS, row, strict=False)) for row in csv.reader(rows)]

    async def wait_cdr_rows(self, count: int, timeout: float) -> list[dict[str, str]]:  # noqa: ASYNC109 - a deadline of this wait
        """Waits until there are so many call records, and returns all of them.

        Asterisk writes them some milliseconds after the last BYE of a call, and tells nobody; after
        `stop` all are written. Raises `TimeoutError`.
        """
        async with asyncio.timeout(timeout):
            while len(rows := self.cdr_rows()) < count:  # noqa: ASYNC110 - another process writes the file
                await asyncio.sleep(_RETRY_SECONDS)
        return rows

    def log_tail(self, lines: int = 30) -> str:
        """Returns the end of what it logged."""
        path = self.layout.log / "full"
        if not path.exists():
            path = self.layout.log / "stdout"
        said = path.read_text(errors="replace").splitlines() if path.exists() else []
        return "\n".join(said[-lines:])

    # inside

    async def _end(self) -> None:
        process = self._process
        if process is not None and process.returncode is None:
            process.send_signal(signal.SIGTERM)
            with suppress(TimeoutError):
                async with asyncio.timeout(STOP_SECONDS):
                    await process.wait()
        await self.kill()

    def _command(self, *arguments: str) -> list[str]:
        return [str(self.layout.program), "-C", str(self.layout.etc / "asterisk.conf"), *arguments]

    def _check_home(self) -> None:
        control = self.layout.home / "run" / "asterisk.ctl"
        if len(os.fsencode(control)) > _LONGEST_SOCKET_PATH:
            raise AsteriskFailedError(f"the path of {control} is too long for a UNIX socket")

    def _write(self, files: Mapping[str, str]) -> None:
        for name, text in files.items():
            (self.layout.etc / name).write_text(text, encoding="utf-8")

    async def _booted(self, process: Process) -> None:
        """Asks until the console answers: before that there is nothing to wait on."""
        while True:
            if process.returncode is not None:
                raise AsteriskFailedError(self._complaint(f"ended with {process.returncode}"))
            try:
                if "fully booted" in await self.cli("core waitfullybooted"):
                    return
            except AsteriskFailedError:
                await asyncio.sleep(_RETRY_SECONDS)

    def _complaint(self, what: str) -> str:
        return f"Asterisk {self.office.name} {what}; its log ends:\n{self.log_tail()}"
