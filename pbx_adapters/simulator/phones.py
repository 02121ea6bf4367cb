"""The phones and mobiles of the simulated exchange: how they behave and how they stand.

Rules: a phone that no script names lets it ring; an extension that was never plugged in is not
registered. Every change of a phone's state is reported once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping

from pbx_adapters.simulator.clock import Timer, VirtualClock
from pbx_adapters.simulator.scripts import LETS_RING, MOBILE_RINGS, MobileScript, PhoneScript
from router.facts import PhoneState

Report = Callable[[Mapping[str, PhoneState]], None]


class Phones:
    """All phones by extension, and all mobiles by their number as it is dialled."""

    def __init__(self, clock: VirtualClock, extensions: Iterable[str], report: Report) -> None:
        self._clock = clock
        self._report = report
        self._scripts: dict[str, PhoneScript] = {}
        self._states = dict.fromkeys(extensions, PhoneState.FREE)
        self._own_talks: dict[str, Timer] = {}
        self.mobiles: dict[str, MobileScript] = {}
        self.outgoing_in_use: Counter[str] = Counter()

    @property
    def states(self) -> Mapping[str, PhoneState]:
        """How every phone stands now."""
        return dict(self._states)

    def state(self, extension: str) -> PhoneState:
        """How one phone stands now."""
        return self._states.get(extension, PhoneState.UNREGISTERED)

    def script(self, extension: str) -> PhoneScript:
        """How a phone behaves."""
        return self._scripts.get(extension, LETS_RING)

    def mobile(self, number: str) -> MobileScript:
        """How a mobile behaves."""
        return self.mobiles.get(number, MOBILE_RINGS)

    def behave(self, extension: str, script: PhoneScript) -> None:
        """Give a phone a script, from the next call on; its own talk begins at once."""
        self._scripts[extension] = script
        if own_talk := self._own_talks.pop(extension, None):
            own_talk.cancel()
        if script.talks_until_seconds > 0:
            self.put(extension, PhoneState.TALKING)
            free = self._clock.later(script.talks_until_seconds, lambda: self.release(extension))
            self._own_talks[extension] = free
        else:
            self.release(extension)

    def put(self, extension: str, state: PhoneState) -> None:
        """A phone changes its state."""
        if self._states.get(extension) is not state:
            self._states[extension] = state
            self._report({extension: state})

    def release(self, extension: str) -> None:
        """A phone is done with a call: free, unless its script unplugs it."""
        registered = self.script(extension).registered
        self.put(extension, PhoneState.FREE if registered else PhoneState.UNREGISTERED)
