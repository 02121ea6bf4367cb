"""A PBX in memory with a virtual clock and scripted calls, through the same port as a real one.

It serves whoever has no Asterisk: the demo, the tests, the rehearsal of a new office file. It walks
a plan by the rules of the generated dialplan; `tests/conformance` holds the two together.
"""

from pbx_adapters.simulator.clock import VirtualClock
from pbx_adapters.simulator.live_call import LiveCall
from pbx_adapters.simulator.pbx import SimulatedPbx
from pbx_adapters.simulator.scripts import (
    IS_BUSY,
    LETS_RING,
    MOBILE_BUSY,
    MOBILE_RINGS,
    NOT_REGISTERED,
    Act,
    CallerScript,
    MobileScript,
    PhoneScript,
    answers,
    declines,
    mobile_confirms,
    mobile_voicemail,
)

__all__ = [
    "IS_BUSY",
    "LETS_RING",
    "MOBILE_BUSY",
    "MOBILE_RINGS",
    "NOT_REGISTERED",
    "Act",
    "CallerScript",
    "LiveCall",
    "MobileScript",
    "PhoneScript",
    "SimulatedPbx",
    "VirtualClock",
    "answers",
    "declines",
    "mobile_confirms",
    "mobile_voicemail",
]
