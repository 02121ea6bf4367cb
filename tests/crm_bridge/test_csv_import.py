"""Clients out of files as offices really have them."""

from __future__ import annotations

import asyncio
import csv
import tomllib
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import crm_bridge.builtin
from crm_bridge.builtin.csv_columns import COLUMN_NAMES
from crm_bridge.builtin.csv_import import LARGEST_PIECE_ROWS, Importing, import_csv
from crm_bridge.builtin.csv_report import ImportReport
from crm_bridge.builtin.csv_rows import ManagerNames
from crm_bridge.builtin.csv_sentences import Say
from crm_bridge.errors import NoCsv
from router.numbers import NumberPlan, normalise
from router.office import Manager, Office
from storage.clients import Clients
from storage.database import Database
from storage.records import ClientRecord
from storage.unit_of_work import UnitOfWork
from storage.writer import Work, Writer

NINE = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
EXAMPLE = Path(crm_bridge.builtin.__file__).with_name("examples") / "clients.csv"
OFFICE = Office(
    name="Пример",
    default_department="sales",
    departments={},
    lines={},
    managers={
        key: Manager(key=key, name=name, department="sales", extension=extension)
        for key, name, extension in (
            ("ivanova", "Анна Иванова", "101"),
            ("petrov", "Пётр Петров", "102"),
            ("petrov2", "Иван Петров", "103"),
        )
    },
)
Import = Callable[..., Awaitable[ImportReport]]


def as_file(source: str | bytes | Path) -> bytes | Path:
    return source.encode() if isinstance(source, str) else source


@pytest.fixture
def importing(database: Database, writer: Writer) -> Import:
    async def run(source: str | bytes | Path, *, dry_run: bool = False) -> ImportReport:
        how = Importing(
            database=database,
            writer=writer,
            plan=NumberPlan(),
            managers=ManagerNames.of(OFFICE),
            at=NINE,
            dry_run=dry_run,
        )
        return await import_csv(as_file(source), how)

    return run


@pytest.fixture
def found(database: Database) -> Callable[[str], Awaitable[tuple[ClientRecord, ...]]]:
    async def search(text: str = "") -> tuple[ClientRecord, ...]:
        async with database.reading() as connection:
            return await Clients(connection).search(text)

    return search


Found = Callable[..., Awaitable[tuple[ClientRecord, ...]]]
HEADER = "Имя;Телефон;Менеджер\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1251", "utf-16", "utf-16-le"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
async def test_encodings_and_delimiters_are_recognised(
    importing: Import, found: Found, encoding: str, delimiter: str
) -> None:
    text = "Имя|Телефон|Менеджер\r\nЁлкин Жорж|8 916 123-45-67|ivanova\r\n".replace("|", delimiter)
    report = await importing(text.encode(encoding))
    assert report.delimiter == delimiter
    [client] = await found("ёлкин")
    assert (client.name, client.owner) == ("Ёлкин Жорж", "ivanova")
    assert client.numbers[0].e164 == "+79161234567"


@pytest.mark.parametrize(
    "header",
    [
        "name;phone;owner",
        "ИМЯ;Телефоны;ответственный",
        "Клиент;phone_1;менеджер",
        "ФИО; Тел. ;manager",
    ],
)
async def test_column_names_are_understood_in_russian_and_english(
    importing: Import, found: Found, header: str
) -> None:
    await importing(f"{header}\nРомашка;89161234567;101\n")
    [client] = await found("ромашка")
    assert client.owner == "ivanova"
    assert client.numbers[0].e164 == "+79161234567"


@pytest.mark.parametrize("called", ["ivanova", "Иванова Анна", "Анна Иванова", "иванова", "101"])
async def test_a_manager_is_recognised_by_key_name_surname_or_extension(
    importing: Import, found: Found, called: str
) -> None:
    report = await importing(f"{HEADER}Ромашка;89161234567;{called}\n")
    assert report.remark_count == 0
    assert (await found("ромашка"))[0].owner == "ivanova"


