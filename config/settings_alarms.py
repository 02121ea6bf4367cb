"""The settings of alarms: who is told, by which way, and from when on.

Without a mail server and without an address alarms stand in the log alone.
"""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Annotated, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, model_validator

from config.errors import Unreadable
from config.reading import read_text
from config.settings_values import Folder, Port, Secret

_ADDRESS = re.compile(r"[^@\s,;<>\"]{1,64}@[A-Za-z0-9.-]{1,253}")
_URL = re.compile(r"https?://[!-~]{1,2000}")
_HOST = re.compile(r"[A-Za-z0-9_.:-]{0,253}")


class MailTls(StrEnum):
    """How the conversation with the mail server is protected."""

    STARTTLS = "starttls"
    TLS = "tls"
    NONE = "none"


def _read_address(value: object) -> str:
    text = read_text(value, '"dozvon@example.org"')
    if text and not _ADDRESS.fullmatch(text):
        raise Unreadable("mail-address-unreadable", value=text)
    return text


def _read_addresses(value: object) -> tuple[str, ...]:
    parts = value.split(",") if isinstance(value, str) else value
    if not isinstance(parts, list | tuple):
        raise Unreadable("not-a-list")
    return tuple(_read_address(part.strip() if isinstance(part, str) else part) for part in parts)


def _read_mail_host(value: object) -> str:
    text = read_text(value, '"smtp.example.org"')
    if not _HOST.fullmatch(text):
        raise Unreadable("host-unreadable", value=text)
    return text


def _read_url(value: object) -> SecretStr:
    text = value.get_secret_value() if isinstance(value, SecretStr) else value
    if not isinstance(text, str) or not _URL.fullmatch(text):
        raise Unreadable("alarm-url-unreadable")
    return SecretStr(text)


def _whole(least: int, most: int) -> BeforeValidator:
    def read(value: object) -> int:
        text = str(value).strip()
        digits = re.fullmatch(r"[0-9]{1,6}", text)
        if isinstance(value, bool) or not digits or not least <= int(text) <= most:
            raise Unreadable("not-a-whole", least=least, most=most)
        return int(text)

    return BeforeValidator(read)


MailHost = Annotated[str, BeforeValidator(_read_mail_host)]
Address = Annotated[str, BeforeValidator(_read_address)]
Addresses = Annotated[tuple[str, ...], BeforeValidator(_read_addresses)]
HookUrl = Annotated[SecretStr, BeforeValidator(_read_url)]


class AlarmSettings(BaseModel):
    """Whom alarms reach, and what is one."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    mail_host: MailHost = Field("", description="the mail server; empty: no e-mail")
    mail_port: Port = Field(587, description="its port")
    mail_tls: MailTls = Field(MailTls.STARTTLS, description="starttls, tls or none")
    mail_ca: Folder | None = Field(None, description="a certificate file to trust as well")
    mail_user: str = Field("", description="the user at the mail server; empty: no sign-in")
    mail_password: Secret = Field(SecretStr(""), description="the password of `mail_user`")
    mail_from: Address = Field("", description="the sender")
    mail_to: Addresses = Field((), description="who gets alarms by e-mail")
    webhook_url: HookUrl = Field(SecretStr(""), description="where alarms are posted as JSON")
    webhook_token: Secret = Field(SecretStr(""), description="shown with every post (Bearer)")
    remind_minutes: Annotated[int, _whole(0, 10_080)] = Field(
        60, description="how often a standing alarm is told again; 0: never"
    )
    callback_overdue_minutes: Annotated[int, _whole(1, 10_080)] = Field(
        60, description="from when on a callback is overdue"
    )
    disk_free_percent: Annotated[int, _whole(0, 99)] = Field(
        10, description="less room on the disk than this is an alarm"
    )

    @model_validator(mode="after")
    def _mail_is_whole(self) -> Self:
        if self.mail_host and not (self.mail_from and self.mail_to):
            raise Unreadable("mail-incomplete")
        open_password = self.mail_tls is MailTls.NONE and self.mail_user
        if open_password and not re.fullmatch(r"127\.\d+\.\d+\.\d+|localhost|::1", self.mail_host):
            raise Unreadable("mail-password-open")
        return self
