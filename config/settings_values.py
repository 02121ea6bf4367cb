"""Reads single settings; each may come as a text, because the environment has nothing else."""

from __future__ import annotations

import ipaddress
import re
from pathlib import Path
from typing import Annotated

from pydantic import BeforeValidator, SecretStr

from config.errors import Unreadable
from config.reading import read_text, read_texts
from config.templates import read_device, read_dial

LONGEST_BUDGET_SECONDS = 1.4
"""Asterisk stops waiting for us at 1.5 s (the dialplan's watchdog)."""

LOOPBACK = ("127.0.0.0/8", "::1/128")
EVERYWHERE = frozenset({"", "0.0.0.0", "::", "[::]"})  # noqa: S104 - looked for, not bound
"""How a program is told to listen on every address of its machine."""
LEVELS = ("debug", "info", "warning", "error")
_HOST = re.compile(r"[A-Za-z0-9_.:-]{1,253}")
_KEY = re.compile(r"[a-z0-9_-]{1,40}")
_WORD = re.compile(r"[A-Za-z0-9_.-]{1,80}")


def is_loopback(text: str) -> bool:
    """Tells that an address, a network or a name means this machine only."""
    if text.casefold() == "localhost":
        return True
    try:
        return ipaddress.ip_network(text, strict=False).is_loopback
    except ValueError:
        return False


def _read_port(value: object) -> int:
    text = str(value).strip()
    if (
        isinstance(value, bool)
        or not re.fullmatch(r"[0-9]{1,5}", text)
        or not 1 <= int(text) <= 65535
    ):
        raise Unreadable("port-unreadable", value=text)
    return int(text)


def _read_port_or_off(value: object) -> int:
    return 0 if str(value).strip() == "0" else _read_port(value)


def _read_switch(value: object) -> bool:
    """Reads yes or no; the environment has only texts."""
    text = str(value).strip().casefold()
    if text not in {"true", "false"}:
        raise Unreadable("not-a-flag")
    return text == "true"


def _read_host(value: object) -> str:
    text = read_text(value, '"127.0.0.1"')
    if not _HOST.fullmatch(text):
        raise Unreadable("host-unreadable", value=text)
    return text


def _read_word(value: object) -> str:
    text = read_text(value, '"dozvon"')
    if not _WORD.fullmatch(text):
        raise Unreadable("word-unreadable", value=text)
    return text


def _read_key(value: object) -> str:
    text = read_text(value, '"main"')
    if not _KEY.fullmatch(text):
        raise Unreadable("key-unreadable", key=text)
    return text


def _read_secret(value: object) -> SecretStr:
    text = value.get_secret_value() if isinstance(value, SecretStr) else value
    if not isinstance(text, str) or not text:
        raise Unreadable("secret-empty")
    if not text.isprintable():
        raise Unreadable("secret-control")
    return SecretStr(text)


def _read_level(value: object) -> str:
    text = read_text(value).casefold()
    if text not in LEVELS:
        raise Unreadable("not-a-choice", value=text, words=LEVELS)
    return text


def _read_folder(value: object) -> Path:
    if isinstance(value, Path):
        return value
    text = read_text(value, '"/var/lib/dozvon"')
    if not text:
        raise Unreadable("text-empty")
    return Path(text)


def _read_budget(value: object) -> float:
    refused = Unreadable("not-a-number", least=0.05, most=LONGEST_BUDGET_SECONDS)
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise refused
    try:
        seconds = float(value)
    except ValueError:
        raise refused from None
    if not 0.05 <= seconds <= LONGEST_BUDGET_SECONDS:
        raise refused
    return seconds


def read_list(value: object) -> tuple[str, ...]:
    """A list, or a text in which commas separate its elements."""
    if isinstance(value, str):
        return tuple(part.strip() for part in value.split(",") if part.strip())
    return read_texts(list(value) if isinstance(value, tuple) else value)


def _read_networks(value: object) -> tuple[str, ...]:
    networks = read_list(value)
    for network in networks:
        try:
            ipaddress.ip_network(network, strict=False)
        except ValueError:
            raise Unreadable("network-unreadable", value=network) from None
    return networks


def _read_endpoints(value: object) -> tuple[str, ...]:
    return tuple(_read_word(name) for name in read_list(value))


def _read_dial(value: object) -> str:
    text = read_text(value)
    return read_dial(text, "extension") if text else text


def _read_device(value: object) -> str:
    return read_device(read_text(value))


Port = Annotated[int, BeforeValidator(_read_port)]
PortOrOff = Annotated[int, BeforeValidator(_read_port_or_off)]
Switch = Annotated[bool, BeforeValidator(_read_switch)]
Host = Annotated[str, BeforeValidator(_read_host)]
Word = Annotated[str, BeforeValidator(_read_word)]
Key = Annotated[str, BeforeValidator(_read_key)]
Secret = Annotated[SecretStr, BeforeValidator(_read_secret)]
Level = Annotated[str, BeforeValidator(_read_level)]
Folder = Annotated[Path, BeforeValidator(_read_folder)]
Budget = Annotated[float, BeforeValidator(_read_budget)]
Networks = Annotated[tuple[str, ...], BeforeValidator(_read_networks)]
Endpoints = Annotated[tuple[str, ...], BeforeValidator(_read_endpoints)]
Dial = Annotated[str, BeforeValidator(_read_dial)]
Device = Annotated[str, BeforeValidator(_read_device)]
