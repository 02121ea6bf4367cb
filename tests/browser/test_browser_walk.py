"""Every page opens for everybody who may see it, without a word of complaint from the browser."""

from __future__ import annotations

import pytest
from workspace_house import Workspace

from web.access.matrix import ROUTES, Needed, Who
from web.access.person import Person
from web.access.roles import Permission

pytestmark = [pytest.mark.asterisk, pytest.mark.asyncio(loop_scope="module")]


def may(person: Person, needed: Needed) -> bool:
    return needed is Who.SIGNED_IN or (isinstance(needed, Permission) and person.may(needed))


@pytest.mark.parametrize("login", ["director", "sokolova", "ivanova", "assistant", "admin"])
async def test_each_page_opens_for_whoever_may_see_it(workspace: Workspace, login: str) -> None:
    """No script fails, nothing is refused, nothing comes from elsewhere."""
    told = workspace.people[login]
    person = Person(
        id=0,
        login=login,
        name=told.name,
        role=told.role,
        administrator=told.administrator,
        manager=told.manager,
        assists=told.assists,
    )
    page = await workspace.sign_in(login, "/my")
    seen = 0
    for (method, path), needed in ROUTES.items():
        if method != "GET" or "{" in path or path == "/stream" or not may(person, needed):
            continue
        answer = await page.request.get(path, headers={"Accept": "text/html"}, max_redirects=0)
        assert answer.status < 500, path
        if answer.status == 200 and "<html" in await answer.text():
            await page.goto(path)
            assert await page.locator("main :is(h1, h2)").count() >= 1, path
            seen += 1
    assert seen >= 6
