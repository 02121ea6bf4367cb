"""What may stand in a dial string, so that nothing in it is ever read as dialplan.

A dial string ends up as data in a channel variable that `Dial` reads. Allowed is what a channel
name is made of. Commas, ampersands, dollar signs, brackets, carets, quotes, blanks and everything
below are syntax there and are refused, wherever they come from (invariant *no_injection*).
"""

from __future__ import annotations

import re

from config.errors import Unreadable

_ALLOWED = r"[A-Za-z0-9_.@:+*#/\-]"
_TECHNOLOGY = re.compile(r"[A-Za-z][A-Za-z0-9]*/.+")
_DEVICE = re.compile(r"[A-Za-z][A-Za-z0-9]*[/:].+")
_FOREIGN = re.compile(rf"(?!{_ALLOWED}).", re.DOTALL)
_GAP = re.compile(r"\{[^{}]*\}")
_BOX = re.compile(r"[A-Za-z0-9_.\-]{1,40}(@[A-Za-z0-9_.\-]{1,40})?")
_LONGEST = 200


def read_dial(text: str, gap: str) -> str:
    """Reads a dial template in which `{gap}` stands for what is dialled; raises `Unreadable`."""
    example = "PJSIP/{number}@trunk" if gap == "number" else "PJSIP/{extension}"
    _check(text, gap, example)
    if f"{{{gap}}}" not in text:
        raise Unreadable("template-gap", value=text, gap=f"{{{gap}}}", example=example)
    if not _TECHNOLOGY.fullmatch(text):
        raise Unreadable("template-technology", value=text, example=example)
    return text


def read_device(text: str) -> str:
    """Reads what the PBX watches for a phone's state: a device, perhaps with a gap, or `-`."""
    if text == "-":
        return text
    _check(text, "extension", "PJSIP/{extension}")
    if not _DEVICE.fullmatch(text):
        raise Unreadable("template-technology", value=text, example="PJSIP/{extension}")
    return text


def read_box(text: str) -> str:
    """Reads a voicemail box: `200` or `200@default`."""
    if not _BOX.fullmatch(text):
        raise Unreadable("box-unreadable", value=text)
    return text


def _check(text: str, gap: str, example: str) -> None:
    if len(text) > _LONGEST:
        raise Unreadable("text-long", most=_LONGEST)
    filled = text.replace(f"{{{gap}}}", "0")
    foreign_gap = _GAP.search(filled)
    if foreign_gap and not filled[: foreign_gap.start()].endswith("$"):
        raise Unreadable("template-foreign-gap", value=foreign_gap[0], gap=f"{{{gap}}}")
    foreign = _FOREIGN.search(filled)
    if foreign:
        raise Unreadable("template-syntax", character=foreign[0], example=example)
