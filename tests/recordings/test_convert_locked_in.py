"""A kernel that refuses to lower a priority, as a unit's filter of system calls does, spoils no sound."""

from __future__ import annotations

import json
import platform
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from recorded_sounds import tone, write_wav

from recordings.orders import Order, OrderedPart, Result
from recordings.port import PartKind

SETPRIORITY = {"x86_64": 141, "aarch64": 140}
LOCKED_IN = """
import ctypes, os, sys

class Rule(ctypes.Structure):
    _fields_ = [("code", ctypes.c_ushort), ("yes", ctypes.c_ubyte), ("no", ctypes.c_ubyte),
                ("value", ctypes.c_uint)]

class Rules(ctypes.Structure):
    _fields_ = [("count", ctypes.c_ushort), ("first", ctypes.POINTER(Rule))]

LOAD, EQUAL, RETURN, REFUSED, ALLOWED = 0x20, 0x15, 0x06, 0x00050001, 0x7FFF0000
rules = (Rule * 4)((LOAD, 0, 0, 0), (EQUAL, 0, 1, int(sys.argv[1])), (RETURN, 0, 0, REFUSED),
                   (RETURN, 0, 0, ALLOWED))
kernel = ctypes.CDLL(None, use_errno=True)
NO_NEW_PRIVILEGES, SECCOMP, FILTER = 38, 22, 2
assert kernel.prctl(NO_NEW_PRIVILEGES, 1, 0, 0, 0) == 0
assert kernel.prctl(SECCOMP, FILTER, ctypes.byref(Rules(4, rules)), 0, 0) == 0
try:
    os.nice(1)
except PermissionError:
    os.execv(sys.executable, [sys.executable, "-m", "recordings.worker"])
raise SystemExit("the priority could be lowered: nothing was tried")
"""
"""A program that forbids itself `setpriority` with EPERM (seccomp(2)), then becomes the worker."""


@pytest.mark.skipif(platform.machine() not in SETPRIORITY, reason="the call's number is not known")
def test_a_priority_that_may_not_be_lowered_costs_no_recording(tmp_path: Path) -> None:
    path = write_wav(tmp_path / "client.wav", tone(400, 2))
    began_at = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
    part = OrderedPart(name="client", path=path, kind=PartKind.CLIENT, began_at=began_at)
    order = Order(parts=(part,), folder=tmp_path)
    words = (sys.executable, "-c", LOCKED_IN, str(SETPRIORITY[platform.machine()]))
    asked = json.dumps(order.as_json())
    done = subprocess.run(  # noqa: S603 - words of this file
        words, input=asked, capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stderr
    assert Result.of(json.loads(done.stdout)).seconds == pytest.approx(2, abs=0.1)
