"""Sentences about the settings of the service: (Russian, English)."""

from __future__ import annotations

from typing import Final

SETTINGS_SENTENCES: Final[dict[str, tuple[str, str]]] = {}
