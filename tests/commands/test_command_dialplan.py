"""`dozvon dialplan`: what it knows it takes from the settings, and no password that is in use."""

from __future__ import annotations

import re
from typing import Any

import pytest

EVERY_ADDRESS = "0.0.0.0"  # noqa: S104 - written down, not bound
PBX = """
[[pbx]]
key = "{key}"
host = "{host}"
ami_user = "calls-user"
ami_secret = "in-use-1"
journal_user = "journal-user"
journal_secret = "in-use-2"
systemname = "{key}"
agi_host = "{agi_host}"
agi_port = {port}
agi_allow = ["127.0.0.0/8", "10.0.0.0/24"]
"""


def settings(terminal: Any, *hosts: str, host: str = "10.0.0.9") -> None:
    """PBXs `a`, `b` … that ask at these addresses."""
    tables = (
        PBX.format(key=key, host=host, agi_host=agi_host, port=4580 + number)
        for number, (key, agi_host) in enumerate(zip("abc", hosts, strict=False))
    )
    text = "".join(('data_dir = "data"\n', *tables))
    (terminal.folder / "dozvon.toml").write_text(text, "utf-8")


def asked(text: str) -> set[str]:
    return set(re.findall(r"agi://([^/]+)/dozvon", text))


def test_without_a_pbx_in_the_settings_it_prints_the_usual_address_and_two_users(
    bare: Any,
) -> None:
    printed = bare.fine("dialplan")
    assert asked(printed) == {"127.0.0.1:4573"}
    assert "[dozvon-journal]" in printed
    assert len(set(re.findall(r"^secret = (\S{32,})$", printed, re.MULTILINE))) == 2


def test_it_asks_where_the_settings_listen_and_leaves_the_users_alone(terminal: Any) -> None:
    """Pasted after an upgrade it changes no address and no password."""
    settings(terminal, "10.0.0.5")
    printed = terminal.fine("dialplan")
    assert asked(printed) == {"10.0.0.5:4580"}
    assert "secret" not in printed
    assert asked(terminal.fine("dialplan", "--agi", "10.0.0.7:4573")) == {"10.0.0.7:4573"}


def test_users_of_the_settings_are_printed_on_request_without_their_passwords(
    terminal: Any,
) -> None:
    """Pasted as it stands, a user without his line `secret` is let in nowhere."""
    settings(terminal, "10.0.0.5")
    printed = terminal.fine("dialplan", "--users")
    assert "[calls-user]" in printed
    assert "[journal-user]" in printed
    assert "permit = 10.0.0.5/255.255.255.255" in printed
    assert "eventfilter" in printed
    assert not re.search(r"^secret", printed, re.MULTILINE)
    assert "in-use" not in printed


def permits(text: str) -> set[str]:
    return set(re.findall(r"^permit = (\S+)$", text, re.MULTILINE))


@pytest.mark.parametrize(
    ("host", "listens", "agi", "expected"),
    [
        ("127.0.0.1", EVERY_ADDRESS, "", {"127.0.0.1/255.255.255.255"}),
        ("127.0.0.1", "10.0.0.5", "10.0.0.7:4580", {"127.0.0.1/255.255.255.255"}),
        ("::1", "::", "", {"::1/128"}),
        ("10.0.0.9", "fd00::5", "", {"fd00::5/128"}),
        ("10.0.0.9", EVERY_ADDRESS, "10.0.0.7:4580", {"10.0.0.7/255.255.255.255"}),
        ("10.0.0.9", "10.0.0.5", "[fd00::7]:4580", {"fd00::7/128"}),
        ("10.0.0.9", "10.0.0.5", "dozvon.lan:4580", {"10.0.0.5/255.255.255.255"}),
        ("10.0.0.9", EVERY_ADDRESS, "dozvon.lan:4580", set()),
    ],
)
def test_the_users_are_let_in_from_where_the_service_is(
    terminal: Any, host: str, listens: str, agi: str, expected: set[str]
) -> None:
    """Never from an address that nobody has; a name Asterisk would not read: it drops the user."""
    settings(terminal, listens, host=host)
    printed = terminal.fine("dialplan", "--users", *(("--agi", agi) if agi else ()))
    assert permits(printed) == expected
    assert ("permit = its address in digits" in printed) == (not expected)


@pytest.mark.parametrize("agi", [f"{EVERY_ADDRESS}:4580", "127.0.0.1:4580"])
def test_an_address_of_its_own_machine_is_refused_for_a_pbx_elsewhere(
    terminal: Any, agi: str
) -> None:
    settings(terminal, "10.0.0.5")
    assert terminal.run("dialplan", "--agi", agi).exit_code == 2


@pytest.mark.parametrize(
    ("agi", "asks", "permit"),
    [
        ("10.0.0.7:4573", "10.0.0.7:4573", "10.0.0.7/255.255.255.255"),
        (f"{EVERY_ADDRESS}:4580", "127.0.0.1:4580", "127.0.0.1/255.255.255.255"),
    ],
)
def test_new_users_are_let_in_from_the_address_that_is_asked(
    bare: Any, agi: str, asks: str, permit: str
) -> None:
    printed = bare.fine("dialplan", "--agi", agi)
    assert (asked(printed), permits(printed)) == ({asks}, {permit})


@pytest.mark.parametrize(
    ("host", "listens", "expected"),
    [
        ("127.0.0.1", EVERY_ADDRESS, "127.0.0.1:4580"),
        ("::1", "::", "[::1]:4580"),
        ("10.0.0.9", "fd00::5", "[fd00::5]:4580"),
    ],
)
def test_an_address_is_written_as_asterisk_dials_it(
    terminal: Any, host: str, listens: str, expected: str
) -> None:
    settings(terminal, listens, host=host)
    assert asked(terminal.fine("dialplan")) == {expected}


@pytest.mark.parametrize("listens", [EVERY_ADDRESS, "127.0.0.1"])
def test_an_address_that_the_settings_do_not_tell_must_be_said(terminal: Any, listens: str) -> None:
    """We listen everywhere, or for this machine, and the exchange is elsewhere: no guess helps."""
    settings(terminal, listens)
    done = terminal.run("dialplan")
    assert (done.exit_code, "--agi" in done.output) == (2, True)
    assert asked(terminal.fine("dialplan", "--agi", "10.0.0.7:4580")) == {"10.0.0.7:4580"}


def test_of_several_pbxs_one_must_be_named(terminal: Any) -> None:
    settings(terminal, "10.0.0.5", "10.0.0.6")
    for words in ((), ("--pbx", "z")):
        done = terminal.run("dialplan", *words)
        assert (done.exit_code, "a, b" in done.output) == (2, True)
    assert asked(terminal.fine("dialplan", "--pbx", "b")) == {"10.0.0.6:4581"}
