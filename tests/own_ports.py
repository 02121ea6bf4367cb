"""A port of a test's own, which nobody else on the machine is given before the test listens there.

A port that was free a moment ago may be taken by then: any connection out of this machine gets one
of the same range. A socket that is bound and does not listen keeps it; whoever then asks for that
very port, as every server here does, with SO_REUSEADDR, still gets it.
"""

from __future__ import annotations

import atexit
import socket
from collections import deque

MOST_KEPT = 100
"""Of so many tests ago nobody listens any more."""

_kept: deque[socket.socket] = deque()


def own_port() -> int:
    """A port of 127.0.0.1."""
    keeping = socket.socket()
    keeping.bind(("127.0.0.1", 0))
    keeping.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    _kept.append(keeping)
    if len(_kept) > MOST_KEPT:
        _kept.popleft().close()
    return int(keeping.getsockname()[1])


@atexit.register
def _give_back() -> None:
    while _kept:
        _kept.pop().close()
