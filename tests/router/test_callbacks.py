"""The callback list: one open item per client, closed by a conversation, in any order of arrival.

Named after the invariant `one_callback`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.callbacks import (
    Act,
    ActKind,
    CallbackItem,
    ClosedHow,
    PartyCall,
    items,
    party_of,
)
from router.calls import Call, Direction, Disposition, MissedReason

NINE = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def at(minute: float) -> datetime:
    return NINE + timedelta(minutes=minute)


def missed(
    call_id: str, minute: float, *, reason: MissedReason = MissedReason.ABANDONED
) -> PartyCall:
    return PartyCall(
        id=call_id,
        direction=Direction.INBOUND,
        disposition=Disposition.MISSED,
        reason=reason,
        began_at=at(minute),
        ended_at=at(minute + 0.5),
    )


def answered(call_id: str, begin: float, end: float) -> PartyCall:
    return PartyCall(
        id=call_id,
        direction=Direction.INBOUND,
        disposition=Disposition.ANSWERED,
        reason=None,
        began_at=at(begin),
        ended_at=at(end),
        by="102",
        talk_seconds=(end - begin) * 60,
    )


def dialled(
    call_id: str,
    minute: float,
    *,
    talk_seconds: float = 0,
    disposition: Disposition = Disposition.ANSWERED,
) -> PartyCall:
    return PartyCall(
        id=call_id,
        direction=Direction.OUTBOUND,
        disposition=disposition,
        reason=None,
        began_at=at(minute),
        ended_at=at(minute) + timedelta(seconds=talk_seconds + 5),
        by="101",
        talk_seconds=talk_seconds,
    )


def fold(calls: Iterable[PartyCall], *acts: Act) -> tuple[CallbackItem, ...]:
    return items("client:c1", calls, acts)


def test_missed_calls_of_one_client_are_one_open_item() -> None:
    [item] = fold([missed("b", 5), missed("a", 0)])
    assert item.missed == ("a", "b")
    assert (item.first_missed_at, item.last_missed_at) == (at(0), at(5))
    assert item.closing is None
    assert item.id == "cb-a"


def test_a_later_conversation_closes_it() -> None:
    [item] = fold([missed("a", 0), answered("b", 5, 7)])
    assert item.closing is not None
    assert (item.closing.how, item.closing.at) == (ClosedHow.CAME_THROUGH, at(7))
    assert (item.closing.by, item.closing.call_id) == ("102", "b")


def test_a_conversation_that_was_over_before_the_missed_call_closes_nothing() -> None:
    [item] = fold([answered("b", 0, 3), missed("a", 5)])
    assert item.closing is None


def test_a_conversation_that_ended_as_the_missed_call_began_closes_nothing() -> None:
    [item] = fold([answered("b", 0, 5), missed("a", 5)])
    assert item.closing is None


def test_a_conversation_that_runs_while_the_client_calls_again_closes_it() -> None:
    [item] = fold([answered("b", 0, 10), missed("a", 5)])
    assert item.closing is not None


@pytest.mark.parametrize(("talk_seconds", "closes"), [(19.9, False), (20.0, True)])
def test_dialling_out_counts_as_a_conversation_from_twenty_seconds(
    talk_seconds: float, *, closes: bool
) -> None:
    [item] = fold([missed("a", 0), dialled("b", 5, talk_seconds=talk_seconds)])
    assert (item.closing is not None) is closes
    assert bool(item.attempts) is not closes


def test_the_twenty_seconds_are_a_setting() -> None:
    [item] = items("p", [missed("a", 0), dialled("b", 5, talk_seconds=5)], outbound_talk_seconds=5)
    assert item.closing is not None


@pytest.mark.parametrize(
    "disposition", [Disposition.NO_ANSWER, Disposition.BUSY, Disposition.FAILED]
)
def test_an_outbound_call_that_nobody_answered_is_an_attempt(disposition: Disposition) -> None:
    [item] = fold([missed("a", 0), dialled("b", 5, disposition=disposition)])
    assert [(attempt.call_id, attempt.by) for attempt in item.attempts] == [("b", "101")]


def test_an_attempt_before_the_missed_call_is_not_the_items() -> None:
    [item] = fold([dialled("b", 0, disposition=Disposition.BUSY), missed("a", 5)])
    assert item.attempts == ()


def test_a_missed_call_after_the_conversation_opens_a_new_item() -> None:
    closed, opened = fold([missed("a", 0), answered("b", 5, 7), missed("c", 9)])
    assert (closed.missed, opened.missed) == (("a",), ("c",))
    assert opened.closing is None


def test_a_rejected_call_is_neither_missed_nor_a_conversation() -> None:
    rejected = PartyCall(
        id="r",
        direction=Direction.INBOUND,
        disposition=Disposition.REJECTED,
        reason=None,
        began_at=at(1),
        ended_at=at(2),
    )
    assert fold([rejected]) == ()
    assert fold([missed("a", 0), rejected])[0].closing is None


def test_a_client_lost_in_transfer_is_missed_although_he_talked() -> None:
    call = Call(
        id="a",
        pbx="main",
        linked_id="a",
        direction=Direction.INBOUND,
        caller="+79161234567",
        line="main",
        began_at=at(0),
        ended_at=at(3),
        answered_by="101",
        talk_seconds=60,
        disposition=Disposition.MISSED,
        reason=MissedReason.LOST_IN_TRANSFER,
    )
    [item] = fold([PartyCall.of(call)])
    assert item.closing is None


def test_an_item_is_after_hours_when_every_call_came_while_closed() -> None:
    closed = missed("a", 0, reason=MissedReason.CLOSED)
    assert fold([closed])[0].after_hours is True
    assert fold([closed, missed("b", 60)])[0].after_hours is False


def act(kind: ActKind, call_id: str, minute: float, by: str = "ivanova") -> Act:
    return Act(kind=kind, call_id=call_id, by=by, at=at(minute), note="")


def test_whoever_took_an_item_has_it_until_he_gives_it_back() -> None:
    calls = [missed("a", 0)]
    taken, back = act(ActKind.TAKEN, "a", 1), act(ActKind.GIVEN_BACK, "a", 3)
    assert fold(calls, taken)[0].taken_by == "ivanova"
    assert fold(calls, back, taken)[0].taken_by == ""


def test_a_second_taker_gets_nothing_while_the_lease_runs_and_the_item_after_it() -> None:
    calls = [missed("a", 0)]
    first = act(ActKind.TAKEN, "a", 1)
    early, late = act(ActKind.TAKEN, "a", 30, "petrov"), act(ActKind.TAKEN, "a", 31, "petrov")
    assert fold(calls, early, first)[0].taken_by == "ivanova"
    assert fold(calls, late, first)[0].taken_by == "petrov"


def test_a_lease_runs_out_by_itself() -> None:
    [item] = fold([missed("a", 0)], act(ActKind.TAKEN, "a", 1))
    assert item.holder(at(30.99)) == "ivanova"
    assert item.holder(at(31)) == ""


def test_taking_again_begins_the_lease_anew() -> None:
    [item] = fold([missed("a", 0)], act(ActKind.TAKEN, "a", 1), act(ActKind.TAKEN, "a", 20))
    assert item.holder(at(49)) == "ivanova"


def test_the_length_of_a_lease_is_said_by_the_act() -> None:
    taken = Act(kind=ActKind.TAKEN, call_id="a", by="ivanova", at=at(1), due_at=at(3))
    [item] = fold([missed("a", 0)], taken)
    assert (item.holder(at(2.9)), item.holder(at(3))) == ("ivanova", "")
    assert item.promised_at is None


def test_a_talk_with_a_voicemail_is_an_attempt_and_the_item_is_open_again() -> None:
    calls = [missed("a", 0), dialled("b", 5, talk_seconds=40)]
    assert fold(calls)[0].closing is not None
    [item] = fold(calls, act(ActKind.VOICEMAIL, "b", 7))
    assert item.closing is None
    assert [attempt.call_id for attempt in item.attempts] == ["b"]


def test_nobody_calls_an_inbound_conversation_a_voicemail() -> None:
    calls = [missed("a", 0), answered("b", 5, 7)]
    assert fold(calls, act(ActKind.VOICEMAIL, "b", 8))[0].closing is not None


def test_a_conversation_that_we_began_reached_the_client() -> None:
    [item] = fold([missed("a", 0), dialled("b", 5, talk_seconds=40)])
    assert item.closing is not None
    assert item.closing.how is ClosedHow.REACHED


def test_notes_and_the_promised_hour_stand_beside_the_item() -> None:
    noted = Act(
        kind=ActKind.NOTED, call_id="a", by="ivanova", at=at(2), note="after lunch", due_at=at(200)
    )
    [item] = fold([missed("a", 0)], noted, act(ActKind.TAKEN, "a", 3))
    assert [(note.by, note.text) for note in item.notes] == [("ivanova", "after lunch")]
    assert item.promised_at == at(200)


def test_ten_calls_in_a_minute_are_one_item() -> None:
    [item] = fold(missed(f"c{n}", n / 10) for n in range(10))
    assert len(item.missed) == 10


def test_a_client_who_gets_through_while_he_is_called_back_closes_the_item_once() -> None:
    """The callback finds him talking with a colleague: an attempt, and nothing is owed."""
    calling = dialled("b", 6, disposition=Disposition.BUSY)
    [item] = fold([missed("a", 0), answered("c", 5, 9), calling], act(ActKind.TAKEN, "a", 4))
    assert item.closing is not None
    assert item.closing.how is ClosedHow.CAME_THROUGH
    assert [attempt.call_id for attempt in item.attempts] == ["b"]


def test_not_needed_closes_what_the_person_saw_and_not_what_came_later() -> None:
    closed, opened = fold([missed("a", 0), missed("b", 5)], act(ActKind.NOT_NEEDED, "a", 60))
    assert closed.closing is not None
    assert (closed.closing.how, closed.closing.by) == (ClosedHow.NOT_NEEDED, "ivanova")
    assert (opened.missed, opened.closing) == (("b",), None)


def test_a_conversation_after_not_needed_does_not_close_it_twice() -> None:
    [item] = fold([missed("a", 0), answered("b", 5, 7)], act(ActKind.NOT_NEEDED, "a", 1))
    assert item.closing is not None
    assert item.closing.how is ClosedHow.NOT_NEEDED


def test_an_act_on_a_call_that_is_not_known_yet_waits_for_it() -> None:
    taken = act(ActKind.NOT_NEEDED, "b", 60)
    assert fold([missed("a", 0)], taken)[0].closing is None
    assert fold([missed("a", 0), missed("b", 5)], taken)[0].closing is not None


@pytest.mark.parametrize(
    ("client", "number", "known", "party"),
    [
        ("c1", "+79161234567", (), "client:c1"),
        ("", "+79161234567", ("c1",), "client:c1"),
        ("", "+79161234567", ("c1", "c2"), "number:+79161234567"),
        ("", "+79161234567", (), "number:+79161234567"),
        ("", None, (), "call:x"),
        ("", "", (), "call:x"),
    ],
)
def test_a_party_is_the_client_else_his_number_else_the_call_alone(
    client: str, number: str | None, known: tuple[str, ...], party: str
) -> None:
    assert party_of(call_id="x", number_key=number, client=client, clients_of_number=known) == party


def on(number: str, call: PartyCall, *, others: bool = False) -> PartyCall:
    return replace(call, number=number, by_number=others)


call_stories = st.lists(
    st.tuples(
        st.integers(0, 30),
        st.sampled_from(["missed", "closed", "answered", "dialled", "short", "busy"]),
        st.integers(1, 20),
    ),
    max_size=12,
)


def calls_of(story: list[tuple[int, str, int]]) -> list[PartyCall]:
    made = []
    for n, (minute, kind, lasts) in enumerate(story):
        name = f"c{n}"
        match kind:
            case "missed":
                made.append(missed(name, minute))
            case "closed":
                made.append(missed(name, minute, reason=MissedReason.CLOSED))
            case "answered":
                made.append(answered(name, minute, minute + lasts))
            case "dialled":
                made.append(dialled(name, minute, talk_seconds=20 * lasts))
            case "short":
                made.append(dialled(name, minute, talk_seconds=lasts / 2))
            case _:
                made.append(dialled(name, minute, disposition=Disposition.BUSY))
    return made


def acts_on(calls: list[PartyCall], data: st.DataObject) -> list[Act]:
    ids = st.sampled_from([call.id for call in calls] or ["none"])
    kinds = st.sampled_from(list(ActKind))
    drawn = data.draw(st.lists(st.tuples(kinds, ids, st.integers(0, 60)), max_size=4))
    return [act(kind, call_id, minute) for kind, call_id, minute in drawn]


def numbered(calls: list[PartyCall], data: st.DataObject) -> list[PartyCall]:
    """On one of two numbers, some of them calls of another party."""
    drawn = st.tuples(st.sampled_from(["M", "N"]), st.booleans())
    chosen = [data.draw(drawn) for _ in calls]
    return [on(n, call, others=other) for call, (n, other) in zip(calls, chosen, strict=True)]


@given(story=call_stories, data=st.data())
def test_one_callback_any_order_of_arrival_gives_the_same_list(
    story: list[tuple[int, str, int]], data: st.DataObject
) -> None:
    calls = numbered(calls_of(story), data)
    acts = acts_on(calls, data)
    shuffled = data.draw(st.permutations(calls)), data.draw(st.permutations(acts))
    assert fold(calls, *acts) == fold(shuffled[0], *shuffled[1])


@given(story=call_stories, data=st.data())
def test_one_callback_every_missed_call_is_in_exactly_one_item_and_one_at_most_is_open(
    story: list[tuple[int, str, int]], data: st.DataObject
) -> None:
    calls = numbered(calls_of(story), data)
    found = fold(calls, *acts_on(calls, data))
    linked = [call_id for item in found for call_id in item.missed]
    own = [call for call in calls if not call.by_number]
    assert sorted(linked) == sorted(call.id for call in own if call.missed)
    assert sum(item.closing is None for item in found) <= 1
    assert all(item.closing is not None for item in found[:-1])


@given(story=call_stories)
def test_one_callback_a_client_is_owed_exactly_what_no_conversation_followed(
    story: list[tuple[int, str, int]],
) -> None:
    calls = calls_of(story)
    talks = [call.ended_at for call in calls if call.is_talk()]
    owed = {c.id for c in calls if c.missed and all(end <= c.began_at for end in talks)}
    still_open = {c for item in fold(calls) if item.closing is None for c in item.missed}
    assert still_open == owed


@given(story=call_stories)
def test_a_call_that_is_reported_twice_counts_once(story: list[tuple[int, str, int]]) -> None:
    calls = calls_of(story)
    assert fold(calls + calls) == fold(calls)
