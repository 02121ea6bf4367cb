"""Calls that a switch placed: what it says of their end is written down as it is said."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from lone_switch import lone
from told_events import event
from webhook_house import MAIN, House, house, running

from router.calls import Direction, Disposition
from storage.reading import list_calls, open_callbacks
from storage.records import StoredCall

CLIENT = "79161234567"
PLACED = {"call": "out", "direction": "outbound", "line": CLIENT, "caller": "101"}
ANSWERED = {"disposition": "answered", "who": "101", "talk_seconds": 300}


def placed(kind: str, **about: object) -> dict[str, object]:
    """An event of this moment."""
    return {"event": kind, **PLACED, **about}


def ago(seconds: float) -> float:
    return datetime.now(UTC).timestamp() - seconds


async def post(found: House, *events: dict[str, object]) -> int:
    async with found.http.post("/pbx/main/events", json=list(events)) as reply:
        return reply.status


async def missed(found: House) -> None:
    """The client was missed ten minutes ago."""
    told = {"event": "ended", "call": "in", "line": MAIN, "caller": CLIENT, "at": ago(600)}
    assert await post(found, told | {"disposition": "missed"}) == 200
    assert len(await open_callbacks(found.board._parts.database)) == 1


async def the_call(found: House) -> StoredCall:
    stored = await list_calls(found.board._parts.database)
    (one,) = [each for each in stored if each.call.direction is Direction.OUTBOUND]
    return one


async def check_conversation(found: House) -> None:
    """101 talked with the client for five minutes, and nobody is owed a call any more."""
    stored = await the_call(found)
    call = stored.call
    assert (call.disposition, call.talk_seconds) == (Disposition.ANSWERED, 300)
    assert (call.line, call.caller, call.answered_by) == (CLIENT, "101", "101")
    assert (stored.department, stored.disagreement) == ("sales", "")
    assert await open_callbacks(found.board._parts.database) == ()


async def test_the_end_alone_of_a_conversation_is_believed_and_closes_the_callback(
    tmp_path: Path,
) -> None:
    async with house(tmp_path) as found:
        await missed(found)
        assert await post(found, placed("ended", began_at=ago(310), **ANSWERED)) == 200
        await check_conversation(found)


@pytest.mark.parametrize(
    "before", [["began"], ["began", "answered"]], ids=["unseen", "told-all-at-once"]
)
async def test_the_length_that_is_told_counts_where_the_events_saw_none(
    tmp_path: Path, before: Sequence[str]
) -> None:
    """A switch that tells everything at the end, without saying when it was."""
    async with house(tmp_path) as found:
        await missed(found)
        events = [placed(kind, who=CLIENT) for kind in before]
        assert await post(found, *events, placed("ended", **ANSWERED)) == 200
        await check_conversation(found)


async def test_a_restart_between_answer_and_end_loses_nothing_of_a_call_placed(
    tmp_path: Path,
) -> None:
    async with house(tmp_path) as found:
        await missed(found)
        began = placed("began", at=ago(310))
        assert await post(found, began, placed("answered", at=ago(300), who=CLIENT)) == 200
        settings = found.settings
    async with running(settings) as found:
        for _ in range(2):
            assert await post(found, placed("ended", began_at=ago(310), **ANSWERED)) == 200
        await check_conversation(found)


@pytest.mark.parametrize("seen", [True, False])
async def test_the_end_of_a_call_placed_is_confirmed_only_when_it_is_written(
    tmp_path: Path, *, seen: bool
) -> None:
    """503 while the database is locked; the next sending finds it written, or writes it."""
    async with house(tmp_path) as found:
        await missed(found)
        if seen:
            assert await post(found, placed("began", at=ago(310))) == 200
        webhook: Any = found.board._pbxs["main"]
        usual, webhook._settings = webhook._settings, replace(webhook._settings, record_seconds=0.1)
        ended = placed("ended", began_at=ago(310), event_id="the-end", **ANSWERED)
        file = found.board._parts.database.file
        assert file
        with closing(sqlite3.connect(file)) as other:
            other.execute("BEGIN IMMEDIATE")
            assert await post(found, ended) == 503
            other.rollback()
        webhook._settings = replace(usual, record_seconds=60)
        assert await post(found, ended) == 200
        await check_conversation(found)


async def test_the_word_that_comes_after_our_patience_counts_of_a_call_placed_too() -> None:
    async with lone() as found:
        began = event("began", **PLACED)
        await found.events(began)
        found.clock.forward(seconds=200)
        await found.pbx._sweep()
        late = placed("ended", **ANSWERED)
        assert await found.because(late) == ""
        (entry,) = found.board.entries
        assert (entry.direction, entry.disposition) == (Direction.OUTBOUND, "answered")
        assert (entry.answered_by, entry.talk_seconds, entry.way) == ("101", 300, None)
        assert await found.because(late) == "the call has ended"


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("missed", Disposition.NO_ANSWER),
        ("rejected", Disposition.BUSY),
        ("busy", Disposition.BUSY),
        ("failed", Disposition.FAILED),
    ],
)
async def test_a_call_placed_ends_with_a_word_for_calls_placed(
    tmp_path: Path, said: str, meant: Disposition
) -> None:
    async with house(tmp_path) as found:
        assert await post(found, placed("ended", disposition=said)) == 200
        call = (await the_call(found)).call
        assert (call.disposition, call.reason, call.answered_by) == (meant, None, None)
        assert await open_callbacks(found.board._parts.database) == ()


@pytest.mark.parametrize(
    ("who", "outcome", "meant"),
    [
        (CLIENT, "busy", Disposition.BUSY),
        (CLIENT, "no_answer", Disposition.NO_ANSWER),
        (CLIENT, "", Disposition.CANCELLED),
        ("101", "declined", Disposition.CANCELLED),
        ("", "", Disposition.FAILED),
    ],
)
async def test_where_the_switch_says_no_word_the_events_of_a_call_placed_decide(
    tmp_path: Path, who: str, outcome: str, meant: Disposition
) -> None:
    async with house(tmp_path) as found:
        events = [placed("began"), placed("ringing", who=who), placed("stopped", who=who)]
        if outcome:
            events[2]["outcome"] = outcome
        assert await post(found, *events[: 1 + bool(who) + bool(outcome)], placed("ended")) == 200
        stored = await the_call(found)
        assert (stored.call.disposition, stored.disagreement) == (meant, "")


async def test_a_call_between_phones_of_the_house_is_in_no_log(tmp_path: Path) -> None:
    async with house(tmp_path) as found:
        inside = {"direction": "internal", "line": "102"}
        assert await post(found, placed("began") | inside, placed("ended") | inside) == 200
        assert await post(found, placed("ended") | inside | {"call": "other"}) == 200
        await found.board.settle()
        assert await list_calls(found.board._parts.database) == ()
        assert len(found.board.live) == 0
