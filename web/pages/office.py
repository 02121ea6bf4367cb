"""The office: who takes calls, when, and in which order, edited in forms.

A form shows the file's own keys; what it sends is written into the text of the version in force
(`config.office_edit`), read like any office file, and shown as a draft: mistakes at their fields,
the linter's findings, what becomes different. Only then it is applied.

Reading a file, judging it and drawing a whole office take up to a second of one core where a
thousand people work: that is done in threads, beside the calls.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from config.errors import Unreadable
from config.office_edit import (
    FIELDS,
    SECTIONS,
    Field,
    Kind,
    NoSuchEntry,
    values_of,
    with_entry,
    with_new_entry,
    without_entry,
)
from config.text_file import decode
from router.office import Office
from storage.office_versions import OfficeVersion
from switchboard.office_desk import LONGEST, Draft, OfficeDesk, Overtaken
from web.access.person import person_of
from web.access.session import address_of
from web.pages.page import flash, formats, parts_of, render, words

routes = web.RouteTableDef()

Form = Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """The entry that a form is about; `key` is empty for the office itself and for a new entry."""

    section: str
    key: str = ""
    new: bool = False

    @property
    def path(self) -> str:
        """The dotted path of the entry, as mistakes and findings name it."""
        return f"{self.section}.{self.key}".rstrip(".")

    @property
    def address(self) -> str:
        """Where the form is."""
        if self.new:
            return f"/office/new/{self.section}"
        return f"/office/{self.section}/{self.key}" if self.key else "/office/general"


@routes.get("/office")
async def overview(request: web.Request) -> web.Response:
    """Departments with their people, lines, what the linter finds."""
    desk = _desk(request)
    history = await desk.history(limit=1)
    return await asyncio.to_thread(
        render,
        request,
        "office_overview.html",
        findings=await asyncio.to_thread(desk.findings),
        newest=history[0] if history else None,
        own_path=_finding_place,
    )


@routes.get("/office/general")
async def general(request: web.Request) -> web.Response:
    """The form of the office itself."""
    return await _show(request, _Place(section="office"))


@routes.post("/office/general")
async def change_general(request: web.Request) -> web.StreamResponse:
    """Check or apply a change of the office itself."""
    return await _change(request, _Place(section="office"))


@routes.get("/office/new/{section:departments|managers|lines|outgoing}")
async def new_entry(request: web.Request) -> web.Response:
    """An empty form."""
    return await _show(request, _place(request, new=True))


@routes.post("/office/new/{section:departments|managers|lines|outgoing}")
async def add_entry(request: web.Request) -> web.StreamResponse:
    """Check or apply one more entry."""
    return await _change(request, _place(request, new=True))


@routes.get("/office/{section:departments|managers|lines|outgoing}/{key}")
async def entry(request: web.Request) -> web.Response:
    """The form of a department, a manager, a line, an outgoing line."""
    return await _show(request, _place(request))


@routes.post("/office/{section:departments|managers|lines|outgoing}/{key}")
async def change_entry(request: web.Request) -> web.StreamResponse:
    """Check or apply a change of an entry, or take it out."""
    return await _change(request, _place(request))


@routes.get("/office/text")
async def text(request: web.Request) -> web.Response:
    """The whole file."""
    current = await _desk(request).current()
    draft = Draft(text=current.text, base=current.version)
    return render(request, "office_text.html", draft=draft, checked=False, overtaken=None)


@routes.post("/office/text")
async def change_text(request: web.Request) -> web.StreamResponse:
    """Check or apply a whole file, typed or sent."""
    sent = await request.post()
    written = sent.get("file")
    try:
        if isinstance(written, web.FileField) and written.filename:
            whole = decode(written.file.read(LONGEST * 4))
        else:
            whole = str(sent.get("text", "")).replace("\r\n", "\n")
    except Unreadable:
        flash(request, words(request)("office.not-text"), "bad")
        raise web.HTTPSeeOther("/office/text") from None
    draft = await _drafted(request, whole[:LONGEST], _base(sent))
    if sent.get("act") == "apply" and draft.office is not None:
        done = await _applied(request, draft, str(sent.get("note", "")))
        if done is None:
            raise web.HTTPSeeOther("/office")
        return render(request, "office_text.html", draft=draft, checked=True, overtaken=done)
    return render(request, "office_text.html", draft=draft, checked=True, overtaken=None)


@routes.get("/office/file.toml")
async def download(request: web.Request) -> web.Response:
    """The file in force, as it was applied."""
    current = await _desk(request).current()
    headers = {"Content-Disposition": 'attachment; filename="office.toml"'}
    return web.Response(text=current.text, content_type="application/toml", headers=headers)


@routes.get("/office/versions")
async def versions(request: web.Request) -> web.Response:
    """Every version: who applied it and when."""
    return render(request, "office_versions.html", versions=await _desk(request).history(100))


@routes.get("/office/versions/{number:[0-9]{1,9}}")
async def version(request: web.Request) -> web.Response:
    """One version: what it changed, its text, and the way back to it."""
    desk, number = _desk(request), int(request.match_info["number"])
    found = await desk.version(number)
    if found is None:
        raise web.HTTPNotFound
    language = words(request).language
    before = await desk.version(number - 1)
    current = await desk.current()
    return render(
        request,
        "office_version.html",
        version=found,
        changes=await asyncio.to_thread(desk.changes_of, found, before, language),
        current=current,
        back=await _drafted(request, found.text, current.version),
    )


@routes.post("/office/versions/{number:[0-9]{1,9}}/restore")
async def restore(request: web.Request) -> web.StreamResponse:
    """Make an earlier version the office again: as a new version."""
    desk, say = _desk(request), words(request)
    found = await desk.version(int(request.match_info["number"]))
    if found is None:
        raise web.HTTPNotFound
    draft = await _drafted(request, found.text, _base(await request.post()))
    if draft.office is None:
        flash(request, say("office.unreadable-version"), "bad")
        raise web.HTTPSeeOther(f"/office/versions/{found.version}")
    overtaken = await _applied(request, draft, say("office.restored", n=found.version))
    if overtaken is not None:
        flash(request, _overtaken_sentence(request, overtaken), "bad")
    raise web.HTTPSeeOther("/office/versions")


async def _show(request: web.Request, place: _Place) -> web.Response:
    current = await _desk(request).current()
    try:
        values = await asyncio.to_thread(_starting_values, current.text, place)
    except NoSuchEntry:
        raise web.HTTPNotFound from None
    return _form(request, place, values, Draft(text="", base=current.version))


async def _change(request: web.Request, place: _Place) -> web.StreamResponse:
    sent = {name: str(value) for name, value in (await request.post()).items()}
    current = await _desk(request).current()
    if sent.get("act") == "remove" and place.key:
        return await _remove(request, place, current)
    key = sent.get("key", "").strip().lower() if place.new else place.key
    make: Callable[..., str] = with_new_entry if place.new else with_entry
    try:
        changed = await asyncio.to_thread(make, current.text, place.section, key, sent)
    except NoSuchEntry:
        if not place.new:
            raise web.HTTPNotFound from None
        draft = Draft(text="", base=current.version)
        return _form(request, place, sent, draft, key_trouble=words(request)("office.key-trouble"))
    draft = await _drafted(request, changed, _base(sent))
    if sent.get("act") != "apply" or draft.office is None:
        return _form(request, place, sent, draft, checked=True, key=key)
    overtaken = await _applied(request, draft, sent.get("note", ""))
    if overtaken is not None:
        fresh = await _drafted(request, changed, overtaken.version)
        return _form(request, place, sent, fresh, checked=True, key=key, overtaken=overtaken)
    raise web.HTTPSeeOther("/office")


async def _remove(
    request: web.Request, place: _Place, current: OfficeVersion
) -> web.StreamResponse:
    try:
        about = (current.text, place.section, place.key)
        changed = await asyncio.to_thread(without_entry, *about)
    except NoSuchEntry:
        raise web.HTTPNotFound from None
    say = words(request)
    draft = await _drafted(request, changed, current.version)
    if draft.office is None:
        values = await asyncio.to_thread(values_of, *about)
        return _form(request, place, values, draft, checked=True, removing=True)
    overtaken = await _applied(request, draft, say("office.removed", what=place.path))
    if overtaken is not None:
        flash(request, _overtaken_sentence(request, overtaken), "bad")
    raise web.HTTPSeeOther("/office")


async def _drafted(request: web.Request, text: str, base: int) -> Draft:
    """What a text would change, or what is wrong with it, in the person's language."""
    language = words(request).language
    return await asyncio.to_thread(_desk(request).draft, text, base, language)


