"""Makes sure that there is an Asterisk for the lab, and says what it does meanwhile."""

import os
from collections.abc import Callable
from pathlib import Path

from dozvon.lab import root
from dozvon.lab.errors import NoAsteriskError


def ensure_root(report: Callable[[str], None]) -> Path | None:
    """Returns a folder with an Asterisk in it; None, with the reason reported, if there is none.

    `report` gets one line per step, and nothing at all when everything is there already.
    """
    try:
        return root.find(report, os.environ)
    except NoAsteriskError as none:
        report(f"There is no Asterisk: {none}")
        return None
