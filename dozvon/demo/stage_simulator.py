"""The stage without a telephone: stories on the simulated exchange, in no time at all."""

from __future__ import annotations

from datetime import datetime

from dozvon.demo.stage import CallerSaw, Played, Rang
from dozvon.demo.story import Story
from pbx_adapters.simulator import LETS_RING, LiveCall, SimulatedPbx
from router.office import Office


class SimulatorStage:
    """Keeps `Stage` on a `SimulatedPbx` whose `run` somebody else owns."""

    def __init__(self, pbx: SimulatedPbx, office: Office) -> None:
        self._pbx = pbx
        self._office = office

    async def play(self, story: Story) -> Played:
        """Play a story; it ends when nothing is left that could happen on this exchange."""
        self._set(story)
        began_at = self._pbx.clock.now
        calls = [self._pbx.place(call.caller) for call in story.calls]
        for pick_up in story.pick_ups:
            self._pbx.pick_up(
                by=pick_up.by, rings_at=pick_up.rings_at, after_seconds=pick_up.after_seconds
            )
        await self._pbx.settled()
        if unfinished := [call.id for call in calls if call.ended_at is None]:
            raise TimeoutError(f"the story {story.key} never ends: {', '.join(unfinished)}")
        return Played(
            story=story.key,
            rang=tuple(rang for call in calls for rang in _rang(call, began_at)),
            callers=tuple(_saw(call) for call in calls),
        )

    def _set(self, story: Story) -> None:
        for department in story.departments(self._office):
            for manager in self._office.members(department):
                script = story.phones.get(manager.extension, LETS_RING)
                self._pbx.phones.behave(manager.extension, script)
        for number in _mobiles(story, self._office):
            self._pbx.phones.mobiles.pop(number, None)
        self._pbx.phones.mobiles.update(story.mobiles)


def _mobiles(story: Story, office: Office) -> frozenset[str]:
    members = (m for d in story.departments(office) for m in office.members(d))
    return frozenset(m.mobile.removeprefix("+") for m in members if m.mobile)


def _rang(call: LiveCall, began_at: datetime) -> list[Rang]:
    return [
        Rang(
            target=leg.dialled.number,
            at_seconds=(leg.rang_at - began_at).total_seconds(),
            rang_seconds=(
                (leg.picked_up_at or leg.answered_at or leg.ended_at or leg.rang_at) - leg.rang_at
            ).total_seconds(),
            answered=leg.picked_up_at is not None or leg.answered_at is not None,
        )
        for leg in call.legs
        if leg.rang_at is not None
    ]


def _saw(call: LiveCall) -> CallerSaw:
    ended_at = call.ended_at or call.now
    return CallerSaw(
        number=call.caller.number,
        line=call.caller.line,
        picked_up=any(leg.answered_at is not None for leg in call.legs),
        lasted_seconds=(ended_at - call.began_at).total_seconds(),
    )
