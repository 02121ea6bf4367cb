"""Real conversations with real sound through the real Asterisk: what lies in its folder afterwards.

Each phone has a tone of its own (a 700 Hz, b 1100 Hz, c 1500 Hz, the client 400 Hz).
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from floor_control import a_talk, free_again, live_call, ringing_call
from recorded_floor import (
    CLIENT_HERTZ,
    TONES,
    files_of,
    folder_of,
    heard,
    near,
    seconds,
    sounding_floor,
    whole,
)
from sales_floor import Desk, Floor, eventually, side_by_side
from two_services import Inside, inside

from dozvon.lab import Mobile, answer_after, confirms
from pbx_adapters.port import JournalEntry, Outcome, RecordedKind, RecordedPart, RecordingBegan
from switchboard.board import Board
from switchboard.control import Control

pytestmark = [pytest.mark.asterisk, pytest.mark.asyncio(loop_scope="module")]

A, B, C = TONES["a"], TONES["b"], TONES["c"]
CLIENT = CLIENT_HERTZ


class Books:
    """What the driver told of recordings while calls lived, and the journal when they ended."""

    def __init__(self) -> None:
        self.began: list[RecordingBegan] = []
        self.entries: dict[str, JournalEntry] = {}

    def watch(self, board: Board) -> None:
        """Hears what the board's one driver tells, and what the board is given to record."""
        (driver,) = board._pbxs.values()
        driver._sound._told = self._told  # type: ignore[attr-defined]
        record = board._endings.from_journal

        async def also(entry: JournalEntry) -> bool:
            self.entries[entry.call_id] = entry
            return await record(entry)

        board._endings.from_journal = also  # type: ignore[method-assign]

    async def _told(self, began: RecordingBegan) -> None:
        self.began.append(began)

    def told(self, call_id: str) -> set[str]:
        """The names of a call's files as they were told live."""
        return {part.name for b in self.began if b.call_id == call_id for part in b.parts}

    async def parts(self, call_id: str) -> tuple[RecordedPart, ...]:
        """A call's files as the journal names them."""

        async def probe() -> JournalEntry | None:
            return self.entries.get(call_id)

        found = await eventually(probe, 5, f"the journal's entry of {call_id}")
        assert found
        return found.recordings


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def floor(
    asterisk_root: Path, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Floor]:
    async with sounding_floor(asterisk_root, tmp_path_factory.mktemp("floor")) as found:
        yield found


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def served(floor: Floor) -> AsyncIterator[Inside]:
    async with inside(floor.settings) as found:
        yield found


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def books(served: Inside) -> Books:
    found = Books()
    found.watch(served.board)
    return found


async def told_files(floor: Floor, books: Books, call_id: str) -> dict[str, Path]:
    """A call's files, by what they are: "mix", "client", and each leg's channel.

    The journal, the driver and the folder name the same ones, and each is whole.
    """
    parts = await books.parts(call_id)
    names = {RecordedKind.CONVERSATION: "mix", RecordedKind.CLIENT: "client"}
    found = {p.leg_id or names[p.kind]: folder_of(floor) / p.name for p in parts}
    assert {path.name for path in found.values()} == books.told(call_id)
    assert set(files_of(floor, call_id).values()) == set(found.values())
    for path in found.values():
        await whole(path)
    return found


def voices(files: dict[str, Path]) -> list[set[int]]:
    """Whose voices the legs' files hold, in the order in which they began."""
    return [heard(path) for name, path in files.items() if name not in {"mix", "client"}]


async def a_second_of_talk() -> None:
    """Real sound takes real time."""
    await asyncio.sleep(1.0)


async def fallback(floor: Floor, books: Books, desk: Desk, served: Inside) -> None:
    """The owner lets it ring, a colleague answers: one file of his voice, none of the owner's."""
    call = await desk.call()
    await desk.a.wait_ringing(4)
    known = await live_call(served, call)
    await desk.b.wait_ringing(6)
    await desk.b.answer()
    await a_second_of_talk()
    await call.hang_up()
    files = await told_files(floor, books, known.id)
    assert len(files) == 3
    assert heard(files["client"]) == {CLIENT}
    assert voices(files) == [{B}]
    assert heard(files["mix"]) == {CLIENT, B}
    mix, client, leg = await books.parts(known.id)
    (answered,) = [n for n in served.told if getattr(n, "call", None) and n.call.id == known.id][
        -1:
    ]
    at = answered.call.answered_at
    assert near(leg.began_at, at)
    assert near(mix.began_at, at)
    assert client.ended_at
    assert at
    whole_talk = (client.ended_at - at).total_seconds()
    assert abs(seconds(files["client"]) - whole_talk) < 0.2 + floor.stood_still
    assert abs(seconds(files["mix"]) - seconds(files["client"])) < 0.05


