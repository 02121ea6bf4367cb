"""What a file does not tell stays as it was: with columns left out, with cells left empty."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from crm_bridge.builtin.csv_import import Importing, import_csv
from crm_bridge.builtin.csv_rows import ManagerNames
from crm_bridge.builtin.csv_sentences import Say
from router.facts import Application
from router.numbers import NumberPlan
from storage.clients import Clients
from storage.database import Database
from storage.records import ClientRecord
from storage.unit_of_work import UnitOfWork
from storage.writer import Writer

NINE = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
MANAGERS = ManagerNames(keys={"petrov": "petrov", "ivanova": "ivanova"})
WHOLE = (
    "Код;Имя;Телефон;Заявка;Тема;Статус;Менеджер заявки\n"
    "K1;ООО Ромашка;8 916 123-45-67;З-1;Окна;закрыта;petrov\n"
)
CLOSED = Application(key="З-1", title="Окна", open=False, manager="petrov")
Taken = Callable[..., Awaitable[ClientRecord]]


@pytest.fixture
def how(database: Database, writer: Writer) -> Importing:
    return Importing(
        database=database, writer=writer, plan=NumberPlan(), managers=MANAGERS, at=NINE
    )


@pytest.fixture
def taken(how: Importing) -> Taken:
    """Imports files one after another; returns the only client that the base has then."""

    async def run(*texts: str) -> ClientRecord:
        for text in texts:
            await import_csv(text.encode(), how)
        async with how.database.reading() as connection:
            [client] = await Clients(connection).search("")
        return client

    return run


@pytest.mark.parametrize(
    "later",
    [
        "Код;Имя;Заявка\nK1;ООО Ромашка;З-1\n",
        "Код;Имя;Заявка;Тема;Статус;Менеджер заявки\nK1;ООО Ромашка;З-1;;;\n",
        "Код;Телефон;Заявка\nK1;8 916 123-45-67;З-1\n",
    ],
)
async def test_an_application_keeps_what_a_later_file_does_not_tell(
    taken: Taken, later: str
) -> None:
    assert (await taken(WHOLE, later)).applications == (CLOSED,)


@pytest.mark.parametrize(
    ("cells", "now"),
    [
        ("Двери;;", replace(CLOSED, title="Двери")),
        (";открыта;", replace(CLOSED, open=True)),
        (";;ivanova", replace(CLOSED, manager="ivanova")),
        (";почти;Сидоров", CLOSED),
    ],
)
async def test_of_an_application_only_what_is_told_changes(
    taken: Taken, cells: str, now: Application
) -> None:
    later = f"Код;Имя;Заявка;Тема;Статус;Менеджер заявки\nK1;ООО Ромашка;З-1;{cells}\n"
    assert (await taken(WHOLE, later)).applications == (now,)


async def test_rows_of_one_file_are_joined_by_the_same_rule(taken: Taken) -> None:
    client = await taken(f"{WHOLE}K1;;8 495 123-00-00;З-1;;;ivanova\n")
    assert client.name == "ООО Ромашка"
    assert client.applications == (replace(CLOSED, manager="ivanova"),)


async def test_a_new_application_is_open_until_its_status_is_told(taken: Taken) -> None:
    client = await taken("Код;Имя;Заявка;Статус\nK1;ООО Ромашка;З-1;\nK1;ООО Ромашка;З-1;закрыта\n")
    assert [work.open for work in client.applications] == [False]
    client = await taken("Код;Имя;Заявка\nK1;ООО Ромашка;З-2\n")
    assert {work.key: work.open for work in client.applications} == {"З-1": False, "З-2": True}


async def test_the_instant_of_an_application_stays(taken: Taken, writer: Writer) -> None:
    dated = replace(CLOSED, changed_at=NINE)
    record = ClientRecord(key="K1", name="ООО Ромашка", applications=(dated,))

    async def work(uow: UnitOfWork) -> None:
        await uow.clients.save([record], at=NINE)

    await writer.submit(work)
    client = await taken("Код;Имя;Заявка;Тема\nK1;ООО Ромашка;З-1;Двери\n")
    assert client.applications == (replace(dated, title="Двери"),)


async def test_a_client_keeps_his_name_when_a_file_tells_only_a_number(
    taken: Taken, how: Importing
) -> None:
    client = await taken(WHOLE, "Код;Телефон\nK1;8 495 123-00-00\n")
    assert client.name == "ООО Ромашка"
    assert {n.e164 for n in client.numbers} == {"+79161234567", "+74951230000"}
    async with how.database.reading() as connection:
        for typed in ("ромашка", "8 495 123-00-00"):
            assert len(await Clients(connection).search(typed)) == 1


async def test_a_new_client_without_a_name_is_called_by_his_number_until_one_is_told(
    taken: Taken,
) -> None:
    nameless = "Код;Телефон\nK1;8 495 123-00-00\n"
    assert (await taken(nameless, nameless)).name == "8 495 123-00-00"
    assert (await taken("Код;Имя\nK1;ООО Ромашка\n", nameless)).name == "ООО Ромашка"


async def test_without_names_and_ids_the_same_file_again_adds_nothing(taken: Taken) -> None:
    text = "Телефон\n8 495 123-00-00\n"
    assert (await taken(text, text)).name == "8 495 123-00-00"


async def test_a_status_that_nobody_knows_is_remarked(how: Importing) -> None:
    text = "Код;Имя;Заявка;Статус\nK1;ООО Ромашка;З-1;почти\n"
    report = await import_csv(text.encode(), how)
    assert [(r.line, r.say) for r in report.remarks] == [(2, Say.STATUS_UNKNOWN)]


def marked(*words: str) -> str:
    """The client with these words in the column, one row for each."""
    return "Код;Имя;Заблокирован\n" + "".join(f"K1;ООО Ромашка;{word}\n" for word in words)


@pytest.mark.parametrize("word", ["нет", "Нет", "0", "no", "FALSE", "Ложь"])
async def test_a_blocked_client_is_let_in_when_a_file_says_so(taken: Taken, word: str) -> None:
    assert (await taken(marked("да"), marked(word))).blocked is False


@pytest.mark.parametrize("later", [marked(""), marked("вряд ли"), "Код;Имя\nK1;ООО Ромашка\n"])
async def test_a_client_stays_blocked_or_free_where_a_file_does_not_say(
    taken: Taken, later: str
) -> None:
    assert (await taken(marked("Истина"), later)).blocked is True
    assert (await taken(marked("нет"), later)).blocked is False


@pytest.mark.parametrize(
    ("before", "words", "after"),
    [
        ("да", ("да", "нет"), False),
        ("нет", ("нет", "да"), True),
        ("нет", ("да", ""), True),
        ("да", ("нет", ""), False),
    ],
)
async def test_of_two_rows_of_one_file_the_later_word_on_blocking_counts(
    taken: Taken, before: str, words: tuple[str, str], after: object
) -> None:
    assert (await taken(marked(before), marked(*words))).blocked is after


async def test_one_file_blocks_one_client_and_lets_another_in(how: Importing, taken: Taken) -> None:
    await taken(marked("да"))
    both = "Код;Имя;Менеджер;Заблокирован\nK1;ООО Ромашка;petrov;нет\nK2;ООО Лютик;;да\n"
    await import_csv(both.encode(), how)
    async with how.database.reading() as connection:
        clients = await Clients(connection).search("")
    assert {(c.key, c.owner, c.blocked) for c in clients} == {
        ("K1", "petrov", False),
        ("K2", "", True),
    }


async def test_a_word_on_blocking_that_nobody_knows_is_remarked(how: Importing) -> None:
    report = await import_csv(marked("вряд ли").encode(), how)
    assert [(r.line, r.say) for r in report.remarks] == [(2, Say.BLOCKED_UNKNOWN)]
    assert "«вряд ли»" in report.remarks[0].text


async def test_a_key_longer_than_an_address_may_be_is_refused(how: Importing) -> None:
    """A card has an address with the key in it."""
    rows = f"Код;Имя\n{'K' * 200};Ромашка\n{'Ж' * 201};Лютик\n"
    report = await import_csv(rows.encode(), how)
    assert [(r.line, r.say) for r in report.refused] == [(3, Say.KEY_TOO_LONG)]
    assert (report.added, report.refused_count) == (1, 1)