@pytest.mark.parametrize("called", ["Петров", "Сидоров", "999"])
async def test_a_manager_whom_nobody_or_more_than_one_is_called_is_remarked(
    importing: Import, found: Found, called: str
) -> None:
    report = await importing(f"{HEADER}Ромашка;89161234567;{called}\n")
    assert [(r.line, r.say) for r in report.remarks] == [(2, Say.MANAGER_UNKNOWN)]
    assert called in report.remarks[0].text
    assert (await found("ромашка"))[0].owner == ""


async def test_several_numbers_in_a_cell_and_in_columns_are_all_taken(
    importing: Import, found: Found
) -> None:
    await importing(
        'Имя;Телефон;Телефон 2\nРомашка;"8 916 123-45-67, 8 495 123-00-00";+375291234567\n'
    )
    [client] = await found("ромашка")
    assert {n.e164 for n in client.numbers} == {"+79161234567", "+74951230000", "+375291234567"}
    assert all("," not in n.raw for n in client.numbers)


@pytest.mark.parametrize(
    ("cell", "kept"),
    [
        ("8916123456, 8916765432", ["8916123456", "8916765432"]),
        ("8916123456 / 8 495 123-00-00", ["+7 495 123-00-00", "8916123456"]),
    ],
)
async def test_of_several_numbers_what_lost_a_digit_is_kept_as_it_was_written(
    importing: Import, found: Found, cell: str, kept: list[str]
) -> None:
    """With a plus before it, it would be a number that nobody wrote, and be called."""
    report = await importing(f"{HEADER}Ромашка;{cell};\n")
    [client] = await found("ромашка")
    assert sorted(n.raw for n in client.numbers) == kept
    shown = [n.raw for n in client.numbers if n.e164 is None]
    assert not any(normalise(raw, NumberPlan()).is_matchable for raw in shown)
    assert {r.say for r in report.remarks} == {Say.NO_NUMBER}
    assert all(f"«{raw}»" in r.text for raw, r in zip(shown, report.remarks, strict=True))


async def test_a_text_that_is_no_number_is_remarked_and_the_row_is_kept(
    importing: Import, found: Found
) -> None:
    report = await importing(f"{HEADER}Ромашка;спросить Олю;\n")
    assert [(r.line, r.say) for r in report.remarks] == [(2, Say.NO_NUMBER)]
    assert "спросить Олю" in report.remarks[0].text
    assert len(await found("ромашка")) == 1


async def test_a_number_that_has_lost_a_digit_is_remarked(importing: Import, found: Found) -> None:
    report = await importing(f"{HEADER}Ромашка;8 916 123-45-6;\n")
    assert [(r.line, r.say) for r in report.remarks] == [(2, Say.NO_NUMBER)]
    [client] = await found("ромашка")
    assert [(n.raw, n.e164) for n in client.numbers] == [("8 916 123-45-6", None)]


async def test_applications_are_read_with_title_status_and_manager(
    importing: Import, found: Found
) -> None:
    text = (
        "Код;Имя;Телефон;Менеджер;Заявка;Тема;Статус;Менеджер заявки\n"
        "7;Ромашка;89161234567;ivanova;З-1;Окна;открыта;petrov\n"
        "7;Ромашка;89161234567;ivanova;З-2;Двери;закрыта;\n"
        "7;Ромашка;89161234567;ivanova;З-3;Полы;почти;\n"
    )
    report = await importing(text)
    [client] = await found("ромашка")
    seen = {a.key: (a.title, a.open, a.manager) for a in client.applications}
    assert seen == {
        "З-1": ("Окна", True, "petrov"),
        "З-2": ("Двери", False, ""),
        "З-3": ("Полы", True, ""),
    }
    assert (4, Say.STATUS_UNKNOWN) in [(r.line, r.say) for r in report.remarks]


