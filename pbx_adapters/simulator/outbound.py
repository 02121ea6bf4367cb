"""A call that we place in the simulated exchange: the manager's phone, then the client's.

Both follow their scripts; an outside number without a script lets it ring. The call is named by the
command that placed it. Its events are those that a real exchange gives rise to.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from pbx_adapters.port import Outcome, PlaceCall
from pbx_adapters.simulator.clock import Timer
from pbx_adapters.simulator.live_call import Exchange
from pbx_adapters.simulator.scripts import Act, MobileScript, PhoneScript
from router.calls import Direction, LegOutcome
from router.events import (
    AnyCallEvent,
    CallBegan,
    CallEnded,
    LegAnswered,
    LegBegan,
    LegEnded,
    LegPickedUp,
    LegRang,
)
from router.facts import PhoneState

_CAUSES = {
    LegOutcome.BUSY: 17,
    LegOutcome.NO_ANSWER: 19,
    LegOutcome.DECLINED: 21,
    LegOutcome.UNREACHABLE: 20,
}
_OF_PHONE = {
    LegOutcome.BUSY: Outcome.PHONE_BUSY,
    LegOutcome.NO_ANSWER: Outcome.PHONE_NO_ANSWER,
    LegOutcome.DECLINED: Outcome.PHONE_DECLINED,
    LegOutcome.UNREACHABLE: Outcome.PHONE_UNREACHABLE,
}
_OF_CLIENT = {
    LegOutcome.BUSY: Outcome.CLIENT_BUSY,
    LegOutcome.NO_ANSWER: Outcome.CLIENT_NO_ANSWER,
    LegOutcome.DECLINED: Outcome.CLIENT_DECLINED,
}


class PlacedCall:
    """One call that we placed. `over` is told its id at the end."""

    def __init__(
        self, command: PlaceCall, exchange: Exchange, over: Callable[[str], object]
    ) -> None:
        self.done: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
        self._command = command
        self._exchange = exchange
        self._over = over
        self._phone_leg = f"{command.id}-1"
        self._client_leg = f"{command.id}-2"
        self._open: list[str] = []
        self._timer: Timer | None = None
        self._talking = False

    def ring(self) -> None:
        """Ring the manager's phone."""
        extension, phones = self._command.phone.extension, self._exchange.phones
        self._report(
            CallBegan,
            linked_id=self._command.id,
            direction=Direction.OUTBOUND,
            caller=extension,
            caller_name="",
            line=self._command.number,
        )
        self._dial(self._phone_leg, extension)
        script, state = phones.script(extension), phones.state(extension)
        if state is PhoneState.UNREGISTERED:
            self._failed(self._phone_leg, LegOutcome.UNREACHABLE)
        elif state is not PhoneState.FREE or script.act is Act.BUSY:
            self._failed(self._phone_leg, LegOutcome.BUSY)
        else:
            phones.put(extension, PhoneState.RINGING)
            self._report(LegRang, leg_id=self._phone_leg)
            self._wait(self._phone_leg, script, self._command.ring_seconds, self._picked_up)

    def hang_up(self) -> None:
        """Somebody hangs up, at whatever stage."""
        if self._timer:
            self._timer.cancel()
        self._end(LegOutcome.ANSWERED if self._talking else LegOutcome.CANCELLED, 16)
        if not self.done.done():
            self.done.set_result(Outcome.HUNG_UP)

    def _wait(
        self,
        leg: str,
        script: PhoneScript | MobileScript,
        seconds: float,
        answered: Callable[[], None],
    ) -> None:
        """Let a script decide; whoever does nothing in time has not answered."""
        acts = script.act in {Act.ANSWER, Act.DECLINE} and script.after_seconds <= seconds
        if acts and script.act is Act.ANSWER:
            self._timer = self._exchange.clock.later(script.after_seconds, answered)
            return
        outcome = LegOutcome.DECLINED if acts else LegOutcome.NO_ANSWER
        after = script.after_seconds if acts else seconds
        self._timer = self._exchange.clock.later(after, lambda: self._failed(leg, outcome))

    def _picked_up(self) -> None:
        """The manager's phone is off the hook: dial the client."""
        self._exchange.phones.put(self._command.phone.extension, PhoneState.TALKING)
        self._report(LegPickedUp, leg_id=self._phone_leg)
        number = self._command.number
        self._dial(self._client_leg, number)
        script = self._exchange.phones.mobile(number.removeprefix("+"))
        if script.act is Act.BUSY:
            self._failed(self._client_leg, LegOutcome.BUSY)
            return
        self._report(LegRang, leg_id=self._client_leg)
        self._wait(self._client_leg, script, self._command.client_seconds, self._answered)

    def _answered(self) -> None:
        self._talking = True
        for leg in self._open:
            self._report(LegAnswered, leg_id=leg)
        self.done.set_result(Outcome.TALKING)
        script = self._exchange.phones.mobile(self._command.number.removeprefix("+"))
        if script.talk_seconds is not None:
            self._timer = self._exchange.clock.later(script.talk_seconds, self.hang_up)

    def _failed(self, leg: str, outcome: LegOutcome) -> None:
        """One of the two was not reached."""
        outcomes = _OF_PHONE if leg == self._phone_leg else _OF_CLIENT
        if leg == self._client_leg:
            self._report(LegEnded, leg_id=leg, outcome=outcome)
            self._open.remove(leg)
            self._end(LegOutcome.ANSWERED, _CAUSES[outcome])
        else:
            self._end(outcome, _CAUSES[outcome])
        self.done.set_result(outcomes[outcome])

    def _dial(self, leg: str, target: str) -> None:
        self._open.append(leg)
        self._report(LegBegan, leg_id=leg, target=target)

    def _end(self, outcome: LegOutcome, cause: int) -> None:
        for leg in self._open:
            self._report(LegEnded, leg_id=leg, outcome=outcome)
        self._open.clear()
        extension, phones = self._command.phone.extension, self._exchange.phones
        if outcome not in {LegOutcome.BUSY, LegOutcome.UNREACHABLE}:
            phones.release(extension)
        self._report(CallEnded, cause=cause)
        self._over(self._command.id)

    def _report(self, event: Callable[..., AnyCallEvent], **about: object) -> None:
        key, at = self._exchange.key, self._exchange.clock.now
        self._exchange.report(event(pbx=key, call_id=self._command.id, at=at, **about))
