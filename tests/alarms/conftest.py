"""Notices to send."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from switchboard.alarms import AlarmKind, Finding, Notice, NoticeWord

NINE = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
LINK_DOWN = Finding(
    kind=AlarmKind.LINK_DOWN, subject="main", about={"pbx": "main", "why": "refused"}
)


@pytest.fixture
def notice() -> Callable[..., Notice]:
    def make(word: NoticeWord = NoticeWord.RAISED, *, minute: float = 1, **about: Any) -> Notice:
        return Notice(
            word=word,
            finding=about.get("finding", LINK_DOWN),
            since_at=NINE,
            raised_at=NINE + timedelta(minutes=1),
            at=NINE + timedelta(minutes=minute),
        )

    return make
