"""Columns as the person says they are, refused rows as a file, and how far an import is."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from crm_bridge.builtin.csv_columns import Column
from crm_bridge.builtin.csv_import import Importing, ImportReport, Progress, import_csv
from crm_bridge.builtin.csv_refused import refused_rows
from crm_bridge.builtin.csv_rows import ManagerNames, Remark
from crm_bridge.builtin.csv_sentences import Say
from crm_bridge.errors import NoCsv
from router.numbers import NumberPlan
from storage.clients import Clients
from storage.database import Database
from storage.records import ClientRecord
from storage.writer import Writer

NINE = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest.fixture
def how(database: Database, writer: Writer) -> Callable[..., Importing]:
    def make(**more: Any) -> Importing:
        return Importing(
            database=database,
            writer=writer,
            plan=NumberPlan(),
            managers=ManagerNames(),
            at=NINE,
            **more,
        )

    return make


async def taken(how: Importing, text: str) -> tuple[ImportReport, tuple[ClientRecord, ...]]:
    report = await import_csv(text.encode(), how)
    async with how.database.reading() as connection:
        return report, await Clients(connection).search("")


@pytest.mark.parametrize(
    ("said", "numbers"),
    [
        ({}, {"+79161234567"}),
        ({"связь": Column.PHONE}, {"+79161234567", "+74951230000"}),
        ({"СВЯЗЬ ": Column.PHONE, "Телефон 2": None}, {"+74951230000"}),
        ({"Телефон 2": None, "Связь": Column.TITLE}, set()),
    ],
)
async def test_what_a_person_says_of_a_column_has_the_last_word(
    how: Callable[..., Importing], said: Mapping[str, Column | None], numbers: set[str]
) -> None:
    text = "Имя;Телефон 2;Связь\nРомашка;89161234567;84951230000\n"
    report, [client] = await taken(how(columns=said), text)
    assert {n.e164 for n in client.numbers} == numbers
    assert report.unknown_columns == (() if said else ("Связь",))


async def test_a_column_that_the_file_does_not_have_is_told_before_anything_is_taken(
    how: Callable[..., Importing],
) -> None:
    said = {"Телефон 3": Column.PHONE}
    with pytest.raises(NoCsv, match=r"Телефон 3.*Имя, Телефон 2"):
        await taken(how(columns=said), "Имя;Телефон 2\nРомашка;89161234567\n")


async def test_refused_rows_can_be_put_right_and_imported_from_their_file(
    how: Callable[..., Importing], tmp_path: Path
) -> None:
    refused = tmp_path / "refused.csv"
    text = "Имя;Телефон;Цвет\nРомашка;89161234567;\n;;синий\nВасилёк;89161234568;;лишнее\n"
    report, _ = await taken(how(refused=refused), text)
    assert report.refused_count == 2
    head, first, second = csv.reader(io.StringIO(refused.read_text("utf-8-sig")), delimiter=";")
    assert head[2:] == ["Имя", "Телефон", "Цвет"]
    assert (first[0], first[2:]) == ("3", ["", "", "синий"])
    assert (second[0], second[2:]) == ("4", ["Василёк", "89161234568", "", "лишнее"])
    right = refused.read_text("utf-8-sig").replace(";;синий", "Лютик;89161234569;синий")
    again, clients = await taken(how(), right.replace(";лишнее", ""))
    assert {client.name for client in clients} == {"Ромашка", "Лютик", "Василёк"}
    assert again.refused_count == 0


def test_rows_that_a_resumed_import_judges_again_are_taken_out_first(tmp_path: Path) -> None:
    """Also a row of which the kill left only a part."""
    file = tmp_path / "refused.csv"
    file.write_text("Строка файла;Причина;Имя\n3;почему;Ы\n7;почему;\n12;поч", "utf-8-sig")
    with refused_rows(file, after=7, delimiter=";", language="ru") as refused:
        refused.begin(["Имя"])
        refused.add(Remark(line=12, say=Say.NO_NAME_NO_NUMBER, text="потому"), ["x"])
    rows = list(csv.reader(io.StringIO(file.read_text("utf-8-sig")), delimiter=";"))
    assert rows == [
        ["Строка файла", "Причина", "Имя"],
        ["3", "почему", "Ы"],
        ["7", "почему", ""],
        ["12", "потому", "x"],
    ]


async def test_a_place_for_refused_rows_that_cannot_be_written_is_told_first(
    how: Callable[..., Importing], tmp_path: Path
) -> None:
    nowhere = tmp_path / "no" / "refused.csv"
    with pytest.raises(NoCsv, match=r"refused\.csv"):
        await taken(how(refused=nowhere), "Имя\nРомашка\n")
    _, clients = await taken(how(), "Имя\nВасилёк\n")
    assert [client.name for client in clients] == ["Василёк"]


async def test_what_can_be_read_only_once_is_imported_like_a_file(
    how: Callable[..., Importing],
) -> None:
    readable, writable = os.pipe()
    with os.fdopen(writable, "wb") as pipe:
        pipe.write("Имя\nРомашка\n".encode("cp1251"))
    report = await import_csv(os.fdopen(readable, "rb"), how())
    assert (report.added, report.encoding) == (1, "cp1251")


async def test_progress_grows_to_the_whole_file(how: Callable[..., Importing]) -> None:
    told: list[Progress] = []
    text = "Имя;Телефон\n" + "".join(f"Клиент {n};8916{n:07d}\n" for n in range(500))
    await taken(how(watch=told.append), text)
    assert [p.rows for p in told] == sorted(p.rows for p in told)
    assert told[-1] == Progress(
        rows=500, bytes_read=len(text.encode()), bytes_total=len(text.encode())
    )
