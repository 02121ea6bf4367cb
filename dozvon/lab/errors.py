"""What can go wrong in the lab, as one small tree.

LabError
├── NoPackagesError        a program is neither installed nor to be fetched
├── NoAsteriskError        no Asterisk is at hand and none can be fetched
├── AsteriskFailedError    an Asterisk was started and did not do what it should
├── SipSyntaxError         a datagram that is no SIP message (theirs)
└── SipRefusedError        the PBX refused a request of ours; carries the status
"""


class LabError(Exception):
    """Says that the lab, never the product, could not do its work."""


class NoPackagesError(LabError):
    """Says in one sentence why a program is not to be had on this machine."""


class NoAsteriskError(LabError):
    """Says in one sentence why there is no Asterisk to play with."""


class AsteriskFailedError(LabError):
    """Says that a started Asterisk did not boot, did not answer or did not stop."""


class SipSyntaxError(LabError):
    """Says that bytes from the network are no SIP message."""


class SipRefusedError(LabError):
    """Says that the PBX answered a request with a status of 300 or more.

    `status` is that status; 408 also when it never answered.
    """

    def __init__(self, what: str, status: int, reason: str) -> None:
        super().__init__(f"{what}: {status} {reason}")
        self.status = status
        self.reason = reason
