"""The page that tells whether recordings are complete, as a browser asks for it."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from html import unescape
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from api_house import an_ended_call
from archive_house import expect_one, lay
from signin_house import Person, SignInHouse, signin_house

from storage.audit import read_audit
from storage.recording import record_ended_call
from storage.recording_records import RecordingState, StoredRecording
from storage.unit_of_work import UnitOfWork
from switchboard import recordings_desk
from switchboard.recordings import Archive, confirm_law
from web.parts import PARTS

CLIENT = '<bdi class="break">Клиент</bdi>'
MOSCOW = ZoneInfo("Europe/Moscow")
LOST, BROKEN = RecordingState.MISSING, RecordingState.BROKEN


@dataclass
class Desk:
    """The house with recordings of yesterday and today."""

    people: SignInHouse
    archive: Archive
    numbers: dict[str, int] = field(default_factory=dict)

    @property
    def noon(self) -> datetime:
        """Noon of yesterday: whatever hour it is, a whole day has it behind itself."""
        now = self.people.house.board.now.astimezone(MOSCOW)
        return (now - timedelta(days=1)).replace(hour=12, minute=0, second=0, microsecond=0)

    async def call(self, name: str, minutes: float = 0, **about: object) -> datetime:
        """A call of the log, so many minutes after yesterday's noon."""
        ended = an_ended_call(name, self.noon + timedelta(minutes=minutes), 0, **about)  # type: ignore[arg-type]
        await self.people.house.writer.submit(lambda uow: record_ended_call(uow, ended))
        return ended.call.began_at

    async def lose(
        self,
        name: str,
        minutes: float = 0,
        *,
        trunk: str = "",
        line: str = "74951230001",
        state: RecordingState = LOST,
        department: str = "sales",
    ) -> int:
        """A conversation without its recording (or with one that still waits)."""
        began = await self.call(name, minutes, answered_by="102", department=department)
        about = {"trunk": trunk, "line": line, "state": state, "department": department}
        self.numbers[name] = await expect_one(self.archive, name, began, **about)  # type: ignore[arg-type]
        return self.numbers[name]

    async def keep(self, name: str, minutes: float = 0, **about: str) -> int:
        began = await self.call(name, minutes, answered_by="102")
        self.numbers[name] = await lay(self.archive, name, began, **about)
        return self.numbers[name]

    async def get(self, name: str) -> StoredRecording:
        found = await self.archive.get(self.numbers[name])
        assert found is not None
        return found


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with signin_house(tmp_path) as people:
        archive = people.house.app[PARTS].archive
        assert archive is not None
        yield Desk(people, archive)


@pytest.fixture
async def director(desk: Desk) -> AsyncIterator[Person]:
    async with desk.people.signed_in("director") as person:
        yield person


def listed(page: str) -> list[str]:
    """The calls of the list, in its order."""
    return re.findall(r'href="/calls/([^"]+)#recording"', page)


def acts(page: str) -> list[tuple[str, str]]:
    return re.findall(r'action="/recordings/(\d+)/(retry|hold|release)"', page)


async def test_an_empty_house_invents_nothing(director: Person) -> None:
    status, page = await director.get("/recordings")
    assert status == 200
    assert "Записывать было нечего" in page
    assert "За эти дни нет разговоров без записи" in page
    assert "никто ещё не подтвердил уведомление о законе" in page
    assert "dozvon recordings confirm-law" in page
    assert "Всё на месте" not in page


async def test_a_sentence_tells_what_is_lost_and_leads_to_exactly_those(
    desk: Desk, director: Person
) -> None:
    """Seven conversations yesterday without a recording: trunk X."""
    for n in range(7):
        await desk.lose(f"lost-{n}", n, trunk="mts")
    await desk.lose("other-trunk", 20, trunk="beeline")
    await desk.lose("other-line", 30, trunk="mts", line="74951230002")
    await desk.lose("waits", 40, trunk="mts", state=RecordingState.EXPECTED)
    await desk.keep("kept", 50, trunk="mts")
    _, page = await director.get("/recordings")
    told = re.findall(r'recordings-lost" href="([^"]+)">.*?<span class="grow">([^<]+)', page)
    [where] = [unescape(href) for href, text in told if "7 разговоров из 9" in text]
    [text] = [text for href, text in told if unescape(href) == where]
    assert text.startswith("Вчера: без записи")
    assert text.endswith("mts.")
    _, those = await director.get(where)
    assert listed(those) == [f"lost-{n}" for n in reversed(range(7))]


