"""How often somebody may try a password, counted before it is judged.

Three counts, each over a sliding window: tries at one login from one address (a person who forgot),
tries from one address (somebody who tries many logins), tries at one login from anywhere (somebody
with many addresses; wide, so that nobody can lock a colleague out). An IPv6 network of 64 bits is
one address. Memory is bounded: the counts untouched for longest give way.
"""

from __future__ import annotations

import ipaddress
from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass

MOST_KEYS = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowed:
    """So many tries within so many seconds."""

    tries: int
    seconds: float


PAIR = Allowed(tries=6, seconds=900)
ADDRESS = Allowed(tries=60, seconds=900)
LOGIN = Allowed(tries=60, seconds=3600)

Key = tuple[str, str]


class TryLimit:
    """Counts tries; `clock` tells seconds that only grow."""

    def __init__(self, clock: Callable[[], float], *, most_keys: int = MOST_KEYS) -> None:
        self._clock = clock
        self._most = most_keys
        self._tries: OrderedDict[Key, deque[float]] = OrderedDict()

    def attempt(self, login: str, address: str) -> float:
        """Counts a try; returns 0.0, or for how many seconds no more are judged."""
        now = self._clock()
        waits = [self._wait(key, allowed, now) for key, allowed in _keys(login, address)]
        if longest := max(waits):
            return longest
        for key, _ in _keys(login, address):
            self._tries.setdefault(key, deque()).append(now)
            self._tries.move_to_end(key)
        while len(self._tries) > self._most:
            self._tries.popitem(last=False)
        return 0.0

    def succeeded(self, login: str, address: str) -> None:
        """Forgets the tries of somebody who has signed in."""
        for key, allowed in _keys(login, address):
            if allowed is PAIR:
                self._tries.pop(key, None)
            elif tries := self._tries.get(key):
                tries.pop()

    def __len__(self) -> int:
        return len(self._tries)

    def _wait(self, key: Key, allowed: Allowed, now: float) -> float:
        tries = self._tries.get(key)
        if tries is None:
            return 0.0
        while tries and tries[0] <= now - allowed.seconds:
            tries.popleft()
        if len(tries) < allowed.tries:
            return 0.0
        return tries[0] + allowed.seconds - now


def _keys(login: str, address: str) -> tuple[tuple[Key, Allowed], ...]:
    login, address = login.strip().casefold()[:64], neighbourhood(address)
    return ((login, address), PAIR), (("", address), ADDRESS), ((login, ""), LOGIN)


def neighbourhood(address: str) -> str:
    """The address that one person has: for IPv6 the network that a provider gives to one home."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address[:64]
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped:
            return str(found.ipv4_mapped)
        return str(ipaddress.ip_network((found, 64), strict=False))
    return str(found)
