"""`dozvon recordings` and a client's data: what an administrator types, and what is left of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from at_the_terminal import NOW, Terminal

from recordings.store import FolderStore
from router.calls import Disposition
from router.numbers import NumberPlan, normalise
from storage import schema
from storage.recording_records import Heard, NewPart, NewRecording, StoredSound
from storage.records import ClientRecord, EndedCall, TrailEntry
from storage.unit_of_work import UnitOfWork

Ended = Callable[..., EndedCall]
LINE = "74951230001"
KEY = "K-12"


@pytest.fixture
def office(terminal: Terminal, ended: Ended) -> Terminal:
    """Three conversations of one client: a recording, a missing one, one that never began."""
    number = normalise("79161234567", NumberPlan())

    async def client(uow: UnitOfWork) -> None:
        await uow.clients.save([ClientRecord(key=KEY, name="Anna", numbers=(number,))], at=NOW)

    terminal.write(client)
    for minutes in (60, 50, 40):
        call = f"c{minutes}"
        told = TrailEntry(call_id=call, pbx="main", entry=call, raw="x", at=NOW)
        about = {"answered_by": "101", "disposition": Disposition.ANSWERED}
        terminal.record(ended(call, minutes, client=KEY, trail=(told,), **about))
    store = FolderStore(terminal.folder / "data" / "recordings")
    store.prepare()
    sound = terminal.folder / "talk"
    sound.write_bytes(b"sound")
    kept = store.put(sound, "mp3")

    async def recordings(uow: UnitOfWork) -> None:
        for call, parts in (("c60", ("a",)), ("c50", ("b",)), ("c40", ())):
            new = NewRecording(
                call_id=call,
                pbx="main",
                line=LINE,
                department="sales",
                began_at=NOW - timedelta(minutes=int(call[1:])),
                expected_at=NOW,
                parts=tuple(NewPart(name=name, kind="conversation") for name in parts),
            )
            await uow.recordings.expect(new, next_try_at=NOW)
        heard = Heard(seconds=61.0, sides=2, client_share=0.5, our_share=0.25)
        found = StoredSound(format="mp3", store_key=kept.key, sha256=kept.sha256, size=kept.size)
        await uow.recordings.ready(1, heard, [found], at=NOW, expires_at=NOW + timedelta(days=180))
        await uow.recordings.give_up(2, "missing", why_id="no-file")

    terminal.write(recordings)
    return terminal


def sounds(terminal: Terminal) -> list[Path]:
    return list((terminal.folder / "data" / "recordings").glob("??/*"))


def rows(terminal: Terminal, table: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []

    async def read(uow: UnitOfWork) -> None:
        found.extend(dict(row) for row in (await uow.execute(table.select())).mappings())

    terminal.write(read)
    return found


def test_the_list_says_what_there_is_and_why_something_is_not(office: Terminal) -> None:
    said = office.fine("recordings", "list")
    assert "1:01" in said
    assert "There is no file of the recording at the PBX" in said
    missing = office.json("recordings", "list", "--state", "missing")["recordings"]
    assert [(each["call"], each["because"]) for each in missing] == [
        ("c40", "never-began"),
        ("c50", "no-file"),
    ]


def test_one_recording_is_shown_by_its_number_or_its_call(office: Terminal) -> None:
    assert office.fine("recordings", "show", "1") == office.fine("recordings", "show", "c60")
    assert "client 50 %, us 25 %" in office.fine("recordings", "show", "1")
    assert office.run("recordings", "show", "77").exit_code == 1


def test_the_whole_link_of_an_unwanted_recording_is_shown(office: Terminal) -> None:
    """Its row has it without the question; the administrator deletes at the provider by it."""
    link = f"https://pbx.example/1.wav?token=SECRET&of={'long' * 40}"

    async def drop(uow: UnitOfWork) -> None:
        new = NewRecording(
            call_id="c30",
            pbx="main",
            line=LINE,
            department="sales",
            began_at=NOW,
            expected_at=NOW,
            parts=(NewPart(name=link, kind="conversation"),),
        )
        made = await uow.recordings.expect(new, next_try_at=NOW)
        assert made is not None
        told = {"why_id": "not-wanted-there", "why": "https://pbx.example/1.wav"}
        await uow.recordings.delete(made, by="service", at=NOW, **told)

    office.write(drop)
    assert link in office.fine("recordings", "show", "c30")
    assert office.json("recordings", "show", "c30")["parts"][0]["name"] == link
    assert "SECRET" not in office.fine("recordings", "list")


def test_lost_conversations_are_a_finding(office: Terminal) -> None:
    done = office.run("recordings", "audit")
    assert done.exit_code == 1
    assert "2 of 3 conversations without a recording" in done.output
    (day,) = office.json("recordings", "audit", code=1)["days"]
    assert (day["expected"], day["ready"], day["missing"]) == (3, 1, 2)


def test_calls_that_we_placed_are_one_row_whomever_they_went_to(office: Terminal) -> None:
    """The client's number, which stands where a line's would, is neither a row nor printed."""

    async def placed(uow: UnitOfWork) -> None:
        for n in range(3):
            new = NewRecording(
                call_id=f"out{n}",
                pbx="main",
                line=f"7916000000{n}",
                department="sales",
                trunk="mtt",
                began_at=NOW - timedelta(minutes=n),
                expected_at=NOW,
            )
            await uow.recordings.expect(new, next_try_at=NOW)

    office.write(placed)
    days = office.json("recordings", "audit", code=1)["days"]
    assert [(day["line"], day["trunk"], day["expected"]) for day in days] == [
        ("", "mtt", 3),
        (LINE, "", 3),
    ]
    said = office.run("recordings", "audit").output
    assert "3 of 3 conversations without a recording: Outgoing and other, mtt." in said
    assert "7916000000" not in said


def test_a_held_recording_is_not_deleted(office: Terminal) -> None:
    office.fine("recordings", "hold", "1", "--why", "court")
    assert office.run("recordings", "delete", "1", "--yes").exit_code == 4
    assert len(sounds(office)) == 1
    office.fine("recordings", "release", "1")
    office.fine("recordings", "delete", "1", "--yes", "--why", "asked")
    assert sounds(office) == []
    acts = [(row["act"], row["subject"]) for row in rows(office, schema.audit)]
    assert acts[-3:] == [
        ("hold", "recording:1"),
        ("release", "recording:1"),
        ("delete", "recording:1"),
    ]


def test_deleting_asks_first(office: Terminal) -> None:
    assert office.run("recordings", "delete", "1", typed="n\n").exit_code == 4
    assert len(sounds(office)) == 1


def test_a_missing_one_is_tried_again_and_a_good_one_not(office: Terminal) -> None:
    office.fine("recordings", "retry", "2")
    assert office.json("recordings", "show", "2")["state"] == "expected"
    assert office.run("recordings", "retry", "1").exit_code == 4


def test_a_link_is_printed_and_is_on_record(office: Terminal) -> None:
    said = office.fine("recordings", "link", "1", "--hours", "2").strip()
    assert "/recordings/link/" in said
    row = rows(office, schema.audit)[-1]
    ends = (NOW + timedelta(hours=2)).isoformat(timespec="seconds")
    assert (row["act"], row["about"]) == ("link", {"until": ends})


def test_a_link_has_a_host_and_it_is_said_where_only_this_machine_knows_it(
    office: Terminal,
) -> None:
    near = office.run("recordings", "link", "1")
    assert near.stdout.startswith("http://127.0.0.1:")
    assert "http.public_address" in near.stderr
    config = office.folder / "dozvon.toml"
    text = config.read_text("utf-8") + '\n[http]\npublic_address = "https://dozvon.example.ru"\n'
    config.write_text(text, "utf-8")
    known = office.run("recordings", "link", "1")
    assert known.stdout.startswith("https://dozvon.example.ru/recordings/link/")
    assert known.stderr == ""


def test_the_law_is_confirmed_only_by_a_yes(terminal: Terminal) -> None:
    refused = terminal.run("recordings", "confirm-law", typed="n\n")
    assert refused.exit_code == 4
    assert "nothing is recorded" in refused.output
    facts = {row["key"] for row in rows(terminal, schema.meta)}
    assert "recording-law-confirmed" not in facts
    assert "Confirmed: cli:" in terminal.fine("recordings", "confirm-law", typed="y\n")
    told = {row["key"]: row["value"] for row in rows(terminal, schema.meta)}
    assert json.loads(told["recording-law-confirmed"])["by"].startswith("cli:")
    terminal.fine("recordings", "confirm-law", "--withdraw")
    told = {row["key"]: row["value"] for row in rows(terminal, schema.meta)}
    assert told["recording-law-confirmed"] == ""


def test_a_client_may_not_want_to_be_recorded(office: Terminal) -> None:
    office.fine("clients", "record", KEY, "no")
    assert rows(office, schema.clients)[0]["no_recording"]
    office.fine("clients", "record", KEY, "yes")
    assert not rows(office, schema.clients)[0]["no_recording"]
    assert office.run("clients", "record", "nobody", "no").exit_code == 1


def test_a_client_is_given_everything_about_him(office: Terminal, tmp_path: Path) -> None:
    folder = tmp_path / "for-anna"
    done = office.json("clients", "export", KEY, "--to", str(folder))
    assert (done["rows"]["calls"], done["recordings"], done["lost"]) == (3, 1, [])
    told = json.loads((folder / "client.json").read_text("utf-8"))
    assert [row["name"] for row in told["clients"]] == ["Anna"]
    assert [row["written"] for row in told["client_numbers"]] == ["79161234567"]
    assert {row["call_id"] for row in told["trail"]} == {"c60", "c50", "c40"}
    assert (folder / "recordings" / "c60.mp3").read_bytes() == b"sound"
    assert office.run("clients", "export", "nobody", "--to", str(folder)).exit_code == 1


def test_an_erased_client_is_gone_from_every_table(office: Terminal, ended: Ended) -> None:
    """What stays: that it was done, how much, and under a digest of whom."""
    office.record(ended("other", 30, number="79160000001"))
    office.run("clients", "erase", KEY, typed="n\n")
    assert len(rows(office, schema.calls)) == 4
    done = office.json("clients", "erase", KEY, "--yes", "--why", "his letter")
    assert (done["rows"]["calls"], done["recordings"]) == (3, 1)
    assert sounds(office) == []
    assert [row["id"] for row in rows(office, schema.calls)] == ["other"]
    for table in (schema.clients, schema.client_numbers, schema.trail, schema.recordings):
        assert rows(office, table) == []
    for table in (schema.legs, schema.recording_parts, schema.recording_sounds):
        assert {row.get("call_id") for row in rows(office, table)} <= {"other"}
    (record,) = rows(office, schema.erasures)
    assert (record["why"], record["counts"]["calls"]) == ("his letter", 3)
    assert KEY not in json.dumps(record, default=str)
    again = office.run("clients", "export", KEY, "--to", str(office.folder / "x"))
    assert (again.exit_code, "Erased before" in again.output) == (1, True)


def test_a_held_recording_forbids_erasing(office: Terminal) -> None:
    office.fine("recordings", "hold", "1", "--why", "court")
    refused = office.run("clients", "erase", KEY, "--yes")
    assert refused.exit_code == 4
    assert len(rows(office, schema.calls)) == 3


@pytest.mark.parametrize("language", ["ru", "en"])
def test_both_languages_are_spoken(office: Terminal, language: str) -> None:
    office.language = language
    assert ("нет" in office.fine("recordings", "list")) is (language == "ru")
