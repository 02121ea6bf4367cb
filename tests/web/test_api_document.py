"""The API is what its document says: every route is walked and every answer checked."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import is_dataclass
from pathlib import Path
from typing import Any, get_args, get_type_hints

import pytest
from api_house import ApiHouse, api_house, wrong
from live_house import IVAN

from pbx_adapters.port import Outcome
from switchboard.control import Control, Told
from web.access.matrix import ROUTES
from web.api.openapi import operation_id
from web.api.table import DOCUMENT, ENDPOINTS

EXAMPLES: dict[tuple[str, str], tuple[str, Any]] = {
    ("GET", "/me"): ("/me", None),
    ("GET", "/people"): ("/people", None),
    ("POST", "/people"): ("/people", {"login": "new", "name": "New", "role": "assistant"}),
    ("POST", "/people/{login}"): ("/people/ivanova", {"name": "Анна"}),
    ("POST", "/people/{login}/invite"): ("/people/ivanova/invite", {}),
    ("POST", "/people/{login}/disable"): ("/people/helper/disable", {}),
    ("POST", "/people/{login}/enable"): ("/people/helper/enable", {}),
    ("POST", "/people/{login}/sign-out"): ("/people/ivanova/sign-out", {}),
    ("POST", "/people/{login}/tokens"): (
        "/people/ivanova/tokens",
        {"name": "CRM", "scopes": ["calls", "place"], "days": 30},
    ),
    ("GET", "/tokens"): ("/tokens", None),
    ("POST", "/tokens/{id}/revoke"): ("/tokens/{token}/revoke", {}),
    ("GET", "/calls"): ("/calls?limit=2&outcome=missed&q=903", None),
    ("POST", "/calls"): ("/calls", {"number": "89161234567"}),
    ("GET", "/calls/{id}"): ("/calls/logged-1", None),
    ("POST", "/calls/{id}/note"): ("/calls/logged-1/note", {"text": "Перезвонить"}),
    ("GET", "/live"): ("/live", None),
    ("GET", "/desk"): ("/desk", None),
    ("POST", "/live/{id}/take"): ("/live/{live}/take", {}),
    ("POST", "/live/{id}/transfer"): ("/live/{live}/transfer", {"to": "petrov"}),
    ("POST", "/live/{id}/hang-up"): ("/live/{live}/hang-up", {}),
    ("GET", "/statuses"): ("/statuses", None),
    ("POST", "/statuses/{manager}"): ("/statuses/ivanova", {"status": "lunch"}),
    ("GET", "/callbacks"): ("/callbacks?which=all", None),
    ("POST", "/callbacks/{id}/take"): ("/callbacks/{callback}/take", {}),
    ("POST", "/callbacks/{id}/give-back"): ("/callbacks/{callback}/give-back", {}),
    ("POST", "/callbacks/{id}/give"): ("/callbacks/{callback}/give", {"to": "orlov"}),
    ("POST", "/callbacks/{id}/note"): ("/callbacks/{callback}/note", {"text": "не отвечает"}),
    ("POST", "/callbacks/{id}/call"): ("/callbacks/{callback}/call", {"wait_seconds": 1}),
    ("POST", "/callbacks/{id}/not-needed"): ("/callbacks/{callback}/not-needed", {"reason": "-"}),
    ("GET", "/clients"): ("/clients?q=Иван", None),
    ("POST", "/clients"): ("/clients", {"name": "Новый", "numbers": ["+7 495 765-43-21"]}),
    ("GET", "/clients/{key}"): ("/clients/{client}", None),
    ("POST", "/clients/{key}/note"): ("/clients/{client}/note", {"text": "Ждёт счёт"}),
    ("POST", "/clients/{key}/hand-over"): ("/clients/{client}/hand-over", {"to": "petrov"}),
    ("GET", "/reports"): ("/reports?each_day=true", None),
    ("GET", "/office"): ("/office", None),
    ("GET", "/office/versions"): ("/office/versions", None),
    ("GET", "/connections"): ("/connections", None),
    ("GET", "/office/try"): ("/office/try?line=main&caller=89161234567", None),
}
"""A question for every endpoint that is answered well, in an order in which that is possible."""

NOT_WELL = {
    ("POST", "/callbacks/{id}/voicemail"): "/callbacks/x/voicemail",
    ("GET", "/recordings/{id}/sound"): "/recordings/1/sound",
    ("POST", "/calls/{id}/recording/link"): "/calls/x/recording/link",
}
"""Answered well only after a callback was dialled, or where sounds are kept; refused here."""


def references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if "$ref" in value:
            yield value["$ref"]
        for inner in value.values():
            yield from references(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from references(inner)


async def test_the_document_holds_together(tmp_path: Path) -> None:
    async with api_house(tmp_path) as house:
        told = house.document
        assert told["openapi"] == "3.1.0"
        assert told["info"]["version"] == "1.2.3"
        known = {f"#/components/schemas/{name}" for name in told["components"]["schemas"]}
        assert set(references(told)) <= known
        operations = [o for path in told["paths"].values() for o in path.values()]
        ids = [operation["operationId"] for operation in operations]
        assert len(ids) == len(set(ids)) == len(ENDPOINTS)
        for path, methods in told["paths"].items():
            for operation in methods.values():
                named = {p["name"] for p in operation["parameters"] if p["in"] == "path"}
                assert named == set(re.findall(r"\{(\w+)\}", path))
                assert operation["summary"]


def test_what_is_served_is_what_is_documented_and_what_is_judged() -> None:
    """One table: routes, document and matrix name the same."""
    served = {(each.method, each.whole_path) for each in ENDPOINTS} | {("GET", DOCUMENT)}
    assert served == {route for route in ROUTES if route[1].startswith("/api/")}


def shapes_in(hint: Any) -> Iterator[type]:
    """A shape and every shape inside of it."""
    if is_dataclass(hint) and isinstance(hint, type):
        yield hint
        for inner in get_type_hints(hint).values():
            yield from shapes_in(inner)
    for inner in get_args(hint):
        yield from shapes_in(inner)


def test_no_two_shapes_share_a_name() -> None:
    """A shape is found by its name: two different ones would be one schema for both."""
    found: dict[str, set[type]] = {}
    for each in ENDPOINTS:
        for hint in (each.body, each.answer):
            for shape in shapes_in(hint):
                found.setdefault(shape.__name__, set()).add(shape)
    for name, shapes in found.items():
        assert len({tuple(sorted(get_type_hints(s))) for s in shapes}) == 1, name


def test_every_endpoint_has_an_example() -> None:
    assert {(e.method, e.path) for e in ENDPOINTS} == set(EXAMPLES) | set(NOT_WELL)


def test_a_name_for_programs_is_stable() -> None:
    names = {operation_id(each) for each in ENDPOINTS}
    assert {"get-me", "post-calls", "post-live-id-take"} <= names


async def test_every_route_answers_as_documented(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`Api` checks status and body of every answer against the document."""
    _obedient(monkeypatch)
    async with api_house(tmp_path) as house:
        names = await furnished(house)
        boss = await house.program("boss")
        statuses = {}
        for (method, path), (place, body) in EXAMPLES.items():
            status, told = await boss(method, place.format(**names), body)
            statuses[method, path] = status
            assert status in {200, 201, 202}, f"{method} {path}: {status} {told}"
        status, _ = await boss.post(f"/callbacks/{names['callback']}/voicemail")
        assert status == 409


