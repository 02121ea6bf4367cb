"""A new administrator's way, on an Asterisk that has none of our configuration."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
import stat
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from install_site import Site, new_site

from dozvon.lab import answer_after

pytestmark = pytest.mark.asterisk
LINE = "74951230001"


def init_words(site: Site, *more: str) -> tuple[str, ...]:
    """What an administrator who asks for no defaults types."""
    return (
        *("init", "--yes", "--ami-port", str(site.pbx.ports.ami)),
        *("--listen-port", str(site.pbx.ports.agi), "--data-dir", str(site.data)),
        *("--company", "Окна", "--line", LINE, "--hours", "always", "--http-port", "0"),
        *more,
    )


@asynccontextmanager
async def serving(site: Site) -> AsyncIterator[asyncio.subprocess.Process]:
    """`dozvon serve` as a process of its own, until it has said that it is synchronised."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("DOZVON_")}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", "from dozvon.cli import main; main()"),
        *("--config", str(site.config), "serve"),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        env=environment,
    )
    assert process.stdout is not None
    said: list[bytes] = []
    try:
        async with asyncio.timeout(15):
            while b"synchronised" not in (line := await process.stdout.readline()):
                assert line, b"".join(said).decode()
                said.append(line)
        yield process
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGTERM)
        await process.communicate()


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


async def test_a_new_administrator_gets_from_nothing_to_a_routed_call(
    asterisk_root: Path, tmp_path: Path
) -> None:
    """Init says what to paste; pasted, it saves; check names what is left; serve routes a call."""
    async with new_site(asterisk_root, tmp_path) as site:
        first = await site.run(*init_words(site))
        assert first.exit_code == 3, first.output
        assert "same command again" in first.output
        assert not site.config.exists(), "settings were saved before anybody was let in"
        assert mode_of(site.pasted / "manager.conf") == 0o600

        await site.paste(extensions="; nothing yet\n")
        second = await site.run(*init_words(site))
        assert second.exit_code == 0, second.output
        assert mode_of(site.config) == 0o600
        secrets = sorted((site.folder / "secrets").iterdir())
        assert [mode_of(file) for file in secrets] == [0o600, 0o600]
        assert 'systemname = "site"' in site.config.read_text("utf-8")
        assert "Anna Ivanova" in (site.data / "office.toml").read_text("utf-8")

        before = await site.found(code=1)
        assert [f["grade"] for f in before["dialplan-missing"]] == ["error"]

        await site.paste()
        ready = await site.found(code=0)
        assert {"dialplan-right", "rights-right", "events-right", "service-stopped"} <= ready.keys()

        site.phones["102"].behave(answer_after(0.3, hang_up_after=0.5))
        async with serving(site):
            live = await site.found(code=0)
            assert {"service-running", "agi-answers", "failopen-right"} <= live.keys()
            call = await site.carrier.call(LINE, "79161234567", "Ivan")
            assert await call.wait_answered(20), call.status
            await call.wait_ended(5)
            async with asyncio.timeout(10):
                while "Boris Petrov" not in (await site.run("calls")).output:  # noqa: ASYNC110 - another process writes the log and tells nobody
                    await asyncio.sleep(0.1)


