"""What a switch told over HTTP, as it stands in the log and in the callback list of the whole service."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from webhook_house import MAIN, OF_IVANOVA, House, house, running

from router.calls import Disposition, MissedReason
from router.events import CallEnded
from storage.reading import list_calls, open_callbacks, read_call

CALL = {"call": "7", "line": MAIN, "caller": OF_IVANOVA}


async def post(found: House, *events: dict[str, object]) -> None:
    async with found.http.post("/pbx/main/events", json=list(events)) as reply:
        assert reply.status == 200, await reply.text()


def now(kind: str, **about: object) -> dict[str, object]:
    """An event of this moment."""
    return {"event": kind, **CALL, **about}


async def test_a_call_told_over_http_is_in_the_log_and_in_the_callback_list(tmp_path: Path) -> None:
    """one_end, one_callback: the confirmed end stands in the log once, with its callback."""
    async with house(tmp_path) as found:
        async with found.http.get(f"/pbx/main/route?phone={OF_IVANOVA}&did={MAIN}&call=7") as reply:
            answer = await reply.json()
        assert (answer["ext"], answer["name"]) == ("101", "Анна Иванова"), answer["reasons"]
        await post(found, now("ringing", who="101"), now("ended", disposition="missed"))
    async with house(tmp_path) as found:
        database = found.board._parts.database
        (stored,) = await list_calls(database)
        assert (stored.call.id, stored.way, stored.owner) == ("main-7", "plan", "ivanova")
        assert len(await open_callbacks(database)) == 1


async def test_an_end_told_after_a_restart_of_the_service_is_recorded_once(tmp_path: Path) -> None:
    """The call began before the restart; its end says line and caller and is not lost."""
    async with house(tmp_path) as found:
        await post(found, now("ringing", who="101"))
        settings = found.settings
    async with running(settings) as found:
        began = datetime.now(UTC).timestamp() - 30
        trail = [{"step": "1", "who": ["ivanova/101"], "what": "rang", "seconds": 20}]
        ended = now("ended", disposition="answered", who="101", began_at=began, trail=trail)
        for _ in range(3):
            await post(found, ended | {"talk_seconds": 10})
        database = found.board._parts.database
        story = await read_call(database, "main-7")
    assert story
    assert (story.stored.call.answered_by, story.stored.call.talk_seconds) == ("101", 10)
    assert len(story.trail) == 1


OF_CALLS_PLACED = {
    "no_answer": MissedReason.NO_ANSWER,
    "busy": MissedReason.NOBODY_REACHABLE,
    "failed": MissedReason.NOBODY_REACHABLE,
    "cancelled": MissedReason.ABANDONED,
}


async def test_a_client_who_was_not_served_is_missed_whatever_the_switch_calls_it(
    tmp_path: Path,
) -> None:
    """Many engines tell a Dial's own result of the whole call; the client is owed a talk."""
    async with house(tmp_path) as found:
        for number, word in enumerate(OF_CALLS_PLACED):
            caller = {"call": word, "caller": f"7999000110{number}"}
            await post(found, now("ended", disposition=word) | caller)
        database = found.board._parts.database
        stored = {one.call.id.removeprefix("main-"): one.call for one in await list_calls(database)}
        assert {call.disposition for call in stored.values()} == {Disposition.MISSED}
        assert {word: call.reason for word, call in stored.items()} == OF_CALLS_PLACED
        assert len(await open_callbacks(database)) == len(OF_CALLS_PLACED)
        story = await read_call(database, "main-busy")
        assert story
        assert '"disposition":"busy"' in story.trail[0].raw


async def test_what_the_switch_told_of_the_phones_and_of_the_end_agrees(tmp_path: Path) -> None:
    """A phone rang, so busy means that nobody took the call; a reason that is told is kept."""
    async with house(tmp_path) as found:
        await post(found, now("ringing", who="101"), now("ended", disposition="busy"))
        closed = now("ended", disposition="failed", reason="closed") | {"call": "8"}
        await post(found, closed)
        eight, seven = sorted(
            await list_calls(found.board._parts.database), key=lambda one: one.call.id, reverse=True
        )
        assert (seven.call.reason, seven.disagreement) == (MissedReason.NO_ANSWER, "")
        assert eight.call.reason is MissedReason.CLOSED


async def test_a_late_word_of_the_switch_puts_the_log_right(tmp_path: Path) -> None:
    """A call that its events alone had ended is amended by the word that comes later."""
    async with house(tmp_path) as found:
        await post(found, now("ringing", who="101"))
        at = datetime.now(UTC)
        await found.board.happened(CallEnded(pbx="main", call_id="main-7", at=at))
        await found.board.settle()
        database = found.board._parts.database
        (stored,) = await list_calls(database)
        assert stored.call.disposition is Disposition.MISSED
        await post(found, now("ended", disposition="answered", who="101", talk_seconds=5))
        (stored,) = await list_calls(database)
        assert stored.call.disposition is Disposition.ANSWERED
        assert await open_callbacks(database) == ()


async def test_a_call_that_is_over_promises_nobody_any_more(tmp_path: Path) -> None:
    async with house(tmp_path) as found:
        office, presence = found.board.office(), found.board.presence
        async with found.http.get(f"/pbx/main/route?phone={OF_IVANOVA}&did={MAIN}&call=7"):
            assert presence.of(office)["ivanova"].promised
        await post(found, now("ended", disposition="missed"))
        assert not presence.of(office)["ivanova"].promised
        assert found.board.live.decision_of("main-7") is None