async def _applied(request: web.Request, draft: Draft, note: str) -> OfficeVersion | None:
    """Apply a draft; gives the version that came in between, if one did."""
    by = person_of(request).login
    try:
        number = await _desk(request).apply(
            draft, by=by, note=note.strip()[:200], address=address_of(request)
        )
    except Overtaken as meanwhile:
        return meanwhile.newest
    flash(request, words(request)("office.applied", n=number))
    return None


def _form(  # noqa: PLR0913 - what the form is about, and what came of it
    request: web.Request,
    place: _Place,
    values: Form,
    draft: Draft,
    *,
    checked: bool = False,
    key: str = "",
    key_trouble: str = "",
    removing: bool = False,
    overtaken: OfficeVersion | None = None,
) -> web.Response:
    path = f"{place.section}.{key}" if key and place.section != "office" else place.path
    sentence = _overtaken_sentence(request, overtaken) if overtaken else ""
    return render(
        request,
        "office_entry.html",
        place=place,
        fields=FIELDS[place.section],
        values=values,
        options=_options(request),
        draft=draft,
        checked=checked,
        key=key,
        key_trouble=key_trouble,
        removing=removing,
        overtaken=sentence,
        entry_path=path,
        others=[m for m in draft.mistakes if not m.path.startswith(f"{path}.")],
    )


