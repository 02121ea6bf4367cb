"""Invitations, one's own settings, and the administrator's pages about people."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from signin_house import EVERYBODY, PASSWORD, SignInHouse, doing, signin_house
from sqlalchemy import update

from storage import schema_people
from storage.audit import read_audit
from storage.people import read_people
from storage.unit_of_work import UnitOfWork
from storage.writer import Work
from web.access.roles import Permission
from web.pages.texts import every_text
from web.signin import accounts
from web.signin.accounts import About
from web.signin.errors import SENTENCES, AccountRefused, Why
from web.signin.my import browser_name
from web.signin.passwords import judge

ENGLISH = {"Accept-Language": "en"}
FINE = "another phrase of words"


async def do(house: SignInHouse, work: Work[None]) -> None:
    await house.house.writer.submit(work)


async def invited(house: SignInHouse, login: str = "ivanova") -> str:
    secret = accounts.new_secret()

    async def work(uow: UnitOfWork) -> None:
        await accounts.invite(uow, doing(), login, secret)

    await do(house, work)
    return f"/invitation/{secret}"


# -- invitations -----------------------------------------------------------------------------------


async def test_an_invited_person_chooses_a_password_and_is_in(tmp_path: Path) -> None:
    async with signin_house(tmp_path) as house, house.nobody() as person:
        link = await invited(house)
        status, page = await person.get(link)
        assert status == 200
        assert "ivanova" in page
        assert await person.post(link, password=FINE, again=FINE) == (303, "/my")
        assert (await person.get("/my"))[0] == 200
        async with house.nobody() as other:
            assert (await other.sign_in("ivanova", PASSWORD))[0] == 422, "the old one is over"
            assert (await other.sign_in("ivanova", FINE))[0] == 303


async def test_an_invitation_works_once(tmp_path: Path) -> None:
    async with signin_house(tmp_path) as house, house.nobody() as person:
        link = await invited(house)
        assert (await person.post(link, password=FINE, again=FINE))[0] == 303
        async with house.nobody() as other:
            assert (await other.get(link))[0] == 410
            assert (await other.post(link, password=FINE, again=FINE))[0] == 410
            assert not list(other.http.cookie_jar)


async def test_an_invitation_ends_with_its_time_a_newer_one_or_the_person(tmp_path: Path) -> None:
    async with signin_house(tmp_path) as house, house.nobody() as person:
        first = await invited(house)
        second = await invited(house)
        assert (await person.get(first))[0] == 410
        assert (await person.get(second))[0] == 200

        async def time_passes(uow: UnitOfWork) -> None:
            ago = datetime.now(UTC) - timedelta(seconds=1)
            await uow.execute(update(schema_people.invitations).values(expires_at=ago))

        await do(house, time_passes)
        assert (await person.post(second, password=FINE, again=FINE))[0] == 410
        third = await invited(house)

        async def disabled(uow: UnitOfWork) -> None:
            await accounts.disable(uow, doing(), "ivanova")

        await do(house, disabled)
        assert (await person.get(third))[0] == 410


async def test_a_refused_password_does_not_use_the_invitation_up(tmp_path: Path) -> None:
    async with signin_house(tmp_path) as house, house.nobody() as person:
        person.http.headers.update(ENGLISH)
        link = await invited(house)
        status, page = await person.post(link, password=FINE, again="other")
        assert (status, "The passwords differ" in page) == (422, True)
        status, page = await person.post(link, password="short", again="short")
        assert (status, "fewer than 10" in page) == (422, True)
        assert (await person.post(link, password=FINE, again=FINE))[0] == 303


async def test_a_link_of_invitation_is_told_to_nobody_by_the_browser(tmp_path: Path) -> None:
    async with signin_house(tmp_path) as house:
        link = await invited(house)
        async with house.house.http.get(link) as reply:
            assert reply.headers["Referrer-Policy"] == "no-referrer"
            assert reply.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("nine lett", Why.PASSWORD_SHORT),
        ("x" * 201, Why.PASSWORD_LONG),
        ("1234567890", Why.PASSWORD_COMMON),
        ("ЙЦУКЕНГШЩЗ", Why.PASSWORD_COMMON),
        ("aaaaaaaaaaaa", Why.PASSWORD_COMMON),
        ("anna.ivanova1", Why.PASSWORD_COMMON),
    ],
)
def test_passwords_that_would_be_guessed_first_are_refused(password: str, why: Why) -> None:
    with pytest.raises(AccountRefused) as refused:
        judge(password, login="anna.ivanova")
    assert refused.value.why is why


@pytest.mark.parametrize("why", list(Why))
def test_every_refusal_has_its_sentence_in_both_languages(why: Why) -> None:
    russian, english = SENTENCES[why]
    assert re.search("[А-я]", russian)
    assert not re.search("[А-я]", english)


# -- oneself ---------------------------------------------------------------------------------------


async def test_a_person_chooses_his_language_and_sees_it(tmp_path: Path) -> None:
    async with signin_house(tmp_path) as house, house.signed_in("ivanova") as person:
        sent = {"language": "en", "theme": "dark", "card_opens": "never"}
        assert await person.post("/my", **sent) == (303, "/my")
        _, page = await person.get("/my")
        assert '<html lang="en" data-theme="dark">' in page
        assert '<option value="never" selected>' in page
        assert "Saved." in page
        await person.post("/my", theme="<script>")
        _, page = await person.get("/my")
        assert 'data-theme="dark"' in page
        assert "There is no such choice: &lt;script&gt;" in page


async def test_a_changed_password_signs_the_other_browsers_out(tmp_path: Path) -> None:
    async with (
        signin_house(tmp_path) as house,
        house.signed_in("ivanova") as here,
        house.signed_in("ivanova") as there,
    ):
        sent = {"old": PASSWORD, "password": FINE, "again": FINE}
        assert (await here.post("/my/password", **(sent | {"old": "wrong"})))[0] == 422
        assert (await there.get("/my"))[0] == 200
        assert await here.post("/my/password", **sent) == (303, "/my")
        assert (await here.get("/my"))[0] == 200
        assert (await there.get("/my"))[0] == 303


async def test_the_present_password_cannot_be_guessed_on_the_settings_page(tmp_path: Path) -> None:
    async with signin_house(tmp_path) as house, house.signed_in("ivanova") as person:
        person.http.headers.update(ENGLISH)
        for _ in range(6):
            await person.post("/my/password", old="wrong", password=FINE, again=FINE)
        _, page = await person.post("/my/password", old=PASSWORD, password=FINE, again=FINE)
        assert "Too many attempts" in page


async def test_a_person_sees_his_browsers_and_ends_them(tmp_path: Path) -> None:
    async with (
        signin_house(tmp_path) as house,
        house.signed_in("ivanova") as here,
        house.signed_in("ivanova") as there,
        house.signed_in("director") as other,
    ):
        _, page = await here.get("/my")
        ends = re.findall(r'action="(/my/sessions/[0-9a-f]+/end)"', page)
        assert len(ends) == 1, "not the browser in which I am"
        await other.post(ends[0])
        assert (await there.get("/my"))[0] == 200, "nobody ends another's"
        assert await here.post(ends[0]) == (303, "/my")
        assert (await there.get("/my"))[0] == 303
        assert (await here.get("/my"))[0] == 200


async def test_signing_out_everywhere_else_leaves_this_browser(tmp_path: Path) -> None:
    async with (
        signin_house(tmp_path) as house,
        house.signed_in("ivanova") as here,
        house.signed_in("ivanova") as there,
    ):
        await here.post("/my/signout-everywhere")
        assert [(await p.get("/my"))[0] for p in (here, there)] == [200, 303]


# -- the administrator -----------------------------------------------------------------------------


async def ids(house: SignInHouse) -> dict[str, int]:
    return {person.login: person.id for person in await read_people(house.house.database)}


async def test_an_administrator_adds_a_person_and_is_given_the_link(tmp_path: Path) -> None:
    async with signin_house(tmp_path) as house, house.signed_in("admin") as admin:
        status, page = await admin.post("/people", login="Petrov", role="manager", manager="petrov")
        assert status == 200
        (link,) = re.findall(r'value="http://[^/]+(/invitation/[\w-]+)"', page)
        assert "Пётр Петров" in page
        async with house.nobody() as person:
            assert (await person.post(link, password=FINE, again=FINE))[0] == 303
        _, page = await admin.get("/people")
        assert "/invitation/" not in page, "it is shown once"


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ({"login": "ivanova", "role": "manager"}, "The login ivanova is taken"),
        ({"login": "a b", "role": "manager"}, "A login has 2 to 64 letters"),
        ({"login": "new", "role": "king"}, "There is no such role: king"),
        ({"login": "new", "role": "manager", "manager": "x"}, "The office has no manager “x”"),
        ({"login": "new", "role": "manager", "manager": "ivanova"}, "one manager, one person"),
        ({"login": "new", "role": "manager", "name": "x" * 121}, "at most 120 characters"),
    ],
)
async def test_what_cannot_be_is_refused_and_the_form_keeps_what_was_written(
    tmp_path: Path, form: dict[str, str], sentence: str
) -> None:
    async with signin_house(tmp_path) as house, house.signed_in("admin") as admin:
        admin.http.headers.update(ENGLISH)
        status, page = await admin.post("/people", **form)
        assert status == 422
        assert sentence in page
        assert f'value="{form["login"]}"' in page
        assert len(await ids(house)) == len(EVERYBODY)


async def test_a_changed_role_is_in_force_with_the_next_request(tmp_path: Path) -> None:
    async with (
        signin_house(tmp_path) as house,
        house.signed_in("admin") as admin,
        house.signed_in("ivanova") as person,
    ):
        assert (await person.get("/people"))[0] == 403
        place = f"/people/{(await ids(house))['ivanova']}"
        form = {"name": "Анна", "role": "curator", "manager": "ivanova", "administrator": "1"}
        assert await admin.post(place, **form) == (303, place)
        assert (await person.get("/people"))[0] == 200
        deeds = await read_audit(house.house.database, act="person-changed")
        assert [(d.by, d.about) for d in deeds] == [
            ("admin", {"name": "Анна", "role": "curator", "administrator": True})
        ]


async def test_the_last_administrator_stays(tmp_path: Path) -> None:
    async with signin_house(tmp_path) as house, house.signed_in("admin") as admin:
        admin.http.headers.update(ENGLISH)
        place = f"/people/{(await ids(house))['admin']}"
        await admin.post(f"{place}/disable")
        status, page = await admin.get(place)
        assert status == 200
        assert "This is the last administrator" in page
        await admin.post(place, name="Admin", role="manager")
        status, page = await admin.get(place)
        assert (status, "This is the last administrator" in page) == (200, True)


async def test_a_disabled_person_is_out_and_comes_back_without_his_tokens(tmp_path: Path) -> None:
    async with (
        signin_house(tmp_path) as house,
        house.signed_in("admin") as admin,
        house.signed_in("ivanova") as person,
    ):
        await house.token("ivanova", "calls")
        place = f"/people/{(await ids(house))['ivanova']}"
        await admin.post(f"{place}/disable")
        assert (await person.get("/my"))[0] == 303
        assert (await admin.post(f"{place}/invite"))[0] == 422, "nobody is invited who may not in"
        await admin.post(f"{place}/enable")
        assert (await person.get("/my"))[0] == 303, "the session is over for good"
        assert (await person.sign_in("ivanova"))[0] == 303
        _, page = await admin.get(place)
        assert "отозван" in page


async def test_whoever_comes_back_does_not_share_a_manager(tmp_path: Path) -> None:
    async with signin_house(tmp_path) as house:

        async def work(uow: UnitOfWork) -> None:
            await accounts.disable(uow, doing(), "ivanova")
            told = About(manager="ivanova")
            await accounts.change(uow, doing(), "helper", told, managers={"ivanova"})
            await accounts.enable(uow, doing(), "ivanova")

        with pytest.raises(AccountRefused) as refused:
            await do(house, work)
        assert refused.value.why is Why.MANAGER_TAKEN


async def test_an_administrator_signs_somebody_out_everywhere(tmp_path: Path) -> None:
    async with (
        signin_house(tmp_path) as house,
        house.signed_in("admin") as admin,
        house.signed_in("ivanova") as person,
    ):
        place = f"/people/{(await ids(house))['ivanova']}"
        assert await admin.post(f"{place}/signout") == (303, place)
        assert (await person.get("/my"))[0] == 303


async def test_a_token_is_shown_once_and_revoked_at_once(tmp_path: Path) -> None:
    async with signin_house(tmp_path) as house, house.signed_in("admin") as admin:
        place = f"/people/{(await ids(house))['ivanova']}"
        form = {"token_name": "CRM", "days": "30", "scope-place": "1", "scope-calls": "1"}
        status, page = await admin.post(f"{place}/tokens", **form)
        assert status == 200
        (secret,) = re.findall(r'readonly value="([\w-]{43})"', page)
        _, page = await admin.get(place)
        assert secret not in page
        assert "журнал звонков и заметки, звонить" in page
        (revoke,) = re.findall(rf'action="({place}/tokens/\w+/revoke)"', page)
        assert await admin.post(revoke) == (303, place)
        _, page = await admin.get(place)
        assert "отозван" in page
        for wrong in ({"days": "0"}, {"days": "x"}, {"scope-place": "", "scope-calls": ""}):
            assert (await admin.post(f"{place}/tokens", **(form | wrong)))[0] == 422


HOSTILE = ("<img src=x onerror=alert(1)>", "\u202egnp.exe\u202c", "А" * 120)


@pytest.mark.parametrize("name", HOSTILE)
async def test_hostile_names_are_text_and_nothing_else(tmp_path: Path, name: str) -> None:
    async with signin_house(tmp_path) as house, house.signed_in("admin") as admin:
        await admin.post("/people", login="hostile", name=name, role="manager")
        place = f"/people/{(await ids(house))['hostile']}"
        for page in (await admin.get("/people"), await admin.get(place)):
            assert page[0] == 200
            assert "<img" not in page[1]


async def test_there_is_no_page_about_nobody(tmp_path: Path) -> None:
    async with signin_house(tmp_path) as house, house.signed_in("admin") as admin:
        for nobody in ("999", "x", "9" * 30, "1e3", "%D9%A1"):
            assert (await admin.get(f"/people/{nobody}"))[0] == 404
            assert (await admin.post(f"/people/{nobody}/disable"))[0] == 404


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        (
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
                "Chrome/140.0.0.0 YaBrowser/25.8 Safari/537.36"
            ),
            "Yandex, Windows",
        ),
        (
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 "
                "(KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1"
            ),
            "Safari, iPhone",
        ),
        (
            "Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0",
            "Firefox, Linux",
        ),
        ("curl/8.5.0", ""),
        ("<script>", ""),
    ],
)
def test_a_browser_is_named_as_people_name_it(agent: str, name: str) -> None:
    assert browser_name(agent) == name


def test_every_scope_has_its_words() -> None:
    assert all(f"signin.scope-{scope}" in every_text() for scope in Permission)


async def test_a_link_begins_with_the_address_by_which_the_administrator_came(
    tmp_path: Path,
) -> None:
    """Where the settings do not say where people open the pages, his browser does."""
    async with signin_house(tmp_path) as house, house.signed_in("admin") as admin:
        place = f"/people/{(await ids(house))['ivanova']}/invite"
        _, page = await admin.post(place)
        assert f'value="http://127.0.0.1:{house.house.port}/invitation/' in page
