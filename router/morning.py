"""The morning list: what the night left behind, split among those who are there.

A view, not a table: asked again, it is made again of what is open now. Rules:

1. All open items are dealt; a client who called all night is one line with a count (the callback
   list sees to that).
2. The owner first: his clients are his, if his shift is on and he has not said that he is away.
   What somebody has taken already stays his.
3. The rest of a department's items are dealt in order to whoever has least, so that nobody's share
   differs by more than one from what his own clients gave him; equal: the order of the office file.
4. Hidden callers cannot be called back. They stand apart, all together, so that nobody searches.
5. What nobody is there for stands apart too: it is not dealt to people who are at home.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from router.callbacks_order import Floor, Owed, in_order


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """One person's part, in the order in which he should call."""

    manager: str
    items: tuple[Owed, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hidden:
    """Callers without a number: how many, and from when to when."""

    department: str
    calls: int
    first_at: datetime
    last_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Morning:
    """The list: shares in the order of the office file, what waits for somebody, hidden callers."""

    shares: tuple[Share, ...]
    unassigned: tuple[Owed, ...] = ()
    hidden: tuple[Hidden, ...] = ()


def morning(owed: Iterable[Owed], floor: Floor) -> Morning:
    """Splits what is open among those on shift."""
    listed = in_order(owed, floor.now)
    dealt: dict[str, list[Owed]] = {key: [] for key in floor.office.managers if floor.works(key)}
    rest = [item for item in listed if item.reachable and not _to_owner(item, dealt)]
    left = [item for item in rest if not _to_somebody(item, dealt, floor)]
    shares = (
        Share(manager=key, items=in_order(items, floor.now))
        for key, items in dealt.items()
        if items
    )
    hidden = [item for item in listed if not item.reachable]
    return Morning(shares=tuple(shares), unassigned=tuple(left), hidden=_hidden(hidden, floor))


def _to_owner(item: Owed, dealt: dict[str, list[Owed]]) -> bool:
    """Gives an item to who has it or owns it, if he is there."""
    his = next((key for key in (item.holder, item.owner) if key in dealt), "")
    if his:
        dealt[his].append(item)
    return bool(his)


def _to_somebody(item: Owed, dealt: dict[str, list[Owed]], floor: Floor) -> bool:
    """Gives an item to whoever of its department has least."""
    there = [manager.key for manager in floor.working(floor.department_of(item))]
    if there:
        dealt[min(there, key=lambda key: len(dealt[key]))].append(item)
    return bool(there)


def _hidden(items: Iterable[Owed], floor: Floor) -> tuple[Hidden, ...]:
    found: dict[str, list[Owed]] = {}
    for item in items:
        found.setdefault(floor.department_of(item), []).append(item)
    return tuple(
        Hidden(
            department=department,
            calls=sum(item.missed_count for item in group),
            first_at=min(item.first_missed_at for item in group),
            last_at=max(item.first_missed_at for item in group),
        )
        for department, group in sorted(found.items())
    )
