"""The office in forms: checked before it is applied, versioned, taken back; nothing is lost."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from signin_house import Person, SignInHouse, office_house

from config.office_edit import values_of

TEXT = (Path(__file__).parents[2] / "config" / "examples" / "office.toml").read_text("utf-8")


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[SignInHouse]:
    async with office_house(tmp_path, TEXT) as found:
        yield found


@pytest.fixture
async def admin(house: SignInHouse) -> AsyncIterator[Person]:
    async with house.signed_in("admin") as person:
        yield person


def base_of(page: str) -> str:
    found = re.search(r'name="base" value="(-?\d+)"', page)
    assert found
    return found[1]


async def test_the_office_is_shown_with_people_lines_and_findings(admin: Person) -> None:
    status, page = await admin.get("/office")
    assert status == 200
    assert "Анна Иванова" in page
    assert "+7 495 123-00-01" in page
    assert "Версия 1" in page


@pytest.mark.parametrize(
    "path",
    [
        "/office/general",
        "/office/managers/petrov",
        "/office/departments/sales",
        "/office/lines/main",
        "/office/outgoing/trunk",
        "/office/new/managers",
        "/office/text",
        "/office/versions",
        "/office/versions/1",
        "/office/try",
        "/connections",
    ],
)
async def test_every_page_of_the_administrator_is_there_and_nobody_elses(
    house: SignInHouse, admin: Person, path: str
) -> None:
    assert (await admin.get(path))[0] == 200
    async with house.signed_in("sokolova") as curator:
        assert (await curator.get(path))[0] == 403


@pytest.mark.parametrize(
    "path", ["/office/managers/nobody", "/office/secrets/x", "/office/versions/9"]
)
async def test_what_is_not_there_is_404(admin: Person, path: str) -> None:
    assert (await admin.get(path))[0] == 404


async def test_a_change_is_shown_first_then_applied_and_can_be_taken_back(
    house: SignInHouse, admin: Person
) -> None:
    form = values_of(TEXT, "managers", "ivanova") | {"extension": "177", "base": "1"}
    status, page = await admin.post("/office/managers/ivanova", act="check", **form)
    assert status == 200
    assert "101" in page
    assert "177" in page
    assert house.house.board.office().managers["ivanova"].extension == "101"

    form |= {"base": base_of(page), "note": "новый телефон"}
    assert await admin.post("/office/managers/ivanova", act="apply", **form) == (303, "/office")
    assert house.house.board.office().managers["ivanova"].extension == "177"
    _, page = await admin.get("/office/versions")
    assert "новый телефон" in page

    assert (await admin.post("/office/versions/1/restore", base="2"))[0] == 303
    assert house.house.board.office().managers["ivanova"].extension == "101"
    assert house.house.board.office().version == 3


async def test_a_mistake_is_told_at_its_field_and_changes_nothing(
    house: SignInHouse, admin: Person
) -> None:
    form = values_of(TEXT, "managers", "ivanova") | {"mobile": "12", "base": "1"}
    status, page = await admin.post("/office/managers/ivanova", act="apply", **form)
    assert status == 200
    assert 'aria-describedby="e-mobile"' in page
    assert 'value="12"' in page
    assert house.house.board.office().version == 1


async def test_the_second_of_two_administrators_is_told_and_keeps_his_text(
    house: SignInHouse, admin: Person
) -> None:
    first = values_of(TEXT, "managers", "ivanova") | {"extension": "177", "base": "1"}
    second = values_of(TEXT, "managers", "petrov") | {"name": "Пётр Второй", "base": "1"}
    assert (await admin.post("/office/managers/ivanova", act="apply", **first))[0] == 303

    status, page = await admin.post("/office/managers/petrov", act="apply", **second)
    assert status == 200
    assert "Пётр Второй" in page
    assert "версию 2" in page
    assert house.house.board.office().managers["petrov"].name == "Пётр Петров"

    again = second | {"base": base_of(page)}
    assert (await admin.post("/office/managers/petrov", act="apply", **again))[0] == 303
    office = house.house.board.office()
    assert (office.managers["petrov"].name, office.managers["ivanova"].extension) == (
        "Пётр Второй",
        "177",
    )


async def test_one_who_is_still_needed_cannot_be_removed(house: SignInHouse, admin: Person) -> None:
    status, page = await admin.post("/office/managers/sokolova", act="remove", base="1")
    assert status == 200
    assert "departments.sales.head" in page
    assert "sokolova" in house.house.board.office().managers
    assert (await admin.post("/office/managers/volkov", act="remove", base="1"))[0] == 303
    assert "volkov" not in house.house.board.office().managers


async def test_somebody_new_is_added(house: SignInHouse, admin: Person) -> None:
    form = {"key": "novy", "name": "Новый", "department": "sales", "extension": "107", "base": "1"}
    status, page = await admin.post("/office/new/managers", act="check", **form)
    assert status == 200
    assert "Новый" in page
    assert (await admin.post("/office/new/managers", act="apply", **form))[0] == 303
    assert house.house.board.office().managers["novy"].extension == "107"
    status, page = await admin.post("/office/new/managers", act="check", **(form | {"base": "2"}))
    assert "Такой ключ уже есть" in page


async def test_a_whole_file_is_checked_with_its_lines(house: SignInHouse, admin: Person) -> None:
    wrong = TEXT.replace('extension = "101"', 'extension = "one"')
    status, page = await admin.post("/office/text", act="apply", text=wrong, base="1")
    assert status == 200
    assert "managers.ivanova.extension" in page
    assert house.house.board.office().version == 1
    right = TEXT.replace("Окна и двери", "Двери <b>и окна</b>")
    assert (await admin.post("/office/text", act="apply", text=right, base="1"))[0] == 303
    _, page = await admin.get("/office")
    assert "Двери &lt;b&gt;и окна&lt;/b&gt;" in page


async def test_a_call_is_tried_by_the_rules_in_force(admin: Person) -> None:
    path = "/office/try?line=main&from=89161234567&at=2026-11-23T12:00"
    status, page = await admin.get(path)
    assert status == 200
    assert re.search(r'class="chain">.*0:00.*Отдел', page, re.DOTALL)
    assert "Мария Соколова" in page
    _, closed = await admin.get(path.replace("T12:00", "T23:00"))
    assert "офис закрыт" in closed
    _, bad = await admin.get("/office/try?line=main&at=never")
    assert "не читается" in bad


async def test_how_the_service_stands_is_told_in_sentences(
    house: SignInHouse, admin: Person
) -> None:
    status, page = await admin.get("/connections")
    assert status == 200
    assert "Перерывов не было" in page
