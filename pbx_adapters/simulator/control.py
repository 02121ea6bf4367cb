"""The commands of `LiveControl` in the simulated exchange.

Rules: a phone that a command rings follows its script as any other; time is the virtual clock's, so
a command's answer comes when that time has come. Who takes a call gets whatever leg rings when his
phone is picked up, as in the dialplan. Handing on after asking is not simulated: it is refused.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping

from pbx_adapters.port import (
    HangUp,
    Outcome,
    PauseRecording,
    PlaceCall,
    TakeCall,
    TransferCall,
)
from pbx_adapters.simulator.happenings import Happening, SimLeg, What
from pbx_adapters.simulator.live_call import Exchange, LiveCall
from pbx_adapters.simulator.outbound import PlacedCall
from pbx_adapters.simulator.scripts import Act
from router.calls import LegOutcome
from router.facts import PhoneState

LOOK_SECONDS = 0.25
TRIES = 16


class SimulatedControl:
    """Keeps `pbx_adapters.port.LiveControl`. `exchange` and `live` are the PBX's own."""

    def __init__(self, exchange: Callable[[], Exchange], live: Mapping[str, LiveCall]) -> None:
        self._exchange = exchange
        self._live = live
        self._placed: dict[str, PlacedCall] = {}

    async def take(self, command: TakeCall) -> Outcome:
        """Ring the taker's phone; picked up, it gets whatever leg of the call rings then."""
        taking = _Taking(command, self._exchange(), self._live)
        taking.ring()
        return await taking.done

    async def place(self, command: PlaceCall) -> Outcome:
        """Ring the manager's phone; picked up, the client is dialled."""
        placed = PlacedCall(command, self._exchange(), self._placed.pop)
        self._placed[command.id] = placed
        placed.ring()
        return await placed.done

    async def hang_up(self, command: HangUp) -> Outcome:
        """Hang up a caller, a call that we placed, or one leg."""
        if call := self._live.get(command.channel_id):
            call.hang_up()
            return Outcome.DONE
        if placed := self._placed.get(command.channel_id):
            placed.hang_up()
            return Outcome.DONE
        for call in self._live.values():
            for leg in call.legs:
                if leg.id == command.channel_id and leg.open:
                    call.mailbox.put(_ended(leg))
                    return Outcome.DONE
        return Outcome.REFUSED

    async def transfer(self, command: TransferCall) -> Outcome:
        """Hand a client on without asking."""
        call = self._live.get(command.call_id)
        legs = call.legs if call else []
        leg = next((x for x in legs if x.id == command.leg_id and x.open and x.answered_at), None)
        if call is None or leg is None or command.ask:
            return Outcome.REFUSED
        leg.transfer_to = command.to
        call.mailbox.put(Happening(what=What.OVER, leg=leg))
        return Outcome.DONE

    async def pause_recording(self, command: PauseRecording) -> Outcome:
        """Note that a recorded call is paused, or goes on; there is no sound to write."""
        call = self._live.get(command.call_id)
        if call is None or not call.recorded:
            return Outcome.NOT_RECORDED
        call.paused = command.paused
        return Outcome.DONE


def _ended(leg: SimLeg) -> Happening:
    """A leg is hung up: its talk is over, or it rings no more."""
    if leg.answered_at is None:
        return Happening(what=What.REFUSED, leg=leg, outcome=LegOutcome.NO_ANSWER)
    leg.transfer_to = ""
    return Happening(what=What.OVER, leg=leg)


class _Taking:
    """One phone on its way to a call that rings elsewhere."""

    def __init__(self, command: TakeCall, exchange: Exchange, live: Mapping[str, LiveCall]) -> None:
        self.done: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
        self._extension = command.phone.extension
        self._call_id = command.call_id
        self._seconds = float(command.ring_seconds)
        self._exchange = exchange
        self._live = live
        self._rung = 0.0
        self._tries = 0

    def ring(self) -> None:
        """Ring the phone, unless it cannot be rung."""
        phones = self._exchange.phones
        state = phones.state(self._extension)
        if state is PhoneState.UNREGISTERED:
            self.done.set_result(Outcome.PHONE_UNREACHABLE)
        elif state is not PhoneState.FREE or phones.script(self._extension).act is Act.BUSY:
            self.done.set_result(Outcome.PHONE_BUSY)
        else:
            phones.put(self._extension, PhoneState.RINGING)
            self._look()

    def _look(self) -> None:
        """Ring on, until the phone does what its script says or the call is lost to it."""
        script = self._exchange.phones.script(self._extension)
        acts = script.act in {Act.ANSWER, Act.DECLINE}
        until = min(script.after_seconds, self._seconds) if acts else self._seconds
        if lost := self._lost():
            self._end(lost)
        elif self._rung < until:
            step = min(LOOK_SECONDS, until - self._rung)
            self._rung += step
            self._exchange.clock.later(step, self._look)
        elif not acts or script.after_seconds > self._seconds:
            self._end(Outcome.PHONE_NO_ANSWER)
        elif script.act is Act.DECLINE:
            self._end(Outcome.PHONE_DECLINED)
        else:
            self._pick_up()

    def _pick_up(self) -> None:
        if lost := self._lost():
            self._end(lost)
            return
        call = self._live[self._call_id]
        rings = [leg for leg in call.legs if leg.open and leg.answered_at is None]
        self._tries += 1
        if rings:
            call.take_leg(rings[0], self._extension)
            self._exchange.clock.later(0, self._has_it)
        elif self._tries > TRIES:
            self._end(Outcome.NOBODY_RINGS)
        else:
            self._exchange.clock.later(LOOK_SECONDS, self._pick_up)

    def _has_it(self) -> None:
        """Whether he was the first: the call itself knows who talks."""
        call = self._live.get(self._call_id)
        mine = call and any(
            leg.open and leg.answered_at and leg.dialled.number == self._extension
            for leg in call.legs
        )
        if mine:
            self.done.set_result(Outcome.TAKEN)
        else:
            self._pick_up()

    def _lost(self) -> Outcome | None:
        call = self._live.get(self._call_id)
        if call is None:
            return Outcome.CALLER_LEFT
        return Outcome.TAKEN_BEFORE if call.status == "ANSWER" else None

    def _end(self, outcome: Outcome) -> None:
        self._exchange.phones.release(self._extension)
        self.done.set_result(outcome)