async def test_the_same_name_with_the_same_number_is_merged_and_reported(
    importing: Import, found: Found
) -> None:
    report = await importing(
        f"{HEADER}Ромашка;89161234567;\nРомашка;+7 916 123-45-67, 84951230000;101\n"
        "Василёк;89161234567;\n"
    )
    assert (report.added, report.merged) == (2, 1)
    assert [(r.line, r.say) for r in report.remarks] == [(3, Say.MERGED)]
    assert "2" in report.remarks[0].text
    [client] = await found("ромашка")
    assert client.owner == "ivanova"
    assert {n.e164 for n in client.numbers} == {"+79161234567", "+74951230000"}


async def test_the_same_file_again_adds_nothing(importing: Import, database: Database) -> None:
    first, again = await importing(EXAMPLE), await importing(EXAMPLE)
    assert (first.added, first.updated) == (200, 0)
    assert (again.added, again.updated) == (0, 200)
    async with database.reading() as connection:
        assert await Clients(connection).count() == 200


async def test_what_a_file_does_not_tell_stays_as_it_was(importing: Import, found: Found) -> None:
    await importing("Код;Имя;Телефон;Менеджер;Заблокирован\n7;Ромашка;89161234567;101;да\n")
    await importing("Код;Имя\n7;Ромашка и Ко\n")
    [client] = await found("ромашка")
    assert (client.name, client.owner, client.blocked) == ("Ромашка и Ко", "ivanova", True)
    assert len(client.numbers) == 1


async def test_ragged_rows_are_taken_or_refused_with_line_and_reason(importing: Import) -> None:
    text = (
        f"{HEADER}Ромашка;89161234567\n\nВасилёк;89161234568;101;лишнее\n;;\n;;101\nХвост;8916;;;\n"
    )
    report = await importing(text)
    assert report.added == 2
    assert [(r.line, r.say) for r in report.refused] == [
        (4, Say.TOO_MANY_CELLS),
        (6, Say.NO_NAME_NO_NUMBER),
    ]
    assert "4 значений, а столбцов 3" in report.refused[0].text


async def test_lines_are_counted_as_an_editor_counts_them(importing: Import) -> None:
    report = await importing(f'{HEADER}"Две\nстроки";89161234567;\n;;101\n')
    assert [r.line for r in report.refused] == [4]


async def test_a_quotation_mark_that_is_not_closed_is_told(importing: Import) -> None:
    rows = "".join(f"Клиент {n};8916123{n:04d};\n" for n in range(60))
    report = await importing(f'{HEADER}"Ромашка;89161234567;\n{rows}')
    assert [(r.line, r.say) for r in report.refused] == [(2, Say.QUOTE_OPEN)]
    assert "62" in report.refused[0].text


async def test_a_cell_without_end_is_refused_and_the_import_ends(importing: Import) -> None:
    report = await importing(f'{HEADER}Ромашка;89161234567;\n"{"x" * 300_000}')
    assert report.added == 1
    assert report.refused[0].say is Say.CANNOT_READ


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"PK\x03\x04 and so on", "XLSX"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "XLS"),
        (b"%PDF-1.7", "PDF"),
        (b"  <!DOCTYPE html><html>", "HTML"),
        (bytes(range(256)) * 20, "CSV"),
        (b"", "пуст"),
        (b"\n\n  \n", "пуст"),
        ("Дорогие коллеги, это письмо.".encode(), "названий столбцов"),
        (b"89161234567;Romashka\n", "названий столбцов"),
    ],
)
async def test_a_file_that_is_no_csv_is_refused_in_a_sentence(
    importing: Import, content: bytes, word: str
) -> None:
    with pytest.raises(NoCsv, match=word):
        await importing(content)


async def test_a_file_that_is_not_there_is_named(importing: Import, tmp_path: Path) -> None:
    with pytest.raises(NoCsv, match=r"no\.csv"):
        await importing(tmp_path / "no.csv")


