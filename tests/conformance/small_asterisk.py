"""The stories' `Service` over a real Asterisk, as small as it can be.

Questions come over FastAGI and are answered by the small switchboard; what became of a call is read
from the journal alone, so that it is the generated dialplan that is judged. How the phones stand is
told by the story, for want of an AMI link.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Self

from small_switchboard import SmallSwitchboard

from dozvon.demo.stage import LoggedCall
from dozvon.demo.story import Story
from dozvon.lab import LAB_EXTENSIONS, AsteriskInstance, LabPhone
from pbx_adapters.asterisk.agi_wire import AgiRequest
from pbx_adapters.asterisk.dialplan import DialplanBlanks, extensions
from pbx_adapters.asterisk.fastagi import FastAgiServer
from pbx_adapters.asterisk.journal import read_entry
from pbx_adapters.asterisk.mirror import fail_open_targets
from pbx_adapters.asterisk.plan_variables import render
from pbx_adapters.port import CallOffered
from router.facts import PhoneState
from router.office import Office, Status


def dialplan(office: Office, agi_port: int) -> str:
    """The generated dialplan between the lab's trunk and the lab's phones."""
    blanks = DialplanBlanks(
        agi=f"agi://127.0.0.1:{agi_port}",
        phones_context="from-phones",
        fail_open=fail_open_targets(office, "main")["default"],
    )
    ours = extensions(blanks)
    return f"[from-trunk]\ninclude => dozvon\n\n{ours}\n{LAB_EXTENSIONS}"


def lab_phones(office: Office) -> list[LabPhone]:
    return [
        LabPhone(extension=m.extension, password=f"secret-{m.extension}", name=m.name)
        for m in office.managers.values()
    ]


@dataclass
class SmallAsteriskService:
    """Answers Asterisk's questions, mirrors the statuses, reads the journal."""

    pbx: AsteriskInstance
    switchboard: SmallSwitchboard
    server: FastAgiServer = field(init=False)
    life: AsyncExitStack = field(default_factory=AsyncExitStack)

    async def __aenter__(self) -> Self:
        await self._live()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.life.aclose()

    async def _live(self) -> None:
        self.server = FastAgiServer(self._answer, port=self.pbx.ports.agi)
        await self.life.enter_async_context(self.server)

    async def _answer(self, request: AgiRequest) -> Sequence[tuple[str, str]]:
        offered = CallOffered(
            pbx="main",
            call_id=request.uniqueid,
            line=request.args[1],
            caller=request.caller_number,
            caller_name=request.caller_name,
            at=datetime.now(UTC),
        )
        decision = await self.switchboard.decide(offered)
        office = self.switchboard.in_force
        show = decision.client_name
        rendered = render(decision, office, pbx="main", show=show, call_id=request.uniqueid)
        assert rendered.left_out == ()
        return rendered.variables

    async def prepare(self, story: Story) -> None:
        board = self.switchboard
        for manager in board.in_force.managers.values():
            if manager.department not in story.departments(board.in_force):
                continue
            status = story.statuses.get(manager.key, Status.AVAILABLE)
            if board.said.get(manager.key, Status.AVAILABLE) is not status:
                await self.pbx.cli(f"database put dozvon/status {manager.key} {status}")
            board.said[manager.key] = status
            board.phones[manager.extension] = _state(story, manager.extension)
        if story.service_dead:
            await self.life.aclose()

    async def logged(self, story: Story) -> Sequence[LoggedCall]:
        if story.service_dead:
            await self._live()
        lines = {call.caller.line for call in story.calls}
        ended = await self.pbx.astdb("dozvon/ended")
        entries = [read_entry("main", key, value) for key, value in ended.items()]
        ours = [e for e in entries if e.line in lines and e.call_id not in self.switchboard.entries]
        await self.switchboard.record(ours)
        return [self.switchboard.logged_call(entry.call_id) for entry in ours]


def _state(story: Story, extension: str) -> PhoneState:
    script = story.phones.get(extension)
    if script and not script.registered:
        return PhoneState.UNREGISTERED
    return PhoneState.TALKING if script and script.talks_until_seconds else PhoneState.FREE
