"""Names from outside stay names on every page: no script, no broken screen."""

from __future__ import annotations

import pytest
import pytest_asyncio
from playwright.async_api import expect
from workspace_house import CUT_OFF, TELEPHONE, Workspace

from dozvon.demo.story import DemoClient
from router.numbers import NumberPlan, normalise
from storage.records import ClientRecord
from storage.unit_of_work import UnitOfWork

pytestmark = [pytest.mark.asterisk, pytest.mark.asyncio(loop_scope="module")]

NAMES = (
    "<img src=x onerror=\"document.body.dataset.hacked='1'\">",
    "</script><script>document.body.dataset.hacked='1'</script>",
    "{{ 7 * 7 }} ${7*7} &lt;b&gt; ' \" ` \\",
    "Обманщик \u202egnp.exe\u2066 налево",
    "Щ" * 300,
)
PAGES = ("/desk", "/live", "/callbacks", "/calls", "/clients?q=790355500", "/clients/h-{n}")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def hostile(house: Workspace) -> tuple[DemoClient, ...]:
    """Clients of Ivanova with names that want to be more than names."""
    clients = tuple(
        DemoClient(key=f"h-{n}", name=name, number=f"7903555000{n}", owner="ivanova")
        for n, name in enumerate(NAMES)
    )
    records = [
        ClientRecord(
            key=c.key, name=c.name, owner=c.owner, numbers=(normalise(c.number, NumberPlan()),)
        )
        for c in clients
    ]

    async def work(uow: UnitOfWork) -> None:
        await uow.clients.save(records, at=house.board.now)

    await house.board.write(work)
    return clients


@pytest.mark.parametrize("n", range(len(NAMES)))
async def test_a_hostile_name_is_shown_as_it_is_written(
    hostile: tuple[DemoClient, ...], workspace: Workspace, n: int
) -> None:
    """On the card that rings, in every list, and on the client's own page."""
    client = hostile[n]
    shown = client.name[:60].strip() if len(client.name) > 100 else client.name
    anna = await workspace.sign_in("ivanova", "/desk")
    call = await workspace.carrier.call("74951230001", client.number)
    await expect(anna.locator("#pops [data-ring] h2")).to_contain_text(shown)
    await anna.set_viewport_size({"width": TELEPHONE[0], "height": TELEPHONE[1]})
    assert await anna.evaluate(CUT_OFF) == []
    await call.hang_up()
    for place in PAGES:
        await anna.goto(place.format(n=n))
        assert await anna.get_attribute("body", "data-hacked") is None
        assert await anna.evaluate(CUT_OFF) == [], place
        if place not in {"/desk", "/live"}:
            await expect(anna.locator("main")).to_contain_text(shown[:40])
