"""The settings of everything that speaks HTTP: our own listener, and PBXs that ask over it.

Rules: nothing listens beyond this machine unless somebody says so; a PBX proves who it is by a
token or a signature, and one that proves nothing is a mistake.
"""

from __future__ import annotations

import codecs
import re
from enum import StrEnum
from string import Formatter
from typing import Annotated, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, model_validator

from config.errors import Unreadable
from config.reading import read_text
from config.settings_values import LOOPBACK, Endpoints, Host, Key, Networks, PortOrOff, Switch

CARD_FIELDS = ("client", "application", "number", "call")
CHARSETS = ("utf-8", "windows-1251")
MOST_REQUESTS_PER_SECOND = 10_000
_ADDRESS = re.compile(r"https?://[A-Za-z0-9.-]{1,253}(:[0-9]{1,5})?")
_TOKEN = re.compile(r"[A-Za-z0-9._~-]{16,200}")


class AnswerFormat(StrEnum):
    """How a PBX is answered when it does not ask for a format."""

    JSON = "json"
    TEXT = "text"
    QUERY = "query"
    XML = "xml"


def _read_token(value: object) -> SecretStr:
    text = value.get_secret_value() if isinstance(value, SecretStr) else value
    if not isinstance(text, str) or not _TOKEN.fullmatch(text):
        raise Unreadable("token-unreadable")
    return SecretStr(text)


def _read_separator(value: object) -> str:
    text = value if isinstance(value, str) else ""
    if not 1 <= len(text) <= 3 or not (text == "\t" or text.isprintable()) or text.isalnum():
        raise Unreadable("separator-unreadable")
    return text


def _read_charset(value: object) -> str:
    text = read_text(value).casefold()
    try:
        name = codecs.lookup(text).name
    except (LookupError, ValueError):
        name = ""
    known = {codecs.lookup(charset).name: charset for charset in CHARSETS}
    if name not in known:
        raise Unreadable("not-a-choice", value=text, words=CHARSETS)
    return known[name]


def _read_card_address(value: object) -> str:
    text = read_text(value)
    try:
        used = {name for _, name, _, _ in Formatter().parse(text) if name is not None}
    except ValueError:
        used = {text}
    if text and (not text.startswith(("https://", "http://", "/")) or used - {*CARD_FIELDS}):
        raise Unreadable("card-unreadable", fields=", ".join(f"{{{f}}}" for f in CARD_FIELDS))
    return text


def _read_rate(value: object) -> int:
    text = str(value).strip()
    most = MOST_REQUESTS_PER_SECOND
    if isinstance(value, bool) or not re.fullmatch(r"[0-9]{1,5}", text):
        raise Unreadable("not-a-number", least=1, most=most)
    if not 1 <= int(text) <= most:
        raise Unreadable("not-a-number", least=1, most=most)
    return int(text)


def _read_public_address(value: object) -> str:
    text = read_text(value).rstrip("/")
    if text and not _ADDRESS.fullmatch(text):
        raise Unreadable("address-unreadable", value=text)
    return text


Token = Annotated[SecretStr, BeforeValidator(_read_token)]
Separator = Annotated[str, BeforeValidator(_read_separator)]
Charset = Annotated[str, BeforeValidator(_read_charset)]
CardAddress = Annotated[str, BeforeValidator(_read_card_address)]
PublicAddress = Annotated[str, BeforeValidator(_read_public_address)]
Rate = Annotated[int, BeforeValidator(_read_rate)]


class HttpSettings(BaseModel):
    """Where the service listens for HTTP, and who may read its state."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    host: Host = Field("127.0.0.1", description="the address on which we listen for HTTP")
    port: PortOrOff = Field(8080, description="the port; 0: no HTTP at all")
    state_allow: Networks = Field(LOOPBACK, description="who may read /readyz and /metrics")
    public_address: PublicAddress = Field("", description="where people open the workspace")
    proxies: Networks = Field(LOOPBACK, description="proxies that say from where a request comes")

    @property
    def address(self) -> str:
        """Where the workspace is opened, as far as we know: what a link begins with."""
        return self.public_address or self.near

    @property
    def near(self) -> str:
        """Where a program on this machine reaches the service, whatever stands before it."""
        host = "127.0.0.1" if self.host in {"0.0.0.0", "::"} else self.host  # noqa: S104 - compared
        shown = f"[{host}]" if ":" in host else host
        return f"http://{shown}:{self.port}"


class WebhookSettings(BaseModel):
    """One PBX that asks over HTTP and tells over HTTP what happened."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    key: Key = Field(description="the PBX's name in the office file")
    token: Token = Field(SecretStr(""), description="the secret it shows with every request")
    hmac_secret: Token = Field(SecretStr(""), description="the secret it signs requests with")
    token_in_address: Switch = Field(
        default=False, description="the token may also stand in the address"
    )
    allow: Networks = Field(LOOPBACK, description="the networks that may ask")
    caller_names: Endpoints = Field(("phone", "caller"), description="names of the caller's number")
    line_names: Endpoints = Field(("did", "line"), description="names of the number dialled")
    call_names: Endpoints = Field(("call", "call_id"), description="names of the call's id")
    format: AnswerFormat = Field(AnswerFormat.JSON, description="json, text, query or xml")
    separator: Separator = Field(";", description="what separates the fields of a text answer")
    charset: Charset = Field("utf-8", description="utf-8 or windows-1251")
    card_address: CardAddress = Field("", description="template of the client's card's address")
    reports_calls: Switch = Field(default=True, description="it posts what happens to its calls")
    recordings: Switch = Field(
        default=False, description="the recordings whose links it posts are fetched"
    )
    requests_per_second: Rate = Field(500, description="more than that is refused")

    @model_validator(mode="after")
    def _somebody_must_prove_himself(self) -> Self:
        if not self.token.get_secret_value() and not self.hmac_secret.get_secret_value():
            raise Unreadable("webhook-open", key=self.key)
        return self
