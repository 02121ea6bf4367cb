"""From a row of a file to a client: what is taken, what is refused, what is remarked.

A row is refused only when nothing in it tells a client. What is doubtful (a telephone that is
none, a manager whom the office does not have) is left out and remarked, and the rest is kept.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from crm_bridge.builtin.csv_columns import Column, Header
from crm_bridge.builtin.csv_sentences import Say, sentence
from router.facts import Application
from router.numbers import NumberPlan, PhoneNumber, format_international, normalise_each
from router.office import Office
from storage.clients import called, number_identity
from storage.records import ClientRecord

NAME_LIMIT = 500
KEY_LIMIT = 200
"""A card's address has the key in it, and what serves addresses takes some 8,000 characters."""


class _Means(NamedTuple):
    """The words of a column for yes and for no, and what is said of others."""

    yes: frozenset[str]
    no: frozenset[str]
    unknown: Say


_OPEN = frozenset(
    {"open", "opened", "new", "active", "yes", "1", "true", "in progress"}
    | {"открыт", "открыта", "открыто", "новая", "новый", "активна", "активен", "да", "в работе"}
)
_CLOSED = frozenset(
    {"closed", "close", "done", "finished", "cancelled", "canceled", "lost", "won", "no", "0"}
    | {"закрыт", "закрыта", "закрыто", "завершена", "завершен", "завершён", "выполнена", "выполнен"}
    | {"отменена", "отменен", "отменён", "отказ", "архив", "нет", "false"}
)
_IS_OPEN = _Means(_OPEN, _CLOSED, Say.STATUS_UNKNOWN)
_IS_BLOCKED = _Means(
    yes=frozenset({"1", "yes", "true", "y", "да", "истина", "+", "x", "х"}),
    no=frozenset({"0", "no", "false", "n", "нет", "ложь"}),
    unknown=Say.BLOCKED_UNKNOWN,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """Something to tell of a row: the line of the file it begins on, and a sentence."""

    line: int
    say: Say
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ManagerNames:
    """The office's managers by everything a file may call them."""

    keys: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, office: Office) -> ManagerNames:
        """By key, extension, whole name in either order, and surname where only one has it."""
        found: dict[str, set[str]] = {}
        for manager in office.managers.values():
            words = _words(manager.name)
            forms = {manager.key, manager.extension, words, " ".join(sorted(words.split()))}
            for form in forms | set(words.split()):
                found.setdefault(form.casefold(), set()).add(manager.key)
        return cls(keys={form: keys.pop() for form, keys in found.items() if len(keys) == 1})

    def key_of(self, text: str) -> str | None:
        """The manager's key; None when nobody, or more than one, is called so."""
        words = _words(text)
        return self.keys.get(words) or self.keys.get(" ".join(sorted(words.split())))


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadRow:
    """A row as it was understood: what it does not tell is empty in its record.

    `external`: the file gave the client's key itself.
    """

    line: int
    record: ClientRecord
    external: bool


@dataclass(slots=True, kw_only=True)
class RowReader:
    """Reads rows of one file; remarks collect in `remarks` until they are taken."""

    header: Header
    plan: NumberPlan
    managers: ManagerNames
    language: str
    remarks: list[Remark] = field(default_factory=list)

    def read(self, line: int, row: Sequence[str]) -> ReadRow | Remark:
        """The client in a row, or the remark why there is none."""
        name = " ".join(self.header.cell(row, Column.NAME).split())
        if len(name) > NAME_LIMIT:
            return self._remark(line, Say.NAME_TOO_LONG, limit=NAME_LIMIT)
        numbers = self._numbers(line, row)
        if not name and not numbers:
            return self._remark(line, Say.NO_NAME_NO_NUMBER)
        key = self.header.cell(row, Column.KEY)
        if len(key) > KEY_LIMIT:
            return self._remark(line, Say.KEY_TOO_LONG, limit=KEY_LIMIT)
        blocked = self._is(_IS_BLOCKED, line, self.header.cell(row, Column.BLOCKED))
        record = ClientRecord(
            key=key,
            name=name,
            owner=self._manager(line, self.header.cell(row, Column.OWNER)),
            blocked=bool(blocked),
            blocked_told=blocked is not None,
            numbers=numbers,
        )
        record = self._with_application(line, row, record)
        if not key:
            record = replace(record, key=derived_key(called(record), numbers))
        return ReadRow(line=line, record=record, external=bool(key))

    def _numbers(self, line: int, row: Sequence[str]) -> tuple[PhoneNumber, ...]:
        found: dict[str, PhoneNumber] = {}
        for cell in self.header.cells(row, Column.PHONE):
            for number in _numbers_in(cell, self.plan):
                if number.e164 is None or not number.is_matchable:
                    text = number.raw.strip()[:60] or cell[:60]
                    self.remarks.append(self._remark(line, Say.NO_NUMBER, text=text))
                if number.e164 is not None:
                    found.setdefault(number_identity(number), number)
        return tuple(found.values())

    def _with_application(
        self, line: int, row: Sequence[str], record: ClientRecord
    ) -> ClientRecord:
        title = self.header.cell(row, Column.TITLE)
        key = self.header.cell(row, Column.APPLICATION) or title
        if not key:
            return record
        is_open = self._is(_IS_OPEN, line, self.header.cell(row, Column.STATUS))
        work = Application(
            key=key,
            title=title,
            open=is_open is not False,
            manager=self._manager(line, self.header.cell(row, Column.MANAGER)),
        )
        untold = frozenset({key} if is_open is None else ())
        return replace(record, applications=(work,), status_untold=untold)

    def _is(self, means: _Means, line: int, text: str) -> bool | None:
        """What a word says by yes or no; None where it does not tell, which is remarked."""
        word = text.casefold()
        if word in means.yes:
            return True
        if word in means.no:
            return False
        if word:
            self.remarks.append(self._remark(line, means.unknown, text=text[:60]))
        return None

    def _manager(self, line: int, text: str) -> str:
        if not text:
            return ""
        key = self.managers.key_of(text)
        if key is None:
            self.remarks.append(self._remark(line, Say.MANAGER_UNKNOWN, text=text[:60]))
        return key or ""

    def _remark(self, line: int, say: Say, **about: object) -> Remark:
        return Remark(line=line, say=say, text=sentence(say, self.language, **about))


def derived_key(name: str, numbers: Sequence[PhoneNumber]) -> str:
    """A key for a client whom the file gives none: the same name and number, the same key."""
    number = next((n.e164 for n in numbers if n.e164), "")
    told = f"{name.casefold()}\n{number}"
    return "csv-" + hashlib.sha256(told.encode()).hexdigest()[:16]


def _numbers_in(cell: str, plan: NumberPlan) -> tuple[PhoneNumber, ...]:
    """The numbers of a cell, each by itself; what is none is left as it was written."""
    first, *others = normalise_each(cell, plan)
    if others and first.is_matchable:
        first = replace(first, raw=format_international(first))
    return (first, *others)


def _words(text: str) -> str:
    return " ".join(text.casefold().split())