async def test_every_refusal_has_the_one_shape_and_is_documented(tmp_path: Path) -> None:
    """Without a token, with one that allows nothing, with nonsense: always the same shape."""
    async with api_house(tmp_path) as house:
        names = await furnished(house)
        nobody, boss = house.nobody(), await house.program("boss")
        narrow = await house.program("ivanova", "listen")
        for each in ENDPOINTS:
            key = (each.method, each.path)
            place = (NOT_WELL.get(key) or EXAMPLES[key][0]).format(**names)
            body = {} if each.method == "POST" else None
            assert (await nobody(each.method, place, body))[0] == 401
            if each.path not in {"/me", "/recordings/{id}/sound"}:  # these it may ask
                assert (await narrow(each.method, place, body))[0] == 403
            assert (await boss(each.method, f"{place.partition('?')[0]}?nonsense=1", body))[0] in {
                404,
                422,
            }
            if each.method == "POST":
                assert (await boss("POST", place, {"nonsense": 1}))[0] in {404, 422}
                assert (await boss("POST", place, [1]))[0] in {404, 415}


async def test_what_is_nobodys_is_not_there(tmp_path: Path) -> None:
    async with api_house(tmp_path) as house:
        boss = await house.program("boss")
        for each in ENDPOINTS:
            if "{" not in each.path:
                continue
            place = re.sub(r"\{\w+\}", "nobody-at-all", each.path)
            body = EXAMPLES.get((each.method, each.path), ("", {}))[1]
            status, told = await boss(each.method, place, body)
            assert (each.path, status) == (each.path, 404)
            assert told["error"]["id"] in {
                "not-found",
                "no-such-call",
                "no-such-person",
                "no-such-token",
            }


def test_the_check_finds_what_is_wrong() -> None:
    """A test that cannot fail is worth nothing: the check itself is checked."""
    schema = {
        "type": "object",
        "properties": {"at": {"type": "string", "format": "date-time"}, "n": {"type": "integer"}},
        "required": ["at"],
        "additionalProperties": False,
    }
    fine = {"at": "2026-03-02T09:00:00.000Z", "n": 1}
    assert not wrong(schema, fine, {})
    for bad in (
        {"n": 1},
        fine | {"more": 1},
        fine | {"n": "1"},
        fine | {"n": True},
        fine | {"at": "2026-03-02T09:00:00+00:00"},
        [],
        None,
    ):
        assert wrong(schema, bad, {}), json.dumps(bad)


async def furnished(house: ApiHouse) -> dict[str, str]:
    """Something of everything; the names by which examples ask for it."""
    await house.record("logged-1")
    call = await (await house.live.call(IVAN)).rings("101")
    token = await house.live.people.token("sokolova", "calls")
    boss = await house.program("boss")
    _, callbacks = await boss.get("/callbacks?which=all")
    _, clients = await boss.get("/clients?q=Иван")
    _, tokens = await boss.get("/tokens")
    assert token
    return {
        "live": call.id,
        "callback": callbacks["items"][0]["id"],
        "client": clients["items"][0]["key"],
        "token": next(t["id"] for t in tokens["items"] if t["login"] == "sokolova"),
    }


def _obedient(monkeypatch: pytest.MonkeyPatch) -> None:
    """An exchange that does whatever it is told; what it really does is tested beside Control."""

    async def done(*_about: object, **_more: object) -> Told:
        return Told(answer=Outcome.DONE, id="place-1.1")

    for name in ("place", "intercept", "transfer", "hang_up"):
        monkeypatch.setattr(Control, name, done)
