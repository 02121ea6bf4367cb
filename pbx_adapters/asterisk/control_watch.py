"""How a phone that we called for a command got on, read from events. Pure.

Rules:
- our phone's channel bears an id of ours, so each of its events is recognised;
- who has a call that was to be taken says the bridge that the caller is in, and nothing else: in a
  race the dial's own end names a phone whose place another has taken in the same instant;
- OriginateResponse alone says little (0 is busy, declined and not registered alike); the cause of
  the channel's Hangup says more, and is waited for whichever of the two comes first; where no
  channel came to be the phone is unreachable.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from pbx_adapters.asterisk.frames import Frame
from pbx_adapters.port import Outcome

_BY_CAUSE = {
    17: Outcome.PHONE_BUSY,
    18: Outcome.PHONE_NO_ANSWER,
    19: Outcome.PHONE_NO_ANSWER,
    21: Outcome.PHONE_DECLINED,
}
_BY_REASON = {"3": Outcome.PHONE_NO_ANSWER, "5": Outcome.PHONE_BUSY}
_TAKE_RESULTS = {
    "gone": Outcome.CALLER_LEFT,
    "answered": Outcome.TAKEN_BEFORE,
    "nobody": Outcome.NOBODY_RINGS,
}
_PLACE_RESULTS = {
    "BUSY": Outcome.CLIENT_BUSY,
    "NOANSWER": Outcome.CLIENT_NO_ANSWER,
    "FULL": Outcome.LINE_FULL,
}
_DECLINED = "21"
_UP = "6"
"""The channel state of a phone that is off the hook."""


@dataclass(slots=True, kw_only=True)
class PhoneWatch:
    """One phone of ours on its way. `up`: it was picked up; `gone`: its channel is over."""

    channel_id: str
    seen: bool = False
    up: bool = False
    gone: bool = False
    failed: str | None = None
    cause: int | None = None

    def read(self, frame: Frame) -> Outcome | None:
        """What a frame means for the command: its outcome, or None while it is still open."""
        if frame.name == "OriginateResponse":
            if self.channel_id in {frame.action_id, frame.get("Uniqueid")}:
                return self._originated(frame)
        elif frame.get("Uniqueid") == self.channel_id:
            self.seen = True
            self.up = self.up or frame.get("ChannelState") == _UP
            if frame.name == "Hangup":
                return self._hung_up(frame)
        return None

    def _originated(self, frame: Frame) -> Outcome | None:
        if frame.get("Response") == "Success":
            self.up = True
            return None
        self.failed = frame.get("Reason")
        return self._why_not()

    def _hung_up(self, frame: Frame) -> Outcome | None:
        cause = frame.get("Cause")
        self.cause = int(cause) if cause.isdecimal() else 0
        self.gone = True
        return Outcome.HUNG_UP if self.up else self._why_not()

    def _why_not(self) -> Outcome | None:
        """Why the phone was not picked up, once that is known."""
        if self.failed is None or self.cause is None:
            return None
        return self.at_last()

    @property
    def unexplained(self) -> bool:
        """It failed, and no event of its channel has told why: there may be none, or it is late."""
        return self.failed is not None and not self.seen and not self.gone

    def at_last(self) -> Outcome:
        """Why the phone was not picked up, as far as it is known."""
        self.gone = True
        found = _BY_CAUSE.get(self.cause) if self.cause is not None else None
        return found or _BY_REASON.get(self.failed or "") or Outcome.PHONE_UNREACHABLE


@dataclass(slots=True, kw_only=True)
class TakeWatch(PhoneWatch):
    """A phone that is to take the call `call_id`.

    `mine` are the channels whose talk is his: his own, and the one whose place his took. `bridges`
    are the channels in each bridge. `lost`: he had picked up and was let go; somebody was faster,
    or the caller left in the same instant, whose end is told right behind his.
    """

    call_id: str
    picked: bool = False
    lost: bool = False
    mine: set[str] = field(default_factory=set)
    bridges: dict[str, set[str]] = field(default_factory=dict)

    def read(self, frame: Frame) -> Outcome | None:
        """See `PhoneWatch.read`."""
        uid, members = frame.get("Uniqueid"), frame.get("BridgeUniqueid")
        if frame.name == "BridgeEnter":
            self.bridges.setdefault(members, set()).add(uid)
            return self._who()
        if frame.name == "BridgeLeave":
            self.bridges.get(members, set()).discard(uid)
        elif frame.name == "Hangup" and uid == self.call_id:
            return Outcome.CALLER_LEFT
        elif frame.name == "Pickup" and uid == self.channel_id:
            self.picked = True
            self.mine.add(frame.get("TargetUniqueid"))
            return self._who()
        elif _said(frame, "DozvonTake", self.channel_id):
            return _TAKE_RESULTS.get(frame.get("Result"), Outcome.NOBODY_RINGS)
        found = PhoneWatch.read(self, frame)
        if found is Outcome.HUNG_UP and self.picked:
            self.lost = True
            return None
        return found

    @property
    def unexplained(self) -> bool:
        """See `PhoneWatch.unexplained`; or it is not told yet why he was let go."""
        return self.lost or (self.failed is not None and not self.seen and not self.gone)

    def at_last(self) -> Outcome:
        """See `PhoneWatch.at_last`; while the caller is there, somebody was faster."""
        return Outcome.TAKEN_BEFORE if self.lost else PhoneWatch.at_last(self)

    def _who(self) -> Outcome | None:
        """Who talks with the caller; of a phone off the hook its own end says that he is late."""
        with_caller = [m for m in self.bridges.values() if self.call_id in m]
        others = set().union(*with_caller) - {self.call_id}
        if not others:
            return None
        if self.lost:  # the leg whose place he had taken is its owner's again
            return Outcome.TAKEN_BEFORE
        if others & (self.mine | {self.channel_id}):
            return Outcome.TAKEN
        return None if self.up else Outcome.TAKEN_BEFORE


@dataclass(slots=True, kw_only=True)
class PlaceWatch(PhoneWatch):
    """A phone that is put through to a client."""

    def read(self, frame: Frame) -> Outcome | None:
        """See `PhoneWatch.read`."""
        ours = frame.get("Uniqueid") == self.channel_id
        if frame.name == "DialEnd" and ours and frame.get("DialStatus") == "ANSWER":
            return Outcome.TALKING
        if _said(frame, "DozvonPlace", self.channel_id):
            if frame.get("Cause") == _DECLINED:
                return Outcome.CLIENT_DECLINED
            return _PLACE_RESULTS.get(frame.get("Result"), Outcome.CLIENT_UNREACHABLE)
        return PhoneWatch.read(self, frame)


def _said(frame: Frame, event: str, channel_id: str) -> bool:
    return (
        frame.name == "UserEvent"
        and frame.get("UserEvent") == event
        and frame.get("Uniqueid") == channel_id
    )
