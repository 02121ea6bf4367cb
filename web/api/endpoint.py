"""One endpoint of the API: what it is asked, what it answers, and who does it.

The table of endpoints is what is served and what the OpenAPI document says; there is no second
list. A handler is given a `Turn` and returns a shape; errors, ETags and JSON are made here.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from aiohttp import web

from pbx_adapters.webhook.errors import Refusal
from router.office import Office
from storage.errors import StorageError
from storage.reach import Reach
from web.access.person import Person, person_of
from web.access.reach import reach_of
from web.access.session import address_of
from web.api.errors import NotJson, NotNow, NotPossible, Unfit
from web.api.shapes import as_json, read
from web.pages.page import parts_of, words
from web.parts import WebParts
from web.signin.accounts import Doing
from web.signin.errors import AccountRefused, Why

T = TypeVar("T")

ROOT = "/api/v1"


@dataclass(frozen=True, slots=True)
class Turn:
    """One request: who asks, how far he sees, and what he said."""

    request: web.Request

    @property
    def parts(self) -> WebParts:
        """What the web is built of."""
        return parts_of(self.request)

    @property
    def person(self) -> Person:
        """Who asks, or for whom a program asks."""
        return person_of(self.request)

    @property
    def office(self) -> Office:
        """The office in force."""
        return self.parts.board.office()

    @property
    def reach(self) -> Reach:
        """How far he sees."""
        return reach_of(self.person, self.office)

    @property
    def language(self) -> str:
        """In which language sentences are answered."""
        return words(self.request).language

    @property
    def doing(self) -> Doing:
        """Who does it, now, from where."""
        at = self.parts.now()
        return Doing(by=self.person.login, at=at, address=address_of(self.request))

    def name(self, key: str) -> str:
        """A part of the path."""
        return self.request.match_info[key]

    def query(self, kind: type[T]) -> T:
        """What stands behind the path; raises `Unfit`."""
        found = read(kind, dict(self.request.query), texts=True)
        return _fit(found)

    async def body(self, kind: type[T]) -> T:
        """What was sent; raises `NotJson` or `Unfit`."""
        if self.request.content_type != "application/json":
            raise NotJson("not-json", "Send JSON, as `Content-Type: application/json`.")
        try:
            given = json.loads(await self.request.text() or "{}")
        except (ValueError, RecursionError, LookupError):
            raise NotJson("not-json", "The body is no JSON.") from None
        if not isinstance(given, dict):
            raise NotJson("not-json", "The body must be a JSON object.")
        return _fit(read(kind, given))


@dataclass(frozen=True, slots=True, kw_only=True)
class Nothing:
    """No more is needed."""


Handle = Callable[[Turn], Awaitable[Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """A line of the table. `path` is below `/api/v1`; `query`, `body`, `answer` are shapes.

    `etag`: asked again and again, so that an unchanged answer is 304. `media`: the answer is a file
    of this type and no JSON.
    """

    method: str
    path: str
    summary: str
    handle: Handle
    answer: type = Nothing
    query: type | None = None
    body: type | None = None
    status: int = 200
    etag: bool = False
    media: str = ""
    refusals: tuple[int, ...] = ()

    @property
    def whole_path(self) -> str:
        """The path as it is served."""
        return f"{ROOT}{self.path}"

    def route(self) -> web.RouteDef:
        """The endpoint as aiohttp serves it."""
        return web.route(self.method, self.whole_path, self.served)

    async def served(self, request: web.Request) -> web.StreamResponse:
        """Answer a request."""
        try:
            turn = Turn(request)
            if self.query is None and request.query:
                _fit(read(Nothing, dict(request.query), texts=True))
            value = await self.handle(turn)
            return value if isinstance(value, web.StreamResponse) else self._answer(request, value)
        except Refusal as refused:
            return refused.answer()
        except AccountRefused as refused:
            return _of_account(refused, words(request).language).answer()
        except (TimeoutError, StorageError) as trouble:
            message = str(trouble) or "The database does not answer now. Try again."
            return NotNow("not-now", message).answer()

    def _answer(self, request: web.Request, value: Any) -> web.Response:
        body = json.dumps(as_json(value), ensure_ascii=False, separators=(",", ":")).encode()
        status = getattr(value, "http_status", self.status)
        headers = {"Vary": "Accept-Language, Authorization, Cookie"}
        if self.etag:
            headers["ETag"] = f'"{hashlib.sha256(body).hexdigest()[:24]}"'
            headers["Cache-Control"] = "private, no-cache"
            if request.headers.get("If-None-Match", "").removeprefix("W/") == headers["ETag"]:
                return web.Response(status=304, headers=headers)
        return web.Response(
            body=body,
            status=status,
            content_type="application/json",
            charset="utf-8",
            headers=headers,
        )


def _fit(found: T | list[dict[str, object]]) -> T:
    if isinstance(found, list):
        told = "; ".join(f"{each['field']}: {each['problem']}" for each in found[:3])
        raise Unfit("unreadable", f"The request makes no sense: {told}.", found)
    return found


_NOT_FOUND = {Why.NO_SUCH_PERSON, Why.NO_SUCH_TOKEN}
_LATER = {Why.BUSY, Why.NOT_NOW}
_STANDS = {Why.LOGIN_TAKEN, Why.MANAGER_TAKEN, Why.LAST_ADMINISTRATOR, Why.DISABLED}


def _of_account(refused: AccountRefused, language: str) -> Refusal:
    kind = Unfit
    if refused.why in _LATER:
        kind = NotNow  # type: ignore[assignment]
    elif refused.why in _STANDS:
        kind = NotPossible  # type: ignore[assignment]
    found: Refusal = kind(refused.why.value, refused.sentence(language))
    if refused.why in _NOT_FOUND:
        return _Absent(refused.why.value, refused.sentence(language))
    return found


class _Absent(Refusal):
    status = 404
