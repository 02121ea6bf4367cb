"""The address that the dialplan asks is compared with the one where the service listens."""

from __future__ import annotations

import pytest
from judged_pbx import asks, pbx_at

from config.settings_values import is_loopback
from dozvon.setup.findings import Finding, Grade
from dozvon.setup.judging import judge

EVERY_ADDRESS = "0.0.0.0"  # noqa: S104 - written down, not bound


def judged(asked: str, listens: str, host: str = "127.0.0.1") -> Finding:
    """What is found of a dialplan that asks there."""
    pbx = pbx_at(host, listens, "10.0.0.0/24", "fd00::/64")
    judged_so = judge(pbx, asks(asked), None, here=is_loopback(host))
    [found] = [f for f in judged_so if f.id.startswith("dialplan-")]
    return found


@pytest.mark.parametrize(
    ("asked", "listens"),
    [
        ("127.0.0.1:4573", "10.0.0.5"),
        ("10.0.0.6:4573", "10.0.0.5"),
        ("10.0.0.5", "127.0.0.1"),
        ("[fd00::6]:4573", "fd00::5"),
        ("10.0.0.5:4574", "10.0.0.5"),
        ("10.0.0.6:4573", "::"),
        ("[fd00::6]:4573", EVERY_ADDRESS),
    ],
)
def test_a_dialplan_that_asks_where_nobody_listens_is_an_error(asked: str, listens: str) -> None:
    """Every call would go the fail-open way; both addresses are named."""
    found = judged(asked, listens)
    assert (found.id, found.grade) == ("dialplan-other-address", Grade.ERROR)
    for language in ("ru", "en"):
        assert asked.partition(":45")[0] in found.sentence(language)
        assert f"{listens}:4573" in found.sentence(language)


@pytest.mark.parametrize(
    ("asked", "listens"),
    [
        ("10.0.0.5:4573", "10.0.0.5"),
        ("10.0.0.5", "10.0.0.5"),
        ("localhost:4573", "127.0.0.1"),
        ("[fd00::5]:4573", "fd00:0::5"),
        ("10.0.0.6:4573", EVERY_ADDRESS),
        ("[fd00::6]:4573", "::"),
        ("127.0.0.1:4573", EVERY_ADDRESS),
        ("dozvon.lan:4573", "10.0.0.5"),
    ],
)
def test_an_address_that_may_be_ours_is_right(asked: str, listens: str) -> None:
    """Whoever listens everywhere is reached by any address, and a name may mean any."""
    assert judged(asked, listens).id == "dialplan-right"


@pytest.mark.parametrize("asked", ["127.0.0.1", "localhost", EVERY_ADDRESS, "[::1]", "[::]"])
@pytest.mark.parametrize("listens", [EVERY_ADDRESS, "::", "127.0.0.1", "10.0.0.5"])
def test_a_pbx_elsewhere_that_asks_its_own_machine_never_reaches_us(
    asked: str, listens: str
) -> None:
    """Every call goes the fail-open way, on whatever address we listen."""
    found = judged(f"{asked}:4573", listens, host="10.0.0.9")
    assert (found.id, found.grade) == ("dialplan-asks-itself", Grade.ERROR)
    for language in ("ru", "en"):
        assert f"{asked}:4573" in found.sentence(language)
        assert "10.0.0.9" in found.sentence(language)


@pytest.mark.parametrize("asked", ["10.0.0.5:4573", "dozvon.lan:4573"])
@pytest.mark.parametrize("listens", [EVERY_ADDRESS, "10.0.0.5"])
def test_a_pbx_elsewhere_that_asks_an_address_of_ours_is_right(asked: str, listens: str) -> None:
    assert judged(asked, listens, host="10.0.0.9").id == "dialplan-right"
