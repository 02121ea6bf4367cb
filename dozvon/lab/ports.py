"""Blocks of ports that belong to one instance, so that several run side by side.

Rules: a block is claimed by binding an abstract UNIX socket of its name: that is atomic between
processes, lives in the same network namespace as the ports, and goes with its process, however that
ends. Blocks lie below the kernel's ephemeral range.
"""

import os
import socket
from contextlib import suppress

from dozvon.lab.configuration import PHONES_HOST, PORTS_IN_BLOCK, TRUNK_HOST, Ports
from dozvon.lab.errors import AsteriskFailedError

_FIRST = 11_000
_BLOCKS = 21


class Claim:
    """A block of ports that nobody else in the lab uses until `release`."""

    def __init__(self, ports: Ports, lock: socket.socket) -> None:
        self.ports = ports
        self._lock = lock

    def release(self) -> None:
        """Gives the block back."""
        self._lock.close()


def claim(base: int | None = None) -> Claim:
    """Claims a block: the one that begins at `base`, or any free one.

    Raises `AsteriskFailedError` if there is none.
    """
    if base is not None:
        lock = _lock(base)
        if lock is None:
            raise AsteriskFailedError(f"another instance of the lab holds the ports from {base}")
        return Claim(Ports(base=base), lock)
    start = os.getpid() % _BLOCKS
    for number in range(_BLOCKS):
        ports = Ports(base=_FIRST + (start + number) % _BLOCKS * PORTS_IN_BLOCK)
        lock = _lock(ports.base)
        if lock is None:
            continue
        if _free(ports):
            return Claim(ports, lock)
        lock.close()
    raise AsteriskFailedError(f"no free block of ports between {_FIRST} and {_FIRST + 21_000}")


def _lock(base: int) -> socket.socket | None:
    lock = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    with suppress(OSError):
        lock.bind(f"\0dozvon-lab-ports-{base}")
        return lock
    lock.close()
    return None


def _free(ports: Ports) -> bool:
    udp, tcp = socket.SOCK_DGRAM, socket.SOCK_STREAM
    wanted = [(PHONES_HOST, ports.sip, udp), (TRUNK_HOST, ports.trunk, udp)]
    wanted += [(PHONES_HOST, number, tcp) for number in (ports.ami, ports.agi, ports.http)]
    return all(_can_bind(host, port, kind) for host, port, kind in wanted)


def _can_bind(host: str, port: int, kind: socket.SocketKind) -> bool:
    with socket.socket(socket.AF_INET, kind) as probe:
        if kind is socket.SOCK_STREAM:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        with suppress(OSError):
            probe.bind((host, port))
            return True
    return False
