"""The API with something of everything in it, and answers checked against its own document."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
from live_house import LINE, LiveHouse, live_house
from signin_house import doing

from router.calls import Call, CallState, Direction, Disposition, Leg, LegOutcome, MissedReason
from router.numbers import NumberPlan, normalise
from storage.recording import record_ended_call
from storage.records import EndedCall
from storage.unit_of_work import UnitOfWork
from web.access.roles import Permission
from web.signin import accounts
from web.signin.accounts import About

ALL = tuple(p.value for p in Permission)
PETROVS = "+79035551122"


KINDS: dict[str, Any] = {
    "object": dict,
    "array": list,
    "string": str,
    "integer": int,
    "number": (int, float),
    "boolean": bool,
    "null": type(None),
}


def wrong(schema: Mapping[str, Any], value: Any, document: Mapping[str, Any], at: str = "$") -> str:
    """Where a value is not as its JSON Schema says, as far as the document uses it; or nothing."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return wrong(document["components"]["schemas"][name], value, document, at)
    if "anyOf" in schema:
        found = [wrong(each, value, document, at) for each in schema["anyOf"]]
        return "" if "" in found else found[0]
    kind = schema["type"]
    if not isinstance(value, KINDS[kind]) or (kind != "boolean" and isinstance(value, bool)):
        return f"{at} is no {kind}: {value!r}"
    if kind == "object":
        return _wrong_object(schema, value, document, at)
    if kind == "array":
        items = (wrong(schema["items"], v, document, f"{at}[{n}]") for n, v in enumerate(value))
        return next((each for each in items if each), "")
    return _wrong_text(schema, value, at) if kind == "string" else ""


def _wrong_text(schema: Mapping[str, Any], value: str, at: str) -> str:
    if "enum" in schema and value not in schema["enum"]:
        return f"{at} is none of {schema['enum']}: {value!r}"
    if "pattern" in schema and not re.search(schema["pattern"], value):
        return f"{at} is not like {schema['pattern']}: {value!r}"
    if schema.get("format") == "date-time" and not (
        value.endswith("Z") and datetime.fromisoformat(value).tzinfo
    ):
        return f"{at} is no instant in UTC: {value!r}"
    return ""


def _wrong_object(
    schema: Mapping[str, Any], value: Mapping[str, Any], document: Mapping[str, Any], at: str
) -> str:
    known, more = schema.get("properties", {}), schema.get("additionalProperties", True)
    if missing := set(schema.get("required", ())) - set(value):
        return f"{at} has no {sorted(missing)}"
    if more is False and (extra := set(value) - set(known)):
        return f"{at} has {sorted(extra)}, which nobody documented"
    for name, inner in value.items():
        told = known.get(name, more if isinstance(more, Mapping) else None)
        if told and (found := wrong(told, inner, document, f"{at}.{name}")):
            return found
    return ""


@dataclass
class Api:
    """A program with a token. Every answer is checked against the document."""

    http: aiohttp.ClientSession
    document: Mapping[str, Any]
    token: str = ""
    headers: dict[str, str] = field(default_factory=lambda: {"Accept-Language": "en"})

    async def __call__(
        self, method: str, path: str, body: Any = None, **headers: str
    ) -> tuple[int, Any]:
        sent = self.headers | {name.replace("_", "-"): value for name, value in headers.items()}
        if self.token:
            sent["Authorization"] = f"Bearer {self.token}"
        async with self.http.request(
            method, f"/api/v1{path}", json=body, headers=sent, allow_redirects=False
        ) as reply:
            text = await reply.text()
            told = await reply.json() if text else None
            self._check(method, path.partition("?")[0], reply.status, told)
            return reply.status, told

    async def get(self, path: str, **headers: str) -> tuple[int, Any]:
        return await self("GET", path, **headers)

    async def post(self, path: str, body: Any = None, **headers: str) -> tuple[int, Any]:
        return await self("POST", path, {} if body is None else body, **headers)

    def _check(self, method: str, path: str, status: int, told: Any) -> None:
        operation = self.operation(method, path)
        assert str(status) in operation["responses"], f"{method} {path} answers {status}: {told}"
        content = operation["responses"][str(status)].get("content")
        if content is None:
            assert told is None
            return
        schema = content["application/json"]["schema"]
        assert not (found := wrong(schema, told, self.document)), f"{method} {path}: {found}"

    def operation(self, method: str, path: str) -> Mapping[str, Any]:
        """The operation of an address; the one with the fewest variable parts."""
        found = []
        for pattern, operations in self.document["paths"].items():
            shape = re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(pattern))
            if method.lower() in operations and re.fullmatch(shape, f"/api/v1{path}"):
                found.append((pattern.count("{"), operations[method.lower()]))
        return min(found, key=lambda each: each[0])[1]


