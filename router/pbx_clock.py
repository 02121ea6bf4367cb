"""A PBX's clock against ours: a call's instants moved by what the PBX is ahead.

Rules: all instants of a call move together, so that lengths and order inside it stay as the PBX
said them; an offset below half a second is noise of its measurement and counts as none.
"""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import datetime, timedelta
from typing import Any, TypeVar

from router.calls import Call, Leg, Transfer

NOISE_SECONDS = 0.5

T = TypeVar("T", Call, Leg, Transfer)


def offset_in_force(measured_seconds: float) -> float:
    """What to take out, given how far the PBX's clock was found to be ahead."""
    return 0.0 if abs(measured_seconds) < NOISE_SECONDS else measured_seconds


def moved_back(call: Call, seconds: float) -> Call:
    """The call by our clock: every instant `seconds` earlier; negative is the way back."""
    if not seconds:
        return call
    by = timedelta(seconds=seconds)
    legs = tuple(_moved(leg, by) for leg in call.legs)
    transfers = tuple(_moved(transfer, by) for transfer in call.transfers)
    return replace(_moved(call, by), legs=legs, transfers=transfers)


def _moved(found: T, by: timedelta) -> T:
    values = {field.name: getattr(found, field.name) for field in fields(found)}
    instants: dict[str, Any] = {
        name: at - by for name, at in values.items() if isinstance(at, datetime)
    }
    return replace(found, **instants)
