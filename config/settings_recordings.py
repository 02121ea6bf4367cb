"""The settings of recordings: where a PBX keeps them, how they are kept here, and for how long.

A PBX's place is a folder that we share with it or the address of its HTTP server; without one
nothing is fetched. Addresses that somebody else chooses (a provider's link) lead to the open
Internet alone unless a network is named here.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from config.errors import Unreadable
from config.reading import read_text
from config.settings_values import Folder, Networks, Switch, read_list

FORMATS = ("mp3", "opus")
LONGEST_DAYS = 36_500
_HTTP = re.compile(r"https?://[A-Za-z0-9.\[\]:-]+/?")
_FOLDER = re.compile(r"/[^\0-\x1f]{1,300}")
_DAYS_OF = re.compile(r"([a-z0-9_-]{1,64})=([0-9]{1,5})")


def is_http(place: str) -> bool:
    """Whether a place of recordings is an HTTP server, not a folder."""
    return place.startswith(("http://", "https://"))


def _read_place(value: object) -> str:
    text = read_text(value)
    readable = _HTTP.fullmatch(text) if is_http(text) else _FOLDER.fullmatch(text)
    if text and (not readable or (is_http(text) and not _has_host(text))):
        raise Unreadable("recordings-unreadable", value=text)
    return text


def _has_host(address: str) -> bool:
    try:
        parts = urlsplit(address)
        return bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def _read_formats(value: object) -> tuple[str, ...]:
    formats = tuple(text.casefold() for text in read_list(value))
    for text in formats:
        if text not in FORMATS:
            raise Unreadable("not-a-choice", value=text, words=FORMATS)
    if not formats:
        raise Unreadable("text-empty")
    return tuple(dict.fromkeys(formats))


def _read_days_of(value: object) -> tuple[str, ...]:
    found = tuple(text.replace(" ", "") for text in read_list(value))
    for text in found:
        match = _DAYS_OF.fullmatch(text)
        if not match or int(match[2]) > LONGEST_DAYS:
            raise Unreadable("keep-days-unreadable", value=text)
    return found


def _whole(least: int, most: int) -> BeforeValidator:
    def read(value: object) -> int:
        text = str(value).strip()
        digits = re.fullmatch(r"[0-9]{1,6}", text)
        if isinstance(value, bool) or not digits or not least <= int(text) <= most:
            raise Unreadable("not-a-whole", least=least, most=most)
        return int(text)

    return BeforeValidator(read)


RecordingsPlace = Annotated[str, BeforeValidator(_read_place)]
Formats = Annotated[tuple[str, ...], BeforeValidator(_read_formats)]
DaysOf = Annotated[tuple[str, ...], BeforeValidator(_read_days_of)]


class RecordingSettings(BaseModel):
    """How recordings are brought in and kept."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    folder: Folder = Field(Path("recordings"), description="where sound is kept, from `data_dir`")
    formats: Formats = Field(("mp3",), description="mp3, opus: what a conversation is kept as")
    ffmpeg: str = Field("", description="the program ffmpeg; empty: the one that is found")
    keep_days: Annotated[int, _whole(0, LONGEST_DAYS)] = Field(
        180, description="how long a recording is kept; 0: for ever"
    )
    keep_days_of: DaysOf = Field((), description="the same by department: sales=365")
    settle_seconds: Annotated[int, _whole(2, 600)] = Field(
        4, description="how long a file must not have grown to be taken for whole"
    )
    most_megabytes: Annotated[int, _whole(1, 16_384)] = Field(
        2048, description="a longer file is not taken"
    )
    delete_at_pbx: Switch = Field(
        default=False, description="delete the PBX's copy once ours was verified"
    )
    link_allow: Networks = Field(
        (), description="networks that a provider's link may lead to besides the open Internet"
    )

    @property
    def days_by_department(self) -> dict[str, int]:
        """How long recordings are kept in the departments that have a word of their own."""
        pairs = (text.partition("=") for text in self.keep_days_of)
        return {department: int(days) for department, _, days in pairs}
