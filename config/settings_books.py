"""The settings of the callback list, and where a PBX keeps its own call records (CDR).

The call records are the second witness of the books: they are read, never written, and need rights
to read only.
"""

from __future__ import annotations

import re
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, SecretStr

from config.errors import Unreadable
from config.reading import read_text
from config.settings_values import Endpoints

LONGEST_LEASE_MINUTES = 24 * 60
LONGEST_TALK_SECONDS = 600
_PLACE = re.compile(r"(csv|custom):/.+|[a-z0-9_+]+://.+")
_TABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}")


def _number(value: object, least: float, most: float) -> float:
    refused = Unreadable("not-a-number", least=least, most=most)
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise refused
    try:
        number = float(value)
    except ValueError:
        raise refused from None
    if not least <= number <= most:
        raise refused
    return number


def _read_lease(value: object) -> float:
    return _number(value, 1, LONGEST_LEASE_MINUTES)


def _read_talk(value: object) -> float:
    return _number(value, 0, LONGEST_TALK_SECONDS)


def _read_place(value: object) -> SecretStr:
    text = value.get_secret_value() if isinstance(value, SecretStr) else value
    if not isinstance(text, str) or (text and not (_PLACE.fullmatch(text) and text.isprintable())):
        raise Unreadable("cdr-unreadable")
    return SecretStr(text)


def _read_zone(value: object) -> str:
    text = read_text(value)
    try:
        return text and ZoneInfo(text).key
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise Unreadable("cdr-zone-unreadable", value=text) from None


def _read_table(value: object) -> str:
    text = read_text(value, '"cdr"')
    if not _TABLE.fullmatch(text):
        raise Unreadable("word-unreadable", value=text)
    return text


CdrPlace = Annotated[SecretStr, BeforeValidator(_read_place)]
CdrColumns = Endpoints
CdrZone = Annotated[str, BeforeValidator(_read_zone)]
CdrTable = Annotated[str, BeforeValidator(_read_table)]


class CallbackSettings(BaseModel):
    """How the callback list judges."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    lease_minutes: Annotated[float, BeforeValidator(_read_lease)] = Field(
        30.0, description="how long an item that was taken is its taker's"
    )
    outbound_talk_seconds: Annotated[float, BeforeValidator(_read_talk)] = Field(
        20.0, description="from how much talk on a call from us counts as a conversation"
    )
