"""books without unique ids: every call finds its nearest, however many there are."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import count
from typing import Self

from hypothesis import given
from hypothesis import strategies as st
from test_books_pure import NOON, SCOPE, kinds, logged, seen

from router.books import SAME_CALL, DifferenceKind, LoggedCall, WitnessedCall, balance, unlogged

CALLERS = ["79160000001", "8 916 000-00-01", "79160000002", ""]
MOMENTS = st.tuples(st.integers(0, 60), st.sampled_from(CALLERS))


class Compared(datetime):
    """An instant that counts how often one is compared with another."""

    times = count()

    def __lt__(self, other: datetime) -> bool:
        next(Compared.times)
        return super().__lt__(other)

    def __sub__(self, other):  # type: ignore[no-untyped-def,override]  # noqa: ANN001, ANN204
        next(Compared.times)
        return super().__sub__(other)

    @classmethod
    def after(cls, seconds: float) -> Self:
        at = NOON + timedelta(seconds=seconds)
        return cls.fromtimestamp(at.timestamp(), at.tzinfo)


def _matched_one_by_one(
    records: list[WitnessedCall], log: list[LoggedCall]
) -> tuple[list[WitnessedCall], list[str]]:
    """What stays alone on either side when each record looks at every call that is left."""
    left, alone = sorted(log, key=lambda c: (c.began_at, c.id)), []
    for record in sorted(records, key=lambda r: (r.began_at, r.caller)):
        near = [
            call
            for call in left
            if abs(call.began_at - record.began_at) <= SAME_CALL
            and call.caller[-2:] == record.caller[-2:]
        ]
        if near:
            left.remove(min(near, key=lambda c: abs(c.began_at - record.began_at)))
        else:
            alone.append(record)
    return alone, [call.id for call in left]


@given(st.lists(MOMENTS, max_size=12), st.lists(MOMENTS, max_size=12))
def test_every_call_is_matched_as_if_it_had_looked_at_all_the_others(
    there: list[tuple[int, str]], here: list[tuple[int, str]]
) -> None:
    """Half seconds, so that many are equally near and exactly three seconds apart."""
    records = [seen("", half / 120, caller=caller) for half, caller in there]
    log = [logged(f"c{n}", half / 120, caller=caller) for n, (half, caller) in enumerate(here)]
    alone, left = _matched_one_by_one(records, log)
    assert list(unlogged(records, log, SCOPE)) == alone
    found = kinds(balance(records, log, SCOPE))
    assert sorted(call for kind, call in found if kind == DifferenceKind.NOT_IN_RECORDS) == sorted(
        left
    )


def test_two_thousand_calls_find_theirs_among_five_thousand_in_few_steps() -> None:
    records = [
        seen("", began_at=Compared.after(n * 20), caller=f"7916{n:07}") for n in range(2_000)
    ]
    log = [
        logged(f"c{n}", began_at=Compared.after(n * 8), caller=f"7916{n * 2 // 5:07}")
        for n in range(5_000)
    ]
    before = next(Compared.times)
    alone = unlogged(records, log, SCOPE)
    assert next(Compared.times) - before < 50 * (len(records) + len(log))
    assert len(alone) == 1_000, "every other call began four seconds from its record"
