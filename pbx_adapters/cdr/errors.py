"""What can go wrong with call records.

PbxError
└── CdrError              they cannot be read; the sentence says what to do
    ├── CdrUnreachable    no such file or table, no right to read it, no driver
    └── CdrNotUnderstood  it can be read, and is not what the settings say
"""

from __future__ import annotations

from pbx_adapters.errors import PbxError


class CdrError(PbxError):
    """Call records cannot be read."""


class CdrUnreachable(CdrError):  # noqa: N818 - the name is the sentence
    """No file, no table, no right, no driver."""


class CdrNotUnderstood(CdrError):  # noqa: N818 - the name is the sentence
    """What is there are no call records in the form that the settings name."""