def _starting_values(text: str, place: _Place) -> dict[str, str]:
    if not place.new:
        return values_of(text, place.section, place.key)
    if place.section not in SECTIONS:
        raise NoSuchEntry(place.section)
    return {field.name: field.usual for field in FIELDS[place.section]}


def _options(request: web.Request) -> Callable[[Field], list[tuple[str, str]]]:
    """What a field can be chosen from, with the words that people know."""
    office, say = parts_of(request).board.office(), words(request)

    def of(field: Field) -> list[tuple[str, str]]:
        named = _named(office).get(field.kind)
        if named is not None:
            return [("", "—"), *named]
        usual = "" if field.usual in field.choices else say("office.choice-usual")
        told = [(word, say(f"office.choice-{word.replace('_', '-')}")) for word in field.choices]
        return told if field.usual in field.choices else [("", usual), *told]

    return of


def _named(office: Office) -> dict[Kind, list[tuple[str, str]]]:
    return {
        Kind.MANAGER: [(m.key, m.name) for m in office.managers.values()],
        Kind.DEPARTMENT: [(d.key, d.name) for d in office.departments.values()],
        Kind.OUTGOING: [(key, key) for key in office.outgoing],
    }


def _finding_place(path: str) -> str:
    """Where a finding can be mended."""
    parts = path.split(".")
    if len(parts) > 1 and parts[0] in SECTIONS:
        return f"/office/{parts[0]}/{parts[1]}"
    return "/office/general"


def _overtaken_sentence(request: web.Request, newest: OfficeVersion) -> str:
    who = formats(request).author(newest.by)
    return words(request)("office.overtaken", n=newest.version, who=who)


def _base(sent: Mapping[str, Any]) -> int:
    told = str(sent.get("base", ""))
    return int(told) if told.isascii() and told.isdecimal() and len(told) < 10 else -1


def _place(request: web.Request, *, new: bool = False) -> _Place:
    section = request.match_info["section"]
    if section not in SECTIONS:
        raise web.HTTPNotFound
    return _Place(section=section, key=request.match_info.get("key", ""), new=new)


def _desk(request: web.Request) -> OfficeDesk:
    parts = parts_of(request)
    return OfficeDesk(parts.board, parts.database)
