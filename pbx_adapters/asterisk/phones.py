"""Phones' states as Asterisk tells them, by extension."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from pbx_adapters.asterisk.frames import Frame
from router.facts import PhoneState
from router.office import Office

_STATES = {
    "NOT_INUSE": PhoneState.FREE,
    "INUSE": PhoneState.TALKING,
    "BUSY": PhoneState.TALKING,
    "ONHOLD": PhoneState.TALKING,
    "RINGING": PhoneState.RINGING,
    "RINGINUSE": PhoneState.TALKING,
    "UNAVAILABLE": PhoneState.UNREGISTERED,
    "INVALID": PhoneState.UNREGISTERED,
}


def phone_states(frames: Iterable[Frame], office: Office, pbx: str) -> Mapping[str, PhoneState]:
    """States by extension from `DeviceStateChange` events; other devices are left out.

    A phone that is not watched ("-" as its device) is never judged.
    """
    watched = _watched(office, pbx)
    found: dict[str, PhoneState] = {}
    for frame in frames:
        if frame.name == "DeviceStateChange" and frame.get("Device") in watched:
            extension = watched[frame.get("Device")]
            found[extension] = _STATES.get(frame.get("State"), PhoneState.UNKNOWN)
    return found


def _watched(office: Office, pbx: str) -> dict[str, str]:
    return {
        (m.device or f"PJSIP/{m.extension}").replace("{extension}", m.extension): m.extension
        for m in office.managers.values()
        if m.pbx == pbx and m.device != "-"
    }
