"""What people do with calls while they live: take one over, place one, hang up, hand on.

Rules:
- who gives a command is an argument, a manager's key; whether he may is judged in `control_rights`;
- nothing raises: every answer is an `Outcome` of the PBX or a `Refusal` of ours, with a sentence;
- nothing is sent twice: while a command of one person about one thing is under way, and for
  `AGAIN_SECONDS` after it was given, the same command is answered by `UNDER_WAY`;
- a command goes on when whoever gave it stops waiting for the answer.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from pbx_adapters.port import (
    PLACE_PREFIX,
    TAKE_PREFIX,
    HangUp,
    LiveControl,
    Outcome,
    OwnPhone,
    PauseRecording,
    TakeCall,
    TransferCall,
)
from router.calls import Call, CallState, Direction, TransferKind
from router.candidates import phone_of
from router.events import CallTransferred
from router.facts import PhoneState
from router.office import Manager
from switchboard import control_rights as rights
from switchboard.board import Board
from switchboard.control_texts import Answer, Refusal, sentence
from switchboard.desk import manager_at
from switchboard.news import CallMoved
from switchboard.placing import Places

AGAIN_SECONDS = 5.0
WINNER_SECONDS = 1.0
"""How long the name of whoever was faster is waited for: it comes right behind the outcome."""

Key = tuple[str, str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """The answer to a command. `about` fills the sentence; `id` is the command's own."""

    answer: Answer
    about: Mapping[str, str] = field(default_factory=dict)
    id: str = ""

    @property
    def well(self) -> bool:
        """Whether it did what was wanted."""
        return self.answer in {Outcome.DONE, Outcome.TAKEN, Outcome.TALKING}

    def sentence(self, language: str) -> str:
        """The answer for a person, in Russian or English."""
        return sentence(self.answer, self.about, language)


