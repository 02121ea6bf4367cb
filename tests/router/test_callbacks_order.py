"""Whom to call first, whose task it is, and the morning's shares."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

from hypothesis import given
from hypothesis import strategies as st

from router.callbacks_order import Floor, Owed, assigned, in_order, mine
from router.hours import NoHolidays
from router.morning import Hidden, morning
from router.office import Department, Hours, Manager, Office, Status, Window

NOW = datetime(2026, 3, 2, 6, 30, tzinfo=UTC)  # a Monday, 9:30 in Moscow
WEEK = tuple(Window(weekday=day, start=time(9), end=time(19)) for day in range(5))
NIGHT = (Window(weekday=0, start=time(20), end=time(23)),)


def manager(key: str, department: str = "sales", **more: object) -> Manager:
    return Manager(key=key, name=key, department=department, extension=key, **more)  # type: ignore[arg-type]


def floor(**statuses: Status) -> Floor:
    people = [
        manager("anna"),
        manager("boris"),
        manager("vera"),
        manager("night", shifts=NIGHT),
        manager("igor", "service"),
    ]
    office = Office(
        name="Office",
        default_department="sales",
        departments={
            "sales": Department(key="sales", name="Sales", hours=Hours(week=WEEK)),
            "service": Department(key="service", name="Service", hours=Hours(week=WEEK)),
        },
        managers={m.key: m for m in people},
        lines={},
    )
    return Floor(office=office, now=NOW, calendar=NoHolidays(), statuses=statuses)


def owed(item: str, minutes_ago: float = 10, **more: object) -> Owed:
    missed_at = NOW - timedelta(minutes=minutes_ago)
    values = {"department": "sales", "first_missed_at": missed_at, **more}
    return Owed(id=item, **values)  # type: ignore[arg-type]


def ids(items: tuple[Owed, ...]) -> list[str]:
    return [item.id for item in items]


def test_who_waits_longest_comes_first() -> None:
    assert ids(in_order([owed("new", 5), owed("old", 50)], NOW)) == ["old", "new"]


def test_a_clients_and_an_applications_minutes_count_more() -> None:
    items = [owed("unknown", 25), owed("client", 18, client="c"), owed("deal", 14, application="a")]
    assert ids(in_order(items, NOW)) == ["deal", "client", "unknown"]
    assert ids(in_order([owed("unknown", 29), owed("deal", 14, application="a")], NOW)) == [
        "unknown",
        "deal",
    ]


def test_a_promise_comes_first_from_a_quarter_of_an_hour_before_and_last_until_then() -> None:
    due = owed("due", 1, promised_at=NOW + timedelta(minutes=15))
    later = owed("later", 500, promised_at=NOW + timedelta(minutes=16))
    assert ids(in_order([later, owed("old", 300), due], NOW)) == ["due", "old", "later"]


def test_the_owner_calls_his_client_back() -> None:
    assert assigned(owed("x", owner="boris"), floor()) == ("boris",)


def test_while_the_owner_is_away_or_off_shift_it_is_the_departments() -> None:
    everybody = ("anna", "boris", "vera")
    assert assigned(owed("x", owner="boris"), floor(boris=Status.AWAY)) == ("anna", "vera")
    assert assigned(owed("x", owner="night"), floor()) == everybody
    assert assigned(owed("x", owner="who left"), floor()) == everybody


def test_an_owner_at_lunch_comes_back_to_his_client() -> None:
    assert assigned(owed("x", owner="boris"), floor(boris=Status.LUNCH)) == ("boris",)


def test_while_nobody_is_there_it_is_the_whole_departments() -> None:
    gone = dict.fromkeys(("anna", "boris", "vera"), Status.OFFLINE)
    assert assigned(owed("x"), floor(**gone)) == ("anna", "boris", "vera", "night")


def test_whoever_took_it_has_it() -> None:
    assert assigned(owed("x", owner="boris", holder="vera"), floor()) == ("vera",)


def test_an_unknown_department_is_the_default_one() -> None:
    assert "anna" in assigned(owed("x", department=""), floor())


def test_a_persons_list_is_his_in_order() -> None:
    items = [owed("a", 5, owner="anna"), owed("b", owner="boris"), owed("c", 50)]
    assert ids(mine(items, "anna", floor())) == ["c", "a"]


def test_in_the_morning_owners_get_their_own_and_the_rest_goes_to_who_has_least() -> None:
    items = [
        owed("a1", 500, owner="anna"),
        owed("a2", 400, owner="anna"),
        owed("r1", 300),
        owed("r2", 200),
        owed("r3", 100),
    ]
    found = {share.manager: ids(share.items) for share in morning(items, floor()).shares}
    assert found == {"anna": ["a1", "a2"], "boris": ["r1", "r3"], "vera": ["r2"]}


def test_in_the_morning_nothing_is_dealt_to_who_is_at_home() -> None:
    gone = dict.fromkeys(("anna", "boris", "vera"), Status.OFFLINE)
    made = morning([owed("x"), owed("y", owner="night")], floor(**gone))
    assert made.shares == ()
    assert set(ids(made.unassigned)) == {"x", "y"}


def test_in_the_morning_departments_do_not_mix() -> None:
    made = morning([owed("x", department="service")], floor())
    assert [(s.manager, ids(s.items)) for s in made.shares] == [("igor", ["x"])]


def test_in_the_morning_hidden_callers_stand_apart_with_a_count() -> None:
    hidden = [owed("h1", 500, reachable=False), owed("h2", 300, reachable=False, missed_count=2)]
    made = morning([*hidden, owed("x")], floor())
    at = [item.first_missed_at for item in hidden]
    assert made.hidden == (Hidden(department="sales", calls=3, first_at=at[0], last_at=at[1]),)
    assert [ids(share.items) for share in made.shares] == [["x"]]


items_of_a_night = st.lists(
    st.tuples(
        st.integers(1, 900),
        st.sampled_from(["", "anna", "boris", "night", "gone"]),
        st.sampled_from(["sales", "service", ""]),
        st.booleans(),
    ),
    max_size=25,
)
away = st.lists(st.sampled_from(["anna", "boris", "vera", "igor"]), unique=True)


@given(night=items_of_a_night, away=away, data=st.data())
def test_in_the_morning_everything_is_dealt_once_and_fairly_in_any_order(
    night: list[tuple[int, str, str, bool]], away: list[str], data: st.DataObject
) -> None:
    items = [
        owed(f"i{n}", minutes, owner=owner, department=department, reachable=reachable)
        for n, (minutes, owner, department, reachable) in enumerate(night)
    ]
    there = floor(**dict.fromkeys(away, Status.AWAY))
    made = morning(items, there)
    dealt = [item.id for share in made.shares for item in share.items] + ids(made.unassigned)
    assert sorted(dealt) == sorted(item.id for item in items if item.reachable)
    assert sum(h.calls for h in made.hidden) == sum(not item.reachable for item in items)
    assert not {share.manager for share in made.shares} & {*away, "night"}
    assert morning(data.draw(st.permutations(items)), there) == made
