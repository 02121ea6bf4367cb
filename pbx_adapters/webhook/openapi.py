"""The contract as an OpenAPI 3.1 page, made of the models that read and write the wire."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from pbx_adapters.webhook.answers import CHARSETS, FORMATS
from pbx_adapters.webhook.guard import SIGNATURE, TIMESTAMP
from pbx_adapters.webhook.wire import MOST_EVENTS, EventIn, EventsAnswer, RouteAnswer, Trouble

_REFUSALS = {
    "400": "It cannot be understood.",
    "401": "Token or signature are missing or wrong.",
    "403": "This address may not ask.",
    "408": "The body did not come in time.",
    "413": "The body is too large.",
    "415": "The body is neither JSON nor a form.",
    "422": "The fields make no sense.",
    "429": "More requests than the settings allow.",
    "503": "Not now: go on without us, and send an event again.",
}


def openapi(version: str) -> dict[str, Any]:
    """The page; `version` is the service's."""
    models: list[tuple[type[BaseModel], JsonSchemaMode]] = [(EventIn, "validation")]
    models += [(model, "serialization") for model in (RouteAnswer, EventsAnswer, Trouble)]
    _, schemas = models_json_schema(models, ref_template="#/components/schemas/{model}")
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Dozvon for switches that ask over HTTP",
            "version": version,
            "description": "Parameter names are the defaults; the settings may name others.",
        },
        "paths": _paths(),
        "security": [{"bearer": []}, {"signature": [], "timestamp": []}, {"parameter": []}],
        "components": {"schemas": schemas["$defs"], "securitySchemes": _schemes()},
    }


def _paths() -> dict[str, Any]:
    paths: dict[str, Any] = {}
    for base, parameters in (
        ("/pbx/{key}", [_path("key")]),
        ("/pbx/{key}/s/{token}", [_path("key"), _path("token")]),
    ):
        paths[f"{base}/route"] = {
            "parameters": parameters,
            "get": _route("query", in_path="token" in base),
            "post": _route("body", in_path="token" in base),
        }
        events = _events(in_path="token" in base)
        paths[f"{base}/events"] = {"parameters": parameters, "post": events}
    return paths


def _route(where: str, *, in_path: bool) -> dict[str, Any]:
    told: dict[str, Any] = {
        "operationId": f"route-by-{where}{'-with-secret-path' if in_path else ''}",
        "summary": "Who calls, and whom to ring",
        "parameters": _questions() if where == "query" else [],
        "responses": {"200": _answers(), **_troubles()},
    }
    if where == "body":
        fields = {q["name"]: q["schema"] for q in _questions()}
        schema = {"type": "object", "properties": fields, "required": ["phone"]}
        told["requestBody"] = _both(schema)
    return told


def _questions() -> list[dict[str, Any]]:
    texts = {
        "phone": "the caller's number as the network tells it; hidden: empty",
        "did": "the company's number that was dialled",
        "call": "the call's id, one for each call",
        "name": "the caller's name as the network tells it",
    }
    asked = [
        {
            "name": name,
            "in": "query",
            "required": name == "phone",
            "description": text,
            "schema": {"type": "string"},
        }
        for name, text in texts.items()
    ]
    for name, words in (("format", list(FORMATS)), ("charset", list(CHARSETS))):
        schema = {"type": "string", "enum": words}
        asked.append({"name": name, "in": "query", "required": False, "schema": schema})
    return asked


def _answers() -> dict[str, Any]:
    content: dict[str, Any] = {kind: {"schema": {"type": "string"}} for kind in FORMATS.values()}
    content[FORMATS["json"]] = {"schema": _ref("RouteAnswer")}
    lost = {"description": "how much the format leaves out", "schema": {"type": "integer"}}
    return {
        "description": "Also when nobody knows the caller: the first fields are then empty.",
        "headers": {"Dozvon-Left-Out": lost},
        "content": content,
    }


def _events(*, in_path: bool) -> dict[str, Any]:
    one = _ref("EventIn")
    many = {"type": "array", "items": one, "maxItems": MOST_EVENTS}
    done = {"schema": _ref("EventsAnswer")}
    return {
        "operationId": f"events{'-with-secret-path' if in_path else ''}",
        "summary": "Tell what happened",
        "requestBody": _both({"oneOf": [one, many]}, form=one),
        "responses": {
            "200": {"description": "Taken.", "content": {"application/json": done}},
            **_troubles(),
        },
    }


def _both(schema: dict[str, Any], *, form: dict[str, Any] | None = None) -> dict[str, Any]:
    content = {
        "application/json": {"schema": schema},
        "application/x-www-form-urlencoded": {"schema": form or schema},
    }
    return {"required": True, "content": content}


def _troubles() -> dict[str, Any]:
    content = {"application/json": {"schema": _ref("Trouble")}}
    return {code: {"description": text, "content": content} for code, text in _REFUSALS.items()}


def _schemes() -> dict[str, Any]:
    return {
        "bearer": {"type": "http", "scheme": "bearer"},
        "signature": {"type": "apiKey", "in": "header", "name": SIGNATURE},
        "timestamp": {"type": "apiKey", "in": "header", "name": TIMESTAMP},
        "parameter": {"type": "apiKey", "in": "query", "name": "token"},
    }


def _path(name: str) -> dict[str, Any]:
    return {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}


def _ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}
