"""A site where Dozvon is being installed: a real Asterisk with phones and none of our configuration."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result

from dozvon.cli import dozvon
from dozvon.context import Context
from dozvon.lab import LAB_EXTENSIONS, AsteriskInstance, Carrier, LabPhone, Phone
from dozvon.lab.root import version

FROM_TRUNK = "\n[from-trunk]\ninclude => dozvon\n\n"
PEOPLE = {"101": "Anna Ivanova", "102": "Boris Petrov", "103": "Vera Sokolova"}
"""A new administrator's phones, as his PBX knows them."""


@dataclass
class Site:
    """The machine on which an administrator types."""

    folder: Path
    pbx: AsteriskInstance
    carrier: Carrier
    phones: dict[str, Phone]
    asterisk: int
    language: str = "en"

    @property
    def config(self) -> Path:
        return self.folder / "dozvon.toml"

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def pasted(self) -> Path:
        """Where `init` writes what is to be pasted."""
        return self.folder / "asterisk"

    async def run(self, *words: str, typed: str | None = None) -> Result:
        """Types a command; in a thread, because a command has an event loop of its own."""
        context = Context(environment={}, config=self.config)
        options = ["--language", self.language, "--config", str(self.config)]
        return await asyncio.to_thread(
            CliRunner().invoke, dozvon, [*options, *words], obj=context, input=typed
        )

    async def found(self, *words: str, code: int | None = None) -> dict[str, list[dict[str, Any]]]:
        """The findings of `check` by id; `code` is the exit code that is expected."""
        done = await self.run("check", "--json", *words)
        assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
        assert code is None or done.exit_code == code, done.output
        by_id: dict[str, list[dict[str, Any]]] = {}
        for finding in json.loads(done.stdout)["findings"]:
            by_id.setdefault(finding["id"], []).append(finding)
        return by_id

    async def paste(self, *, manager: str = "", extensions: str = "") -> None:
        """Does what `init` asks for; other texts than its own may be given."""
        manager = manager or (self.pasted / "manager.conf").read_text("utf-8")
        dialplan = extensions or (self.pasted / "extensions.conf").read_text("utf-8")
        await self.pbx.reload(
            extensions_conf=dialplan + FROM_TRUNK + LAB_EXTENSIONS, manager_conf=manager
        )


@asynccontextmanager
async def new_site(root: Path, folder: Path, *, name: str = "site") -> AsyncIterator[Site]:
    """An Asterisk with three phones and a carrier, which has never heard of us."""
    phones = [LabPhone(extension=e, password=f"secret-{e}", name=n) for e, n in PEOPLE.items()]
    pbx = AsteriskInstance(
        root,
        folder / "pbx",
        extensions_conf=LAB_EXTENSIONS,
        manager_conf="",
        phones=phones,
        name=name,
    )
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(pbx)
        carrier = await stack.enter_async_context(Carrier(port=pbx.ports.trunk, pbx=pbx.sip))
        at: dict[str, Phone] = {}
        for extension in PEOPLE:
            phone = Phone(extension, f"secret-{extension}", registrar=pbx.sip)
            at[extension] = await stack.enter_async_context(phone)
        yield Site(folder, pbx, carrier, at, version(root))
