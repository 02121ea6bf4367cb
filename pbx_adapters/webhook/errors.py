"""What is refused over HTTP, in one shape: {"error": {"id": …, "message": …, "details": […]}}.

The id is stable and kebab-case: programs look at it; people read the message.

    Refusal               400  cannot be understood
    ├── NotAllowed        403  not from this address
    ├── NotProved         401  the token or the signature is missing or wrong
    ├── TooLarge          413  more bytes than anybody needs
    ├── TooSlow           408  the body did not come in time
    ├── WrongType         415  neither JSON nor a form
    ├── Unreadable        422  understood, but not a thing that happens to calls
    ├── TooMany           429  more requests than the settings allow
    └── NotNow            503  come again: nothing was lost that you still have
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from aiohttp import web

Details = Sequence[Mapping[str, object]]


def trouble_answer(
    status: int,
    id_: str,
    message: str,
    *,
    details: Details = (),
    headers: Mapping[str, str] | None = None,
) -> web.Response:
    """An error as every part of the service tells it over HTTP."""
    error: dict[str, object] = {"id": id_, "message": message}
    if details:
        error["details"] = list(details)
    return web.json_response({"error": error}, status=status, headers=headers)


class Refusal(Exception):  # noqa: N818 - the project's word for it
    """Is a request that is refused, with its stable id and its sentence."""

    status: ClassVar[int] = 400
    headers: ClassVar[Mapping[str, str]] = {}
    closes: ClassVar[bool] = False
    """Whether the rest of the request is not worth reading."""

    def __init__(self, id_: str, message: str, details: Details = ()) -> None:
        super().__init__(message)
        self.id = id_
        self.message = message
        self.details = details

    def answer(self) -> web.Response:
        """The refusal on the wire."""
        answer = trouble_answer(
            self.status, self.id, self.message, details=self.details, headers=self.headers
        )
        if self.closes:
            answer.force_close()
        return answer


class NotAllowed(Refusal):
    """It comes from an address that may not ask."""

    status = 403
    closes = True


class NotProved(Refusal):
    """Nobody proved that the switch sent it."""

    status = 401
    headers: ClassVar[Mapping[str, str]] = {"WWW-Authenticate": "Bearer"}
    closes = True


class TooLarge(Refusal):
    """Its body is larger than anything we are told."""

    status = 413
    closes = True


class TooSlow(Refusal):
    """Its body did not arrive in time."""

    status = 408
    closes = True


class WrongType(Refusal):
    """Its body is of a type that nobody agreed upon."""

    status = 415
    closes = True


class Unreadable(Refusal):
    """Its fields make no sense."""

    status = 422


class TooMany(Refusal):
    """There are more requests than the settings allow."""

    status = 429
    headers: ClassVar[Mapping[str, str]] = {"Retry-After": "1"}


class NotNow(Refusal):
    """It could not be done; the same request may be sent again."""

    status = 503
    headers: ClassVar[Mapping[str, str]] = {"Retry-After": "5"}
