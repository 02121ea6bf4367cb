"""One caller's channel in the simulated exchange: it rings legs, talks, and is hung up.

What a dialplan does with `Dial`, `Wait` and the hangup handler's variables. Everything that
happens comes through the call's mailbox, one thing after another; the caller's hang-up is looked
for in every wait and ends the call's way wherever it stands.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import count

from pbx_adapters.port import TrailItem
from pbx_adapters.simulator.clock import Mailbox, Timer, VirtualClock
from pbx_adapters.simulator.happenings import (
    CallerGoneError,
    Dialled,
    HandedOnError,
    Happening,
    PeerGoneError,
    SimLeg,
    What,
)
from pbx_adapters.simulator.phones import Phones
from pbx_adapters.simulator.scripts import Act, CallerScript
from router.calls import LegOutcome, MissedReason, TransferKind
from router.events import (
    AnyCallEvent,
    CallTransferred,
    LegAnswered,
    LegBegan,
    LegEnded,
    LegPickedUp,
    LegRang,
    LegTaken,
)
from router.facts import PhoneState
from router.office import Office
from router.plan import TargetKind

ANSWER_KEY_SECONDS = 5.0
"""How long a mobile is given to press 1, as in the dialplan."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """What all calls of one simulated PBX share."""

    key: str
    clock: VirtualClock
    phones: Phones
    report: Callable[[AnyCallEvent], None]
    office: Callable[[], Office]
    status: Callable[[str], str]


class LiveCall:
    """A caller's channel while it lives. `status` is the word of the last Dial."""

    def __init__(self, exchange: Exchange, caller: CallerScript, call_id: str) -> None:
        self.exchange = exchange
        self.caller = caller
        self.id = call_id
        self.began_at = exchange.clock.now
        self.mailbox: Mailbox[Happening] = Mailbox(exchange.clock)
        self.legs: list[SimLeg] = []
        self.trail: list[TrailItem] = []
        self.status = ""
        self.answered_by = ""
        self.confirmed = False
        self.talk_seconds = 0.0
        self.why: MissedReason | None = None
        self.rejected = False
        self.ended_at: datetime | None = None
        self.recorded = False
        self.paused = False
        self._turns = count(1)
        self._alarm: Timer | None = None

    @property
    def now(self) -> datetime:
        """The exchange's time."""
        return self.exchange.clock.now

    @property
    def second(self) -> int:
        """The exchange's time in whole seconds, as a dialplan counts."""
        return int(self.now.timestamp())

    def hang_up(self) -> None:
        """The caller hangs up."""
        self.mailbox.put(Happening(what=What.GONE))

    def take(self, extension: str, by: str) -> bool:
        """Somebody picks up what rings at `extension`; False when nothing rings there any more."""
        for leg in self.legs:
            rings = leg.open and leg.picked_up_at is None
            if rings and leg.dialled.number == extension:
                self.take_leg(leg, by)
                return True
        return False

    def take_leg(self, leg: SimLeg, by: str) -> None:
        """Somebody picks up what rings at a leg; whoever is later gets nothing."""
        self.mailbox.put(Happening(what=What.TAKEN, leg=leg, by=by))

    async def pause(self, seconds: float) -> None:
        """Let time pass."""
        turn = self._time_up_after(seconds)
        while True:
            happened = await self._next()
            if happened.what is What.TIME and happened.turn == turn:
                return

    async def ring(self, targets: Sequence[Dialled], seconds: float) -> str:
        """Ring targets together and return the word of the Dial; a talk is part of it.

        Raises when the call's way ends or turns here: the caller is gone, the talk is over, or the
        caller was handed on.
        """
        self.status = "CANCEL"
        legs = [self._dial(target) for target in targets]
        turn = self._time_up_after(seconds)
        try:
            answered = await self._first_answer(legs, turn)
        except CallerGoneError:
            self._end_all(legs, LegOutcome.CANCELLED)
            raise
        finally:
            self._silence_alarm()
        if answered is None:
            self.status = _word(legs)
            return self.status
        await self._talk(answered)
        return self.status

    async def _first_answer(self, legs: list[SimLeg], turn: int) -> SimLeg | None:
        while any(leg.open for leg in legs):
            happened = await self._next()
            if happened.what is What.TIME and happened.turn == turn:
                self._end_all(legs, LegOutcome.NO_ANSWER)
                return None
            leg = happened.leg
            if leg is None or leg not in legs or not leg.open:
                continue
            if happened.what is What.PICKED_UP:
                self._ask(leg)
            elif happened.what is What.REFUSED:
                self._end(leg, happened.outcome)
            elif happened.what is What.TAKEN:
                taken = self._taken(leg, happened.by)
                self._end_all(legs, LegOutcome.ELSEWHERE)
                return taken
            elif happened.what is What.ANSWERED:
                self._end_all([other for other in legs if other is not leg], LegOutcome.ELSEWHERE)
                return leg
        return None

    async def _talk(self, leg: SimLeg) -> None:
        began_at = leg.answered_at = self.now
        self.status = "ANSWER"
        self.answered_by = self.answered_by or leg.dialled.answerer
        self.confirmed = self.confirmed or leg.dialled.confirm
        self._report(LegAnswered, leg_id=leg.id)
        self._phone(leg, PhoneState.TALKING)
        if leg.talk_seconds is not None:
            asked = self.now - (leg.picked_up_at or self.now)
            self._later(leg, leg.talk_seconds - asked.total_seconds(), What.OVER)
        try:
            while not await self._is_over(leg):
                pass
        finally:
            self.talk_seconds = (self.now - began_at).total_seconds()
            self._end(leg, LegOutcome.ANSWERED)

    async def _is_over(self, leg: SimLeg) -> bool:
        happened = await self._next()
        if happened.what is not What.OVER or happened.leg is not leg:
            return False
        if not leg.transfer_to:
            raise PeerGoneError
        by, to = leg.dialled.number, leg.transfer_to
        self._report(CallTransferred, kind=TransferKind.BLIND, by=by, to=to)
        raise HandedOnError(by=by, to=to)

    async def _next(self) -> Happening:
        happened = await self.mailbox.take()
        if happened.what is What.GONE:
            raise CallerGoneError
        return happened

    # legs

    def _dial(self, dialled: Dialled) -> SimLeg:
        leg_id = f"{self.id}-{len(self.legs) + 1}"
        leg = SimLeg(id=leg_id, dialled=dialled)
        self.legs.append(leg)
        self._report(LegBegan, leg_id=leg.id, target=dialled.number)
        if dialled.kind is TargetKind.MOBILE:
            self._dial_mobile(leg)
        else:
            self._dial_phone(leg)
        return leg

    def _dial_phone(self, leg: SimLeg) -> None:
        phones, extension = self.exchange.phones, leg.dialled.number
        script, state = phones.script(extension), phones.state(extension)
        if state is PhoneState.UNREGISTERED:
            self._refuse(leg, 0, LegOutcome.UNREACHABLE)
            return
        if state is not PhoneState.FREE or script.act is Act.BUSY:
            self._refuse(leg, 0, LegOutcome.BUSY)
            return
        leg.talk_seconds, leg.transfer_to = script.talk_seconds, script.transfer_to
        self._rings(leg)
        self._phone(leg, PhoneState.RINGING)
        if script.act is Act.ANSWER:
            self._later(leg, script.after_seconds, What.ANSWERED)
        elif script.act is Act.DECLINE:
            self._refuse(leg, script.after_seconds, LegOutcome.DECLINED)

    def _dial_mobile(self, leg: SimLeg) -> None:
        in_use, line = self.exchange.phones.outgoing_in_use, leg.dialled.outgoing
        if in_use[line] >= leg.dialled.channels:
            self._refuse(leg, 0, LegOutcome.FAILED)
            return
        in_use[line] += 1
        script = self.exchange.phones.mobile(leg.dialled.number)
        if script.act is Act.BUSY:
            self._refuse(leg, 0, LegOutcome.BUSY)
            return
        leg.talk_seconds = script.talk_seconds
        self._rings(leg)
        in_time = script.after_seconds < leg.dialled.ring_seconds
        if script.act is Act.ANSWER and in_time:
            self._later(leg, script.after_seconds, What.PICKED_UP)
        elif script.act is Act.DECLINE and in_time:
            self._refuse(leg, script.after_seconds, LegOutcome.DECLINED)
        else:
            self._refuse(leg, leg.dialled.ring_seconds, LegOutcome.NO_ANSWER)

    def _rings(self, leg: SimLeg) -> None:
        leg.rang_at = self.now
        self._report(LegRang, leg_id=leg.id)

    def _ask(self, leg: SimLeg) -> None:
        """The mobile is off the hook and is asked to press 1."""
        leg.picked_up_at = self.now
        if not leg.dialled.confirm:
            self._later(leg, 0, What.ANSWERED)
            return
        self._report(LegPickedUp, leg_id=leg.id)
        script = self.exchange.phones.mobile(leg.dialled.number)
        pressed = bool(script.press) and script.press_after_seconds <= ANSWER_KEY_SECONDS
        if pressed and script.press.startswith("1"):
            self._later(leg, script.press_after_seconds, What.ANSWERED)
        else:
            seconds = script.press_after_seconds if pressed else ANSWER_KEY_SECONDS
            self._refuse(leg, seconds, LegOutcome.NOT_CONFIRMED)

    def _taken(self, leg: SimLeg, by: str) -> SimLeg:
        answerer = Dialled(kind=TargetKind.PHONE, who=f"/{by}", number=by, answerer=by)
        taken = SimLeg(id=f"{self.id}-{len(self.legs) + 1}", dialled=answerer)
        script = self.exchange.phones.script(by)
        taken.talk_seconds, taken.transfer_to = script.talk_seconds, script.transfer_to
        self.legs.append(taken)
        self._report(LegTaken, leg_id=leg.id, taken_leg_id=taken.id, by=by)
        self._end(leg, LegOutcome.ELSEWHERE, told=True)
        return taken

    def _end_all(self, legs: Sequence[SimLeg], outcome: LegOutcome) -> None:
        for leg in legs:
            unconfirmed = leg.picked_up_at is not None and outcome is LegOutcome.NO_ANSWER
            self._end(leg, LegOutcome.NOT_CONFIRMED if unconfirmed else outcome)

    def _end(self, leg: SimLeg, outcome: LegOutcome, *, told: bool = False) -> None:
        if not leg.open:
            return
        leg.open, leg.outcome, leg.ended_at = False, outcome, self.now
        for timer in leg.timers:
            timer.cancel()
        if leg.dialled.kind is TargetKind.MOBILE and outcome is not LegOutcome.FAILED:
            self.exchange.phones.outgoing_in_use[leg.dialled.outgoing] -= 1
        if not told:
            self._report(LegEnded, leg_id=leg.id, outcome=outcome)
        refused = (LegOutcome.BUSY, LegOutcome.UNREACHABLE)
        if leg.dialled.kind is TargetKind.PHONE and outcome not in refused:
            self.exchange.phones.release(leg.dialled.number)

    def _phone(self, leg: SimLeg, state: PhoneState) -> None:
        if leg.dialled.kind is TargetKind.PHONE:
            self.exchange.phones.put(leg.dialled.number, state)

    # time and reports

    def _time_up_after(self, seconds: float) -> int:
        turn = next(self._turns)
        self._silence_alarm()
        put = partial(self.mailbox.put, Happening(what=What.TIME, turn=turn))
        self._alarm = self.exchange.clock.later(seconds, put)
        return turn

    def _silence_alarm(self) -> None:
        if self._alarm:
            self._alarm.cancel()

    def _later(self, leg: SimLeg, seconds: float, what: What) -> None:
        happening = Happening(what=what, leg=leg)
        put = partial(self.mailbox.put, happening)
        leg.timers.append(self.exchange.clock.later(seconds, put))

    def _refuse(self, leg: SimLeg, seconds: float, outcome: LegOutcome) -> None:
        happening = Happening(what=What.REFUSED, leg=leg, outcome=outcome)
        put = partial(self.mailbox.put, happening)
        leg.timers.append(self.exchange.clock.later(seconds, put))

    def _report(self, event: Callable[..., AnyCallEvent], **about: object) -> None:
        key, at = self.exchange.key, self.now
        self.exchange.report(event(pbx=key, call_id=self.id, at=at, **about))


def _word(legs: Sequence[SimLeg]) -> str:
    """The dialplan's word for a Dial in which nobody answered."""
    outcomes = {leg.outcome for leg in legs}
    if outcomes & {LegOutcome.NO_ANSWER, LegOutcome.DECLINED} or not legs:
        return "NOANSWER"
    if outcomes & {LegOutcome.BUSY, LegOutcome.NOT_CONFIRMED}:
        return "BUSY"
    return "CONGESTION" if LegOutcome.FAILED in outcomes else "CHANUNAVAIL"
