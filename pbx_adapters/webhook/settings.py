"""What the driver must know of one switch that asks over HTTP."""

from __future__ import annotations

from dataclasses import dataclass, field

LOOPBACK = ("127.0.0.0/8", "::1/128")


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookSettings:
    """How a switch proves who it is, how it spells its questions and how it wants its answers.

    The names are tried in their order. `reports_calls` is false for a switch that only asks: its
    calls are then in no log. The limits: `body_bytes` because the largest sensible body is a batch
    of a hundred events; `body_seconds` for a sender that stalls; `answer_seconds` for a decision;
    `replay_seconds` is how old (or how early) a signature may be.
    """

    key: str
    token: str = field(default="", repr=False)
    hmac_secret: str = field(default="", repr=False)
    token_in_address: bool = False
    allow: tuple[str, ...] = LOOPBACK
    caller_names: tuple[str, ...] = ("phone", "caller")
    line_names: tuple[str, ...] = ("did", "line")
    call_names: tuple[str, ...] = ("call", "call_id")
    format: str = "json"
    separator: str = ";"
    charset: str = "utf-8"
    card_address: str = ""
    reports_calls: bool = True
    requests_per_second: int = 500
    body_bytes: int = 64 * 1024
    body_seconds: float = 5.0
    answer_seconds: float = 1.0
    record_seconds: float = 3.0
    replay_seconds: float = 60.0
