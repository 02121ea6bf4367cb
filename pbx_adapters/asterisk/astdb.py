"""AstDB over the journal's AMI user: what is read, written and deleted there.

Families are `dozvon/…` only. One AMI user may do this and nothing else (see `manager_conf`).
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from itertools import islice

from pbx_adapters.asterisk.ami import AmiLink
from pbx_adapters.asterisk.errors import ActionRefused
from pbx_adapters.asterisk.journal import FAMILY

_TREE_SECONDS = 20.0
_AT_A_TIME = 20


class AstDb:
    """The part of an Asterisk's database that is ours."""

    def __init__(self, link: AmiLink) -> None:
        self._link = link

    async def tree(self, path: str) -> Mapping[str, str]:
        """All keys below `dozvon/<path>` with their values; nothing there is an empty mapping."""
        action = {"Action": "DBGetTree", "Family": FAMILY, "Key": path}
        try:
            items = await self._link.send_list(action, deadline_seconds=_TREE_SECONDS)
        except ActionRefused as refused:
            if "not found" in str(refused).lower():
                return {}
            raise
        return {i.get("Key"): i.get("Val") for i in items if i.get("Key")}

    async def put(self, path: str, value: str) -> None:
        """Write `dozvon/<path>`."""
        await self._link.send({"Action": "DBPut", "Family": FAMILY, "Key": path, "Val": value})

    async def delete(self, paths: Iterable[str]) -> None:
        """Delete keys; one that is gone already is no error.

        Some at a time: Asterisk works them off one by one, but nobody waits for each answer. When
        one fails the rest of its group is still told how it ended, and then the trouble.
        """
        waiting = iter(paths)
        while group := list(islice(waiting, _AT_A_TIME)):
            done = await asyncio.gather(*map(self._delete, group), return_exceptions=True)
            for trouble in done:
                if trouble is not None:
                    raise trouble

    async def _delete(self, path: str) -> None:
        try:
            await self._link.send({"Action": "DBDel", "Family": FAMILY, "Key": path})
        except ActionRefused as refused:
            if "not exist" not in str(refused).lower() and "not found" not in str(refused):
                raise

    async def replace(self, path: str, wanted: Mapping[str, str]) -> int:
        """Make the keys below `dozvon/<path>` exactly `wanted`; returns how many were written."""
        prefix = f"/{FAMILY}/{path}/"
        there = {k.removeprefix(prefix): v for k, v in (await self.tree(path)).items()}
        await self.delete(f"{path}/{key}" for key in there.keys() - wanted.keys())
        changed = {k: v for k, v in wanted.items() if there.get(k) != v}
        for key, value in changed.items():
            await self.put(f"{path}/{key}", value)
        return len(changed)
