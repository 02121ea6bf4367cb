"""A Russian page is Russian: also where it tells what the engine, the exchange's link or storage said.

Every page is opened with something of everything in it; what is left in Latin letters must be a name
or an identifier. What people wrote (names, notes) stands in `<bdi>`, code in `<code>`; both are not
looked at, nor what is set like code.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date, timedelta
from html.parser import HTMLParser
from pathlib import Path
from string import Formatter

import pytest_asyncio
from api_house import ApiHouse, an_ended_call, api_house
from live_house import HOSTILE, IVAN, STRANGER
from signin_house import KEPT, doing

from pbx_adapters.asterisk import troubles as asterisk
from storage.dialects import FORMS as STORAGE
from storage.recording import record_ended_call
from storage.recording_records import NewPart, NewRecording
from storage.sentences import Form
from storage.unit_of_work import UnitOfWork
from switchboard.alarms import Alarm, AlarmKind, Finding
from switchboard.bookkeeper import BooksState
from switchboard.troubles import FORMS
from web.access.matrix import ROUTES
from web.signin import accounts
from web.state import LINKS, METRICS

OFFICE = (Path(__file__).parents[2] / "config" / "examples" / "office.toml").read_text("utf-8")
NAMES = {
    "Dozvon",
    "Asterisk",
    "AMI",
    "API",
    "CRM",
    "CSV",
    "HTTP",
    "SIP",
    "TOML",
    "URL",
    "PBX",
    "FullyBooted",
    "DND",
    "Ctrl",
    "Enter",
    "mp3",
    "wav",
    "CDR",
    "https",
    "Linux",
    "Windows",
    "English",
    "permit",
    "system",
    "patience",
    "hours",
    "trunk",
    "admin",
    "director",
    "helper",
    "test",
}
"""Products, protocols, words of Asterisk's files and of the office's, keys of a keyboard, logins of this house."""

IDENTIFIERS = re.compile(
    r"""
      \S*[/@_.=:\d\\]\S*          # paths, addresses, settings, numbers of things
    | [a-z]+(-[a-z0-9]+)+         # keys of the office file
    | \[\w+\]                     # sections of the settings
    """,
    re.VERBOSE,
)
COMMANDS = re.compile(
    r"`[^`]*`|xdg-mime default|dozvon (check|recordings|books|office|people)[\w -]*"
)
ATTRIBUTES = {"title", "aria-label", "placeholder", "alt", "data-confirm", "data-label"}
UNREAD = {"script", "style", "code", "pre", "textarea", "bdi", "svg", "template", "kbd"}
VOID = {"meta", "link", "col", "input", "br", "img", "hr", "path", "use", "source", "wbr"}


class Texts(HTMLParser):
    """What a reader sees of a page, or is read aloud."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self._unread = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        code = tag in UNREAD or "mono" in (dict(attrs).get("class") or "").split()
        self._unread += bool(tag not in VOID and (self._unread or code))
        if not self._unread:
            self.texts += [value for name, value in attrs if name in ATTRIBUTES and value]

    def handle_endtag(self, tag: str) -> None:
        self._unread -= bool(tag not in VOID and self._unread)

    def handle_data(self, data: str) -> None:
        if not self._unread and data.strip():
            self.texts.append(" ".join(data.split()))


def latin_in(html: str, known: set[str]) -> list[str]:
    """The texts of a page that hold a Latin word which is no name and no identifier."""
    reader = Texts()
    reader.feed(html)
    found = []
    for text in reader.texts:
        if HOSTILE[:20] in text:
            continue
        words = (
            word.strip("«»„“\"'(),;!?…·—-").rstrip(".") for word in COMMANDS.sub("", text).split()
        )
        strange = [w for w in words if re.search("[A-Za-z]{2}", w) and w not in known]
        if any(not IDENTIFIERS.fullmatch(word) for word in strange):
            found.append(text[:200])
    return found


def filled(form: Form) -> str:
    """A form as it is kept in English, with a number in every gap."""
    gaps = [name for _, name, _, _ in Formatter().parse(form.english) if name]
    return str.__str__(form(**dict.fromkeys(gaps, "7")))


@pytest_asyncio.fixture
async def house(tmp_path: Path) -> AsyncIterator[ApiHouse]:
    """Everything that the engine can have to tell."""
    async with api_house(tmp_path) as found:
        await _keep(found)
        await (await found.live.call(IVAN)).rings("101")
        talk = await (await found.live.call(STRANGER)).rings("102")
        await talk.answers("102")
        yield found


