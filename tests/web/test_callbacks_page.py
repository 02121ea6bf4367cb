"""The callback list's page: every act works as a form, and as htmx asks for it."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from signin_house import Person, SignInHouse, signin_house

from pbx_adapters.port import Outcome
from router.callbacks import CallbackItem
from router.calls import Call, CallState, Direction, Disposition, MissedReason
from router.numbers import NumberPlan, normalise
from storage.recording import record_ended_call
from storage.records import EndedCall
from storage.unit_of_work import UnitOfWork
from switchboard.control import Control, Told
from switchboard.news import CallbackActed

HOSTILE = '<img src=x onerror=alert(1)>"\u202eevil'


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[SignInHouse]:
    async with signin_house(tmp_path) as made:
        yield made


@pytest.fixture
async def anna(house: SignInHouse) -> AsyncIterator[Person]:
    async with house.signed_in("ivanova") as person:
        yield person


def missed(call_id: str, minutes_ago: float = 30, *, number: str, **about: object) -> EndedCall:
    began = datetime.now(UTC) - timedelta(minutes=minutes_ago)
    call = Call(
        id=call_id,
        pbx="main",
        linked_id=call_id,
        direction=Direction.INBOUND,
        caller=number.lstrip("+"),
        line="74951230001",
        began_at=began,
        ended_at=began + timedelta(seconds=20),
        state=CallState.ENDED,
        disposition=Disposition.MISSED,
        reason=MissedReason.NO_ANSWER,
    )
    made = EndedCall(call=call, number=normalise(number, NumberPlan()) if number else None)
    return replace(made, **{"department": "sales", **about})  # type: ignore[arg-type]


async def write(house: SignInHouse, *calls: EndedCall) -> None:
    for each in calls:
        await house.house.writer.submit(lambda uow, e=each: record_ended_call(uow, e))


async def hers(house: SignInHouse, **about: object) -> None:
    """A client of Anna's and one of Pyotr's, whom the company missed."""
    his = {"number": "+79160000002", "client": "k2", "owner": "orlov", "department": "service"}
    named = {"client_name": "ООО «Ромашка»", "owner": "ivanova", **about}
    await write(
        house,
        missed("c-1", number="+79160000001", client="k1", **named),
        missed("c-2", **his),  # type: ignore[arg-type]
    )


async def item(house: SignInHouse, callback_id: str = "cb-c-1") -> CallbackItem:
    async with house.house.database.reading() as connection:
        found = await UnitOfWork(connection).callbacks.get(callback_id)
    assert found is not None
    return found


def shown(page: str) -> list[str]:
    return re.findall(r'<li class="card callback[^"]*" id="([^"]+)"', page)


async def test_an_empty_list_says_what_it_means(house: SignInHouse, anna: Person) -> None:
    _, page = await anna.get("/callbacks")
    assert "Вам перезванивать некому" in page
    async with house.signed_in("director") as director:
        _, page = await director.get("/callbacks")
        assert "Никто не ждёт звонка" in page


async def test_an_item_tells_who_waits_how_often_he_called_and_whose_he_is(
    house: SignInHouse, anna: Person
) -> None:
    await hers(house)
    await write(house, missed("c-3", 10, number="+79160000001", client="k1", owner="ivanova"))
    _, page = await anna.get("/callbacks")
    assert shown(page) == ["cb-c-1"]
    for told in ("+7 916 000-00-01", "пропущен 2 раза", "Основной номер", "Анна Иванова"):
        assert told in page


async def test_everybody_sees_the_part_of_his_role(house: SignInHouse, anna: Person) -> None:
    await hers(house)
    assert shown((await anna.get("/callbacks?which=all"))[1]) == ["cb-c-1"]
    async with house.signed_in("director") as director, house.signed_in("sokolova") as head:
        assert set(shown((await director.get("/callbacks"))[1])) == {"cb-c-1", "cb-c-2"}
        assert shown((await head.get("/callbacks?which=all"))[1]) == ["cb-c-1"]
    async with house.signed_in("helper") as helper:
        assert shown((await helper.get("/callbacks"))[1]) == ["cb-c-1"]


async def test_the_list_alone_is_what_the_page_fetches_again(
    house: SignInHouse, anna: Person
) -> None:
    await hers(house)
    _, whole = await anna.get("/callbacks")
    assert 'id="callbacks-list" class="stack" data-live="/callbacks/list?which=mine"' in whole
    _, part = await anna.get("/callbacks/list?which=mine")
    assert "<html" not in part
    assert shown(part) == ["cb-c-1"]


async def test_to_take_is_a_form_that_leads_back_and_says_until_when(
    house: SignInHouse, anna: Person
) -> None:
    await hers(house)
    assert await anna.post("/callbacks/cb-c-1/take?which=all") == (303, "/callbacks?which=all")
    _, page = await anna.get("/callbacks?which=all")
    assert "Теперь у вас до" in page
    assert (await item(house)).taken_by == "ivanova"
    async with house.signed_in("sokolova") as head:
        assert "в работе: Анна Иванова" in (await head.get("/callbacks?which=all"))[1]


async def test_htmx_is_answered_by_the_list_with_what_happened(
    house: SignInHouse, anna: Person
) -> None:
    await hers(house)
    headers = {"HX-Request": "true"}
    async with anna.http.post("/callbacks/cb-c-1/take", headers=headers) as reply:
        part = await reply.text()
        assert reply.status == 200
    assert "<html" not in part
    assert "Теперь у вас до" in part
    assert "Вернуть всем" in part


async def test_an_act_is_told_to_everybody_who_looks(house: SignInHouse, anna: Person) -> None:
    await hers(house)
    with house.house.board.news.listening() as news:
        await anna.post("/callbacks/cb-c-1/take")
        assert CallbackActed(callback_id="cb-c-1") in list(news._waiting)


async def test_it_is_given_back_and_given_to_a_colleague(house: SignInHouse, anna: Person) -> None:
    await hers(house)
    await anna.post("/callbacks/cb-c-1/take")
    await anna.post("/callbacks/cb-c-1/give-back")
    assert (await item(house)).holder(datetime.now(UTC)) == ""
    await anna.post("/callbacks/cb-c-1/give", to="petrov")
    assert (await item(house)).holder(datetime.now(UTC)) == "petrov"
    _, page = await anna.get("/callbacks?which=all")
    assert "Передано: Пётр Петров" in page


async def test_an_outcome_and_a_promised_hour_are_noted_in_the_persons_zone(
    house: SignInHouse, anna: Person
) -> None:
    await hers(house)
    there = datetime.now(ZoneInfo("Europe/Moscow")).replace(microsecond=0) + timedelta(days=1)
    wall = there.strftime("%Y-%m-%dT%H:%M")
    await anna.post("/callbacks/cb-c-1/note", note="просит завтра", promised=wall)
    noted = await item(house)
    assert [note.text for note in noted.notes] == ["просит завтра"]
    assert noted.promised_at == there.replace(second=0)
    assert "просит завтра" in (await anna.get("/callbacks"))[1]


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"note": ""}, "Напишите, что вышло"),
        ({"note": "x", "promised": "завтра"}, "Время не понятно"),
        ({"note": "x", "promised": "2020-01-01T10:00"}, "уже прошёл"),
    ],
)
async def test_a_note_that_says_nothing_clear_is_refused_in_a_sentence(
    house: SignInHouse, anna: Person, form: dict[str, str], said: str
) -> None:
    await hers(house)
    await anna.post("/callbacks/cb-c-1/note", **form)
    assert said in (await anna.get("/callbacks"))[1]
    assert (await item(house)).notes == ()


async def test_not_needed_closes_with_the_reason_and_stands_under_closed_today(
    house: SignInHouse, anna: Person
) -> None:
    await hers(house)
    await anna.post("/callbacks/cb-c-1/not-needed", reason=" ")
    assert "почему перезванивать не нужно" in (await anna.get("/callbacks"))[1]
    await anna.post("/callbacks/cb-c-1/not-needed", reason="решили письмом")
    _, page = await anna.get("/callbacks?which=all")
    assert shown(page) == []
    assert "решили письмом" in page


async def test_a_voicemail_before_any_call_is_refused(house: SignInHouse, anna: Person) -> None:
    await hers(house)
    await anna.post("/callbacks/cb-c-1/voicemail")
    assert "автоответчика быть не могло" in (await anna.get("/callbacks"))[1]


@pytest.mark.parametrize("what", ["take", "give-back", "give", "note", "voicemail", "not-needed"])
async def test_no_act_reaches_an_item_that_one_may_not_see(
    house: SignInHouse, anna: Person, what: str
) -> None:
    await hers(house)
    before = await item(house, "cb-c-2")
    form = {"to": "petrov", "note": "x", "reason": "x"}
    assert (await anna.post(f"/callbacks/cb-c-2/{what}", **form))[0] == 303
    assert "Этой строки больше нет" in (await anna.get("/callbacks"))[1]
    assert await item(house, "cb-c-2") == before


async def test_to_call_is_to_take_and_ones_own_phone_rings(
    house: SignInHouse, anna: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    await hers(house)
    placed = []

    async def place(self: Control, number: str, by: str, *, client: str) -> Told:
        placed.append((number, by, client))
        return Told(answer=Outcome.TALKING)

    monkeypatch.setattr(Control, "place", place)
    await anna.post("/callbacks/cb-c-1/call")
    assert placed == [("+79160000001", "ivanova", "k1")]
    assert (await item(house)).taken_by == "ivanova"
    assert "Сейчас зазвонит ваш телефон" in (await anna.get("/callbacks"))[1]


async def test_a_call_that_could_not_be_placed_leaves_the_item_to_everybody(
    house: SignInHouse, anna: Person
) -> None:
    """There is no exchange here that takes commands."""
    await hers(house)
    await anna.post("/callbacks/cb-c-1/call")
    assert (await item(house)).holder(datetime.now(UTC)) == ""
    assert 'class="flash bad"' in (await anna.get("/callbacks"))[1]


async def test_nobody_is_called_for_an_item_that_a_colleague_has(
    house: SignInHouse, anna: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    await hers(house, owner="")
    monkeypatch.setattr(Control, "place", None)  # to call it would fail
    async with house.signed_in("sokolova") as head:
        await head.post("/callbacks/cb-c-1/take")
    await anna.post("/callbacks/cb-c-1/call")
    assert "Уже в работе: Мария Соколова" in (await anna.get("/callbacks"))[1]


async def test_whoever_has_no_phone_in_the_office_gets_no_button_that_needs_one(
    house: SignInHouse, anna: Person
) -> None:
    await hers(house)
    assert "/callbacks/cb-c-1/call" in (await anna.get("/callbacks"))[1]
    async with house.signed_in("director") as director:
        _, page = await director.get("/callbacks")
        assert "/callbacks/cb-c-1/call" not in page
        assert "/callbacks/cb-c-1/take" not in page
        assert "/callbacks/cb-c-1/give" in page


async def test_a_hidden_caller_can_be_closed_but_not_called(house: SignInHouse) -> None:
    await write(house, missed("h-1", number=""))
    async with house.signed_in("sokolova") as head:
        _, page = await head.get("/callbacks?which=all")
        assert "Скрытые номера" in page
        await head.post("/callbacks/cb-h-1/call")
        assert "Номер скрыт" in (await head.get("/callbacks?which=all"))[1]
        await head.post("/callbacks/cb-h-1/not-needed", reason="номер скрыт")
    assert (await item(house, "cb-h-1")).closing is not None


async def test_yesterday_stands_on_top_for_those_who_head_others(
    house: SignInHouse, anna: Person
) -> None:
    await write(house, missed("y-1", 60 * 24, number="+79160000009", owner="ivanova"))
    async with house.signed_in("sokolova") as head:
        assert "пропущено клиентов" in (await head.get("/callbacks"))[1]
    assert "пропущено клиентов" not in (await anna.get("/callbacks"))[1]


async def test_what_a_caller_says_of_himself_is_text(house: SignInHouse, anna: Person) -> None:
    await hers(house, client_name=HOSTILE, application="<b>")
    await anna.post("/callbacks/cb-c-1/note", note=HOSTILE)
    for path in ("/callbacks", "/callbacks/list?which=%3Cb%3E"):
        _, page = await anna.get(path)
        assert "<img src=x" not in page
        assert "<b>" not in page
        assert not re.search(r"<[^>]+\s(style|on[a-z]+)=", page.replace("onerror=alert", ""))
