"""Plain values to JSON and JSON to plain values, and the schema of both: one definition for all.

A shape is a frozen dataclass. What stands in its annotations is what the document says, what is
read is checked against, and what is sent. `Annotated[..., "…"]` adds a sentence for readers. An
answer always has all of its fields; of a question those without a default are a must.
"""

from __future__ import annotations

import types
from collections.abc import Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from functools import cache
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin, get_type_hints

T = TypeVar("T")

LONGEST_TEXT = 4_000
Problems = list[dict[str, object]]
"""What is wrong with a question: {"field", "problem"} each."""


def as_json(value: Any) -> Any:
    """A value as JSON has it; instants are UTC with a `Z`."""
    if is_dataclass(value):
        return {field.name: as_json(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): as_json(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [as_json(item) for item in value]
    return _plain_json(value)


def _plain_json(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    return value.value if isinstance(value, StrEnum) else value


def read(kind: type[T], given: Mapping[str, Any], *, texts: bool = False) -> T | Problems:
    """A question as its shape, or what is wrong with it.

    With `texts` every value is a text, as in an address; a name that nobody knows is a mistake, so
    that a filter with a typo does not quietly find everything.
    """
    shape: Any = kind
    hints, problems = _hints(shape), Problems()
    values: dict[str, Any] = {}
    known = {field.name: field for field in _fields(kind)}
    for name in given:
        if name not in known:
            words = ", ".join(known) or "none"
            problems.append({"field": name[:40], "problem": f"not known here; known: {words}"})
    for name, field in known.items():
        if name in given:
            value, wrong = _read_value(hints[name], given[name], texts=texts)
            values[name] = value
            if wrong:
                problems.append({"field": name, "problem": wrong})
        elif _is_needed(field):
            problems.append({"field": name, "problem": "missing"})
    return problems or kind(**values)


def schema_of(hint: Any, named: dict[str, Any], *, answer: bool) -> dict[str, Any]:
    """The JSON Schema of an annotation; shapes are added to `named` and pointed to."""
    hint, doc = _plain(hint)
    told = {"description": doc} if doc else {}
    origin = get_origin(hint)
    if origin in {Union, types.UnionType}:
        inner = [arg for arg in get_args(hint) if arg is not type(None)]
        return {"anyOf": [schema_of(inner[0], named, answer=answer), {"type": "null"}], **told}
    if origin is tuple:
        items = schema_of(get_args(hint)[0], named, answer=answer)
        return {"type": "array", "items": items, **told}
    if origin in {dict, Mapping}:
        value = schema_of(get_args(hint)[1], named, answer=answer)
        return {"type": "object", "additionalProperties": value, **told}
    if is_dataclass(hint):
        return {"$ref": _add_shape(hint, named, answer=answer), **told}
    return {**_simple(hint), **told}


def parameters_of(kind: type) -> list[dict[str, Any]]:
    """The parameters of an address, as OpenAPI lists them."""
    hints = _hints(kind)
    return [
        {
            "name": field.name,
            "in": "query",
            "required": _is_needed(field),
            "schema": schema_of(hints[field.name], {}, answer=False),
        }
        for field in _fields(kind)
    ]


def _add_shape(kind: Any, named: dict[str, Any], *, answer: bool) -> str:
    """The pointer to a shape, which is added where it is not there yet."""
    name: str = kind.__name__
    pointer = f"#/components/schemas/{name}"
    if name in named:
        return pointer
    named[name] = {}
    hints = _hints(kind)
    named[name] = {
        "type": "object",
        "description": (kind.__doc__ or "").strip().split("\n\n")[0].replace("\n    ", " "),
        "properties": {
            field.name: schema_of(hints[field.name], named, answer=answer)
            for field in _fields(kind)
        },
        "required": [field.name for field in _fields(kind) if answer or _is_needed(field)],
        "additionalProperties": False,
    }
    return pointer


_SIMPLE: Mapping[Any, dict[str, Any]] = {
    str: {"type": "string"},
    bool: {"type": "boolean"},
    int: {"type": "integer"},
    float: {"type": "number"},
    datetime: {"type": "string", "format": "date-time"},
    date: {"type": "string", "format": "date"},
}


def _simple(hint: Any) -> dict[str, Any]:
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return {"type": "string", "enum": [member.value for member in hint]}
    return dict(_SIMPLE[hint])


def _read_value(hint: Any, given: Any, *, texts: bool) -> tuple[Any, str]:
    hint, _ = _plain(hint)
    if get_origin(hint) in {Union, types.UnionType}:
        if given is None:
            return None, ""
        hint = next(arg for arg in get_args(hint) if arg is not type(None))
    if get_origin(hint) is tuple:
        return _read_list(get_args(hint)[0], given, texts=texts)
    if hint in {int, float, bool}:
        return _read_number(hint, given, texts=texts)
    if not isinstance(given, str):
        return None, "must be a text"
    if len(given) > LONGEST_TEXT:
        return None, f"longer than {LONGEST_TEXT} characters"
    return _read_text(hint, given)


def _read_list(inner: Any, given: Any, *, texts: bool) -> tuple[Any, str]:
    given = given.split(",") if texts and isinstance(given, str) else given
    if not isinstance(given, list):
        return None, "must be a list"
    found = [_read_value(inner, item, texts=texts) for item in given[:1_000]]
    return tuple(value for value, _ in found), next((wrong for _, wrong in found if wrong), "")


def _read_number(hint: type, given: Any, *, texts: bool) -> tuple[Any, str]:
    if hint is bool:
        words = {"true": True, "1": True, "false": False, "0": False}
        if texts:
            return words.get(given), "" if given in words else "must be true or false"
        return given, "" if isinstance(given, bool) else "must be true or false"
    if texts:
        fine = given.isascii() and given.lstrip("-").isdecimal() and len(given) < 12
        return (hint(given), "") if fine else (None, "must be a number")
    fine = isinstance(given, int | float) and not isinstance(given, bool)
    if hint is int and not isinstance(given, int):
        fine = False
    return given, "" if fine else "must be a number"


def _read_text(hint: Any, given: str) -> tuple[Any, str]:
    if hint is str:
        return given, ""
    if issubclass(hint, StrEnum):
        words = ", ".join(member.value for member in hint)
        return (hint(given), "") if given in set(hint) else (None, f"must be one of {words}")
    return _read_time(hint, given)


def _read_time(hint: Any, given: str) -> tuple[Any, str]:
    try:
        found = hint.fromisoformat(given)
    except ValueError:
        return None, f"must be a {hint.__name__} as in ISO 8601"
    if isinstance(found, datetime) and found.tzinfo is None:
        return None, "must have a time zone, as 2026-03-02T09:00:00Z"
    if not 1970 < found.year < 2200:
        return None, "must be a year of ours"
    return found, ""


def _plain(hint: Any) -> tuple[Any, str]:
    if get_origin(hint) is Annotated:
        inner, *extra = get_args(hint)
        return inner, next((text for text in extra if isinstance(text, str)), "")
    return hint, ""


@cache
def _hints(kind: Any) -> dict[str, Any]:
    return get_type_hints(kind, include_extras=True)


def _fields(kind: Any) -> tuple[Field[Any], ...]:
    return fields(kind)


def _is_needed(field: Field[Any]) -> bool:
    return field.default is MISSING and field.default_factory is MISSING
