"""Live control of one Asterisk: commands out, and their outcome read from its events.

Rules:
- a command is written to the link once, or not at all (invariant *no_replay*): without a link it is
  `NO_LINK`, and a link that breaks afterwards leaves it `UNKNOWN`;
- a phone of ours is rung by Originate with an id that we chose; everything that follows is done by
  the dialplan in Asterisk, so that a command goes on when we die;
- a command that lost its sense (the caller left, another has him) stops ringing the phone, but
  never hangs up one that was picked up: it might have the caller all the same;
- nothing raises: what goes wrong is an outcome.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

import structlog

from pbx_adapters.asterisk import control_actions as actions
from pbx_adapters.asterisk.ami import LINK_DOWN, AmiLink
from pbx_adapters.asterisk.control_watch import PhoneWatch, PlaceWatch, TakeWatch
from pbx_adapters.asterisk.frames import Frame
from pbx_adapters.asterisk.sound import Sound
from pbx_adapters.errors import (
    CommandRefused,
    CommandRejected,
    OutcomeUnknown,
    PbxError,
    PbxUnavailable,
)
from pbx_adapters.port import (
    HangUp,
    Outcome,
    PauseRecording,
    PlaceCall,
    TakeCall,
    TransferCall,
)

GRACE_SECONDS = 6.0
"""What a command may take beyond the ringing it asks for: the tries to pick up, and the way."""

LATE_EVENTS_SECONDS = 0.3
"""How long the events of a phone's channel may come after the word that it was not picked up."""

log = structlog.get_logger()


@dataclass(slots=True, eq=False)
class _Attempt:
    watch: PhoneWatch
    done: asyncio.Future[Outcome]

    def settle(self) -> None:
        """Give up waiting for a channel's events: there was no channel."""
        if self.watch.unexplained and not self.done.done():
            self.done.set_result(self.watch.at_last())


class AsteriskControl:
    """Keeps `pbx_adapters.port.LiveControl`. `note` must be given every frame of the link."""

    def __init__(self, link: AmiLink, pbx: str, sound: Sound) -> None:
        self._link = link
        self._sound = sound
        self._pbx = pbx
        self._attempts: set[_Attempt] = set()

    def note(self, frame: Frame) -> None:
        """Take note of an event; never blocks."""
        for attempt in self._attempts:
            if not attempt.done.done():
                found = Outcome.UNKNOWN if frame == LINK_DOWN else attempt.watch.read(frame)
                if found:
                    attempt.done.set_result(found)
                elif attempt.watch.unexplained:
                    loop = asyncio.get_running_loop()
                    loop.call_later(LATE_EVENTS_SECONDS, attempt.settle)

    async def take(self, command: TakeCall) -> Outcome:
        """Ring the taker's phone; picked up, it gets whatever leg of the call rings then."""
        try:
            action = actions.take(command)
        except CommandRejected as rejected:
            return self._rejected("take", rejected)
        watch = TakeWatch(channel_id=str(action["ChannelId"]), call_id=command.call_id)
        outcome = await self._watched(action, watch, command.ring_seconds)
        lost = outcome in {Outcome.TAKEN_BEFORE, Outcome.CALLER_LEFT}
        if lost and not (watch.up or watch.gone):  # once picked up the dialplan sees to it
            await self._tell(actions.stop_ringing(watch.channel_id))
        return outcome

    async def place(self, command: PlaceCall) -> Outcome:
        """Ring the manager's phone; picked up, the client is dialled."""
        try:
            action = actions.place(command)
        except CommandRejected as rejected:
            return self._rejected("place", rejected)
        watch = PlaceWatch(channel_id=str(action["ChannelId"]))
        return await self._watched(action, watch, command.ring_seconds + command.client_seconds)

    async def hang_up(self, command: HangUp) -> Outcome:
        """Hang up one channel."""
        try:
            return await self._tell(actions.hang_up(command))
        except CommandRejected as rejected:
            return self._rejected("hang up", rejected)

    async def transfer(self, command: TransferCall) -> Outcome:
        """Hand a client on."""
        try:
            steps = actions.transfer(command)
        except CommandRejected as rejected:
            return self._rejected("transfer", rejected)
        outcome = Outcome.DONE
        for action in steps:
            outcome = await self._tell(action)
            if outcome is not Outcome.DONE:
                break
        return outcome

    async def pause_recording(self, command: PauseRecording) -> Outcome:
        """Mute every file of a call, or let it be heard again."""
        return await self._sound.pause(command)

    async def _watched(self, action: actions.Action, watch: PhoneWatch, seconds: int) -> Outcome:
        attempt = _Attempt(watch, asyncio.get_running_loop().create_future())
        self._attempts.add(attempt)
        try:
            sent = await self._tell(action)
            if sent is not Outcome.DONE:
                return sent
            await asyncio.wait({attempt.done}, timeout=seconds + GRACE_SECONDS)
            return attempt.done.result() if attempt.done.done() else Outcome.UNKNOWN
        finally:
            self._attempts.discard(attempt)

    async def _tell(self, action: actions.Action) -> Outcome:
        """Send an action once."""
        name = str(action["Action"])
        try:
            await self._link.send(action)
        except CommandRejected as rejected:
            return self._rejected(name, rejected)
        except PbxUnavailable:
            return Outcome.NO_LINK
        except CommandRefused as refused:
            log.warning("the exchange refuses a command", pbx=self._pbx, because=str(refused))
            return Outcome.REFUSED
        except OutcomeUnknown as unknown:
            log.warning("a command's end is not known", pbx=self._pbx, because=str(unknown))
            return Outcome.UNKNOWN
        except PbxError as trouble:
            log.warning("a command failed", pbx=self._pbx, because=str(trouble))
            return Outcome.UNKNOWN
        return Outcome.DONE

    def _rejected(self, command: str, why: CommandRejected) -> Outcome:
        log.warning("a command was not sent", pbx=self._pbx, command=command, because=str(why))
        return Outcome.REJECTED
