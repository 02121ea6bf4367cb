"""Passwords: argon2id, never on the event loop, never many at once.

A hash costs 19 MiB and some 20 ms on purpose (OWASP's recommendation for argon2id), so a thread of
its own does it, one hash after the other and behind everything else that the machine has to do:
calls come first. What waits for it is bounded: nobody can make the service hash its memory away. A
length and a few guesses that everybody tries first are all that is asked of a password; rules about
its letters make worse ones.
"""

from __future__ import annotations

import asyncio
import os
import sys
import threading
import unicodedata
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from web.signin.errors import AccountRefused, Why

T = TypeVar("T")

LEAST_LETTERS = 10
MOST_LETTERS = 200
NICE = 10
MOST_WAITING = 100

_COMMON = (
    "0123456789 1234567890 0987654321 1q2w3e4r5t 1qaz2wsx3edc qwertyuiop qwerty12345 password "
    "password1 password12 password123 passw0rd123 administrator admin12345 adminadmin iloveyou12 "
    "йцукенгшщз йцукен12345 пароль пароль123 парольпароль qwertyqwerty q1w2e3r4t5 zaq12wsx "
    "0000000000 1111111111 5555555555 7777777777 1212121212 9876543210"
)
COMMON = frozenset(_COMMON.split())


class Passwords:
    """Hashes and judges passwords in a thread of its own."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
        self._thread = ThreadPoolExecutor(1, "passwords", initializer=_step_back)
        self._waiting = 0
        self._nobodys = self._thread.submit(self._hasher.hash, "nobody's")

    async def hash(self, password: str) -> str:
        """What is kept of a password."""
        return await self._in_thread(lambda: self._hasher.hash(_normal(password)))

    async def fits(self, password_hash: str, password: str) -> bool:
        """Whether a password is the one of this hash; no hash takes as long as a wrong one."""
        known = bool(password_hash)
        return (
            await self._in_thread(lambda: self._fits(self._kept(password_hash), password)) and known
        )

    def is_old(self, password_hash: str) -> bool:
        """Whether the hash was made with other costs than today's."""
        return self._hasher.check_needs_rehash(password_hash)

    def close(self) -> None:
        """Ends the thread."""
        self._thread.shutdown(wait=False, cancel_futures=True)

    def _kept(self, password_hash: str) -> str:
        return password_hash or self._nobodys.result()  # made before, by the same thread

    def _fits(self, kept: str, password: str) -> bool:
        try:
            return self._hasher.verify(kept, _normal(password))
        except (VerificationError, InvalidHashError):
            return False

    async def _in_thread(self, work: Callable[[], T]) -> T:
        if self._waiting >= MOST_WAITING:
            raise AccountRefused(Why.BUSY)
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._thread, work)
        finally:
            self._waiting -= 1


def judge(password: str, *, login: str, again: str | None = None) -> None:
    """Raises `AccountRefused` for a password that is none."""
    if again is not None and password != again:
        raise AccountRefused(Why.PASSWORDS_DIFFER)
    if len(password) < LEAST_LETTERS:
        raise AccountRefused(Why.PASSWORD_SHORT, least=LEAST_LETTERS)
    if len(password) > MOST_LETTERS:
        raise AccountRefused(Why.PASSWORD_LONG, most=MOST_LETTERS)
    plain = password.casefold()
    if plain in COMMON or len(set(plain)) < 4 or plain.strip("0123456789!?.") == login.casefold():
        raise AccountRefused(Why.PASSWORD_COMMON)


def _step_back() -> None:
    """Lets everything else go first, where a thread has a priority of its own (Linux)."""
    if sys.platform == "linux":
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICE)


def _normal(password: str) -> str:
    """The same letters whatever keyboard composed them, and no more of them than we take."""
    return unicodedata.normalize("NFC", password[: MOST_LETTERS + 1])
