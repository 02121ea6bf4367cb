"""books: two witnesses of every call, and a sentence wherever they differ."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.books import (
    Books,
    DifferenceKind,
    Exclusion,
    LoggedCall,
    Scope,
    WitnessedCall,
    balance,
    of,
    unlogged,
)
from router.books_sentences import sentence
from router.calls import Direction, Disposition
from router.office import Department, Hours, Line, Office

NOON = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
MISSED, ANSWERED = Disposition.MISSED, Disposition.ANSWERED
OFFICE = Office(
    name="Office",
    default_department="sales",
    departments={
        "sales": Department(key="sales", name="Sales"),
        "east": Department(key="east", name="East", hours=Hours(timezone="Asia/Vladivostok")),
    },
    managers={},
    lines={
        "main": Line(key="main", number="+74951230001", name="Main", department="sales"),
        "far": Line(key="far", number="+74232000000", name="Far", department="east"),
    },
)
SCOPE = Scope(office=OFFICE, settled_before=NOON + timedelta(days=1))


def seen(call_id: str, minute: float = 0, **more: object) -> WitnessedCall:
    at = NOON + timedelta(minutes=minute)
    known = {"line": "84951230001", "caller": "79161234567", "began_at": at, "talked": False}
    values = {"ended_at": at + timedelta(seconds=30), **known, **more}
    return WitnessedCall(id=call_id, **values)  # type: ignore[arg-type]


def logged(call_id: str, minute: float = 0, how: Disposition | None = MISSED, **more: object):  # type: ignore[no-untyped-def]  # noqa: ANN201
    values = {
        "line": "74951230001",
        "caller": "79161234567",
        "began_at": NOON + timedelta(minutes=minute),
        "disposition": how,
        "callbacks": 1 if how is MISSED else 0,
        **more,
    }
    return LoggedCall(id=call_id, **values)  # type: ignore[arg-type]


def kinds(books: Books) -> list[tuple[DifferenceKind, str]]:
    return [(found.kind, found.call_id) for found in books.differences]


def test_books_balance_when_both_witnesses_tell_the_same() -> None:
    books = balance(
        [seen("a"), seen("b", 1, talked=True), seen("c", 2)],
        [logged("a"), logged("b", 1, ANSWERED), logged("c", 2, Disposition.REJECTED)],
        SCOPE,
    )
    [account] = books.accounts
    assert (account.line, account.in_records) == ("main", 3)
    assert (account.answered, account.missed, account.rejected) == (1, 1, 1)
    assert books.balanced


def test_a_call_that_only_the_records_know_is_named() -> None:
    books = balance([seen("a"), seen("b", 1)], [logged("a")], SCOPE)
    assert kinds(books) == [(DifferenceKind.NOT_LOGGED, "b")]
    assert not books.balanced


def test_a_call_that_only_the_log_knows_is_named() -> None:
    books = balance([seen("a")], [logged("a"), logged("b", 1)], SCOPE)
    assert kinds(books) == [(DifferenceKind.NOT_IN_RECORDS, "b")]


def test_one_lost_on_each_side_do_not_make_up_for_one_another() -> None:
    """The sums agree; the calls do not."""
    books = balance([seen("a")], [logged("b", 30)], SCOPE)
    [account] = books.accounts
    assert account.in_records == account.missed == 1
    assert not account.balanced


@pytest.mark.parametrize(
    ("record", "call", "kind"),
    [
        (seen("a", talked=True), logged("a"), DifferenceKind.TALK_NOT_LOGGED),
        (seen("a"), logged("a", how=ANSWERED), DifferenceKind.TALK_NOT_IN_RECORDS),
        (seen("a"), logged("a", how=None), DifferenceKind.NO_END),
        (seen("a"), logged("a", callbacks=0), DifferenceKind.NO_CALLBACK),
        (seen("a"), logged("a", callbacks=2), DifferenceKind.NO_CALLBACK),
    ],
)
def test_whatever_differs_about_a_call_is_a_difference(
    record: WitnessedCall, call: LoggedCall, kind: DifferenceKind
) -> None:
    assert (kind, "a") in kinds(balance([record], [call], SCOPE))


def test_a_talk_that_ended_in_a_lost_transfer_is_no_difference() -> None:
    talked = logged("a", talk_seconds=20.0)
    assert balance([seen("a", talked=True)], [talked], SCOPE).balanced


@pytest.mark.parametrize("how", [MISSED, ANSWERED])
def test_what_the_records_cannot_tell_is_believed_to_the_log(how: Disposition) -> None:
    """A mobile answered: a person or a voicemail."""
    assert balance([seen("a", talked=None)], [logged("a", how=how)], SCOPE).balanced


@pytest.mark.parametrize(
    ("record", "scope", "why"),
    [
        (seen("a", line="74959999999"), SCOPE, Exclusion.OTHER_LINE),
        (
            seen("a"),
            Scope(office=OFFICE, settled_before=NOON + timedelta(seconds=10)),
            Exclusion.TOO_FRESH,
        ),
        (
            seen("a"),
            Scope(
                office=OFFICE,
                settled_before=NOON + timedelta(days=1),
                since=NOON + timedelta(minutes=1),
            ),
            Exclusion.BEFORE_US,
        ),
    ],
)
def test_an_exclusion_is_stated_and_counted(
    record: WitnessedCall, scope: Scope, why: Exclusion
) -> None:
    books = balance([record], [], scope)
    [account] = books.accounts
    assert dict(account.excluded) == {why: 1}
    assert books.balanced
    assert unlogged([record], [], scope) == ()


def test_a_call_to_no_line_of_ours_that_was_logged_is_no_exclusion() -> None:
    """An unknown line rings at the default department: then it counts like every other."""
    other = {"line": "74959999999"}
    [account] = balance([seen("a", **other)], [logged("a", **other)], SCOPE).accounts
    assert (account.missed, dict(account.excluded)) == (1, {})


def test_calls_that_we_placed_are_in_neither_column() -> None:
    placed = logged("a", how=ANSWERED, direction=Direction.OUTBOUND)
    assert balance([seen("a")], [placed], SCOPE).accounts == ()


def test_the_day_is_the_departments_own() -> None:
    """18:00 in Moscow is the next day in Vladivostok."""
    late = NOON + timedelta(hours=6)
    far = {"line": "74232000000", "began_at": late}
    books = balance([seen("a", **far)], [logged("a", **far)], SCOPE)
    assert [(a.line, a.day.isoformat()) for a in books.accounts] == [("far", "2026-03-03")]


def test_without_unique_ids_calls_are_matched_by_number_and_time() -> None:
    books = balance(
        [seen("", 0.02), seen("", 5)],
        [logged("a"), logged("b", 5, caller="+7 916 123-45-67")],
        SCOPE,
    )
    assert books.balanced


def test_without_unique_ids_each_call_is_matched_once() -> None:
    books = balance([seen(""), seen("", 0.01)], [logged("a")], SCOPE)
    assert [kind for kind, _ in kinds(books)] == [DifferenceKind.NOT_LOGGED]


def test_a_records_line_that_is_not_told_is_taken_from_the_log() -> None:
    [account] = balance([seen("a", line="")], [logged("a")], SCOPE).accounts
    assert account.line == "main"


def test_books_can_be_asked_for_one_day_and_line() -> None:
    books = balance([seen("a"), seen("b", 24 * 60)], [logged("a"), logged("b", 24 * 60)], SCOPE)
    [first, _] = books.accounts
    assert of(books, days=[first.day]).accounts == (first,)
    assert of(books, line="far").accounts == ()


@given(
    st.lists(st.integers(0, 9), unique=True),
    st.lists(st.integers(0, 9), unique=True),
)
def test_books_differ_exactly_by_the_calls_that_one_witness_lacks(
    there: list[int], here: list[int]
) -> None:
    books = balance([seen(f"c{n}", n) for n in there], [logged(f"c{n}", n) for n in here], SCOPE)
    lost = {(DifferenceKind.NOT_LOGGED, f"c{n}") for n in set(there) - set(here)}
    extra = {(DifferenceKind.NOT_IN_RECORDS, f"c{n}") for n in set(here) - set(there)}
    assert set(kinds(books)) == lost | extra
    assert books.balanced is (set(there) == set(here))


@pytest.mark.parametrize("kind", list(DifferenceKind))
@pytest.mark.parametrize("language", ["ru", "en"])
def test_every_difference_is_a_sentence_with_time_caller_and_id(
    kind: DifferenceKind, language: str
) -> None:
    [found] = balance([seen("a")], [], SCOPE).differences
    other = type(found)(**{n: getattr(found, n) for n in found.__slots__} | {"kind": kind})
    said = sentence(other, language, at="12:00", caller="+7 916")
    assert all(text in said for text in ("12:00", "+7 916", "a"))
