"""Signing in with a browser: who is nobody sees nothing, who is somebody finds his place."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from workspace_house import Workspace, pictures

pytestmark = [pytest.mark.asterisk, pytest.mark.asyncio(loop_scope="module")]


async def test_whoever_is_not_signed_in_is_asked_to(workspace: Workspace) -> None:
    """Every page asks for a sign-in first."""
    page = await workspace.visitor()
    for path in ("/", "/my", "/people"):
        await page.goto(path)
        assert "/signin" in page.url
    assert await page.input_value("input[name=login]") == ""
    await pictures(page, "signin")


@pytest.mark.parametrize("login", ["director", "sokolova", "ivanova", "assistant", "admin"])
async def test_each_role_signs_in_and_comes_to_where_it_wanted(
    workspace: Workspace, login: str
) -> None:
    page = await workspace.sign_in(login, "/my")
    assert urlsplit(page.url).path == "/my"
    assert workspace.people[login].name in await page.inner_text("body")


async def test_a_wrong_password_is_told_in_a_sentence(workspace: Workspace) -> None:
    """The page says so, and the login need not be typed again."""
    page = await workspace.visitor()
    await page.goto("/signin")
    await page.fill("input[name=login]", "ivanova")
    await page.fill("input[name=password]", "something else")
    with workspace.forgiving():  # the browser itself tells of an answer that is no success
        await page.press("input[name=password]", "Enter")
        await page.wait_for_selector("[role=alert]")
    assert await page.input_value("input[name=login]") == "ivanova"
    assert await page.inner_text("[role=alert]")


async def test_whoever_signs_out_is_nobody_again(workspace: Workspace) -> None:
    page = await workspace.sign_in("ivanova", "/my")
    await page.click("form[action='/signout'] button >> visible=true")
    await page.wait_for_url("**/signin*")
    await page.goto("/my")
    assert "/signin" in page.url


async def test_a_page_works_without_scripts(workspace: Workspace) -> None:
    """Signing in and looking at one's own page needs no JavaScript."""
    page = await workspace.sign_in("petrov", "/my", scripts=False)
    assert workspace.people["petrov"].name in await page.inner_text("body")