async def test_every_state_has_its_list_and_its_sentence(desk: Desk, director: Person) -> None:
    await desk.lose("missing", 1)
    await desk.lose("broken", 2, state=BROKEN)
    await desk.lose("waits", 3, state=RecordingState.EXPECTED)
    await desk.keep("kept", 4)
    await desk.keep("deleted", 5)
    assert await desk.archive.delete(desk.numbers["deleted"], by="boss")
    for show, found in {
        "lost": ["broken", "missing"],
        "waiting": ["waits"],
        "ready": ["kept"],
        "deleted": ["deleted"],
        "held": [],
        "all": ["deleted", "kept", "waits", "broken", "missing"],
        "nonsense": ["broken", "missing"],
    }.items():
        _, page = await director.get(f"/recordings?show={show}")
        assert (show, listed(page)) == (show, found)
    _, page = await director.get("/recordings?show=all")
    assert "Файла записи на АТС нет" in page
    assert "Удалена по просьбе" in page


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("line=main", ["a"]),
        ("line=-", ["out"]),
        ("line=nonsense", ["out", "a"]),
        ("trunk=none-such", []),
        ("since=2020-01-01&until=2020-12-31", []),
        ("since=x&until=%00", ["out", "a"]),
        ("since=9999-12-31&until=0001-01-01&before=~~", ["out", "a"]),
    ],
)
async def test_filters_stand_in_the_address(
    desk: Desk, director: Person, asked: str, found: list[str]
) -> None:
    """A call that we placed has its client's number for a line: it stands under none of ours."""
    await desk.lose("a", 1)
    await desk.lose("out", 2, line="79161234567")
    status, page = await director.get(f"/recordings?{asked}")
    assert (status, listed(page)) == (200, found)


