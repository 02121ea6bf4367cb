"""What each figure of a report counts."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from statistics import median

from hypothesis import given
from hypothesis import strategies as st

from router.callbacks import ClosedHow
from router.callbacks_report import Try, Worked
from router.calls import Direction, Disposition, LegOutcome
from router.figures import (
    CountedCall,
    CountedLeg,
    Figures,
    added,
    count_call,
    count_callback,
    count_callers,
    count_skips,
    count_trail,
    from_json,
    median_of,
    to_json,
)
from router.phones import Phone

NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)
LINE = ("line", "74951230001", "sales", "12")


def call(disposition: Disposition, reason: str = "", **more: object) -> CountedCall:
    about: dict[str, object] = {
        "id": "1",
        "pbx": "main",
        "direction": Direction.INBOUND,
        "line": "74951230001",
        "department": "sales",
        "caller": "79161234567",
        "hour": 12,
        "began_at": NINE,
        "answered_at": NINE + timedelta(seconds=7) if disposition is Disposition.ANSWERED else None,
        "disposition": disposition,
        "reason": reason,
        "talk_seconds": 61.2 if disposition is Disposition.ANSWERED else 0.0,
    }
    return CountedCall(**(about | more))  # type: ignore[arg-type]


def leg(target: str, outcome: LegOutcome, *, rang: bool = True) -> CountedLeg:
    talk = 61.2 if outcome is LegOutcome.ANSWERED else 0.0
    return CountedLeg(
        target=target, outcome=outcome, rang=rang, ring_seconds=5.0, talk_seconds=talk
    )


def himself(phone: Phone) -> Phone:
    return phone


def counted(one: CountedCall, *legs: CountedLeg) -> Figures:
    figures: Figures = {}
    count_call(figures, one, legs, himself)
    return figures


def test_a_missed_call_is_the_lines_and_a_missed_ring_the_persons() -> None:
    """101 let it ring, 102 answered: the company missed nothing."""
    found = counted(
        call(Disposition.ANSWERED),
        leg("101", LegOutcome.NO_ANSWER),
        leg("102", LegOutcome.ANSWERED),
    )
    assert found[LINE] == Counter(offered=1, answered=1, talk=61)
    assert found["person", "101", "main"] == Counter(offered=1, let_ring=1)
    assert found["person", "102", "main"] == Counter(offered=1, answered=1, talk_in=61)


def test_a_missed_call_has_its_reason() -> None:
    found = counted(call(Disposition.MISSED, "abandoned"), leg("101", LegOutcome.CANCELLED))
    assert found[LINE] == Counter({"offered": 1, "missed": 1, "missed:abandoned": 1})
    assert found["person", "101", "main"] == Counter(offered=1, gone=1)


def test_whoever_rang_twice_was_offered_one_call() -> None:
    found = counted(
        call(Disposition.ANSWERED),
        leg("101", LegOutcome.DECLINED),
        leg("101", LegOutcome.ANSWERED),
    )
    assert found["person", "101", "main"]["offered"] == 1
    assert found["person", "101", "main"]["answered"] == 1
    assert "declined" not in found["person", "101", "main"]


def test_a_phone_that_never_rang_was_offered_nothing() -> None:
    found = counted(
        call(Disposition.MISSED, "no_answer"),
        leg("101", LegOutcome.UNREACHABLE, rang=False),
        leg("102", LegOutcome.BUSY, rang=False),
    )
    assert ("person", "101", "main") not in found
    assert ("person", "102", "main") not in found


def test_a_ring_that_a_colleague_ended_is_nobodys_miss() -> None:
    found = counted(
        call(Disposition.ANSWERED),
        leg("101", LegOutcome.ELSEWHERE),
        leg("102", LegOutcome.ANSWERED),
    )
    assert found["person", "101", "main"] == Counter(offered=1, elsewhere=1)


def test_an_outbound_call_counts_for_who_dialled_and_for_no_line() -> None:
    found = counted(
        call(Disposition.ANSWERED, direction=Direction.OUTBOUND, caller="101"),
        leg("79161234567", LegOutcome.ANSWERED),
    )
    assert found == {
        ("person", "101", "main"): Counter(outbound=1, outbound_answered=1, talk_out=61)
    }


def test_what_became_of_offered_calls_adds_up_to_them() -> None:
    total: Figures = {}
    for outcome in LegOutcome:
        count_call(total, call(Disposition.ANSWERED), [leg("101", outcome)], himself)
    person = total["person", "101", "main"]
    became = ("answered", "declined", "let_ring", "elsewhere", "gone")
    assert person["offered"] == sum(person[name] for name in became)


def test_somebody_is_skipped_once_for_each_call_and_reason() -> None:
    figures: Figures = {}
    lunch = {"why": "skipped-status", "about": {"manager": "ivanova", "status": "lunch"}}
    busy = {"why": "skipped-talking", "about": {"manager": "ivanova"}}
    last = {"why": "skipped-promised", "about": {"manager": "ivanova"}}
    count_skips(figures, [lunch, lunch, busy, last, {"why": "line-known", "about": {}}])
    assert figures == {
        ("skipped", "ivanova"): Counter({"skipped-status:lunch": 1, "skipped-talking": 1})
    }


def test_whom_the_exchange_found_busy_is_skipped_at_his_step() -> None:
    figures: Figures = {}
    count_trail(figures, [{"what": "busy", "who": ["ivanova/101"]}, {"what": "rang", "who": ["x"]}])
    assert figures == {("skipped", "ivanova"): Counter({"at-step": 1})}


def test_the_wait_for_a_callback_is_counted_in_minutes() -> None:
    figures: Figures = {}
    both = Phone("main", "101"), Phone("spb", "101")
    worked = Worked(
        id="1",
        owed_from=NINE,
        tries=[
            Try(NINE + timedelta(minutes=12), both[0], "2"),
            Try(NINE + timedelta(minutes=24), both[1], "3"),
        ],
        how=ClosedHow.REACHED,
        reached_by=both[1],
        closing_call="3",
    )
    count_callback(figures, "sales", worked)
    count_callers(figures, [worked])
    assert figures["waited", "sales"] == Counter({"12": 1})
    assert figures["callback", "sales"] == Counter(items=1, needed=1, reached=1, called=1)
    assert figures["caller", "101", "main"] == Counter(attempts=1)
    assert figures["caller", "101", "spb"] == Counter(attempts=1, reached=1)


@given(st.lists(st.integers(min_value=0, max_value=300), min_size=1))
def test_a_median_is_exact(values: list[int]) -> None:
    counts = Counter(str(value) for value in values)
    assert median_of(counts) == median(values)


@given(st.lists(st.sampled_from(list(LegOutcome)), max_size=6))
def test_days_may_be_added_in_any_order_and_come_back_from_json(outcomes: list[LegOutcome]) -> None:
    days = [counted(call(Disposition.ANSWERED), leg("101", outcome)) for outcome in outcomes]
    assert added(days) == added(reversed(days))
    assert from_json(to_json(added(days))) == added(days)
