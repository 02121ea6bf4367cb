"""How often a password may be tried, counted before it is judged, in bounded memory."""

from __future__ import annotations

from pathlib import Path

import pytest
from signin_house import PASSWORD, signin_house

from web.signin.limit import ADDRESS, LOGIN, PAIR, TryLimit, neighbourhood


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def limit(clock: Clock) -> TryLimit:
    return TryLimit(clock)


def test_a_login_is_tried_so_often_from_one_address_then_he_waits(
    limit: TryLimit, clock: Clock
) -> None:
    for _ in range(PAIR.tries):
        assert limit.attempt("anna", "192.0.2.1") == 0
        clock.now += 1
    assert limit.attempt("ANNA ", "192.0.2.1") == pytest.approx(PAIR.seconds - PAIR.tries)
    assert limit.attempt("anna", "192.0.2.2") == 0, "a colleague elsewhere is not locked out"
    clock.now += PAIR.seconds
    assert limit.attempt("anna", "192.0.2.1") == 0


def test_waiting_tries_do_not_make_the_wait_longer(limit: TryLimit, clock: Clock) -> None:
    for _ in range(PAIR.tries + 50):
        limit.attempt("anna", "192.0.2.1")
    clock.now += PAIR.seconds
    assert limit.attempt("anna", "192.0.2.1") == 0


def test_an_address_that_tries_many_logins_waits(limit: TryLimit) -> None:
    for number in range(ADDRESS.tries):
        assert limit.attempt(f"login{number}", "192.0.2.1") == 0
    assert limit.attempt("another", "192.0.2.1") > 0
    assert limit.attempt("another", "192.0.2.2") == 0


def test_one_login_from_many_addresses_waits_in_the_end(limit: TryLimit) -> None:
    for number in range(LOGIN.tries):
        assert limit.attempt("anna", f"192.0.2.{number}") == 0
    assert limit.attempt("anna", "203.0.113.1") > 0


def test_whoever_has_signed_in_begins_anew(limit: TryLimit) -> None:
    for _ in range(PAIR.tries * 20):
        assert limit.attempt("anna", "192.0.2.1") == 0
        limit.succeeded("anna", "192.0.2.1")


def test_memory_is_bounded_and_the_attackers_own_address_is_not_forgotten(clock: Clock) -> None:
    limit = TryLimit(clock, most_keys=100)
    for number in range(1000):
        limit.attempt(f"login{number}", "192.0.2.1")
    assert len(limit) <= 100
    assert limit.attempt("one more", "192.0.2.1") > 0


@pytest.mark.parametrize(
    ("address", "same"),
    [
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("fe80::1%eth0", "fe80::1"),
    ],
)
def test_one_home_is_one_address(address: str, same: str) -> None:
    assert neighbourhood(address) == neighbourhood(same)


async def test_a_person_who_tries_too_often_is_told_for_how_long_to_wait(tmp_path: Path) -> None:
    """Even the right password is not judged then: otherwise the limit would answer the question."""
    async with signin_house(tmp_path) as house, house.nobody() as person:
        person.http.headers.update({"Accept-Language": "en"})
        for _ in range(PAIR.tries):
            assert (await person.sign_in("ivanova", "wrong"))[0] == 422
        status, page = await person.sign_in("ivanova", PASSWORD)
        assert status == 429
        assert "Try again in 15 min" in page
        assert (await person.sign_in("director"))[0] == 303