async def test_a_utf8_file_with_a_broken_letter_is_read_and_the_line_is_told(
    importing: Import, found: Found
) -> None:
    text = HEADER + "".join(f"Клиент {n};8916123{n:04d};\n" for n in range(20))
    report = await importing(text.encode() + b"\xd0 broken;89169999999;\n")
    assert report.encoding == "utf-8"
    assert [(r.line, r.say) for r in report.remarks] == [(22, Say.LETTERS_LOST)]
    assert len(await found("клиент 7")) == 1


async def test_a_dry_run_reports_the_same_and_writes_nothing(
    importing: Import, database: Database
) -> None:
    rows = "".join(f"Клиент {n % 150};8916123{n % 150:04d};101\n" for n in range(200))
    two = '"Клиент два";"8916123-9001, 8916123-9002";\n'
    text = f"{HEADER}{two}{rows}Без номера;нет;999\n;;101\n" + two.replace("8916123-9001, ", "")
    dry = await importing(text, dry_run=True)
    async with database.reading() as connection:
        assert await Clients(connection).count() == 0
    real = await importing(text)
    for name in ("rows", "added", "updated", "merged", "numbers", "refused", "remarks"):
        assert getattr(dry, name) == getattr(real, name), name


async def test_unknown_columns_are_told(importing: Import) -> None:
    report = await importing("Имя;Телефон;Цвет глаз\nРомашка;89161234567;синий\n")
    assert report.unknown_columns == ("Цвет глаз",)


async def test_others_write_between_the_pieces_of_an_import(
    importing: Import, writer: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A call that ends while an import is on its way is written before the import is through."""
    rows = "".join(f"Клиент {n};8916{n:07d};101\n" for n in range(2000))
    order: list[str] = []
    calls: list[asyncio.Task[None]] = []
    submit = writer.submit

    async def call(uow: UnitOfWork) -> None:
        await uow.offices.note("call", "")
        order.append("call")

    async def watched(work: Work[object]) -> object:
        if len(order) == 2:
            calls.append(asyncio.create_task(submit(call)))
        written = await submit(work)
        order.append("piece")
        return written

    monkeypatch.setattr(writer, "submit", watched)
    await importing(HEADER + rows)
    await asyncio.gather(*calls)
    assert order[:2] == ["piece", "piece"]
    assert "call" in order[2:4]
    assert order.count("piece") >= 2000 / LARGEST_PIECE_ROWS


def test_the_managers_of_the_example_are_those_of_the_example_office() -> None:
    office = Path(__file__).parents[2] / "config" / "examples" / "office.toml"
    managers = tomllib.loads(office.read_text(encoding="utf-8"))["managers"]
    rows = csv.DictReader(EXAMPLE.read_text(encoding="utf-8").splitlines(), delimiter=";")
    named = {row[name] for row in rows for name in ("Менеджер", "Менеджер заявки")} - {""}
    assert named == set(managers)


async def test_the_example_is_read_without_a_remark_about_numbers(importing: Import) -> None:
    report = await importing(EXAMPLE)
    doubtful = {r.say for r in report.remarks} - {Say.MANAGER_UNKNOWN}
    assert doubtful == set()
    assert report.refused_count == 0


@given(content=st.binary(max_size=300))
@settings(
    max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
async def test_whatever_a_file_holds_it_is_taken_or_refused(
    importing: Import, content: bytes
) -> None:
    for source in (content, HEADER.encode() + content, HEADER.encode("cp1251") + content):
        with suppress(NoCsv):
            await importing(source, dry_run=True)


def test_every_column_is_described_in_the_documentation() -> None:
    page = Path(__file__).parents[2] / "docs" / "clients-csv.md"
    told = page.read_text(encoding="utf-8")
    for column, names in COLUMN_NAMES.items():
        for name in names:
            assert f"`{name}`" in told, f"{column}: {name}"
