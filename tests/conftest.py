"""What all tests share: the parts of the real world, and the rule that CI skips nothing."""

from __future__ import annotations

import os
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from dozvon.lab import packages, tools
from dozvon.lab.errors import NoPackagesError
from dozvon.lab.setup import ensure_root

settings.register_profile("any-machine", deadline=None)  # a busy one is no failure
settings.load_profile("any-machine")

IN_CI = os.environ.get("CI") == "true"
PROGRAMS = {"asterisk_root", "chromium", "ffmpeg", "postgres"}


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers", "program: starts a program of others (every test that asks for its fixture)"
    )


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks what the short run (`tools/test --unit`) leaves out."""
    for item in items:
        if PROGRAMS.intersection(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.program)


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, Any, None]:
    """In CI a skip is a failure: what was not tried there was never tried."""
    outcome = yield
    report = outcome.get_result()
    if IN_CI and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid} was skipped, and CI skips nothing: {report.longrepr}"


@pytest.fixture(scope="session")
def asterisk_root() -> Path:
    """A private Asterisk's folder, unpacked once for this machine."""
    told: list[str] = []
    root = ensure_root(told.append)
    if root is None:
        pytest.skip("no Asterisk to be had here: " + " ".join(told[-1:]))
    return root


@pytest.fixture(scope="session")
def chromium() -> Path:
    """A browser to start: `playwright.chromium.launch(executable_path=str(chromium))`."""
    return _program(tools.CHROMIUM)


@pytest.fixture(scope="session")
def ffmpeg() -> Path:
    """An ffmpeg to start; its ffprobe is `ffmpeg.with_name("ffprobe")`."""
    return _program(tools.FFMPEG)


def _program(tool: packages.Tool) -> Path:
    """The installed program, or one unpacked once for this machine."""
    try:
        return packages.program(tool, lambda _: None, os.environ)
    except NoPackagesError as none:
        pytest.skip(f"no {tool.name} to be had here: {none}")
