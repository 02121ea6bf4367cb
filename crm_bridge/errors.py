"""What can go wrong with a client base.

CrmError
└── NoCsv    a file that cannot be read as a list of clients; nothing of it was taken

A look-up raises nothing: it answers late, failed or unknown (`port`).
"""

from __future__ import annotations


class CrmError(Exception):
    """Something is wrong with a client base; the message says what to do."""


class NoCsv(CrmError):  # noqa: N818 - the name is the sentence
    """The file is no list of clients; the message says what it is and what to do."""
