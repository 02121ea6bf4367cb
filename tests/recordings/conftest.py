"""Stories about recordings use the sales floor of the service's own tests."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.extend(
    str(Path(__file__).parent.parent / room)
    for room in ("service", "simulator", "control", "browser")
)
