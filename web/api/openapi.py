"""The OpenAPI 3.1 document of `/api/v1`, made of the table of endpoints and the access matrix."""

from __future__ import annotations

import re
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

from web.access.matrix import Who, needed_for
from web.access.roles import Permission
from web.api.endpoint import Endpoint
from web.api.shapes import parameters_of, schema_of

ERROR: dict[str, Any] = {
    "type": "object",
    "description": "What was refused: programs look at the id, people read the message.",
    "properties": {
        "error": {
            "type": "object",
            "properties": {
                "id": {"type": "string", "pattern": "^[a-z0-9]+(-[a-z0-9]+)*$"},
                "message": {"type": "string"},
                "details": {"type": "array", "items": {"type": "object"}},
            },
            "required": ["id", "message"],
            "additionalProperties": False,
        }
    },
    "required": ["error"],
    "additionalProperties": False,
}


def document(endpoints: Sequence[Endpoint], *, version: str, address: str) -> dict[str, Any]:
    """The whole document."""
    named: dict[str, Any] = {"Error": ERROR}
    paths: dict[str, dict[str, Any]] = {}
    for each in endpoints:
        paths.setdefault(each.whole_path, {})[each.method.lower()] = _operation(each, named)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Dozvon",
            "version": version or "0",
            "description": "Everything that the workspace does, for programs.",
        },
        "servers": [{"url": address or "/"}],
        "security": [{"token": []}, {"session": []}],
        "paths": paths,
        "components": {
            "schemas": named,
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer", "description": "An API token."},
                "session": {
                    "type": "apiKey",
                    "in": "cookie",
                    "name": "dozvon",
                    "description": "The session of a browser (`__Host-dozvon` over https).",
                },
            },
        },
    }


def _operation(each: Endpoint, named: dict[str, Any]) -> dict[str, Any]:
    needed = needed_for(each.method, each.whole_path)
    operation: dict[str, Any] = {
        "operationId": operation_id(each),
        "summary": each.summary,
        "tags": [each.path.split("/")[1]],
        "parameters": [*_path_parameters(each), *(parameters_of(each.query) if each.query else ())],
        "responses": _responses(each, named),
    }
    if isinstance(needed, Permission):
        operation["x-permission"] = needed.value
    if needed is Who.EVERYBODY:
        operation["security"] = []
    if each.body is not None:
        body = schema_of(each.body, named, answer=False)
        operation["requestBody"] = {
            "required": True,
            "content": {"application/json": {"schema": body}},
        }
    return operation


def operation_id(each: Endpoint) -> str:
    """A name for programs that are made from the document: `post-calls-id-note`."""
    words = re.sub(r"[^a-z0-9]+", "-", each.path.lower()).strip("-")
    return f"{each.method.lower()}-{words}"


def _path_parameters(each: Endpoint) -> list[dict[str, Any]]:
    return [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in re.findall(r"\{(\w+)\}", each.path)
    ]


def _responses(each: Endpoint, named: dict[str, Any]) -> dict[str, Any]:
    if each.media:
        content: dict[str, Any] = {each.media: {}}
    else:
        content = {"application/json": {"schema": schema_of(each.answer, named, answer=True)}}
    fine: dict[str, Any] = {"description": HTTPStatus(each.status).phrase, "content": content}
    found = {str(status): fine for status in statuses(each)}
    if each.etag:
        fine["headers"] = {"ETag": {"schema": {"type": "string"}}}
        found["304"] = {"description": "Not changed since `If-None-Match`."}
    for status in refusals(each):
        error = {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}
        found[str(status)] = {"description": HTTPStatus(status).phrase, "content": error}
    return found


def statuses(each: Endpoint) -> tuple[int, ...]:
    """With which statuses its answer comes."""
    pieces = (206,) if each.media else ()
    return (each.status, *getattr(each.answer, "HTTP_STATUSES", ()), *pieces)


def refusals(each: Endpoint) -> tuple[int, ...]:
    """With which statuses it refuses: its own, and those that every endpoint of its kind has."""
    found = {422, *each.refusals}
    if needed_for(each.method, each.whole_path) is not Who.EVERYBODY:
        found |= {401, 403, 503}
    if "{" in each.path:
        found.add(404)
    if each.body is not None:
        found |= {413, 415}
    return tuple(sorted(found))