async def intercepted(floor: Floor, books: Books, desk: Desk, served: Inside) -> None:
    """A colleague takes it while it rings: his voice is there, under his phone's own channel."""
    call = await desk.call()
    await desk.a.wait_ringing(4)
    known = await ringing_call(served, call)
    desk.c.behave(answer_after(0.2))
    told = await Control(served.board).intercept(known.id, f"c{desk.number}")
    assert told.answer is Outcome.TAKEN
    await a_second_of_talk()
    await call.hang_up()
    files = await told_files(floor, books, known.id)
    assert set(files) == {"mix", "client", told.id}
    assert heard(files["client"]) == {CLIENT}
    assert voices(files) == [{C}]


async def handed_on(floor: Floor, books: Books, desk: Desk, served: Inside) -> None:
    """A blind transfer: both voices each in its own file, also where the mixture loses the new."""
    call, known = await a_talk(served, desk)
    await a_second_of_talk()
    assert await desk.a.blind_transfer(desk.b.extension) < 300
    await desk.b.wait_ringing(3)
    await desk.b.answer()
    await a_second_of_talk()
    await call.hang_up()
    files = await told_files(floor, books, known.id)
    assert len(files) == 4
    assert voices(files) == [{A}, {B}]
    assert heard(files["client"]) == {CLIENT}
    assert A in heard(files["mix"], 0, 0.9)


async def handed_on_after_asking(floor: Floor, books: Books, desk: Desk, served: Inside) -> None:
    """By our command: both voices are there, and what the two said to each other is not."""
    clock = asyncio.get_running_loop().time
    called = clock()
    call, known = await a_talk(served, desk)
    await a_second_of_talk()
    desk.b.behave(answer_after(0.2))
    told = await Control(served.board).transfer(
        known.id, f"b{desk.number}", f"a{desk.number}", ask=True
    )
    assert told.answer is Outcome.DONE
    asked = clock()
    await a_second_of_talk()
    leaves = clock()
    await desk.a.hang_up()
    await a_second_of_talk()
    await call.hang_up()
    gone = clock()
    files = await told_files(floor, books, known.id)
    assert voices(files) == [{A}, {B}]
    own, colleague = [seconds(p) for n, p in files.items() if n not in {"mix", "client"}]
    # Less than with the second between the two, in which they spoke to each other.
    assert own < asked - called + 0.6
    assert colleague < gone - leaves + 0.6
    assert not {A, B} & heard(files["client"])


async def joined_on_the_phones(floor: Floor, books: Books, desk: Desk, served: Inside) -> None:
    """An attended transfer that no dialplan of ours sees: the service records who came in."""
    call, known = await a_talk(served, desk)
    await a_second_of_talk()
    desk.b.behave(answer_after(0.2))
    await desk.a.consult(desk.b.extension)
    await a_second_of_talk()  # the two of them: a phone has answered before the exchange joins it
    assert await desk.a.complete_transfer() < 300
    await a_second_of_talk()
    await a_second_of_talk()
    await call.hang_up()
    files = await told_files(floor, books, known.id)
    assert voices(files) == [{A}, {B}]
    assert seconds(list(files.values())[-1]) > 1.5 - floor.stood_still


async def on_a_mobile(floor: Floor, books: Books, desk: Desk, served: Inside) -> None:
    """A mobile through a Local channel has its file from the pressing of 1 on."""
    floor.carrier.mobiles[desk.mobile] = confirms(0.3)
    call = await desk.call()
    await desk.a.wait_ringing(4)
    known = await live_call(served, call)
    assert await call.wait_answered(12)
    await a_second_of_talk()
    await call.hang_up()
    files = await told_files(floor, books, known.id)
    assert len(files) == 3
    (leg,) = [path for name, path in files.items() if name not in {"mix", "client"}]
    assert heard(leg) == {CLIENT}  # mobiles hang on the same carrier and sound alike
    assert 0.8 < seconds(leg) < 2


async def test_each_voice_is_in_its_own_file_over_every_change_of_the_party(
    floor: Floor, served: Inside, books: Books
) -> None:
    stories = (fallback, intercepted, handed_on, handed_on_after_asking, joined_on_the_phones)
    desks = zip((*stories, on_a_mobile), floor.desks, strict=True)
    await side_by_side(*(story(floor, books, desk, served) for story, desk in desks))


async def _quiet(floor: Floor, served: Inside) -> None:
    await floor.no_channels()
    floor.stood_still = 0.0
    for desk in floor.desks:
        desk.quiet()
        await free_again(served, desk)


