"""Makes sure that there is an Asterisk for the lab, and says what it does meanwhile."""

import os
from collections.abc import Callable
from pathlib import Path


def ensure_root(report: Callable[[str], None]) -> Path | None:
    """Returns a folder with an Asterisk in it; None, with the reason reported, if there is none.

    `report` gets one line per step.
    """
    given = os.environ.get("DOZVON_ASTERISK_ROOT", "")
    if given and (Path(given) / "bin" / "asterisk").exists():
        return Path(given)
    report("DOZVON_ASTERISK_ROOT names no folder with an Asterisk in it")
    return None