@dataclass
class ApiHouse:
    """Everything, and whom to ask as."""

    live: LiveHouse
    document: Mapping[str, Any]
    http: aiohttp.ClientSession

    async def program(self, login: str, *scopes: str) -> Api:
        """A program that acts for somebody, within scopes (all, where none is said)."""
        token = await self.live.people.token(login, *(scopes or ALL))
        return Api(http=self.http, document=self.document, token=token)

    def nobody(self) -> Api:
        return Api(http=self.http, document=self.document)

    async def write(self, work: Any) -> Any:
        return await self.live.house.writer.submit(work)

    async def record(self, call_id: str, minutes_ago: float = 10, **other: Any) -> None:
        """A call of the log: Petrov's client rang Ivanova and Petrov, unless said otherwise."""
        ended = an_ended_call(call_id, self.live.house.board.now, minutes_ago, **other)

        async def work(uow: UnitOfWork) -> None:
            await record_ended_call(uow, ended)

        await self.write(work)


def an_ended_call(
    call_id: str,
    now: datetime,
    minutes_ago: float,
    *,
    number: str = PETROVS,
    answered_by: str | None = None,
    rang: tuple[str, ...] = ("102",),
    owner: str = "petrov",
    client: str = "",
    department: str = "sales",
) -> EndedCall:
    began = now - timedelta(minutes=minutes_ago)
    ended_at = began + timedelta(seconds=30)
    legs = tuple(
        Leg(
            id=f"{call_id}/{target}",
            target=target,
            began_at=began,
            rang_at=began,
            ended_at=ended_at,
            outcome=LegOutcome.ANSWERED if target == answered_by else LegOutcome.NO_ANSWER,
            ring_seconds=5.0,
            talk_seconds=20.0 if target == answered_by else 0.0,
        )
        for target in rang
    )
    call = Call(
        id=call_id,
        pbx="main",
        linked_id=call_id,
        direction=Direction.INBOUND,
        caller=number,
        line=LINE.lstrip("+"),
        began_at=began,
        ended_at=ended_at,
        answered_at=began + timedelta(seconds=5) if answered_by else None,
        state=CallState.ENDED,
        disposition=Disposition.ANSWERED if answered_by else Disposition.MISSED,
        reason=None if answered_by else MissedReason.NO_ANSWER,
        answered_by=answered_by,
        talk_seconds=20.0 if answered_by else 0.0,
        legs=legs,
    )
    return EndedCall(
        call=call,
        number=normalise(number, NumberPlan()),
        department=department,
        owner=owner,
        client=client,
        client_name="Клиент",
    )


@asynccontextmanager
async def api_house(folder: Path) -> AsyncIterator[ApiHouse]:
    """`boss` is a director with a phone who administers; the others are the sign-in house's."""
    async with live_house(folder) as live:
        managers = live.house.board.office().managers
        about = About(name="Босс", role="director", administrator=True, manager="orlov")

        async def work(uow: UnitOfWork) -> None:
            await accounts.add(uow, doing(), "boss", about, managers=managers)

        await live.house.writer.submit(work)
        base = f"http://127.0.0.1:{live.house.port}"
        async with aiohttp.ClientSession(base) as http:
            async with http.get("/api/v1/openapi.json") as reply:
                document = await reply.json()
            yield ApiHouse(live=live, document=document, http=http)