async def test_a_second_run_changes_what_was_asked_and_nothing_else(
    asterisk_root: Path, tmp_path: Path
) -> None:
    """Secrets, office and settings of one's own stay; what was there before is beside it."""
    async with new_site(asterisk_root, tmp_path) as site:
        await site.run(*init_words(site))
        await site.paste(extensions="; nothing yet\n")
        assert (await site.run(*init_words(site))).exit_code == 0
        text = site.config.read_text("utf-8")
        site.config.write_text("lookup_deadline_seconds = 0.5\n" + text, "utf-8")
        secrets = {f: f.read_bytes() for f in (site.folder / "secrets").iterdir()}
        office = (site.data / "office.toml").read_bytes()

        again = await site.run("init", "--yes", "--listen-port", "4599")
        assert again.exit_code == 0, again.output
        now = site.config.read_text("utf-8")
        assert "lookup_deadline_seconds = 0.5" in now
        assert "agi_port = 4599" in now
        assert f"ami_port = {site.pbx.ports.ami}" in now
        assert "4599" not in (site.folder / "dozvon.toml.before").read_text("utf-8")
        assert {f: f.read_bytes() for f in (site.folder / "secrets").iterdir()} == secrets
        assert (site.data / "office.toml").read_bytes() == office
        assert "4599" in (site.pasted / "extensions.conf").read_text("utf-8")

        await site.run("office", "apply", "--yes", str(site.data / "office.toml"))
        anew = await site.run("init", "--yes", "--new-office", "--manager", "102=Boris")
        assert "dozvon office apply" in anew.output
        assert (site.data / "office.toml.before").read_bytes() == office
        assert "m101" not in (site.data / "office.toml").read_text("utf-8")


async def test_a_person_is_asked_pastes_and_presses_enter(
    asterisk_root: Path, tmp_path: Path
) -> None:
    """In Russian, with answers typed; a no to the last question leaves the settings as they were."""
    async with new_site(asterisk_root, tmp_path) as site:
        site.language = "ru"
        await site.run(*init_words(site))
        await site.paste(extensions="; nothing yet\n")
        answers = ["127.0.0.1", str(site.data), str(site.pbx.ports.ami), "", "", "", ""]
        answers += ["", "101=Анна", LINE, "Двери", "", "", "", ""]
        done = await site.run("init", typed="\n".join(answers) + "\n")
        assert done.exit_code == 0, done.output
        assert "Asterisk 22" in done.output or f"Asterisk {site.asterisk}" in done.output
        assert "Настройки записаны" in done.output
        written = (site.data / "office.toml").read_text("utf-8")
        assert 'name = "Анна"' in written
        assert 'name = "Двери"' in written
        assert "102" not in written

        before = site.config.read_bytes()
        refused = await site.run("init", "--listen-port", "4598", typed="\n" * 6 + "n\n")
        assert refused.exit_code == 4, refused.output
        assert site.config.read_bytes() == before


async def callers(site: Site) -> set[str]:
    """Everybody in the log of calls."""
    done = await site.run("calls", "--json")
    return {call["caller"] for call in json.loads(done.stdout)["calls"]} if done.stdout else set()


async def wait_callers(site: Site, expected: set[str]) -> None:
    async with asyncio.timeout(15):
        while await callers(site) != expected:  # noqa: ASYNC110 - another process writes the log
            await asyncio.sleep(0.1)


async def test_after_everything_was_destroyed_a_backup_and_the_journal_bring_all_calls_back(
    asterisk_root: Path, tmp_path: Path
) -> None:
    """One call is in the backup, made while the service runs; one came when there was nothing."""
    async with new_site(asterisk_root, tmp_path) as site:
        await site.run(*init_words(site))
        await site.paste(extensions="; nothing yet\n")
        assert (await site.run(*init_words(site))).exit_code == 0
        await site.paste()
        site.phones["102"].behave(answer_after(0.3, hang_up_after=0.3))
        kept = str(tmp_path / "kept.tar.gz")
        async with serving(site):
            call = await site.carrier.call(LINE, "79161234567", "Ivan")
            assert await call.wait_answered(20), call.status
            await wait_callers(site, {"79161234567"})
            done = await site.run("backup", kept, "--with-secrets")
            assert done.exit_code == 0, done.output

        shutil.rmtree(site.data)
        shutil.rmtree(site.folder / "secrets")
        site.config.unlink()
        alone = await site.carrier.call(LINE, "79167654321", "Olga")
        assert await alone.wait_answered(20), "without the service nobody rang"
        await alone.wait_ended(5)

        done = await site.run("restore", kept)
        assert done.exit_code == 0, done.output
        assert (await site.run("check")).exit_code == 0
        async with serving(site):
            await wait_callers(site, {"79161234567", "79167654321"})
