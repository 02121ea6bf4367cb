"""The roles, and what each of them may do.

Rules: a role is a set of permissions, nothing more; *whose* calls and clients one sees is `reach`;
being an administrator is a mark beside the role, since in a small office the director is one too.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class Role(StrEnum):
    """A director sees all, a curator his department, a manager and his assistant the manager's."""

    DIRECTOR = "director"
    CURATOR = "curator"
    MANAGER = "manager"
    ASSISTANT = "assistant"


class Permission(StrEnum):
    """One kind of act.

    `WORK`: the desk, one's own status and settings. `RECORDINGS`: whether they are complete, and
    what is held; to hear one is `LISTEN`. `RECORDINGS_LINK`: to let somebody without a sign-in hear
    one for a while.
    """

    WORK = "work"
    LIVE = "live"
    CALLBACKS = "callbacks"
    CALLS = "calls"
    CLIENTS = "clients"
    CLIENTS_HAND_OVER = "clients-hand-over"
    REPORTS = "reports"
    STATUS_OF_OTHERS = "status-of-others"
    TAKE = "take"
    PLACE = "place"
    HANG_UP = "hang-up"
    TRANSFER = "transfer"
    LISTEN = "listen"
    RECORDINGS = "recordings"
    RECORDINGS_LINK = "recordings-link"
    ADMINISTER = "administer"


_ALL = frozenset(Role)
_HEADS = frozenset({Role.DIRECTOR, Role.CURATOR})

GRANTS: Mapping[Permission, frozenset[Role]] = {
    Permission.WORK: _ALL,
    Permission.LIVE: _ALL,
    Permission.CALLBACKS: _ALL,
    Permission.CALLS: _ALL,
    Permission.CLIENTS: _ALL,
    Permission.CLIENTS_HAND_OVER: _HEADS,
    Permission.REPORTS: _HEADS,
    Permission.STATUS_OF_OTHERS: _HEADS,
    Permission.TAKE: _ALL,
    Permission.PLACE: _ALL,
    Permission.HANG_UP: _ALL,
    Permission.TRANSFER: _ALL,
    Permission.LISTEN: _ALL,
    Permission.RECORDINGS: _HEADS,
    Permission.RECORDINGS_LINK: _HEADS,
    Permission.ADMINISTER: frozenset(),
}
"""Who may do what by his role."""

OF_THE_MARK = frozenset({Permission.ADMINISTER, Permission.RECORDINGS})
"""What the administrator's mark allows beside the role; `ADMINISTER` comes from it alone."""
