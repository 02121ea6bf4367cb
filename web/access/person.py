"""The person behind a request."""

from __future__ import annotations

from dataclasses import dataclass

from aiohttp import web

from web.access.roles import GRANTS, OF_THE_MARK, Permission, Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Who is signed in. `manager` and `assists` are keys in the office, empty for none.

    `language` and `theme` are empty where the person leaves the choice to his browser;
    `card_opens` is `ring`, `answer` or `never`. `scopes` narrows a program's token to some of the
    person's permissions; None is the person himself.
    """

    id: int
    login: str
    name: str
    role: Role
    administrator: bool = False
    manager: str = ""
    assists: str = ""
    language: str = ""
    theme: str = ""
    card_opens: str = "ring"
    scopes: frozenset[str] | None = None

    @property
    def acting(self) -> str:
        """Whose desk he sees: his own, an assistant that of his manager."""
        return self.assists if self.role is Role.ASSISTANT and self.assists else self.manager

    @property
    def desks(self) -> tuple[str, ...]:
        """Whose rings and talks are before him: at his own phone, at that of whom he assists."""
        return tuple(dict.fromkeys(key for key in (self.manager, self.acting) if key))

    def may(self, permission: Permission) -> bool:
        """Whether he holds a permission."""
        if self.scopes is not None and permission not in self.scopes:
            return False
        marked = self.administrator and permission in OF_THE_MARK
        return marked or self.role in GRANTS[permission]


_KEY = web.RequestKey("person", Person)


def person_of(request: web.Request) -> Person:
    """The person behind a request that the guard has let in.

    Raises `web.HTTPUnauthorized` on a route that is open to everybody when nobody is signed in.
    """
    found = signed_in(request)
    if found is None:
        raise web.HTTPUnauthorized
    return found


def signed_in(request: web.Request) -> Person | None:
    """The person behind a request, if somebody is signed in."""
    return request.get(_KEY)


def put_person(request: web.Request, person: Person) -> None:
    """Say who is behind a request; the guard's business."""
    request[_KEY] = person
