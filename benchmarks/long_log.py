"""A long log of calls, words to search clients by, and people with their sessions, for a company.

Written straight into the tables: a million calls through the service would take a day.
"""

from __future__ import annotations

import asyncio
import random
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from company import number_of

from router.client_words import words_of_client
from storage.dialects import file_of
from storage.sessions import digest_of

DAYS = 365
SEED = 5
STILL_OWED = 60
"""So many of the last missed calls wait to be called back."""
TALKS = ("answered", "answered", "answered", "missed")

_WORD = "INSERT INTO client_words (client_id, word) VALUES (?, ?)"
_CALL = """\
INSERT INTO calls (id, pbx, linked_id, direction, caller, caller_name, line, department, began_at,
  state, answered_at, ended_at, disposition, reason, answered_by, talk_seconds, aliases, recovered,
  talk_partial, settled, number_e164, number_id, client_key, client_name, application, owner, way,
  party)
VALUES (?, 'main', ?, 'inbound', ?, ?, ?, ?, ?, 'ended', ?, ?, ?, ?, ?, ?, '[]', 0, 0, 1, ?, ?, ?,
  ?, '', ?, 'plan', ?)"""
_LEG = """\
INSERT INTO legs (call_id, position, leg_id, target, channel, began_at, rang_at, answered_at,
  ended_at, outcome, ring_seconds, talk_seconds)
VALUES (?, 0, ?, ?, '', ?, ?, ?, ?, ?, ?, ?)"""
_CALLBACK = """\
INSERT INTO callbacks (id, party, first_missed_at, last_missed_at, missed_count, attempt_count,
  after_hours, taken_by, closed_at, closed_how, closed_by, closing_call_id, note)
VALUES (?, ?, ?, ?, 1, 0, 0, '', ?, ?, ?, '', '')"""
_OF_CALLBACK = "INSERT INTO callback_calls (call_id, callback_id) VALUES (?, ?)"
_PERSON = """\
INSERT INTO people (id, login, name, role, administrator, manager, assists, password_hash, language,
  theme, card_opens, created_at)
VALUES (?, ?, ?, ?, ?, ?, '', '', 'ru', '', 'ring', ?)"""
_SESSION = """\
INSERT INTO sessions (digest, person_id, created_at, seen_at, expires_at, address, agent)
VALUES (?, ?, ?, ?, ?, '127.0.0.1', 'benchmark')"""


async def forget_clients(url: str) -> None:
    """Removes the clients that are there, so that others take their place."""
    with sqlite3.connect(str(file_of(url)), isolation_level=None) as database:
        for table in ("client_words", "client_numbers", "clients"):
            database.execute(f"DELETE FROM {table}")  # noqa: S608 - a name of ours
    database.close()


async def fill_log(url: str, *, clients: int, calls: int, managers: int) -> None:
    """Writes words of clients, and calls of the last year with one leg each."""
    await asyncio.to_thread(_fill, str(file_of(url)), clients, calls, managers)


async def fill_people(url: str, *, managers: int) -> None:
    """Writes a director and one person for each manager, all signed in."""
    await asyncio.to_thread(_people, str(file_of(url)), managers)


def secret_of(person: int) -> str:
    """What the cookie of a person's session holds; the director is 0, manager n is n + 1."""
    return f"benchmark-session-{person:08d}"


def _fill(file: str, clients: int, calls: int, managers: int) -> None:
    with sqlite3.connect(file, isolation_level=None) as database:
        database.execute("PRAGMA synchronous=OFF")
        database.execute("BEGIN")
        database.executemany(_WORD, _words(clients))
        rows = _calls(clients, calls, managers)
        for n, (call, leg) in enumerate(rows):
            database.execute(_CALL, call)
            database.execute(_LEG, leg)
            if TALKS[n % len(TALKS)] == "missed":
                owed = n >= calls - STILL_OWED * len(TALKS)
                database.execute(_CALLBACK, _callback(call, owed=owed))
                database.execute(_OF_CALLBACK, (call[0], f"cb-{call[0]}"))
        database.execute("COMMIT")
        database.execute("ANALYZE")
    database.close()


def _people(file: str, managers: int) -> None:
    now = datetime.now(UTC)
    at, end = _text(now), _text(now + timedelta(days=1))
    with sqlite3.connect(file, isolation_level=None) as database:
        database.execute("BEGIN")
        for n in range(managers + 1):
            key = f"m{n - 1}" if n else ""
            role = "manager" if n else "director"
            who = (n + 1, key or "director", f"Person {n}", role, int(not n), key, at)
            database.execute(_PERSON, who)
            database.execute(_SESSION, (digest_of(secret_of(n)), n + 1, at, at, end))
        database.execute("COMMIT")
    database.close()


def _words(clients: int) -> Iterator[tuple[int, str]]:
    for n in range(clients):
        numbers = (number_of(n), number_of(n, 1))
        for word in sorted(words_of_client(f"Client {n}", numbers, ())):
            yield n + 1, word


def _calls(
    clients: int, count: int, managers: int
) -> Iterator[tuple[tuple[object, ...], tuple[object, ...]]]:
    chance = random.Random(SEED)
    end = datetime.now(UTC)
    step = timedelta(days=DAYS) / max(1, count)
    for n in range(count):
        began = end - (count - n) * step
        client = chance.randrange(clients)
        owner, kept = client % managers, TALKS[n % len(TALKS)]
        ring, talk = chance.uniform(1, 14), chance.uniform(5, 400)
        answered = kept == "answered"
        ended = began + timedelta(seconds=ring + talk * answered)
        picked = _text(began + timedelta(seconds=ring)) if answered else None
        number, key, call_id = number_of(client), f"c{client}", f"main-bench-{n}"
        call = (
            *(call_id, call_id, number, f"Client {client}", f"749512300{owner // 10:02d}"),
            *(f"d{owner // 10}", _text(began), picked, _text(ended), kept),
            *(None if answered else "no_answer", str(101 + owner) if answered else None),
            *(talk * answered, number, number, key, f"Client {client}", f"m{owner}"),
            f"client:{key}",
        )
        outcome = "answered" if answered else "no_answer"
        leg = (
            *(call_id, f"{call_id}-leg", str(101 + owner), _text(began), _text(began)),
            *(picked, _text(ended), outcome, ring, talk * answered),
        )
        yield call, leg


def _callback(call: tuple[object, ...], *, owed: bool) -> tuple[object, ...]:
    """The callback of a missed call: still owed, or closed as it ended."""
    began, ended, party = call[6], call[8], call[-1]
    how = (None, "", "") if owed else (ended, "not_needed", "benchmark")
    return (f"cb-{call[0]}", party, began, began, *how)


def _text(at: datetime) -> str:
    return at.strftime("%Y-%m-%d %H:%M:%S.%f")


def size_mib(url: str) -> float:
    """How large the database's file is."""
    return Path(str(file_of(url))).stat().st_size / 2**20
