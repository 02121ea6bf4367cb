"""What an administrator copies to /etc: it can be loaded, and it locks the service in."""

from __future__ import annotations

import os
import re
import shutil
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

DEPLOY = Path(__file__).parents[2] / "deploy"
UNIT = (DEPLOY / "dozvon.service").read_text("utf-8")
MOST_EXPOSED = 2.0
"""`systemd-analyze security`: 0 is locked in, 10 is root without any limit."""

SYSTEMD = shutil.which("systemd-analyze") is not None
"""Where there is none (a container), the keys alone are tried; there is no unit to run there."""


def ran(*words: str, **how: Any) -> subprocess.CompletedProcess[str]:
    return subprocess.run(words, check=False, capture_output=True, text=True, **how)  # noqa: S603 - words of this file


def values(key: str) -> list[str]:
    return re.findall(rf"^{key}=(.*)$", UNIT, re.MULTILINE)


def startable(folder: Path) -> Path:
    """The unit with a program and a user that this machine has."""
    text = UNIT.replace("/usr/local/bin/dozvon", sys.executable)
    text = re.sub(r"^(User|Group)=.*$", r"\1=daemon", text, flags=re.MULTILINE)
    file = folder / "dozvon.service"
    file.write_text(text, "utf-8")
    return file


if SYSTEMD:

    def test_systemd_finds_nothing_to_complain_about(tmp_path: Path) -> None:
        """A key that this systemd does not know, or a value it cannot read, would be named."""
        done = ran("systemd-analyze", "verify", str(startable(tmp_path)))
        said = (done.stdout + done.stderr).splitlines()
        assert (done.returncode, [line for line in said if "dozvon.service" in line]) == (0, [])

    def test_the_service_is_locked_in(tmp_path: Path) -> None:
        words = ("systemd-analyze", "security", "--offline=true", "--no-pager")
        done = ran(*words, str(startable(tmp_path)))
        exposure = re.search(r"Overall exposure level for \S+: ([0-9.]+)", done.stdout)
        assert exposure is not None, done.stdout + done.stderr
        assert float(exposure[1]) <= MOST_EXPOSED


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("ProtectSystem", "strict"),
        ("NoNewPrivileges", "yes"),
        ("User", "dozvon"),
        ("StateDirectory", "dozvon"),
        ("StateDirectoryMode", "0700"),
        ("UMask", "0077"),
        ("Restart", "always"),
        ("StartLimitIntervalSec", "0"),
        ("CapabilityBoundingSet", ""),
        ("RestrictAddressFamilies", "AF_UNIX AF_INET AF_INET6"),
    ],
)
def test_the_unit_says_what_it_must(key: str, value: str) -> None:
    assert values(key) == [value]


def test_the_service_may_lower_its_own_priority() -> None:
    """Among what `@resources` takes away is what lets conversions stand behind calls."""
    assert values("SystemCallFilter") == [
        "@system-service",
        "~@privileged @resources",
        "setpriority",
    ]


def test_nothing_in_the_working_folder_can_stand_in_for_a_package_of_ours(tmp_path: Path) -> None:
    """PYTHONSAFEPATH=1, in the unit, also for `python -m`."""
    assert "PYTHONSAFEPATH=1" in values("Environment")[0].split()
    (tmp_path / "router").mkdir()
    (tmp_path / "router" / "__init__.py").write_text("raise SystemExit('not ours')\n")
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}
    words = (sys.executable, "-c", "import router; print(router.__file__)")
    assert "not ours" in ran(*words, cwd=tmp_path, env=environment).stderr
    safe = ran(*words, cwd=tmp_path, env=environment | {"PYTHONSAFEPATH": "1"})
    assert safe.stdout.strip().endswith("__init__.py"), safe.stderr
    assert str(tmp_path) not in safe.stdout


def test_user_and_folders_are_for_the_service_alone() -> None:
    users = (DEPLOY / "dozvon.sysusers").read_text("utf-8")
    assert re.search(r'^u dozvon - "Dozvon" /var/lib/dozvon$', users, re.MULTILINE)
    folders = (DEPLOY / "dozvon.tmpfiles").read_text("utf-8")
    for folder, mode in (("/etc/dozvon/secrets", "0700"), ("/var/lib/dozvon", "0700")):
        assert f"\nd {folder} {mode} dozvon dozvon -\n" in folders


if SYSTEMD and os.geteuid() == 0:

    def test_systemd_makes_user_and_folders_of_these_files(tmp_path: Path) -> None:
        (tmp_path / "etc").mkdir()
        root = f"--root={tmp_path}"
        assert not ran("systemd-sysusers", root, str(DEPLOY / "dozvon.sysusers")).returncode
        made = ran("systemd-tmpfiles", "--create", root, str(DEPLOY / "dozvon.tmpfiles"))
        assert not made.returncode, made.stderr
        people = (tmp_path / "etc" / "passwd").read_text().splitlines()
        user = next(line.split(":") for line in people if line.startswith("dozvon:"))
        assert user[6].endswith("nologin")
        found = (tmp_path / "etc" / "dozvon" / "secrets").stat()
        assert (stat.S_IMODE(found.st_mode), found.st_uid) == (0o700, int(user[2]))
