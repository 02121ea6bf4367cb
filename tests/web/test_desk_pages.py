"""The desk and the live page: what they show, what their buttons do, and for whom."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest_asyncio
from live_house import HOSTILE_NUMBER, IVAN, LiveCall, LiveHouse, live_house, stream

from pbx_adapters.port import HangUp, Outcome, PauseRecording, TakeCall, TransferCall
from router.office import Status
from storage.audit import read_audit
from storage.notes import notes_of_client
from storage.statuses import Statuses


class Commands:
    """A PBX's control that does nothing but remember."""

    def __init__(self) -> None:
        self.given: list[object] = []

    async def take(self, command: TakeCall) -> Outcome:
        self.given.append(command)
        return Outcome.TAKEN

    async def hang_up(self, command: HangUp) -> Outcome:
        self.given.append(command)
        return Outcome.DONE

    async def transfer(self, command: TransferCall) -> Outcome:
        self.given.append(command)
        return Outcome.DONE

    async def place(self, command: object) -> Outcome:
        self.given.append(command)
        return Outcome.TALKING

    async def pause_recording(self, command: object) -> Outcome:
        self.given.append(command)
        return Outcome.DONE


class PaperPbx:
    """A PBX that is told of statuses and given commands."""

    key = "main"

    def __init__(self) -> None:
        self.control = Commands()
        self.mirrored: list[tuple[str, Status]] = []

    async def run(self) -> None:
        """Nothing happens here."""

    async def office_changed(self) -> None:
        """Nothing to mirror."""

    async def status_changed(self, manager: str, status: Status) -> None:
        self.mirrored.append((manager, status))


@pytest_asyncio.fixture
async def floor(tmp_path: Path) -> AsyncIterator[LiveHouse]:
    async with live_house(tmp_path) as found:
        yield found


@pytest_asyncio.fixture
async def pbx(floor: LiveHouse) -> PaperPbx:
    made = PaperPbx()
    floor.house.board.attach(made)
    return made


async def _talked(floor: LiveHouse, caller: str = IVAN) -> LiveCall:
    """A call that Ivanova answered and that is in the log."""
    call = await (await floor.call(caller)).rings("101")
    await call.answers("101")
    await call.ends()

    async def logged() -> bool:
        return floor.house.board.live.get(call.id) is None

    await floor.eventually(logged, 12.0)
    return call


# -- pages -----------------------------------------------------------------------------------------


async def test_the_desk_is_whole_without_javascript(floor: LiveHouse) -> None:
    """The first drawing stands in the page itself, the stream only keeps it up to date."""
    await (await floor.call()).rings("101")
    async with floor.people.signed_in("ivanova") as anna:
        status, page = await anna.get("/desk")
    assert status == 200
    assert "<noscript>" in page
    assert "Иван Петров" in page
    assert 'id="desk-take"' in page
    assert "onclick" not in page
    assert "style=" not in page


async def test_every_role_has_a_desk_and_a_live_page(floor: LiveHouse) -> None:
    """Whoever has no phone is told so, in place of an empty page."""
    await (await floor.call(HOSTILE_NUMBER)).rings("101")
    for login in ("ivanova", "sokolova", "director", "helper", "admin"):
        async with floor.people.signed_in(login) as person:
            for path in ("/desk", "/live"):
                status, page = await person.get(path)
                assert status == 200, (login, path)
                assert "<img" not in page
                told = "У вас здесь нет телефона" in page
                assert told == (login in {"director", "admin"} and path == "/desk")


async def test_a_manager_sees_of_others_calls_what_a_take_card_tells(floor: LiveHouse) -> None:
    """Live, for a manager: ringing calls of his department without numbers; nobody's talk."""
    call = await (await floor.call()).rings("101")
    async with floor.people.signed_in("director") as director:
        assert "+7 916 123-45-67" in (await director.get("/live"))[1]
    async with floor.people.signed_in("petrov") as boris:
        _, page = await boris.get("/live")
        assert f"/calls/live/{call.id}/take" in page
        assert "Иван Петров" in page
        assert "+7 916 123-45-67" not in page
        assert "/clients/K-1" not in page
        await call.answers("101")
        _, page = await boris.get("/live")
        assert "Иван Петров" not in page
        assert "говорит" in page


# -- acts ------------------------------------------------------------------------------------------


async def test_take_transfer_and_hang_up_reach_the_exchange(
    floor: LiveHouse, pbx: PaperPbx
) -> None:
    """By the person's own manager key; the answer is a sentence on the page he came from."""
    call = await (await floor.call()).rings("101")
    async with floor.people.signed_in("sokolova") as head:
        status, there = await head.post(f"/calls/live/{call.id}/take")
        assert (status, there) == (303, "/live")
        _, page = await head.get("/live")
        assert "Звонок ваш." in page
        await call.rings("103")
        await call.answers("103")
        await head.post(f"/calls/live/{call.id}/transfer", to="petrov")
        await head.post(f"/calls/live/{call.id}/hang-up")
    take, transfer, hang_up = pbx.control.given
    assert isinstance(take, TakeCall)
    assert take.phone.extension == "103"
    assert isinstance(transfer, TransferCall)
    assert transfer.to == "102"
    assert hang_up == HangUp(channel_id=call.id)


