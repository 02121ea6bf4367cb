"""A number that several clients use: whose list a conversation on it stands in, and what it closes."""

from __future__ import annotations

from test_callbacks import answered, dialled, fold, missed, on

from router.calls import Disposition


def test_a_talk_of_another_party_closes_what_was_missed_from_its_number() -> None:
    """And with it the rest of the item; what is owed from other numbers alone stays owed."""
    early, late = on("M", missed("a", 0)), on("N", missed("b", 5))
    talk = on("N", dialled("t", 9, talk_seconds=60), others=True)
    [item] = fold([early, late, talk])
    assert item.missed == ("a", "b")
    assert item.closing is not None
    assert item.closing.call_id == "t"
    assert fold([early, talk])[0].closing is None


def test_a_talk_of_another_party_closes_nothing_where_its_number_was_settled_before() -> None:
    settled = [on("N", missed("a", 0)), on("N", answered("b", 1, 2)), on("M", missed("c", 5))]
    talk = on("N", dialled("t", 9, talk_seconds=60), others=True)
    assert [item.closing is None for item in fold([*settled, talk])] == [False, True]


def test_an_attempt_of_another_party_is_its_own() -> None:
    busy = on("N", dialled("t", 9, disposition=Disposition.BUSY), others=True)
    [item] = fold([on("N", missed("a", 0)), busy])
    assert item.attempts == ()
