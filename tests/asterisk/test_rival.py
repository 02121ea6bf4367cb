"""A driver tells of another service that reads its exchange, while it could read it itself."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import cast

import pytest

from pbx_adapters.asterisk.ami_state import LinkState
from pbx_adapters.asterisk.driver import AsteriskPbx
from pbx_adapters.asterisk.settings import AsteriskSettings
from pbx_adapters.port import ContestedPbx, Switchboard

UP, DOWN = LinkState.CONNECTED, LinkState.DISCONNECTED


@pytest.mark.parametrize(
    ("calls", "journal", "told"),
    [(UP, UP, "other/port-4573"), (UP, DOWN, ""), (DOWN, UP, ""), (DOWN, DOWN, "")],
)
async def test_a_rival_is_told_while_both_links_are_up(
    calls: LinkState, journal: LinkState, told: str
) -> None:
    """A lost link is the greater trouble, and what was seen before it may be over."""
    settings = AsteriskSettings(
        key="main",
        host="127.0.0.1",
        ami_port=1,
        calls_user="a",
        calls_secret="b",
        journal_user="c",
        journal_secret="d",
        agi_host="127.0.0.1",
        agi_port=0,
    )
    pbx = AsteriskPbx(settings, cast("Switchboard", None), now=lambda: datetime.now(UTC))
    assert isinstance(pbx, ContestedPbx)
    pbx._turn.rival = "other/port-4573"
    pbx.calls._board.become(calls)
    pbx.journal._board.become(journal)
    assert pbx.rival == told
