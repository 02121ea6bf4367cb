"""What can go wrong between us and Asterisk; each is one of the faults of any PBX.

The left column is the tree of `pbx_adapters.errors`: whoever only wants to know whether an action
may have been carried out catches that one.

CommandRefused
├── ActionRefused        Asterisk answered ``Response: Error``; ``frame`` holds its answer
└── LoginRefused         wrong user name or password, or this address is not permitted
PbxUnavailable
├── NotConnected         there is no link at this moment; nothing was sent
├── NotBooted            logged in, but Asterisk does not say that it is ready
└── PortInUse            our own FastAGI port is taken
OutcomeUnknown
├── LinkLost             the link broke after the action was written
├── ActionLate           no answer within the action's deadline
└── ListTooLong          a list outgrew its cap; the rest was dropped
"""

from pbx_adapters.asterisk.frames import Frame
from pbx_adapters.errors import CommandRefused, OutcomeUnknown, PbxUnavailable


class ActionRefused(CommandRefused):
    """Asterisk answers an action with an error.

    ``frame`` is the answer as it came; its ``Message`` is Asterisk's own reason.
    """

    def __init__(self, sentence: str, frame: Frame) -> None:
        super().__init__(sentence)
        self.frame = frame


class LoginRefused(CommandRefused):
    """Asterisk does not let us in: wrong user name or secret, or an address it does not permit."""


class NotConnected(PbxUnavailable):
    """There is no link to Asterisk at this moment; nothing was sent."""


class NotBooted(PbxUnavailable):
    """Asterisk lets us in but does not say that it has booted."""


class PortInUse(PbxUnavailable):
    """Another program listens on the port that Asterisk shall ask us on."""


class LinkLost(OutcomeUnknown):
    """The link broke after the action was written; nobody knows whether it was carried out."""


class ActionLate(OutcomeUnknown):
    """Asterisk did not answer within the deadline; nobody knows whether it was carried out."""


class ListTooLong(OutcomeUnknown):
    """Asterisk lists more than we are ready to hold; what came beyond the cap was dropped."""


class UnsupportedVersion(CommandRefused):
    """Nobody has tried this version of Asterisk, so nothing is generated for it."""