async def test_a_recording_is_paused_and_shown_so(floor: LiveHouse, pbx: PaperPbx) -> None:
    """Where the office records: by whoever talks; the button then lets it go on."""
    board = floor.house.board
    office = board.office()
    sales = replace(office.departments["sales"], record=True)
    departments = {**office.departments, "sales": sales}
    await board.office_applied(replace(office, departments=departments, recording_confirmed=True))
    call = await (await floor.call()).rings("101")
    await call.answers("101")
    async with floor.people.signed_in("ivanova") as anna, stream(anna) as page:
        await page.sees("desk-talk", "Идёт запись")
        await anna.post(f"/calls/live/{call.id}/pause", paused="1")
        await page.sees("desk-talk", "Запись на паузе")
        await anna.post(f"/calls/live/{call.id}/pause", paused="")
        await page.sees("desk-talk", "Идёт запись")
    assert pbx.control.given == [
        PauseRecording(call_id=call.id, paused=True),
        PauseRecording(call_id=call.id, paused=False),
    ]


async def test_an_assistant_without_a_phone_takes_nothing(floor: LiveHouse, pbx: PaperPbx) -> None:
    """He acts under his own name or not at all."""
    call = await (await floor.call()).rings("102")
    async with floor.people.signed_in("helper") as helper:
        await helper.post(f"/calls/live/{call.id}/take")
        _, page = await helper.get("/live")
    assert not pbx.control.given
    assert "нет телефона" in page


async def test_a_script_is_answered_by_the_sentence_alone(floor: LiveHouse, pbx: PaperPbx) -> None:
    """The page stays where it is and nothing typed is lost."""
    call = await (await floor.call()).rings("101")
    async with floor.people.signed_in("sokolova") as head:
        path = f"/calls/live/{call.id}/take"
        async with head.http.post(path, headers={"HX-Request": "true"}) as reply:
            text = await reply.text()
    assert reply.status == 200
    assert "Звонок ваш." in text
    assert "<html" not in text
    assert len(pbx.control.given) == 1


# -- the status ------------------------------------------------------------------------------------


async def test_a_status_is_kept_mirrored_and_shown_at_once(floor: LiveHouse, pbx: PaperPbx) -> None:
    """One click: lunch, with an end; the exchange knows before the answer is there."""
    async with floor.people.signed_in("ivanova") as anna, stream(anna, "my-status") as page:
        status, there = await anna.post("/desk/status", status="lunch")
        assert (status, there) == (303, "/desk")
        await page.sees("my-status", "Обед")
    assert ("ivanova", Status.LUNCH) in pbx.mirrored
    async with floor.house.database.reading() as connection:
        row = (await Statuses(connection).all())["ivanova"]
    assert row.by == "ivanova"
    assert row.until
    assert timedelta(minutes=59) < row.until - row.since <= timedelta(minutes=60)
    kept = await read_audit(floor.house.database, subject="manager:ivanova", act="status")
    assert [one.by for one in kept] == ["ivanova"]


async def test_an_end_is_what_was_asked_for(floor: LiveHouse, pbx: PaperPbx) -> None:
    """30 minutes, until a person is back, and nonsense."""
    async with floor.people.signed_in("ivanova") as anna:
        for asked, minutes in (("30", 30), ("open", None), ("99999999999", 60), ("-5", 60)):
            await anna.post("/desk/status", status="meeting", **{"for": asked})
            async with floor.house.database.reading() as connection:
                row = (await Statuses(connection).all())["ivanova"]
            found = round((row.until - row.since).total_seconds() / 60) if row.until else None
            assert found == minutes, asked
        status, _ = await anna.post("/desk/status", status="asleep")
        assert status == 400
    assert pbx.mirrored[-1] == ("ivanova", Status.MEETING)


async def test_a_head_sets_the_status_of_his_people_and_of_nobody_else(floor: LiveHouse) -> None:
    """Another department's people are unknown to him: 404; a manager may not at all: 403."""
    async with floor.people.signed_in("sokolova") as head:
        assert (await head.post("/desk/status/petrov", status="away"))[0] == 303
        assert (await head.post("/desk/status/orlov", status="away"))[0] == 404
        assert (await head.post("/desk/status/nobody", status="away"))[0] == 404
    async with floor.people.signed_in("ivanova") as anna:
        assert (await anna.post("/desk/status/petrov", status="available"))[0] == 403
    assert floor.house.board.presence.statuses == {"petrov": Status.AWAY}


async def test_whoever_has_no_desk_sets_no_status(floor: LiveHouse) -> None:
    """A director without a phone has none."""
    async with floor.people.signed_in("director") as director:
        assert (await director.post("/desk/status", status="away"))[0] == 404


