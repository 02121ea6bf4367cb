"""Recording while a call lives: what the dialplan told, what it could not see, and pauses.

Rules:
- the dialplan records by itself, with or without us; what it writes stands in `DZ_PARTS` of the
  outside party's channel, and that is the only truth: it is asked for, never remembered;
- a colleague who comes in by an attended transfer made on the phones was dialled by a dialplan that
  is not ours: his own voice is recorded from here, as soon as he talks with the outside party;
- a pause mutes what is being written: time goes on in every file as silence, so that the parts
  still fit together (stopping and starting again would make new files and gaps). A leg that begins
  in a pause is recorded from the resumption on;
- nothing raises, and a command is sent once.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from datetime import datetime

import structlog

from pbx_adapters.asterisk.ami import AmiLink
from pbx_adapters.asterisk.control_actions import Action, known_channel
from pbx_adapters.asterisk.sound_names import (
    channels_of,
    leg_mark,
    parts_of,
    sound_name,
    trunk_of,
)
from pbx_adapters.errors import CommandRefused, CommandRejected, PbxError, PbxUnavailable
from pbx_adapters.port import Outcome, PauseRecording, RecordingBegan
from router.calls import TransferKind
from router.events import AnyCallEvent, CallEnded, CallTransferred, LegAnswered

_SAFE_PATH = re.compile(r"/[0-9A-Za-z/_. -]{1,300}\Z")
_LATE_WAITING = 1_000

Told = Callable[[RecordingBegan], Awaitable[None]]

log = structlog.get_logger()


class Sound:
    """The recordings of one Asterisk's living calls. `told` hears of every file that begins.

    `link` is the one for calls. To begin a file from outside the dialplan Asterisk wants the right
    `system`, because the action may run a command: that goes over the `journal` link.
    """

    def __init__(
        self,
        link: AmiLink,
        journal: AmiLink,
        pbx: str,
        *,
        now: Callable[[], datetime],
        told: Told | None = None,
    ) -> None:
        self._link = link
        self._journal = journal
        self._pbx = pbx
        self._now = now
        self._told = told
        self._talker: dict[str, str] = {}
        self._handed: set[str] = set()
        self._paused: dict[str, str] = {}
        self._late: asyncio.Queue[tuple[str, str]] = asyncio.Queue(_LATE_WAITING)

    async def began(self, call_id: str, text: str) -> None:
        """The dialplan began to write files."""
        parts = parts_of(call_id, text)
        if parts and self._told:
            about = {"pbx": self._pbx, "call_id": call_id, "trunk": trunk_of(text)}
            await self._told(RecordingBegan(**about, parts=parts))

    def happened(self, event: AnyCallEvent) -> None:
        """Take note of who talks; never blocks."""
        call_id = event.call_id
        if isinstance(event, LegAnswered):
            self._talker[call_id] = event.leg_id
            if call_id in self._paused:
                self._paused[call_id] = event.leg_id
            elif call_id in self._handed:
                self._look_at(call_id, event.leg_id)
        elif isinstance(event, CallTransferred) and event.kind is TransferKind.ATTENDED:
            if call_id in self._talker:
                self._handed.add(call_id)
                self._look_at(call_id, self._talker[call_id])
        elif isinstance(event, CallEnded):
            self._handed.discard(call_id)
            self._paused.pop(call_id, None)
            self._talker.pop(call_id, None)

    def _look_at(self, call_id: str, leg_id: str) -> None:
        if leg_id and not self._late.full():
            self._late.put_nowait((call_id, leg_id))

    async def keep(self) -> None:
        """Record whoever came in where the dialplan did not see it; lives until cancelled."""
        while True:
            await self.keep_next()

    async def keep_next(self) -> None:
        """Record the next one who came in; waits for him."""
        call_id, leg_id = await self._late.get()
        try:
            await self._record_leg(call_id, leg_id)
        except PbxError as trouble:
            log.warning("a leg is not recorded", call=call_id, leg=leg_id, why=str(trouble))

    async def _record_leg(self, call_id: str, leg_id: str) -> None:
        parts = await self._variable(call_id, "DZ_PARTS")
        start = await self._variable(call_id, "DZ_SOUND")
        if not parts or leg_id in channels_of(call_id, parts) or not _SAFE_PATH.match(start):
            return
        if await self._variable(call_id, "DZ_PAUSED"):
            return
        path = f"{start}-{sound_name(leg_id)}.wav"
        leg = known_channel(leg_id)
        await self._journal.send({"Action": "MixMonitor", "Channel": leg, "Options": f"r({path})"})
        mark = leg_mark(leg_id, self._now())
        await self._link.send(_set(call_id, "DZ_PARTS", f"{parts}+{mark}"))
        await self.began(call_id, mark)

    async def pause(self, command: PauseRecording) -> Outcome:
        """Mute every file of a call, or let it be heard again."""
        try:
            return await self._pause(known_channel(command.call_id), paused=command.paused)
        except CommandRejected:
            return Outcome.REJECTED
        except PbxUnavailable:
            return Outcome.NO_LINK
        except CommandRefused:
            return Outcome.REFUSED
        except PbxError as trouble:
            log.warning("a pause may not have been made", call=command.call_id, why=str(trouble))
            return Outcome.UNKNOWN

    async def _pause(self, call_id: str, *, paused: bool) -> Outcome:
        if not await self._variable(call_id, "DZ_PARTS"):
            return Outcome.NOT_RECORDED
        await self._link.send(_set(call_id, "DZ_PAUSED", "1" if paused else ""))
        channels = channels_of(call_id, await self._variable(call_id, "DZ_PARTS"))
        muted = [await self._mute(channel, muted=paused) for channel in channels]
        if paused:
            self._paused.setdefault(call_id, "")
        else:
            self._look_at(call_id, self._paused.pop(call_id, ""))
        return Outcome.DONE if muted[0] else Outcome.REFUSED

    async def _mute(self, channel: str, *, muted: bool) -> bool:
        """Mute one channel's files; a leg that has hung up is none to be muted."""
        try:
            await self._link.send(
                {
                    "Action": "MixMonitorMute",
                    "Channel": known_channel(channel),
                    "Direction": "both",
                    "State": "1" if muted else "0",
                }
            )
        except CommandRefused:
            return False
        return True

    async def _variable(self, channel: str, name: str) -> str:
        """A channel's variable; "" where there is no such channel or variable."""
        action: Action = {
            "Action": "Getvar",
            "Channel": known_channel(channel),
            "Variable": name,
        }
        try:
            return (await self._link.send(action)).get("Value")
        except CommandRefused:
            return ""


def _set(channel: str, name: str, value: str) -> Action:
    return {"Action": "Setvar", "Channel": channel, "Variable": name, "Value": value}
