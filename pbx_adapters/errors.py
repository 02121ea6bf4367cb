"""What can go wrong between us and any telephone exchange.

Ours and theirs are kept apart: a command that we refuse to send is our caller's fault, an answer
that cannot be understood is the exchange's. Whoever catches one of them knows whether the command
may have been carried out.

    PbxError
    ├── CommandRejected      we refuse to send it; nothing was sent
    │   └── UnsafeText       it holds CR, LF or NUL, or is longer than the PBX can read
    ├── CommandRefused       the PBX says no; nothing was done
    ├── PbxUnavailable       the PBX cannot be asked now; nothing was sent
    ├── OutcomeUnknown       sent, but no answer came; it may have been done, never send it again
    └── PbxProtocolError     the PBX sent something that nobody can understand
"""


class PbxError(Exception):
    """Is the root of everything that goes wrong at a PBX."""


class CommandRejected(PbxError):  # noqa: N818 (the project's word for it)
    """We do not send this command; nothing was sent."""


class UnsafeText(CommandRejected):
    """A text would reach the PBX as syntax, or longer than the PBX reads; nothing was sent."""


class CommandRefused(PbxError):  # noqa: N818 (the project's word for it)
    """The PBX refuses the command, in its own words; nothing was done."""


class PbxUnavailable(PbxError):  # noqa: N818 (the project's word for it)
    """The PBX cannot be asked at this moment; nothing was sent."""


class OutcomeUnknown(PbxError):  # noqa: N818 (the project's word for it)
    """The command was sent and no answer came: it may have been carried out. Never repeat it."""


class PbxProtocolError(PbxError):
    """The PBX sent bytes that break its own protocol."""