async def paused(floor: Floor, books: Books, desk: Desk, served: Inside) -> None:
    """Card data is read out: every file holds silence meanwhile, and time goes on in it."""
    clock = asyncio.get_running_loop().time
    called = clock()
    call, known = await a_talk(served, desk)
    began = clock()
    control, who = Control(served.board), f"a{desk.number}"

    async def pause(*, paused: bool) -> tuple[float, float]:
        """When it was asked and when it was done, in seconds since we knew that they talk."""
        asked = clock()
        told = await control.pause_recording(known.id, who, paused=paused)
        assert told.answer is Outcome.DONE
        return asked - began, clock() - began

    await a_second_of_talk()
    _, silent = await pause(paused=True)
    await a_second_of_talk()
    await a_second_of_talk()
    until, _ = await pause(paused=False)
    await a_second_of_talk()
    await call.hang_up()
    whole_talk = clock() - began
    late = 0.4 + floor.stood_still  # the files began before we knew: by less than this
    files = await told_files(floor, books, known.id)
    for name, path in files.items():
        assert whole_talk - 0.2 < seconds(path) < whole_talk + began - called + 0.2, name
        assert heard(path, 0.1, 0.8), name
        assert heard(path, silent + late, until - 0.1) == set(), name
        assert heard(path, seconds(path) - 0.4, seconds(path) - 0.1), name


async def by_others(floor: Floor, books: Books, desk: Desk, served: Inside) -> None:
    """A colleague may not pause; the head may. A call that rings only is paused as well."""
    call, known = await a_talk(served, desk)
    control = Control(served.board)
    colleague = await control.pause_recording(known.id, f"b{desk.number}", paused=True)
    assert colleague.answer == "not-allowed"
    head = await control.pause_recording(known.id, f"c{desk.number}", paused=True)
    assert head.answer is Outcome.DONE
    await call.hang_up()


async def placed(floor: Floor, books: Books, desk: Desk, served: Inside) -> None:
    """A call by a click is recorded from the moment in which both are connected."""
    client = desk.client()
    floor.carrier.mobiles[client] = Mobile(behaviour=answer_after(0.5))
    desk.b.behave(answer_after(0.1))
    told = await Control(served.board).place("+" + client, f"b{desk.number}")
    assert told.answer is Outcome.TALKING
    (began,) = [b for b in books.began if told.id in {p.leg_id for p in b.parts}]
    await a_second_of_talk()
    await desk.b.hang_up()
    found = {p.leg_id or p.kind: await whole(folder_of(floor) / p.name) for p in began.parts}
    assert set(found) == {RecordedKind.CONVERSATION, RecordedKind.CLIENT, told.id}
    assert heard(found[RecordedKind.CLIENT]) == {CLIENT}
    assert heard(found[told.id]) == {B}
    assert heard(found[RecordedKind.CONVERSATION]) == {CLIENT, B}
    # They begin together; the manager hung up first, and the exchange lets the client go after him.
    later = seconds(found[RecordedKind.CLIENT]) - seconds(found[told.id])
    assert -0.15 - floor.stood_still < later < 1.0 + floor.stood_still
    assert near(*(p.began_at for p in began.parts[1:]), within=0.01)


async def handed_on_outside(floor: Floor, books: Books, desk: Desk, served: Inside) -> None:
    """A client whom we called is handed on: the colleague's voice is recorded too."""
    client = desk.client()
    floor.carrier.mobiles[client] = Mobile(behaviour=answer_after(0.2))
    desk.b.behave(answer_after(0.1))
    told = await Control(served.board).place("+" + client, f"b{desk.number}")
    assert told.answer is Outcome.TALKING
    (began,) = [b for b in books.began if told.id in {p.leg_id for p in b.parts}]
    await a_second_of_talk()
    assert await desk.b.blind_transfer(desk.c.extension) < 300
    await desk.c.wait_ringing(3)
    await desk.c.answer()
    await a_second_of_talk()
    await desk.c.hang_up()
    *_, last = [b for b in books.began if b.call_id == began.call_id]
    assert heard(await whole(folder_of(floor) / last.parts[0].name)) == {C}


async def test_a_recording_can_be_paused_and_calls_that_we_place_are_recorded(
    floor: Floor, served: Inside, books: Books
) -> None:
    await _quiet(floor, served)
    stories = (paused, by_others, placed, handed_on_outside)
    desks = zip(stories, floor.desks, strict=False)
    await side_by_side(*(story(floor, books, desk, served) for story, desk in desks))


async def test_a_caller_who_leaves_while_it_rings_leaves_no_sound(
    floor: Floor, served: Inside, books: Books
) -> None:
    """The files are told all the same and hold nothing: 44 bytes, or not even those."""
    await _quiet(floor, served)
    desk = floor.desks[0]
    call = await desk.call()
    await desk.a.wait_ringing(3)
    known = await live_call(served, call)
    await call.hang_up()
    parts = await books.parts(known.id)
    assert {p.kind for p in parts} == {RecordedKind.CONVERSATION, RecordedKind.CLIENT}
    assert all(path.stat().st_size <= 44 for path in files_of(floor, known.id).values())
