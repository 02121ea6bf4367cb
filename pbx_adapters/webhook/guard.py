"""Who may ask, and how often.

Rules: the address first, then the proof, then the rate, so that nobody without a proof can use up
the rate of the switch. Secrets are compared in constant time. A signature covers the moment and
what was sent, and is good once.
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from pbx_adapters.webhook.errors import NotAllowed, NotProved, TooMany
from pbx_adapters.webhook.settings import WebhookSettings

TIMESTAMP = "Dozvon-Timestamp"
SIGNATURE = "Dozvon-Signature"
MOST_SIGNATURES = 65_536
WRONG_PER_SECOND = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What a request shows. `signed` is the body, of a GET its query as it was sent."""

    remote: str
    bearer: str = ""
    in_address: str = ""
    timestamp: str = ""
    signature: str = ""


def signature_of(secret: str, timestamp: str, signed: bytes) -> str:
    """The signature of a request: hex HMAC-SHA256 over the timestamp, a dot, and what is sent."""
    text = timestamp.encode("utf-8", "replace") + b"." + signed
    return hmac.new(secret.encode(), text, hashlib.sha256).hexdigest()


class Bucket:
    """Lets so many through in a second, after a pause that many at once."""

    def __init__(self, per_second: float, monotonic: Callable[[], float]) -> None:
        self._per_second = per_second
        self._monotonic = monotonic
        self._level = per_second
        self._at = monotonic()

    def takes(self) -> bool:
        """True when one more may pass now."""
        now = self._monotonic()
        level = self._level + (now - self._at) * self._per_second
        self._level, self._at = min(self._per_second, level), now
        if self._level < 1:
            return False
        self._level -= 1
        return True


class Guard:
    """Stands before one switch's routes. `clock` gives unix seconds, `monotonic` never jumps."""

    def __init__(
        self,
        settings: WebhookSettings,
        *,
        clock: Callable[[], float],
        monotonic: Callable[[], float],
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._networks = tuple(ipaddress.ip_network(n, strict=False) for n in settings.allow)
        self._rate = Bucket(settings.requests_per_second, monotonic)
        self._wrong = Bucket(WRONG_PER_SECOND, monotonic)
        self._seen: OrderedDict[str, float] = OrderedDict()

    def check_address(self, remote: str) -> None:
        """Refuse whoever asks from elsewhere."""
        try:
            address = ipaddress.ip_address(remote.partition("%")[0])
        except ValueError:
            address = None
        if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
            address = address.ipv4_mapped
        if address is None or not any(address in network for network in self._networks):
            raise NotAllowed(
                "address-not-allowed",
                "This address may not ask here. Add it to `allow` of the webhook's settings.",
            )

    def check_token(self, proof: Proof) -> None:
        """Refuse a request without the token, where one is set."""
        settings = self._settings
        if not settings.token:
            return
        shown = proof.bearer or (proof.in_address if settings.token_in_address else "")
        if not shown:
            self._refuse("token-missing", "Show the token: `Authorization: Bearer …`.")
        if not _same(shown, settings.token):
            self._refuse("token-wrong", "This token is not the one in the webhook's settings.")

    def check_signature(self, proof: Proof, signed: bytes) -> None:
        """Refuse a request that is not signed, is too old, or came before; where it must be."""
        settings = self._settings
        if not settings.hmac_secret:
            return
        if not proof.signature or not proof.timestamp:
            self._refuse("signature-missing", f"Sign the request: {TIMESTAMP} and {SIGNATURE}.")
        expected = signature_of(settings.hmac_secret, proof.timestamp, signed)
        if not _same(proof.signature.casefold(), expected):
            self._refuse("signature-wrong", "The signature does not fit what was sent.")
        now = self._clock()
        if abs(now - _seconds(proof.timestamp)) > settings.replay_seconds:
            self._refuse(
                "signature-old",
                f"{TIMESTAMP} is more than {settings.replay_seconds:.0f} s away from our clock.",
            )
        if expected in self._seen:
            self._refuse("signature-replayed", "This very request came before; sign it anew.")
        self._remember(expected, now)

    def check_rate(self) -> None:
        """Refuse what is more than the settings allow."""
        if not self._rate.takes():
            raise TooMany(
                "too-many-requests",
                f"More than {self._settings.requests_per_second} requests in a second.",
            )

    def _remember(self, signature: str, now: float) -> None:
        seen, keep = self._seen, 2 * self._settings.replay_seconds
        while seen and next(iter(seen.values())) < now - keep:
            seen.popitem(last=False)
        if len(seen) >= MOST_SIGNATURES:
            raise TooMany("too-many-requests", "Too many signed requests to tell replays apart.")
        seen[signature] = now

    def _refuse(self, id_: str, message: str) -> None:
        if not self._wrong.takes():
            raise TooMany("too-many-failures", "Too many requests without a proof.")
        raise NotProved(id_, message)


def _same(shown: str, secret: str) -> bool:
    return hmac.compare_digest(shown.encode("utf-8", "replace"), secret.encode())


def _seconds(text: str) -> float:
    """Unix seconds as they were written; whatever is no time is long ago."""
    return float(text) if text.isascii() and text.isdigit() and len(text) <= 12 else 0.0
