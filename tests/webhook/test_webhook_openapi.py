"""The OpenAPI page: what it promises is what is served, and nothing is served that it hides."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from lone_switch import Noting, settings_of
from webhook_house import MAIN, OF_IVANOVA, House, house

from pbx_adapters.webhook import WebhookPbx
from pbx_adapters.webhook import errors as webhook_errors
from pbx_adapters.webhook.openapi import openapi
from pbx_adapters.webhook.wire import EventIn, EventsAnswer, RouteAnswer, Trouble
from switchboard.board import utc_now

DOCS = Path(__file__).parents[2] / "docs" / "webhook.md"


def refs(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for key, inner in value.items():
            if key == "$ref":
                yield inner
            else:
                yield from refs(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from refs(inner)


def test_every_route_of_the_driver_is_on_the_page_and_no_other() -> None:
    pbx = WebhookPbx(settings_of(key="main"), Noting(), now=utc_now)
    served = {(route.path.replace("/main", "/{key}"), route.method.lower()) for route in pbx.routes}
    told = {
        (path, method)
        for path, item in openapi("1")["paths"].items()
        for method in item
        if method != "parameters"
    }
    assert told == served


def test_every_reference_of_the_page_leads_somewhere() -> None:
    page = openapi("1")
    for ref in refs(page):
        assert ref.removeprefix("#/components/schemas/") in page["components"]["schemas"], ref


def test_every_refusal_is_on_the_page_with_the_one_shape() -> None:
    page = openapi("1")
    statuses = {
        str(found.status)
        for found in vars(webhook_errors).values()
        if isinstance(found, type) and issubclass(found, webhook_errors.Refusal)
    }
    for item in page["paths"].values():
        for method, operation in item.items():
            if method != "parameters":
                assert set(operation["responses"]) == {"200", *statuses}


def test_every_operation_has_its_own_name() -> None:
    page = openapi("1")
    names = [
        o["operationId"] for i in page["paths"].values() for m, o in i.items() if m != "parameters"
    ]
    assert len(set(names)) == len(names) == 6


def test_the_fields_on_the_page_are_those_of_the_models() -> None:
    schemas = openapi("1")["components"]["schemas"]
    for model in (EventIn, RouteAnswer, EventsAnswer, Trouble):
        assert set(schemas[model.__name__]["properties"]) == set(model.model_fields)


async def answers(found: House) -> Iterator[tuple[int, str]]:
    asked = {"phone": OF_IVANOVA, "did": MAIN, "call": "7"}
    ended = {"event": "ended", "call": "7", "disposition": "missed"}
    told = []
    async with found.http.get("/pbx/openapi.json", headers={"Authorization": ""}) as reply:
        page = await reply.json()
    assert page["info"]["version"]
    async with found.http.get("/pbx/main/route", params=asked) as reply:
        told.append((reply.status, await reply.text()))
    async with found.http.post("/pbx/main/events", json=ended) as reply:
        told.append((reply.status, await reply.text()))
    async with found.http.get("/pbx/main/route") as reply:
        told.append((reply.status, await reply.text()))
    return iter(told)


async def test_what_is_served_is_what_the_page_promises(tmp_path: Path) -> None:
    async with house(tmp_path) as found:
        route, events, refused = await answers(found)
    assert [route[0], events[0], refused[0]] == [200, 200, 400]
    RouteAnswer.model_validate_json(route[1])
    EventsAnswer.model_validate_json(events[1])
    Trouble.model_validate_json(refused[1])


def test_the_documentation_names_every_field_and_every_refusal() -> None:
    text = DOCS.read_text("utf-8")
    for model in (EventIn, RouteAnswer):
        for field in model.model_fields:
            assert f"`{field}`" in text, field
    folder = Path(webhook_errors.__file__).parent
    refusals = [
        name
        for name, found in vars(webhook_errors).items()
        if isinstance(found, type) and issubclass(found, webhook_errors.Refusal)
    ]
    raised = re.compile(rf'(?:{"|".join(refusals)}|_refuse)\(\s*"([a-z-]+)"')
    ids = {id_ for file in folder.glob("*.py") for id_ in raised.findall(file.read_text("utf-8"))}
    assert {"token-wrong", "not-recorded-yet", "caller-missing"} <= ids
    for id_ in sorted(ids):
        assert f"`{id_}`" in text, id_
