"""Which names a source may be asked for: bare file names, nothing that leads anywhere."""

from __future__ import annotations

import re

from recordings.details import NO_PLAIN_NAME
from recordings.errors import NameRefused

_NAME = re.compile(r"[0-9A-Za-z_-][0-9A-Za-z_.-]{0,200}\Z", re.ASCII)


def checked(name: str) -> str:
    """The name. Raises `NameRefused` for a path, for `..`, and for what no PBX writes."""
    if not _NAME.match(name) or ".." in name:
        raise NameRefused(NO_PLAIN_NAME(name=repr(name[:60])))
    return name