class Control:
    """The use cases.

    `token` makes what is unique in the id of a command; `ring_seconds` is how long the phone of
    whoever gave it rings.
    """

    def __init__(
        self, board: Board, *, token: Callable[[], str] | None = None, ring_seconds: int = 15
    ) -> None:
        self._board = board
        self._ring_seconds = ring_seconds
        self._token = token or _token
        self._given: dict[Key, datetime] = {}
        self._running: set[Key] = set()

    async def intercept(self, call_id: str, by: str) -> Told:
        """Let `by` take over a call that rings elsewhere; returns when it is known who has it."""
        found = self._person_and_call(by, call_id)
        if isinstance(found, Told):
            return found
        manager, call, control = found
        if refused := self._may_not_take(manager, call):
            return refused
        return await self._once(("take", by, call.id), lambda: self._take(manager, call, control))

    async def place(self, number: str, by: str, *, client: str = "") -> Told:
        """Call a client for `by`: first his own phone rings, then the client's.

        `client`: the key of whom he means, where several have the number.
        """
        manager = self._board.office().managers.get(by)
        if manager is None:
            return Told(answer=Refusal.NO_SUCH_PERSON, about={"who": by})
        control = self._board.control_of(manager.pbx)
        if control is None:
            return Told(answer=Refusal.NO_COMMANDS)
        places = Places(self._board)
        wanted = places.wanted(number, manager, client=client)
        if isinstance(wanted, Refusal):
            shown = "".join(c for c in number[:40] if c.isprintable())
            about = {"number": shown, "line": places.line_name(manager)}
            return Told(answer=wanted, about=about)
        if again := self._again(key := ("place", by, wanted.e164)):
            return again
        if trouble := self._phone_trouble(manager):
            return Told(answer=trouble)

        async def work() -> Told:
            command = await places.command(
                wanted, manager, self._new_id(PLACE_PREFIX), self._ring_seconds
            )
            return Told(answer=await places.carry_out(command, control), id=command.id)

        return await self._once(key, work)

    async def hang_up(self, call_id: str, by: str, *, leg_id: str = "") -> Told:
        """End a call, or one leg of it."""
        found = self._person_and_call(by, call_id)
        if isinstance(found, Told):
            return found
        manager, call, control = found
        department = self.department_of(call)
        if not rights.may_hang_up(self._board.office(), manager, call, department):
            return Told(answer=Refusal.NOT_ALLOWED)
        living = {leg.id for leg in call.legs if not leg.ended_at} | {call.id}
        if leg_id and leg_id not in living:
            return Told(answer=Refusal.NO_SUCH_LEG)
        return Told(answer=await control.hang_up(HangUp(channel_id=leg_id or call.id)))

    async def pause_recording(self, call_id: str, by: str, *, paused: bool) -> Told:
        """Record silence while card data is read out, or sound again."""
        found = self._person_and_call(by, call_id)
        if isinstance(found, Told):
            return found
        manager, call, control = found
        department = self.department_of(call)
        if not rights.may_pause(self._board.office(), manager, call, department):
            return Told(answer=Refusal.NOT_ALLOWED)
        command = PauseRecording(call_id=call.id, paused=paused)
        return Told(answer=await control.pause_recording(command))

    async def transfer(self, call_id: str, to: str, by: str, *, ask: bool = False) -> Told:
        """Hand a client on to a manager `to`; with `ask` they talk first."""
        found = self._person_and_call(by, call_id)
        if isinstance(found, Told):
            return found
        manager, call, control = found
        leg = rights.talking_leg(call, manager)
        if leg is None:
            return Told(answer=Refusal.NOBODY_TALKS)
        office = self._board.office()
        head = not ask and rights.is_head(office, manager, self.department_of(call))
        if not (rights.is_his(manager, call, leg) or head):
            return Told(answer=Refusal.NOT_ALLOWED)
        target = office.managers.get(to)
        if target is None or target.pbx != call.pbx or target.extension == leg.target:
            return Told(answer=Refusal.NO_SUCH_TARGET, about={"who": target.name if target else to})
        if trouble := self._target_trouble(target):
            return Told(answer=trouble, about={"who": target.name})
        command = TransferCall(
            call_id=call.id, leg_id=leg.id, by=leg.target, to=target.extension, ask=ask
        )
        return await self._once(
            ("transfer", by, call.id), lambda: self._hand_on(command, call, control)
        )

    def department_of(self, call: Call) -> str:
        """Whose call it is: the decision's, else the line's, else the default department."""
        made = self._board.live.decision_of(call.id)
        if made and made.decision.department:
            return made.decision.department
        office = self._board.office()
        dialled = call.line.removeprefix("+")[-10:]
        for line in office.lines.values():
            if line.number.removeprefix("+")[-10:] == dialled:
                return line.department
        for manager in office.managers.values():
            if manager.extension == call.caller and manager.pbx == call.pbx:
                return manager.department
        return office.default_department

    # -- taking ---------------------------------------------------------------------------------

    def _may_not_take(self, manager: Manager, call: Call) -> Told | None:
        if call.direction is not Direction.INBOUND:
            return Told(answer=Refusal.NOT_INBOUND)
        if not rights.may_take(self._board.office(), manager, self.department_of(call)):
            return Told(answer=Refusal.NOT_ALLOWED)
        if call.state is CallState.ENDED:
            return Told(answer=Outcome.CALLER_LEFT)
        if call.state in {CallState.TALKING, CallState.HELD}:
            return self._taken_before(call)
        trouble = self._taker_trouble(manager, call)
        return Told(answer=trouble) if trouble else None

    def _taker_trouble(self, manager: Manager, call: Call) -> Answer | None:
        if rights.rings_at(manager, call):
            return Refusal.RINGS_AT_YOU
        if manager.pbx != call.pbx:
            return Refusal.OTHER_PBX
        return self._phone_trouble(manager)

    async def _take(self, manager: Manager, call: Call, control: LiveControl) -> Told:
        made = self._board.live.decision_of(call.id)
        name = made.decision.client_name if made else ""
        command = TakeCall(
            id=self._new_id(TAKE_PREFIX),
            call_id=call.id,
            phone=own_phone(manager),
            caller=call.caller,
            caller_name=name or call.caller_name,
            ring_seconds=self._ring_seconds,
        )
        outcome = await control.take(command)
        if outcome is Outcome.TAKEN_BEFORE:
            return self._taken_before(await self._answered(call))
        return Told(answer=outcome, id=command.id)

    async def _answered(self, call: Call) -> Call:
        """The call as soon as it is known who has it."""
        live = self._board.live
        with self._board.news.listening() as news, suppress(TimeoutError):
            if (now := live.get(call.id)) and now.answered_by:
                return now
            async with asyncio.timeout(WINNER_SECONDS):
                async for item in news:
                    if isinstance(item, CallMoved) and item.call.id == call.id:
                        call = item.call
                        if call.answered_by:
                            break
        return call

    def _taken_before(self, call: Call) -> Told:
        who = call.answered_by or ""
        found, _ = manager_at(self._board.office(), call.pbx, who)
        name = found.name if found else who
        return Told(answer=Outcome.TAKEN_BEFORE, about={"who": name} if name else {})

    # -- handing on -----------------------------------------------------------------------------

    async def _hand_on(self, command: TransferCall, call: Call, control: LiveControl) -> Told:
        outcome = await control.transfer(command)
        if command.ask and outcome is Outcome.DONE:  # of a blind one the PBX itself tells
            await self._board.happened(
                CallTransferred(
                    pbx=call.pbx,
                    call_id=call.id,
                    at=self._board.now,
                    kind=TransferKind.ATTENDED,
                    by=command.by,
                    to=command.to,
                )
            )
        return Told(answer=outcome)

    def _target_trouble(self, target: Manager) -> Refusal | None:
        match self._phone_state(target):
            case PhoneState.TALKING:
                return Refusal.TARGET_BUSY
            case PhoneState.UNREGISTERED:
                return Refusal.TARGET_UNREACHABLE
        return None

    # -- common ---------------------------------------------------------------------------------

    def _person_and_call(self, by: str, call_id: str) -> tuple[Manager, Call, LiveControl] | Told:
        manager = self._board.office().managers.get(by)
        if manager is None:
            return Told(answer=Refusal.NO_SUCH_PERSON, about={"who": by})
        call = self._board.live.get(call_id)
        if call is None:
            return Told(answer=Refusal.NO_SUCH_CALL)
        control = self._board.control_of(call.pbx)
        if control is None:
            return Told(answer=Refusal.NO_COMMANDS)
        return manager, call, control

    def _phone_state(self, manager: Manager) -> PhoneState:
        return self._board.presence.of(self._board.office())[manager.key].phone

    def _phone_trouble(self, manager: Manager) -> Answer | None:
        match self._phone_state(manager):
            case PhoneState.TALKING:
                return Refusal.YOU_TALK
            case PhoneState.UNREGISTERED:
                return Outcome.PHONE_UNREACHABLE
        return None

    def _new_id(self, prefix: str) -> str:
        return f"{prefix}{int(self._board.now.timestamp())}.{self._token()}"

    def _again(self, key: Key) -> Told | None:
        """The answer to the same command given again too soon."""
        since = self._board.now - timedelta(seconds=AGAIN_SECONDS)
        self._given = {k: at for k, at in self._given.items() if at > since}
        again = key in self._running or key in self._given
        return Told(answer=Refusal.UNDER_WAY) if again else None

    async def _once(self, key: Key, work: Callable[[], Awaitable[Told]]) -> Told:
        """Have a command carried out by the board, unless the same one is under way."""
        if again := self._again(key):
            return again
        self._given[key] = self._board.now
        self._running.add(key)
        done: asyncio.Future[Told] = asyncio.get_running_loop().create_future()

        async def carried_out() -> None:
            try:
                told = await work()
                if not done.done():
                    done.set_result(told)
            finally:
                self._running.discard(key)
                if not done.done():
                    done.set_result(Told(answer=Outcome.UNKNOWN))

        self._board.start(carried_out(), f"{key[0]} by {key[1]}")
        return await asyncio.shield(done)


def own_phone(manager: Manager) -> OwnPhone:
    """The phone on a manager's desk."""
    target = phone_of(manager)
    return OwnPhone(extension=target.number, dial=target.dial)


def _token() -> str:
    return str(secrets.randbelow(10**9))
