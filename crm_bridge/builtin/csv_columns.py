"""Which column is what: names in Russian and English, as people write them.

A name is compared without case, spaces, punctuation and a number at its end, so that "Телефон 2",
"телефоны" and "phone_2" are all telephones. A column that nobody knows is left out and reported.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum


class Column(StrEnum):
    """What a column tells."""

    KEY = "key"
    NAME = "name"
    PHONE = "phone"
    OWNER = "owner"
    APPLICATION = "application"
    TITLE = "title"
    STATUS = "status"
    MANAGER = "manager"
    BLOCKED = "blocked"


COLUMN_NAMES: dict[Column, tuple[str, ...]] = {
    Column.KEY: ("id", "key", "external id", "client id", "код", "код клиента", "ид", "ключ"),
    Column.NAME: (
        "name", "client", "client name", "company", "full name", "contact",
        "имя", "клиент", "фио", "название", "наименование", "компания", "контакт", "организация",
    ),
    Column.PHONE: (
        "phone", "phones", "telephone", "number", "numbers", "mobile", "phone number", "tel",
        "телефон", "телефоны", "номер", "номера", "номер телефона", "тел", "моб", "мобильный",
        "мобильный телефон", "рабочий телефон", "сотовый", "доп телефон",
    ),
    Column.OWNER: (
        "owner", "responsible", "account manager",
        "ответственный", "владелец", "менеджер", "менеджер клиента",
    ),
    Column.APPLICATION: (
        "application", "order", "deal", "application id", "order id",
        "заявка", "номер заявки", "сделка", "заказ", "номер заказа",
    ),
    Column.TITLE: (
        "title", "application title", "subject",
        "тема", "тема заявки", "название заявки", "предмет", "описание",
    ),
    Column.STATUS: ("status", "state", "application status", "статус", "статус заявки"),
    Column.MANAGER: (
        "manager", "application manager", "order manager", "менеджер заявки", "исполнитель",
    ),
    Column.BLOCKED: ("blocked", "black list", "заблокирован", "черный список", "чёрный список"),
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """The columns of a file by position; None where a name is not known."""

    columns: tuple[Column | None, ...]
    unknown: tuple[str, ...]
    names: tuple[str, ...] = ()

    def cells(self, row: Sequence[str], column: Column) -> list[str]:
        """What a row says in every column of that kind, without empty ones."""
        pairs = zip(self.columns, row, strict=False)
        return [cell.strip() for what, cell in pairs if what is column and cell.strip()]

    def cell(self, row: Sequence[str], column: Column) -> str:
        """What a row says first in a column of that kind."""
        return next(iter(self.cells(row, column)), "")


def cannot_map(names: Sequence[str], said: Mapping[str, Column | None]) -> str:
    """The first column that was said to be something and is not in the file; else nothing."""
    there = {_as_said(name) for name in names}
    return next((name for name in said if _as_said(name) not in there), "")


def read_header(
    names: Sequence[str], said: Mapping[str, Column | None] | None = None
) -> Header | None:
    """The header of a file, or None when it names neither telephones nor clients.

    `said` has the last word on the columns it names. A column "manager" is the application's
    manager beside an application, else the client's owner.
    """
    told = {_as_said(name): column for name, column in (said or {}).items()}
    columns = [told.get(_as_said(name), _KNOWN.get(_plain(name))) for name in names]
    if Column.APPLICATION not in columns and Column.TITLE not in columns:
        columns = [Column.OWNER if c is Column.MANAGER else c for c in columns]
    if not {Column.NAME, Column.PHONE} & set(columns):
        return None
    pairs = zip(names, columns, strict=True)
    unknown = tuple(
        name.strip()
        for name, column in pairs
        if column is None and name.strip() and _as_said(name) not in told
    )
    return Header(columns=tuple(columns), unknown=unknown, names=tuple(names))


def _as_said(name: str) -> str:
    return " ".join(name.casefold().split())


def _plain(name: str) -> str:
    words = re.sub(r"[\W_]+", " ", name.casefold()).strip()
    return re.sub(r"\s*\d+$", "", words)


_KNOWN = {_plain(name): column for column, names in COLUMN_NAMES.items() for name in names}