# -- notes -----------------------------------------------------------------------------------------


async def test_a_note_is_asked_for_after_the_talk_and_kept_with_the_client(
    floor: LiveHouse,
) -> None:
    """Whose client it is the call tells, not the form."""
    call = await _talked(floor)
    async with floor.people.signed_in("ivanova") as anna:
        _, form = await anna.get("/desk/after")
        assert call.id in form
        await anna.post("/notes", call=call.id, text=" Ждёт расчёт ", client="K-2")
        _, form = await anna.get("/desk/after")
        assert call.id not in form
        _, day = await anna.get("/desk/today")
        assert "Ждёт расчёт" in day
    (note,) = await notes_of_client(floor.house.database, "K-1")
    assert (note.text, note.by, note.manager, note.call_id) == (
        "Ждёт расчёт",
        "ivanova",
        "ivanova",
        call.id,
    )


async def test_noting_again_changes_the_note(floor: LiveHouse) -> None:
    """One note of a call by one person."""
    call = await _talked(floor)
    async with floor.people.signed_in("ivanova") as anna:
        await anna.post("/notes", call=call.id, text="раз")
        await anna.post("/notes", call=call.id, text="два")
    assert [n.text for n in await notes_of_client(floor.house.database, "K-1")] == ["два"]


async def test_a_next_contact_is_proposed_and_stands_on_the_desk(floor: LiveHouse) -> None:
    """The client said "in 3 hours": without a typed instant the proposal is taken."""
    call = await _talked(floor)
    async with floor.people.signed_in("ivanova") as anna:
        status, proposal = await anna.get("/desk/next-contact?said=6&unit=days")
        assert status == 200
        assert proposal.count(":") == 1
        assert (await anna.get("/desk/next-contact?said=x&unit=days"))[1] == ""
        assert (await anna.get("/desk/next-contact?said=2&unit=moons"))[1] == ""
        at = (floor.house.board.now + timedelta(hours=20)).isoformat(timespec="minutes")
        await anna.post("/notes", call=call.id, text="", next=at)
        _, due = await anna.get("/desk/due")
        assert "Иван Петров" in due
        (note,) = await notes_of_client(floor.house.database, "K-1")
        assert note.next_contact_at
        assert (await anna.post(f"/notes/{note.id}/done"))[0] == 303
        _, due = await anna.get("/desk/due")
        assert "Иван Петров" not in due
        assert (await anna.post(f"/notes/{note.id}/done"))[0] == 404


async def test_nobody_notes_a_call_that_he_had_nothing_to_do_with(floor: LiveHouse) -> None:
    """What one may not know of is not there."""
    call = await (await floor.call()).rings("101")
    await call.answers("101")
    async with floor.people.signed_in("admin") as stranger:
        assert (await stranger.post("/notes", call=call.id, text="x"))[0] == 404
        assert (await stranger.post("/notes", call="main-0.0", text="x"))[0] == 404
        assert call.id not in (await stranger.get(f"/desk?note={call.id}"))[1]
    async with floor.people.signed_in("ivanova") as anna:
        assert (await anna.post("/notes", call=call.id, text="x"))[0] == 303


async def test_nothing_to_note_is_not_asked_again(floor: LiveHouse) -> None:
    """The form goes away, and no empty note is kept."""
    call = await _talked(floor)
    async with floor.people.signed_in("ivanova") as anna:
        await anna.post("/notes", call=call.id, text="", dismiss="1")
        assert call.id not in (await anna.get("/desk/after"))[1]
    assert not await notes_of_client(floor.house.database, "K-1")


async def test_hostile_notes_are_text(floor: LiveHouse) -> None:
    """Also when a colleague reads them on a ringing card."""
    call = await _talked(floor)
    async with floor.people.signed_in("ivanova") as anna:
        await anna.post("/notes", call=call.id, text="<script>alert(1)</script>")
        async with stream(anna, "pops") as page:
            await (await floor.call()).rings("101")
            html = await page.sees("pops", "&lt;script&gt;")
            assert "<script" not in html
        assert "<script>alert" not in (await anna.get("/desk"))[1]


async def test_a_missed_call_is_on_the_desk_of_whose_task_it_is(floor: LiveHouse) -> None:
    """With a button to call back; the page fetches the list by itself."""
    async with (
        floor.people.signed_in("ivanova") as anna,
        stream(anna, "desk-callbacks", "desk-today") as page,
    ):
        call = await (await floor.call()).rings("101")
        await call.ends()

        async def nudged() -> bool:
            return "desk-callbacks" in page.nudged and "desk-today" in page.nudged

        await floor.eventually(nudged, 12.0)
        _, owed = await anna.get("/desk/callbacks")
        assert "Иван Петров" in owed
        assert "/dial" in owed
        _, day = await anna.get("/desk/today")
        assert "пропущен" in day
        assert (await anna.get("/desk/callbacks-count"))[1] == "1"