async def _keep(house: ApiHouse) -> None:
    """What stands in the database: calls, gaps, recordings that did not arrive."""
    now = house.live.house.board.now
    disputed = replace(
        an_ended_call("main-900.1", now, 10),
        disagreement="disposition: events answered, journal missed; reason: events None, "
        "journal abandoned",
    )

    async def work(uow: UnitOfWork) -> None:
        await accounts.set_password(uow, doing(), "boss", KEPT)
        await record_ended_call(uow, disputed)
        await record_ended_call(uow, an_ended_call("main-901.1", now, 20, answered_by="102"))
        await uow.offices.apply(OFFICE, by="first start", at=now, note="office.toml")
        for number, form in enumerate(FORMS[:30]):
            began_at = now - timedelta(hours=number + 1)
            gap = await uow.gaps.open("main", began_at=began_at, why=filled(form))
            ended_at, note = began_at + timedelta(minutes=5), filled(form)
            await uow.gaps.close(gap, ended_at=ended_at, recovered_calls=1, note=note)
        recording = NewRecording(
            call_id="main-901.1",
            pbx="main",
            department="sales",
            line="74951230001",
            began_at=now - timedelta(minutes=20),
            expected_at=now - timedelta(minutes=19),
            parts=(NewPart(name="a.wav", kind="conversation"),),
        )
        made = await uow.recordings.expect(recording, next_try_at=now)
        assert made is not None
        why = "the folder of recordings /var/spool is not there; is it mounted?"
        await uow.recordings.give_up(made, state="missing", why_id="source", why=why)

    await house.write(work)


def _stand(house: ApiHouse) -> None:
    """What holds at this moment: alarms of every kind, a link that is down, a full disk."""
    web, now = house.live.house, house.live.house.board.now
    away = str.__str__(asterisk.UNREACHABLE(name="main", address="h:5038", why="no answer"))
    about = dict.fromkeys(("minutes", "recovered", "count", "percent", "waiting"), "7")
    about |= {"pbx": "main", "other": "host/port-4573", "folder": "/var", "client": "+7916"}
    about |= {"why": away, "where": "the store", "channel": "e-mail", "sentence": away}
    kinds = [Finding(kind=kind, subject="", about=about) for kind in AlarmKind]
    web.app[METRICS].alarms = tuple(Alarm(finding=each, since_at=now) for each in kinds)
    web.app[LINKS].why_down["main"] = away
    web.writer.trouble = filled(STORAGE[0])
    trouble = filled(FORMS[2])
    web.board.books.state = BooksState(
        day=date(2026, 3, 1), at=now, balanced=False, differences=3, trouble=trouble
    )


PLACES = {
    "/people/{id}": "/people/1",
    "/calls/{id}": "/calls/main-900.1",
    "/calls/{id}/recording": "/calls/main-901.1/recording",
    "/clients/{key}": "/clients/K-1",
    "/office/{section}/{key}": "/office/managers/ivanova",
    "/office/new/{section}": "/office/new/lines",
    "/office/versions/{number}": "/office/versions/1",
}
PAGES = [
    PLACES.get(path, path)
    for method, path in ROUTES
    if method == "GET" and ("{" not in path or path in PLACES)
]
NO_PAGES = re.compile(
    r"/(static|healthz|readyz|metrics|stream|favicon|api|pbx)|/recording$|\.(csv|reg|desktop|toml)"
)


async def test_no_page_speaks_english_to_a_russian_reader(house: ApiHouse) -> None:
    office = house.live.house.board.office()
    known = NAMES | {*office.managers, *office.departments, *office.lines, "main", "boss"}
    found: dict[str, list[str]] = {}
    seen = 0
    async with house.live.people.signed_in("boss") as boss:
        _stand(house)
        for path in [*PAGES, "/calls/main-901.1", "/nowhere"]:
            if NO_PAGES.search(path):
                continue
            status, html = await boss.get(path)
            assert status < 500 or path == "/nowhere", path
            seen += status == 200
            if latin := latin_in(html, known):
                found[path] = latin
    assert seen > 20
    assert not found, "\n".join(f"{path}: {text}" for path in found for text in found[path])
