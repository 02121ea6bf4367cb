"""`dozvon people`: the first administrator, everybody else, and tokens."""

from __future__ import annotations

import asyncio
import json
import re
import sqlite3

from at_the_terminal import Terminal

from web.signin.passwords import Passwords


def table(terminal: Terminal, query: str) -> list[tuple[object, ...]]:
    with sqlite3.connect(terminal.database) as database:
        return list(database.execute(query))


def test_the_first_administrator_is_made_before_anything_else_is_there(bare: Terminal) -> None:
    said = bare.fine("people", "add", "Admin", "--administrator", "--name", "Irina")
    assert "Irina may sign in as admin." in said
    assert re.search(r"^http://127\.0\.0\.1:8080/invitation/[\w-]{43}$", said, re.MULTILINE)
    (row,) = table(bare, "select login, administrator, password_hash, role from people")
    assert row == ("admin", 1, "", "director"), "who administers and is nobody else sees all"


def test_a_link_is_kept_as_a_digest(terminal: Terminal) -> None:
    link = terminal.json("people", "add", "admin", "--administrator")["link"]
    (kept,) = table(terminal, "select digest from invitations")
    assert str(kept[0]) not in link
    assert link.rpartition("/")[2] not in str(table(terminal, "select * from invitations"))


def test_a_link_begins_with_the_address_of_the_settings(terminal: Terminal) -> None:
    terminal.environment["DOZVON_HTTP__PUBLIC_ADDRESS"] = "https://dozvon.example.ru"
    made = terminal.json("people", "add", "admin")
    assert made["link"].startswith("https://dozvon.example.ru/invitation/")
    assert made["link_until"] == "2026-03-05T09:00:00Z"


def test_a_password_is_asked_for_and_kept_as_a_hash(terminal: Terminal) -> None:
    words = ("people", "add", "admin", "--password", "--json")
    said = json.loads(terminal.fine(*words, typed="a phrase of words\n"))
    assert (said["link"], said["state"]) == (None, "active")
    ((kept,),) = table(terminal, "select password_hash from people")
    assert str(kept).startswith("$argon2id$")

    async def fits() -> bool:
        passwords = Passwords()
        try:
            return await passwords.fits(str(kept), "a phrase of words")
        finally:
            passwords.close()

    assert asyncio.run(fits())


def test_a_weak_password_is_refused_and_nobody_is_added(terminal: Terminal) -> None:
    done = terminal.run("people", "add", "admin", "--password", typed="123\n")
    assert done.exit_code == 4
    assert "fewer than 10 characters" in done.stderr


def test_a_manager_is_named_as_people_name_him(terminal: Terminal) -> None:
    made = terminal.json("people", "add", "anna", "--manager", "101")
    assert (made["manager"], made["name"]) == ("ivanova", "Анна Иванова")
    assert made["role"] == "manager"
    made = terminal.json("people", "add", "petr", "--manager", "102", "--administrator")
    assert made["role"] == "manager", "an administrator who is a manager stays one"
    done = terminal.run("people", "add", "anna2", "--manager", "Иванова")
    assert done.exit_code == 4
    assert "one manager, one person" in done.stderr
    assert terminal.run("people", "add", "x1", "--manager", "nobody").exit_code == 1


def test_people_are_listed_changed_disabled_and_enabled(terminal: Terminal) -> None:
    terminal.fine("people", "add", "boss", "--role", "director", "--administrator")
    terminal.fine("people", "add", "anna")
    assert "head of department" in (
        terminal.fine("people", "change", "anna", "--role", "curator") and terminal.fine("people")
    )
    assert terminal.json("people", "disable", "anna")["state"] == "disabled"
    states = {p["login"]: p["state"] for p in terminal.json("people", "list")["people"]}
    assert states == {"boss": "invited", "anna": "disabled"}
    assert terminal.json("people", "enable", "anna")["state"] == "invited"
    done = terminal.run("people", "disable", "boss")
    assert done.exit_code == 4
    assert "last administrator" in done.stderr
    done = terminal.run("people", "change", "nobody", "--name", "x")
    assert (done.exit_code, "There is nobody of that name: nobody." in done.stderr) == (4, True)


def test_a_password_and_a_sign_out_end_every_session(terminal: Terminal) -> None:
    terminal.fine("people", "add", "anna")
    open_session = (
        "insert into sessions (digest, person_id, created_at, seen_at, expires_at, address, agent)"
        " values ('{}', 1, '2026-03-02', '2026-03-02', '2026-04-02', '', '')"
    )
    for digest in ("a", "b"):
        with sqlite3.connect(terminal.database) as database:
            database.execute(open_session.format(digest))
    assert "2 sessions ended" in terminal.fine("people", "sign-out", "anna")
    with sqlite3.connect(terminal.database) as database:
        database.execute(open_session.format("c"))
    terminal.fine("people", "password", "anna", typed="a phrase of words\n")
    assert not table(terminal, "select * from sessions")
    assert not table(terminal, "select * from invitations"), "an old link is over too"


def test_a_token_is_shown_once_listed_and_revoked(terminal: Terminal) -> None:
    terminal.fine("people", "add", "crm")
    words = ("people", "token", "add", "crm", "--name", "CRM", "--scope", "place", "--days", "7")
    made = terminal.json(*words)
    assert len(made["secret"]) == 43
    (listed,) = terminal.json("people", "token", "list")["tokens"]
    assert "secret" not in listed
    assert (listed["scopes"], listed["state"]) == (["place"], "active")
    assert "in force" in terminal.fine("people", "token", "list")
    terminal.fine("people", "token", "revoke", listed["token"])
    assert terminal.json("people", "token", "list")["tokens"][0]["state"] == "revoked"
    assert terminal.run("people", "token", "revoke", listed["token"]).exit_code == 4
    assert terminal.run("people", "token", "revoke", "a").exit_code == 4


def test_everything_is_kept_with_who_did_it(terminal: Terminal) -> None:
    terminal.fine("people", "add", "anna")
    terminal.fine("people", "disable", "anna")
    rows = table(terminal, "select by, act, subject from audit order by id")
    assert [(act, subject) for _, act, subject in rows] == [
        ("person-added", "person:1"),
        ("invited", "person:1"),
        ("person-disabled", "person:1"),
    ]
    assert all(str(by).startswith("cli:") for by, _, _ in rows)


def test_the_sentences_are_russian_for_who_reads_russian(terminal: Terminal) -> None:
    terminal.language = "ru"
    assert "вход создан" in terminal.fine("people", "add", "anna", "--name", "Анна")
    assert "Работает" not in terminal.fine("people", "--help")
    assert "закрыт" in terminal.fine("people", "disable", "anna")