async def test_pages_follow_one_another_without_a_gap(
    desk: Desk, director: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where several began in the same moment."""
    monkeypatch.setattr(recordings_desk, "PAGE", 4)
    for n in range(10):
        await desk.lose(f"c-{n}", n // 3)
    seen: list[str] = []
    place = "/recordings"
    for _ in range(3):
        _, page = await director.get(place)
        seen += listed(page)
        place = unescape(next(iter(re.findall(r'href="([^"]+)" rel="next"', page)), ""))
    assert seen == [f"c-{n}" for n in reversed(range(10))]
    assert place == ""


async def test_states_that_are_listed_together_stand_in_one_order(
    desk: Desk, director: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each state is asked for by itself: a page holds the newest of them all."""
    monkeypatch.setattr(recordings_desk, "PAGE", 2)
    states = (LOST, BROKEN, BROKEN, LOST, BROKEN)
    for n, state in enumerate(states):
        await desk.lose(f"c-{n}", n, state=state)
    _, page = await director.get("/recordings")
    assert listed(page) == ["c-4", "c-3"]


# -- who -----------------------------------------------------------------------------------------


async def test_a_head_answers_for_his_department_alone(desk: Desk) -> None:
    mine = await desk.lose("ours", 1)
    theirs = await desk.lose("theirs", 2, department="service")
    async with desk.people.signed_in("sokolova") as head:
        _, page = await head.get("/recordings")
        assert listed(page) == ["ours"]
        assert "1 разговор из 1" in page
        assert (await head.post(f"/recordings/{mine}/retry"))[0] == 303
        for act in ("retry", "hold", "release"):
            assert (await head.post(f"/recordings/{theirs}/{act}", why="-"))[0] == 404
    assert (await desk.get("theirs")).state is LOST


async def test_an_administrator_is_told_where_the_whole_link_of_an_unwanted_recording_is(
    desk: Desk,
) -> None:
    """The row has it without its question, which may be a key; whoever deletes it needs all."""
    await desk.keep("other")
    await desk.lose("unwanted", 5)
    number = desk.numbers["unwanted"]

    async def drop(uow: UnitOfWork) -> None:
        told = {"why_id": "not-wanted-there", "why": "https://pbx.example/1.wav"}
        await uow.recordings.delete(number, by="service", at=desk.noon, **told)

    await desk.people.house.writer.submit(drop)
    seen = {}
    for login in ("admin", "director"):
        async with desk.people.signed_in(login) as person:
            _, page = await person.get("/recordings?show=all")
        assert "удалите их: https://pbx.example/1.wav" in page
        seen[login] = re.findall(r"dozvon recordings show (\d+)", page)
    assert seen == {"admin": [str(number)], "director": []}


async def test_an_administrator_sees_the_whole_and_not_with_whom(desk: Desk) -> None:
    """What is technical is his; whose client it was is not, where his role does not say so."""
    number = await desk.lose("ours", 1)
    async with desk.people.signed_in("admin") as admin:
        status, page = await admin.get("/recordings")
        assert (status, listed(page)) == (200, [])
        assert (str(number), "retry") in acts(page)
        assert CLIENT not in page
    async with desk.people.signed_in("director") as director:
        assert CLIENT in (await director.get("/recordings"))[1]


@pytest.mark.parametrize("login", ["ivanova", "helper"])
async def test_others_have_no_such_page(desk: Desk, login: str) -> None:
    number = await desk.lose("ours", 1)
    async with desk.people.signed_in(login) as person:
        assert (await person.get("/recordings"))[0] == 403
        _, desk_page = await person.get("/desk")
        assert 'href="/recordings"' not in desk_page
        for act in ("retry", "hold", "release"):
            assert (await person.post(f"/recordings/{number}/{act}", why="-"))[0] == 403
    assert (await desk.get("ours")).state is LOST


# -- what is done --------------------------------------------------------------------------------


async def test_trying_again_begins_anew_and_is_kept(desk: Desk, director: Person) -> None:
    number = await desk.lose("c-1")
    assert await director.post(f"/recordings/{number}/retry") == (303, "/recordings")
    assert (await desk.get("c-1")).state is RecordingState.EXPECTED
    rows = await read_audit(desk.people.house.database, subject=f"recording:{number}")
    assert [(row.by, row.act, row.address) for row in rows] == [("director", "retry", "127.0.0.1")]
    _, page = await director.get("/recordings")
    assert "ищем заново" in page
    await director.post(f"/recordings/{number}/retry")
    assert "пробовать заново нечего" in (await director.get("/recordings"))[1]


async def test_holding_and_releasing_need_a_reason_that_is_kept(
    desk: Desk, director: Person
) -> None:
    number = await desk.keep("c-1")
    await director.post(f"/recordings/{number}/hold", why="  ")
    assert not (await desk.get("c-1")).legal_hold
    await director.post(f"/recordings/{number}/hold", why="суд <b>12</b>")
    assert (await desk.get("c-1")).legal_hold
    _, page = await director.get("/recordings?show=held")
    assert listed(page) == ["c-1"]
    assert "суд &lt;b&gt;12&lt;/b&gt;" in page
    assert (str(number), "release") in acts(page)
    await director.post(f"/recordings/{number}/release", why="суд окончен")
    assert not (await desk.get("c-1")).legal_hold
    rows = await read_audit(desk.people.house.database, subject=f"recording:{number}")
    assert [(row.act, row.about["why"], row.address) for row in rows] == [
        ("release", "суд окончен", "127.0.0.1"),
        ("hold", "суд <b>12</b>", "127.0.0.1"),
    ]


async def test_what_is_held_is_listed_whatever_its_age(desk: Desk, director: Person) -> None:
    began = desk.noon - timedelta(days=900)
    number = await lay(desk.archive, "old", began)
    await director.post(f"/recordings/{number}/hold", why="спор")
    _, page = await director.get("/recordings?show=held")
    assert (str(number), "release") in acts(page)


async def test_who_confirmed_the_law_and_how_long_they_are_kept_is_told(
    desk: Desk, director: Person
) -> None:
    async def work(uow: UnitOfWork) -> None:
        await confirm_law(uow, by="lena", at=desk.noon)

    await desk.people.house.writer.submit(work)
    await desk.keep("c-1")
    _, page = await director.get("/recordings")
    assert "Уведомление о законе подтверждено: lena, вчера, 12:00." in page
    assert "Запись хранится 180 дней" in page
    assert "Всё на месте: 1 разговор записан." in page
    assert "занимают записи" in page
    assert "никто ещё не подтвердил" not in page


async def test_why_nothing_arrives_is_said_in_the_readers_language(
    desk: Desk, director: Person
) -> None:
    desk.archive.intake.state.told("main", "disk-full")
    assert "На диске записей нет места" in (await director.get("/recordings"))[1]
    async with desk.people.signed_in("sokolova") as head:
        assert "На диске" not in (await head.get("/recordings"))[1]


async def test_no_style_and_no_script_stands_inside_the_page(desk: Desk, director: Person) -> None:
    """The content security policy would stop them, and with them the page."""
    await desk.lose("lost")
    await desk.keep("kept", 1)
    for path in ("/recordings?show=all", "/calls/kept"):
        _, page = await director.get(path)
        assert not re.search(r"<[^>]+\sstyle=", page)
        assert not re.search(r"<[^>]+\son[a-z]+=", page)
        assert not re.search(r"<script(?![^>]*\ssrc=)", page)
