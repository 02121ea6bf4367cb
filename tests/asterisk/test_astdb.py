"""Deleting in AstDB: some at a time, and nothing is taken for deleted that is not."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import cast

import pytest

from pbx_adapters.asterisk.ami import AmiLink
from pbx_adapters.asterisk.astdb import AstDb
from pbx_adapters.asterisk.errors import ActionRefused
from pbx_adapters.asterisk.frames import Frame


class Link:
    """Answers a group when its last action has come; `refuses` says how it refuses a key."""

    def __init__(self, group: int, refuses: Mapping[str, str] | None = None) -> None:
        self.deleted: list[str] = []
        self.most = self._flying = 0
        self._group, self._refuses = group, refuses or {}
        self._full = asyncio.Event()

    async def send(self, action: Mapping[str, str]) -> Frame:
        assert (action["Action"], action["Family"]) == ("DBDel", "dozvon")
        self._flying += 1
        self.most = max(self.most, self._flying)
        if self._flying == self._group:
            self._full.set()
        async with asyncio.timeout(20):
            await self._full.wait()
        self._flying -= 1
        if why := self._refuses.get(action["Key"]):
            raise ActionRefused(f"Asterisk refuses DBDel: {why}", Frame("response", "Error", {}))
        self.deleted.append(action["Key"])
        return Frame("response", "Success", {})


def astdb(link: Link) -> AstDb:
    return AstDb(cast("AmiLink", link))


async def test_many_keys_are_deleted_some_at_a_time() -> None:
    """The link's queue of answers stays short, however many there are."""
    link = Link(20)
    keys = [f"ended/2026030209/pbx-{n}" for n in range(45)]
    await astdb(link).delete(iter(keys))
    assert sorted(link.deleted) == sorted(keys)
    assert link.most == 20


async def test_a_key_that_is_gone_is_no_trouble_and_another_refusal_is() -> None:
    """The others of its group are deleted all the same; what comes behind them is not begun."""
    keys = [f"k{n}" for n in range(30)]
    gone = Link(20, {"k1": "Database entry does not exist", "k2": "Database entry not found"})
    await astdb(gone).delete(keys)
    assert len(gone.deleted) == 28
    refused = Link(20, {"k3": "Permission denied"})
    with pytest.raises(ActionRefused, match="Permission denied"):
        await astdb(refused).delete(keys)
    assert sorted(refused.deleted) == sorted(set(keys[:20]) - {"k3"})
