"""Statuses, phones and promises: what is kept between questions says what counting anew says."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from desk_floor import NOON, OFFICE, phone, step
from hypothesis import given
from hypothesis import strategies as st

from router.facts import PhoneState, Presence
from router.office import Status
from router.plan import Decision, Ending, Plan, StepRole
from switchboard.presence import PresenceBook

MANAGERS = tuple(OFFICE.managers)


def decision(managers: tuple[str, ...], patience: int = 60) -> Decision:
    steps = tuple(step(StepRole.OWNER, 15, phone(key)) for key in managers)
    plan = Plan(steps=steps, patience_seconds=patience, ending=next(iter(Ending)))
    return Decision(plan=plan, reasons=(), line="main", department="sales")


def promised(book: PresenceBook, now: datetime | None = None) -> set[str]:
    return {key for key, presence in book.of(OFFICE, now).items() if presence.promised}


def after(seconds: int) -> datetime:
    return NOON + timedelta(seconds=seconds)


def test_who_is_promised_twice_is_so_until_both_plans_are_over() -> None:
    book = PresenceBook()
    book.promise("c-1", decision(("anna", "boris")), NOON)
    book.promise("c-2", decision(("anna",)), NOON)
    assert promised(book) == {"anna", "boris"}
    book.release("c-1")
    assert promised(book) == {"anna"}
    book.release("c-2")
    book.release("c-2")
    assert promised(book) == set()


def test_a_plan_made_anew_takes_the_place_of_the_old_one() -> None:
    book = PresenceBook()
    book.promise("c-1", decision(("anna",), patience=10), NOON)
    book.promise("c-1", decision(("boris",), patience=30), NOON)
    book.forget_promises(after(10))
    assert promised(book) == {"boris"}
    book.promise("c-1", decision(()), NOON)
    assert promised(book) == set()


def test_a_look_ahead_forgets_nothing() -> None:
    """A call that is tried in the office is one to come, while callers wait now."""
    book = PresenceBook()
    book.promise("c-1", decision(("anna",), patience=60), NOON)
    assert promised(book, after(3600)) == set()
    assert promised(book, after(59)) == {"anna"}


def test_what_is_known_changes_with_whatever_is_told() -> None:
    book = PresenceBook()
    assert book.standing(OFFICE) is book.standing(OFFICE)
    book.phones_changed("main", {"101": PhoneState.TALKING})
    assert book.standing(OFFICE)["anna"].phone is PhoneState.TALKING
    book.replace_statuses({"anna": Status.LUNCH})
    assert book.standing(OFFICE)["anna"].status is Status.LUNCH
    book.talked(OFFICE, "main", "101", NOON)
    assert book.standing(OFFICE)["anna"].idle_since == NOON
    book.forget_phones("main")
    assert book.of(OFFICE)["anna"] == Presence(status=Status.LUNCH, idle_since=NOON)


@dataclass
class CountedAnew:
    """The rule in its simplest form: every promise is looked at."""

    made: dict[str, tuple[datetime, tuple[str, ...]]] = field(default_factory=dict)

    def promised(self, now: datetime) -> set[str]:
        return {m for until, who in self.made.values() if until > now for m in who}


acts = st.lists(
    st.tuples(
        st.sampled_from(["promise", "promise", "release", "forget"]),
        st.sampled_from(["c-1", "c-2", "c-3", "c-4"]),
        st.lists(st.sampled_from(MANAGERS), max_size=3).map(tuple),
        st.integers(0, 40),
        st.integers(0, 15),
    ),
    max_size=40,
)


@given(acts=acts)
def test_promises_are_those_of_counting_anew(
    acts: list[tuple[str, str, tuple[str, ...], int, int]],
) -> None:
    book, simple, at = PresenceBook(), CountedAnew(), NOON
    for kind, call, managers, patience, passes in acts:
        at += timedelta(seconds=passes)
        if kind == "promise":
            book.promise(call, decision(managers, patience), at)
            simple.made[call] = (at + timedelta(seconds=patience), managers)
        elif kind == "release":
            book.release(call)
            simple.made.pop(call, None)
        else:
            book.forget_promises(at)
        assert promised(book, at) == simple.promised(at)
